import { HEAP_LENGTH_CELL } from '../../memory/linear-layout.ts';
import type { FastLoop } from '../graph/function-graph.ts';
import { EXACT, FIRST_SLOT, type Form } from '../graph/loops/linear-forms.ts';
import { type AddressGroup, type Bound, LARGEST_STEP, type Step } from '../graph/loops/plan.ts';
import type { FunctionBody, Label } from './encoder/function-body.ts';
import { ANY, I32, I64, LOAD } from './encoder/opcodes.ts';
import { I32_TYPE, I64_TYPE } from './encoder/types.ts';
import type { Range } from './territory.ts';
import type { Unit } from './unit.ts';

/** Fewer iterations do not pay for finding out how many there are. */
const LEAST_ITERATIONS = 4;
const MOST_ITERATIONS = 2 ** 31 - 1;
/** Counters are far below: what this many iterations cost is exact in 64 bits. */
const DEAREST_LOOP = 2 ** 53;
/** Values of 64 bits are compared only up to 2^62, this being the high half, so that differences do not overflow. */
const FAR_HIGH = 2 ** 30;

/** Isolated code: addresses that do not pass the end of the address space. */
const ANYWHERE: readonly Range[] = [{ start: 0, length: 2 ** 32, writable: true }];

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

class Preheader {
  readonly #f: FunctionBody;
  readonly #unit: Unit;
  readonly #loop: FastLoop;
  readonly #values: EntryValues;
  readonly #locals: LoopLocals;
  readonly #counter: number;
  readonly #behind: number;
  readonly #released: number[] = [];
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
    this.#counter = counter.local;
    this.#behind = counter.behind;
    this.#count = this.#local64();
    this.#distance = this.#local64();
    this.#wholeDistance = this.#local64();
  }

  #local64(): number {
    const local = this.#f.local(I64_TYPE);
    this.#released.push(local);
    return local;
  }

  run(): void {
    const f = this.#f;
    const { bounds, groups, steps, words } = this.#loop.plan;
    const answer = f.block(I32_TYPE);
    const refused = f.block();
    this.#refused = refused;
    const frame = this.#slots();
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
    for (const group of groups) this.#group(group, frame);
    this.#begin();
    f.i32Const(1);
    f.br(answer);
    f.end(refused);
    f.i32Const(0);
    f.end(answer);
    for (const local of this.#released) f.release(local);
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

  // Forms

  #low(form: Form): void {
    emitLowForm(this.#f, form, this.#loop, this.#values, this.#locals);
  }

  #slotBytes(register: number): number {
    return slotBytes(this.#loop, register);
  }

  /** Pushes a form's value as 64 bits. */
  #whole(form: Form): void {
    const f = this.#f;
    if (this.#unit.width === 32 || form.exact !== EXACT.whole) {
      this.#low(form);
      f.op(I64.extendI32S);
      return;
    }
    let first = true;
    for (const { register, factor } of form.summands) {
      if (register >= FIRST_SLOT) {
        f.get(this.#locals.slots[register - FIRST_SLOT] as number);
        if (this.#slotBytes(register) === 4) f.op(I64.extendI32S);
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
  #wholeRegister(register: number): void {
    this.#whole({ summands: [{ register, factor: 1 }], constant: 0, slack: 0, exact: EXACT.whole });
  }

  // Conditions on registers

  #word(form: Form): void {
    const f = this.#f;
    if (this.#unit.width === 32) return;
    const [only] = form.summands;
    if (form.summands.length === 1 && form.constant === 0 && only?.factor === 1) {
      const { register } = only;
      if (register >= FIRST_SLOT ? this.#slotBytes(register) === 4 : this.#values.isWord(register)) return;
    }
    this.#whole(form);
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
    this.#wholeRegister(register);
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
        this.#low({
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
        this.#low(larger);
        this.#low(smaller);
        f.op(I32.sub);
        f.op(I64.extendI32U);
        return;
      }
      const extend = order === 'signed' ? I64.extendI32S : I64.extendI32U;
      this.#low(larger);
      f.op(extend);
      this.#low(smaller);
      f.op(extend);
      f.op(I64.sub);
      return;
    }
    const side = (form: Form): void => {
      this.#whole(form);
      if (order === 'equality') return;
      const value = this.#local64();
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
      this.#wholeRegister(step.register);
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

  // Addresses

  #ranges(writes: boolean, first: Range | undefined): readonly Range[] {
    const { isolated, territory } = this.#unit;
    if (isolated) return ANYWHERE;
    const ranges = territory.ranges.filter((range) => range !== first && (range.writable || !writes));
    return first === undefined ? ranges : [first, ...ranges];
  }

  /** Refuses unless the bytes from one local to behind another lie within one range. */
  #inside(low: number, high: number, writes: boolean, first?: Range): void {
    const f = this.#f;
    const inside = f.block();
    for (const { start, length } of this.#ranges(writes, first)) {
      f.get(low);
      f.i64ConstNumber(start);
      f.op(I64.geS);
      f.get(high);
      if (length !== undefined) f.i64ConstNumber(start + length);
      else {
        f.i32Const(0);
        f.load(LOAD.i64U32, HEAP_LENGTH_CELL);
        f.i64ConstNumber(start);
        f.op(I64.add);
      }
      f.op(I64.leS);
      f.op(I32.and);
      f.brIf(inside);
    }
    f.br(this.#refused as Label);
    f.end(inside);
  }

  /** Sets a new local to the offset in linear memory of an address. */
  #offset(address: Form): number {
    const f = this.#f;
    const { delta } = this.#unit.territory;
    const low = this.#local64();
    this.#low({ ...address, constant: (address.constant + delta) | 0 });
    f.op(I64.extendI32U);
    f.set(low);
    return low;
  }

  #plus(local: number, bytes: number): number {
    const f = this.#f;
    const sum = this.#local64();
    f.get(local);
    f.i64ConstNumber(bytes);
    f.op(I64.add);
    f.set(sum);
    return sum;
  }

  /** Loads the stack slots; where they begin and end, if there are any. */
  #slots(): Frame | undefined {
    const f = this.#f;
    const { slots } = this.#loop.plan.cycle;
    const [lowest] = slots;
    if (lowest === undefined) return undefined;
    const { stackPointer } = this.#unit.territory;
    const last = slots.at(-1) as (typeof slots)[number];
    const stored = slots.some((slot) => slot.stored);
    const low = this.#offset({
      summands: [{ register: stackPointer, factor: 1 }],
      constant: lowest.offset,
      slack: 0,
      exact: EXACT.low,
    });
    const high = this.#plus(low, last.offset + last.bytes - lowest.offset);
    this.#inside(low, high, stored, this.#unit.territory.stack);
    for (const [k, { offset, bytes }] of slots.entries()) {
      f.get(low);
      f.op(I32.wrapI64);
      f.load(bytes === 4 ? LOAD.i32 : LOAD.i64, offset - lowest.offset, 0);
      f.set(this.#locals.slots[k] as number);
    }
    return { low, high, stored };
  }

  #group({ first, span, step, writes }: AddressGroup, frame: Frame | undefined): void {
    const f = this.#f;
    const low = this.#offset(first);
    const high = this.#plus(low, span);
    if (step !== undefined) {
      // The first and the last address: between them the others lie in order.
      const end = step.factor > 0 ? high : low;
      f.get(end);
      this.#way(step);
      f.op(I64.add);
      f.set(end);
    }
    this.#inside(low, high, writes);
    if (frame === undefined || !(writes || frame.stored)) return;
    f.get(low);
    f.get(frame.high);
    f.op(I64.ltS);
    f.get(frame.low);
    f.get(high);
    f.op(I64.ltS);
    f.op(I32.and);
    this.#refuse();
  }

  /** Pushes how far an address moves up to the last iteration. */
  #way({ register, factor }: Step): void {
    const f = this.#f;
    f.get(this.#count);
    f.i64ConstNumber(1);
    f.op(I64.sub);
    if (factor !== 1) {
      f.i64ConstNumber(factor);
      f.op(I64.mul);
    }
    if (register >= 0) {
      this.#wholeRegister(register);
      f.op(I64.mul);
    }
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

/** Where the stack slots lie: locals. */
interface Frame {
  readonly low: number;
  readonly high: number;
  readonly stored: boolean;
}
