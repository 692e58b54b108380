import type { Sem, Values } from '../src/isa/sem.ts';

/** A formula of the instruction tables: its text, and whether it needs brackets inside another one. */
export interface Formula {
  readonly text: string;
  readonly compound: boolean;
}

const atom = (text: string): Formula => ({ text, compound: false });
const inner = ({ text, compound }: Formula): string => (compound ? `(${text})` : text);

type Unary = (a: Formula) => Formula;
type Binary = (a: Formula, b: Formula) => Formula;

const infix =
  (operator: string): Binary =>
  (a, b) => ({ text: `${inner(a)} ${operator} ${inner(b)}`, compound: true });
const call =
  (name: string): Binary & Unary =>
  (...args: Formula[]) =>
    atom(`${name}(${args.map(({ text }) => text).join(', ')})`);

const ALL_ONES = '-1';

/** The vocabulary as the notation of SPEC.md, 5.2. */
export const FORMULAS: Sem<Formula> = {
  imm: (value) => atom(`${value}`),
  join: (lo, hi) => ({ text: `${inner(hi)} : ${inner(lo)}`, compound: true }),
  add: infix('+'),
  sub: infix('-'),
  mul: infix('×'),
  mulh: call('mulh'),
  mulhu: call('mulhu'),
  mulhsu: call('mulhsu'),
  div: infix('/s'),
  divu: infix('/u'),
  rem: infix('mod s'),
  remu: infix('mod u'),
  div32: call('div32'),
  divu32: call('divu32'),
  rem32: call('rem32'),
  remu32: call('remu32'),
  and: infix('and'),
  or: infix('or'),
  xor: (a, b) => (b.text === ALL_ONES ? { text: `not ${inner(a)}`, compound: true } : infix('xor')(a, b)),
  shl: infix('<<'),
  shr: infix('>>u'),
  sar: infix('>>s'),
  rotl: infix('rotl'),
  rotr: infix('rotr'),
  shl32: call('shl32'),
  shr32: call('shr32'),
  sar32: call('sar32'),
  rotl32: call('rotl32'),
  rotr32: call('rotr32'),
  eq: infix('='),
  ne: infix('≠'),
  lt: infix('<s'),
  ltu: infix('<u'),
  ge: infix('≥s'),
  geu: infix('≥u'),
  // A compound condition is a comparison and needs none of its own.
  select: (c, a, b) => ({
    text: `${inner(a)} if ${c.text}${c.compound ? '' : ' ≠ 0'} else ${inner(b)}`,
    compound: true,
  }),
  sx8: call('sx8'),
  sx16: call('sx16'),
  sx32: call('sx32'),
  zx16: call('zx16'),
  zx32: call('zx32'),
  clz: call('clz'),
  ctz: call('ctz'),
  popcnt: call('ones'),
  clz32: call('clz32'),
  ctz32: call('ctz32'),
  popcnt32: call('ones32'),
  bswap: call('bswap'),
  orcb: call('orcb'),
};

export const OPERANDS: Values<Formula> = {
  a: atom('a'),
  b: atom('b'),
  c: atom('c'),
  x: atom('x'),
  y: atom('y'),
};
