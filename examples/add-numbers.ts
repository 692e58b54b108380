/** The common case in three lines: a program, its imports, its exports. */
import { instantiate } from '../src/index.ts';
import { program } from './program.ts';

const { exports } = instantiate(program, { get_third_number: () => 100, get_extra: () => 0 });
console.log(exports.add_numbers?.(1, 10));
