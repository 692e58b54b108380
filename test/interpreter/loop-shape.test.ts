import { expect, test } from 'vitest';
import { bytecodeSizes, caseLabels, isDecimal, LOOPS, MAX_BYTECODE } from '../../bench/dispatch.ts';

test('V8 can make a jump table of each loop: all case labels are decimal numbers', () => {
  const labels = caseLabels();
  expect(labels.length).toBeGreaterThan(200);
  expect(labels.filter((label) => !isDecimal(label))).toEqual([]);
});

test('V8 can optimise each loop: its bytecode is below the limit', () => {
  const sizes = bytecodeSizes();
  for (const loop of LOOPS) {
    expect(sizes.get(loop)).toBeGreaterThan(10_000);
    expect(sizes.get(loop)).toBeLessThanOrEqual(MAX_BYTECODE);
  }
});
