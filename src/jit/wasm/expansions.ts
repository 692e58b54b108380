import type { Width } from '../../core/kind.ts';
import { TERM, type Term } from '../../isa/term.ts';
import type { FunctionBody } from './encoder/function-body.ts';
import { I32, I64 } from './encoder/opcodes.ts';
import { I32_TYPE, I64_TYPE, type ValueType } from './encoder/types.ts';
import { type Division, isOperand } from './term-operators.ts';

/** What pushes the operands. */
export interface TermValues {
  /** Pushes the value as wide as registers are. */
  wide(t: Term): void;
  /** Pushes the low 32 bits of the value. */
  low(t: Term): void;
  /** The value where it is a constant that fits signed 32 bits. */
  constantOf(t: Term): number | undefined;
}

/** Pushes values of operators that are several instructions in WebAssembly. One per function. */
export class Expansions {
  readonly #f: FunctionBody;
  readonly #width: Width;
  readonly #values: TermValues;

  constructor(f: FunctionBody, width: Width, values: TermValues) {
    this.#f = f;
    this.#width = width;
    this.#values = values;
  }

  #constant(value: number, wide: boolean): void {
    if (wide && this.#width === 64) this.#f.i64ConstNumber(value);
    else this.#f.i32Const(value);
  }

  /** The operand itself when it costs nothing to push it twice, else it goes to a local. */
  #twice(t: Term, word: boolean): { push(): void; free(): void } {
    const f = this.#f;
    if (isOperand(t.op)) {
      return { push: () => (word ? this.#values.low(t) : this.#values.wide(t)), free: () => {} };
    }
    const local = f.local(word ? I32_TYPE : I64_TYPE);
    if (word) this.#values.low(t);
    else this.#values.wide(t);
    f.set(local);
    return { push: () => f.get(local), free: () => f.release(local) };
  }

  /** RISC-V division: x/0 is all ones, MIN/-1 is MIN; the remainders x and 0. WebAssembly traps there. */
  divide(t: Term, { i32, i64, signed, remainder }: Division, word: boolean): void {
    const f = this.#f;
    const type: ValueType = word ? I32_TYPE : I64_TYPE;
    const a = this.#twice(t.p, word);
    const b = this.#twice(t.q, word);
    const divisor = this.#values.constantOf(t.q);
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
  highProduct(t: Term): void {
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

  /** Swaps the bytes of the low 32 bits. */
  swapBytes32(t: Term): void {
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
  swapBytes64(t: Term): void {
    const f = this.#f;
    const v = f.local(I64_TYPE);
    this.#values.wide(t);
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
  combineBytes(t: Term, word: boolean): void {
    const f = this.#f;
    const v = f.local(word ? I32_TYPE : I64_TYPE);
    const constant = (byte: number): void => {
      const n = byte * 0x01010101;
      if (word) f.i32Const(n | 0);
      else f.i64Const(n | 0, n | 0);
    };
    const or = word ? I32.or : I64.or;
    // Adding 0x7f carries into the top bit of a byte unless its low seven bits are zero; the top bit itself comes by or.
    if (word) this.#values.low(t);
    else this.#values.wide(t);
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
