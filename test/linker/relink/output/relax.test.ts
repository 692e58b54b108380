import fc from 'fast-check';
import { expect, test } from 'vitest';
import { immediateSize } from '../../../../src/decoder/encode-polkavm.ts';
import { type CodeLayout, relax } from '../../../../src/linker/relink/output/relax.ts';

const relaxed = (targets: readonly number[], lengths: readonly number[]): CodeLayout =>
  relax(
    { instructions: [], starts: new Int32Array(0), targets: Int32Array.from(targets), paddedJumps: 0 },
    Uint8Array.from(lengths),
  );

const neededSizes = (targets: readonly number[], { offsets }: CodeLayout): readonly number[] =>
  targets.map((target, i) => (target < 0 ? 0 : immediateSize(offsets[target]! - offsets[i]!)));

test('distances are as long as they need be, and not longer', () => {
  const program = fc
    .array(fc.record({ jumps: fc.boolean(), to: fc.nat(), length: fc.integer({ min: 1, max: 90 }) }), {
      minLength: 1,
      maxLength: 1500,
      size: 'max',
    })
    .map((places) => ({
      targets: places.map(({ jumps, to }) => (jumps ? to % places.length : -1)),
      lengths: places.map(({ length }) => length),
    }));
  fc.assert(
    fc.property(program, ({ targets, lengths }) => {
      const layout = relaxed(targets, lengths);
      expect([...layout.distanceSizes]).toStrictEqual(neededSizes(targets, layout));
    }),
    { numRuns: 60 },
  );
});

test('a jump to itself has a distance of no bytes', () => {
  expect([...relaxed([0], [1]).offsets]).toStrictEqual([0, 1]);
});

test('a chain in which each distance makes the one before it longer ends soon', () => {
  // Jump i leads behind jump i + 1, 127 bytes further as long as that has a distance of one byte; the last leads away.
  const count = 30_000;
  const targets: number[] = [];
  const lengths: number[] = [];
  for (let i = 0; i < count; i++) {
    targets.push(i === count - 1 ? 0 : 2 * i + 3, -1);
    lengths.push(1, 123);
  }
  const started = performance.now();
  const layout = relaxed(targets, lengths);
  expect(performance.now() - started).toBeLessThan(2000);
  const needed = neededSizes(targets, layout);
  expect(layout.distanceSizes.every((size, i) => size >= needed[i]!)).toBe(true);
});
