import { TERM } from '../../isa/term.ts';
import type { FunctionGraph } from '../graph/function-graph.ts';
import type { Intervals } from '../graph/intervals.ts';
import type { RegisterSet, Registers } from '../graph/registers.ts';
import type { FunctionBody } from './encoder/function-body.ts';
import { I32, I64, LOAD, STORE } from './encoder/opcodes.ts';
import { I32_TYPE, type ValueType } from './encoder/types.ts';
import type { FunctionContext } from './function-context.ts';
import type { Unit } from './unit.ts';
import type { Operands } from './values.ts';

/** Bytes of a register cell. */
const CELL = 8;

/**
 * The locals that guest registers are in, and what is known of their values where the emitter is. A local that may
 * differ from its register's cell is *dirty*. As `Operands` it answers for the instruction at hand.
 */
export class RegisterLocals implements Operands {
  readonly #context: FunctionContext;
  readonly #f: FunctionBody;
  readonly #unit: Unit;
  readonly #graph: FunctionGraph;
  readonly #registers: Registers;
  readonly #intervals: Intervals | undefined;
  readonly #type: ValueType;
  /** The local of each register, or -1; and in 64-bit kinds the 32-bit one that it is in while it is narrow. */
  readonly #locals = new Int32Array(32).fill(-1);
  readonly #narrowLocals = new Int32Array(32).fill(-1);
  /** Registers that hold what a local has, shifted left by 32: half of a zero extension. */
  readonly #shifted = new Map<number, number>();
  /** Registers whose locals may differ from their cells here. */
  dirty: RegisterSet = 0;
  /** Registers that are in their narrow locals here: 64-bit ones that are the sign extension of 32 bits. */
  narrow: RegisterSet = 0;
  /** Wide registers whose low words are in the narrow locals as well. */
  lowWords: RegisterSet = 0;
  /** In an atomic operation: the local with the old value, which is operand `a` there; else -1. */
  old = -1;
  /** Registers whose value is known here, and what it is: constants that fit signed 32 bits. */
  #known: RegisterSet = 0;
  readonly #constants = new Int32Array(32);

  constructor(context: FunctionContext) {
    this.#context = context;
    this.#f = context.f;
    this.#unit = context.unit;
    this.#graph = context.graph;
    this.#registers = context.registers;
    this.#intervals = context.intervals;
    this.#type = context.type;
  }

  /** Where a node begins. */
  begin(id: number): void {
    this.dirty = this.#registers.dirtyIn[id] as number;
    this.narrow = this.narrowIn(id);
    this.lowWords = 0;
    this.#known = 0;
  }

  /** Where a node ends. */
  end(): void {
    for (const local of this.#shifted.values()) this.#f.release(local);
    this.#shifted.clear();
  }

  /** Stores what is dirty, and takes nothing for granted any more of what registers hold. */
  flush(): void {
    this.store(this.dirty);
    this.dirty = 0;
    this.lowWords = 0;
    this.#known = 0;
  }

  #local(register: number): number {
    let local = this.#locals[register] as number;
    if (local < 0) {
      local = this.#f.local(this.#type);
      this.#locals[register] = local;
    }
    return local;
  }

  /** The 32-bit local of a register, in 64-bit kinds. */
  narrowLocal(register: number): number {
    let local = this.#narrowLocals[register] as number;
    if (local < 0) {
      local = this.#f.local(I32_TYPE);
      this.#narrowLocals[register] = local;
    }
    return local;
  }

  /** Registers that are in their narrow locals when a node begins. */
  narrowIn(id: number): RegisterSet {
    return this.#unit.width === 64 && this.#intervals !== undefined ? this.#intervals.narrowIn(id) : 0;
  }

  /** Loads registers from their cells; `narrow`: those that come into narrow locals. */
  fetch(set: RegisterSet, narrow: RegisterSet): void {
    const f = this.#f;
    for (let r = 0; r < 32; r++) {
      if (((set >>> r) & 1) === 0) continue;
      const isNarrow = ((narrow >>> r) & 1) === 1;
      f.i32Const(0);
      f.load(this.#unit.width === 32 || isNarrow ? LOAD.i32 : LOAD.i64, CELL * r);
      f.set(isNarrow ? this.narrowLocal(r) : this.#local(r));
    }
  }

  /** Stores registers to their cells; `narrow`: those that are in narrow locals. */
  store(set: RegisterSet, narrow: RegisterSet = this.narrow): void {
    const f = this.#f;
    for (let r = 0; r < 32; r++) {
      if (((set >>> r) & 1) === 0) continue;
      f.i32Const(0);
      this.push(r, narrow);
      f.store(this.#unit.width === 32 ? STORE.i32 : STORE.i64, CELL * r);
    }
  }

  /** Pushes a register, as wide as registers are. */
  push(register: number, narrow: RegisterSet = this.narrow): void {
    const f = this.#f;
    if (((narrow >>> register) & 1) === 0) f.get(this.#local(register));
    else {
      f.get(this.narrowLocal(register));
      f.op(I64.extendI32S);
    }
  }

  /** Brings registers into the locals in which a node expects them. */
  convert(to: number): void {
    const wanted = this.narrowIn(to);
    const change = (this.narrow ^ wanted) & (this.#registers.liveIn[to] as number);
    if (change === 0) return;
    const f = this.#f;
    for (let r = 0; r < 32; r++) {
      if (((change >>> r) & 1) === 0) continue;
      if (((wanted >>> r) & 1) === 0) {
        this.push(r);
        f.set(this.#local(r));
      } else if (((this.lowWords >>> r) & 1) === 0) {
        f.get(this.#local(r));
        f.op(I32.wrapI64);
        f.set(this.narrowLocal(r));
      }
    }
  }

  /** Whether `convert` emits anything. */
  converts(to: number): boolean {
    return ((this.narrow ^ this.narrowIn(to)) & (this.#registers.liveIn[to] as number)) !== 0;
  }

  /** The register that an operand of the instruction at hand names. */
  registerOf(operand: number): number {
    const { a, b, c } = this.#graph.instructions;
    return (operand === TERM.a ? a : operand === TERM.b ? b : c)[this.#context.at] as number;
  }

  /** What a register holds where that is known and fits signed 32 bits; undefined elsewhere. */
  constantOf(register: number): number | undefined {
    if (register === 0 && this.#unit.riscv) return 0;
    if (this.#intervals !== undefined) {
      const constant = this.#intervals.constant(register);
      return constant === undefined || constant !== (constant | 0) ? undefined : constant;
    }
    return ((this.#known >>> register) & 1) === 1 ? this.#constants[register] : undefined;
  }

  wide(operand: number): void {
    if (operand === TERM.a && this.old >= 0) {
      this.#f.get(this.old);
      return;
    }
    this.push(this.registerOf(operand));
  }

  low(operand: number): void {
    if (operand === TERM.a && this.old >= 0) {
      this.#f.get(this.old);
      if (this.#unit.width === 64) this.#f.op(I32.wrapI64);
      return;
    }
    this.lowOf(this.registerOf(operand));
  }

  /** Pushes the low 32 bits of a register as an i32. */
  lowOf(register: number): void {
    const f = this.#f;
    const constant = this.constantOf(register);
    if (constant !== undefined) {
      f.i32Const(constant);
      return;
    }
    if ((((this.narrow | this.lowWords) >>> register) & 1) === 1) {
      f.get(this.narrowLocal(register));
      return;
    }
    f.get(this.#local(register));
    if (this.#unit.width === 64) f.op(I32.wrapI64);
  }

  /** Pushes a register's low 32 bits and a displacement, added. */
  addressOf(base: number, displacement: number): void {
    const f = this.#f;
    if (base < 0) {
      f.i32Const(displacement);
      return;
    }
    this.lowOf(base);
    if (displacement === 0) return;
    f.i32Const(displacement);
    f.op(I32.add);
  }

  isNarrow(operand: number): boolean {
    if (operand > TERM.c) return true;
    if (operand === TERM.a && this.old >= 0) return false;
    const register = this.registerOf(operand);
    return ((this.narrow >>> register) & 1) === 1 || this.constantOf(register) !== undefined;
  }

  isNatural(operand: number): boolean {
    const constant = this.constant(operand);
    if (constant !== undefined) return constant >= 0;
    return (
      operand <= TERM.c &&
      this.isNarrow(operand) &&
      this.#intervals !== undefined &&
      this.#intervals.low(this.registerOf(operand)) >= 0
    );
  }

  constant(operand: number): number | undefined {
    const { x, y } = this.#graph.instructions;
    if (operand === TERM.x) return x[this.#context.at];
    if (operand === TERM.y) return y[this.#context.at];
    if (operand === TERM.a && this.old >= 0) return undefined;
    return this.constantOf(this.registerOf(operand));
  }

  /** Takes the value on the stack into a register: 32 bits that it is the sign extension of, or the whole of it. */
  write(register: number, narrow = false): void {
    const bit = 1 << register;
    this.dirty |= bit;
    this.#known &= ~bit;
    this.lowWords &= ~bit;
    if (narrow) {
      this.#f.set(this.narrowLocal(register));
      this.narrow |= bit;
    } else {
      this.#f.set(this.#local(register));
      this.narrow &= ~bit;
    }
    const shifted = this.#shifted.get(register);
    if (shifted !== undefined) {
      this.#shifted.delete(register);
      this.#f.release(shifted);
    }
  }

  /** Gives a register a value of signed 32 bits, sign-extended. */
  writeConstant(register: number, value: number): void {
    if (register === 0 && this.#unit.riscv) return;
    const narrow = this.#unit.width === 64 && this.#intervals !== undefined;
    if (this.#unit.width === 32 || narrow) this.#f.i32Const(value);
    else this.#f.i64ConstNumber(value);
    this.write(register, narrow);
    this.#known |= 1 << register;
    this.#constants[register] = value;
  }

  /** The local whose value, shifted left by 32, is the register's; undefined where there is none. */
  shiftedHalf(register: number): number | undefined {
    return this.#shifted.get(register);
  }

  /** Keeps a local until the register is written: what it holds, shifted left by 32, is the register's value. */
  keepHalf(register: number, local: number): void {
    this.#shifted.set(register, local);
  }
}
