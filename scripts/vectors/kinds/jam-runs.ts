import { readJamProgram, readSpi } from '../../../src/blob/jam.ts';
import type { Stop } from '../../../src/core/stop.ts';
import { type Program, programFrom } from '../../../src/decoder/program.ts';
import type { Execution } from '../../../src/jit/tier.ts';
import { FlatMemory } from '../../../src/memory/flat-memory.ts';
import {
  checkRegisters,
  DRIVES,
  drive,
  pagedMemory,
  setRegisters,
  startExecution,
  WHOLE_ADDRESS_SPACE,
} from '../execution.ts';
import { Fields, isRecord, toInteger, VectorFormatError } from '../json.ts';
import { referredFile, type VectorKind } from '../kind.ts';
import type { Case } from '../report.ts';

/** A list of runs of JAM program files beside it, with the state in which each ends. */
export const jamRuns: VectorKind = {
  name: 'jam-runs',

  recognise: ({ json }) =>
    Array.isArray(json) &&
    json.length > 0 &&
    json.every((e) => isRecord(e) && 'file' in e && 'expected' in e),

  run: (file, run) => {
    (file.json as unknown[]).forEach((value, i) => {
      const vector = new Fields(value, `run ${i + 1}`);
      const entry = vector.has('entry') ? `, ${vector.text('entry')}` : '';
      run.case(`${i + 1}, ${vector.text('file')}${entry}`, (c) => {
        const program = referredFile(c, run, vector.text('file'), file);
        for (const how of DRIVES) {
          const execution = prepare(c, vector, program.bytes);
          execution.gas = vector.integer('gas');
          execution.nextPc = vector.has('pc') ? vector.number('pc') : 0;
          const { stop, last } = drive(execution, how);
          const expected = vector.fields('expected');
          c.equal(
            'status',
            `status (${how})`,
            expected.text('status'),
            statusOf(stop, expected.text('status')),
          );
          if (expected.has('hostIndex')) {
            const number = stop.kind === 'host-call' ? stop.number : undefined;
            c.equal('status', `host call (${how})`, expected.number('hostIndex'), number);
          }
          // Only stepping tells which instruction has returned to the host.
          const halted = stop.kind === 'finished';
          if (!halted || how === 'step') {
            c.equal('pc', `pc (${how})`, expected.number('pc'), halted ? last : execution.pc);
          }
          c.equal('gas', `gas (${how})`, expected.integer('gas'), execution.gas);
          const values = expected.list('regs').map((v, r) => toInteger(v, `regs[${r}]`));
          checkRegisters(c, execution, values, how);
        }
      });
    });
  },
};

const prepare = (c: Case, vector: Fields, bytes: Uint8Array): Execution => {
  switch (vector.text('kind')) {
    case 'spi':
      return prepareSpi(
        c,
        programFrom(readSpi(bytes)),
        vector.has('args') ? vector.bytes('args') : new Uint8Array(0),
      );
    case 'generic':
      return prepareGeneric(c, programFrom(readJamProgram(bytes)), vector);
    default:
      throw new VectorFormatError(`${vector.where}.kind is ${vector.text('kind')}, expected spi or generic`);
  }
};

/** Registers at the start of a JAM standard program (Gray Paper 0.7 A.7). */
const RETURN_ADDRESS = 0xffff0000n;
const ARGUMENTS = 0xfeff0000;

const prepareSpi = (c: Case, program: Program, args: Uint8Array): Execution => {
  const map = program.memoryMap({ argumentsSize: args.length, maxMemory: WHOLE_ADDRESS_SPACE });
  const memory = new FlatMemory(map, WHOLE_ADDRESS_SPACE);
  memory.write(ARGUMENTS, args);
  const execution = startExecution(c, { program, memory, granularity: 'instruction' });
  execution.setRegister(0, RETURN_ADDRESS);
  execution.setRegister(1, map.stackPointer);
  execution.setRegister(7, ARGUMENTS);
  execution.setRegister(8, args.length);
  return execution;
};

const prepareGeneric = (c: Case, program: Program, vector: Fields): Execution => {
  const memory = pagedMemory(program);
  for (const page of vector.each('pageMap')) {
    const protection = page.boolean('writable') ? 'read-write' : 'read';
    memory.zeroWithProtection(page.number('address'), page.number('length'), protection);
  }
  const execution = startExecution(c, { program, memory, granularity: 'instruction' });
  if (vector.has('initialRegs')) setRegisters(execution, vector.list('initialRegs'), 'initialRegs');
  return execution;
};

/** Page faults below this address are panics (Gray Paper 0.7 A.8, first zone). */
const FIRST_ZONE = 0x10000;

/** What writers call a page fault. */
const FAULTS: readonly string[] = ['fault', 'page-fault'];

const statusOf = (stop: Stop, expected: string): string => {
  const fault = FAULTS.includes(expected) ? expected : 'fault';
  switch (stop.kind) {
    case 'finished':
      return 'halt';
    case 'host-call':
      return 'host';
    case 'segfault':
      return stop.pageAddress < FIRST_ZONE ? 'panic' : fault;
    case 'trap':
      // Without paging a bad access is a trap that tells its reason and address.
      return stop.reason === 'memory-access' && (stop.address ?? 0) >= FIRST_ZONE ? fault : 'panic';
    default:
      return stop.kind;
  }
};
