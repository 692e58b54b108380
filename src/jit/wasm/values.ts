import type { Width } from '../../core/kind.ts';
import { TERM, type Term } from '../../isa/term.ts';
import type { FunctionBody } from './encoder/function-body.ts';
import { ANY, I32, I64, type Opcode } from './encoder/opcodes.ts';
import { I32_TYPE, I64_TYPE, type ValueType } from './encoder/types.ts';

/** Where the values of an instruction's operands come from. */
export interface Operands {
  /** Pushes the value of a register operand (TERM.a, .b or .c), as wide as registers are. */
  wide(operand: number): void;
  /** Pushes its low 32 bits as an i32. */
  low(operand: number): void;
  /** True when the register is known to hold the sign extension of its low 32 bits. */
  isNarrow(operand: number): boolean;
  /** True when it is narrow and not negative. */
  isNatural(operand: number): boolean;
  /** The value of an operand or immediate where it is a constant that fits signed 32 bits; undefined elsewhere. */
  constant(operand: number): number | undefined;
}

/** What a term of two operands is in WebAssembly. */
interface Binary {
  readonly i32: Opcode;
  readonly i64: Opcode;
}

const two = (i32: Opcode, i64: Opcode): Binary => ({ i32, i64 });

/** Operations whose low 32 bits follow from the low 32 bits of the operands. */
const MODULAR = new Map<number, Binary>([
  [TERM.add, two(I32.add, I64.add)],
  [TERM.sub, two(I32.sub, I64.sub)],
  [TERM.mul, two(I32.mul, I64.mul)],
  [TERM.and, two(I32.and, I64.and)],
  [TERM.or, two(I32.or, I64.or)],
  [TERM.xor, two(I32.xor, I64.xor)],
]);

const COMPARISONS = new Map<number, Binary>([
  [TERM.eq, two(I32.eq, I64.eq)],
  [TERM.ne, two(I32.ne, I64.ne)],
  [TERM.lt, two(I32.ltS, I64.ltS)],
  [TERM.ltu, two(I32.ltU, I64.ltU)],
  [TERM.ge, two(I32.geS, I64.geS)],
  [TERM.geu, two(I32.geU, I64.geU)],
]);

/** On the low 32 bits only; in 32-bit kinds the operators without `32` are the same. */
const WORD_SHIFTS = new Map<number, Opcode>([
  [TERM.shl32, I32.shl],
  [TERM.shr32, I32.shrU],
  [TERM.sar32, I32.shrS],
  [TERM.rotl32, I32.rotl],
  [TERM.rotr32, I32.rotr],
]);

const SHIFTS = new Map<number, Binary>([
  [TERM.shl, two(I32.shl, I64.shl)],
  [TERM.shr, two(I32.shrU, I64.shrU)],
  [TERM.sar, two(I32.shrS, I64.shrS)],
  [TERM.rotl, two(I32.rotl, I64.rotl)],
  [TERM.rotr, two(I32.rotr, I64.rotr)],
]);

const COUNTS = new Map<number, Binary>([
  [TERM.clz, two(I32.clz, I64.clz)],
  [TERM.ctz, two(I32.ctz, I64.ctz)],
  [TERM.popcnt, two(I32.popcnt, I64.popcnt)],
]);

const WORD_COUNTS = new Map<number, Opcode>([
  [TERM.clz32, I32.clz],
  [TERM.ctz32, I32.ctz],
  [TERM.popcnt32, I32.popcnt],
]);

interface Division {
  readonly i32: Opcode;
  readonly i64: Opcode;
  readonly signed: boolean;
  readonly remainder: boolean;
}

const division = (i32: Opcode, i64: Opcode, signed: boolean, remainder: boolean): Division => ({
  i32,
  i64,
  signed,
  remainder,
});

const DIVISIONS = new Map<number, Division>([
  [TERM.div, division(I32.divS, I64.divS, true, false)],
  [TERM.divu, division(I32.divU, I64.divU, false, false)],
  [TERM.rem, division(I32.remS, I64.remS, true, true)],
  [TERM.remu, division(I32.remU, I64.remU, false, true)],
]);
const WORD_DIVISIONS = new Map<number, Division>([
  [TERM.div32, division(I32.divS, I64.divS, true, false)],
  [TERM.divu32, division(I32.divU, I64.divU, false, false)],
  [TERM.rem32, division(I32.remS, I64.remS, true, true)],
  [TERM.remu32, division(I32.remU, I64.remU, false, true)],
]);

/** Indexed by term operator, for the one lookup per term that emission makes. */
const table = <T>(map: ReadonlyMap<number, T>): (T | undefined)[] => {
  const list: (T | undefined)[] = [];
  for (let op = 0; op < 64; op++) list.push(map.get(op));
  return list;
};
const MODULAR_OF = table(MODULAR);
const COMPARISON_OF = table(COMPARISONS);
const WORD_SHIFT_OF = table(WORD_SHIFTS);
const SHIFT_OF = table(SHIFTS);
const COUNT_OF = table(COUNTS);
const WORD_COUNT_OF = table(WORD_COUNTS);
const DIVISION_OF = table(DIVISIONS);
const WORD_DIVISION_OF = table(WORD_DIVISIONS);

const isOperand = (op: number): boolean => op <= TERM.imm;

/** Pushes values of terms. One per function; `operands` answers for the instruction at hand. */
export class Values {
  readonly #f: FunctionBody;
  readonly #width: Width;
  readonly #operands: Operands;

  constructor(f: FunctionBody, width: Width, operands: Operands) {
    this.#f = f;
    this.#width = width;
    this.#operands = operands;
  }

  #constant(value: number, wide: boolean): void {
    if (wide && this.#width === 64) this.#f.i64ConstNumber(value);
    else this.#f.i32Const(value);
  }

  /** Pushes the value as wide as registers are. */
  wide(t: Term): void {
    if (this.#width === 32) {
      this.low(t);
      return;
    }
    const constant = this.constantOf(t);
    if (constant !== undefined) {
      this.#f.i64ConstNumber(constant);
      return;
    }
    const f = this.#f;
    const { op } = t;
    if (op <= TERM.c) {
      this.#operands.wide(op);
      return;
    }
    if (op === TERM.zx32) {
      this.low(t.p);
      f.op(I64.extendI32U);
      return;
    }
    if (this.#isWord(t)) {
      this.low(t);
      f.op(COMPARISON_OF[op] === undefined ? I64.extendI32S : I64.extendI32U);
      return;
    }
    const binary = MODULAR_OF[op] ?? SHIFT_OF[op];
    if (binary !== undefined) {
      this.wide(t.p);
      this.wide(t.q);
      f.op(binary.i64);
      return;
    }
    const count = COUNT_OF[op];
    if (count !== undefined) {
      this.wide(t.p);
      f.op(count.i64);
      return;
    }
    const divide = DIVISION_OF[op];
    if (divide !== undefined) {
      this.#divide(t, divide, false);
      return;
    }
    switch (op) {
      case TERM.join:
        this.low(t.p);
        f.op(I64.extendI32U);
        this.low(t.q);
        f.op(I64.extendI32U);
        f.i64ConstNumber(32);
        f.op(I64.shl);
        f.op(I64.or);
        return;
      case TERM.select:
        this.wide(t.q);
        this.wide(t.r);
        this.condition(t.p);
        f.op(ANY.select);
        return;
      case TERM.mulh:
      case TERM.mulhu:
      case TERM.mulhsu:
        this.#highProduct(t);
        return;
      case TERM.bswap:
        this.#swapBytes64(t.p);
        return;
      case TERM.orcb:
        this.#combineBytes(t.p, false);
        return;
      default:
        throw new Error(`no code for term operator ${op}`);
    }
  }

  /** True for values that are sign extensions of 32 bits by the operator's definition; comparisons are 0 or 1. */
  #isWord({ op }: Term): boolean {
    return (
      op === TERM.sx32 ||
      op === TERM.sx8 ||
      op === TERM.sx16 ||
      op === TERM.zx16 ||
      COMPARISON_OF[op] !== undefined ||
      WORD_SHIFT_OF[op] !== undefined ||
      WORD_COUNT_OF[op] !== undefined ||
      WORD_DIVISION_OF[op] !== undefined
    );
  }

  /** Pushes the low 32 bits of the value. */
  low(t: Term): void {
    const constant = this.constantOf(t);
    if (constant !== undefined) {
      this.#f.i32Const(constant);
      return;
    }
    const f = this.#f;
    const { op } = t;
    if (op <= TERM.c) {
      this.#operands.low(op);
      return;
    }
    const modular = MODULAR_OF[op];
    if (modular !== undefined) {
      this.low(t.p);
      this.low(t.q);
      f.op(modular.i32);
      return;
    }
    if (COMPARISON_OF[op] !== undefined) {
      this.condition(t);
      return;
    }
    const word = WORD_SHIFT_OF[op];
    if (word !== undefined) {
      this.low(t.p);
      this.low(t.q);
      f.op(word);
      return;
    }
    switch (op) {
      case TERM.sx32:
      case TERM.zx32:
        this.low(t.p);
        return;
      case TERM.sx8:
        this.low(t.p);
        f.op(I32.extend8S);
        return;
      case TERM.sx16:
        this.low(t.p);
        f.op(I32.extend16S);
        return;
      case TERM.zx16:
        this.low(t.p);
        f.i32Const(0xffff);
        f.op(I32.and);
        return;
      case TERM.select:
        this.low(t.q);
        this.low(t.r);
        this.condition(t.p);
        f.op(ANY.select);
        return;
    }
    const counted = WORD_COUNT_OF[op];
    if (counted !== undefined) {
      this.low(t.p);
      f.op(counted);
      return;
    }
    const divided = WORD_DIVISION_OF[op];
    if (divided !== undefined) {
      this.#divide(t, divided, true);
      return;
    }
    if (this.#width === 32) this.#low32(t);
    else this.#low64(t);
  }

  /** What is left of `low` for 32-bit registers. */
  #low32(t: Term): void {
    const f = this.#f;
    const { op } = t;
    const shift = SHIFT_OF[op];
    if (shift !== undefined) {
      this.low(t.p);
      this.low(t.q);
      f.op(shift.i32);
      return;
    }
    const count = COUNT_OF[op];
    if (count !== undefined) {
      this.low(t.p);
      f.op(count.i32);
      return;
    }
    const divide = DIVISION_OF[op];
    if (divide !== undefined) {
      this.#divide(t, divide, true);
      return;
    }
    switch (op) {
      case TERM.mulh:
      case TERM.mulhu:
      case TERM.mulhsu:
        this.low(t.p);
        f.op(op === TERM.mulhu ? I64.extendI32U : I64.extendI32S);
        this.low(t.q);
        f.op(op === TERM.mulh ? I64.extendI32S : I64.extendI32U);
        f.op(I64.mul);
        f.i64ConstNumber(32);
        f.op(I64.shrU);
        f.op(I32.wrapI64);
        return;
      case TERM.bswap:
        this.#swapBytes32(t.p);
        return;
      case TERM.orcb:
        this.#combineBytes(t.p, true);
        return;
      default:
        throw new Error(`no code for term operator ${op}`);
    }
  }

  /** Whether the low word of a term takes few instructions although the whole value does not fit it. */
  hasCheapLow({ op }: Term): boolean {
    return MODULAR_OF[op] !== undefined || op === TERM.shl;
  }

  /** Whether a term looks at the low words of its operands only. */
  takesLowWords({ op, p }: Term): boolean {
    return (
      op === TERM.sx32 ||
      op === TERM.zx32 ||
      WORD_SHIFT_OF[op] !== undefined ||
      (op === TERM.shl && p.op <= TERM.c) ||
      op === TERM.add
    );
  }

  /** What is left of `low` for 64-bit registers: shifts of known distance, else the low half of the whole. */
  #low64(t: Term): void {
    const f = this.#f;
    const { op } = t;
    const distance = SHIFT_OF[op] === undefined ? undefined : this.constantOf(t.q);
    if (distance !== undefined) {
      const by = distance & 63;
      if (op === TERM.shl) {
        if (by > 31) {
          f.i32Const(0);
          return;
        }
        this.low(t.p);
        f.i32Const(by);
        f.op(I32.shl);
        return;
      }
      if (op === TERM.sar && this.isNarrow(t.p)) {
        this.low(t.p);
        f.i32Const(Math.min(by, 31));
        f.op(I32.shrS);
        return;
      }
      if (op === TERM.shr && this.isNatural(t.p)) {
        if (by > 31) {
          f.i32Const(0);
          return;
        }
        this.low(t.p);
        f.i32Const(by);
        f.op(I32.shrU);
        return;
      }
    }
    const divide = DIVISION_OF[op];
    if (divide !== undefined && this.#fitsWords(t, divide.signed)) {
      this.#divide(t, divide, true);
      return;
    }
    this.wide(t);
    f.op(I32.wrapI64);
  }

  /** Whether a division of words has the same low word as that of the whole registers. */
  #fitsWords({ p, q }: Term, signed: boolean): boolean {
    return signed ? this.isNarrow(p) && this.isNarrow(q) : this.isNatural(p) && this.isNatural(q);
  }

  /** Pushes an i32 that is not zero when the value is not. */
  condition(t: Term): void {
    const f = this.#f;
    const comparison = COMPARISON_OF[t.op];
    if (comparison === undefined) {
      if (this.#width === 32 || this.isNarrow(t)) this.low(t);
      else {
        this.wide(t);
        f.i64ConstNumber(0);
        f.op(I64.ne);
      }
      return;
    }
    const { p, q } = t;
    const word = this.#width === 32 || (this.isNarrow(p) && this.isNarrow(q));
    const versusZero = (t.op === TERM.eq || t.op === TERM.ne) && this.constantOf(q) === 0;
    if (word) {
      this.low(p);
      if (versusZero) {
        if (t.op === TERM.eq) f.op(I32.eqz);
        else {
          f.i32Const(0);
          f.op(I32.ne);
        }
        return;
      }
      this.low(q);
      f.op(comparison.i32);
      return;
    }
    this.wide(p);
    if (versusZero && t.op === TERM.eq) {
      f.op(I64.eqz);
      return;
    }
    this.wide(q);
    f.op(comparison.i64);
  }

  /** As `condition`, the other way round. */
  conditionNot(t: Term): void {
    this.condition(t);
    this.#f.op(I32.eqz);
  }

  /** The value where it is a constant that fits signed 32 bits. */
  constantOf(t: Term): number | undefined {
    const { op } = t;
    if (op === TERM.imm) return t.value;
    if (op < TERM.imm) return this.#operands.constant(op);
    const modular = MODULAR_OF[op];
    const isExtension = op === TERM.sx32;
    if (modular === undefined && !isExtension && op !== TERM.shl && op !== TERM.shl32) return undefined;
    const p = isExtension ? this.#constantLow(t.p) : this.constantOf(t.p);
    if (p === undefined) return undefined;
    if (isExtension) return p;
    const q = this.constantOf(t.q);
    if (q === undefined) return undefined;
    const result = fold(op, p, q, this.#width);
    return result === (result | 0) ? result : this.#width === 32 ? result | 0 : undefined;
  }

  /** The low 32 bits as a signed number where they are a constant. */
  #constantLow(t: Term): number | undefined {
    const whole = this.constantOf(t);
    if (whole !== undefined) return whole;
    if (t.op !== TERM.add && t.op !== TERM.sub) return undefined;
    const p = this.constantOf(t.p);
    const q = this.constantOf(t.q);
    if (p === undefined || q === undefined) return undefined;
    return t.op === TERM.add ? (p + q) | 0 : (p - q) | 0;
  }

  /** Whether the value is the sign extension of its low 32 bits. */
  isNarrow(t: Term): boolean {
    if (this.#width === 32) return true;
    const { op } = t;
    if (op <= TERM.c) return this.#operands.isNarrow(op);
    return isOperand(op) || this.#isWord(t) || this.constantOf(t) !== undefined;
  }

  isNatural(t: Term): boolean {
    const { op } = t;
    if (op <= TERM.c) return this.#operands.isNatural(op);
    const constant = this.constantOf(t);
    return constant !== undefined ? constant >= 0 : op === TERM.zx16 || COMPARISON_OF[op] !== undefined;
  }

  /** The operand itself when it costs nothing to push it twice, else it goes to a local. */
  #twice(t: Term, word: boolean): { push(): void; free(): void } {
    const f = this.#f;
    if (isOperand(t.op)) {
      return { push: () => (word ? this.low(t) : this.wide(t)), free: () => {} };
    }
    const local = f.local(word ? I32_TYPE : I64_TYPE);
    if (word) this.low(t);
    else this.wide(t);
    f.set(local);
    return { push: () => f.get(local), free: () => f.release(local) };
  }

  /** RISC-V division: x/0 is all ones, MIN/-1 is MIN; the remainders x and 0. WebAssembly traps there. */
  #divide(t: Term, { i32, i64, signed, remainder }: Division, word: boolean): void {
    const f = this.#f;
    const type: ValueType = word ? I32_TYPE : I64_TYPE;
    const a = this.#twice(t.p, word);
    const b = this.#twice(t.q, word);
    const divisor = this.constantOf(t.q);
    const plain = (): void => {
      a.push();
      b.push();
      f.op(word ? i32 : i64);
    };
    const overflow = (): void => {
      if (!signed || (divisor !== undefined && divisor !== -1)) {
        plain();
        return;
      }
      b.push();
      this.#constant(-1, !word);
      f.op(word ? I32.eq : I64.eq);
      const minusOne = f.if(type);
      if (remainder) this.#constant(0, !word);
      else {
        this.#constant(0, !word);
        a.push();
        f.op(word ? I32.sub : I64.sub);
      }
      f.else(minusOne);
      plain();
      f.end(minusOne);
    };
    if (divisor !== undefined && divisor !== 0) overflow();
    else {
      b.push();
      f.op(word ? I32.eqz : I64.eqz);
      const zero = f.if(type);
      if (remainder) a.push();
      else this.#constant(-1, !word);
      f.else(zero);
      overflow();
      f.end(zero);
    }
    a.free();
    b.free();
  }

  /** High half of a 64-bit product, from four products of 32-bit halves. */
  #highProduct(t: Term): void {
    const f = this.#f;
    const a = this.#twice(t.p, false);
    const b = this.#twice(t.q, false);
    const low = f.local(I64_TYPE);
    const middle = f.local(I64_TYPE);
    const half = (push: () => void, high: boolean): void => {
      push();
      if (high) {
        f.i64ConstNumber(32);
        f.op(I64.shrU);
      } else {
        f.i64ConstNumber(0xffffffff);
        f.op(I64.and);
      }
    };
    const product = (aHigh: boolean, bHigh: boolean): void => {
      half(a.push, aHigh);
      half(b.push, bHigh);
      f.op(I64.mul);
    };
    const shifted = (local: number): void => half(() => f.get(local), true);
    product(true, false);
    product(false, false);
    f.i64ConstNumber(32);
    f.op(I64.shrU);
    f.op(I64.add);
    f.set(low);
    product(false, true);
    f.get(low);
    f.i64ConstNumber(0xffffffff);
    f.op(I64.and);
    f.op(I64.add);
    f.set(middle);
    product(true, true);
    shifted(low);
    f.op(I64.add);
    shifted(middle);
    f.op(I64.add);
    // Signed operands: take off what the unsigned product has too much.
    const correct = (sign: () => void, other: () => void): void => {
      sign();
      f.i64ConstNumber(63);
      f.op(I64.shrS);
      other();
      f.op(I64.and);
      f.op(I64.sub);
    };
    if (t.op !== TERM.mulhu) correct(a.push, b.push);
    if (t.op === TERM.mulh) correct(b.push, a.push);
    f.release(low);
    f.release(middle);
    a.free();
    b.free();
  }

  #swapBytes32(t: Term): void {
    const f = this.#f;
    const a = this.#twice(t, true);
    a.push();
    f.i32Const(8);
    f.op(I32.rotl);
    f.i32Const(0x00ff00ff);
    f.op(I32.and);
    a.push();
    f.i32Const(8);
    f.op(I32.rotr);
    f.i32Const(0xff00ff00 | 0);
    f.op(I32.and);
    f.op(I32.or);
    a.free();
  }

  /** Swaps bytes in pairs, then halfwords in the halves, then the halves. */
  #swapBytes64(t: Term): void {
    const f = this.#f;
    const v = f.local(I64_TYPE);
    this.wide(t);
    f.set(v);
    const round = (by: number, low: number, high: number): void => {
      f.get(v);
      f.i64ConstNumber(by);
      f.op(I64.shrU);
      f.i64Const(low, high);
      f.op(I64.and);
      f.get(v);
      f.i64Const(low, high);
      f.op(I64.and);
      f.i64ConstNumber(by);
      f.op(I64.shl);
      f.op(I64.or);
      f.set(v);
    };
    round(8, 0x00ff00ff, 0x00ff00ff);
    round(16, 0x0000ffff, 0x0000ffff);
    f.get(v);
    f.i64ConstNumber(32);
    f.op(I64.rotl);
    f.release(v);
  }

  /** `orc.b`: each byte becomes all ones unless it was zero. */
  #combineBytes(t: Term, word: boolean): void {
    const f = this.#f;
    const v = f.local(word ? I32_TYPE : I64_TYPE);
    const constant = (byte: number): void => {
      const n = byte * 0x01010101;
      if (word) f.i32Const(n | 0);
      else f.i64Const(n | 0, n | 0);
    };
    const or = word ? I32.or : I64.or;
    // Adding 0x7f carries into the top bit of a byte unless its low seven bits are zero; the top bit itself comes by or.
    if (word) this.low(t);
    else this.wide(t);
    f.tee(v);
    constant(0x7f);
    f.op(word ? I32.and : I64.and);
    constant(0x7f);
    f.op(word ? I32.add : I64.add);
    f.get(v);
    f.op(or);
    this.#constant(7, !word);
    f.op(word ? I32.shrU : I64.shrU);
    constant(1);
    f.op(word ? I32.and : I64.and);
    this.#constant(255, !word);
    f.op(word ? I32.mul : I64.mul);
    f.release(v);
  }
}

/** Exact in doubles where it matters: a result beyond 2^53 does not fit 32 bits and is not used. */
const fold = (op: number, p: number, q: number, width: Width): number => {
  switch (op) {
    case TERM.add:
      return p + q;
    case TERM.sub:
      return p - q;
    case TERM.mul:
      return width === 32 ? Math.imul(p, q) : p * q;
    case TERM.and:
      return p & q;
    case TERM.or:
      return p | q;
    case TERM.xor:
      return p ^ q;
    case TERM.shl32:
      return p << q;
    default:
      return width === 32 ? p << q : p * 2 ** (q & 63);
  }
};
