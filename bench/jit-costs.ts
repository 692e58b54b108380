/**
 * What comes before and around translated code: reading, translating, first results, host calls, instances, gas.
 * `npx tsx bench/jit-costs.ts [--tier TIER]`; the large program is taken from RISCBOX_VECTORS where it is there.
 */
import { existsSync, readFileSync } from 'node:fs';
import { readBlob } from '../src/blob/read.ts';
import { type Program, programFrom } from '../src/decoder/program.ts';
import { Engine, Linker, type ModuleOptions } from '../src/index.ts';
import { Discovery } from '../src/jit/graph/discover.ts';
import { EXIT } from '../src/jit/graph/function-graph.ts';
import { Meter } from '../src/jit/graph/pricing.ts';
import type { Metering } from '../src/jit/tier.ts';
import { Library } from '../src/jit/wasm/library.ts';
import { Territory } from '../src/jit/wasm/territory.ts';
import { linearLayout } from '../src/memory/linear-layout.ts';
import { geometricMean, median, quantile } from './interleave.ts';
import { APART, KERNELS } from './kernel-arguments.ts';
import { GAS, guestBlob, type KernelRun, riscboxKernel } from './kernel-runs.ts';
import { benchArguments, type Cell, Report } from './report.ts';
import { inRounds, workFor } from './rounds.ts';
import { callLoop, syntheticProgram } from './synthetic.ts';
import { vectorFile } from './vectors.ts';
import { countingWasm, type WasmCount } from './wasm-meter.ts';

const { tier } = benchArguments();
const engine = new Engine({ tier });
const report = new Report();
const DOOM = vectorFile('polkavm', 'blobs', 'doom.polkavm');

/** Microseconds of `run(i)`: median and quartiles of single runs, without the first ones. */
const microseconds = (runs: number, run: (i: number) => void, warmUp = 5): [number, number, number] => {
  const times: number[] = [];
  for (let i = 0; i < warmUp + runs; i++) {
    const started = performance.now();
    run(i);
    if (i >= warmUp) times.push((performance.now() - started) * 1000);
  }
  return [median(times), quantile(times, 0.25), quantile(times, 0.75)];
};

const row = (what: string, times: readonly [number, number, number], per: number, unit: string): void => {
  const cells = times.map((time): Cell => [time / per, 3]);
  report.row(what, ...cells, unit);
};
const COLUMNS = ['', 'median', 'quartile', 'quartile', 'unit of times'];

const PLAIN: Metering = engine.compile(syntheticProgram(100), { gas: 'sync' }).metering;

/** Entries of all functions that calls lead to, and how many instructions they have together. */
const functionsOf = (
  program: Program,
): { readonly entries: readonly number[]; readonly instructions: number } => {
  const discovery = new Discovery(program, new Meter(program, PLAIN).pricing, 3000);
  const entries = new Set(program.exports.map(({ pc }) => pc));
  if (program.riscv !== undefined) entries.add(program.riscv.entry);
  let instructions = 0;
  for (const entry of entries) {
    const { nodes, instructions: own } = discovery.functionAt(entry);
    instructions += own.count;
    for (const { exit, callee } of nodes) if (exit === EXIT.call) entries.add(callee);
  }
  return { entries: [...entries], instructions };
};

/** Translates functions of a program without an instance; quick quality is the only one so far. */
const translateAll = (bytes: Uint8Array, entries: readonly number[]): void => {
  const module = engine.compile(bytes, { gas: 'sync' });
  const { program, memoryMap } = module;
  const library = new Library({
    program,
    meter: new Meter(program, PLAIN),
    territory: new Territory(program.kind, memoryMap, linearLayout(false, 0)),
    paged: false,
    quality: 'quick',
    isolated: false,
  });
  for (const entry of entries) if (library.slotOf(entry) < 0) library.translate(entry);
};

const TRANSLATIONS = 5;

interface Translation {
  readonly instructions: number;
  readonly milliseconds: number;
  readonly wasm: WasmCount;
}

const translation = (bytes: Uint8Array): Translation => {
  const { entries, instructions } = functionsOf(programFrom(readBlob(bytes)));
  const all: { milliseconds: number; wasm: WasmCount }[] = [];
  for (let i = 0; i < TRANSLATIONS; i++) {
    let milliseconds = 0;
    const wasm = countingWasm(() => {
      const started = performance.now();
      translateAll(bytes, entries);
      milliseconds = performance.now() - started;
    });
    all.push({ milliseconds, wasm });
  }
  const sorted = all.sort((a, b) => a.milliseconds - b.milliseconds);
  // The fastest: what other processes take away comes in milliseconds, as long as a translation.
  return { instructions, ...(sorted[0] as (typeof all)[number]) };
};

const translations = (): void => {
  report.table(
    'Translation to WebAssembly, quick quality, warm process (V8 compiles the functions when they are called)',
    ['program', 'instr.', 'total, ms', 'of it V8', 'us/instr.', 'modules', 'wasm KiB', 'bytes/instr.'],
  );
  const translationRow = (name: string, bytes: Uint8Array): number => {
    const { instructions, milliseconds, wasm } = translation(bytes);
    report.row(
      name,
      instructions,
      [milliseconds, 2],
      [wasm.milliseconds, 2],
      [(milliseconds * 1000) / instructions, 2],
      wasm.modules,
      [wasm.bytes / 1024, 1],
      [wasm.bytes / instructions, 1],
    );
    return milliseconds - wasm.milliseconds;
  };
  // The translator itself has to be warm.
  for (let i = 0; i < 4; i++) translation(guestBlob('rv64im', 'lisp'));
  for (const name of [...Object.keys(KERNELS), 'deflate', 'lisp'])
    for (const target of ['rv32em', 'rv64im']) translationRow(`${target} ${name}`, guestBlob(target, name));
  if (existsSync(DOOM)) translationRow('doom.polkavm', new Uint8Array(readFileSync(DOOM)));
  const times = new Map<number, number>();
  for (const n of SIZES) times.set(n, translationRow(`synthetic, ${n / 1000},000`, syntheticProgram(n)));
  for (const n of SIZES) {
    const double = times.get(2 * n);
    if (double === undefined) continue;
    report.note(
      `without V8: time(${2 * n}) / time(${n}) = ${(double / (times.get(n) as number)).toFixed(2)}`,
    );
  }
};

const SIZES = [10_000, 25_000, 50_000, 100_000, 200_000];

// ---- From a file to results, through the public interface

const starting = (): void => {
  report.table(`Tier ${engine.tier}: from bytes to results in a warm process`, COLUMNS);
  const large = syntheticProgram(100_000);
  const strict = { gas: 'sync', strict: true } as const;
  row(
    'parse: synthetic, 100,000 instructions',
    microseconds(30, () => void readBlob(large)),
    1000,
    'ms',
  );
  row(
    'module, nothing checked',
    microseconds(30, () => void engine.compile(large, { gas: 'sync' })),
    1000,
    'ms',
  );
  row(
    'module, strict',
    microseconds(30, () => void engine.compile(large, strict)),
    1000,
    'ms',
  );
  // A constant differs in each: V8 would find modules with the same bytes in its cache.
  const variants = Array.from({ length: 60 }, (_, i) => syntheticProgram(FIRST_RESULT, i + 1));
  const { length } = variants[0] as Uint8Array;
  const next = (i: number): Uint8Array => variants[i % variants.length] as Uint8Array;
  row(
    `blob of ${length} bytes: module, instance, first result`,
    microseconds(
      50,
      (i) => void engine.compile(next(i), { gas: 'sync' }).instantiate({ gas: GAS }).call('work'),
    ),
    1,
    'us',
  );
  const firsts: number[] = [];
  const seconds: number[] = [];
  for (let i = 0; i < 8; i++) {
    const instance = engine
      .compile(syntheticProgram(20_000, 100 + i), { gas: 'sync' })
      .instantiate({ gas: GAS });
    for (const times of [firsts, seconds]) {
      const started = performance.now();
      instance.call('work');
      times.push((performance.now() - started) * 1000);
    }
  }
  const all = (times: number[]): [number, number, number] => [
    median(times),
    quantile(times, 0.25),
    quantile(times, 0.75),
  ];
  row('20,000 instructions, each run some times: first call', all(firsts), 1000, 'ms');
  row('the same, second call', all(seconds), 1000, 'ms');
  if (!existsSync(DOOM)) return;
  const doom = new Uint8Array(readFileSync(DOOM));
  const linker = new Linker().fallback(() => 0);
  const ready = (): void =>
    linker.instantiate(engine.compile(doom, { gas: 'sync' }), { gas: GAS }).prepareCall('ext_initialize');
  row('doom.polkavm, 1.0 MiB: ready for its first call', microseconds(15, ready), 1000, 'ms');
};

/** Instructions of a blob of about 1 KB. */
const FIRST_RESULT = 300;

// ---- Host calls, instances, gas

/** A plain function call that V8 cannot inline: one of several functions, chosen at run time. */
const plainCalls = (): ((n: number) => number) => {
  const functions = [
    (x: number) => x + 1,
    (x: number) => x ^ 1,
    (x: number) => x - 1,
    (x: number) => x | 1,
    (x: number) => x & 3,
  ];
  return (n) => {
    let x = 0;
    for (let i = 0; i < n; i++) x = (functions[i % 5] as (x: number) => number)(x);
    return x;
  };
};

const hostCalls = (): void => {
  report.table(`Tier ${engine.tier}: a call of the host by the guest, synchronous`, ['', 'ns', 'ratio']);
  const module = engine.compile(callLoop(), { gas: 'sync' });
  const linkers: Readonly<Record<string, Linker>> = {
    'function without arguments': new Linker().define('host', () => {}),
    'signature (u32): u32': new Linker().define(
      'host',
      { params: ['u32'], result: 'u32' },
      (_caller, x) => x + 1,
    ),
    'function that reads a register': new Linker().define('host', (caller) => caller.getRegister('a0')),
  };
  const plain = plainCalls();
  const n = 20_000;
  const sides: [string, () => void][] = [['plain function call', () => void plain(n)]];
  for (const [name, linker] of Object.entries(linkers)) {
    const instance = linker.instantiate(module, { gas: GAS });
    sides.push([name, () => void instance.call('work', n)]);
  }
  for (const [name, { median: time, ratio }] of Object.entries(inRounds(Object.fromEntries(sides))))
    report.row(name, [(time * 1e6) / n, 1], [ratio, 1]);
  report.note(
    'The loop around the call, of two instructions, is part of it; the plain calls are of five functions in turn.',
  );
};

const instances = (): void => {
  report.table(`Tier ${engine.tier}: instances of a module that has run`, COLUMNS);
  for (const [name, bytes] of [
    ['1 KB blob', syntheticProgram(FIRST_RESULT)],
    ['20,000 instructions', syntheticProgram(20_000)],
  ] as const) {
    const module = engine.compile(bytes, { gas: 'sync' });
    const used = module.instantiate({ gas: GAS });
    // Twice and more: a tier may translate what is reached again only.
    for (let i = 0; i < 4; i++) used.call('work');
    row(
      `${name}: instantiate and dispose`,
      microseconds(300, () => module.instantiate({ gas: GAS }).dispose()),
      1,
      'us',
    );
    row(
      `${name}: instantiate, call, dispose`,
      microseconds(100, () => {
        const instance = module.instantiate({ gas: GAS });
        instance.call('work');
        instance.dispose();
      }),
      1,
      'us',
    );
    row(
      `${name}: call`,
      microseconds(300, () => void used.call('work')),
      1,
      'us',
    );
    row(
      `${name}: call and reset`,
      microseconds(300, () => {
        used.call('work');
        used.reset();
      }),
      1,
      'us',
    );
  }
};

const gas = (): void => {
  report.table(`Tier ${engine.tier}: time with gas over time without`, [
    'program',
    'sync',
    'async',
    'instruction',
  ]);
  const metered: Readonly<Record<string, ModuleOptions>> = {
    none: { gas: 'none' },
    sync: { gas: 'sync' },
    async: { gas: 'async' },
    instruction: { gas: 'sync', gasGranularity: 'instruction' },
  };
  const columns = ['sync', 'async', 'instruction'];
  for (const target of ['rv32em', 'rv64im']) {
    const ratios = new Map<string, number[]>(columns.map((name) => [name, []]));
    for (const [name, base] of Object.entries(KERNELS)) {
      if (name === APART) continue;
      const blob = guestBlob(target, name);
      const runs = new Map<string, KernelRun>(
        Object.entries(metered).map(([how, options]) => [how, riscboxKernel(engine, blob, name, options)]),
      );
      const n = workFor(6, base, runs.get('sync') as KernelRun);
      const sides = [...runs].map(([how, run]): [string, () => void] => [how, () => void run(n)]);
      const times = inRounds(Object.fromEntries(sides), { warmUp: 150, budget: 500 });
      const cells = columns.map((how): Cell => {
        const { ratio } = times[how] as { ratio: number };
        ratios.get(how)?.push(ratio);
        return [ratio, 3];
      });
      report.row(`${target} ${name}`, ...cells);
    }
    report.row(
      `${target} geometric mean`,
      ...columns.map((how): Cell => [geometricMean(ratios.get(how) as number[]), 3]),
    );
  }
};

translations();
starting();
hostCalls();
instances();
gas();
report.finish();
