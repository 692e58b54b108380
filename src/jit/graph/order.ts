import { type Flow, LEAVES } from './flow.ts';
import { int32Nones, int32Zeros } from './small-arrays.ts';

/** The nodes of a flow that its entry reaches, each before what it leads to, except for jumps back. */
export interface Order {
  /** Reachable nodes; the first is the entry. */
  readonly nodes: Int32Array;
  /** Place of each node in `nodes`; -1 for nodes that nothing reaches. */
  readonly number: Int32Array;
}

/** Lists of nodes, one for each node: that of `n` is `nodes[start[n]]` to `nodes[start[n + 1] - 1]`. */
export interface NodeLists {
  /** One more entry than there are nodes. */
  readonly start: Int32Array;
  readonly nodes: Int32Array;
}

/** Reverse postorder from the entry. The first successor of a node comes before the others where both are possible. */
export const reversePostorder = (flow: Flow): Order => {
  const { successors, entry } = flow;
  const number = int32Nones(successors.length);
  const postorder = int32Zeros(successors.length);
  // The path from the entry; `left[i]` successors of its i-th node have not been looked at.
  const path = int32Zeros(successors.length);
  const left = int32Zeros(successors.length);
  let finished = 0;
  let top = 0;
  path[0] = entry;
  left[0] = successors[entry]!.length;
  number[entry] = 0;
  while (top >= 0) {
    const node = path[top]!;
    const rest = left[top]!;
    if (rest === 0) {
      postorder[finished++] = node;
      top--;
      continue;
    }
    left[top] = rest - 1;
    // Backwards, so that the first successor is finished last and comes first in the reversed order.
    const next = successors[node]![rest - 1]!;
    if (next === LEAVES || number[next] !== -1) continue;
    number[next] = 0;
    path[++top] = next;
    left[top] = successors[next]!.length;
  }
  const nodes = postorder.subarray(0, finished).reverse();
  for (let i = 0; i < finished; i++) number[nodes[i]!] = i;
  return { nodes, number };
};

/** Reachable predecessors of each node, in the order given, each once however many of its edges lead there. */
export const predecessorsOf = (flow: Flow, order: Order): NodeLists => {
  const { successors } = flow;
  const { nodes } = order;
  const start = int32Zeros(successors.length + 1);
  // The node whose edge to this one was seen last: doubled edges of a node come one after another.
  const seen = int32Nones(successors.length);
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i]!;
    for (const next of successors[node]!) {
      if (next === LEAVES || seen[next] === node) continue;
      seen[next] = node;
      start[next]!++;
    }
  }
  // Ends of the lists first; filling backwards turns them into beginnings.
  let total = 0;
  for (let node = 0; node < successors.length; node++) {
    total += start[node]!;
    start[node] = total;
  }
  start[successors.length] = total;
  const list = int32Zeros(total);
  seen.fill(-1);
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i]!;
    for (const next of successors[node]!) {
      if (next === LEAVES || seen[next] === node) continue;
      seen[next] = node;
      start[next]!--;
      list[start[next]!] = node;
    }
  }
  return { start, nodes: list };
};
