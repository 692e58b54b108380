import { readJamProgram, writeJamProgram } from '../../../src/blob/jam.ts';
import { equalBytes } from '../../../src/core/bytes.ts';
import type { PolkaVmKind } from '../../../src/core/kind.ts';
import type { Stop } from '../../../src/core/stop.ts';
import { programFrom } from '../../../src/decoder/program.ts';
import { checkRegisters, DRIVES, drive, pagedMemory, setInitialState, startExecution } from '../execution.ts';
import { Fields, isRecord, toInteger } from '../json.ts';
import type { VectorKind } from '../kind.ts';
import { checkMemory } from '../memory-image.ts';

/** Single-program vectors of the JAM test vectors: pages, memory and registers before and after one run. */
export const w3fJson: VectorKind = {
  name: 'w3f-json',

  recognise: ({ json }) => isRecord(json) && Array.isArray(json.program) && 'expected-status' in json,

  run: (file, run) => {
    run.case(file.name, (c) => {
      const vector = new Fields(file.json, file.name);
      const status = vector.text('expected-status');
      const bytes = vector.bytes('program');
      const blob = readJamProgram(bytes, { kind: kindOf(status) });
      c.check('bytes', equalBytes(writeJamProgram(blob), bytes), () => 'write(read(program)) differs');
      const program = programFrom(blob);
      for (const how of DRIVES) {
        const memory = pagedMemory(program);
        const execution = startExecution(c, { program, memory });
        setInitialState(execution, memory, vector);
        const { stop, last } = drive(execution, how);
        c.equal('status', `status (${how})`, status === 'trap' ? 'panic' : status, statusOf(stop));
        if (vector.has('expected-page-fault-address')) {
          const address = stop.kind === 'segfault' ? stop.pageAddress : undefined;
          c.equal('status', `page (${how})`, vector.number('expected-page-fault-address'), address);
        }
        if (vector.has('expected-hostcall')) {
          const number = stop.kind === 'host-call' ? stop.number : undefined;
          c.equal('status', `host call (${how})`, vector.number('expected-hostcall'), number);
        }
        if (vector.has('expected-regs')) {
          const values = vector.list('expected-regs').map((v, i) => toInteger(v, `expected-regs[${i}]`));
          checkRegisters(c, execution, values, how);
        }
        // Only stepping tells which instruction has returned to the host.
        const pc = stop.kind === 'finished' ? last : execution.pc;
        if (vector.has('expected-pc') && (stop.kind !== 'finished' || how === 'step')) {
          c.equal('pc', `pc (${how})`, vector.number('expected-pc'), pc);
        }
        if (vector.has('expected-gas')) {
          c.equal('gas', `gas (${how})`, vector.integer('expected-gas'), execution.gas);
        }
        if (vector.has('expected-memory')) {
          const chunks = vector
            .each('expected-memory')
            .map((m) => ({ address: m.number('address'), bytes: m.bytes('contents') }));
          checkMemory(c, memory, chunks, how);
        }
      }
    });
  },
};

/** The 32-bit set says `trap` where the 64-bit one says `panic`. */
const kindOf = (status: string): PolkaVmKind => (status === 'trap' ? 'latest32' : 'jam_gp07');

/** The Gray Paper's page fault is an access to an inaccessible page; a write to a read-only one is a panic here. */
const statusOf = (stop: Stop): string => {
  switch (stop.kind) {
    case 'finished':
      return 'halt';
    case 'trap':
      return 'panic';
    case 'segfault':
      return stop.writeProtected ? 'panic' : 'page-fault';
    case 'host-call':
      return 'host';
    default:
      return stop.kind;
  }
};
