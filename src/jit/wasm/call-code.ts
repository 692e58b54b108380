import type { Effect } from '../../isa/row.ts';
import { ROWS } from '../../isa/table.ts';
import { LEAVES } from '../graph/flow.ts';
import type { FunctionGraph, Node } from '../graph/function-graph.ts';
import type { GasPlan } from '../graph/gas.ts';
import type { Registers } from '../graph/registers.ts';
import type { Edges } from './edges.ts';
import type { FunctionBody } from './encoder/function-body.ts';
import { ANY, I32, LOAD } from './encoder/opcodes.ts';
import { I32_TYPE } from './encoder/types.ts';
import type { ExitStubs } from './exit-stubs.ts';
import { LEFT } from './exits.ts';
import { COUNTER, DEPTH, type FunctionContext } from './function-context.ts';
import { emitLookup } from './function-table.ts';
import type { RegisterLocals } from './register-locals.ts';
import type { Unit } from './unit.ts';

/** Calls, jumps to addresses that the guest computes, and link registers. */
export class CallCode {
  readonly #context: FunctionContext;
  readonly #f: FunctionBody;
  readonly #unit: Unit;
  readonly #graph: FunctionGraph;
  readonly #registers: Registers;
  readonly #gas: GasPlan;
  readonly #locals: RegisterLocals;
  readonly #exits: ExitStubs;
  readonly #edges: Edges;

  constructor(context: FunctionContext, locals: RegisterLocals, exits: ExitStubs, edges: Edges) {
    this.#context = context;
    this.#f = context.f;
    this.#unit = context.unit;
    this.#graph = context.graph;
    this.#registers = context.registers;
    this.#gas = context.gas;
    this.#locals = locals;
    this.#exits = exits;
    this.#edges = edges;
  }

  /** Writes the link register of a jump, if it has one. */
  link(at: number): void {
    const { op, a, x, pc, length } = this.#graph.instructions;
    const effect = ROWS[op[at] as number]?.effect as Effect;
    if ((effect.kind !== 'jump' && effect.kind !== 'jump-indirect') || effect.link === undefined) return;
    const value = effect.link === 'x' ? (x[at] as number) : (pc[at] as number) + (length[at] as number);
    if (this.#unit.width === 64 && effect.link === 'return' && value > 0x7fffffff) {
      this.#f.i64ConstNumber(value);
      this.#locals.write(a[at] as number);
    } else this.#locals.writeConstant(a[at] as number, value | 0);
  }

  /** The code address that a dynamic jump goes to, in a local. */
  target(at: number): number {
    const f = this.#f;
    const { op, a, b, x, y } = this.#graph.instructions;
    const effect = ROWS[op[at] as number]?.effect as Effect & { kind: 'jump-indirect' };
    const offset = (effect.offset === 'x' ? x[at] : y[at]) as number;
    this.#locals.lowOf((effect.base === 'a' ? a[at] : b[at]) as number);
    if (offset !== 0) {
      f.i32Const(offset);
      f.op(I32.add);
    }
    const address = f.local(I32_TYPE);
    f.set(address);
    return address;
  }

  /** The exit of a node that calls a function of the program, and what comes behind the call. */
  call(id: number, node: Node, way: number): void {
    const f = this.#f;
    this.link(this.#context.at);
    this.#beforeCall(id);
    const callee = this.#unit.functionAt(node.callee);
    if (callee === undefined) {
      this.#exits.leave(LEFT.block, node.callee, 0);
      return;
    }
    this.#arguments();
    this.#unit.emitCall(f, callee);
    this.#afterCall(id, node, way);
  }

  /** A call of the function whose code address is found in the table of functions, or a dynamic jump like others. */
  callIndirect(id: number, node: Node, way: number): void {
    const f = this.#f;
    const table = this.#unit.territory.layout.tierStart;
    const address = this.target(this.#context.at);
    this.link(this.#context.at);
    this.#beforeCall(id);
    const entry = f.local(I32_TYPE);
    emitLookup(f, table, address, entry);
    const unknown = f.if();
    this.#exits.returnTo(address, this.#context.at);
    f.end(unknown);
    this.#arguments();
    f.get(entry);
    f.load(LOAD.i32, table + 4);
    f.callIndirect(this.#unit.type);
    f.release(entry);
    f.release(address);
    this.#afterCall(id, node, way);
  }

  #beforeCall(id: number): void {
    this.#locals.store(this.#locals.dirty);
    this.#locals.dirty = 0;
    this.#exits.charge(this.#gas.atExit(id, true));
  }

  #arguments(): void {
    const f = this.#f;
    f.get(DEPTH);
    f.i32Const(1);
    f.op(I32.sub);
    f.get(COUNTER);
  }

  /**
   * What a call gave is on the stack: goes on at its successor. When the callee did not return to there, it may have
   * ended in a jump to another function, which is called then; else this one returns as well.
   */
  #afterCall(id: number, node: Node, way: number): void {
    const f = this.#f;
    const address = f.local(I32_TYPE);
    f.set(COUNTER);
    f.tee(address);
    f.i32Const(node.returnAddress | 0);
    f.op(I32.ne);
    const elsewhere = f.if();
    this.#arguments();
    f.get(address);
    f.i32Const(node.returnAddress | 0);
    f.call(this.#unit.follow());
    f.set(COUNTER);
    f.tee(address);
    f.i32Const(node.returnAddress | 0);
    f.op(I32.ne);
    const gone = f.if();
    f.get(address);
    f.get(COUNTER);
    f.op(ANY.return);
    f.end(gone);
    f.end(elsewhere);
    f.release(address);
    const to = (this.#graph.successors[id] as number[])[0] as number;
    if (to !== LEAVES) {
      this.#locals.narrow = this.#locals.narrowIn(to);
      this.#locals.fetch(this.#registers.liveIn[to] as number, this.#locals.narrow);
    }
    this.#edges.go(id, 0, way, true);
  }
}
