import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  LIMIT_MS,
  MUTANTS,
  mutate,
  randomFrom,
  tablesOf,
  timeOf,
} from '../../../../scripts/fuzz-link/mutants/elf-mutants.ts';
import { isRiscboxError } from '../../../../src/core/error.ts';
import { readElf } from '../../../../src/linker/elf.ts';
import { SHT_RELA, SHT_SYMTAB } from '../../../../src/linker/elf-format.ts';
import { readLinkInput } from '../../../../src/linker/relink/input/read.ts';
import { elfName, guestElfs, isSmall, readElfFile, vectorElfs } from '../../real-elfs.ts';

/** Relocations and symbols decide much too. */
const tables = (seed: Uint8Array): readonly (readonly [start: number, length: number])[] => [
  ...tablesOf(seed),
  ...readElf(seed)
    .sections.filter(
      ({ type, name }) => type === SHT_RELA || type === SHT_SYMTAB || name.startsWith('.polkavm'),
    )
    .map(({ offset, size }) => [offset, size] as const),
];

const readAll = (bytes: Uint8Array): void => {
  try {
    const input = readLinkInput(readElf(bytes), {});
    for (const { address } of input.names) expect(address).toBeGreaterThanOrEqual(0);
    for (const section of input.code) {
      input.describe(section, section.bytes.length);
      for (const relocation of section.relocations) {
        expect(relocation.offset).toBeGreaterThanOrEqual(0);
        expect(relocation.offset).toBeLessThan(section.bytes.length);
      }
    }
    for (const section of input.data) {
      for (const { offset, size } of input.references.get(section) ?? []) {
        expect(offset + size).toBeLessThanOrEqual(section.bytes.length);
      }
    }
  } catch (error) {
    if (!isRiscboxError(error)) throw error;
  }
};

const seeds = [
  ...guestElfs.filter((path) => basename(path) === 'add_numbers_relinkable.elf'),
  ...vectorElfs.filter(isSmall).filter((path, i) => i % 12 === 0 || basename(path).startsWith('revive')),
];

describe(`${4 * MUTANTS} mutants of each of ${seeds.length} files are read or refused, in time`, () => {
  const timeout = 60_000 + 4 * MUTANTS * LIMIT_MS;
  test.each(seeds.map((path, i) => [elfName(path), path, i]))('%s', { timeout }, (_, path, index) => {
    const seed = readElfFile(path);
    const places = tables(seed);
    const random = randomFrom(0x2000 + index);
    readAll(seed);
    const limit = LIMIT_MS + 3 * timeOf(() => readAll(seed));
    for (let i = 0; i < 4 * MUTANTS; i++) {
      const mutant = mutate(seed, places, random);
      expect(
        timeOf(() => readAll(mutant)),
        `mutant ${i}`,
      ).toBeLessThan(limit);
    }
  });
});
