import { tierNamed } from '../../src/cli/tiers.ts';
import type { Stop } from '../../src/core/stop.ts';
import { PolkaVmCode } from '../../src/decoder/code.ts';
import { type GasModelOption, gasModel } from '../../src/decoder/gas/models.ts';
import type { Program } from '../../src/decoder/program.ts';
import type { Execution, Metering } from '../../src/jit/tier.ts';
import type { GuestMemory } from '../../src/memory/guest-memory.ts';
import { PagedMemory } from '../../src/memory/paged-memory.ts';
import { type Fields, toInteger } from './json.ts';
import { type Case, noteStepped } from './report.ts';

/** Vectors place memory anywhere in the 32-bit address space. */
export const WHOLE_ADDRESS_SPACE: number = 2 ** 32;

export interface Setup {
  readonly program: Program;
  readonly memory: GuestMemory;
  /** Default `naive`. */
  readonly model?: GasModelOption;
  /** Default `sync`. */
  readonly metering?: Metering['gas'];
  /** Default `block`. */
  readonly granularity?: Metering['granularity'];
}

/** An execution in the tier of the case, ready to be set up; its instructions count for the case. */
export const startExecution = (c: Case, setup: Setup): Execution => {
  const { program, memory, model = 'naive', metering = 'sync', granularity = 'block' } = setup;
  const translated = tierNamed(c.tier).translate(program, {
    gas: metering,
    granularity,
    model: gasModel(model, program.kind),
  });
  const execution = translated.execution(memory);
  c.watch(execution, memory);
  return execution;
};

export const polkaVmCode = ({ code, kind }: Program): PolkaVmCode => {
  if (code instanceof PolkaVmCode) return code;
  throw new Error(`${kind} programs have no PolkaVM bytecode`);
};

/** Memory of which nothing is mapped yet. */
export const pagedMemory = (program: Program): PagedMemory =>
  new PagedMemory(program.memoryMap({ maxMemory: WHOLE_ADDRESS_SPACE }), WHOLE_ADDRESS_SPACE);

/** Writes as a test set-up does: also to read-only pages. */
export const writeAnyway = (memory: PagedMemory, address: number, bytes: Uint8Array): void => {
  const { pageSize } = memory.map;
  for (let done = 0; done < bytes.length; ) {
    const at = address + done;
    const part = bytes.subarray(done, done + pageSize - (at % pageSize));
    const isReadOnly = !memory.isAccessible(at, part.length, true);
    if (isReadOnly) memory.protect(at, part.length, 'read-write');
    memory.write(at, part);
    if (isReadOnly) memory.protect(at, part.length, 'read');
    done += part.length;
  }
};

/**
 * Memory and registers before a JSON vector runs: pages, contents (also of read-only pages) and registers, each as
 * far as the vector has them.
 */
export const setInitialState = (execution: Execution, memory: PagedMemory, vector: Fields): void => {
  for (const page of vector.each('initial-page-map')) {
    const protection = page.boolean('is-writable') ? 'read-write' : 'read';
    memory.zeroWithProtection(page.number('address'), page.number('length'), protection);
  }
  for (const part of vector.each('initial-memory')) {
    writeAnyway(memory, part.number('address'), part.bytes('contents'));
  }
  if (vector.has('initial-regs')) setRegisters(execution, vector.list('initial-regs'), 'initial-regs');
  execution.gas = vector.integer('initial-gas');
  execution.nextPc = vector.has('initial-pc') ? vector.number('initial-pc') : 0;
};

/** How an execution is driven: both ways must give the same. */
export type Drive = 'run' | 'step';
export const DRIVES: readonly Drive[] = ['run', 'step'];

export interface Ran {
  readonly stop: Stop;
  /** Driven by steps: the last instruction that was announced, which is the one that ended the run. */
  readonly last: number | undefined;
}

/** Runs until something other than a step stops the program. */
export const drive = (execution: Execution, how: Drive): Ran => {
  if (how === 'step') noteStepped(execution);
  if (how === 'run') return { stop: execution.run(), last: undefined };
  let last: number | undefined;
  for (;;) {
    const stop = execution.step();
    if (stop.kind !== 'step') return { stop, last };
    last = stop.pc;
  }
};

export const setRegisters = (execution: Execution, values: readonly unknown[], where: string): void => {
  values.forEach((value, i) => {
    execution.setRegister(i, BigInt.asUintN(64, toInteger(value, `${where}[${i}]`)));
  });
};

/** Registers of JAM and PolkaVM programs. */
export const REGISTERS = 13;

export const checkRegisters = (
  c: Case,
  execution: Execution,
  expected: readonly bigint[],
  what: string,
): void => {
  const differences: string[] = [];
  expected.forEach((value, i) => {
    const actual = execution.getRegister(i);
    if (actual !== value)
      differences.push(`r${i} is 0x${actual.toString(16)}, expected 0x${value.toString(16)}`);
  });
  c.check('registers', differences.length === 0, () => `${what}: ${differences.join('; ')}`);
};
