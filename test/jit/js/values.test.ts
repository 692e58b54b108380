import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Width } from '../../../src/core/kind.ts';
import { oracle } from '../../../src/isa/oracle.ts';
import type { Values as Operands, Sem } from '../../../src/isa/sem.ts';
import { existsIn, ROWS } from '../../../src/isa/table.ts';
import { TERM, TERM_ARITIES, TERM_NAMES, type Term, termOf } from '../../../src/isa/term.ts';
import { PRELUDE, withArithmetic } from '../../../src/jit/js/environment.ts';
import { evaluate } from '../../../src/jit/js/evaluate.ts';
import { Values } from '../../../src/jit/js/values.ts';

/** A term by the oracle. */
const meaning = <V>(term: Term, s: Sem<V>, o: Operands<V>): V => {
  const name = TERM_NAMES[term.op] as string;
  if (name in o) return o[name as keyof Operands<V>];
  if (name === 'imm') return s.imm(term.value);
  const operands = [term.p, term.q, term.r].slice(0, TERM_ARITIES[term.op]);
  const operator = s[name as keyof Sem<V>] as (...operands: V[]) => V;
  return operator(...operands.map((operand) => meaning(operand, s, o)));
};

const NAMES = ['a', 'b', 'c'];

interface Case {
  readonly registers: readonly bigint[];
  /** Registers that the printer may take for constants. */
  readonly constant: readonly boolean[];
  readonly x: number;
  readonly y: number;
}

/** The value and truth of a term as the printed text computes them. */
const printed = (
  term: Term,
  width: Width,
  { registers, constant, x, y }: Case,
): readonly [bigint, boolean] => {
  const word = (operand: number): bigint => BigInt.asIntN(32, registers[operand] as bigint);
  const isNarrow = (operand: number): boolean =>
    BigInt.asIntN(64, word(operand)) === BigInt.asIntN(64, registers[operand] as bigint);
  const constantOf = (operand: number): number | undefined => {
    if (operand === TERM.x) return x;
    if (operand === TERM.y) return y;
    return constant[operand] === true && (width === 32 || isNarrow(operand))
      ? Number(word(operand))
      : undefined;
  };
  const out: string[] = [];
  const values = new Values(out, width, {
    low: (operand) => `l${operand}`,
    high: (operand) => `h${operand}`,
    isNarrow: (operand) => constant[operand] === true && isNarrow(operand),
    constant: constantOf,
  });
  values.begin();
  const { lo, hi } = width === 32 ? { lo: values.low(term), hi: '0' } : values.wide(term, 'l9');
  out.push(`N[0]=${lo};N[1]=${hi};`);
  values.begin();
  out.push(`N[2]=${values.condition(term)}?1:0;`);
  const state = NAMES.flatMap((_, i) => {
    const value = registers[i] as bigint;
    return [`l${i}=${word(i)}`, `h${i}=${BigInt.asIntN(32, value >> 32n)}`];
  });
  const temporaries = Array.from({ length: values.temporaries }, (_, i) => `t${i}=0`);
  const N = new Int32Array(3);
  const text = `${PRELUDE}let ${[...state, ...temporaries, 'l9=0'].join(',')};${out.join('')}`;
  evaluate(text)(withArithmetic({ N } as never));
  const [low, high, truth] = N as unknown as [number, number, number];
  const value = BigInt.asUintN(width, (BigInt(high) << 32n) | BigInt(low >>> 0));
  return [value, truth === 1];
};

const EDGES = [0n, 1n, -1n, 2n, 31n, 32n, 33n, 63n, 64n, 0x7fffffffn, 0x80000000n, -0x80000000n, 1n << 32n];
const MORE_EDGES = [...EDGES, (1n << 63n) - 1n, 1n << 63n, 0xff80n, 0x80n, 0xffffffffn];

const caseOf = (width: Width): fc.Arbitrary<Case> => {
  const register = fc
    .oneof(fc.constantFrom(...MORE_EDGES), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }))
    .map((v) => BigInt.asUintN(width, v));
  const immediate = fc.oneof(
    fc.constantFrom(0, 1, -1, 31, 32, 63, 64, 0x7fffffff, -0x80000000),
    fc.integer(),
  );
  return fc.record({
    registers: fc.tuple(register, register, register),
    constant: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
    x: immediate,
    y: immediate,
  });
};

const KINDS = { 32: ['latest32', 'rv32'], 64: ['latest64', 'rv64'] } as const;

describe.each([32, 64] as const)('%i-bit meanings as text compute what the oracle says', (width) => {
  const rows = ROWS.map((row, op) => ({ name: row.name, row, term: termOf(op) })).filter(
    ({ row, term }) => term !== undefined && KINDS[width].some((kind) => existsIn(row, kind)),
  );
  test.each(rows)('$name', ({ term }) => {
    fc.assert(
      fc.property(caseOf(width), (c) => {
        const [a, b, d] = c.registers as [bigint, bigint, bigint];
        const immediate = (v: number): bigint => BigInt.asUintN(width, BigInt(v));
        const operands = { a, b, c: d, x: immediate(c.x), y: immediate(c.y) };
        const expected = meaning(term as Term, oracle(width), operands);
        expect(printed(term as Term, width, c)).toEqual([expected, expected !== 0n]);
      }),
      { numRuns: 150 },
    );
  });
});
