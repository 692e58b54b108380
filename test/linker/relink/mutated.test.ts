import { describe, expect, test } from 'vitest';
import { readBlob } from '../../../src/blob/read.ts';
import { isRiscboxError } from '../../../src/core/error.ts';
import { checkProgramBlob } from '../../../src/decoder/check-blob.ts';
import { readElf } from '../../../src/linker/elf.ts';
import { SHT_RELA } from '../../../src/linker/elf-format.ts';
import type { RelinkOptions } from '../../../src/linker/relink/options.ts';
import { relink } from '../../../src/linker/relink/relink.ts';
import { LIMIT_MS, MUTANTS, mutate, randomFrom, tablesOf, timeOf } from '../mutants.ts';
import { elfName, guestElfs, isSmall, readElfFile, vectorElfs } from '../real-elfs.ts';

const OPTIONS: readonly RelinkOptions[] = [{}, { level: 0, strip: true }, { level: 3, demote: true }];

/** Relocations, code and the records of guests, besides the tables that every reader meets. */
const linkTablesOf = (seed: Uint8Array): ReturnType<typeof tablesOf> => [
  ...tablesOf(seed),
  ...readElf(seed)
    .sections.filter(
      ({ type, size, name }) => size > 0 && (type === SHT_RELA || /^\.(text|polkavm|sym)/.test(name)),
    )
    .map(({ offset, size }) => [offset, size] as const),
];

/** What comes out is a right program, or a riscbox error. */
const linkAll = (bytes: Uint8Array): void => {
  for (const options of OPTIONS) {
    let blob: Uint8Array;
    try {
      blob = relink(bytes, options);
    } catch (error) {
      if (isRiscboxError(error)) continue;
      throw error;
    }
    readBlob(blob);
    const wrong = checkProgramBlob(blob).filter(({ level }) => level === 'wrong');
    expect(wrong, JSON.stringify(options)).toEqual([]);
  }
};

const canBeRelinked = (path: string): boolean => {
  try {
    relink(readElfFile(path), { demote: true });
    return true;
  } catch (error) {
    if (isRiscboxError(error)) return false;
    throw error;
  }
};

const seeds = [
  ...guestElfs.filter(isSmall).filter(canBeRelinked),
  ...vectorElfs.filter(isSmall).filter((_, i) => i % 12 === 0),
];

describe(`${MUTANTS} mutants of each of ${seeds.length} ELF files link to right blobs or give riscbox errors, in time`, () => {
  const timeout = 60_000 + MUTANTS * LIMIT_MS;
  test.each(seeds.map((path, i) => [elfName(path), path, i]))('%s', { timeout }, (_, path, index) => {
    const seed = readElfFile(path);
    const tables = linkTablesOf(seed);
    const random = randomFrom(0x2000 + index);
    linkAll(seed);
    const limit = LIMIT_MS + 3 * timeOf(() => linkAll(seed));
    for (let i = 0; i < MUTANTS; i++) {
      const mutant = mutate(seed, tables, random);
      expect(
        timeOf(() => linkAll(mutant)),
        `mutant ${i}`,
      ).toBeLessThan(limit);
    }
  });
});
