import type { Width } from '../../core/kind.ts';
import { type Term, termOf } from '../../isa/term.ts';
import { type AccessGroup, type AccessShape, accessOf } from '../graph/accesses.ts';
import type { FunctionGraph } from '../graph/function-graph.ts';
import type { Intervals } from '../graph/intervals.ts';
import { emitPageLookup, emitRangeCheck } from './checks.ts';
import type { FunctionBody } from './encoder/function-body.ts';
import { I32, LOAD, type LoadOpcode, STORE, type StoreOpcode } from './encoder/opcodes.ts';
import { I32_TYPE, type ValueType } from './encoder/types.ts';
import type { ExitStubs } from './exit-stubs.ts';
import type { FunctionContext } from './function-context.ts';
import type { Pointers } from './pointers.ts';
import type { RegisterLocals } from './register-locals.ts';
import type { Unit } from './unit.ts';
import type { Values } from './values.ts';

const LOADS_32: Readonly<Record<string, LoadOpcode>> = {
  '1s': LOAD.i32S8,
  '1u': LOAD.i32U8,
  '2s': LOAD.i32S16,
  '2u': LOAD.i32U16,
  '4s': LOAD.i32,
  '4u': LOAD.i32,
};
const LOADS_64: Readonly<Record<string, LoadOpcode>> = {
  '1s': LOAD.i64S8,
  '1u': LOAD.i64U8,
  '2s': LOAD.i64S16,
  '2u': LOAD.i64U16,
  '4s': LOAD.i64S32,
  '4u': LOAD.i64U32,
  '8s': LOAD.i64,
  '8u': LOAD.i64,
};

const loadOf = (width: Width, { bytes, signed }: AccessShape): LoadOpcode =>
  (width === 32 ? LOADS_32 : LOADS_64)[`${bytes}${signed ? 's' : 'u'}`] as LoadOpcode;

const storeOf = (bytes: number): StoreOpcode =>
  bytes === 1 ? STORE.i32As8 : bytes === 2 ? STORE.i32As16 : bytes === 4 ? STORE.i32 : STORE.i64;

/** Locals with the offset of each group's first byte. */
export type Offsets = Map<AccessGroup, number>;

/** Loads, stores and atomic operations, with the checks of their addresses. */
export class AccessCode {
  readonly #f: FunctionBody;
  readonly #unit: Unit;
  readonly #graph: FunctionGraph;
  readonly #pointers: Pointers;
  readonly #intervals: Intervals | undefined;
  readonly #type: ValueType;
  readonly #locals: RegisterLocals;
  readonly #exits: ExitStubs;
  readonly #values: Values;

  constructor(context: FunctionContext, locals: RegisterLocals, exits: ExitStubs, values: Values) {
    this.#f = context.f;
    this.#unit = context.unit;
    this.#graph = context.graph;
    this.#pointers = context.pointers;
    this.#intervals = context.intervals;
    this.#type = context.type;
    this.#locals = locals;
    this.#exits = exits;
    this.#values = values;
  }

  /** A load or store. */
  access(i: number, group: AccessGroup, offsets: Offsets): void {
    const f = this.#f;
    const unit = this.#unit;
    const { op, a, x } = this.#graph.instructions;
    const shape = accessOf(op[i] as number) as AccessShape;
    const displacement = x[i] as number;
    const constant = group.base < 0 ? 0 : this.#locals.constantOf(group.base);
    const register = a[i] as number;
    const ignored = !shape.store && register === 0 && unit.riscv;
    let offset = 0;
    if (constant !== undefined && !unit.paged) {
      const start = (constant + displacement + unit.territory.delta) >>> 0;
      if (unit.isolated || unit.territory.isFixed(start, shape.bytes, shape.store)) {
        if (ignored) return;
        f.i32Const(0);
        offset = start;
      } else {
        const local = f.local(I32_TYPE);
        f.i32Const(start | 0);
        f.set(local);
        emitRangeCheck(f, local, shape.bytes, shape.store, [], () => this.#exits.leaveInside(i));
        if (!ignored) f.get(local);
        f.release(local);
        if (ignored) return;
      }
    } else if (unit.paged) {
      const local = f.local(I32_TYPE);
      this.#locals.addressOf(group.base, displacement);
      f.set(local);
      emitPageLookup(f, local, shape.bytes, shape.store, () => this.#exits.leaveInside(i));
      if (!ignored) f.get(local);
      f.release(local);
      if (ignored) return;
    } else if (unit.isolated) {
      if (ignored) return;
      this.#locals.addressOf(group.base, (displacement + unit.territory.delta) | 0);
    } else {
      if (group.at === i) {
        const local = f.local(I32_TYPE);
        this.#locals.addressOf(group.base, (group.low + unit.territory.delta) | 0);
        f.set(local);
        offsets.set(group, local);
        if (!this.#isBounded(group)) {
          const ranges = this.#pointers.rangesFor(group.base);
          emitRangeCheck(f, local, group.high - group.low, group.writes, ranges, () =>
            this.#exits.leaveInside(i),
          );
        }
      }
      if (ignored) return;
      f.get(offsets.get(group) as number);
      offset = displacement - group.low;
    }
    this.transfer(i, shape, offset);
  }

  /** The load or store itself, the address being on the stack. */
  transfer(i: number, shape: AccessShape, offset: number): void {
    const f = this.#f;
    const { width } = this.#unit;
    if (shape.store) {
      this.storedValue(i, shape);
      f.store(storeOf(shape.bytes), offset, 0);
    } else {
      const narrow = this.loadsNarrow(shape);
      f.load(loadOf(narrow ? 32 : width, shape), offset, 0);
      this.#locals.write(this.#graph.instructions.a[i] as number, narrow);
    }
  }

  /** Pushes what a store writes: 64 bits for 8 bytes, else 32. */
  storedValue(i: number, { bytes, value: source }: AccessShape): void {
    const f = this.#f;
    const { a, y } = this.#graph.instructions;
    const register = a[i] as number;
    if (source === 'y') {
      const value = y[i] as number;
      if (bytes === 8) f.i64ConstNumber(value);
      else f.i32Const(value);
    } else if (register === 0 && this.#unit.riscv) {
      if (bytes === 8) f.i64ConstNumber(0);
      else f.i32Const(0);
    } else if (bytes === 8) {
      const value = this.#locals.constantOf(register);
      if (value === undefined) this.#locals.push(register);
      else f.i64ConstNumber(value);
    } else this.#locals.lowOf(register);
  }

  /** What is loaded is narrow unless it fills the register, or its 32 bits are extended by zeros. */
  loadsNarrow({ bytes, signed }: AccessShape): boolean {
    return this.#intervals !== undefined && this.#unit.width === 64 && bytes < 8 && (bytes < 4 || signed);
  }

  /** Whether all addresses that a group may touch are known to be allowed: a small index into a fixed array, say. */
  #isBounded({ base, low, high, writes }: AccessGroup): boolean {
    const bounds = this.#intervals?.addressBounds(base, low, high);
    if (bounds === undefined) return false;
    const { territory } = this.#unit;
    const start = (bounds.low + territory.delta) >>> 0;
    return territory.isFixed(start, bounds.high - bounds.low, writes);
  }

  /** `a` = old memory[b]; memory[b] = the term's value of the old one (as `a`) and `c`. */
  atomic(i: number, size: 4 | 8): void {
    const f = this.#f;
    const unit = this.#unit;
    const { op, a, b } = this.#graph.instructions;
    const base = b[i] as number;
    const register = a[i] as number;
    const offset = f.local(I32_TYPE);
    const leave = (): void => this.#exits.leaveInside(i);
    // Misaligned addresses trap, which the interpreter does.
    this.#locals.lowOf(base);
    f.i32Const(size - 1);
    f.op(I32.and);
    const misaligned = f.if();
    leave();
    f.end(misaligned);
    this.#locals.addressOf(base, unit.paged ? 0 : unit.territory.delta);
    f.set(offset);
    if (unit.paged) emitPageLookup(f, offset, size, true, leave);
    else if (!unit.isolated) {
      emitRangeCheck(f, offset, size, true, this.#pointers.rangesFor(base), leave);
    }
    const old = f.local(this.#type);
    f.get(offset);
    f.load(unit.width === 32 ? LOAD.i32 : size === 4 ? LOAD.i64S32 : LOAD.i64, 0, 0);
    f.set(old);
    f.get(offset);
    this.#locals.old = old;
    const term = termOf(op[i] as number) as Term;
    if (size === 4) this.#values.low(term);
    else this.#values.wide(term);
    this.#locals.old = -1;
    f.store(size === 4 ? STORE.i32 : STORE.i64, 0, 0);
    if (!(register === 0 && unit.riscv)) {
      f.get(old);
      this.#locals.write(register);
    }
    f.release(offset);
    f.release(old);
  }
}
