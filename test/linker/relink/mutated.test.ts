import { describe, expect, test } from 'vitest';
import {
  LIMIT_MS,
  MUTANTS,
  mutate,
  randomFrom,
  timeOf,
} from '../../../scripts/fuzz-link/mutants/elf-mutants.ts';
import { LINK_OPTIONS, linkTablesOf, tryLink } from '../../../scripts/fuzz-link/mutants/link-all.ts';
import { isRiscboxError } from '../../../src/core/error.ts';
import { relink } from '../../../src/linker/relink/relink.ts';
import { elfName, guestElfs, isSmall, readElfFile, vectorElfs } from '../real-elfs.ts';

/** What comes out is a right program, or a riscbox error. */
const linkInAllWays = (bytes: Uint8Array): void => {
  for (const options of LINK_OPTIONS) tryLink(bytes, options);
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
    linkInAllWays(seed);
    const limit = LIMIT_MS + 3 * timeOf(() => linkInAllWays(seed));
    for (let i = 0; i < MUTANTS; i++) {
      const mutant = mutate(seed, tables, random);
      expect(
        timeOf(() => linkInAllWays(mutant)),
        `mutant ${i}`,
      ).toBeLessThan(limit);
    }
  });
});
