import { LEAVES } from '../graph/flow.ts';
import type { FunctionGraph } from '../graph/function-graph.ts';
import type { GasPlan } from '../graph/gas.ts';
import type { FunctionBody, Label } from './encoder/function-body.ts';
import type { ExitStubs } from './exit-stubs.ts';
import { LEFT } from './exits.ts';
import type { FunctionContext } from './function-context.ts';
import type { RegisterLocals } from './register-locals.ts';

/** The open blocks of a function's structure, and the edges of its graph: what happens on them, and the jumps. */
export class Edges {
  readonly #f: FunctionBody;
  readonly #graph: FunctionGraph;
  readonly #gas: GasPlan;
  readonly #variables: readonly number[];
  readonly #locals: RegisterLocals;
  readonly #exits: ExitStubs;
  /** From the outside. */
  readonly #labels: Label[] = [];

  constructor(context: FunctionContext, locals: RegisterLocals, exits: ExitStubs) {
    this.#f = context.f;
    this.#graph = context.graph;
    this.#gas = context.gas;
    this.#variables = context.variables;
    this.#locals = locals;
    this.#exits = exits;
  }

  /** Takes in a block, loop or `if` that has been opened. */
  open(label: Label): void {
    this.#labels.push(label);
  }

  /** Begins the other side of the innermost `if`. */
  else(): void {
    this.#f.else(this.#labels.at(-1) as Label);
  }

  /** Closes the innermost block. */
  close(): void {
    this.#f.end(this.#labels.pop() as Label);
  }

  /** The open block that a jump of the structure leads to: `way` blocks further out than the innermost one. */
  label(way: number): Label {
    return this.#labels[this.#labels.length - 1 - way] as Label;
  }

  /** Whether anything happens on the edge to successor `k` besides the jump. */
  hasEdge(id: number, k: number): boolean {
    const to = (this.#graph.successors[id] as number[])[k] as number;
    if (to === LEAVES) return true;
    return this.#gas.onEdge(id, to) !== 0 || this.#graph.selection(id, k) >= 0 || this.#locals.converts(to);
  }

  /** What happens on the edge to successor `k`. */
  edge(id: number, k: number, flushed = false): void {
    const to = (this.#graph.successors[id] as number[])[k] as number;
    if (to === LEAVES) {
      this.#exits.leave(
        LEFT.block,
        this.#graph.node(id).leavesTo[k] as number,
        flushed ? 0 : this.#gas.atExit(id, true),
      );
      return;
    }
    this.#exits.charge(flushed ? -(this.#gas.potential[to] as number) : this.#gas.onEdge(id, to));
    this.#locals.convert(to);
    const selected = this.#graph.selection(id, k);
    if (selected >= 0) {
      this.#f.i32Const(selected);
      this.#f.set(this.#variables[this.#graph.node(to).variable] as number);
    }
  }

  /** The edge and, unless the successor comes next, the jump. */
  go(id: number, k: number, way: number, flushed = false): void {
    this.edge(id, k, flushed);
    if (way >= 0) this.#f.br(this.label(way));
  }
}
