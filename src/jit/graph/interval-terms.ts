import type { Width } from '../../core/kind.ts';
import type { Sem } from '../../isa/sem.ts';
import { TERM, TERM_ARITIES, type Term } from '../../isa/term.ts';
import type { Instructions } from './instructions.ts';
import { Interval, WORD_HIGH } from './interval.ts';
import { uint8Zeros } from './small-arrays.ts';

/** Registers that a state has room for. */
export const REGISTERS = 32;

/** Where the ends of ranges are in a state's cells, counted in registers. */
const HIGH = REGISTERS;
const SHIFTED_LOW = 2 * REGISTERS;
const SHIFTED_HIGH = 3 * REGISTERS;

/** Cells of a state. */
export const STATE_CELLS: number = 4 * REGISTERS;

/** Ranges of all registers at one place. */
export class RegisterRanges {
  /** STATE_CELLS numbers, which may be followed by others: it is one array because each costs time to make. */
  readonly cells: Float64Array;
  /**
   * Bit set of registers that hold a value shifted to the left, so far that the range of the register says less than
   * that of the value. 64-bit kinds only: compilers make zero extensions of two shifts, with other instructions in
   * between.
   */
  shifted = 0;
  /** By how many bits. */
  readonly distances: Uint8Array = uint8Zeros(REGISTERS);

  constructor(cells: Float64Array) {
    this.cells = cells;
  }

  low(register: number): number {
    return this.cells[register] as number;
  }

  high(register: number): number {
    return this.cells[HIGH + register] as number;
  }

  set(register: number, low: number, high: number): void {
    this.cells[register] = low;
    this.cells[HIGH + register] = high;
  }

  /** The register is written. */
  assign(register: number, low: number, high: number): void {
    this.set(register, low, high);
    this.shifted &= ~(1 << register);
  }

  /** The register, which has been assigned, holds a value of this range shifted so far. */
  shift(register: number, distance: number, low: number, high: number): void {
    this.shifted |= 1 << register;
    this.distances[register] = distance;
    this.cells[SHIFTED_LOW + register] = low;
    this.cells[SHIFTED_HIGH + register] = high;
  }

  /** The range of the value that was shifted. */
  shiftedLow(register: number): number {
    return this.cells[SHIFTED_LOW + register] as number;
  }

  shiftedHigh(register: number): number {
    return this.cells[SHIFTED_HIGH + register] as number;
  }

  setAll(low: number, high: number): void {
    this.cells.fill(low, 0, REGISTERS);
    this.cells.fill(high, REGISTERS, 2 * REGISTERS);
    this.shifted = 0;
  }
}

/** Numbers of the operators with so many operands; a switch over them that forgets one is a type error. */
type OperatorsOf<Arity> = (typeof TERM)[{
  [K in Exclude<keyof Sem<unknown>, 'imm'>]: Parameters<Sem<unknown>[K]>['length'] extends Arity ? K : never;
}[Exclude<keyof Sem<unknown>, 'imm'>]];

/** Operators with two operands that look at low words only. */
type WordOperator = OperatorsOf<2> & (typeof TERM)['join' | Extract<keyof typeof TERM, `${string}32`>];

const noRange = (op: never): never => {
  throw new Error(`no range for term operator ${op}`);
};

/** The only operator with three operands. */
const SELECT: OperatorsOf<3> = TERM.select;

/** Computes the ranges of terms from those of registers. */
export class TermRanges {
  /** The range of the term that was looked at last. */
  readonly result: Interval;
  readonly #width: Width;
  readonly #instructions: Instructions;
  readonly #registers: RegisterRanges;
  /** The instruction whose operands the terms have. */
  at = 0;

  constructor(width: Width, instructions: Instructions, registers: RegisterRanges) {
    this.result = new Interval(width);
    this.#width = width;
    this.#instructions = instructions;
    this.#registers = registers;
  }

  /** The register of an operand (TERM.a, .b or .c), or -1 when it is none. */
  registerOf(op: number): number {
    const { a, b, c } = this.#instructions;
    if (op === TERM.b) return b[this.at] as number;
    if (op === TERM.a) return a[this.at] as number;
    return op === TERM.c ? (c[this.at] as number) : -1;
  }

  #leaf(t: Term): void {
    const r = this.result;
    const register = this.registerOf(t.op);
    if (register >= 0) {
      r.low = this.#registers.low(register);
      r.high = this.#registers.high(register);
      return;
    }
    const { x, y } = this.#instructions;
    const value = t.op === TERM.imm ? t.value : ((t.op === TERM.x ? x[this.at] : y[this.at]) as number);
    r.low = value;
    r.high = value;
  }

  /** Leaves the range of a term of the instruction `at` in `result`. */
  of(t: Term): void {
    const arity = TERM_ARITIES[t.op] as number;
    if (arity === 0) {
      this.#leaf(t);
      return;
    }
    const r = this.result;
    if (t.op === SELECT) {
      this.#select(t);
      return;
    }
    if ((t.op === TERM.shr || t.op === TERM.sar) && this.#shiftBack(t)) return;
    if (t.op === TERM.sx32 && t.p.op === TERM.mul) {
      this.#productWord(t.p);
      return;
    }
    this.of(t.p);
    const al = r.low;
    const ah = r.high;
    if (arity === 1) {
      this.#unary(t.op as OperatorsOf<1>, al, ah);
      return;
    }
    this.of(t.q);
    this.#binary(t.op as OperatorsOf<2>, al, ah, r.low, r.high);
  }

  /** A register that was shifted to the left is shifted back by a constant. */
  #shiftBack(t: Term): boolean {
    const registers = this.#registers;
    if (registers.shifted === 0) return false;
    const register = this.registerOf(t.p.op);
    if (register < 0 || ((registers.shifted >>> register) & 1) === 0 || t.q.op > TERM.imm) return false;
    this.#leaf(t.q);
    const r = this.result;
    const down = r.low & 63;
    if (r.low !== r.high || down === 0) return false;
    const up = registers.distances[register] as number;
    const signed = t.op === TERM.sar;
    r.shiftBack(registers.shiftedLow(register), registers.shiftedHigh(register), up, down, signed);
    return true;
  }

  /** The low word of a product, of which more is known than of the product where that does not fit 64 bits. */
  #productWord(t: Term): void {
    const r = this.result;
    this.of(t.p);
    r.toWord(r.low, r.high);
    const al = r.low;
    const ah = r.high;
    this.of(t.q);
    r.toWord(r.low, r.high);
    r.mulWord(al, ah, r.low, r.high);
  }

  #select(t: Term): void {
    const r = this.result;
    const { p: condition, q, r: otherwise } = t;
    this.of(condition);
    if (r.low > 0 || r.high < 0) {
      this.of(q);
      return;
    }
    if (r.low === 0 && r.high === 0) {
      this.of(otherwise);
      return;
    }
    this.of(q);
    const al = r.low;
    const ah = r.high;
    this.of(otherwise);
    const bl = r.low;
    const bh = r.high;
    // Minimum and maximum: the smaller or the larger of the two that are compared. Leaves are equal by identity.
    const isMinimum = condition.p === q && condition.q === otherwise;
    const isMaximum = condition.p === otherwise && condition.q === q;
    const compares = condition.op === TERM.lt || (condition.op === TERM.ltu && al >= 0 && bl >= 0);
    if (compares && isMinimum) r.set(Math.min(al, bl), Math.min(ah, bh));
    else if (compares && isMaximum) r.set(Math.max(al, bl), Math.max(ah, bh));
    // As an unsigned number a negative one is larger than any other.
    else if (condition.op === TERM.ltu && isMinimum && (al >= 0 || bl >= 0)) r.set(0, al >= 0 ? ah : bh);
    else r.hull(al, ah, bl, bh);
  }

  #unary(op: OperatorsOf<1>, al: number, ah: number): void {
    const r = this.result;
    switch (op) {
      case TERM.sx8:
        if (al < -128 || ah > 127) r.wrap(al, ah, -128, 256);
        else r.set(al, ah);
        return;
      case TERM.sx16:
        if (al < -32768 || ah > 32767) r.wrap(al, ah, -32768, 65536);
        else r.set(al, ah);
        return;
      case TERM.sx32:
        r.toWord(al, ah);
        return;
      case TERM.zx16:
        if (al < 0 || ah > 65535) r.wrap(al, ah, 0, 65536);
        else r.set(al, ah);
        return;
      case TERM.zx32:
        if (al >= 0 && ah <= WORD_HIGH) r.set(al, ah);
        else if (this.#width === 64) r.wrap(al, ah, 0, 2 ** 32);
        return;
      case TERM.clz:
        r.clz(al, ah, this.#width === 32);
        return;
      case TERM.ctz:
        r.ctz(al, ah, this.#width === 32);
        return;
      case TERM.popcnt:
        r.popcnt(al, ah, this.#width === 32);
        return;
      case TERM.bswap:
        if (al !== 0 || ah !== 0) r.unknown();
        return;
      case TERM.orcb:
        r.orBytes(al, ah);
        return;
    }
    r.toWord(al, ah);
    const wl = r.low;
    const wh = r.high;
    switch (op) {
      case TERM.clz32:
        r.clz(wl, wh, true);
        return;
      case TERM.ctz32:
        r.ctz(wl, wh, true);
        return;
      case TERM.popcnt32:
        r.popcnt(wl, wh, true);
        return;
      default:
        noRange(op);
    }
  }

  #binary(op: OperatorsOf<2>, al: number, ah: number, bl: number, bh: number): void {
    const r = this.result;
    const word = this.#width === 32;
    switch (op) {
      case TERM.add:
        r.add(al, ah, bl, bh);
        return;
      case TERM.sub:
        r.sub(al, ah, bl, bh);
        return;
      case TERM.mul:
        r.mul(al, ah, bl, bh);
        return;
      case TERM.mulh:
        r.mulHigh(al, ah, true, bl, bh, true);
        return;
      case TERM.mulhu:
        r.mulHigh(al, ah, false, bl, bh, false);
        return;
      case TERM.mulhsu:
        r.mulHigh(al, ah, true, bl, bh, false);
        return;
      case TERM.div:
        r.div(al, ah, bl, bh, word);
        return;
      case TERM.divu:
        r.divUnsigned(al, ah, bl, bh, word);
        return;
      case TERM.rem:
        r.rem(al, ah, bl, bh);
        return;
      case TERM.remu:
        r.remUnsigned(al, ah, bl, bh, word);
        return;
      case TERM.and:
        r.and(al, ah, bl, bh);
        return;
      case TERM.or:
        r.or(al, ah, bl, bh);
        return;
      case TERM.xor:
        r.xor(al, ah, bl, bh);
        return;
      case TERM.shl:
        r.shl(al, ah, bl, bh, word);
        return;
      case TERM.shr:
        r.shr(al, ah, bl, bh, word);
        return;
      case TERM.sar:
        r.sar(al, ah, bl, bh, word);
        return;
      case TERM.rotl:
        r.rotate(al, ah, bl, bh, 1, word);
        return;
      case TERM.rotr:
        r.rotate(al, ah, bl, bh, -1, word);
        return;
      case TERM.eq:
        r.equal(al, ah, bl, bh, true);
        return;
      case TERM.ne:
        r.equal(al, ah, bl, bh, false);
        return;
      case TERM.lt:
        r.less(al, ah, bl, bh, true);
        return;
      case TERM.ge:
        r.less(al, ah, bl, bh, false);
        return;
      case TERM.ltu:
        r.lessUnsigned(al, ah, bl, bh, true);
        return;
      case TERM.geu:
        r.lessUnsigned(al, ah, bl, bh, false);
        return;
    }
    r.toWord(al, ah);
    const wl = r.low;
    const wh = r.high;
    r.toWord(bl, bh);
    this.#binaryOfWords(op, wl, wh, r.low, r.high);
  }

  #binaryOfWords(op: WordOperator, al: number, ah: number, bl: number, bh: number): void {
    const r = this.result;
    switch (op) {
      case TERM.join:
        r.join(al, ah, bl, bh);
        return;
      case TERM.div32:
        r.div(al, ah, bl, bh, true);
        return;
      case TERM.divu32:
        r.divUnsigned(al, ah, bl, bh, true);
        return;
      case TERM.rem32:
        r.rem(al, ah, bl, bh);
        return;
      case TERM.remu32:
        r.remUnsigned(al, ah, bl, bh, true);
        return;
      case TERM.shl32:
        r.shl(al, ah, bl, bh, true);
        return;
      case TERM.shr32:
        r.shr(al, ah, bl, bh, true);
        return;
      case TERM.sar32:
        r.sar(al, ah, bl, bh, true);
        return;
      case TERM.rotl32:
        r.rotate(al, ah, bl, bh, 1, true);
        return;
      case TERM.rotr32:
        r.rotate(al, ah, bl, bh, -1, true);
        return;
      default:
        noRange(op);
    }
  }
}
