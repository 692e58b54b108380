import { readJamProgram, writeJamProgram } from '../../../src/blob/jam.ts';
import { equalBytes } from '../../../src/core/bytes.ts';
import type { Stop } from '../../../src/core/stop.ts';
import { blockPricer } from '../../../src/decoder/gas/block-cost.ts';
import { gasModel } from '../../../src/decoder/gas/models.ts';
import { programFrom } from '../../../src/decoder/program.ts';
import type { Execution } from '../../../src/jit/tier.ts';
import type { PagedMemory } from '../../../src/memory/paged-memory.ts';
import {
  checkRegisters,
  DRIVES,
  type Drive,
  drive,
  pagedMemory,
  polkaVmCode,
  type Ran,
  setInitialState,
  startExecution,
  writeAnyway,
} from '../execution.ts';
import { Fields, isRecord, toInteger, VectorFormatError } from '../json.ts';
import type { VectorKind } from '../kind.ts';
import { checkMemory } from '../memory-image.ts';
import type { Case } from '../report.ts';

/** The conditions under which these vectors were made. */
const KIND = 'jam_v1';
const MODEL = 'full-l2-hit';

/** PolkaVM specification tests: JSON with the steps of a host and what it must see after each. */
export const polkaVmJson: VectorKind = {
  name: 'polkavm-json',

  recognise: ({ json }) => isRecord(json) && Array.isArray(json.program) && Array.isArray(json.steps),

  run: (file, run) => {
    run.case(file.name, (c) => {
      const vector = new Fields(file.json, file.name);
      const bytes = vector.bytes('program');
      const blob = readJamProgram(bytes, { kind: KIND });
      c.check('bytes', equalBytes(writeJamProgram(blob), bytes), () => 'write(read(program)) differs');
      const program = programFrom(blob);
      const price = blockPricer(polkaVmCode(program).decoder, gasModel(MODEL, KIND));
      for (const block of vector.each('block-gas-costs')) {
        const pc = block.number('pc');
        c.equal('costs', `cost of the block at ${pc}`, block.number('cost'), price(pc));
      }
      for (const how of DRIVES) {
        const memory = pagedMemory(program);
        const execution = startExecution(c, { program, memory, model: MODEL });
        setInitialState(execution, memory, vector);
        const host = new Host(c, execution, memory, how);
        vector.each('steps').forEach((step, i) => {
          host.step(step, `step ${i + 1} (${how})`);
        });
      }
    });
  },
};

/** Does what the steps of a vector say. */
class Host {
  readonly #case: Case;
  readonly #execution: Execution;
  readonly #memory: PagedMemory;
  readonly #how: Drive;
  #ran: Ran | undefined;

  constructor(c: Case, execution: Execution, memory: PagedMemory, how: Drive) {
    this.#case = c;
    this.#execution = execution;
    this.#memory = memory;
    this.#how = how;
  }

  step(step: Fields, what: string): void {
    const name = step.names[0] ?? '';
    switch (name) {
      case 'run':
        this.#ran = drive(this.#execution, this.#how);
        return;
      case 'map': {
        const map = step.fields(name);
        const protection = map.boolean('is-writable') ? 'read-write' : 'read';
        this.#memory.zeroWithProtection(map.number('address'), map.number('length'), protection);
        return;
      }
      case 'write': {
        const write = step.fields(name);
        writeAnyway(this.#memory, write.number('address'), write.bytes('contents'));
        return;
      }
      case 'set-reg': {
        const set = step.fields(name);
        this.#execution.setRegister(set.number('reg'), set.integer('value'));
        return;
      }
      case 'assert':
        this.#assert(step.fields(name), what);
        return;
      default:
        throw new VectorFormatError(`${what} is ${step.names.join()}, which is no known step`);
    }
  }

  #assert(expected: Fields, what: string): void {
    const c = this.#case;
    const execution = this.#execution;
    if (this.#ran === undefined) throw new VectorFormatError(`${what} asserts before anything has run`);
    const { stop, last } = this.#ran;
    if (expected.has('status')) c.equal('status', `${what}: status`, expected.text('status'), statusOf(stop));
    if (expected.has('page-fault-address')) {
      const address = stop.kind === 'segfault' ? stop.pageAddress : undefined;
      c.equal('status', `${what}: page`, expected.number('page-fault-address'), address);
    }
    if (expected.has('hostcall')) {
      const number = stop.kind === 'host-call' ? stop.number : undefined;
      c.equal('status', `${what}: host call`, expected.number('hostcall'), number);
    }
    if (expected.has('gas')) c.equal('gas', `${what}: gas`, expected.integer('gas'), execution.gas);
    // Only stepping tells which instruction has returned to the host.
    const pc = stop.kind === 'finished' ? last : execution.pc;
    if (expected.has('pc') && (stop.kind !== 'finished' || this.#how === 'step')) {
      c.equal('pc', `${what}: pc`, expected.number('pc'), pc);
    }
    if (expected.has('regs')) {
      const values = expected.list('regs').map((value, i) => toInteger(value, `regs[${i}]`));
      checkRegisters(c, execution, values, what);
    }
    if (expected.has('memory')) {
      const chunks = expected
        .each('memory')
        .map((m) => ({ address: m.number('address'), bytes: m.bytes('contents') }));
      checkMemory(c, this.#memory, chunks, what);
    }
  }
}

const STATUS: Readonly<Record<Stop['kind'], string>> = {
  finished: 'halt',
  trap: 'panic',
  'host-call': 'ecalli',
  segfault: 'page-fault',
  'out-of-gas': 'out-of-gas',
  step: 'step',
  interrupted: 'interrupted',
};

const statusOf = (stop: Stop): string => STATUS[stop.kind];
