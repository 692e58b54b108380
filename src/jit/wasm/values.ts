import type { Width } from '../../core/kind.ts';
import { TERM, type Term } from '../../isa/term.ts';
import { fold } from '../graph/constant-folding.ts';
import type { FunctionBody } from './encoder/function-body.ts';
import { ANY, I32, I64 } from './encoder/opcodes.ts';
import { Expansions, type TermValues } from './expansions.ts';
import {
  COMPARISON_OF,
  COUNT_OF,
  DIVISION_OF,
  isOperand,
  MODULAR_OF,
  SHIFT_OF,
  WORD_COUNT_OF,
  WORD_DIVISION_OF,
  WORD_SHIFT_OF,
} from './term-operators.ts';

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
/** Pushes values of terms. One per function; `operands` answers for the instruction at hand. */
export class Values implements TermValues {
  readonly #f: FunctionBody;
  readonly #width: Width;
  readonly #operands: Operands;
  readonly #expansions: Expansions;

  constructor(f: FunctionBody, width: Width, operands: Operands) {
    this.#f = f;
    this.#width = width;
    this.#operands = operands;
    this.#expansions = new Expansions(f, width, this);
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
      this.#expansions.divide(t, divide, false);
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
        this.#expansions.highProduct(t);
        return;
      case TERM.bswap:
        this.#expansions.swapBytes64(t.p);
        return;
      case TERM.orcb:
        this.#expansions.combineBytes(t.p, false);
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
      this.#expansions.divide(t, divided, true);
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
      this.#expansions.divide(t, divide, true);
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
        this.#expansions.swapBytes32(t.p);
        return;
      case TERM.orcb:
        this.#expansions.combineBytes(t.p, true);
        return;
      default:
        throw new Error(`no code for term operator ${op}`);
    }
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
      this.#expansions.divide(t, divide, true);
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

  /** Whether it is narrow and not negative. */
  isNatural(t: Term): boolean {
    const { op } = t;
    if (op <= TERM.c) return this.#operands.isNatural(op);
    const constant = this.constantOf(t);
    return constant !== undefined ? constant >= 0 : op === TERM.zx16 || COMPARISON_OF[op] !== undefined;
  }
}
