/**
 * npm run vectors -- PATH… [--tier TIER] [--every N] [--verbose]
 *
 * Runs the vectors of other implementations that are found below the paths and ends with the line
 * `N passed, N failed, N skipped`. Exit code 1 when something failed or nothing was found, 2 for wrong usage.
 */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { TIER_NAMES, tierNamed } from '../../src/cli/tiers.ts';
import type { TierName } from '../../src/jit/tier.ts';
import { runVectors } from './run.ts';
import { FailurePrinter, summaryLines } from './summary.ts';

const USAGE = `npm run vectors -- PATH… [--tier auto|${TIER_NAMES.join('|')}] [--every N] [--verbose]`;

interface Arguments {
  readonly paths: readonly string[];
  readonly tier: TierName;
  /** Run each n-th case of a kind only. */
  readonly every: number;
  readonly verbose: boolean;
}

const readArguments = (): Arguments => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      tier: { type: 'string', default: 'auto' },
      every: { type: 'string', default: '1' },
      verbose: { type: 'boolean', default: false },
    },
  });
  if (positionals.length === 0) throw new Error('no path is given');
  const missing = positionals.find((path) => !existsSync(path));
  if (missing !== undefined) throw new Error(`there is no ${missing}`);
  const every = Number(values.every);
  if (!(Number.isInteger(every) && every >= 1))
    throw new Error(`--every ${values.every} is no positive number`);
  return {
    paths: positionals,
    tier: tierNamed(values.tier as TierName).name,
    every,
    verbose: values.verbose,
  };
};

const main = (): number => {
  let args: Arguments;
  try {
    args = readArguments();
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    return 2;
  }
  const print = (line: string): void => console.log(line);
  const failures = new FailurePrinter(args.verbose, print);
  const started = performance.now();
  const { report, companions } = runVectors(args.paths, {
    tier: args.tier,
    every: args.every,
    onFailure: (failure) => failures.add(failure),
  });
  failures.finish();
  if (args.every > 1) print(`a sample: one of ${args.every} cases of every kind`);
  const milliseconds = performance.now() - started;
  summaryLines({ report, companions, tier: args.tier, milliseconds }).forEach(print);
  const { passed, failed } = report.totals;
  return failed > 0 || passed === 0 ? 1 : 0;
};

process.exitCode = main();
