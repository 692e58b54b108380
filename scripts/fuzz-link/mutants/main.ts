/**
 * npm run fuzz:elf -- [--mutants N] [--seed S] [--out FOLDER]
 *
 * Links N damaged ELF files, made from small ones that link, in three ways each: only errors of riscbox may come, what
 * links must be a right program, and none may take more than 250 ms longer than what it was made from. Files that fail
 * are written to the folder. Ends with the line `N passed, N failed`; exit code 1 when something failed.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LIMIT_MS, mutate, randomFrom, timeOf } from './elf-mutants.ts';
import { LINK_OPTIONS, linkTablesOf, tryLink } from './link-all.ts';
import { readSeeds, type Seed } from './seeds.ts';

const { values } = parseArgs({
  options: {
    mutants: { type: 'string', default: '3000' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: join(tmpdir(), 'riscbox-fuzz-elf') },
  },
});

/** Runs until a file that takes too long counts: other work on the machine takes time as well. */
const ATTEMPTS = 4;
/** Milliseconds between two lines about how far it is. */
const REPORT_EVERY = 60_000;

/** How often what came to pass. */
const counts = { links: 0, linked: 0, passed: 0, failed: 0, slowest: 0 };

const linkOnce = (bytes: Uint8Array, index: number): void => {
  counts.links++;
  if (tryLink(bytes, LINK_OPTIONS[index]!)) counts.linked++;
};

/** Milliseconds of the fastest of several runs, which ends as soon as one is fast enough. */
const fastest = (run: () => void, enough: number): number => {
  let best = Infinity;
  for (let i = 0; i < ATTEMPTS && best > enough; i++) best = Math.min(best, timeOf(run));
  return best;
};

/** What is wrong with how a file links; undefined for nothing. */
const problemOf = (bytes: Uint8Array, limits: readonly number[]): string | undefined => {
  for (const [index, limit] of limits.entries()) {
    const options = JSON.stringify(LINK_OPTIONS[index]);
    try {
      const milliseconds = fastest(() => linkOnce(bytes, index), limit);
      counts.slowest = Math.max(counts.slowest, milliseconds);
      if (milliseconds > limit)
        return `${options}: ${milliseconds.toFixed(0)} ms, limit ${limit.toFixed(0)} ms`;
    } catch (error) {
      return `${options}: ${error instanceof Error ? error.stack : String(error)}`;
    }
  }
  return undefined;
};

const report = (name: string, number: number, bytes: Uint8Array, problem: string): void => {
  mkdirSync(values.out, { recursive: true });
  const file = join(values.out, `${name.replaceAll(/[^\w.-]+/g, '_')}-${number}.elf`);
  writeFileSync(file, bytes);
  console.log(`FAILED ${file}`);
  for (const line of problem.split('\n').slice(0, 8)) console.log(`    ${line}`);
};

const started = performance.now();
const progress = (): string => {
  const seconds = (performance.now() - started) / 1000;
  const done = counts.passed + counts.failed;
  const rate = (done / seconds).toFixed(0);
  return `${done} mutants, ${counts.links} links, ${counts.linked} of them right programs, slowest ${counts.slowest.toFixed(0)} ms, in ${seconds.toFixed(0)} s, ${rate} mutants a second`;
};

const mutantsOf = ({ name, bytes }: Seed, index: number, count: number): void => {
  const tables = linkTablesOf(bytes);
  const random = randomFrom(Number(values.seed) * 0x10001 + index * 2);
  const limits = LINK_OPTIONS.map((_options, i) => LIMIT_MS + fastest(() => linkOnce(bytes, i), 0));
  for (let number = 0; number < count; number++) {
    const mutant = mutate(bytes, tables, random);
    const problem = problemOf(mutant, limits);
    if (problem === undefined) counts.passed++;
    else {
      counts.failed++;
      report(name, number, mutant, problem);
    }
    if (performance.now() > nextReport) {
      nextReport += REPORT_EVERY;
      console.log(progress());
    }
  }
};

let nextReport = started + REPORT_EVERY;
const seeds = readSeeds();
const total = Number(values.mutants);
console.log(`${total} mutants of ${seeds.length} ELF files`);
for (const [index, seed] of seeds.entries()) {
  const share = Math.floor((total * (index + 1)) / seeds.length) - Math.floor((total * index) / seeds.length);
  mutantsOf(seed, index, share);
}
console.log(progress());
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed > 0 ? 1 : 0;
