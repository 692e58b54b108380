import { describe, expect, test } from 'vitest';
import { type PolkaVmKind, type Width, widthOf } from '../../../../src/core/kind.ts';
import { existsInWidth } from '../../../../src/isa/encoding.ts';
import { ROWS } from '../../../../src/isa/table.ts';
import { definesA } from '../../../../src/isa/term.ts';
import { evaluate } from '../../../../src/linker/relink/graph/evaluate.ts';
import { kindHas } from '../../../../src/linker/relink/graph/forms.ts';
import type { GraphInstruction } from '../../../../src/linker/relink/graph/instruction.ts';
import { FIRST_TEMPORARY, GRAPH_REGISTERS } from '../../../../src/linker/relink/graph/registers.ts';
import { Expander, type Registers } from '../../../../src/linker/relink/lower/expand.ts';

const KINDS: readonly PolkaVmKind[] = ['revive_v1', 'latest32', 'latest64', 'jam_v1'];

const VALUES: readonly bigint[] = [
  0n,
  1n,
  0x8000_0000n,
  0x7fff_ffff_ffff_ffffn,
  -1n,
  -0x8000_0000n,
  0x0012_0000_ff00_8001n,
  0xdead_beef_0000_0040n,
];

/** Registers of the same number are the same value. */
type Machine = Map<number, bigint>;

/** Runs operations that compute values; a temporary that was not written has no value. */
const run = (instructions: readonly GraphInstruction[], machine: Machine, width: Width): void => {
  for (const { op, a, b, c, x, y } of instructions) {
    const read = (register: number): bigint => machine.get(register) ?? 0n;
    if (!definesA(op) || a >= GRAPH_REGISTERS) throw new Error(`${ROWS[op]?.name} writes register ${a}`);
    const operands = { a: read(a), b: read(b), c: read(c), x, y };
    machine.set(a, evaluate(op, operands, width) as bigint);
  }
};

/** x0 is not among the registers of a graph, and only what the kind has is in it. */
const check = (instructions: readonly GraphInstruction[], kind: PolkaVmKind): void => {
  for (const { op, a, b, c } of instructions) {
    const form = ROWS[op]?.form as string;
    const readsZero = (form.startsWith('reg_reg') && b === 0) || (form === 'reg_reg_reg' && c === 0);
    if (a === 0 || readsZero || !kindHas(kind, op))
      throw new Error(`${ROWS[op]?.name} of ${kind} ${a} ${b} ${c}`);
  }
};

/** All ways in which a destination and two sources can be the same or x0. */
const REGISTERS: readonly Registers[] = [0, 10, 11].flatMap((b) =>
  [0, 10, 11, 12].map((c) => ({ a: 10, b, c, d: 0 })),
);

const initial = (width: Width, seed: number): Machine =>
  new Map([
    [0, 0n],
    ...[10, 11, 12, 13].map(
      (register, k) =>
        [register, BigInt.asUintN(width, VALUES[(seed * (k + 1) + k) % VALUES.length] as bigint)] as const,
    ),
  ]);

describe.each(KINDS)('operations of %s', (kind) => {
  const width = widthOf(kind);
  const expander = new Expander(kind);
  const existing = [...ROWS.entries()].filter(([, { encodings }]) =>
    encodings.some((encoding) => existsInWidth(encoding.width, width)),
  );

  test('every RISC-V instruction that computes a value means the same when it is replaced', () => {
    let checked = 0;
    const wrong: string[] = [];
    for (const [op, { effect, form, name }] of existing) {
      if (effect.kind !== 'value' || !['reg_reg', 'reg_reg_imm', 'reg_reg_reg'].includes(form)) continue;
      for (const x of form === 'reg_reg_imm' ? [0, 1, 7, 31, ...(width === 64 ? [32, 63] : [])] : [0]) {
        for (const registers of REGISTERS) {
          const instructions = expander.value(op, registers, x, 0x10000, FIRST_TEMPORARY);
          check(instructions, kind);
          for (let seed = 0; seed < VALUES.length; seed++) {
            const machine = initial(width, seed);
            const [a, b, c] = [registers.a, registers.b, registers.c].map((r) => machine.get(r) as bigint);
            const meant = evaluate(op, { a: a as bigint, b: b as bigint, c: c as bigint, x, y: 0 }, width);
            run(instructions, machine, width);
            if (machine.get(10) !== meant)
              wrong.push(`${name} ${JSON.stringify(registers)} ${x} seed ${seed}`);
            checked++;
          }
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(checked).toBeGreaterThan(1000);
  });

  test('every atomic writes what it means, with sources left as they were', () => {
    for (const [op, { effect, name }] of existing) {
      if (effect.kind !== 'atomic') continue;
      for (const c of [0, 12]) {
        const result = FIRST_TEMPORARY + 1;
        const registers = { a: result, b: 0, c, d: 11 };
        const instructions = expander.atomic(op, registers, 0, FIRST_TEMPORARY + 2);
        for (let seed = 0; seed < VALUES.length; seed++) {
          const machine = initial(width, seed);
          const old = machine.get(11) as bigint;
          const loaded = BigInt.asUintN(width, BigInt.asIntN(8 * effect.size, old));
          machine.set(11, loaded);
          const meant = evaluate(op, { a: loaded, b: 0n, c: machine.get(c) as bigint, x: 0, y: 0 }, width);
          run(instructions, machine, width);
          const bits = 8 * effect.size;
          const written = machine.get(result) as bigint;
          expect(BigInt.asUintN(bits, written), name).toBe(BigInt.asUintN(bits, meant as bigint));
          expect(machine.get(11)).toBe(loaded);
        }
      }
    }
  });

  test('a choice of two registers, whichever of the four are the same or x0', () => {
    const all = [0, 10, 11, 12, 13];
    for (const b of all) {
      for (const c of all) {
        for (const d of all) {
          const instructions = expander.select({ a: 10, b, c, d }, 0, FIRST_TEMPORARY);
          check(instructions, kind);
          for (let seed = 0; seed < VALUES.length; seed++) {
            const machine = initial(width, seed);
            const meant = machine.get(c) === 0n ? machine.get(d) : machine.get(b);
            run(instructions, machine, width);
            expect(machine.get(10), `${b} ${c} ${d}`).toBe(meant);
          }
        }
      }
    }
  });
});

test('x0 gives the operation with a constant', () => {
  const expander = new Expander('latest64');
  const names = (name: string, b: number, c: number): string[] =>
    expander
      .value(
        ROWS.findIndex((row) => row.name === name),
        { a: 10, b, c, d: 0 },
        0,
        0,
        FIRST_TEMPORARY,
      )
      .map(({ op }) => ROWS[op]?.name ?? '');
  expect(names('sub_64', 0, 11)).toEqual(['negate_and_add_imm_64']);
  expect(names('sub_64', 11, 0)).toEqual(['move_reg']);
  expect(names('add_32', 11, 0)).toEqual(['add_imm_32']);
  expect(names('set_less_than_unsigned', 0, 11)).toEqual(['set_greater_than_unsigned_imm']);
  expect(names('div_signed_64', 11, 0)).toEqual(['load_imm', 'div_signed_64']);
  expect(names('and', 0, 11)).toEqual(['load_imm']);
  expect(names('xor', 0, 0)).toEqual(['load_imm']);
  expect(names('bit_set', 11, 12)).toEqual(['shift_logical_left_imm_alt_64', 'or']);
});
