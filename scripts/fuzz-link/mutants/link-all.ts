import { readBlob } from '../../../src/blob/read.ts';
import { isRiscboxError } from '../../../src/core/error.ts';
import { checkProgramBlob } from '../../../src/decoder/check-blob.ts';
import { readElf } from '../../../src/linker/elf.ts';
import { SHT_RELA } from '../../../src/linker/elf-format.ts';
import type { RelinkOptions } from '../../../src/linker/relink/options.ts';
import { relink } from '../../../src/linker/relink/relink.ts';
import { tablesOf } from './elf-mutants.ts';

/** Between them these meet all stages: debug information, code as it is, demotion. */
export const LINK_OPTIONS: readonly RelinkOptions[] = [
  {},
  { level: 0, strip: true },
  { level: 3, demote: true },
];

/** Relocations, code and the records of guests, besides the tables that every reader meets. */
export const linkTablesOf = (seed: Uint8Array): ReturnType<typeof tablesOf> => [
  ...tablesOf(seed),
  ...readElf(seed)
    .sections.filter(
      ({ type, size, name }) => size > 0 && (type === SHT_RELA || /^\.(text|polkavm|sym)/.test(name)),
    )
    .map(({ offset, size }) => [offset, size] as const),
];

/**
 * Links a file that may be broken.
 *
 * @returns true when it linked; that it did not, with an error of ours, is as good
 * @throws Error what is not an error of ours, or a wrong program
 */
export const tryLink = (bytes: Uint8Array, options: RelinkOptions): boolean => {
  let blob: Uint8Array;
  try {
    blob = relink(bytes, options);
  } catch (error) {
    if (isRiscboxError(error)) return false;
    throw error;
  }
  readBlob(blob);
  const wrong = checkProgramBlob(blob).filter(({ level }) => level === 'wrong');
  if (wrong.length > 0) throw new Error(`wrong program: ${JSON.stringify(wrong.slice(0, 3))}`);
  return true;
};
