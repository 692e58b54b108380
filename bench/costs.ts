/** What surrounds the guest's instructions in the interpreter: reading, decoding, first calls, host calls, gas models, memory modes. */
import { readFileSync } from 'node:fs';
import { readBlob } from '../src/blob/read.ts';
import { GAS_MODEL_NAMES, type GasModelOption } from '../src/decoder/gas/models.ts';
import { Engine, Linker, type ModuleOptions } from '../src/index.ts';
import { link } from '../src/linker/index.ts';
import { runLinux } from '../src/linux/index.ts';
import { A0, A1, A2, A3, addNumbers, assemble, type Line, RETURN, S0, SP } from '../test/vm/assemble.ts';
import { interleave, quantile, type Side, wholeRun } from './interleave.ts';
import { Report } from './report.ts';

const guest = (path: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../guests/bin/${path}.elf`, import.meta.url)));

const engine = new Engine({ tier: 'interpreter' });
const report = new Report();

/** Microseconds of one `run`: median and quartiles of many slices of `repetitions`. */
const microseconds = (run: () => void, repetitions: number, budget = 400): [number, number, number] => {
  const times: number[] = [];
  const began = performance.now();
  for (let i = 0; times.length < 15 || performance.now() < began + budget; i++) {
    const started = performance.now();
    for (let k = 0; k < repetitions; k++) run();
    // The first tenth of the time is warm-up.
    if (i >= 5 && started > began + budget / 10) {
      times.push(((performance.now() - started) * 1000) / repetitions);
    }
  }
  return [quantile(times, 0.5), quantile(times, 0.25), quantile(times, 0.75)];
};

const row = (what: string, [middle, low, high]: readonly number[], per: number, unit: string): void => {
  const cell = (value: number | undefined): [number, number] => [(value as number) / per, 3];
  report.row(what, cell(middle), cell(low), cell(high), unit);
};

const COLUMNS = ['', 'median', 'quartile', 'quartile', 'unit of times'];

// A program of many small blocks, each executed once.
const BLOCKS = 4000;
const BLOCK: readonly Line[] = [
  ['add_64', { a: A0, b: A0, c: A1 }],
  ['xor', { a: A1, b: A1, c: A0 }],
  ['add_imm_64', { a: A2, b: A2, x: 0x1234 }],
  ['store_indirect_u64', { a: A2, b: SP, x: -64 }],
  ['load_indirect_u32', { a: A3, b: SP, x: -64 }],
  ['mul_64', { a: A2, b: A2, c: A3 }],
  ['shift_logical_left_imm_64', { a: A3, b: A3, x: 3 }],
  ['fallthrough'],
];
const INSTRUCTIONS = BLOCKS * BLOCK.length;
const manyBlocks = assemble({
  exports: ['work'],
  code: ['work', ...Array.from({ length: BLOCKS }, () => BLOCK).flat(), RETURN],
});

const reading = (): void => {
  report.table('Reading and starting', COLUMNS);
  const elf = guest('rv64imac/lisp');
  const kib = Math.round(manyBlocks.length / 1024);
  row(
    `read a PolkaVM blob, ${kib} KiB`,
    microseconds(() => void readBlob(manyBlocks), 20),
    1,
    'us',
  );
  row(
    'the same and make it a module',
    microseconds(() => void engine.compile(manyBlocks), 5),
    1,
    'us',
  );
  row(
    `link an ELF file, ${Math.round(elf.length / 1024)} KiB`,
    microseconds(() => void link(elf), 1),
    1000,
    'ms',
  );
  const small = addNumbers('latest64');
  const linker = new Linker().define('get_third_number', { params: [], result: 'u32' }, () => 100);
  row(
    'small blob: module, instance, call',
    microseconds(() => {
      linker.instantiate(engine.compile(small)).call('add_numbers', 1, 10);
    }, 10),
    1,
    'us',
  );
  const hello = guest('rv64im/hello');
  row(
    'ELF hello: link, start, run, output',
    microseconds(() => {
      if (runLinux(engine.compile(link(hello))).stdout.length === 0) throw new Error('no output');
    }, 1),
    1000,
    'ms',
  );
};

/** Milliseconds of the first call and of the second, of new modules. */
const translation = (options: ModuleOptions): number[] => {
  const times: number[] = [];
  for (let i = 0; i < 40; i++) {
    const instance = engine.compile(manyBlocks, options).instantiate({ gas: 10n ** 9n });
    const started = performance.now();
    instance.call('work');
    const middle = performance.now();
    instance.call('work');
    if (i >= 10) times.push((2 * middle - started - performance.now()) * 1e6);
  }
  return [quantile(times, 0.5), quantile(times, 0.25), quantile(times, 0.75)];
};

const decoding = (): void => {
  report.table('Decoding on the first visit, above the time of the second', COLUMNS);
  row('without gas', translation({}), INSTRUCTIONS, 'ns/instruction');
  for (const gasModel of GAS_MODEL_NAMES) {
    row(`gas model ${gasModel}`, translation({ gas: 'sync', gasModel }), INSTRUCTIONS, 'ns/instruction');
  }
};

const TABLE: GasModelOption = { costs: { mul_64: 3 }, otherwise: 1, invalid: 1 };

const gasModels = (): void => {
  report.table(`Cost of a basic block of ${BLOCK.length} instructions, as gasCostAt finds it`, COLUMNS);
  const models: [string, GasModelOption][] = [
    ...GAS_MODEL_NAMES.map((n): [string, GasModelOption] => [n, n]),
  ];
  models.push(['table per operation', TABLE]);
  for (const [name, gasModel] of models) {
    const module = engine.compile(manyBlocks, { gas: 'sync', gasModel });
    const start = module.entryPoint('work');
    row(
      name,
      microseconds(() => {
        if (module.gasCostAt(start) === undefined) throw new Error('no block at the entry');
      }, 100),
      1,
      'us/block',
    );
  }
};

const CALLS = 500;

const callLoop = (body: readonly Line[], n: number): Uint8Array =>
  assemble({
    imports: ['host'],
    exports: ['work'],
    code: [
      'work',
      ['load_imm', { a: S0, x: n }],
      ['load_imm', { a: A3, x: 0x20000 }],
      ['jump', { to: 'loop' }],
      'loop',
      ...body,
      ['add_imm_64', { a: S0, b: S0, x: -1 }],
      ['branch_not_eq_imm', { a: S0, x: 0, to: 'loop' }],
      'end',
      RETURN,
    ],
    rwDataSize: 20_000,
  });

const hostCalls = (): void => {
  report.table('Host call and return, with the two instructions of the loop around it', COLUMNS);
  const module = engine.compile(callLoop([['ecalli', { x: 0 }]], CALLS));
  const typed = new Linker()
    .define('host', { params: ['u32'], result: 'u32' }, (_caller, x) => x + 1)
    .instantiate(module);
  const untyped = new Linker().define('host', (caller) => caller.getRegister('a0')).instantiate(module);
  const bare = new Linker().define('host', () => {}).instantiate(module);
  const none = module.instantiate();
  row(
    'function without arguments',
    microseconds(() => void bare.call('work'), 1),
    CALLS,
    'us',
  );
  row(
    'function of a signature (u32): u32',
    microseconds(() => void typed.call('work'), 1),
    CALLS,
    'us',
  );
  row(
    'function that reads a register',
    microseconds(() => void untyped.call('work'), 1),
    CALLS,
    'us',
  );
  const served = (): void => {
    none.prepareCall('work');
    while (none.run().kind === 'host-call');
  };
  row('served around run()', microseconds(served, 1), CALLS, 'us');
};

/** A loop of eight loads and eight stores of 32 bits, `offset` bytes from an aligned place. */
const memoryLoop = (offset: number, options: ModuleOptions): Side => {
  const access = (i: number): Line[] => [
    ['load_indirect_u32', { a: A0, b: A3, x: 4096 - 16 + offset + 4 * (i % 2) }],
    ['store_indirect_u32', { a: A0, b: A3, x: 4096 - 16 + offset + 4 * (i % 2) }],
  ];
  const n = 4000;
  const body = [0, 1, 2, 3, 4, 5, 6, 7].flatMap(access);
  const instance = engine.compile(callLoop(body, n), options).instantiate();
  return wholeRun(n * body.length, () => void instance.call('work'));
};

const memoryModes = (): void => {
  report.table('32-bit loads and stores: time against aligned ones in flat memory', [
    '',
    'ratio',
    'minima',
    'quartile',
    'quartile',
  ]);
  const modes: [string, number, ModuleOptions][] = [
    ['flat, unaligned by 1', 1, {}],
    ['flat, every other over a page end', 10, {}],
    ['paged, aligned', 0, { dynamicPaging: true }],
    ['paged, unaligned by 1', 1, { dynamicPaging: true }],
  ];
  for (const [name, offset, options] of modes) {
    const result = interleave(memoryLoop(offset, options), memoryLoop(0, {}), {
      budget: 800,
      warmUp: 50,
      rounds: 30,
    });
    const { ratioOfMedians, ratioOfMinima, quartiles } = result;
    report.row(name, [ratioOfMedians, 2], [ratioOfMinima, 2], [quartiles[0], 2], [quartiles[1], 2]);
  }
};

reading();
decoding();
gasModels();
hostCalls();
memoryModes();
report.finish();
