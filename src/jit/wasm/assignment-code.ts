import { definesA, TERM, TERM_ARITIES, type Term, termOf } from '../../isa/term.ts';
import { accessOf } from '../graph/accesses.ts';
import type { FunctionGraph } from '../graph/function-graph.ts';
import type { Intervals } from '../graph/intervals.ts';
import type { FunctionBody } from './encoder/function-body.ts';
import { I32, I64 } from './encoder/opcodes.ts';
import { I32_TYPE } from './encoder/types.ts';
import type { FunctionContext } from './function-context.ts';
import type { RegisterLocals } from './register-locals.ts';
import { MODULAR_OF, WORD_SHIFT_OF } from './term-operators.ts';
import type { Unit } from './unit.ts';
import type { Values } from './values.ts';

/** Instructions that are looked at for a use of a low word. */
const LOOK_AHEAD = 12;

/** Instructions that write a value to a register and do nothing else. */
export class AssignmentCode {
  readonly #f: FunctionBody;
  readonly #unit: Unit;
  readonly #graph: FunctionGraph;
  readonly #intervals: Intervals | undefined;
  readonly #locals: RegisterLocals;
  readonly #values: Values;

  constructor(context: FunctionContext, locals: RegisterLocals, values: Values) {
    this.#f = context.f;
    this.#unit = context.unit;
    this.#graph = context.graph;
    this.#intervals = context.intervals;
    this.#locals = locals;
    this.#values = values;
  }

  /** Gives register `a` of instruction `i` the value of its term; `end`: behind the node's last instruction. */
  assign(i: number, term: Term, end: number): void {
    const { a, b } = this.#graph.instructions;
    const register = a[i] as number;
    if (register === 0 && this.#unit.riscv) return;
    // A move to itself is how some compilers write nothing.
    if (term.op === TERM.b && register === b[i]) return;
    const constant = this.#values.constantOf(term);
    if (constant !== undefined) {
      this.#locals.writeConstant(register, constant);
      return;
    }
    if (this.#unit.width === 64 && this.#intervals !== undefined) this.#value64(i, register, term, end);
    else {
      this.#values.wide(term);
      this.#locals.write(register);
    }
  }

  /** A value in full quality: in 32 bits where it fits, else with its low word beside it where that is wanted. */
  #value64(i: number, register: number, term: Term, end: number): void {
    const f = this.#f;
    const intervals = this.#intervals as Intervals;
    intervals.rangeOf(term, i);
    const narrow = intervals.termLow >= -0x80000000 && intervals.termHigh <= 0x7fffffff;
    const distance =
      term.op === TERM.shl || term.op === TERM.shr ? this.#values.constantOf(term.q) : undefined;
    // slli by 32 and srli, in whatever order among others, are how RV64 without Zba extends 32 bits by zeros.
    const shifted =
      term.op === TERM.shr && term.p.op <= TERM.c
        ? this.#locals.shiftedHalf(this.#locals.registerOf(term.p.op))
        : undefined;
    if (shifted !== undefined && distance !== undefined && (distance & 63) <= 32) {
      const up = 32 - (distance & 63);
      if (narrow && up < 32) {
        this.#shiftUp(shifted, up);
        this.#locals.write(register, true);
        return;
      }
      if (up < 32) {
        const wanted = this.#wantsLow(i, register, end);
        if (wanted) {
          this.#shiftUp(shifted, up);
          f.set(this.#locals.narrowLocal(register));
        }
        f.get(shifted);
        f.op(I64.extendI32U);
        if (up !== 0) {
          f.i64ConstNumber(up);
          f.op(I64.shl);
        }
        this.#locals.write(register);
        if (wanted) this.#locals.lowWords |= 1 << register;
        return;
      }
    }
    if (narrow) {
      this.#values.low(term);
      this.#locals.write(register, true);
      return;
    }
    let half = -1;
    if (term.op === TERM.shl && distance === 32) {
      half = f.local(I32_TYPE);
      this.#values.low(term.p);
      f.set(half);
    }
    const wanted = hasCheapLow(term) && this.#wantsLow(i, register, end);
    let low = -1;
    if (wanted) {
      low = f.local(I32_TYPE);
      this.#values.low(term);
      f.set(low);
    }
    this.#values.wide(term);
    this.#locals.write(register);
    if (wanted) {
      f.get(low);
      f.set(this.#locals.narrowLocal(register));
      f.release(low);
      this.#locals.lowWords |= 1 << register;
    }
    if (half >= 0) this.#locals.keepHalf(register, half);
  }

  /** Pushes a 32-bit local, shifted left. */
  #shiftUp(local: number, by: number): void {
    const f = this.#f;
    f.get(local);
    if (by === 0) return;
    f.i32Const(by);
    f.op(I32.shl);
  }

  /** Whether an instruction soon behind `i` takes only the low word of what `i` writes to a register. */
  #wantsLow(i: number, register: number, end: number): boolean {
    const { op, a, b, c } = this.#graph.instructions;
    const last = Math.min(end, i + LOOK_AHEAD);
    for (let k = i + 1; k < last; k++) {
      const o = op[k] as number;
      const shape = accessOf(o);
      if (shape !== undefined) {
        if ((shape.base === 'a' ? a[k] : b[k]) === register && shape.base !== undefined) return true;
        if (shape.store && shape.value === 'a' && shape.bytes < 8 && a[k] === register) return true;
      } else {
        const term = termOf(o);
        if (
          term !== undefined &&
          takesLowWords(term) &&
          (b[k] === register || (c[k] === register && mentionsC(term)))
        ) {
          return true;
        }
      }
      if (definesA(o) && a[k] === register) return false;
    }
    return false;
  }
}

/** Whether a term has operand `c`. */
const mentionsC = (t: Term): boolean =>
  t.op === TERM.c ||
  ((TERM_ARITIES[t.op] as number) > 0 && mentionsC(t.p)) ||
  ((TERM_ARITIES[t.op] as number) > 1 && mentionsC(t.q));

/** Whether the low word of a term takes few instructions although the whole value does not fit it. */
const hasCheapLow = ({ op }: Term): boolean => MODULAR_OF[op] !== undefined || op === TERM.shl;

/** Whether a term looks at the low words of its operands only. */
const takesLowWords = ({ op, p }: Term): boolean =>
  op === TERM.sx32 ||
  op === TERM.zx32 ||
  WORD_SHIFT_OF[op] !== undefined ||
  (op === TERM.shl && p.op <= TERM.c) ||
  op === TERM.add;
