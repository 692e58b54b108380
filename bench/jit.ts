/**
 * Speed of a tier against the same C compiled straight to WebAssembly by clang: `npx tsx bench/jit.ts [--tier TIER]`.
 *
 * Steady state: both sides are instances that live long, warm until V8's optimising compiler is through, and run the
 * same work in turns in one process. Ratios are time over time of the direct build, so smaller is better.
 */
import { runWasmProgram } from '../scripts/guests/direct-wasm.ts';
import { type CompileOptions, Engine } from '../src/index.ts';
import { runLinux } from '../src/linux/index.ts';
import { geometricMean } from './interleave.ts';
import { APART, KERNELS, OUTSIDE } from './kernel-arguments.ts';
import {
  directKernel,
  fileBytes,
  GAS,
  guestBlob,
  type KernelRun,
  relinkedBlob,
  riscboxKernel,
  wasmModule,
} from './kernel-runs.ts';
import { benchArguments, type Cell, Report } from './report.ts';
import { inRounds, type SideTimes, workFor } from './rounds.ts';

/** How a program is brought to riscbox: its blob by kernel, and what the means are taken over. */
interface Build {
  readonly name: string;
  readonly blob: (program: string) => Uint8Array;
  /** Kernels of the mean. Others are shown beside it. */
  readonly mean: readonly string[];
  /** Programs that there is no such build of. */
  readonly lacks?: readonly string[];
}

/** Data-dependent loops, which no loop transformation helps. */
const CONTROL = ['hash', 'lz', 'heap'];
const COMMON = ['sieve', 'matmul', 'quicksort', 'sha256', 'switchvm', ...CONTROL];
const BUILDS: readonly Build[] = [
  { name: 'rv32em', blob: (program) => guestBlob('rv32em', program), mean: COMMON },
  // On RV32 its 64-bit divisions are library calls.
  { name: 'rv64im', blob: (program) => guestBlob('rv64im', program), mean: [...COMMON, 'nbody_fixed'] },
  {
    name: 'PolkaVM latest32, from rv32em',
    blob: (program) => relinkedBlob('rv32em', program),
    mean: COMMON,
  },
  {
    name: 'PolkaVM latest64, from rv64em',
    blob: (program) => relinkedBlob('rv64em', program),
    mean: [...COMMON, 'nbody_fixed'],
    // There is no C library for this ABI.
    lacks: ['nbody_soft', 'lisp'],
  },
  {
    name: 'PolkaVM latest64, demoted from rv64im',
    blob: (program) => relinkedBlob('rv64im', program),
    mean: [...COMMON, 'nbody_fixed'],
  },
];

/** Milliseconds: a direct run should take so long, and no run longer than this. */
const WORK = { direct: 8, longest: 120 };

const { tier } = benchArguments();
const engine = new Engine({ tier });
const interpreted = engine.tier === 'interpreter';
const rounds = interpreted
  ? { warmUp: 200, warmUpRuns: 2, rounds: 5 }
  : { warmUp: 300, rounds: 7, budget: 700 };
/** The longer one takes seconds per run in the interpreter. */
const LISP_PROGRAMS = interpreted ? ['primes'] : ['queens', 'primes'];

type Variants = Readonly<Record<string, CompileOptions>>;

/** An option is there if a value that cannot be right is refused. */
const hasMemoryOption = (): boolean => {
  try {
    engine.compile(guestBlob('rv32em', 'sieve'), { memory: 'no such way' as never });
    return false;
  } catch {
    return true;
  }
};

const EXACT: Variants = { sync: { gas: 'sync' }, none: { gas: 'none' } };
const ISOLATED: Variants = {
  'isolated, sync': { gas: 'sync', memory: 'isolated' },
  'isolated, none': { gas: 'none', memory: 'isolated' },
};
const variants: Variants = hasMemoryOption() ? { ...EXACT, ...ISOLATED } : EXACT;
const names = Object.keys(variants);

const report = new Report();

const head = (title: string): void => {
  report.table(`${title}: time of tier ${engine.tier} over time of direct WebAssembly`, [
    'program',
    'direct, ms',
    ...names,
    'quartile',
    'quartile',
  ]);
};

type Ratios = Readonly<Record<string, SideTimes>>;

const row = (name: string, times: Ratios): void => {
  const ratios = names.map((variant): Cell => [(times[variant] as SideTimes).ratio, 2]);
  const { quartiles } = times.sync as SideTimes;
  report.row(name, [(times.direct as SideTimes).median, 2], ...ratios, [quartiles[0], 2], [quartiles[1], 2]);
};

const meanRow = (name: string, rows: readonly Ratios[]): void => {
  const means = names.map((variant): Cell => {
    const ratios = rows.map((times) => (times[variant] as SideTimes).ratio);
    return [geometricMean(ratios), 2];
  });
  report.row(name, '', ...means, '', '');
};

const measureKernel = (build: Build, name: string, base: number): Ratios => {
  const direct = directKernel(name);
  const blob = build.blob(name);
  const runs = Object.entries(variants).map(([variant, options]): [string, KernelRun] => [
    variant,
    riscboxKernel(engine, blob, name, options),
  ]);
  const slow = Math.min(...runs.map(([, run]) => workFor(WORK.longest, base, run, 2)));
  const n = Math.min(workFor(WORK.direct, base, direct), slow);
  const expected = direct(n);
  const sides = [['direct', direct] as const, ...runs].map(([side, run]): [string, () => void] => [
    side,
    () => {
      const checksum = run(n);
      if (checksum !== expected)
        throw new Error(`${build.name} ${name}, ${side}: checksum ${checksum}, not ${expected}`);
    },
  ]);
  return inRounds(Object.fromEntries(sides), rounds);
};

/** Whole runs of a program that reads text: a new instance each time on both sides, of code that is shared. */
const measureLisp = (build: Build, program: string): Ratios => {
  const stdin = fileBytes(`guests/lisp/programs/${program}.lisp`);
  const direct = wasmModule('lisp');
  const expected = Buffer.from(runWasmProgram(direct, stdin).stdout);
  const check = (what: string, stdout: Uint8Array): void => {
    if (!expected.equals(stdout)) throw new Error(`${build.name} lisp ${program}, ${what}: output differs`);
  };
  const blob = build.blob('lisp');
  const sides = Object.entries(variants).map(([variant, options]) => {
    const module = engine.compile(blob, options);
    return [variant, () => check(variant, runLinux(module, { stdin, gas: GAS }).stdout)];
  });
  const run = (): void => check('direct', runWasmProgram(direct, stdin).stdout);
  return inRounds(
    { direct: run, ...Object.fromEntries(sides) },
    interpreted ? { warmUpRuns: 1, rounds: 3 } : {},
  );
};

for (const build of BUILDS) {
  head(`Kernels, ${build.name}`);
  const rows = new Map<string, Ratios>();
  for (const [name, base] of Object.entries(KERNELS)) {
    if (build.lacks?.includes(name)) continue;
    const times = measureKernel(build, name, base);
    row(build.mean.includes(name) ? name : `${name} (not in the means)`, times);
    rows.set(name, times);
  }
  const those = (wanted: readonly string[]): Ratios[] => wanted.map((name) => rows.get(name) as Ratios);
  meanRow(`geometric mean of ${build.mean.length}`, those(build.mean));
  meanRow(`geometric mean of ${CONTROL.join(', ')}`, those(CONTROL));
}
report.note(`The direct build of ${APART} computes with the hardware's doubles.`);
for (const build of BUILDS) {
  head(`Programs that nothing was tuned on, ${build.name}`);
  for (const [name, base] of Object.entries(OUTSIDE)) row(name, measureKernel(build, name, base));
  if (build.lacks?.includes('lisp')) continue;
  for (const program of LISP_PROGRAMS) row(`lisp ${program}, whole runs`, measureLisp(build, program));
}
report.note('The C libraries of the two Lisp builds differ: picolibc, and guests/runtime/wasm.');
if (!names.includes('isolated, sync')) report.note('This build has no option for isolated memory.');
report.finish();
