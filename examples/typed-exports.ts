/** Typed functions of the guest, synchronous and asynchronous: a host function may return a Promise. */
import { Engine, Linker } from '../src/index.ts';
import { program } from './program.ts';

const linker = new Linker()
  .define('get_third_number', { params: [], result: 'i32' }, async () => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    return -20;
  })
  .define('get_extra', { params: ['i32'], result: 'i32' }, (caller, of) => {
    // Host functions may call the guest; it returns a bigint here, because the signature says so.
    const total: bigint = caller.callTyped('sum', { params: ['u32'], result: 'u64' }, of);
    return Number(total);
  });

const instance = linker.instantiate(new Engine().compile(program));
const addWithExtra = instance.export('add_with_extra', { params: ['i32', 'i32'], result: 'i32' });
const addNumbers = instance.export('add_numbers', { params: ['i32', 'i32'], result: 'i32' });

const sum: number = addWithExtra(4, 5);
console.log(sum);
console.log(await addNumbers.async(1, 10));
