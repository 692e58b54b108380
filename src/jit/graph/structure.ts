import { analyse, dominatorChildren, type FlowAnalysis } from './dominators.ts';
import { type Flow, LEAVES } from './flow.ts';
import type { Forest } from './forest.ts';
import { loopNest } from './loop-nest.ts';
import type { NodeLists, Order } from './order.ts';
import { int32Nones, int32Zeros, uint8Zeros } from './small-arrays.ts';

/**
 * A reducible flow prepared for code with blocks, loops and ifs. Arrays are indexed by node, except for `order`;
 * of nodes that the entry does not reach they say nothing (-1 or 0).
 */
export interface Structure {
  readonly flow: Flow;
  /** Reachable nodes in a reverse postorder that keeps each loop's nodes together, its header first. */
  readonly order: Int32Array;
  /** Place of each node in `order`, or -1. Edges to a place that is not larger are jumps back to a loop header. */
  readonly number: Int32Array;
  /** Reachable predecessors, each once, in order. */
  readonly predecessors: NodeLists;
  /** Immediate dominator of each node; -1 for the entry. */
  readonly idom: Int32Array;
  readonly dominators: Forest;
  /** 1 where the node's forward in-edges need a label, so that it gets a block; else it follows its dominator's exit. */
  readonly isMerge: Uint8Array;
  /** 1 for headers of loops. */
  readonly isHeader: Uint8Array;
  /** Header of the innermost loop around each node (a header's own loop counts), or -1. */
  readonly loopOf: Int32Array;
  /** Number of loops around each node. */
  readonly depthOf: Int32Array;
  /** Header of the outermost loop around each node, or -1. */
  readonly outermostHeader: Int32Array;
  /** Headers under the headers of the loops around them. */
  readonly loops: Forest;
  /** Of headers: number of nodes of the loop, which stand in `order` from the header on. */
  readonly loopSize: Int32Array;
  /**
   * Where the blocks of merge nodes begin: a linked list from the last in order to the first, of those that begin
   * right before a node's instructions, and of those that begin before its loop.
   */
  readonly lastInside: Int32Array;
  readonly lastBehind: Int32Array;
  readonly previous: Int32Array;
}

/** What structuring found about a loop. */
export interface NaturalLoop {
  readonly header: number;
  /** Nodes of the loop in order, those of inner loops included; the first is the header. A view, not a copy. */
  readonly nodes: Int32Array;
  /** Nodes of the loop that jump back to the header. */
  readonly latches: readonly number[];
}

/** Takes a structured program, piece by piece in the order of the code. */
export interface StructureVisitor {
  /** A label for forward jumps to `target`, whose code begins after the matching close(). */
  openBlock(target: number): void;
  /** A label for jumps back to `header`, whose code begins here. Control that reaches its close() goes on behind it. */
  openLoop(header: number): void;
  /** Ends the innermost block, loop or if. */
  close(): void;
  /** Instructions of a node, without its exit. */
  node(node: number): void;
  /**
   * The exit of a node. `ways[i]` says how successor i is reached: the number of constructs (blocks, loops, ifs)
   * between here and its label (0: the innermost), NEXT or LEAVES. Several may be equal, NEXT too if the successors
   * are equal. Never NEXT for switch nodes; for other nodes with more than two successors, only the last one.
   * `ways` is valid until exit() returns.
   */
  exit(node: number, ways: readonly number[]): void;
  /**
   * Instead of exit(), for a node with two successors which both follow right here: opens an if. The code of
   * successor 0 follows, then otherwise(node), the code of successor 1 and close().
   */
  openIf(node: number): void;
  otherwise(node: number): void;
}

/**
 * Control simply goes on: the successor's code comes next, at once or behind ends of blocks, loops and ifs that
 * control falls through.
 */
export const NEXT = -2;

/** Prepares a flow for `emit`. Throws an Error when the flow is irreducible: `makeReducible` comes first. */
export const structure = (flow: Flow): Structure => structureAnalysed(flow, analyse(flow));

/** As `structure`, of a flow that has been analysed and not been changed since. */
export const structureAnalysed = (
  flow: Flow,
  { order: first, predecessors, dominators, isReducible }: FlowAnalysis,
): Structure => {
  if (!isReducible) throw new Error('control flow with a loop of several entries cannot be structured');
  const nest = loopNest(first, predecessors);
  const { nodes: order, number } = nest.order;
  const size = number.length;
  const isMerge = uint8Zeros(size);
  const lastInside = int32Nones(size);
  const lastBehind = int32Nones(size);
  const previous = int32Nones(size);

  markJoins(flow, nest.order, isMerge);
  for (let i = 1; i < order.length; i++) {
    const node = order[i]!;
    const dominator = dominators.parent[node]!;
    // Loops around a node are loops around its dominator, except for the one that it is the header of. Where a node
    // leaves loops its code comes behind them: engines take what lies inside of a loop for part of it.
    const around = nest.isHeader[node] === 1 ? nest.depthOf[node]! - 1 : nest.depthOf[node]!;
    if (nest.depthOf[dominator]! > around) {
      isMerge[node] = 1;
      const left = nest.tree.ancestorAt(nest.loopOf[dominator]!, around);
      previous[node] = lastBehind[left]!;
      lastBehind[left] = node;
    } else if (isMerge[node] === 1) {
      previous[node] = lastInside[dominator]!;
      lastInside[dominator] = node;
    }
  }
  return {
    flow,
    order,
    number,
    predecessors,
    idom: dominators.parent,
    dominators,
    isMerge,
    isHeader: nest.isHeader,
    loopOf: nest.loopOf,
    depthOf: nest.depthOf,
    outermostHeader: nest.outermostHeader,
    loops: nest.tree,
    loopSize: nest.sizeOf,
    lastInside,
    lastBehind,
    previous,
  };
};

/** Marks nodes with several forward predecessors, and those that a table or an exit in passing leads to. */
const markJoins = (flow: Flow, { nodes, number }: Order, isMerge: Uint8Array): void => {
  const { successors } = flow;
  const from = int32Nones(number.length);
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i]!;
    const nexts = successors[node]!;
    const isSwitch = flow.isSwitch(node);
    for (let edge = 0; edge < nexts.length; edge++) {
      const next = nexts[edge]!;
      if (next === LEAVES || number[next]! <= i) continue;
      if (isSwitch || (nexts.length > 2 && edge < nexts.length - 1)) isMerge[next] = 1;
      else if (from[next] === -1) from[next] = node;
      else if (from[next] !== node) isMerge[next] = 1;
    }
  }
};

/** Children of each node in the dominator tree, in order. */
export const dominatedBy = (s: Structure): NodeLists =>
  dominatorChildren({ nodes: s.order, number: s.number }, s.dominators);

/** The loops of a function, inner ones before those around them. */
export const naturalLoops = (s: Structure): NaturalLoop[] => {
  const { order, number, isHeader, loopSize, predecessors } = s;
  const loops: NaturalLoop[] = [];
  for (let i = order.length - 1; i >= 0; i--) {
    const header = order[i]!;
    if (isHeader[header] === 0) continue;
    const latches: number[] = [];
    for (let at = predecessors.start[header]!; at < predecessors.start[header + 1]!; at++) {
      const before = predecessors.nodes[at]!;
      if (number[before]! >= i) latches.push(before);
    }
    loops.push({ header, nodes: order.subarray(i, i + loopSize[header]!), latches });
  }
  return loops;
};

// What remains to be done, in the two low bits of an entry of the stack; the node is above them.
const VISIT = 0;
const CLOSE = 1;
const OTHERWISE = 2;

/**
 * Walks over the dominator tree and gives the visitor a structured program, after Ramsey ("Beyond Relooper",
 * 2022): blocks of merge nodes open before the node that dominates them, the last in order outermost, so that each
 * of them may jump to those behind it. Blocks of nodes that leave a loop open before that loop.
 */
export const emit = (s: Structure, visitor: StructureVisitor): void => {
  const { flow, order, number, isMerge, isHeader, lastInside, lastBehind, previous } = s;
  // Constructs that are open: of each, the innermost block in or around it with nothing but ends of loops and ifs
  // between, so that control falling through ends up behind that block.
  const fallsOutOf: number[] = [];
  // The open construct that is the label of a node: its block before its code, its loop inside of it.
  const label = int32Zeros(number.length);
  const ways: readonly number[][] = [[], [0], [0, 0]];
  const stack: number[] = [(order[0]! << 2) | VISIT];

  const openBlock = (target: number): void => {
    label[target] = fallsOutOf.length;
    fallsOutOf.push(fallsOutOf.length);
    visitor.openBlock(target);
    stack.push((target << 2) | VISIT, CLOSE);
  };
  const openTransparent = (): void => {
    fallsOutOf.push(fallsOutOf.length === 0 ? -1 : fallsOutOf[fallsOutOf.length - 1]!);
  };

  while (stack.length > 0) {
    const work = stack.pop()!;
    const node = work >> 2;
    if ((work & 3) === CLOSE) {
      fallsOutOf.pop();
      visitor.close();
      continue;
    }
    if ((work & 3) === OTHERWISE) {
      visitor.otherwise(node);
      continue;
    }

    if (isHeader[node] === 1) {
      for (let target = lastBehind[node]!; target !== -1; target = previous[target]!) openBlock(target);
      label[node] = fallsOutOf.length;
      openTransparent();
      visitor.openLoop(node);
      stack.push(CLOSE);
    }
    for (let target = lastInside[node]!; target !== -1; target = previous[target]!) openBlock(target);
    visitor.node(node);

    const nexts = flow.successors[node]!;
    const count = nexts.length;
    const here = number[node]!;
    // The one successor whose code follows the exit.
    let follows = -1;
    let following = 0;
    for (let edge = 0; edge < count; edge++) {
      const next = nexts[edge]!;
      if (next === LEAVES || next === follows || isMerge[next] === 1 || number[next]! <= here) continue;
      follows = next;
      following++;
    }
    if (following === 2) {
      visitor.openIf(node);
      openTransparent();
      stack.push(CLOSE, (nexts[1]! << 2) | VISIT, (node << 2) | OTHERWISE, (nexts[0]! << 2) | VISIT);
      continue;
    }
    const top = fallsOutOf.length - 1;
    const mayFall = follows === -1 && top >= 0 && !flow.isSwitch(node);
    const fallsTo = mayFall ? fallsOutOf[top]! : -1;
    const to = count <= 2 ? ways[count]! : new Array<number>(count);
    for (let edge = 0; edge < count; edge++) {
      const next = nexts[edge]!;
      if (next === LEAVES) to[edge] = LEAVES;
      else if (next === follows) to[edge] = NEXT;
      else if (label[next] === fallsTo && number[next]! > here && (count <= 2 || edge === count - 1)) {
        to[edge] = NEXT;
      } else to[edge] = top - label[next]!;
    }
    visitor.exit(node, to);
    if (follows !== -1) stack.push((follows << 2) | VISIT);
  }
};
