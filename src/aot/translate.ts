/** Entry `riscbox/aot/translate`: translates programs ahead of time, as `riscbox compile` does. */
import { type AheadOptions, translate as translateProgram } from './compile.ts';

export type { AheadOptions } from './compile.ts';

/**
 * Translates a program file (a blob, not an ELF file): the bytes that `load` of `riscbox/aot` takes.
 *
 * Throws what `Engine.compile` throws; aot/gas-table, aot/too-large, aot/dynamic-paging.
 */
export const translate = (program: Uint8Array, options: AheadOptions = {}): Uint8Array<ArrayBuffer> =>
  translateProgram(program, options).finish();
