import { HEAP_LENGTH_CELL } from '../../memory/linear-layout.ts';
import type { FastLoop } from '../graph/function-graph.ts';
import { EXACT, type Form } from '../graph/loops/linear-forms.ts';
import type { AddressGroup, Step } from '../graph/loops/plan.ts';
import type { FunctionBody, Label } from './encoder/function-body.ts';
import { I32, I64, LOAD } from './encoder/opcodes.ts';
import type { LoopForms } from './loop-forms.ts';
import type { Range } from './territory.ts';
import type { Unit } from './unit.ts';

/** Isolated code: addresses that do not pass the end of the address space. */
const ANYWHERE: readonly Range[] = [{ start: 0, length: 2 ** 32, writable: true }];

/** Where the stack slots lie: locals. */
export interface Frame {
  readonly low: number;
  readonly high: number;
  readonly stored: boolean;
}

/** Checks that the addresses of a fast loop are allowed, from the first iteration to the last. */
export class LoopAddresses {
  readonly #f: FunctionBody;
  readonly #unit: Unit;
  readonly #loop: FastLoop;
  readonly #forms: LoopForms;
  /** Locals of the stack slots. */
  readonly #slots: readonly number[];
  /** The local with the number of iterations. */
  readonly #count: number;
  readonly #refused: Label;

  constructor(
    f: FunctionBody,
    unit: Unit,
    loop: FastLoop,
    forms: LoopForms,
    slots: readonly number[],
    count: number,
    refused: Label,
  ) {
    this.#f = f;
    this.#unit = unit;
    this.#loop = loop;
    this.#forms = forms;
    this.#slots = slots;
    this.#count = count;
    this.#refused = refused;
  }

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
    f.br(this.#refused);
    f.end(inside);
  }

  /** Sets a new local to the offset in linear memory of an address. */
  #offset(address: Form): number {
    const f = this.#f;
    const { delta } = this.#unit.territory;
    const low = this.#forms.local64();
    this.#forms.low({ ...address, constant: (address.constant + delta) | 0 });
    f.op(I64.extendI32U);
    f.set(low);
    return low;
  }

  #plus(local: number, bytes: number): number {
    const f = this.#f;
    const sum = this.#forms.local64();
    f.get(local);
    f.i64ConstNumber(bytes);
    f.op(I64.add);
    f.set(sum);
    return sum;
  }

  /** Loads the stack slots; where they begin and end, if there are any. */
  slots(): Frame | undefined {
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
      f.set(this.#slots[k] as number);
    }
    return { low, high, stored };
  }

  /** Refuses unless all accesses of a group are allowed and none is to a stack slot. */
  group({ first, span, step, writes }: AddressGroup, frame: Frame | undefined): void {
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
    f.brIf(this.#refused);
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
      this.#forms.wholeRegister(register);
      f.op(I64.mul);
    }
  }
}
