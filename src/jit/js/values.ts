import type { Width } from '../../core/kind.ts';
import { TERM, type Term } from '../../isa/term.ts';
import { fold } from '../graph/constant-folding.ts';

/** Where the values of an instruction's operands come from; register operands are TERM.a, .b and .c. */
export interface Operands {
  /** The variable with the low word of a register operand, or the number that it holds. */
  low(operand: number): string;
  /** 64-bit kinds: the same of the high word. */
  high(operand: number): string;
  /** True when the register is known to hold the sign extension of its low word. */
  isNarrow(operand: number): boolean;
  /** The value of an operand or immediate where it is a constant that fits signed 32 bits; undefined elsewhere. */
  constant(operand: number): number | undefined;
}

/** A 64-bit value as expressions of its words. */
export interface Pair {
  readonly lo: string;
  readonly hi: string;
}

type Binary = (a: string, b: string) => string;
type Compare = (a: Pair, b: Pair) => string;

/** An int32 as text; negative ones in parentheses, so that no operator before them joins the sign. */
export const literal = (value: number): string => (value < 0 ? `(${value})` : String(value));

/** Variables and numbers, which may be printed twice. */
const isAtom = (text: string): boolean => /^\w+$|^\(-\d+\)$/.test(text);

const plus: Binary = (a, b) => (b === '0' ? a : a === '0' ? b : `(${a}+${b}|0)`);
const minus: Binary = (a, b) => (b === '0' ? a : `(${a}-${b}|0)`);
const and: Binary = (a, b) =>
  a === '0' || b === '0' ? '0' : b === '(-1)' ? a : a === '(-1)' ? b : `(${a}&${b})`;
const or: Binary = (a, b) =>
  b === '0' ? a : a === '0' ? b : a === '(-1)' || b === '(-1)' ? '(-1)' : `(${a}|${b})`;
const xor: Binary = (a, b) => (b === '0' ? a : a === '0' ? b : `(${a}^${b})`);

/** Operations whose low words follow from the low words of the operands. */
const MODULAR = new Map<number, Binary>([
  [TERM.add, plus],
  [TERM.sub, minus],
  [TERM.mul, (a, b) => `imul(${a},${b})`],
  [TERM.and, and],
  [TERM.or, or],
  [TERM.xor, xor],
]);

const bitwise = (op: number): Binary | undefined =>
  op === TERM.and || op === TERM.or || op === TERM.xor ? MODULAR.get(op) : undefined;

/** JavaScript takes distances modulo 32 itself. */
const rotate = (left: boolean): Binary => {
  const [near, far] = left ? ['<<', '>>>'] : ['>>>', '<<'];
  return (a, n) => `(${a}${near}${n}|${a}${far}${/^\d+$/.test(n) ? (32 - Number(n)) & 31 : `-${n}`})`;
};

/** On low words; in 32-bit kinds the operators without `32` are the same. */
const WORD_SHIFTS = new Map<number, Binary>([
  [TERM.shl32, (a, n) => `(${a}<<${n})`],
  [TERM.shr32, (a, n) => `(${a}>>>${n}|0)`],
  [TERM.sar32, (a, n) => `(${a}>>${n})`],
  [TERM.rotl32, rotate(true)],
  [TERM.rotr32, rotate(false)],
]);

const WORD_COUNTS = new Map<number, string>([
  [TERM.clz32, 'clz32'],
  [TERM.ctz32, 'ctz32'],
  [TERM.popcnt32, 'popcount32'],
]);

/** By zero: all ones, the dividend. What `|0` makes of MIN/-1 and MIN%-1 is what RISC-V wants. */
const WORD_DIVISIONS = new Map<number, Binary>([
  [TERM.div32, (a, b) => `(${b}===0?(-1):(${a}/${b}|0))`],
  [TERM.divu32, (a, b) => `(${b}===0?(-1):((${a}>>>0)/(${b}>>>0)|0))`],
  [TERM.rem32, (a, b) => `(${b}===0?${a}:(${a}%${b}|0))`],
  [TERM.remu32, (a, b) => `(${b}===0?${a}:((${a}>>>0)%(${b}>>>0)|0))`],
]);

/** What operators of the register width are on words in 32-bit kinds. */
const WORD_OF = new Map<number, number>([
  [TERM.shl, TERM.shl32],
  [TERM.shr, TERM.shr32],
  [TERM.sar, TERM.sar32],
  [TERM.rotl, TERM.rotl32],
  [TERM.rotr, TERM.rotr32],
  [TERM.clz, TERM.clz32],
  [TERM.ctz, TERM.ctz32],
  [TERM.popcnt, TERM.popcnt32],
  [TERM.div, TERM.div32],
  [TERM.divu, TERM.divu32],
  [TERM.rem, TERM.rem32],
  [TERM.remu, TERM.remu32],
]);

/** Functions of core/int64.ts that leave a high word in HIGH. */
const LONG = new Map<number, string>([
  [TERM.mulh, 'mulh'],
  [TERM.mulhu, 'mulhu'],
  [TERM.mulhsu, 'mulhsu'],
  [TERM.div, 'div'],
  [TERM.divu, 'divu'],
  [TERM.rem, 'rem'],
  [TERM.remu, 'remu'],
]);

const unsigned = (a: string): string => {
  if (/^\d+$/.test(a)) return a;
  return /^\(-\d+\)$/.test(a) ? String(Number(a.slice(1, -1)) >>> 0) : `(${a}>>>0)`;
};

const WORD_COMPARISONS = new Map<number, Binary>([
  [TERM.eq, (a, b) => `${a}===${b}`],
  [TERM.ne, (a, b) => `${a}!==${b}`],
  [TERM.lt, (a, b) => `${a}<${b}`],
  [TERM.ge, (a, b) => `${a}>=${b}`],
  [TERM.ltu, (a, b) => `${unsigned(a)}<${unsigned(b)}`],
  [TERM.geu, (a, b) => `${unsigned(a)}>=${unsigned(b)}`],
]);

const less = (a: Pair, b: Pair): string =>
  `${a.hi}<${b.hi}||${a.hi}===${b.hi}&&${unsigned(a.lo)}<${unsigned(b.lo)}`;
const lessUnsigned = (a: Pair, b: Pair): string =>
  `${unsigned(a.hi)}<${unsigned(b.hi)}||${a.hi}===${b.hi}&&${unsigned(a.lo)}<${unsigned(b.lo)}`;

const COMPARISONS = new Map<number, Compare>([
  [TERM.eq, (a, b) => `${a.lo}===${b.lo}&&${a.hi}===${b.hi}`],
  [TERM.ne, (a, b) => `${a.lo}!==${b.lo}||${a.hi}!==${b.hi}`],
  [TERM.lt, less],
  [TERM.ge, (a, b) => `!(${less(a, b)})`],
  [TERM.ltu, lessUnsigned],
  [TERM.geu, (a, b) => `!(${lessUnsigned(a, b)})`],
]);

/** Indexed by operator, for the lookups of each term. */
const table = <T>(map: ReadonlyMap<number, T>): (T | undefined)[] =>
  Array.from({ length: 64 }, (_, op) => map.get(op));
const MODULAR_OF = table(MODULAR);
const WORD_SHIFT_OF = table(WORD_SHIFTS);
const WORD_COUNT_OF = table(WORD_COUNTS);
const WORD_DIVISION_OF = table(WORD_DIVISIONS);
const WORD_COMPARISON_OF = table(WORD_COMPARISONS);
const COMPARISON_OF = table(COMPARISONS);
const WORD_FORM_OF = table(WORD_OF);
const LONG_OF = table(LONG);

/**
 * Prints values of terms as JavaScript: a word is an expression whose value is an int32, a 64-bit value is a pair of
 * them. What an expression needs twice goes to a variable first, by a statement to the list of the function.
 */
export class Values {
  readonly #out: string[];
  readonly #width: Width;
  readonly #operands: Operands;
  /** Variables `t0`, `t1`, … in use by the instruction at hand, and at most by any. */
  #used = 0;
  temporaries = 0;

  constructor(out: string[], width: Width, operands: Operands) {
    this.#out = out;
    this.#width = width;
    this.#operands = operands;
  }

  /** Another instruction begins: its predecessors' variables are free. */
  begin(): void {
    this.#used = 0;
  }

  temporary(): string {
    const name = `t${this.#used++}`;
    this.temporaries = Math.max(this.temporaries, this.#used);
    return name;
  }

  /** A text that may be printed twice. `name`: the variable to use, if there is one. */
  bind(text: string, name?: string): string {
    if (isAtom(text)) return text;
    const to = name ?? this.temporary();
    this.#out.push(`${to}=${text};`);
    return to;
  }

  /** The low word. */
  low(t: Term): string {
    const constant = this.constantOf(t);
    if (constant !== undefined) return literal(constant);
    const op = this.#width === 32 ? (WORD_FORM_OF[t.op] ?? t.op) : t.op;
    if (op <= TERM.c) return this.#operands.low(op);
    const modular = MODULAR_OF[op];
    if (modular !== undefined) return modular(this.low(t.p), this.low(t.q));
    if (WORD_COMPARISON_OF[op] !== undefined) return `(${this.condition(t)}?1:0)`;
    const shift = WORD_SHIFT_OF[op];
    if (shift !== undefined) return this.#shiftWord(op, shift, t);
    const count = WORD_COUNT_OF[op];
    if (count !== undefined) return `${count}(${this.low(t.p)})`;
    const division = WORD_DIVISION_OF[op];
    if (division !== undefined) return division(this.bind(this.low(t.p)), this.bind(this.low(t.q)));
    switch (op) {
      case TERM.sx32:
      case TERM.zx32:
        return this.low(t.p);
      case TERM.sx8:
        return `(${this.low(t.p)}<<24>>24)`;
      case TERM.sx16:
        return `(${this.low(t.p)}<<16>>16)`;
      case TERM.zx16:
        return `(${this.low(t.p)}&65535)`;
      case TERM.select:
        return `(${this.#parenthesised(t.p)}?${this.low(t.q)}:${this.low(t.r)})`;
      case TERM.orcb:
        return `orcb32(${this.low(t.p)})`;
    }
    if (this.#width === 64) return this.wide(t).lo;
    switch (op) {
      case TERM.bswap:
        return `bswap32(${this.low(t.p)})`;
      case TERM.mulhu:
        return this.#highProduct(this.bind(this.low(t.p)), this.bind(this.low(t.q)));
      default: {
        const long = LONG_OF[op];
        if (long === undefined) throw new Error(`no text for term operator ${op}`);
        return `${long}32(${this.low(t.p)},${this.low(t.q)})`;
      }
    }
  }

  #shiftWord(op: number, shift: Binary, t: Term): string {
    const value = this.low(t.p);
    const distance = this.constantOf(t.q);
    const isRotation = op === TERM.rotl32 || op === TERM.rotr32;
    if (distance !== undefined) return shift(isRotation ? this.bind(value) : value, String(distance & 31));
    return isRotation ? shift(this.bind(value), this.bind(this.low(t.q))) : shift(value, this.low(t.q));
  }

  #parenthesised(t: Term): string {
    return `(${this.condition(t)})`;
  }

  /**
   * High word of an unsigned product whose low word is known: the product in doubles is wrong by at most 2^10 and the
   * difference by as much again, so that dividing by 2^32 (`SCALE`) and rounding gives the exact high word.
   */
  #highProduct(a: string, b: string, low: string = `imul(${a},${b})`): string {
    return `(((${a}>>>0)*(${b}>>>0)-(${low}>>>0))*SCALE+HALF|0)`;
  }

  /**
   * Both words. The pair's texts are valid until a register is written. `into`: a variable that may be written at
   * once to hold the low word, because no operand is in it.
   */
  wide(t: Term, into?: string): Pair {
    const constant = this.constantOf(t);
    if (constant !== undefined) return { lo: literal(constant), hi: constant < 0 ? '(-1)' : '0' };
    const { op } = t;
    if (op <= TERM.c) return { lo: this.#operands.low(op), hi: this.#operands.high(op) };
    if (
      op === TERM.zx32 ||
      op === TERM.zx16 ||
      WORD_COMPARISON_OF[op] !== undefined ||
      WORD_COUNT_OF[op] !== undefined
    ) {
      return { lo: this.low(t), hi: '0' };
    }
    if (this.#isWord(t)) {
      const lo = this.bind(this.low(t), into);
      return { lo, hi: `(${lo}>>31)` };
    }
    const each = bitwise(op);
    if (each !== undefined) {
      const a = this.wide(t.p);
      const b = this.wide(t.q);
      return { lo: each(a.lo, b.lo), hi: each(a.hi, b.hi) };
    }
    const long = LONG_OF[op];
    if (long !== undefined) {
      const a = this.wide(t.p);
      const b = this.wide(t.q);
      const lo = this.bind(`${long}64(${a.lo},${a.hi},${b.lo},${b.hi})`, into);
      return { lo, hi: this.bind('HIGH[0]') };
    }
    switch (op) {
      case TERM.add:
        return this.#add(t, into);
      case TERM.sub:
        return this.#subtract(t);
      case TERM.mul:
        return this.#multiply(t, into);
      case TERM.join:
        return { lo: this.low(t.p), hi: this.low(t.q) };
      case TERM.select:
        return this.#select(t);
      case TERM.shl:
      case TERM.shr:
      case TERM.sar:
        return this.#shift(t);
      case TERM.rotl:
      case TERM.rotr:
        return this.#rotate(t);
      case TERM.bswap: {
        const a = this.wide(t.p);
        return { lo: `bswap32(${a.hi})`, hi: `bswap32(${a.lo})` };
      }
      case TERM.orcb: {
        const a = this.wide(t.p);
        return { lo: `orcb32(${a.lo})`, hi: `orcb32(${a.hi})` };
      }
      case TERM.clz:
      case TERM.ctz:
      case TERM.popcnt:
        return { lo: this.#count(t), hi: '0' };
      default:
        throw new Error(`no text for term operator ${op}`);
    }
  }

  /** True for values that are sign extensions of words by the operator's definition. */
  #isWord({ op }: Term): boolean {
    return (
      op === TERM.sx32 ||
      op === TERM.sx8 ||
      op === TERM.sx16 ||
      WORD_SHIFT_OF[op] !== undefined ||
      WORD_DIVISION_OF[op] !== undefined
    );
  }

  #atoms(t: Term): Pair {
    const { lo, hi } = this.wide(t);
    return { lo: this.bind(lo), hi: this.bind(hi) };
  }

  #add(t: Term, into: string | undefined): Pair {
    const a = this.wide(t.p);
    const b = this.#atoms(t.q);
    if (b.lo === '0') return { lo: a.lo, hi: plus(a.hi, b.hi) };
    const lo = this.bind(`${a.lo}+${b.lo}|0`, into);
    const carry = `(${unsigned(lo)}<${unsigned(b.lo)}?1:0)`;
    return { lo, hi: `(${a.hi === '0' ? '' : `${a.hi}+`}${b.hi === '0' ? '' : `${b.hi}+`}${carry}|0)` };
  }

  #subtract(t: Term): Pair {
    const a = this.#atoms(t.p);
    const b = this.#atoms(t.q);
    return {
      lo: minus(a.lo, b.lo),
      hi: `(${a.hi}-${b.hi}-(${unsigned(a.lo)}<${unsigned(b.lo)}?1:0)|0)`,
    };
  }

  #multiply(t: Term, into: string | undefined): Pair {
    const a = this.#atoms(t.p);
    const b = this.#atoms(t.q);
    const lo = this.bind(`imul(${a.lo},${b.lo})`, into);
    const cross = (x: string, y: string): string => (x === '0' || y === '0' ? '' : `+imul(${x},${y})`);
    return { lo, hi: `(${this.#highProduct(a.lo, b.lo, lo)}${cross(a.hi, b.lo)}${cross(a.lo, b.hi)}|0)` };
  }

  /** A pair of variables that are set on two ways. */
  #either(condition: string, a: Pair, b: Pair): Pair {
    const lo = this.temporary();
    const hi = this.temporary();
    this.#out.push(`if(${condition}){${lo}=${a.lo};${hi}=${a.hi}}else{${lo}=${b.lo};${hi}=${b.hi}}`);
    return { lo, hi };
  }

  #select(t: Term): Pair {
    const a = this.wide(t.q);
    const b = this.wide(t.r);
    return this.#either(this.condition(t.p), a, b);
  }

  #shift({ op, p, q }: Term): Pair {
    const a = this.#atoms(p);
    const constant = this.constantOf(q);
    if (constant !== undefined) {
      const n = constant & 63;
      if (n === 0) return a;
      return n < 32 ? near(op, a, String(n), String(32 - n)) : far(op, a, String(n - 32));
    }
    const n = this.bind(`${this.low(q)}&63`);
    // `<<1<<31-n` and `>>>1>>>31-n` shift by 32-n also where n is 0.
    const back = op === TERM.shl ? `1>>>31-${n}` : `1<<31-${n}`;
    return this.#either(`${n}<32`, near(op, a, n, back), far(op, a, n));
  }

  #rotate({ op, p, q }: Term): Pair {
    const a = this.#atoms(p);
    const constant = this.constantOf(q);
    const left = (low: string, high: string, n: string, back: string): Pair => ({
      lo: `(${low}<<${n}|${high}>>>${back})`,
      hi: `(${high}<<${n}|${low}>>>${back})`,
    });
    if (constant !== undefined) {
      const n = (op === TERM.rotl ? constant : -constant) & 63;
      const [low, high] = n < 32 ? [a.lo, a.hi] : [a.hi, a.lo];
      return (n & 31) === 0 ? { lo: low, hi: high } : left(low, high, String(n & 31), String(32 - (n & 31)));
    }
    const distance = this.low(q);
    const n = this.bind(op === TERM.rotl ? `${distance}&63` : `-${distance}&63`);
    const from = this.#either(`(${n}&32)===0`, a, { lo: a.hi, hi: a.lo });
    const m = this.bind(`${n}&31`);
    return left(from.lo, from.hi, m, `1>>>31-${m}`);
  }

  #count({ op, p }: Term): string {
    const a = this.#atoms(p);
    switch (op) {
      case TERM.clz:
        return `(${a.hi}!==0?clz32(${a.hi}):(32+clz32(${a.lo})|0))`;
      case TERM.ctz:
        return `(${a.lo}!==0?ctz32(${a.lo}):(32+ctz32(${a.hi})|0))`;
      default:
        return `(popcount32(${a.lo})+popcount32(${a.hi})|0)`;
    }
  }

  /** An expression that is true when the value is not zero. */
  condition(t: Term): string {
    const word = WORD_COMPARISON_OF[t.op];
    if (word === undefined) {
      if (this.isNarrow(t)) return `${this.low(t)}!==0`;
      const { lo, hi } = this.wide(t);
      return `(${lo}|${hi})!==0`;
    }
    if (this.isNarrow(t.p) && this.isNarrow(t.q)) return word(this.low(t.p), this.low(t.q));
    const a = this.#atoms(t.p);
    const b = this.#atoms(t.q);
    if (this.constantOf(t.q) === 0) {
      switch (t.op) {
        case TERM.eq:
          return `(${a.lo}|${a.hi})===0`;
        case TERM.ne:
          return `(${a.lo}|${a.hi})!==0`;
        case TERM.lt:
          return `${a.hi}<0`;
        case TERM.ge:
          return `${a.hi}>=0`;
      }
    }
    if (this.constantOf(t.p) === 0) {
      if (t.op === TERM.lt) return `${b.hi}>0||${b.hi}===0&&${b.lo}!==0`;
      if (t.op === TERM.ltu) return `(${b.lo}|${b.hi})!==0`;
    }
    return (COMPARISON_OF[t.op] as Compare)(a, b);
  }

  /** The value where it is a constant that fits signed 32 bits. */
  constantOf(t: Term): number | undefined {
    const { op } = t;
    if (op === TERM.imm) return t.value;
    if (op < TERM.imm) return this.#operands.constant(op);
    if (op !== TERM.sx32 && MODULAR_OF[op] === undefined && op !== TERM.shl && op !== TERM.shl32)
      return undefined;
    const p = op === TERM.sx32 ? this.#constantLow(t.p) : this.constantOf(t.p);
    if (p === undefined || op === TERM.sx32) return p;
    const q = this.constantOf(t.q);
    if (q === undefined) return undefined;
    const result = fold(op, p, q, this.#width);
    if (result === undefined || result === (result | 0)) return result;
    return this.#width === 32 ? result | 0 : undefined;
  }

  /** The low word where it is a constant. */
  #constantLow(t: Term): number | undefined {
    const whole = this.constantOf(t);
    if (whole !== undefined || (t.op !== TERM.add && t.op !== TERM.sub)) return whole;
    const p = this.constantOf(t.p);
    const q = this.constantOf(t.q);
    if (p === undefined || q === undefined) return undefined;
    return t.op === TERM.add ? (p + q) | 0 : (p - q) | 0;
  }

  /** Whether the value is the sign extension of its low word. */
  isNarrow(t: Term): boolean {
    if (this.#width === 32) return true;
    const { op } = t;
    if (op <= TERM.c) return this.#operands.isNarrow(op);
    if (op <= TERM.imm || op === TERM.zx16 || this.#isWord(t)) return true;
    if (WORD_COMPARISON_OF[op] !== undefined || WORD_COUNT_OF[op] !== undefined) return true;
    if (bitwise(op) !== undefined) {
      if (this.isNarrow(t.p) && this.isNarrow(t.q)) return true;
      // The high word of a conjunction with a natural number is 0, and the number's sign too.
      return op === TERM.and && (this.#isNatural(t.p) || this.#isNatural(t.q));
    }
    if (op === TERM.select) return this.isNarrow(t.q) && this.isNarrow(t.r);
    if (op === TERM.clz || op === TERM.ctz || op === TERM.popcnt) return true;
    return this.constantOf(t) !== undefined;
  }

  #isNatural(t: Term): boolean {
    const constant = this.constantOf(t);
    return constant !== undefined && constant >= 0;
  }
}

/** Shifts by less than 32. `back`: how the word beside it is shifted, by 32 less the distance. */
const near = (op: number, a: Pair, n: string, back: string): Pair => {
  if (op === TERM.shl) return { lo: `(${a.lo}<<${n})`, hi: `(${a.hi}<<${n}|${a.lo}>>>${back})` };
  const lo = `(${a.lo}>>>${n}|${a.hi}<<${back})`;
  return { lo, hi: op === TERM.shr ? `(${a.hi}>>>${n}|0)` : `(${a.hi}>>${n})` };
};

/** Shifts by 32 and more; JavaScript takes the distance modulo 32. */
const far = (op: number, a: Pair, n: string): Pair => {
  if (op === TERM.shl) return { lo: '0', hi: `(${a.lo}<<${n})` };
  return op === TERM.shr
    ? { lo: `(${a.hi}>>>${n}|0)`, hi: '0' }
    : { lo: `(${a.hi}>>${n})`, hi: `(${a.hi}>>31)` };
};
