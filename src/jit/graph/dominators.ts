import type { Flow } from './flow.ts';
import { Forest } from './forest.ts';
import { type NodeLists, type Order, predecessorsOf, reversePostorder } from './order.ts';
import { int32Zeros } from './small-arrays.ts';

/**
 * The dominator tree of a flow: the parent of a node is its immediate dominator. Exact for reducible flows, see
 * `isReducible`; of others it is the tree without their jumps back.
 *
 * One pass of the method of Cooper, Harvey and Kennedy ("A simple, fast dominance algorithm", 2001) in reverse
 * postorder: a jump back in a reducible flow leads to a dominator of its source, which no path gets around, so such
 * edges tell nothing new and nothing needs to be repeated. The common dominator of two predecessors is looked for
 * with far jumps, since guests choose their own graphs and walking step by step is quadratic at worst.
 */
export const dominatorTree = (order: Order, predecessors: NodeLists): Forest => {
  const { nodes, number } = order;
  const { start, nodes: list } = predecessors;
  const tree = new Forest(number.length);
  tree.add(nodes[0]!, -1);
  for (let i = 1; i < nodes.length; i++) {
    const node = nodes[i]!;
    let dominator = -1;
    for (let at = start[node]!, end = start[node + 1]!; at < end; at++) {
      const before = list[at]!;
      if (number[before]! >= i) continue;
      dominator = dominator === -1 ? before : tree.commonAncestor(dominator, before);
    }
    tree.add(node, dominator);
  }
  return tree;
};

/**
 * Whether each jump back leads to a dominator of its source. The tree without jumps back decides it: if they all
 * keep to it, they change nothing about it; and what dominates with them does so without them.
 */
const isReducible = (order: Order, predecessors: NodeLists, dominators: Forest): boolean => {
  const { nodes, number } = order;
  const { start, nodes: list } = predecessors;
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i]!;
    for (let at = start[node]!, end = start[node + 1]!; at < end; at++) {
      const before = list[at]!;
      if (number[before]! >= i && !dominators.isAncestor(node, before)) return false;
    }
  }
  return true;
};

/** Children of each node in the dominator tree, in the order given. */
export const dominatorChildren = (order: Order, dominators: Forest): NodeLists => {
  const { nodes, number } = order;
  const { parent } = dominators;
  const start = int32Zeros(number.length + 1);
  for (let i = 1; i < nodes.length; i++) start[parent[nodes[i]!]!]!++;
  let total = 0;
  for (let node = 0; node < number.length; node++) {
    total += start[node]!;
    start[node] = total;
  }
  start[number.length] = total;
  const list = int32Zeros(total);
  for (let i = nodes.length - 1; i > 0; i--) {
    const node = nodes[i]!;
    const above = parent[node]!;
    start[above]!--;
    list[start[above]!] = node;
  }
  return { start, nodes: list };
};

/** What both repairing and structuring begin with. */
export interface FlowAnalysis {
  readonly order: Order;
  readonly predecessors: NodeLists;
  readonly dominators: Forest;
  readonly isReducible: boolean;
}

export const analyse = (flow: Flow): FlowAnalysis => {
  const order = reversePostorder(flow);
  const predecessors = predecessorsOf(flow, order);
  const dominators = dominatorTree(order, predecessors);
  return { order, predecessors, dominators, isReducible: isReducible(order, predecessors, dominators) };
};
