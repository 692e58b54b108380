import { describe, expect, test } from 'vitest';
import { readJamProgram } from '../../src/blob/jam.ts';
import type { PolkaVmKind } from '../../src/core/kind.ts';
import type { Stop } from '../../src/core/stop.ts';
import { gasModel } from '../../src/decoder/gas/models.ts';
import { programFrom } from '../../src/decoder/program.ts';
import { CompiledCode } from '../../src/interpreter/compiled-code.ts';
import { Machine } from '../../src/interpreter/machine.ts';
import { FlatMemory } from '../../src/memory/flat-memory.ts';

/** A machine over bare code with one gas unit per instruction, charged by blocks; `starts`: instruction offsets. */
const machineOf = (kind: PolkaVmKind, code: readonly number[], starts: readonly number[]): Machine => {
  const bitmask = new Uint8Array(Math.ceil(code.length / 8));
  for (const at of starts) bitmask[at >> 3]! |= 1 << (at & 7);
  const bytes = Uint8Array.of(0, 0, code.length, ...code, ...bitmask);
  const program = programFrom(readJamProgram(bytes, { kind }));
  const model = gasModel('naive', kind);
  const costs = model.shape === 'sum' ? model.costs : undefined;
  const compiled = new CompiledCode(program.code, program.width, false, { costs, blockCost: undefined });
  const memory = new FlatMemory(program.memoryMap({ maxMemory: 1 << 20 }), 1 << 20);
  const machine = new Machine(compiled, memory, { kind, metering: 'sync', granularity: 'block' });
  machine.gas = 100n;
  machine.nextPc = 0;
  return machine;
};

const stepToEnd = (machine: Machine): Stop => {
  for (;;) {
    const stop = machine.step();
    if (stop.kind !== 'step') return stop;
  }
};

/** Runs fresh machines both ways, which must agree; gas is what was used. */
const runBothWays = (make: () => Machine): { pc: number | undefined; gas: bigint; kind: Stop['kind'] } => {
  const whole = make();
  const { kind } = whole.run();
  const result = { pc: whole.pc, gas: 100n - whole.gas, kind };
  const stepped = make();
  const stop = stepToEnd(stepped);
  expect({ pc: stepped.pc, gas: 100n - stepped.gas, kind: stop.kind }).toEqual(result);
  return result;
};

const BRANCH_EQ_IMM = 81;
const FALLTHROUGH = 1;
const TRAP = 0;
/** branch_eq_imm ra, 5: register and immediate length, immediate, offset of the target. */
const branch = (offset: number): number[] => [BRANCH_EQ_IMM, 0x10, 5, offset & 0xff];

describe('a block without a valid successor', () => {
  test('a fallthrough off the end traps at once in PolkaVM, behind the end in the Gray Paper', () => {
    expect(runBothWays(() => machineOf('latest64', [FALLTHROUGH], [0]))).toEqual({
      pc: 0,
      gas: 1n,
      kind: 'trap',
    });
    expect(runBothWays(() => machineOf('jam_gp07', [FALLTHROUGH], [0]))).toEqual({
      pc: 1,
      gas: 2n,
      kind: 'trap',
    });
  });

  test('a branch that is not taken needs a valid target in PolkaVM only', () => {
    // The target is in the middle of the branch.
    const code = [...branch(2), TRAP];
    expect(runBothWays(() => machineOf('latest64', code, [0, 4]))).toEqual({ pc: 0, gas: 1n, kind: 'trap' });
    expect(runBothWays(() => machineOf('jam_gp07', code, [0, 4]))).toEqual({ pc: 4, gas: 2n, kind: 'trap' });
  });

  test('taken, it traps in both', () => {
    for (const kind of ['latest64', 'jam_gp07'] as const) {
      const taken = (): Machine => {
        const machine = machineOf(kind, [...branch(2), TRAP], [0, 4]);
        machine.setRegister(0, 5);
        return machine;
      };
      expect(runBothWays(taken)).toEqual({ pc: 0, gas: 1n, kind: 'trap' });
    }
  });

  test('a branch that is not taken at the end of the code', () => {
    expect(runBothWays(() => machineOf('latest64', branch(0), [0]))).toEqual({
      pc: 0,
      gas: 1n,
      kind: 'trap',
    });
    expect(runBothWays(() => machineOf('jam_gp07', branch(0), [0]))).toEqual({
      pc: 4,
      gas: 2n,
      kind: 'trap',
    });
  });
});

describe('single steps', () => {
  test('pay the block behind a branch that is not taken', () => {
    const code = [...branch(4), TRAP];
    expect(runBothWays(() => machineOf('latest64', code, [0, 4]))).toEqual({ pc: 4, gas: 2n, kind: 'trap' });
  });

  test('stop before the block behind a branch that cannot be paid', () => {
    const machine = machineOf('latest64', [...branch(4), TRAP], [0, 4]);
    machine.gas = 1n;
    expect(machine.step()).toEqual({ kind: 'step', pc: 0 });
    expect(machine.step()).toEqual({ kind: 'out-of-gas', pc: 4 });
    expect(machine.gas).toBe(0n);
  });
});

describe('behind the end of the code', () => {
  const ecalli = [10, 7];
  const load = [51, 0, 7];

  /** What a machine shows of itself. */
  const shown = (machine: Machine): object => ({ ...machine.state });

  /** Another machine of the same program in the state of a machine. */
  const copyOf = (machine: Machine, make: () => Machine): Machine => {
    const copy = make();
    copy.state = machine.state;
    return copy;
  };

  test.each([
    ['after a host call', () => machineOf('latest64', ecalli, [0]), (m: Machine) => m.run()],
    ['in single steps', () => machineOf('latest64', load, [0]), (m: Machine) => [m.step(), m.step()]],
    ['where the Gray Paper has a trap', () => machineOf('jam_gp07', [1], [0]), (m: Machine) => m.run(1)],
  ])('a machine goes on from its state: %s', (_name, make, begin) => {
    const machine = make();
    begin(machine);
    expect(machine.nextPc).toBe(machine.compiled.code.pcOf(1));
    const copy = copyOf(machine, make);
    expect(shown(copy)).toEqual(shown(machine));
    expect(copy.run()).toEqual(machine.run());
    expect(shown(copy)).toEqual(shown(machine));
    expect(machine.executed).toBe(2);
  });

  test('a run that begins there traps and costs nothing', () => {
    const machine = machineOf('latest64', load, [0]);
    machine.nextPc = load.length;
    expect(machine.run()).toEqual({ kind: 'trap', pc: load.length, reason: 'invalid-instruction' });
    expect(machine.nextPc).toBe(load.length);
    expect(machine.gas).toBe(100n);
  });
});
