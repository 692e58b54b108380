import type { Width } from '../../../core/kind.ts';
import { TERM, type Term } from '../../../isa/term.ts';

/** What a form tells of a register's value. */
export const EXACT = {
  /** The value is the form, computed with values as wide as registers. */
  whole: 0,
  /** The value is the sign extension of the form's low 32 bits. */
  word: 1,
  /** The low 32 bits of the value are those of the form; the others are unknown. */
  low: 2,
  /** The low 32 bits of the value are zero, the high ones the low ones of the form. */
  high: 3,
} as const;

export type Exact = (typeof EXACT)[keyof typeof EXACT];

/** A summand of a form: a register, or a stack slot from FIRST_SLOT on, as it was at the beginning, times a factor. */
export interface Summand {
  readonly register: number;
  readonly factor: number;
}

/** Summands of a form at most; sums of more are rare and dear to compute. */
const MOST_SUMMANDS = 3;
/** Bounded unknown parts of addresses, at most: larger ones are not in one range anyway. */
const MOST_SLACK = 2 ** 20;
/** Number of the first stack slot among the registers of forms. */
export const FIRST_SLOT = 32;

/**
 * A value as a sum of registers at the beginning of a loop's body, times factors, and a constant. To it may come
 * something unknown between 0 and `slack`. Factors and constants are signed 32-bit numbers.
 */
export interface Form {
  /** By register, ascending. */
  readonly summands: readonly Summand[];
  readonly constant: number;
  readonly slack: number;
  readonly exact: Exact;
}

const NO_SUMMANDS: readonly Summand[] = [];

export const constantForm = (constant: number): Form => ({
  summands: NO_SUMMANDS,
  constant,
  slack: 0,
  exact: EXACT.whole,
});

export const registerForm = (register: number): Form => ({
  summands: [{ register, factor: 1 }],
  constant: 0,
  slack: 0,
  exact: EXACT.whole,
});

const isConstant = ({ summands, slack, exact }: Form): boolean =>
  summands.length === 0 && slack === 0 && exact === EXACT.whole;

/** The constant that a form is, or undefined. */
export const constantOf = (form: Form | undefined): number | undefined =>
  form !== undefined && isConstant(form) ? form.constant : undefined;

/** The register that a form is, and nothing else; or -1. */
export const registerOf = ({ summands, constant, slack, exact }: Form): number => {
  const [only] = summands;
  return exact === EXACT.whole && summands.length === 1 && only?.factor === 1 && constant === 0 && slack === 0
    ? only.register
    : -1;
};

/** Numbers modulo 2^32 as signed ones; `wrapped` tells whether one was none already. */
class Wrapping {
  wrapped = false;

  of(value: number): number {
    const low = value | 0;
    if (low !== value) this.wrapped = true;
    return low;
  }
}

const bounded = (
  summands: readonly Summand[],
  constant: number,
  slack: number,
  exact: Exact,
): Form | undefined =>
  summands.length > MOST_SUMMANDS || slack > MOST_SLACK ? undefined : { summands, constant, slack, exact };

/** `p + factor * q`, factor 1 or -1. */
const sum = (p: Form, q: Form, factor: 1 | -1, width: Width): Form | undefined => {
  if (p.exact === EXACT.high || q.exact === EXACT.high) return undefined;
  const w = new Wrapping();
  const summands: Summand[] = [];
  let i = 0;
  let j = 0;
  while (i < p.summands.length || j < q.summands.length) {
    const a = p.summands[i];
    const b = q.summands[j];
    if (b === undefined || (a !== undefined && a.register < b.register)) {
      summands.push(a as Summand);
      i++;
    } else if (a === undefined || b.register < a.register) {
      summands.push({ register: b.register, factor: w.of(factor * b.factor) });
      j++;
    } else {
      const both = w.of(a.factor + factor * b.factor);
      if (both !== 0) summands.push({ register: a.register, factor: both });
      i++;
      j++;
    }
  }
  // -u, u being 0 to the slack of q, is the slack less something of the same range.
  const constant = w.of(p.constant + factor * q.constant - (factor < 0 ? q.slack : 0));
  const whole = p.exact === EXACT.whole && q.exact === EXACT.whole && (width === 32 || !w.wrapped);
  return bounded(summands, constant, p.slack + q.slack, whole ? EXACT.whole : EXACT.low);
};

/** The form times a constant. */
const scaled = (p: Form, by: number, width: Width): Form | undefined => {
  if (by === 0) return constantForm(0);
  if (p.slack > 0 && by < 0) return undefined;
  const w = new Wrapping();
  const summands: Summand[] = [];
  for (const { register, factor } of p.summands) {
    // 2^53 is beyond what two 32-bit numbers give that are not large both; imul is right modulo 2^32 for any.
    const product = Math.imul(factor, by);
    if (product !== factor * by) w.wrapped = true;
    if (product !== 0) summands.push({ register, factor: product });
  }
  const constant = Math.imul(p.constant, by);
  if (constant !== p.constant * by) w.wrapped = true;
  const whole = p.exact === EXACT.whole && (width === 32 || !w.wrapped);
  return bounded(summands, constant, p.slack * by, whole ? EXACT.whole : EXACT.low);
};

export const sumOf = (p: Form, q: Form, width: Width): Form | undefined => sum(p, q, 1, width);

/** Whether two forms differ by a constant, and perhaps by something unknown. */
export const hasSameSummands = ({ summands }: Form, other: Form): boolean =>
  summands.length === other.summands.length &&
  summands.every(({ register, factor }, k) => {
    const same = other.summands[k] as Summand;
    return same.register === register && same.factor === factor;
  });

/** The sign extension of a form's low 32 bits. */
export const wordOf = (p: Form | undefined, width: Width): Form | undefined => {
  if (p === undefined || width === 32 || p.exact === EXACT.word || isConstant(p)) return p;
  return p.exact === EXACT.high ? constantForm(0) : { ...p, exact: EXACT.word };
};

/** Something unknown from `low` to `high`. */
export const unknownBetween = (low: number, high: number): Form | undefined =>
  bounded(NO_SUMMANDS, low, high - low, EXACT.low);

/** Answers for the operands of the instruction at hand. */
export type OperandForm = (operand: number) => Form | undefined;

/** The form of a term's value, or undefined. */
export const formOf = (t: Term, width: Width, operand: OperandForm): Form | undefined => {
  const { op } = t;
  if (op === TERM.imm) return constantForm(t.value);
  if (op < TERM.imm) return operand(op);
  const of = (part: Term): Form | undefined => formOf(part, width, operand);
  switch (op) {
    case TERM.add:
    case TERM.sub: {
      const p = of(t.p);
      const q = of(t.q);
      if (p === undefined || q === undefined) return undefined;
      return sum(p, q, op === TERM.add ? 1 : -1, width);
    }
    case TERM.mul: {
      const p = of(t.p);
      const q = of(t.q);
      if (p === undefined || q === undefined || p.exact === EXACT.high || q.exact === EXACT.high)
        return undefined;
      if (isConstant(q)) return scaled(p, q.constant, width);
      return isConstant(p) ? scaled(q, p.constant, width) : undefined;
    }
    case TERM.shl:
    case TERM.shl32: {
      const by = constantOf(of(t.q));
      const p = of(t.p);
      if (by === undefined || p === undefined || p.exact === EXACT.high) return undefined;
      return op === TERM.shl ? shiftedLeft(p, by, width) : wordOf(scaledLow(p, by & 31, width), width);
    }
    case TERM.shr:
    case TERM.sar: {
      const by = constantOf(of(t.q));
      if (by === undefined) return undefined;
      return shiftedRight(of(t.p), by & (width - 1), op === TERM.sar, width);
    }
    case TERM.shr32: {
      const by = constantOf(of(t.q));
      return by === undefined || (by & 31) === 0 ? undefined : unknownBetween(0, 2 ** (32 - (by & 31)) - 1);
    }
    case TERM.sx32:
      return wordOf(of(t.p), width);
    case TERM.zx32: {
      const p = of(t.p);
      if (p === undefined || width === 32) return p;
      return p.exact === EXACT.high ? constantForm(0) : { ...p, exact: EXACT.low };
    }
    case TERM.zx16:
      return unknownBetween(0, 0xffff);
    case TERM.sx16:
      return unknownBetween(-0x8000, 0x7fff);
    case TERM.sx8:
      return unknownBetween(-0x80, 0x7f);
    case TERM.and: {
      const mask = constantOf(of(t.q)) ?? constantOf(of(t.p));
      return mask === undefined || mask < 0 ? undefined : unknownBetween(0, mask);
    }
    case TERM.eq:
    case TERM.ne:
    case TERM.lt:
    case TERM.ltu:
    case TERM.ge:
    case TERM.geu:
      return unknownBetween(0, 1);
    default:
      return undefined;
  }
};

/** `scaled` by a power of two of up to 31, of which only the low 32 bits matter. */
const scaledLow = (p: Form, by: number, width: Width): Form | undefined =>
  by === 31 && p.slack > 0 ? undefined : scaled(p, (2 ** by) | 0, width);

const shiftedLeft = (p: Form, distance: number, width: Width): Form | undefined => {
  const by = distance & (width - 1);
  if (by < 31) return scaled(p, 2 ** by, width);
  if (by === 31) {
    const low = scaledLow(p, 31, width);
    return low === undefined || width === 32 ? low : { ...low, exact: EXACT.low };
  }
  const high = scaledLow(p, by - 32, width);
  return high === undefined ? undefined : { ...high, exact: EXACT.high };
};

/** Zero and sign extension of 32 bits come as a shift to the left by 32 and one to the right, perhaps a shorter one. */
const shiftedRight = (p: Form | undefined, by: number, signed: boolean, width: Width): Form | undefined => {
  if (width === 64 && p?.exact === EXACT.high && by > 0 && by <= 32) {
    const low = scaledLow(p, 32 - by, width);
    if (low === undefined) return undefined;
    return { ...low, exact: signed && by === 32 ? EXACT.word : EXACT.low };
  }
  return signed || by === 0 ? undefined : unknownBetween(0, 2 ** (width - by) - 1);
};
