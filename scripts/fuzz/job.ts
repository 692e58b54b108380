import type { TierName } from '../../src/jit/tier.ts';
import { tierNamed } from '../../src/vm/tiers.ts';
import { printCase } from './case-text.ts';
import { Coverage, type CoverageData } from './coverage.ts';
import { type Finding, fuzzProgram, type Tiers } from './fuzz-program.ts';
import { mutant } from './mutants.ts';
import { seedOf } from './random.ts';
import { shrink } from './shrink.ts';

/** A share of a run: every `step`-th program from `first` on. */
export interface Job {
  readonly tier: TierName;
  /** A planted error (mutants.ts). */
  readonly mutant: string | undefined;
  readonly seed: number;
  readonly programs: number;
  /** Milliseconds after which no more programs are begun. */
  readonly milliseconds: number;
  readonly first: number;
  readonly step: number;
  /** The seeds of single programs instead. */
  readonly only: readonly number[];
  /** Findings after which the job ends. */
  readonly findings: number;
  /** Milliseconds that making one finding small may take. */
  readonly shrinking: number;
}

/** A finding for people and files. */
export interface Report {
  readonly seed: number;
  readonly kind: string;
  readonly what: string;
  /** Text of the case, made small. */
  readonly text: string;
  readonly lines: number;
}

export interface JobResult {
  readonly coverage: CoverageData;
  readonly reports: readonly Report[];
  readonly programs: number;
}

export const tiersOf = (name: TierName, planted: string | undefined): Tiers => {
  const tier = tierNamed(name);
  return { oracle: tierNamed('interpreter'), subject: planted === undefined ? tier : mutant(tier, planted) };
};

export const runJob = (job: Job): JobResult => {
  const tiers = tiersOf(job.tier, job.mutant);
  const coverage = new Coverage();
  const reports: Report[] = [];
  const deadline = performance.now() + job.milliseconds;
  let programs = 0;
  for (const seed of seeds(job)) {
    if (performance.now() > deadline) break;
    programs++;
    const finding = fuzzProgram(seed, tiers, coverage);
    if (finding === undefined) continue;
    reports.push(reportOf(finding, tiers, job));
    if (reports.length >= job.findings) break;
  }
  return { coverage: coverage.data, reports, programs };
};

function* seeds({ only, seed, first, step, programs }: Job): Generator<number> {
  if (only.length > 0) {
    yield* only;
    return;
  }
  for (let index = first; index < programs; index += step) yield seedOf(seed, index);
}

const reportOf = (finding: Finding, tiers: Tiers, { tier, shrinking }: Job): Report => {
  const { seed, generated, difference, case: found } = finding;
  const small = shrink(finding, tiers, shrinking);
  const what = (small?.difference ?? difference).what;
  const comments = [`${tier}: seed ${seed}, ${generated.shape} program`, ...what.split('\n').slice(0, 12)];
  return {
    seed,
    kind: generated.target.kind,
    what,
    text: printCase(small?.case ?? found, comments),
    lines: small?.lines ?? generated.source.lines.length,
  };
};
