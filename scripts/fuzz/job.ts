import { tierNamed } from '../../src/cli/tiers.ts';
import type { TierName } from '../../src/jit/tier.ts';
import { printCase } from './case-text.ts';
import { Coverage, type CoverageData } from './coverage.ts';
import { type Finding, fuzzProgram, type Tiers } from './fuzz-program.ts';
import { mutant } from './mutants.ts';
import { seedOf } from './random.ts';
import { shrink } from './shrink.ts';
import { type Variant, variantsOf } from './variants.ts';

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
  /** Tells each comparison before it is made. */
  readonly verbose: boolean;
}

/** Who listens to a job. */
export interface Listener {
  /** A program is begun. */
  begin(index: number, seed: number): void;
  /** A finding is being made small. */
  shrinking(): void;
  /** The text of a comparison that is about to be made. */
  compared?(text: string): void;
  /** How far the job is, now and then and at its end. */
  progress(result: JobResult): void;
}

/** Programs between two calls of `progress`. */
const PART = 50;

/** A finding for people and files. */
export interface Report {
  readonly seed: number;
  readonly kind: string;
  readonly what: string;
  /** Text of the case: made small, or as it is where the program hangs; undefined where that is not known. */
  readonly text: string | undefined;
  readonly lines: number;
}

export interface JobResult {
  readonly coverage: CoverageData;
  readonly reports: readonly Report[];
  readonly programs: number;
}

/** The tiers for the program of a seed, and how the one under test is called. */
export const tiersOf = (
  name: TierName,
  planted: string | undefined,
  seed: number,
): Tiers & { readonly variant: string } => {
  const variants = variantsOf(tierNamed(name), name);
  const variant = variants[seed % variants.length] as Variant;
  const subject = planted === undefined ? variant.tier : mutant(variant.tier, planted);
  return { oracle: tierNamed('interpreter'), subject, variant: variant.name };
};

export const runJob = (job: Job, listener?: Listener): JobResult => {
  const coverage = new Coverage();
  const reports: Report[] = [];
  const deadline = performance.now() + job.milliseconds;
  let programs = 0;
  const result = (): JobResult => ({ coverage: coverage.data, reports, programs });
  const print = job.verbose ? console.log : listener?.compared;
  for (const { index, seed } of seeds(job)) {
    if (performance.now() > deadline) break;
    listener?.begin(index, seed);
    programs++;
    const tiers = tiersOf(job.tier, job.mutant, seed);
    const finding = fuzzProgram(seed, tiers, coverage, print);
    if (finding !== undefined) {
      listener?.shrinking();
      reports.push(reportOf(finding, tiers, job));
    }
    if (finding !== undefined || programs % PART === 0) listener?.progress(result());
    if (reports.length >= job.findings) break;
  }
  return result();
};

function* seeds(job: Job): Generator<{ readonly index: number; readonly seed: number }> {
  const { only, seed, first, step, programs } = job;
  for (const [index, one] of only.entries()) yield { index, seed: one };
  if (only.length > 0) return;
  for (let index = first; index < programs; index += step) yield { index, seed: seedOf(seed, index) };
}

const reportOf = (
  finding: Finding,
  tiers: Tiers & { readonly variant: string },
  { shrinking }: Job,
): Report => {
  const { seed, generated, difference, case: found } = finding;
  const small = shrink(finding, tiers, shrinking);
  const what = (small?.difference ?? difference).what;
  const comments = [
    `${tiers.variant}: seed ${seed}, ${generated.shape} program`,
    ...what.split('\n').slice(0, 12),
  ];
  return {
    seed,
    kind: generated.target.kind,
    what,
    text: printCase(small?.case ?? found, comments),
    lines: small?.lines ?? generated.source.lines.length,
  };
};
