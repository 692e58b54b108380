import { Forest } from './forest.ts';
import type { NodeLists, Order } from './order.ts';
import { int32Nones, int32Zeros, uint8Zeros } from './small-arrays.ts';

/** How the loops of a reducible flow lie in one another. A loop is named by its header. */
export interface LoopNest {
  /** 1 for headers. */
  readonly isHeader: Uint8Array;
  /** Header of the innermost loop around each node (a header's own loop counts), or -1. */
  readonly loopOf: Int32Array;
  /** Number of loops around each node; 0 outside of loops. */
  readonly depthOf: Int32Array;
  /** Header of the outermost loop around each node, or -1. */
  readonly outermostHeader: Int32Array;
  /** Loops under the loops that they lie in; only headers are in it. */
  readonly tree: Forest;
  /** Of headers: how many nodes the loop has, inner loops included; 0 for other nodes. */
  readonly sizeOf: Int32Array;
  /**
   * The same nodes so ordered that each loop's nodes are neighbours, beginning with its header; each node comes
   * before what it leads to, except for jumps back.
   */
  readonly order: Order;
}

/** The loops of a flow, which must be reducible. */
export const loopNest = (order: Order, predecessors: NodeLists): LoopNest => {
  const { nodes, number } = order;
  const { start, nodes: list } = predecessors;
  const size = number.length;
  const isHeader = uint8Zeros(size);
  const loopOf = int32Nones(size);
  const parentLoop = int32Nones(size);
  // Loops found so far are one node each: what a node has been merged into, itself at first.
  const mergedInto = int32Zeros(size);
  for (let node = 0; node < size; node++) mergedInto[node] = node;
  const representative = (node: number): number => {
    let at = node;
    while (mergedInto[at] !== at) {
      mergedInto[at] = mergedInto[mergedInto[at]!]!;
      at = mergedInto[at]!;
    }
    return at;
  };
  const pending = int32Zeros(size);
  let waiting = 0;
  /** Takes a node, or the inner loop it is in, into the loop that is being collected. */
  const enter = (node: number, header: number): void => {
    const at = representative(node);
    if (at === header) return;
    if (isHeader[at] === 1) parentLoop[at] = header;
    else loopOf[at] = header;
    mergedInto[at] = header;
    pending[waiting++] = at;
  };
  // Backwards: inner headers come behind outer ones, so inner loops are merged before outer ones meet them.
  for (let i = nodes.length - 1; i >= 0; i--) {
    const header = nodes[i]!;
    let isLoop = false;
    for (let at = start[header]!, end = start[header + 1]!; at < end; at++) {
      const before = list[at]!;
      if (number[before]! < i) continue;
      isLoop = true;
      enter(before, header);
    }
    if (!isLoop) continue;
    while (waiting > 0) {
      const node = pending[--waiting]!;
      for (let at = start[node]!, end = start[node + 1]!; at < end; at++) enter(list[at]!, header);
    }
    isHeader[header] = 1;
    loopOf[header] = header;
  }

  const depthOf = int32Zeros(size);
  const outermostHeader = int32Nones(size);
  const tree = new Forest(size);
  const sizeOf = int32Zeros(size);
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i]!;
    const loop = loopOf[node]!;
    if (loop === -1) continue;
    if (loop === node) {
      const outer = parentLoop[node]!;
      tree.add(node, outer);
      outermostHeader[node] = outer === -1 ? node : outermostHeader[outer]!;
    } else outermostHeader[node] = outermostHeader[loop]!;
    depthOf[node] = tree.depth[loop]! + 1;
    sizeOf[loop]!++;
  }
  for (let i = nodes.length - 1; i >= 0; i--) {
    const outer = parentLoop[nodes[i]!]!;
    if (outer !== -1) sizeOf[outer]! += sizeOf[nodes[i]!]!;
  }
  return {
    isHeader,
    loopOf,
    depthOf,
    outermostHeader,
    tree,
    sizeOf,
    order: neighbours(order, isHeader, loopOf, parentLoop, sizeOf),
  };
};

/**
 * Each loop takes the place of its header, with its nodes behind it. That keeps forward edges forward: an edge into
 * a loop leads to its header, and an edge out of it to a node that came behind the header already.
 */
const neighbours = (
  order: Order,
  isHeader: Uint8Array,
  loopOf: Int32Array,
  parentLoop: Int32Array,
  sizeOf: Int32Array,
): Order => {
  const nodes = int32Zeros(order.nodes.length);
  const number = int32Nones(order.number.length);
  // The next free place in each loop, and outside of loops.
  const free = int32Zeros(order.number.length);
  let freeOutside = 0;
  for (let i = 0; i < order.nodes.length; i++) {
    const node = order.nodes[i]!;
    const header = isHeader[node] === 1;
    const around = header ? parentLoop[node]! : loopOf[node]!;
    const taken = header ? sizeOf[node]! : 1;
    let place: number;
    if (around === -1) {
      place = freeOutside;
      freeOutside += taken;
    } else {
      place = free[around]!;
      free[around] = place + taken;
    }
    nodes[place] = node;
    number[node] = place;
    if (header) free[node] = place + 1;
  }
  return { nodes, number };
};
