import { EXIT_CELL } from '../../memory/linear-layout.ts';
import type { FunctionGraph } from '../graph/function-graph.ts';
import type { GasPlan } from '../graph/gas.ts';
import type { RegisterSet, Registers } from '../graph/registers.ts';
import type { FunctionBody } from './encoder/function-body.ts';
import { ANY, I64, STORE } from './encoder/opcodes.ts';
import { I64_TYPE } from './encoder/types.ts';
import { LEFT, type Left, NO_ADDRESS } from './exits.ts';
import { COUNTER, type FunctionContext } from './function-context.ts';
import type { RegisterLocals } from './register-locals.ts';

/** Dirty registers of exits that share code, and which of them are narrow. */
interface ExitClass {
  readonly dirty: RegisterSet;
  readonly narrow: RegisterSet;
}

/**
 * Ways out of a function. Exits with the same dirty registers share their code: it stands behind the function's body,
 * each in a block of its own around everything, that takes the value for EXIT_CELL.
 */
export class ExitStubs {
  readonly #context: FunctionContext;
  readonly #f: FunctionBody;
  readonly #graph: FunctionGraph;
  readonly #registers: Registers;
  readonly #gas: GasPlan;
  readonly #locals: RegisterLocals;
  /** In the order of their blocks, from the inside. */
  readonly #classes: ExitClass[] = [];

  constructor(context: FunctionContext, locals: RegisterLocals) {
    this.#context = context;
    this.#f = context.f;
    this.#graph = context.graph;
    this.#registers = context.registers;
    this.#gas = context.gas;
    this.#locals = locals;
  }

  /** Takes an amount off the counter; negative ones are given back. */
  charge(amount: number): void {
    if (amount === 0) return;
    const f = this.#f;
    f.get(COUNTER);
    f.i64ConstNumber(amount);
    f.op(I64.sub);
    f.set(COUNTER);
  }

  /** Leaves the function; `amount` is what the counter is too high by. */
  leave(kind: Left, pc: number, amount: number): void {
    const f = this.#f;
    this.charge(amount);
    const dirty = this.#locals.dirty;
    const narrow = this.#locals.narrow & dirty;
    f.i64Const(pc | 0, kind);
    f.brOutside(this.#classOf(dirty, narrow));
  }

  #classOf(dirty: RegisterSet, narrow: RegisterSet): number {
    const classes = this.#classes;
    for (let k = 0; k < classes.length; k++) {
      const known = classes[k] as ExitClass;
      if (known.dirty === dirty && known.narrow === narrow) return k;
    }
    return classes.push({ dirty, narrow }) - 1;
  }

  /** Leaves to the interpreter at an instruction of this node, which is paid. */
  leaveInside(at: number): void {
    const { pc } = this.#graph.instructions;
    const dirty = this.#locals.dirty;
    this.#locals.dirty &= this.#registers.neededAt(this.#graph, this.#context.id, at);
    this.leave(LEFT.inside, pc[at] as number, this.#gas.atExit(this.#context.id, true));
    this.#locals.dirty = dirty;
  }

  /** Returns the code address in a local, having come to a dynamic jump at the last instruction. */
  returnTo(address: number, at: number): void {
    const f = this.#f;
    this.#locals.store(this.#locals.dirty);
    f.i32Const(0);
    f.i64Const(this.#graph.instructions.pc[at] as number | 0, LEFT.dynamic);
    f.store(STORE.i64, EXIT_CELL);
    f.get(address);
    f.get(COUNTER);
    f.op(ANY.return);
  }

  /** Surrounds the function's body, which is complete, by the code of its exits. */
  surround(): void {
    const f = this.#f;
    const value = f.local(I64_TYPE);
    f.surround(I64_TYPE, this.#classes.length, (k) => {
      f.set(value);
      const { dirty, narrow } = this.#classes[k] as ExitClass;
      this.#locals.store(dirty, narrow);
      f.i32Const(0);
      f.get(value);
      f.store(STORE.i64, EXIT_CELL);
      f.i32Const(NO_ADDRESS);
      f.get(COUNTER);
      f.op(ANY.return);
    });
  }
}
