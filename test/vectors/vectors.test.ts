import { expect } from 'vitest';
import { runVectors } from '../../scripts/vectors/run.ts';
import { VECTORS, vectorTest } from '../vectors-path.ts';

/** One case of this many per kind: `npm run vectors` runs them all. */
const SAMPLE = 16;

vectorTest(`each ${SAMPLE}th vector of other implementations passes`, [VECTORS], () => {
  const { report } = runVectors([VECTORS], { every: SAMPLE });
  expect(report.failures).toEqual([]);
  expect(report.totals.passed).toBeGreaterThan(0);
  expect(report.totals.skipped).toBe(report.skips.length);
});
