/**
 * npm run fuzz:link -- [--programs N] [--seed S] [--jobs N] [--only SEED]… [--out FOLDER]
 *
 * Makes random RISC-V programs as ELF files with relocations, runs them instruction by instruction, and compares what
 * they do with what comes out of the relinker: at every level, as they are and demoted, for several kinds of blobs, on
 * the interpreter and now and then on the WebAssembly tier. Only what holds no address is compared: arguments of host
 * calls, results, contents of data, how calls end.
 *
 * A program that differs is made small and written to the folder with the pass behind which it differs. Ends with the
 * line `N passed, N failed`; exit code 1 when something failed, 2 for wrong usage.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Job, JobResult, Report } from './job.ts';
import { NOTHING, runInThread } from './threads.ts';

const USAGE = 'npm run fuzz:link -- [--programs N] [--seed S] [--jobs N] [--only SEED]… [--out FOLDER]';

interface Arguments extends Omit<Job, 'first' | 'step'> {
  readonly jobs: number;
  readonly out: string;
}

const readArguments = (): Arguments => {
  const { values } = parseArgs({
    options: {
      programs: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      jobs: { type: 'string', default: '1' },
      only: { type: 'string', multiple: true, default: [] },
      out: { type: 'string', default: join(tmpdir(), 'riscbox-fuzz-link') },
    },
  });
  const count = (name: 'programs' | 'seed' | 'jobs'): number => {
    const value = Number(values[name]);
    if (!(Number.isInteger(value) && value >= 0)) throw new Error(`--${name} ${values[name]} is no count`);
    return value;
  };
  return {
    seed: count('seed'),
    programs: count('programs'),
    jobs: Math.max(1, count('jobs')),
    only: values.only.map(Number),
    out: values.out,
  };
};

const writeReport = ({ seed, title, text }: Report, out: string): void => {
  mkdirSync(out, { recursive: true });
  const file = join(out, `${seed}.txt`);
  writeFileSync(file, `${title}\n${text}\n`);
  console.log(`FAILED seed ${seed}: ${title}\n    ${file}`);
  for (const line of text.split('\n').slice(0, 4)) console.log(`    ${line}`);
};

const added = (p: JobResult, q: JobResult): JobResult => ({
  passed: p.passed + q.passed,
  failed: p.failed + q.failed,
  unfit: p.unfit + q.unfit,
  links: p.links + q.links,
  observations: p.observations + q.observations,
});

const main = async (): Promise<number> => {
  let args: Arguments;
  try {
    args = readArguments();
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    return 2;
  }
  const { jobs, out, ...job } = args;
  const started = performance.now();
  const shares = job.only.length > 0 ? 1 : jobs;
  const results = await Promise.all(
    Array.from({ length: shares }, (_unused, first) =>
      runInThread({ ...job, first, step: shares }, (report) => writeReport(report, out)),
    ),
  );
  const { passed, failed, unfit, links, observations } = results.reduce(added, NOTHING);
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `${passed + failed} programs from seed ${job.seed} (${unfit} more run too long), linked in ${links} ways, ${observations} things to see, in ${seconds.toFixed(1)} s`,
  );
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
};

process.exitCode = await main();
