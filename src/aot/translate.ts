import type { AheadOptions } from './compile.ts';

/**
 * Translates a program file (a blob, not an ELF file) ahead of time, as `riscbox compile` does: the bytes that `load`
 * takes. The translator is a part of its own, which is loaded for this.
 *
 * Throws what `Engine.compile` throws; aot/gas-table, aot/too-large, aot/dynamic-paging.
 */
export const translate = async (
  program: Uint8Array,
  options: AheadOptions = {},
): Promise<Uint8Array<ArrayBuffer>> => {
  const compiler = await import('./compile.ts');
  return compiler.translate(program, options).finish();
};
