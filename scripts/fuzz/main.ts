/**
 * npm run fuzz -- [--programs N] [--seed S] [--tier TIER] [--seconds T] [--jobs N] [--only SEED]
 *                 [--out FOLDER] [--findings N] [--mutant NAME] [--verbose]
 *
 * Runs random programs on a tier and on the interpreter and compares them at every stop. Prints what was covered and
 * ends with the line `N passed, N failed`. A program that differs is made small and written as a case to the folder,
 * by default test/jit/cases, where a test replays it on all tiers from then on.
 *
 * Exit code 1 when something differs, or when a run of at least 5,000 programs does not cover what it must; 2 for
 * wrong usage.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { TIER_NAMES, tierNamed } from '../../src/cli/tiers.ts';
import type { TierName } from '../../src/jit/tier.ts';
import { Coverage } from './coverage.ts';
import type { Job, JobResult, Report } from './job.ts';
import { MUTANT_NAMES } from './mutants.ts';
import { coverageLines, DEMANDING, unmetDemands } from './summary.ts';
import { runInThread } from './threads.ts';

const USAGE = `npm run fuzz -- [--programs N] [--seed S] [--tier auto|${TIER_NAMES.join('|')}] [--seconds T] [--jobs N]
  [--only SEED]… [--out FOLDER] [--findings N] [--mutant ${MUTANT_NAMES.join('|')}|OPERATION=OPERATION] [--verbose]`;

const CASES = fileURLToPath(new URL('../../test/jit/cases', import.meta.url));

interface Arguments extends Omit<Job, 'first' | 'step'> {
  readonly jobs: number;
  readonly out: string;
}

const readArguments = (): Arguments => {
  const { values } = parseArgs({
    options: {
      programs: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      tier: { type: 'string', default: 'auto' },
      seconds: { type: 'string', default: 'Infinity' },
      jobs: { type: 'string', default: '1' },
      only: { type: 'string', multiple: true, default: [] },
      out: { type: 'string' },
      findings: { type: 'string', default: '5' },
      mutant: { type: 'string' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const count = (name: 'programs' | 'seed' | 'jobs' | 'findings'): number => {
    const value = Number(values[name]);
    if (!(Number.isInteger(value) && value >= 0)) throw new Error(`--${name} ${values[name]} is no count`);
    return value;
  };
  const seconds = Number(values.seconds);
  if (!(seconds > 0)) throw new Error(`--seconds ${values.seconds} is no duration`);
  return {
    tier: tierNamed(values.tier as TierName).name,
    mutant: values.mutant,
    seed: count('seed'),
    programs: count('programs'),
    milliseconds: 1000 * seconds,
    only: values.only.map(Number),
    findings: Math.max(1, count('findings')),
    shrinking: 20_000,
    verbose: values.verbose,
    jobs: Math.max(1, count('jobs')),
    // Planted errors are no cases for ever.
    out: values.out ?? (values.mutant === undefined ? CASES : join(tmpdir(), 'riscbox-fuzz')),
  };
};

const writeReport = ({ seed, kind, what, text, lines }: Report, out: string): void => {
  // A test that does not end is no test: cases of programs that hang stay outside.
  const folder = kind === 'hanging' ? tmpdir() : out;
  const file = join(folder, `${kind}-${seed}.txt`);
  if (text !== undefined) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, text);
  }
  console.log(`FAILED seed ${seed}, ${kind}, ${lines} lines${text === undefined ? '' : `: ${file}`}`);
  for (const line of what.split('\n').slice(0, 12)) console.log(`    ${line}`);
};

const runJobs = async ({ jobs, out, ...job }: Arguments): Promise<JobResult[]> => {
  const shares = job.only.length > 0 ? 1 : jobs;
  const results = await Promise.all(
    Array.from({ length: shares }, (_unused, first) =>
      runInThread({ ...job, first, step: shares }, (report) => writeReport(report, out)),
    ),
  );
  return results.flat();
};

const main = async (): Promise<number> => {
  let args: Arguments;
  try {
    args = readArguments();
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    return 2;
  }
  const started = performance.now();
  const results = await runJobs(args);
  const coverage = new Coverage();
  for (const result of results) coverage.add(result.coverage);
  const reports = results.flatMap((result) => result.reports);
  for (const line of coverageLines(coverage)) console.log(line);
  const programs = results.reduce((sum, result) => sum + result.programs, 0);
  const unmet = unmetDemands(coverage, args.tier);
  const demanding = programs >= DEMANDING;
  for (const problem of unmet) if (demanding) console.log(`not covered: ${problem}`);
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `${args.tier}: ${programs} programs from seed ${args.seed} in ${seconds.toFixed(1)} s, ${(programs / seconds).toFixed(0)} a second`,
  );
  console.log(`${programs - reports.length} passed, ${reports.length} failed`);
  return reports.length > 0 || (demanding && unmet.length > 0) ? 1 : 0;
};

process.exitCode = await main();
