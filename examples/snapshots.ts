/** Interrupt a program anywhere, keep it as bytes, and finish it elsewhere. */
import { Engine } from '../src/index.ts';
import { program } from './program.ts';

const first = new Engine().compile(program).instantiate();
first.prepareCall('sum', [1_000_000]);
console.log(first.run({ budget: 1_234_567 }));
const bytes = first.snapshot();

// Another process would start here, with the same program and options.
const second = new Engine().compile(program).restore(bytes);
console.log(second.run(), second.getRegister('a0'), bytes.length < 5000);
