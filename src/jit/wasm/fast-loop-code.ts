import type { AccessShape } from '../graph/accesses.ts';
import type { FastLoop, FunctionGraph } from '../graph/function-graph.ts';
import type { GasPlan } from '../graph/gas.ts';
import type { SharedAddress } from '../graph/loops/shared-addresses.ts';
import type { AccessCode } from './access-code.ts';
import type { FunctionBody } from './encoder/function-body.ts';
import { I64 } from './encoder/opcodes.ts';
import { I32_TYPE, I64_TYPE } from './encoder/types.ts';
import { COUNTER, type FunctionContext } from './function-context.ts';
import { type EntryValues, emitLowForm, type LoopLocals } from './loop-forms.ts';
import { emitPreheader } from './loops.ts';
import type { RegisterLocals } from './register-locals.ts';
import type { Unit } from './unit.ts';

/** What is different in the fast versions of loops: preheaders, stack slots in locals, addresses that are shared. */
export class FastLoopCode {
  readonly #context: FunctionContext;
  readonly #f: FunctionBody;
  readonly #unit: Unit;
  readonly #graph: FunctionGraph;
  readonly #gas: GasPlan;
  readonly #variables: readonly number[];
  readonly #locals: RegisterLocals;
  readonly #accesses: AccessCode;
  /** Where the values are that a preheader asks for. */
  readonly #entryValues: EntryValues = {
    low: (register) => this.#locals.lowOf(register),
    wide: (register) => this.#locals.push(register),
    isWord: (register) => ((this.#locals.narrow >>> register) & 1) === 1,
  };
  readonly #loops = new Map<FastLoop, LoopLocals>();
  readonly #shared = new Map<SharedAddress, number>();

  constructor(context: FunctionContext, locals: RegisterLocals, accesses: AccessCode) {
    this.#context = context;
    this.#f = context.f;
    this.#unit = context.unit;
    this.#graph = context.graph;
    this.#gas = context.gas;
    this.#variables = context.variables;
    this.#locals = locals;
    this.#accesses = accesses;
  }

  #localsOf(loop: FastLoop): LoopLocals {
    let locals = this.#loops.get(loop);
    if (locals === undefined) {
      locals = {
        iterations: this.#variables[loop.iterations] as number,
        rest: loop.rest < 0 ? -1 : (this.#variables[loop.rest] as number),
        ends: loop.ends < 0 ? -1 : (this.#variables[loop.ends] as number),
        slots: loop.plan.cycle.slots.map(({ bytes }) => this.#f.local(bytes === 4 ? I32_TYPE : I64_TYPE)),
      };
      this.#loops.set(loop, locals);
    }
    return locals;
  }

  /** Pushes whether the fast version of a loop may run: see emitPreheader. */
  preheader(loop: FastLoop): void {
    const counter = { local: COUNTER, behind: this.#gas.untested(loop.behind) };
    emitPreheader(this.#f, this.#unit, loop, this.#entryValues, this.#localsOf(loop), counter);
  }

  /** An access of which the preheader has found that it is allowed, perhaps to a stack slot that is a local there. */
  access(i: number, shape: AccessShape): void {
    const unit = this.#unit;
    const { a, b, x } = this.#graph.instructions;
    const { fast, last, places } = this.#graph.node(this.#context.id);
    const register = a[i] as number;
    if (!shape.store && register === 0 && unit.riscv) return;
    const { delta, lowest, stackPointer } = unit.territory;
    const base = shape.base === undefined ? -1 : ((shape.base === 'a' ? a[i] : b[i]) as number);
    const displacement = x[i] as number;
    if (base === stackPointer && fast !== undefined) {
      const k = fast.plan.cycle.slots.findIndex(({ offset }) => offset === displacement);
      if (k >= 0) {
        this.#slotAccess(i, shape, this.#localsOf(fast).slots[k] as number);
        if (!shape.store || !last) return;
      }
    }
    const place = places?.get(i);
    if (place !== undefined) {
      this.#f.get(this.#shared.get(place.shared) as number);
      this.#accesses.transfer(i, shape, place.offset);
      return;
    }
    const offset = (displacement + delta) >>> 0;
    // No allowed address is less than this offset, so base and offset do not wrap around in their sum.
    const apart = !unit.isolated && offset <= lowest;
    this.#locals.addressOf(base, apart ? 0 : offset | 0);
    this.#accesses.transfer(i, shape, apart ? offset : 0);
  }

  /** Takes an address that accesses of a fast loop share into a local, as an offset in linear memory. */
  share(shared: SharedAddress, loop: FastLoop): void {
    const f = this.#f;
    let local = this.#shared.get(shared);
    if (local === undefined) {
      local = f.local(I32_TYPE);
      this.#shared.set(shared, local);
    }
    const { form } = shared;
    const constant = (form.constant + this.#unit.territory.delta) | 0;
    emitLowForm(f, { ...form, constant }, loop, this.#entryValues, this.#localsOf(loop));
    f.set(local);
  }

  #slotAccess(i: number, shape: AccessShape, slot: number): void {
    const f = this.#f;
    if (shape.store) {
      this.#accesses.storedValue(i, shape);
      f.set(slot);
      return;
    }
    f.get(slot);
    const narrow = this.#accesses.loadsNarrow(shape);
    if (this.#unit.width === 64 && shape.bytes === 4 && !narrow) {
      f.op(shape.signed ? I64.extendI32S : I64.extendI32U);
    }
    this.#locals.write(this.#graph.instructions.a[i] as number, narrow);
  }
}
