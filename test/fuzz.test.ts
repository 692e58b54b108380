import { describe, expect, test } from 'vitest';
import { parseCase, printCase } from '../scripts/fuzz/case-text.ts';
import { Coverage } from '../scripts/fuzz/coverage.ts';
import { fuzzProgram } from '../scripts/fuzz/fuzz-program.ts';
import { generate } from '../scripts/fuzz/generate/program.ts';
import { type Job, runJob, tiersOf } from '../scripts/fuzz/job.ts';
import { MUTANT_NAMES } from '../scripts/fuzz/mutants.ts';
import { compareCase } from '../scripts/fuzz/pair.ts';
import { Random, seedOf } from '../scripts/fuzz/random.ts';
import { runInThread } from '../scripts/fuzz/threads.ts';
import { TIER_NAMES } from '../src/cli/tiers.ts';

const JOB: Job = {
  tier: 'interpreter',
  mutant: undefined,
  ...{ seed: 11, programs: 300, first: 0, step: 1, only: [] },
  ...{ milliseconds: Number.POSITIVE_INFINITY, findings: 1, shrinking: 4000, verbose: false },
};

describe('random programs', () => {
  test.each(TIER_NAMES)('run on tier %s as on the interpreter', { timeout: 240_000 }, async (tier) => {
    // In a thread, so that a program that hangs is a failure like any other.
    const results = await runInThread({ ...JOB, tier }, () => {});
    expect(results.flatMap(({ reports }) => reports.map(({ what, text }) => `${what}\n${text}`))).toEqual([]);
    const reached = new Coverage();
    for (const { coverage } of results) reached.add(coverage);
    expect(reached.programs).toBeGreaterThan(250);
    expect(reached.median).toBeGreaterThanOrEqual(500);
  });

  test('are the same for the same seed', () => {
    const text = (seed: number): string => {
      const { assembled, settings, start, host } = generate(new Random(seed));
      return printCase({ image: assembled.image, settings, start, host, moves: [] });
    };
    for (let index = 0; index < 30; index++) expect(text(seedOf(3, index))).toBe(text(seedOf(3, index)));
  });

  test('come back from their text', () => {
    for (let index = 0; index < 60; index++) {
      const { assembled, settings, start, host } = generate(new Random(seedOf(4, index)));
      const text = printCase({ image: assembled.image, settings, start, host, moves: [] });
      expect(printCase(parseCase(text))).toBe(text);
    }
  });
});

describe('planted errors', () => {
  const swaps = ['xnor=xor', 'load_indirect_i8=load_indirect_u8', 'branch_less_signed=branch_less_unsigned'];

  test.each([...MUTANT_NAMES, ...swaps])('%s is found and made small', { timeout: 240_000 }, (planted) => {
    const { reports } = runJob({ ...JOB, mutant: planted });
    const [report] = reports;
    expect(report).toBeDefined();
    if (report?.text === undefined) return;
    expect(report.lines).toBeLessThan(120);
    const small = parseCase(report.text);
    const { oracle, subject } = tiersOf('interpreter', planted, report.seed);
    const differs = (): unknown => {
      try {
        return compareCase(small, oracle, subject);
      } catch (error) {
        return error;
      }
    };
    expect(differs()).toBeDefined();
    expect(compareCase(small, oracle, oracle)).toBeUndefined();
    // The seed alone leads there as well.
    expect(fuzzProgram(report.seed, { oracle, subject }, new Coverage())).toBeDefined();
  });
});
