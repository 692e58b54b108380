/**
 * Speed against anan-as, a PVM interpreter in AssemblyScript, on the same bytes: JAM standard programs made by our
 * own encoder. Both run with gas. Registers and gas at the end must agree.
 */
import * as ananAs from '@fluffylabs/anan-as';
import { writeSpi } from '../src/blob/jam.ts';
import { makeBlob } from '../src/blob/make.ts';
import { readBlob } from '../src/blob/read.ts';
import { Engine } from '../src/index.ts';
import { operation, ROWS } from '../src/isa/table.ts';
import { A0, A1, A2, A3, assemble, type Line, S0, SP } from '../test/vm/assemble.ts';
import { geometricMean, interleave, millionsPerSecond, type SideResult, wholeRun } from './interleave.ts';
import { benchArguments, Report } from './report.ts';

/** Loops by name; each body is repeated, and leaves its result in a0. */
const BODIES: Readonly<Record<string, readonly Line[]>> = {
  alu: [
    ['add_64', { a: A0, b: A0, c: A1 }],
    ['xor', { a: A1, b: A1, c: A0 }],
    ['add_imm_64', { a: A2, b: A2, x: 0x1234567 }],
    ['sub_64', { a: A1, b: A1, c: A2 }],
  ],
  memory: [
    ['load_indirect_u64', { a: A1, b: SP, x: -64 }],
    ['add_64', { a: A0, b: A0, c: A1 }],
    ['store_indirect_u32', { a: A0, b: SP, x: -32 }],
    ['load_indirect_u16', { a: A2, b: SP, x: -30 }],
    ['xor', { a: A1, b: A1, c: A2 }],
    ['add_imm_64', { a: A1, b: A1, x: 77 }],
    ['store_indirect_u64', { a: A1, b: SP, x: -64 }],
  ],
  mixed: [
    ['mul_32', { a: A0, b: A0, c: A1 }],
    ['add_imm_32', { a: A0, b: A0, x: 12345 }],
    ['mul_64', { a: A2, b: A2, c: A1 }],
    ['rotate_right_imm_64', { a: A2, b: A2, x: 13 }],
    ['xor', { a: A1, b: A1, c: A2 }],
    ['set_less_than_unsigned', { a: A3, b: A0, c: A2 }],
    ['add_64', { a: A0, b: A0, c: A3 }],
  ],
};

/** Instructions of one repetition: the body, the count, the branch. */
const lengthOf = (body: readonly Line[]): number => body.length + 2;

/** `assemble` makes PolkaVM blobs; these operations have the same numbers in JAM programs. */
const checkNumbers = (lines: readonly Line[]): void => {
  for (const line of lines) {
    if (typeof line === 'string') continue;
    const opcodes = ROWS[operation(line[0])]?.opcodes;
    if (opcodes?.jam_v1 !== opcodes?.jam_gp07)
      throw new Error(`${line[0]} has another number in JAM programs`);
  }
};

const programOf = (body: readonly Line[], repetitions: number): Uint8Array => {
  const lines: Line[] = [
    'start',
    ['load_imm', { a: S0, x: repetitions }],
    ['load_imm', { a: A0, x: 3 }],
    ['load_imm', { a: A1, x: 0x51ed2705 }],
    ['load_imm', { a: A2, x: 0x1234567 }],
    ['load_imm', { a: A3, x: 0 }],
    ['jump', { to: 'loop' }],
    'loop',
    ...body,
    ['add_imm_64', { a: S0, b: S0, x: -1 }],
    ['branch_not_eq_imm', { a: S0, x: 0, to: 'loop' }],
    'end',
    ['jump_indirect', { a: 0 }],
  ];
  checkNumbers(lines);
  const { code, bitmask } = readBlob(assemble({ kind: 'jam_v1', code: lines }));
  const spi = { heapPages: 1 };
  return writeSpi(makeBlob({ kind: 'jam_gp07', container: 'jam-spi', code, bitmask, stackSize: 4096, spi }));
};

/** Below 2^31: one of anan-as's interfaces takes it as a number. */
const GAS = 1_000_000_000n;
const HALT = 0;
const GRANULARITIES = ['block', 'instruction'] as const;

interface Runnable {
  readonly prepare: () => void;
  readonly run: () => void;
  /** Registers and gas at the end. */
  readonly outcome: () => string;
}

const outcomeOf = (registers: readonly bigint[], gas: bigint): string =>
  JSON.stringify({ registers: registers.map((r) => BigInt.asUintN(64, r).toString(16)), gas: String(gas) });

const REGISTERS = 13;

const engine = new Engine({ tier: benchArguments().tier });

const riscbox = (bytes: Uint8Array, gasGranularity: 'block' | 'instruction'): Runnable => {
  const module = engine.compile(bytes, { container: 'jam-spi', gas: 'sync', gasGranularity });
  const instance = module.instantiate({ gas: GAS });
  return {
    prepare: () => {
      instance.reset();
      instance.prepareCall(0);
    },
    run: () => {
      const stop = instance.run();
      if (stop.kind !== 'finished') throw new Error(JSON.stringify(stop));
    },
    outcome: () =>
      outcomeOf(
        Array.from({ length: REGISTERS }, (_, i) => instance.getRegister(i)),
        instance.gas,
      ),
  };
};

/** Version 1.2.0: a prepared program runs once; 1.4 takes other parameters. */
const peer = (bytes: Uint8Array): Runnable => {
  const { prepareProgram, runProgram, InputKind, HasMetadata } = ananAs;
  const numbers = [...bytes];
  type Prepared = ReturnType<typeof prepareProgram>;
  let prepared: Prepared | undefined;
  let output: ReturnType<typeof runProgram> | undefined;
  return {
    prepare: () => {
      prepared = prepareProgram(InputKind.SPI, HasMetadata.No, numbers, [], [], [], [], 64);
    },
    run: () => {
      output = runProgram(prepared as Prepared, GAS, 0, false, false, false);
    },
    outcome: () => {
      if (output === undefined || Number(output.status) !== HALT)
        throw new Error(JSON.stringify(output?.status));
      return outcomeOf(output.registers, BigInt(output.gas));
    },
  };
};

const finished = (runnable: Runnable): string => {
  runnable.prepare();
  runnable.run();
  return runnable.outcome();
};

/** Repetitions of a slice: under a millisecond of each. */
const REPETITIONS = { ours: 20_000, theirs: 600 };
/** For the comparison of the results. */
const COMPARED = 12_345;

const report = new Report();
report.table(`Tier ${engine.tier} against anan-as 1.2.0 on the same JAM programs (M instr./s, medians)`, [
  'loop, riscbox charges per',
  'riscbox',
  'anan-as',
  'ratio',
  'minima',
  'quartile',
  'quartile',
]);
for (const granularity of GRANULARITIES) {
  const ratios: number[] = [];
  for (const [name, body] of Object.entries(BODIES)) {
    const compared = programOf(body, COMPARED);
    const [ours, theirs] = [finished(riscbox(compared, granularity)), finished(peer(compared))];
    if (ours !== theirs) throw new Error(`${name}: results differ\nriscbox ${ours}\nanan-as ${theirs}`);
    const a = peer(programOf(body, REPETITIONS.theirs));
    const b = riscbox(programOf(body, REPETITIONS.ours), granularity);
    const result = interleave(
      wholeRun(REPETITIONS.theirs * lengthOf(body), a.run, a.prepare),
      wholeRun(REPETITIONS.ours * lengthOf(body), b.run, b.prepare),
      { budget: 1500, warmUp: 100, rounds: 200 },
    );
    const speed = (side: SideResult): number => millionsPerSecond(side, side.median);
    report.row(
      `${name}, ${granularity}`,
      [speed(result.b), 0],
      [speed(result.a), 1],
      [result.ratioOfMedians, 1],
      [result.ratioOfMinima, 1],
      [result.quartiles[0], 1],
      [result.quartiles[1], 1],
    );
    ratios.push(result.ratioOfMedians);
  }
  report.row(`geometric mean, ${granularity}`, '', '', [geometricMean(ratios), 1], '', '', '');
}
report.note(
  'Above 1: riscbox is faster. Goal: at least 25. Registers and gas at the end are the same on both.',
);
report.finish();
