import { describe, expect, test } from 'vitest';
import {
  LIMIT_MS,
  MUTANTS,
  mutate,
  randomFrom,
  timeOf,
} from '../../../scripts/fuzz-link/mutants/elf-mutants.ts';
import { DebugInfo } from '../../../src/blob/debug.ts';
import { inflateDebugSections } from '../../../src/linker/dwarf/inflate.ts';
import { readSourceMap } from '../../../src/linker/dwarf/read-source-map.ts';
import { writeDebugSections } from '../../../src/linker/dwarf/write-debug.ts';
import { readElf } from '../../../src/linker/elf.ts';
import { type DebugInput, debugInput, debugPrograms, readProgram } from './debug-input.ts';

/** Reads and writes all there is to know; whatever is wrong with debug information may only lead to notes. */
const useAll = ({ elf, code }: DebugInput): void => {
  const map = readSourceMap({ elf, code, names: [] });
  const origins = code.flatMap(({ address, bytes }) =>
    Array.from({ length: bytes.length / 2 }, (_, i) => ({
      offset: address + 2 * i,
      length: 2,
      origin: i % 7 === 6 ? -1 : address + 2 * i,
    })),
  );
  const info = new DebugInfo(writeDebugSections(origins, map));
  for (let i = 0; i < info.rangeCount; i++) {
    for (const { frames } of info.regions(info.range(i))) expect(frames.length).toBeLessThanOrEqual(16);
  }
  for (const note of map.notes) expect(note).not.toMatch(/undefined|NaN/);
};

/** The places in the file that debug sections take, small ones as likely as large ones, and their beginnings more often. */
const debugPlaces = (bytes: Uint8Array): readonly (readonly [start: number, length: number])[] =>
  debugInput(bytes)
    .elf.sections.filter(({ name, size }) => name.includes('.debug') && size > 0)
    .flatMap(({ offset, size }) => [
      [offset, size],
      [offset, Math.min(size, 48)],
    ]);

describe(`${MUTANTS} mutants of the debug sections of each program are read, in time`, () => {
  test.each(
    debugPrograms('.elf')
      .concat(debugPrograms('.o'))
      .map((name, i) => [name, i] as const),
  )('%s', (name, index) => {
    const seed = readProgram(name);
    const input = debugInput(seed);
    const random = randomFrom(0x5000 + index);
    const places = debugPlaces(seed);
    useAll(input);
    for (let i = 0; i < MUTANTS; i++) {
      const mutant = mutate(seed, places, random);
      if (mutant.length < seed.length) continue;
      // The section table stays that of the seed: only what is in the debug sections is to be tested.
      mutant.set(seed.subarray(0, 64));
      mutant.set(seed.subarray(input.elf.header.sectionHeaderOffset), input.elf.header.sectionHeaderOffset);
      const elf = readElf(mutant);
      const run = (): void => useAll({ ...input, elf });
      // Twice at most: the first may have had to wait for other programs.
      if (timeOf(run) >= LIMIT_MS) expect(timeOf(run), `mutant ${i}`).toBeLessThan(LIMIT_MS);
    }
  });
});

describe('compressed sections', () => {
  test('broken ones are noted', async () => {
    const bytes = readProgram('gcc_compressed.elf');
    const { elf } = debugInput(bytes);
    const info = elf.section('.debug_info')!;
    const line = elf.section('.debug_line')!;
    const text = elf.section('.debug_str')!;
    // The kind, the size, and the stream behind the header of 12 bytes.
    bytes[info.offset] = 2;
    bytes[line.offset + 4]! ^= 1;
    bytes.fill(0xff, text.offset + 20, text.offset + 30);
    const input = debugInput(bytes);
    const map = readSourceMap(input, await inflateDebugSections(input.elf));
    expect(map.notes).toEqual([
      expect.stringMatching(/\.debug_info is compressed and not with zlib \(kind 2\)/),
      expect.stringMatching(/\.debug_line is compressed and does not have the \d+ bytes/),
      expect.stringMatching(/\.debug_str is compressed and cannot be decompressed/),
    ]);
  });

  test('files without any need nothing', async () => {
    expect((await inflateDebugSections(debugInput(readProgram('gcc_dwarf4.elf')).elf)).size).toBe(0);
  });
});
