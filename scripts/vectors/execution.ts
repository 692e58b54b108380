import type { PolkaVmKind } from '../../src/core/kind.ts';
import { isRiscvKind } from '../../src/core/kind.ts';
import type { Stop } from '../../src/core/stop.ts';
import { PolkaVmCode } from '../../src/decoder/code.ts';
import { blockPricer } from '../../src/decoder/gas/block-cost.ts';
import { type GasModelOption, gasModel } from '../../src/decoder/gas/models.ts';
import type { Program } from '../../src/decoder/program.ts';
import { CompiledCode } from '../../src/interpreter/compiled-code.ts';
import { Machine, type MachineOptions } from '../../src/interpreter/machine.ts';
import type { GuestMemory } from '../../src/memory/guest-memory.ts';
import { PagedMemory } from '../../src/memory/paged-memory.ts';
import { toInteger } from './json.ts';
import type { Case } from './report.ts';

/** Vectors place memory anywhere in the 32-bit address space. */
export const WHOLE_ADDRESS_SPACE: number = 2 ** 32;

export interface Setup {
  readonly program: Program;
  readonly memory: GuestMemory;
  /** Default `naive`. */
  readonly model?: GasModelOption;
  /** Default `sync`. */
  readonly metering?: MachineOptions['metering'];
  /** Default `block`. */
  readonly granularity?: MachineOptions['granularity'];
}

/** A machine ready to run, whose instructions count for the case. */
export const startMachine = (c: Case, setup: Setup): Machine => {
  const { program, memory, model = 'naive', metering = 'sync', granularity = 'block' } = setup;
  const { kind, code, width } = program;
  const chosen = gasModel(model, kind);
  const pricing =
    chosen.shape === 'sum'
      ? { costs: chosen.costs, blockCost: undefined }
      : { costs: undefined, blockCost: blockPricer(polkaVmCode(program).decoder, chosen) };
  const compiled = new CompiledCode(code, width, isRiscvKind(kind), pricing);
  const embedded = program.riscv?.embedded ?? false;
  const machine = new Machine(compiled, memory, { kind, embedded, metering, granularity });
  return c.watch(machine);
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

/** How a machine is driven: both ways must give the same. */
export type Drive = 'run' | 'step';
export const DRIVES: readonly Drive[] = ['run', 'step'];

export interface Ran {
  readonly stop: Stop;
  /** Driven by steps: the last instruction that was announced, which is the one that ended the run. */
  readonly last: number | undefined;
}

/** Runs until something other than a step stops the program. */
export const drive = (machine: Machine, how: Drive): Ran => {
  if (how === 'run') return { stop: machine.run(), last: undefined };
  let last: number | undefined;
  for (;;) {
    const stop = machine.step();
    if (stop.kind !== 'step') return { stop, last };
    last = stop.pc;
  }
};

export const setRegisters = (machine: Machine, values: readonly unknown[], where: string): void => {
  values.forEach((value, i) => {
    machine.setRegister(i, BigInt.asUintN(64, toInteger(value, `${where}[${i}]`)));
  });
};

/** Registers of JAM and PolkaVM programs. */
export const REGISTERS = 13;

export const checkRegisters = (
  c: Case,
  machine: Machine,
  expected: readonly bigint[],
  what: string,
): void => {
  const differences: string[] = [];
  expected.forEach((value, i) => {
    const actual = machine.getRegister(i);
    if (actual !== value)
      differences.push(`r${i} is 0x${actual.toString(16)}, expected 0x${value.toString(16)}`);
  });
  c.check('registers', differences.length === 0, () => `${what}: ${differences.join('; ')}`);
};

export const isPolkaVmKind = (name: string): name is PolkaVmKind =>
  ['revive_v1', 'latest32', 'latest64', 'jam_v1', 'jam_gp07'].includes(name);
