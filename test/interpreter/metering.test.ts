import { describe, expect, test } from 'vitest';
import { readJamProgram } from '../../src/blob/jam.ts';
import { RiscvCode } from '../../src/decoder/code.ts';
import { gasModel } from '../../src/decoder/gas/models.ts';
import { programFrom } from '../../src/decoder/program.ts';
import { CompiledCode } from '../../src/interpreter/compiled-code.ts';
import { Machine, type MachineOptions } from '../../src/interpreter/machine.ts';
import { FULL_ROWS } from '../../src/isa/full-table.ts';
import { FlatMemory } from '../../src/memory/flat-memory.ts';

const MEMSET = 2;
const TRAP = 0;
const JUMP = 40;
const ADD_IMM_64 = 149;

/** latest64 code from instructions, one gas unit each. */
const machineOf = (
  instructions: readonly (readonly number[])[],
  options: Pick<MachineOptions, 'metering' | 'granularity'>,
): Machine => {
  const code = instructions.flat();
  const bitmask = new Uint8Array(Math.ceil(code.length / 8));
  let at = 0;
  for (const instruction of instructions) {
    bitmask[at >> 3]! |= 1 << (at & 7);
    at += instruction.length;
  }
  const bytes = Uint8Array.of(0, 0, code.length, ...code, ...bitmask);
  const program = programFrom(readJamProgram(bytes, { kind: 'latest64' }));
  const model = gasModel('naive', 'latest64');
  const costs = model.shape === 'sum' ? model.costs : undefined;
  const compiled = new CompiledCode(program.code, program.width, false, { costs, blockCost: undefined });
  const memory = new FlatMemory(program.memoryMap({ maxMemory: 1 << 20 }), 1 << 20);
  const machine = new Machine(compiled, memory, { kind: 'latest64', ...options });
  machine.nextPc = 0;
  return machine;
};

/** a0 += 1. */
const ADD = [ADD_IMM_64, 0x77, 1];

describe('asynchronous metering', () => {
  test('a memset that the block has already overdrawn runs out of gas', () => {
    const machine = machineOf([[MEMSET], [TRAP]], { metering: 'async', granularity: 'block' });
    machine.gas = 1n;
    machine.setRegister(9, 10);
    expect(machine.run().kind).toBe('out-of-gas');
  });

  test('the run goes on to the next loop header, with gas below zero', () => {
    // Each round is one block of three instructions that jumps back to itself.
    const machine = machineOf([ADD, ADD, [JUMP, -6 & 0xff]], { metering: 'async', granularity: 'block' });
    machine.gas = 7n;
    expect(machine.run()).toEqual({ kind: 'out-of-gas', pc: undefined });
    expect(machine.gas).toBe(-2n);
    expect(machine.getRegister(7)).toBe(6n);
    expect(machine.nextPc).toBeUndefined();
  });

  test('per instruction, that way is charged and counted once', () => {
    const machine = machineOf([ADD, ADD, [JUMP, -6 & 0xff]], {
      metering: 'async',
      granularity: 'instruction',
    });
    machine.gas = 7n;
    expect(machine.run()).toEqual({ kind: 'out-of-gas', pc: undefined });
    expect([machine.gas, machine.executed]).toEqual([-2n, 9]);
  });
});

describe('metering per instruction', () => {
  test('stops at the very instruction that cannot be paid and goes on there', () => {
    const machine = machineOf([ADD, ADD, ADD, [TRAP]], { metering: 'sync', granularity: 'instruction' });
    machine.gas = 2n;
    expect(machine.run()).toEqual({ kind: 'out-of-gas', pc: 6 });
    expect([machine.gas, machine.getRegister(7), machine.executed]).toEqual([0n, 2n, 2]);
    machine.gas = 10n;
    expect(machine.run()).toEqual({ kind: 'trap', pc: 9, reason: 'trap' });
    expect([machine.gas, machine.getRegister(7), machine.executed]).toEqual([8n, 3n, 4]);
  });

  test('a memset may spend what the instructions behind it cost', () => {
    const machine = machineOf([[MEMSET], ADD, ADD, [TRAP]], { metering: 'sync', granularity: 'instruction' });
    const start = machine.memory.heapEnd;
    machine.memory.growHeap(100);
    machine.gas = 5n;
    machine.setRegister(7, start);
    machine.setRegister(9, 3);
    expect(machine.run()).toEqual({ kind: 'out-of-gas', pc: 4 });
    expect([machine.gas, machine.getRegister(7), machine.executed]).toEqual([0n, BigInt(start) + 4n, 2]);
  });
});

describe('a budget', () => {
  test('ends at the first block boundary behind it and loses nothing', () => {
    const machine = machineOf([ADD, ADD, [JUMP, -6 & 0xff]], { metering: 'none', granularity: 'block' });
    expect(machine.run(4)).toEqual({ kind: 'interrupted', reason: 'budget' });
    expect(machine.executed).toBe(6);
    expect(machine.run(1)).toEqual({ kind: 'interrupted', reason: 'budget' });
    expect([machine.executed, machine.getRegister(7)]).toEqual([9, 6n]);
  });

  test('of more instructions than a slice of the loop holds is kept to as well', () => {
    const machine = machineOf([ADD, ADD, [JUMP, -6 & 0xff]], { metering: 'none', granularity: 'block' });
    machine.run(10_000_000);
    expect(machine.executed).toBeGreaterThanOrEqual(10_000_000);
    expect(machine.executed).toBeLessThan(10_000_003);
  });
});

describe('code whose instructions overlap', () => {
  /** lui a0, 0x13000: its second half, 0x0001, is a c.nop; then c.ebreak. The second block start cuts the lui. */
  const code = Uint8Array.of(0x37, 0x35, 0x01, 0x00, 0x03, 0x25, 0x00, 0x00, 0x02, 0x90);

  const machineAt = (pc: number): Machine => {
    const riscv = new RiscvCode('rv32', [{ address: 0x10000, data: code }], [0x10002], false);
    const compiled = new CompiledCode(riscv, 32, true, {
      costs: new Uint32Array(FULL_ROWS.length + 1).fill(1),
      blockCost: undefined,
    });
    const map = {
      pageSize: 4096,
      origin: 0x10000,
      regions: [],
      heap: { base: 0, limit: 0 },
      stackPointer: 0,
    };
    const memory = new FlatMemory(map, 1 << 16);
    const machine = new Machine(compiled, memory, {
      kind: 'rv32',
      metering: 'sync',
      granularity: 'instruction',
    });
    machine.gas = 100n;
    machine.nextPc = pc;
    return machine;
  };

  test.each([
    [0x10000, 2],
    [0x10002, 2],
  ])('from %i: what a fault leaves uncharged is exact', (pc, instructions) => {
    // The load from address 0 faults; the ebreak behind it neither runs nor costs.
    const whole = machineAt(pc);
    expect(whole.run()).toMatchObject({ kind: 'trap', reason: 'memory-access', pc: 0x10004 });
    expect([100n - whole.gas, whole.executed]).toEqual([BigInt(instructions), instructions]);
    const stepped = machineAt(pc);
    while (stepped.step().kind === 'step') expect(stepped.gas).toBeGreaterThan(0n);
    expect([stepped.gas, stepped.executed]).toEqual([whole.gas, whole.executed]);
  });
});
