import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Width } from '../../src/core/kind.ts';
import { OPERAND_BITS } from '../../src/isa/cost.ts';
import { type FullRow, usesOf as fullUsesOf } from '../../src/isa/full-row.ts';
import { FULL_ROWS } from '../../src/isa/full-table.ts';
import { oracle } from '../../src/isa/oracle.ts';
import { definitionsOf } from '../../src/isa/row.ts';
import type { Meaning, Sem, Values } from '../../src/isa/sem.ts';
import { INVALID, operation } from '../../src/isa/table.ts';
import {
  definesA,
  TERM,
  TERM_ARITIES,
  TERM_NAMES,
  type Term,
  termOf,
  touchesOtherRegisters,
  usesOf,
} from '../../src/isa/term.ts';

const meaningOf = ({ effect }: FullRow): Meaning | undefined => {
  if (effect.kind === 'branch') return effect.when;
  return effect.kind === 'value' || effect.kind === 'atomic' ? effect.value : undefined;
};

/** A term in any vocabulary. */
const evaluate = <V>(term: Term, s: Sem<V>, o: Values<V>): V => {
  const name = TERM_NAMES[term.op]!;
  if (name in o) return o[name as keyof Values<V>];
  if (name === 'imm') return s.imm(term.value);
  const operands = [term.p, term.q, term.r].slice(0, TERM_ARITIES[term.op]);
  const operator = s[name as keyof Sem<V>] as (...operands: V[]) => V;
  return operator(...operands.map((operand) => evaluate(operand, s, o)));
};

const SAMPLE_EDGES = [0n, 1n, -1n, 31n, 32n, 33n, 63n, 64n, 0x7fff_ffffn, 2n ** 31n, -(2n ** 31n), 2n ** 32n];
const EDGES = [...SAMPLE_EDGES, 2n ** 63n - 1n, 2n ** 63n, 0xff80n, 0x80n];

const registerValue = (width: Width): fc.Arbitrary<bigint> =>
  fc
    .oneof(fc.constantFrom(...EDGES), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
    .map((v) => BigInt.asUintN(width, v));

const immediateOf = (width: Width): fc.Arbitrary<bigint> =>
  fc
    .oneof(fc.constantFrom(0, 1, -1, 31, 32, 63, 64, 0x7fff_ffff, -0x8000_0000), fc.integer())
    .map((v) => BigInt.asUintN(width, BigInt(v)));

const operandsOf = (width: Width): fc.Arbitrary<Values<bigint>> =>
  fc.record({
    a: registerValue(width),
    b: registerValue(width),
    c: registerValue(width),
    x: immediateOf(width),
    y: immediateOf(width),
  });

/** The whole vocabulary in prefix notation. */
const WORDS = new Proxy({} as Sem<string>, {
  get:
    (_, name) =>
    (...operands: unknown[]) =>
      `${String(name)}(${operands.join(' ')})`,
});
const NAMES: Values<string> = { a: 'a', b: 'b', c: 'c', x: 'x', y: 'y' };

describe('terms', () => {
  test.each([32, 64] as const)('compute what the rows do, %i-bit', (width) => {
    const judge = oracle(width);
    const rows = FULL_ROWS.flatMap((r, op) => {
      const meaning = meaningOf(r);
      return meaning === undefined ? [] : [{ name: r.name, meaning, term: termOf(op)! }];
    });
    fc.assert(
      fc.property(operandsOf(width), (o) => {
        for (const { name, meaning, term } of rows) {
          const [expected, actual] = [meaning(judge, o), evaluate(term, judge, o)];
          if (actual !== expected) throw new Error(`${name}: ${actual} instead of ${expected}`);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('are the meanings, operator by operator; rows without one have none', () => {
    for (const [op, r] of FULL_ROWS.entries()) {
      const term = termOf(op);
      const meaning = meaningOf(r);
      expect(term && evaluate(term, WORDS, NAMES), r.name).toBe(meaning?.(WORDS, NAMES));
    }
    expect(termOf(INVALID)).toBeUndefined();
  });

  test('have dense numbers, with the leaves first', () => {
    expect(TERM_NAMES.map((name) => TERM[name])).toEqual(TERM_NAMES.map((_, number) => number));
    expect(TERM_NAMES.slice(0, TERM.imm + 1)).toEqual(['a', 'b', 'c', 'x', 'y', 'imm']);
  });

  test('take as many operands as the vocabulary', () => {
    const judge = oracle(64);
    for (const name of TERM_NAMES.slice(TERM.imm + 1)) {
      expect(TERM_ARITIES[TERM[name]], name).toBe(judge[name as keyof Sem<bigint>].length);
    }
  });

  test('share leaves, and fill up with one leaf', () => {
    const [add, sub] = [termOf(operation('add_64'))!, termOf(operation('sub_64'))!];
    expect(add.p).toBe(sub.p);
    expect(add.r).toBe(sub.r);
    expect(add.r.p).toBe(add.r);
  });
});

describe('registers', () => {
  test('are read and written as in the full table', () => {
    for (const [op, r] of FULL_ROWS.entries()) {
      const bits = fullUsesOf(r).reduce((sum, operand) => sum | OPERAND_BITS[operand], 0);
      expect(usesOf(op), r.name).toBe(bits);
      expect(definesA(op), r.name).toBe(definitionsOf(r).length > 0);
    }
    expect(usesOf(INVALID)).toBe(0);
    expect(definesA(INVALID)).toBe(false);
  });

  test('are read by conditional moves before they are written', () => {
    expect(usesOf(operation('cmov_if_zero'))).toBe(7);
    expect(usesOf(operation('add_64'))).toBe(6);
    expect(usesOf(operation('atomic_add_32'))).toBe(6);
  });

  test('that are no operands belong to host calls and memset', () => {
    const names = FULL_ROWS.filter((_, op) => touchesOtherRegisters(op)).map((r) => r.name);
    expect(names).toEqual(expect.arrayContaining(['memset', 'ecalli']));
    for (const r of FULL_ROWS) {
      const { kind } = r.effect;
      if (names.includes(r.name)) expect(['custom', 'host-call'], r.name).toContain(kind);
    }
    expect(touchesOtherRegisters(operation('sbrk'))).toBe(false);
    expect(touchesOtherRegisters(INVALID)).toBe(false);
  });
});
