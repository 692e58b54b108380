import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Width } from '../../../../src/core/kind.ts';
import { oracle } from '../../../../src/isa/oracle.ts';
import type { Sem } from '../../../../src/isa/sem.ts';
import { TERM, TERM_ARITIES, TERM_NAMES, Term } from '../../../../src/isa/term.ts';
import {
  EXACT,
  type Form,
  formOf,
  registerForm,
  wordOf,
} from '../../../../src/jit/graph/loops/linear-forms.ts';

/** Operators that forms know something about, and one that they do not. */
const OPERATORS = [
  ...[TERM.add, TERM.add, TERM.sub, TERM.mul, TERM.shl, TERM.shl32, TERM.shr, TERM.sar, TERM.shr32],
  ...[TERM.sx32, TERM.zx32, TERM.zx16, TERM.sx16, TERM.sx8, TERM.and, TERM.ltu, TERM.eq, TERM.xor],
];

const SHIFTS: readonly number[] = [TERM.shl, TERM.shl32, TERM.shr, TERM.sar, TERM.shr32];

const evaluate = (t: Term, s: Sem<bigint>, leaf: (op: number) => bigint): bigint => {
  if (t.op === TERM.imm) return s.imm(t.value);
  if (t.op < TERM.imm) return leaf(t.op);
  const operands = [t.p, t.q, t.r].slice(0, TERM_ARITIES[t.op]).map((p) => evaluate(p, s, leaf));
  const operator = s[TERM_NAMES[t.op] as keyof Sem<bigint>] as (...values: bigint[]) => bigint;
  return operator(...operands);
};

const value = fc.oneof(
  fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
  fc.bigInt({ min: -40n, max: 40n }),
  fc.constantFrom(0x7fffffffn, 0x80000000n, -0x80000000n, 0xffffffffn, 1n << 32n, (1n << 63n) - 1n),
);

const immediate = fc.oneof(
  fc.integer({ min: -5, max: 9 }),
  fc.constantFrom(31, 32, 33, 48, 52, 60, 255, 4096, 0x7fffffff, -0x80000000),
);

const term: fc.Arbitrary<Term> = fc.letrec<{ term: Term }>((tie) => ({
  term: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom(TERM.a, TERM.b).map((op) => new Term(op, 0)),
    immediate.map((v) => new Term(TERM.imm, v)),
    fc
      .tuple(fc.constantFrom(...OPERATORS), tie('term'), tie('term'), immediate)
      .map(([op, p, q, by]) => new Term(op, 0, p, SHIFTS.includes(op) ? new Term(TERM.imm, by) : q)),
  ),
})).term;

const low = (v: bigint): bigint => BigInt.asUintN(32, v);

/** Whether a value is what a form says. */
const fits = (actual: bigint, form: Form, width: Width, registers: readonly bigint[]): boolean => {
  let sum = BigInt(form.constant);
  for (const { register, factor } of form.summands) sum += BigInt(factor) * (registers[register] as bigint);
  if (form.exact === EXACT.high) {
    return low(actual) === 0n && low((actual >> 32n) - sum) <= BigInt(form.slack);
  }
  if (low(actual - sum) > BigInt(form.slack)) return false;
  if (form.exact === EXACT.word) return actual === BigInt.asIntN(32, actual);
  if (form.exact === EXACT.whole && form.slack === 0) return actual === BigInt.asIntN(width, sum);
  return true;
};

describe.each([32, 64] as const)('forms of %i-bit registers', (width) => {
  const s = oracle(width);
  const signed = (v: bigint): bigint => BigInt.asIntN(width, v);
  const registers = fc.tuple(value, value).map(([a, b]) => [signed(a), signed(b)] as const);

  test('hold for what terms compute', () => {
    let found = 0;
    fc.assert(
      fc.property(term, fc.array(registers, { minLength: 4, maxLength: 4 }), (t, states) => {
        const form = formOf(t, width, (operand) => registerForm(operand));
        if (form === undefined) return;
        found++;
        for (const state of states) {
          const actual = signed(evaluate(t, s, (op) => BigInt.asUintN(width, state[op] as bigint)));
          if (!fits(actual, form, width, state)) {
            expect({ actual, form, state }).toBeUndefined();
          }
        }
      }),
      { numRuns: 20_000 },
    );
    expect(found).toBeGreaterThan(5000);
  });

  test('of words are words', () => {
    const sum = formOf(new Term(TERM.add, 0, new Term(TERM.a, 0), new Term(TERM.b, 0)), width, registerForm);
    expect(sum?.summands).toEqual([
      { register: TERM.a, factor: 1 },
      { register: TERM.b, factor: 1 },
    ]);
    expect(wordOf(sum, width)?.exact).toBe(width === 32 ? EXACT.whole : EXACT.word);
  });
});

test('a zero extension by two shifts keeps the low word', () => {
  const shifted = new Term(TERM.shl, 0, new Term(TERM.a, 0), new Term(TERM.imm, 32));
  const extended = new Term(TERM.shr, 0, shifted, new Term(TERM.imm, 30));
  expect(formOf(extended, 64, registerForm)).toEqual({
    summands: [{ register: TERM.a, factor: 4 }],
    constant: 0,
    slack: 0,
    exact: EXACT.low,
  });
});
