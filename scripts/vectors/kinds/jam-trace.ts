import { readSpi } from '../../../src/blob/jam.ts';
import { equalBytes, toHex } from '../../../src/core/bytes.ts';
import type { Stop } from '../../../src/core/stop.ts';
import { type Program, programFrom } from '../../../src/decoder/program.ts';
import type { Execution } from '../../../src/jit/tier.ts';
import { FlatMemory } from '../../../src/memory/flat-memory.ts';
import {
  checkRegisters,
  DRIVES,
  type Drive,
  drive,
  REGISTERS,
  startExecution,
  WHOLE_ADDRESS_SPACE,
} from '../execution.ts';
import { Fields, isRecord, toInteger, VectorFormatError } from '../json.ts';
import { referredFile, type VectorKind } from '../kind.ts';
import type { Case } from '../report.ts';

/** Recorded host calls of JAM services: replayed against the program, state compared at each call. */
export const jamTrace: VectorKind = {
  name: 'jam-trace',

  recognise: ({ json }) => isRecord(json) && typeof json.program === 'string' && Array.isArray(json.events),

  run: (file, run) => {
    run.case(file.name, (c) => {
      const trace = new Fields(file.json, file.name);
      const program = referredFile(c, run, trace.text('program'), file);
      const spi = programFrom(readSpi(program.bytes));
      const events = trace.each('events');
      for (const how of DRIVES) new Replay(c, spi, events, how).replay();
    });
  },
};

/** Where a JAM standard program finds its arguments (Gray Paper 0.7 A.7). */
const ARGUMENTS = 0xfeff0000;

/** Statuses by the names that trace writers use. */
const STATUS: Readonly<Record<string, Stop['kind']>> = {
  halt: 'finished',
  oog: 'out-of-gas',
  'out-of-gas': 'out-of-gas',
  panic: 'trap',
  trap: 'trap',
  fault: 'trap',
  'page-fault': 'trap',
};

class Replay {
  readonly #case: Case;
  readonly #events: readonly Fields[];
  readonly #how: Drive;
  readonly #execution: Execution;
  readonly #memory: FlatMemory;

  constructor(c: Case, program: Program, events: readonly Fields[], how: Drive) {
    this.#case = c;
    this.#events = events;
    this.#how = how;
    const start = events.findIndex((event) => event.text('op') === 'start');
    const argumentsSize = events
      .slice(0, Math.max(start, 0))
      .reduce(
        (end, event) => Math.max(end, event.number('addr') + event.bytes('data').length - ARGUMENTS),
        0,
      );
    const map = program.memoryMap({ argumentsSize, maxMemory: WHOLE_ADDRESS_SPACE });
    this.#memory = new FlatMemory(map, WHOLE_ADDRESS_SPACE);
    this.#execution = startExecution(c, { program, memory: this.#memory, granularity: 'instruction' });
  }

  replay(): void {
    for (const [i, event] of this.#events.entries()) {
      this.#replay(event, `event ${i + 1}, ${event.text('op')} (${this.#how})`);
      // What follows the first difference follows from it.
      if (this.#case.differences.length > 0) return;
    }
  }

  #replay(event: Fields, what: string): void {
    const c = this.#case;
    const execution = this.#execution;
    switch (event.text('op')) {
      case 'start':
        registersOf(event).forEach((value, i) => {
          execution.setRegister(i, value);
        });
        execution.gas = event.integer('gas');
        execution.nextPc = event.number('pc');
        return;
      case 'ecalli': {
        const { stop } = drive(execution, this.#how);
        c.equal('status', `${what}: status`, 'host-call', stop.kind);
        if (stop.kind === 'host-call')
          c.equal('status', `${what}: number`, event.number('index'), stop.number);
        this.#state(event, execution.pc, what);
        return;
      }
      case 'end': {
        const { stop, last } = drive(execution, this.#how);
        const status = event.text('status');
        c.equal('status', `${what}: status`, STATUS[status] ?? status, stop.kind);
        // Only stepping tells which instruction has returned to the host.
        const halted = stop.kind === 'finished';
        this.#state(event, halted ? last : execution.pc, what, !halted || this.#how === 'step');
        return;
      }
      case 'memread': {
        const expected = event.bytes('data');
        const actual = this.#memory.read(event.number('addr'), expected.length);
        c.check(
          'memory',
          equalBytes(actual, expected),
          () => `${what}: is ${toHex(actual)}, expected ${toHex(expected)}`,
        );
        return;
      }
      case 'memwrite':
        this.#memory.write(event.number('addr'), event.bytes('data'));
        return;
      case 'setreg':
        execution.setRegister(registerNumber(event.text('reg')), event.integer('value'));
        return;
      case 'setgas':
        execution.gas = event.integer('value');
        return;
      default:
        throw new VectorFormatError(`${what} is no known event`);
    }
  }

  #state(event: Fields, pc: number | undefined, what: string, knowsPc = true): void {
    if (knowsPc && event.has('pc')) this.#case.equal('pc', `${what}: pc`, event.number('pc'), pc);
    this.#case.equal('gas', `${what}: gas`, event.integer('gas'), this.#execution.gas);
    checkRegisters(this.#case, this.#execution, registersOf(event), what);
  }
}

const registerNumber = (name: string): number => {
  const digits = /^r?(\d{1,2})$/.exec(name)?.[1];
  if (digits === undefined || Number(digits) >= REGISTERS)
    throw new VectorFormatError(`${name} is no register`);
  return Number(digits);
};

/** All registers of an event; those not listed are 0. */
const registersOf = (event: Fields): bigint[] => {
  const values = new Array<bigint>(REGISTERS).fill(0n);
  if (!event.has('regs')) return values;
  const regs = event.fields('regs');
  for (const name of regs.names) values[registerNumber(name)] = toInteger(regs.raw(name), name);
  return values;
};
