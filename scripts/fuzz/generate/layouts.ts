import { isRiscvKind, type Kind } from '../../../src/core/kind.ts';
import type { Layout, SegmentLayout } from '../layout.ts';
import type { Random } from '../random.ts';

const NONE: Layout = {
  ...{ container: 'polkavm', ro: 0, rw: 0, stack: 0, heapPages: 0, argumentsSize: 0, aux: 0 },
  ...{ pageSize: 4096, embedded: false, segments: [] },
};

const PAGE = 4096;

export const randomLayout = (random: Random, kind: Kind): Layout => {
  if (isRiscvKind(kind)) return riscvLayout(random);
  const size = (): number => random.pick([PAGE, PAGE, PAGE - 3, 2 * PAGE, PAGE + 1, 1024]);
  const memory = {
    ro: random.chance(0.9) ? size() : random.pick([0, 8]),
    rw: random.chance(0.92) ? size() : random.pick([0, 100]),
    stack: random.chance(0.95) ? random.pick([PAGE, 2 * PAGE]) : random.pick([0, 16]),
  };
  if (kind === 'jam_gp07' || random.chance(0.02)) {
    if (random.chance(0.12)) return { ...NONE, container: 'jam-raw' };
    const heapPages = random.below(3);
    const argumentsSize = random.pick([0, 100, PAGE, PAGE + 1]);
    return { ...NONE, ...memory, container: 'jam-spi', heapPages, argumentsSize };
  }
  const pageSize = random.weighted([
    [PAGE, 88],
    [2 * PAGE, 4],
    [4 * PAGE, 4],
    [16 * PAGE, 4],
  ]);
  return { ...NONE, ...memory, pageSize, aux: random.chance(0.3) ? random.pick([PAGE, 100, 2 * PAGE]) : 0 };
};

/** Room for the code, known before there is any, so that the memory map is. */
const CODE_SIZE = 0x4000;

const riscvLayout = (random: Random): Layout => {
  const segment = (address: number, size: number, writable = false, executable = false): SegmentLayout => ({
    ...{ address, size, writable, executable },
  });
  const roSize = random.pick([PAGE, 2 * PAGE, 2048]);
  const rwSize = random.pick([PAGE, 2 * PAGE, PAGE - 3, PAGE + 5]);
  // Apart, side by side in every order, and high up.
  const base = random.pick([0x10000, 0x10000, 0x8000_0000, 0xf000_0000, 0x1000]);
  const shapes: readonly (() => SegmentLayout[])[] = [
    () => [
      segment(base, CODE_SIZE, false, true),
      segment(base + 0x10000, roSize),
      segment(base + 0x20000, rwSize, true),
    ],
    () => [
      segment(base, 2 * PAGE),
      segment(base + 2 * PAGE, 2 * PAGE, true),
      segment(base + 4 * PAGE, CODE_SIZE, false, true),
    ],
    () => [
      segment(base, CODE_SIZE, false, true),
      segment(base + CODE_SIZE, 2 * PAGE, true),
      segment(base + CODE_SIZE + 2 * PAGE, PAGE),
    ],
    () => [segment(base, CODE_SIZE, true, true), segment(base + CODE_SIZE, 2 * PAGE + 8, true)],
  ];
  return {
    ...NONE,
    container: 'riscv',
    stack: random.pick([PAGE, 2 * PAGE]),
    embedded: random.chance(0.25),
    segments: random.pick(shapes)(),
  };
};
