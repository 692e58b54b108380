import { readFileSync } from 'node:fs';
import { type AheadOptions, translate } from '../../src/aot/compile.ts';
import { loadSync } from '../../src/aot/load.ts';
import type { AotProgram } from '../../src/aot/program.ts';
import { link } from '../../src/linker/index.ts';

/** A guest's program file. */
export const guestBlob = (path: string): Uint8Array =>
  link(new Uint8Array(readFileSync(new URL(`../../guests/bin/${path}.elf`, import.meta.url))));

export const aheadOf = (program: Uint8Array, options: AheadOptions = {}): Uint8Array =>
  translate(program, options).finish();

export const programOf = (program: Uint8Array, options: AheadOptions = {}): AotProgram =>
  loadSync(aheadOf(program, options));

/** The code of the error that something throws. */
export const codeOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
  return 'nothing thrown';
};
