/**
 * Recorded runs of JAM services (host calls and their answers) on riscbox and on anan-as: the total time of all traces,
 * reading and translating included. `npx tsx bench/jam-traces.ts [--tier TIER]`; the recordings are not part of the
 * project: RISCBOX_VECTORS names the folder in which `jam/traces` lies.
 *
 * riscbox makes one module per blob, as an embedder does; anan-as has nothing that traces could share and prepares the
 * program for each. Every replay is checked: number of host calls, gas at each, gas and status at the end.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as ananAs from '@fluffylabs/anan-as';
import { Fields, parseExactJson, toInteger } from '../scripts/vectors/json.ts';
import { Engine, type Instance, type Module } from '../src/index.ts';
import { median } from './interleave.ts';
import { benchArguments, Report } from './report.ts';
import { vectorFiles } from './vectors.ts';

/** What the host did between two stops of the guest. */
interface Answer {
  readonly writes: readonly { readonly address: number; readonly bytes: Uint8Array }[];
  readonly registers: readonly { readonly number: number; readonly value: bigint }[];
  readonly gas: bigint | undefined;
}

/** The guest runs to a host call (`number`) or to its end (none), with this much gas left. */
interface Leg {
  readonly before: Answer;
  readonly number: number | undefined;
  readonly gasLeft: bigint;
}

interface Trace {
  readonly program: string;
  readonly arguments: Uint8Array;
  readonly pc: number;
  readonly gas: bigint;
  readonly legs: readonly Leg[];
  readonly halts: boolean;
}

const registerNumber = (name: string): number => Number(name.slice(1));

const readTrace = (path: string): Trace => {
  const trace = new Fields(parseExactJson(readFileSync(path, 'utf8')), path);
  const events = trace.each('events');
  const start = events.findIndex((event) => event.text('op') === 'start');
  const begin = events[start] as Fields;
  const end = events.at(-1) as Fields;
  const initial = begin.fields('regs');
  const legs: Leg[] = [];
  const fresh = () => ({
    writes: [] as Answer['writes'][number][],
    registers: [] as Answer['registers'][number][],
  });
  let answer = fresh();
  let gas: bigint | undefined;
  // Registers not listed are 0, which they are in a new instance.
  for (const name of initial.names) {
    answer.registers.push({ number: registerNumber(name), value: toInteger(initial.raw(name), name) });
  }
  for (const event of events.slice(start + 1)) {
    const op = event.text('op');
    if (op === 'memwrite') answer.writes.push({ address: event.number('addr'), bytes: event.bytes('data') });
    else if (op === 'setreg')
      answer.registers.push({ number: registerNumber(event.text('reg')), value: event.integer('value') });
    else if (op === 'setgas') gas = event.integer('value');
    else if (op === 'ecalli' || op === 'end') {
      const number = op === 'ecalli' ? event.number('index') : undefined;
      legs.push({ before: { ...answer, gas }, number, gasLeft: event.integer('gas') });
      answer = fresh();
      gas = undefined;
    }
  }
  return {
    program: join(dirname(path), trace.text('program')),
    arguments: events[start - 1]?.bytes('data') ?? new Uint8Array(0),
    pc: begin.number('pc'),
    gas: begin.integer('gas'),
    legs,
    halts: end.text('status') === 'halt',
  };
};

const wrong = (who: string, leg: Leg, stop: unknown, gas: bigint): Error =>
  new Error(
    `${who}: ${JSON.stringify(stop)} with gas ${gas}, expected ${leg.number ?? 'the end'} with ${leg.gasLeft}`,
  );

const replayOnRiscbox = (module: Module, trace: Trace): Instance => {
  const instance = module.instantiate({ gas: trace.gas, arguments: trace.arguments });
  instance.nextPc = trace.pc;
  for (const leg of trace.legs) {
    const { writes, registers, gas } = leg.before;
    for (const { address, bytes } of writes) instance.memory.write(address, bytes);
    for (const { number, value } of registers) instance.setRegister(number, value);
    if (gas !== undefined) instance.gas = gas;
    const stop = instance.run();
    const expected = leg.number !== undefined ? 'host-call' : trace.halts ? 'finished' : 'out-of-gas';
    const agrees = stop.kind === expected && (stop.kind !== 'host-call' || stop.number === leg.number);
    if (!agrees || instance.gas !== leg.gasLeft) throw wrong('riscbox', leg, stop, instance.gas);
  }
  return instance;
};

/** Pages that anan-as has at hand from the beginning: with fewer it writes a warning for each one more. */
const PAGES = 256;
/** Statuses of anan-as's pauses. */
const HALT = 0;
const HOST = 3;
const OUT_OF_GAS = 4;

const replayOnAnanAs = (program: number[], trace: Trace): void => {
  const { prepareProgram, pvmStart, pvmResume, pvmSetRegisters, pvmWriteMemory, pvmDestroy } = ananAs;
  const { InputKind, HasMetadata } = ananAs;
  const args = [...trace.arguments];
  const id = pvmStart(
    prepareProgram(InputKind.SPI, HasMetadata.Yes, program, [], [], [], args, PAGES),
    false,
  );
  let [pc, gas] = [trace.pc, trace.gas];
  // It sets the registers of a standard program's start itself.
  let registers: bigint[] | undefined;
  for (const leg of trace.legs) {
    for (const { address, bytes } of leg.before.writes) pvmWriteMemory(id, address, bytes);
    if (registers !== undefined) {
      for (const { number, value } of leg.before.registers) registers[number] = value;
      pvmSetRegisters(id, registers);
    }
    const pause = pvmResume(id, leg.before.gas ?? gas, pc, false);
    if (pause === null) throw new Error('anan-as: no such program');
    const expected = leg.number !== undefined ? HOST : trace.halts ? HALT : OUT_OF_GAS;
    const agrees = pause.status === expected && (pause.status !== HOST || pause.exitCode === leg.number);
    if (!agrees || pause.gas !== leg.gasLeft) throw wrong('anan-as', leg, pause.status, pause.gas);
    gas = pause.gas;
    pc = pause.nextPc;
    registers = pause.registers;
  }
  pvmDestroy(id);
};

const { tier } = benchArguments();
const engine = new Engine({ tier });
const ROUNDS = 7;

const measure = (report: Report, traces: readonly Trace[]): void => {
  const files = new Map(traces.map(({ program }) => [program, new Uint8Array(readFileSync(program))]));
  const numbers = new Map([...files].map(([name, bytes]) => [name, [...bytes]]));
  let executed = 0;
  const ours = (): void => {
    executed = 0;
    const modules = new Map(
      [...files].map(([name, bytes]) => [
        name,
        engine.compile(bytes, { container: 'jam-spi', gas: 'sync', gasGranularity: 'instruction' }),
      ]),
    );
    for (const trace of traces) {
      using instance = replayOnRiscbox(modules.get(trace.program) as Module, trace);
      executed += instance.executed;
    }
  };
  const theirs = (): void => {
    for (const trace of traces) replayOnAnanAs(numbers.get(trace.program) as number[], trace);
  };
  const times = { ours: [] as number[], theirs: [] as number[] };
  const timed = (side: keyof typeof times, run: () => void): void => {
    const started = performance.now();
    run();
    times[side].push(performance.now() - started);
  };
  for (let round = 0; round < ROUNDS; round++) {
    if (round % 2 === 0) timed('ours', ours);
    timed('theirs', theirs);
    if (round % 2 === 1) timed('ours', ours);
  }
  const calls = traces.reduce((sum, { legs }) => sum + legs.length - 1, 0);
  report.table(
    `${traces.length} traces of ${files.size} JAM services, ${(executed / 1e6).toFixed(1)} M instructions, ${calls} host calls`,
    ['', `riscbox ${engine.tier}, ms`, 'anan-as, ms', 'ratio'],
  );
  const row = (what: string, a: number, b: number): void => report.row(what, [a, 1], [b, 1], [b / a, 2]);
  row('first time in the process', times.ours[0] as number, times.theirs[0] as number);
  row('new modules, process warm (median)', median(times.ours.slice(1)), median(times.theirs.slice(1)));
  const modules = new Map(
    [...files].map(([name, bytes]) => [
      name,
      engine.compile(bytes, { container: 'jam-spi', gas: 'sync', gasGranularity: 'instruction' }),
    ]),
  );
  const kept: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    for (const trace of traces) replayOnRiscbox(modules.get(trace.program) as Module, trace).dispose();
    kept.push(performance.now() - started);
  }
  row('modules kept (median)', median(kept.slice(1)), median(times.theirs.slice(1)));
  report.note('Above 1: riscbox is faster. Gas is charged per instruction and compared at each host call.');
};

const report = new Report();
const traces = vectorFiles('jam/traces', '.json').map(readTrace);
if (traces.length > 0 && traces.every(({ program }) => existsSync(program))) measure(report, traces);
else {
  report.table('Traces of JAM services', ['']);
  report.note('not measured: there are no traces (RISCBOX_VECTORS)');
}
report.finish();
