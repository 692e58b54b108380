/**
 * All benchmarks: `npm run bench -- [--json FILE] [--tier TIER]`. Each runs in a process of its own, so that none is
 * measured with what V8 learnt from another. The exit code is 1 when one fails or a guard does.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { benchArguments, type Table } from './report.ts';

/** Instances are made by the thousand; fewer of them than by default give the same figures. */
const BENCHMARKS: Readonly<Record<string, readonly string[]>> = {
  dispatch: [],
  kernels: [],
  prototype: [],
  jit: [],
  prototypes: [],
  native: [],
  'jit-costs': [],
  peers: [],
  'jam-traces': [],
  costs: [],
  instances: ['20000'],
};

interface Results {
  readonly environment: Readonly<Record<string, string | number>>;
  readonly benchmarks: Record<string, Table[]>;
}

const { json, elves, tier } = benchArguments();
const environment = {
  node: process.version,
  v8: process.versions.v8,
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  load: loadavg()[0] as number,
};
console.log(
  `Node ${environment.node}, ${environment.cpu}, ${environment.cores} cores, load ${environment.load}`,
);
const results: Results = { environment, benchmarks: {} };
const folder = mkdtempSync(join(tmpdir(), 'riscbox-bench-'));
try {
  for (const [name, args] of Object.entries(BENCHMARKS)) {
    const file = join(folder, `${name}.json`);
    const script = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
    const options = ['--json', file, '--tier', tier, ...(elves === undefined ? [] : ['--elves', elves])];
    const { status } = spawnSync(
      process.execPath,
      ['--expose-gc', '--import', 'tsx', script, ...args, ...options],
      { stdio: 'inherit' },
    );
    if (status === 0) results.benchmarks[name] = JSON.parse(readFileSync(file, 'utf8')) as Table[];
    else {
      console.error(`bench/${name}.ts failed`);
      process.exitCode = 1;
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
if (json !== undefined) writeFileSync(json, `${JSON.stringify(results, undefined, 1)}\n`);
