/** Damaged ELF files, the same ones in every run. */
import { readElf } from '../../../src/linker/elf.ts';

/** Mutants per seed; the long run of releases asks for more. */
export const MUTANTS: number = Number(process.env.RISCBOX_MUTANTS ?? 40);

/** No mutant may take longer than this beyond three times the seed's own time. */
export const LIMIT_MS = 250;

/** xorshift32: the same mutants in every run. */
export const randomFrom = (seed: number): ((below: number) => number) => {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
};

const INTERESTING = [0x00, 0x01, 0x02, 0x03, 0x04, 0x07, 0x08, 0x7f, 0x80, 0xf0, 0xfe, 0xff];

/** Offsets where one byte decides much: the header, the program headers and the section headers. */
export const tablesOf = (seed: Uint8Array): readonly (readonly [start: number, length: number])[] => {
  const { header } = readElf(seed);
  return [
    [0, 64],
    [header.programHeaderOffset, header.programHeaderCount * header.programHeaderSize],
    [header.sectionHeaderOffset, header.sectionCount * header.sectionHeaderSize],
    [0, seed.length],
  ];
};

/** Changes a few bytes (mostly in the tables), or cuts or repeats a piece. */
export const mutate = (
  seed: Uint8Array,
  tables: readonly (readonly [start: number, length: number])[],
  random: (below: number) => number,
): Uint8Array => {
  const bytes = seed.slice();
  for (let edits = 1 + random(6); edits > 0; edits--) {
    const [start, length] = tables[random(tables.length)]!;
    const at = start + random(Math.max(length, 1));
    switch (random(4)) {
      case 0:
        bytes[at] = random(256);
        break;
      case 1:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
        break;
      case 2:
        bytes[at] = INTERESTING[random(INTERESTING.length)]!;
        break;
      default: {
        const from = random(bytes.length);
        bytes.copyWithin(at, from, from + 1 + random(32));
      }
    }
  }
  return random(16) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
};

export const timeOf = (run: () => void): number => {
  const begin = performance.now();
  run();
  return performance.now() - begin;
};
