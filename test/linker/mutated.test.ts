import { describe, expect, test } from 'vitest';
import {
  LIMIT_MS,
  MUTANTS,
  mutate,
  randomFrom,
  tablesOf,
  timeOf,
} from '../../scripts/fuzz-link/mutants/elf-mutants.ts';
import { readBlob } from '../../src/blob/read.ts';
import { isRiscboxError } from '../../src/core/error.ts';
import { readElf } from '../../src/linker/elf.ts';
import { SHT_RELA } from '../../src/linker/elf-format.ts';
import { link } from '../../src/linker/riscv-profile.ts';
import { elfName, guestElfs, isSmall, readElfFile, vectorElfs } from './real-elfs.ts';

/** Everything a host can ask of a file. */
const useAll = (bytes: Uint8Array): void => {
  const attempts = [
    () => readBlob(link(bytes, { exports: 'all', symbols: true })),
    () => readBlob(link(bytes, { floatingPoint: 'trap' })),
    () => readElf(bytes).attributes,
    () => [...(readElf(bytes).symbols ?? [])],
    () => readElf(bytes).sections.map((section) => readElf(bytes).data(section)),
    () => {
      const elf = readElf(bytes);
      for (const s of elf.sections) if (s.type === SHT_RELA) for (const _ of elf.relocations(s));
    },
  ];
  for (const attempt of attempts) {
    try {
      attempt();
    } catch (error) {
      if (!isRiscboxError(error)) throw error;
    }
  }
};

const seeds = [...guestElfs, ...vectorElfs.filter(isSmall).filter((_, i) => i % 12 === 0)];

describe(`${MUTANTS} mutants of each of ${seeds.length} ELF files give results or riscbox errors, in time`, () => {
  const timeout = 60_000 + MUTANTS * LIMIT_MS;
  test.each(seeds.map((path, i) => [elfName(path), path, i]))('%s', { timeout }, (_, path, index) => {
    const seed = readElfFile(path);
    const tables = tablesOf(seed);
    const random = randomFrom(0x1000 + index);
    useAll(seed);
    const limit = LIMIT_MS + 3 * timeOf(() => useAll(seed));
    for (let i = 0; i < MUTANTS; i++) {
      const mutant = mutate(seed, tables, random);
      expect(
        timeOf(() => useAll(mutant)),
        `mutant ${i}`,
      ).toBeLessThan(limit);
    }
  });
});
