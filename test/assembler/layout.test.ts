import fc from 'fast-check';
import { expect, test } from 'vitest';
import { absoluteTarget, type LayoutInput, layOut, NO_TARGET } from '../../src/assembler/layout.ts';
import { immediateSize } from '../../src/decoder/encode-polkavm.ts';

/** PolkaVM 0.35's steps as they are described, over all instructions. */
const described = ({ count, baseLengths, statedLengths, targets }: LayoutInput): number[] => {
  const stated = (i: number): number => statedLengths[i] as number;
  const base = (i: number): number => baseLengths[i] as number;
  const positions: number[] = [];
  const lengths: number[] = [];
  const sizeOf = (i: number, relative: number): number => {
    if (stated(i) !== 0) return stated(i);
    return base(i) + (targets[i] === NO_TARGET ? 0 : immediateSize(relative | 0));
  };
  let position = 0;
  for (let i = 0; i < count; i++) {
    positions[i] = position;
    lengths[i] = sizeOf(i, (targets[i] as number) - i);
    position += lengths[i] as number;
  }
  positions[count] = position;
  for (let changed = true; changed; ) {
    changed = false;
    let next = 0;
    for (let i = 0; i <= count; i++) {
      if (positions[i] !== next) changed = true;
      positions[i] = next;
      if (i === count) break;
      const length = sizeOf(i, (positions[targets[i] as number] ?? 0) - next);
      if (length !== lengths[i]) changed = true;
      lengths[i] = length;
      next += length;
    }
  }
  return lengths;
};

const inputOf = (items: readonly { base: number; stated: number; target: number }[]): LayoutInput => ({
  count: items.length,
  baseLengths: Uint32Array.from(items, ({ base }) => base),
  statedLengths: Uint8Array.from(items, ({ stated, base }) => (stated > 20 ? base + 4 : 0)),
  targets: Float64Array.from(items, ({ target }, index) =>
    target > 200 ? NO_TARGET : Math.max(0, Math.min(items.length, index + target - 100)),
  ),
});

test('jumps are as long as in PolkaVM', () => {
  const item = fc.record({ base: fc.integer({ min: 1, max: 4 }), stated: fc.nat(22), target: fc.nat(300) });
  const run = (items: readonly { base: number; stated: number; target: number }[]): void => {
    const input = inputOf(items);
    const { lengths, positions } = layOut(input);
    expect([...lengths]).toEqual(described(input));
    for (let i = 0; i < items.length; i++) {
      expect(positions[i + 1]).toBe((positions[i] as number) + (lengths[i] as number));
    }
  };
  fc.assert(fc.property(fc.array(item, { maxLength: 400, size: 'max' }), run), { numRuns: 300 });
});

test('jumps to code offsets', () => {
  const targets = Float64Array.of(absoluteTarget(0), absoluteTarget(200), absoluteTarget(0xffff_ffff), 4);
  const input = {
    count: 4,
    baseLengths: Uint32Array.of(1, 1, 1, 1),
    statedLengths: new Uint8Array(4),
    targets,
  };
  expect([...layOut(input).lengths]).toEqual([1, 3, 2, 2]);
});

test('a text that would not settle gets the longest offsets', () => {
  // Each jump leads just out of the reach of a byte, so that one that grows makes the one before it grow.
  const count = 60_000;
  const input = {
    count,
    baseLengths: new Uint32Array(count).fill(1),
    statedLengths: new Uint8Array(count),
    targets: Float64Array.from({ length: count }, (_, i) =>
      Math.min(count, i + 63 + Number(i === count - 100)),
    ),
  };
  const { lengths, positions } = layOut(input);
  expect(positions[count]).toBe(lengths.reduce((sum, length) => sum + length, 0));
});
