import { expect, test } from 'vitest';
import type { Width } from '../../../../src/core/kind.ts';
import { existsInWidth } from '../../../../src/isa/encoding.ts';
import { ROWS } from '../../../../src/isa/table.ts';
import { evaluate } from '../../../../src/linker/relink/graph/evaluate.ts';
import type { GraphInstruction } from '../../../../src/linker/relink/graph/instruction.ts';
import { lowerProgram } from '../../../../src/linker/relink/lower/lower.ts';
import { DATA, inputOf, lowered, type Program } from './program.ts';

const NAMES = ['zero', 'a0', 'a1', 'a2'] as const;
const NUMBERS = [0, 10, 11, 12] as const;
const RETURN = 'jump_indirect ra 0';

/** One cell of memory: all accesses of an atomic go to it. */
interface Machine {
  readonly registers: bigint[];
  memory: bigint;
}

const run = (instructions: readonly GraphInstruction[], machine: Machine, width: Width): void => {
  const { registers } = machine;
  const read = (register: number): bigint => registers[register] ?? 0n;
  for (const { op, a, b, c, x, y } of instructions) {
    const effect = ROWS[op]?.effect;
    if (effect?.kind === 'load') {
      const bits = 8 * effect.size;
      registers[a] = BigInt.asUintN(
        width,
        effect.signed ? BigInt.asIntN(bits, machine.memory) : BigInt.asUintN(bits, machine.memory),
      );
    } else if (effect?.kind === 'store') {
      const bits = BigInt(8 * effect.size);
      const value = BigInt.asUintN(8 * effect.size, effect.value === 'a' ? read(a) : BigInt(y));
      machine.memory = ((machine.memory >> bits) << bits) | value;
    } else {
      registers[a] = evaluate(op, { a: read(a), b: read(b), c: read(c), x, y }, width) as bigint;
    }
  }
};

test.each([32, 64] as const)('atomics of %i bits with all registers the same or not', (width) => {
  const memory = BigInt.asUintN(width, 0x8000_0001_ffff_fff0n);
  const registers = (): bigint[] => {
    const all = Array.from({ length: 40 }, () => 0n);
    for (const [k, register] of NUMBERS.entries())
      if (k > 0) all[register] = BigInt.asUintN(width, BigInt(k) * -0x10_0000_0001n);
    return all;
  };
  const wrong: string[] = [];
  let checked = 0;
  for (const [op, { name, effect, encodings }] of ROWS.entries()) {
    if (effect.kind !== 'atomic' || !encodings.some((encoding) => existsInWidth(encoding.width, width)))
      continue;
    for (const a of [0, 1, 2, 3]) {
      for (const b of [0, 1, 2, 3]) {
        for (const c of [0, 1, 2, 3]) {
          const line = `${name} ${NAMES[a]} ${NAMES[b]} ${NAMES[c]}`;
          const graph = lowerProgram(inputOf({ width, lines: [line, RETURN] }), {});
          const machine: Machine = { registers: registers(), memory };
          run(graph.blocks[0]?.instructions ?? [], machine, width);
          const before = registers();
          const bits = 8 * effect.size;
          const old = BigInt.asUintN(width, BigInt.asIntN(bits, memory));
          const operand = before[NUMBERS[c] as number] as bigint;
          const made = evaluate(op, { a: old, b: 0n, c: operand, x: 0, y: 0 }, width) as bigint;
          const kept = (memory >> BigInt(bits)) << BigInt(bits);
          const expected = before.slice(0, 32);
          if (a > 0) expected[NUMBERS[a] as number] = old;
          checked++;
          if (
            machine.memory !== (kept | BigInt.asUintN(bits, made)) ||
            machine.registers.slice(0, 32).join() !== expected.join()
          ) {
            wrong.push(line);
          }
        }
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(checked).toBe(64 * 9 * (width / 32));
});

test('a relocation of an atomic is a mistake, also where gp and tp take all temporaries', () => {
  const target = { section: DATA, offset: 0 };
  const low = { kind: 'low', target } as const;
  const program = {
    lines: [['atomic_min_32 zero gp tp', low], RETURN],
    input: () => ({ globalPointer: target, threadPointer: target }),
  } satisfies Program;
  expect(() => lowered(program)).toThrow(expect.objectContaining({ code: 'link/relocation-use' }));
  expect(lowered({ ...program, lines: ['atomic_min_32 zero gp tp', RETURN] })).toContain('minimum tmp');
});
