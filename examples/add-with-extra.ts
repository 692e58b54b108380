/** Compile once, instantiate many; host functions with types, which find their instance's user data. */
import { Engine, Linker } from '../src/index.ts';
import { program } from './program.ts';

interface Customer {
  readonly name: string;
  readonly bonus: number;
}

const linker = new Linker<Customer>()
  .define('get_third_number', { params: [], result: 'u32' }, () => 0)
  .define('get_extra', { params: ['u32'], result: 'u32' }, ({ userData }, of) => of * userData.bonus);

const module = new Engine().compile(program);
for (const customer of [
  { name: 'Ada', bonus: 100 },
  { name: 'Grace', bonus: 1000 },
]) {
  using instance = linker.instantiate(module, { userData: customer });
  console.log(customer.name, instance.call('add_with_extra', 3, 4));
}
