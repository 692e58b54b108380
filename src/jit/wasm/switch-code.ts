import { ADDRESS_STEP } from '../graph/discover.ts';
import { LEAVES } from '../graph/flow.ts';
import type { FunctionGraph, Node } from '../graph/function-graph.ts';
import type { GasPlan } from '../graph/gas.ts';
import type { CallCode } from './call-code.ts';
import type { Edges } from './edges.ts';
import type { FunctionBody, Label } from './encoder/function-body.ts';
import { I32, LOAD } from './encoder/opcodes.ts';
import { I32_TYPE } from './encoder/types.ts';
import type { ExitStubs } from './exit-stubs.ts';
import type { FunctionContext } from './function-context.ts';
import type { RegisterLocals } from './register-locals.ts';
import { isWorthTable } from './switch-table.ts';
import type { Unit } from './unit.ts';

/** Jumps to one of several successors. */
export class SwitchCode {
  readonly #context: FunctionContext;
  readonly #f: FunctionBody;
  readonly #unit: Unit;
  readonly #graph: FunctionGraph;
  readonly #gas: GasPlan;
  readonly #locals: RegisterLocals;
  readonly #exits: ExitStubs;
  readonly #edges: Edges;
  readonly #calls: CallCode;

  constructor(
    context: FunctionContext,
    locals: RegisterLocals,
    exits: ExitStubs,
    edges: Edges,
    calls: CallCode,
  ) {
    this.#context = context;
    this.#f = context.f;
    this.#unit = context.unit;
    this.#graph = context.graph;
    this.#gas = context.gas;
    this.#locals = locals;
    this.#exits = exits;
    this.#edges = edges;
    this.#calls = calls;
  }

  /** The exit of a node that jumps to one of the addresses that it knows, or wherever the register points. */
  jump(id: number, node: Node, ways: readonly number[]): void {
    const f = this.#f;
    const address = this.#calls.target(this.#context.at);
    this.#exits.charge(this.#gas.atExit(id, true));
    const first = node.cases[0] as number;
    const entries = ((node.cases.at(-1) as number) - first) / ADDRESS_STEP + 1;
    const successorOf: number[] = new Array(entries).fill(-1);
    for (const [k, value] of node.cases.entries()) successorOf[(value - first) / ADDRESS_STEP] = k;
    const table = isWorthTable(entries, ways.length)
      ? this.#unit.addTable(Uint8Array.from(successorOf, (k) => (k < 0 ? ways.length : k)))
      : undefined;
    const other = f.block();
    f.get(address);
    f.i32Const(first | 0);
    f.op(I32.sub);
    // An odd address becomes a large index.
    f.i32Const(1);
    f.op(I32.rotr);
    if (table === undefined) this.table(id, ways, successorOf, other);
    else {
      const index = f.local(I32_TYPE);
      f.tee(index);
      f.i32Const(entries);
      f.op(I32.geU);
      f.brIf(other);
      f.get(index);
      f.load(LOAD.i32U8, table);
      f.release(index);
      this.table(
        id,
        ways,
        ways.map((_, k) => k),
        other,
      );
    }
    f.end(other);
    this.#exits.returnTo(address, this.#context.at);
  }

  /**
   * Jumps to successor `entries[i]`, i being the number on the stack; -1 and numbers too large go to `other`, or to
   * the last entry where there is no other.
   */
  table(id: number, ways: readonly number[], entries: readonly number[], other: Label | undefined): void {
    const f = this.#f;
    const index = f.local(I32_TYPE);
    f.set(index);
    // Edges on which something happens get a label of their own right here.
    const own = new Map<number, Label>();
    for (let k = 0; k < ways.length; k++) {
      const to = (this.#graph.successors[id] as number[])[k] as number;
      if (to === LEAVES || this.#graph.selection(id, k) >= 0 || this.#locals.converts(to))
        own.set(k, f.block());
    }
    const labelOf = (k: number): Label => own.get(k) ?? this.#edges.label(ways[k] as number);
    const labels = entries.map((k) => (k < 0 ? (other as Label) : labelOf(k)));
    f.get(index);
    f.release(index);
    f.brTable(labels, other ?? (labels.at(-1) as Label));
    for (const [k, label] of [...own].reverse()) {
      f.end(label);
      this.#edges.go(id, k, ways[k] as number, true);
    }
  }
}
