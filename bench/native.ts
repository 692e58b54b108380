/**
 * The kernels as native code of this machine, `cc -O2`, against direct WebAssembly: what divides a ratio of
 * bench/jit.ts into a ratio to native. Needs a C compiler; processes and WebAssembly take turns.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { geometricMean, median } from './interleave.ts';
import { APART, KERNELS, OUTSIDE } from './kernel-arguments.ts';
import { directKernel } from './kernel-runs.ts';
import { Report } from './report.ts';
import { workFor } from './rounds.ts';

const COMPILERS = ['gcc', 'cc', 'clang'];
const root = fileURLToPath(new URL('..', import.meta.url));

const compiler = COMPILERS.find(
  (command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0,
);

/** Milliseconds of runs in one process, after one that is not measured; throws where the checksum differs. */
const nativeTimes = (file: string, n: number, rounds: number, checksum: number): number[] => {
  const { stdout, status } = spawnSync(file, [String(n), String(rounds)], { encoding: 'utf8' });
  const [result = '', ...times] = stdout.trim().split('\n');
  if (status !== 0 || Number.parseInt(result.split(' ')[2] ?? '', 16) !== checksum)
    throw new Error(`${file}: ${result}`);
  return times.map(Number);
};

const PROCESSES = 6;
const RUNS = 5;

const measure = (report: Report, folder: string, command: string): void => {
  report.table(`Direct WebAssembly over native code (${command} -O2)`, [
    'kernel',
    'native, ms',
    'direct, ms',
    'ratio',
  ]);
  const ratios: number[] = [];
  for (const [name, base] of Object.entries({ ...KERNELS, ...OUTSIDE })) {
    const file = join(folder, name);
    const sources = [`guests/kernels/${name}.c`, 'guests/kernels/native.c'];
    const { status, stderr } = spawnSync(command, ['-O2', ...sources, '-o', file], {
      cwd: root,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
    const direct = directKernel(name);
    const n = workFor(8, base, direct);
    const checksum = direct(n);
    const times: { native: number[]; direct: number[] } = { native: [], direct: [] };
    for (let i = 0; i < PROCESSES; i++) {
      times.native.push(...nativeTimes(file, n, RUNS, checksum));
      for (let k = 0; k < RUNS; k++) {
        const started = performance.now();
        direct(n);
        times.direct.push(performance.now() - started);
      }
    }
    const ratio = median(times.direct) / median(times.native);
    report.row(name, [median(times.native), 2], [median(times.direct), 2], [ratio, 2]);
    if (name !== APART && !(name in OUTSIDE)) ratios.push(ratio);
  }
  report.row('geometric mean', '', '', [geometricMean(ratios), 2]);
  report.note(`${APART} and ${Object.keys(OUTSIDE).join(', ')} are not part of the mean.`);
};

const report = new Report();
if (compiler === undefined) {
  report.table('Native code', ['']);
  report.note('not measured: there is no C compiler');
} else {
  const folder = mkdtempSync(join(tmpdir(), 'riscbox-native-'));
  try {
    measure(report, folder, compiler);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
report.finish();
