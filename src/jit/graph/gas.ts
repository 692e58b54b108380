import { LEAVES } from './flow.ts';
import { EXIT, type FunctionGraph } from './function-graph.ts';
import type { Structure } from './structure.ts';

/**
 * How a function counts gas and instructions with few subtractions and few tests.
 *
 * The counter in the local is the true one plus a constant known per node, its *potential*: what has been charged on
 * the way here and not yet been taken off. Only edges between nodes whose potentials do not fit carry a subtraction;
 * in practice those are back edges and merges. The counter is looked at where the function is entered, at loop
 * headers and behind calls, against the dearest way to the next such place; so nothing in between can run out.
 * An exit takes the potential off, and whoever goes on sees the true counter.
 */
export class GasPlan {
  /** Potential when the node begins, before the node itself is charged. */
  readonly potential: Float64Array;
  /** What the node charges, packed as `Meter` says. */
  readonly charge: Float64Array;
  /** 1: the counter is tested when the node begins (its potential is 0 there). */
  readonly tested: Uint8Array;
  /** What the counter must be at least when the node begins: the dearest way to the next test, the node included. */
  readonly need: Float64Array;

  constructor(graph: FunctionGraph, structure: Structure, pack: (gas: number, count: number) => number) {
    const count = graph.nodes.length;
    this.potential = new Float64Array(count);
    this.charge = new Float64Array(count);
    this.tested = new Uint8Array(count);
    this.need = new Float64Array(count);
    const { order, number, predecessors, isHeader } = structure;
    for (const id of order) {
      const node = graph.node(id);
      this.charge[id] = pack(node.cost, node.count);
      // A dispatch node stands for several places, so that what it leads to is tested instead.
      if (node.exit === EXIT.dispatch) continue;
      // Fast versions of loops are paid before, and lead to the header of the original, which is tested.
      if (node.fast !== undefined) continue;
      let isPlace = id === graph.entry || isHeader[id] === 1;
      for (let k = predecessors.start[id] as number; k < (predecessors.start[id + 1] as number); k++) {
        const before = predecessors.nodes[k] as number;
        if (isCall(graph, before) || graph.node(before).exit === EXIT.dispatch) isPlace = true;
      }
      if (isPlace) this.tested[id] = 1;
    }
    this.#assign(graph, structure);
    for (let k = order.length - 1; k >= 0; k--) {
      const id = order[k] as number;
      // What comes behind a fast version is paid, or tested, apart from it.
      if (graph.node(id).fast !== undefined) continue;
      let most = 0;
      if (!isCall(graph, id)) {
        for (const s of graph.successors[id] as number[]) {
          if (s === LEAVES || this.tested[s] === 1 || (number[s] as number) <= k) continue;
          most = Math.max(most, this.need[s] as number);
        }
      }
      this.need[id] = most + (this.charge[id] as number);
    }
  }

  /** A node takes over the potential of the predecessor that comes last before it, so that one edge is free. */
  #assign(graph: FunctionGraph, { order, number, predecessors }: Structure): void {
    for (const id of order) {
      if (this.tested[id] === 1 || graph.node(id).fast !== undefined) continue;
      let last = -1;
      let flushed = false;
      for (let k = predecessors.start[id] as number; k < (predecessors.start[id + 1] as number); k++) {
        const p = predecessors.nodes[k] as number;
        // All edges of a table go to labels without code of their own: nothing can be taken off on them.
        if (graph.isSwitch(p)) flushed = true;
        if (
          (number[p] as number) < (number[id] as number) &&
          (last < 0 || (number[p] as number) > (number[last] as number))
        ) {
          last = p;
        }
      }
      if (!flushed && last >= 0) {
        this.potential[id] = (this.potential[last] as number) + (this.charge[last] as number);
      }
    }
  }

  /** What the counter must be at least where control comes to a node, as long as that does not look itself. */
  untested(id: number): number {
    return id === LEAVES || this.tested[id] === 1 ? 0 : (this.need[id] as number);
  }

  /** What the counter must be at least behind the node. */
  behind(id: number): number {
    return (this.need[id] as number) - (this.charge[id] as number);
  }

  /** What the edge from a node to a successor takes off the counter. */
  onEdge(from: number, to: number): number {
    return (this.potential[from] as number) + (this.charge[from] as number) - (this.potential[to] as number);
  }

  /** What an exit takes off the counter: before the node was charged, or behind that. */
  atExit(id: number, charged: boolean): number {
    return (this.potential[id] as number) + (charged ? (this.charge[id] as number) : 0);
  }
}

const isCall = (graph: FunctionGraph, id: number): boolean => {
  const { exit } = graph.node(id);
  return exit === EXIT.call || exit === EXIT.callIndirect;
};
