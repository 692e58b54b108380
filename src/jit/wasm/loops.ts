import type { FastLoop } from '../graph/function-graph.ts';
import { EXACT, FIRST_SLOT, type Form } from '../graph/loops/linear-forms.ts';
import { type Bound, LARGEST_STEP } from '../graph/loops/plan.ts';
import type { FunctionBody, Label } from './encoder/function-body.ts';
import { ANY, I32, I64 } from './encoder/opcodes.ts';
import { I32_TYPE } from './encoder/types.ts';
import { LoopAddresses } from './loop-addresses.ts';
import { type EntryValues, LoopForms, type LoopLocals } from './loop-forms.ts';
import type { Unit } from './unit.ts';

/** Fewer iterations do not pay for finding out how many there are. */
const LEAST_ITERATIONS = 4;
const MOST_ITERATIONS = 2 ** 31 - 1;
/** Counters are far below: what this many iterations cost is exact in 64 bits. */
const DEAREST_LOOP = 2 ** 53;
/** Values of 64 bits are compared only up to 2^62, this being the high half, so that differences do not overflow. */
const FAR_HIGH = 2 ** 30;

/** Whether iterations of a loop can be paid at once. */
export const isPayable = (unit: Unit, cost: number, count: number): boolean =>
  unit.pack(cost, count) * LEAST_ITERATIONS <= DEAREST_LOOP;

/**
 * Pushes whether the fast version of a loop may run: then its locals are set, and the counter has paid for its
 * iterations. In whatever is doubtful the answer is no.
 */
export const emitPreheader = (
  f: FunctionBody,
  unit: Unit,
  loop: FastLoop,
  values: EntryValues,
  locals: LoopLocals,
  counter: Counter,
): void => new Preheader(f, unit, loop, values, locals, counter).run();

/** The local of the counter, and what must be left of it behind a loop that ends. */
export interface Counter {
  readonly local: number;
  readonly behind: number;
}

class Preheader {
  readonly #f: FunctionBody;
  readonly #unit: Unit;
  readonly #loop: FastLoop;
  readonly #values: EntryValues;
  readonly #locals: LoopLocals;
  readonly #forms: LoopForms;
  readonly #counter: number;
  readonly #behind: number;
  /** Number of iterations, and what else is being computed. */
  readonly #count: number;
  readonly #distance: number;
  /** The distance of the only bound, as it was. */
  readonly #wholeDistance: number;
  #refused: Label | undefined;

  constructor(
    f: FunctionBody,
    unit: Unit,
    loop: FastLoop,
    values: EntryValues,
    locals: LoopLocals,
    counter: Counter,
  ) {
    this.#f = f;
    this.#unit = unit;
    this.#loop = loop;
    this.#values = values;
    this.#locals = locals;
    this.#forms = new LoopForms(f, unit, loop, values, locals);
    this.#counter = counter.local;
    this.#behind = counter.behind;
    this.#count = this.#forms.local64();
    this.#distance = this.#forms.local64();
    this.#wholeDistance = this.#forms.local64();
  }

  run(): void {
    const f = this.#f;
    const { bounds, groups, steps, words } = this.#loop.plan;
    const answer = f.block(I32_TYPE);
    const refused = f.block();
    this.#refused = refused;
    const addresses = new LoopAddresses(
      f,
      this.#unit,
      this.#loop,
      this.#forms,
      this.#locals.slots,
      this.#count,
      refused,
    );
    const frame = addresses.slots();
    for (const form of words) this.#word(form);
    for (const register of steps) this.#stepRegister(register);
    for (const [k, bound] of bounds.entries()) {
      this.#iterationsOf(bound);
      if (k === 0) f.set(this.#count);
      else {
        f.set(this.#distance);
        this.#smaller(this.#count, this.#distance);
        f.set(this.#count);
      }
    }
    if (this.#locals.ends >= 0) this.#foreseeEnd(bounds[0] as Bound);
    this.#afford();
    for (const group of groups) addresses.group(group, frame);
    this.#begin();
    f.i32Const(1);
    f.br(answer);
    f.end(refused);
    f.i32Const(0);
    f.end(answer);
    this.#forms.release();
  }

  /** Leaves with no when the number on the stack is not 0. */
  #refuse(): void {
    this.#f.brIf(this.#refused as Label);
  }

  /** Pushes the smaller one of two locals. */
  #smaller(one: number, other: number): void {
    const f = this.#f;
    f.get(one);
    f.get(other);
    f.get(one);
    f.get(other);
    f.op(I64.ltS);
    f.op(ANY.select);
  }

  // Conditions on registers

  #word(form: Form): void {
    const f = this.#f;
    if (this.#unit.width === 32) return;
    const [only] = form.summands;
    if (form.summands.length === 1 && form.constant === 0 && only?.factor === 1) {
      const { register } = only;
      if (register >= FIRST_SLOT ? this.#forms.slotBytes(register) === 4 : this.#values.isWord(register))
        return;
    }
    this.#forms.whole(form);
    f.set(this.#distance);
    f.get(this.#distance);
    f.get(this.#distance);
    f.op(I32.wrapI64);
    f.op(I64.extendI32S);
    f.op(I64.ne);
    this.#refuse();
  }

  #stepRegister(register: number): void {
    const f = this.#f;
    this.#forms.wholeRegister(register);
    f.i64ConstNumber(1);
    f.op(I64.sub);
    f.i64ConstNumber(LARGEST_STEP);
    f.op(I64.geU);
    this.#refuse();
  }

  // Iterations

  /** Pushes for how many iterations a test lets the loop go on, at least 1 and at most MOST_ITERATIONS; or less. */
  #iterationsOf(bound: Bound): void {
    const f = this.#f;
    const { strict, step } = bound;
    const distance = this.#distance;
    this.#difference(bound);
    if (strict) {
      f.i64ConstNumber(1);
      f.op(I64.sub);
    }
    if (this.#locals.ends >= 0) f.tee(this.#wholeDistance);
    f.set(distance);
    f.get(distance);
    f.i64ConstNumber(0);
    f.op(I64.ltS);
    this.#refuse();
    const { cost, count } = this.#loop;
    const most = Math.min(MOST_ITERATIONS, Math.floor(DEAREST_LOOP / this.#unit.pack(cost, count)));
    // Divided in 32 bits, which is faster and exact for distances up to there.
    f.get(distance);
    f.i64ConstNumber(MOST_ITERATIONS);
    f.get(distance);
    f.i64ConstNumber(MOST_ITERATIONS);
    f.op(I64.ltU);
    f.op(ANY.select);
    if (step.register >= 0 || step.factor !== 1) {
      f.op(I32.wrapI64);
      if (step.register < 0) f.i32Const(step.factor);
      else {
        this.#forms.low({
          summands: [{ register: step.register, factor: step.factor }],
          constant: 0,
          slack: 0,
          exact: EXACT.low,
        });
      }
      f.op(I32.divU);
      f.op(I64.extendI32U);
    }
    // Of the last one it is not known whether another follows: the bound is inclusive or the distance less one.
    f.i64ConstNumber(1);
    f.op(I64.add);
    if (most < MOST_ITERATIONS) {
      f.set(distance);
      f.get(distance);
      f.i64ConstNumber(most);
      f.get(distance);
      f.i64ConstNumber(most);
      f.op(I64.ltS);
      f.op(ANY.select);
    }
  }

  /** Pushes how far the two sides of a test are apart; negative, or refused, where that cannot be said. */
  #difference({ larger, smaller, order, word }: Bound): void {
    const f = this.#f;
    if (this.#unit.width === 32 || word) {
      if (order === 'equality') {
        this.#forms.low(larger);
        this.#forms.low(smaller);
        f.op(I32.sub);
        f.op(I64.extendI32U);
        return;
      }
      const extend = order === 'signed' ? I64.extendI32S : I64.extendI32U;
      this.#forms.low(larger);
      f.op(extend);
      this.#forms.low(smaller);
      f.op(extend);
      f.op(I64.sub);
      return;
    }
    const side = (form: Form): void => {
      this.#forms.whole(form);
      if (order === 'equality') return;
      const value = this.#forms.local64();
      f.set(value);
      f.get(value);
      if (order === 'signed') {
        f.i64Const(0, FAR_HIGH);
        f.op(I64.add);
      }
      f.i64Const(0, order === 'signed' ? (2 * FAR_HIGH) | 0 : FAR_HIGH);
      f.op(I64.geU);
      this.#refuse();
      f.get(value);
    };
    side(larger);
    side(smaller);
    f.op(I64.sub);
  }

  /**
   * Counts one more iteration, the last one, when the value that is stepped meets its bound exactly and the counter
   * lasts for that and what comes behind the loop.
   */
  #foreseeEnd({ step }: Bound): void {
    const f = this.#f;
    const { cost, count } = this.#loop;
    // The distance at the first test is one more than the local has.
    f.get(this.#count);
    if (step.factor !== 1) {
      f.i64ConstNumber(step.factor);
      f.op(I64.mul);
    }
    if (step.register >= 0) {
      this.#forms.wholeRegister(step.register);
      f.op(I64.mul);
    }
    f.i64ConstNumber(1);
    f.op(I64.sub);
    f.get(this.#wholeDistance);
    f.op(I64.eq);
    f.get(this.#count);
    f.i64ConstNumber(1);
    f.op(I64.add);
    f.i64ConstNumber(this.#unit.pack(cost, count));
    f.op(I64.mul);
    f.i64ConstNumber(this.#behind);
    f.op(I64.add);
    f.get(this.#counter);
    f.op(I64.leS);
    f.op(I32.and);
    f.tee(this.#locals.ends);
    f.op(I64.extendI32U);
    f.get(this.#count);
    f.op(I64.add);
    f.set(this.#count);
  }

  /** Makes the iterations as few as the counter lasts for. */
  #afford(): void {
    const f = this.#f;
    const { cost, count } = this.#loop;
    const packed = this.#unit.pack(cost, count);
    f.get(this.#count);
    if (packed !== 1) {
      f.i64ConstNumber(packed);
      f.op(I64.mul);
    }
    f.get(this.#counter);
    f.op(I64.gtS);
    const short = f.if();
    f.get(this.#counter);
    f.i64ConstNumber(packed);
    f.op(I64.divS);
    f.set(this.#count);
    f.end(short);
    f.get(this.#count);
    f.i64ConstNumber(LEAST_ITERATIONS);
    f.op(I64.ltS);
    this.#refuse();
  }

  /** Pays, and sets the locals: one iteration runs behind the loops. */
  #begin(): void {
    const f = this.#f;
    const { cost, count, unroll } = this.#loop;
    f.get(this.#counter);
    f.get(this.#count);
    f.i64ConstNumber(this.#unit.pack(cost, count));
    f.op(I64.mul);
    f.op(I64.sub);
    f.set(this.#counter);
    f.get(this.#count);
    f.op(I32.wrapI64);
    f.i32Const(1);
    f.op(I32.sub);
    f.tee(this.#locals.iterations);
    if (unroll === 1) {
      f.op(ANY.drop);
      return;
    }
    f.i32Const(unroll - 1);
    f.op(I32.and);
    f.set(this.#locals.rest);
    f.get(this.#locals.iterations);
    f.i32Const(Math.log2(unroll));
    f.op(I32.shrU);
    f.set(this.#locals.iterations);
  }
}
