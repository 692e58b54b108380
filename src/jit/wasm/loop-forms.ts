import type { FastLoop } from '../graph/function-graph.ts';
import { EXACT, FIRST_SLOT, type Form } from '../graph/loops/linear-forms.ts';
import type { FunctionBody } from './encoder/function-body.ts';
import { I32, I64 } from './encoder/opcodes.ts';
import { I64_TYPE } from './encoder/types.ts';
import type { Unit } from './unit.ts';

/** Registers as they are where a loop begins. */
export interface EntryValues {
  /** Pushes the low 32 bits. */
  low(register: number): void;
  /** Pushes the value as wide as registers are. */
  wide(register: number): void;
  /** Whether it is known to be the sign extension of its low 32 bits. */
  isWord(register: number): boolean;
}

/** Locals of a fast loop: jumps back, iterations left over (-1: none), and the stack slots. */
export interface LoopLocals {
  readonly iterations: number;
  readonly rest: number;
  /** Set to 1 when the loop ends with the last copy of its body; -1: it never does. */
  readonly ends: number;
  readonly slots: readonly number[];
}

/** Pushes the low 32 bits of a form's value, without what is unknown of it. */
export const emitLowForm = (
  f: FunctionBody,
  { summands, constant }: Form,
  loop: FastLoop,
  values: EntryValues,
  { slots }: LoopLocals,
): void => {
  let first = true;
  for (const { register, factor } of summands) {
    if (register >= FIRST_SLOT) {
      f.get(slots[register - FIRST_SLOT] as number);
      if (slotBytes(loop, register) === 8) f.op(I32.wrapI64);
    } else values.low(register);
    if (factor !== 1) {
      f.i32Const(factor);
      f.op(I32.mul);
    }
    if (!first) f.op(I32.add);
    first = false;
  }
  if (first || constant !== 0) f.i32Const(constant);
  if (!first && constant !== 0) f.op(I32.add);
};

const slotBytes = (loop: FastLoop, register: number): number =>
  loop.plan.cycle.slots[register - FIRST_SLOT]?.bytes as number;

/** Values of forms where a loop begins, and the 64-bit locals that are needed meanwhile. */
export class LoopForms {
  readonly #f: FunctionBody;
  readonly #unit: Unit;
  readonly #loop: FastLoop;
  readonly #values: EntryValues;
  readonly #locals: LoopLocals;
  readonly #released: number[] = [];

  constructor(f: FunctionBody, unit: Unit, loop: FastLoop, values: EntryValues, locals: LoopLocals) {
    this.#f = f;
    this.#unit = unit;
    this.#loop = loop;
    this.#values = values;
    this.#locals = locals;
  }

  /** A local until `release`. */
  local64(): number {
    const local = this.#f.local(I64_TYPE);
    this.#released.push(local);
    return local;
  }

  /** Gives them back. */
  release(): void {
    for (const local of this.#released) this.#f.release(local);
  }

  /** Pushes the low 32 bits of a form's value. */
  low(form: Form): void {
    emitLowForm(this.#f, form, this.#loop, this.#values, this.#locals);
  }

  /** Bytes of a stack slot, by the number that it has as a register. */
  slotBytes(register: number): number {
    return slotBytes(this.#loop, register);
  }

  /** Pushes a form's value as 64 bits. */
  whole(form: Form): void {
    const f = this.#f;
    if (this.#unit.width === 32 || form.exact !== EXACT.whole) {
      this.low(form);
      f.op(I64.extendI32S);
      return;
    }
    let first = true;
    for (const { register, factor } of form.summands) {
      if (register >= FIRST_SLOT) {
        f.get(this.#locals.slots[register - FIRST_SLOT] as number);
        if (this.slotBytes(register) === 4) f.op(I64.extendI32S);
      } else this.#values.wide(register);
      if (factor !== 1) {
        f.i64ConstNumber(factor);
        f.op(I64.mul);
      }
      if (!first) f.op(I64.add);
      first = false;
    }
    if (first) f.i64ConstNumber(form.constant);
    else if (form.constant !== 0) {
      f.i64ConstNumber(form.constant);
      f.op(I64.add);
    }
  }

  /** Pushes a register, or slot, as 64 bits. */
  wholeRegister(register: number): void {
    this.whole({ summands: [{ register, factor: 1 }], constant: 0, slack: 0, exact: EXACT.whole });
  }
}
