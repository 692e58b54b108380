import type { Sem, Values } from './sem.ts';

/** What a term can begin with: an operand, `imm`, or an operator of the vocabulary. */
export type TermName = keyof Values<unknown> | keyof Sem<unknown>;

/**
 * Numbers of what a term can begin with, dense from 0: the operands, `imm`, then the other operators in the order
 * of `Sem`. A new operator of the vocabulary is a type error below until it is added.
 */
export const TERM = {
  a: 0,
  b: 1,
  c: 2,
  x: 3,
  y: 4,
  imm: 5,
  join: 6,
  add: 7,
  sub: 8,
  mul: 9,
  mulh: 10,
  mulhu: 11,
  mulhsu: 12,
  div: 13,
  divu: 14,
  rem: 15,
  remu: 16,
  div32: 17,
  divu32: 18,
  rem32: 19,
  remu32: 20,
  and: 21,
  or: 22,
  xor: 23,
  shl: 24,
  shr: 25,
  sar: 26,
  rotl: 27,
  rotr: 28,
  shl32: 29,
  shr32: 30,
  sar32: 31,
  rotl32: 32,
  rotr32: 33,
  eq: 34,
  ne: 35,
  lt: 36,
  ltu: 37,
  ge: 38,
  geu: 39,
  select: 40,
  sx8: 41,
  sx16: 42,
  sx32: 43,
  zx16: 44,
  zx32: 45,
  clz: 46,
  ctz: 47,
  popcnt: 48,
  clz32: 49,
  ctz32: 50,
  popcnt32: 51,
  bswap: 52,
  orcb: 53,
} as const;

/** No name is missing above; that there is none too many is checked by the next line. */
const NUMBERS: Readonly<Record<TermName, number>> = TERM;

/** Names by number. */
export const TERM_NAMES: readonly TermName[] = Object.keys(NUMBERS) as (keyof typeof TERM)[];

/** How many operands are terms: what the functions of `Sem` take, except `imm`, whose number is no term. */
type Arities = {
  readonly [K in Exclude<keyof Sem<unknown>, 'imm'>]: Parameters<Sem<unknown>[K]>['length'];
};

/** The operators that do not have two operands; the type refuses an entry that `Sem` contradicts. */
const OTHER_ARITIES: {
  readonly [K in keyof Arities as Arities[K] extends 2 ? never : K]: Arities[K];
} = {
  select: 3,
  sx8: 1,
  sx16: 1,
  sx32: 1,
  zx16: 1,
  zx32: 1,
  clz: 1,
  ctz: 1,
  popcnt: 1,
  clz32: 1,
  ctz32: 1,
  popcnt32: 1,
  bswap: 1,
  orcb: 1,
};

/** Operands by number: 0 for leaves, else 1 to 3. */
export const TERM_ARITIES: Uint8Array = Uint8Array.from(TERM_NAMES, (name, number) =>
  number <= TERM.imm ? 0 : ((OTHER_ARITIES as Partial<Record<TermName, number>>)[name] ?? 2),
);

/**
 * Meanings are packed as text in prefix notation: one character for each name, this one for number 0. `imm` is
 * followed by a character for its value, this one for the value -1. `(` is the first from which on the quotation
 * mark of the generated file does not occur.
 */
export const FIRST_CHARACTER = 40;
export const LEAST_IMMEDIATE = -1;
