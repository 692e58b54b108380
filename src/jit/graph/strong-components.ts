import { LEAVES } from './flow.ts';
import { int32Zeros } from './small-arrays.ts';

/**
 * Strongly connected components of two nodes or more, by the method of Tarjan ("Depth-first search and linear
 * graph algorithms", 1972) without recursion.
 */
export const strongComponents = (successors: readonly (readonly number[])[]): number[][] => {
  const size = successors.length;
  const components: number[][] = [];
  // Number in the order of discovery, from 1; 0 for nodes not seen, `size + 1` for those whose component is complete.
  const discovered = int32Zeros(size);
  const lowest = int32Zeros(size);
  const complete = size + 1;
  const open: number[] = [];
  const path = int32Zeros(size);
  const edge = int32Zeros(size);
  let count = 0;
  for (let root = 0; root < size; root++) {
    if (discovered[root] !== 0) continue;
    let top = 0;
    path[0] = root;
    edge[0] = 0;
    discovered[root] = lowest[root] = ++count;
    open.push(root);
    while (top >= 0) {
      const node = path[top]!;
      const nexts = successors[node]!;
      if (edge[top]! < nexts.length) {
        const next = nexts[edge[top]!++]!;
        if (next === LEAVES || discovered[next] === complete) continue;
        if (discovered[next] !== 0) {
          lowest[node] = Math.min(lowest[node]!, discovered[next]!);
          continue;
        }
        discovered[next] = lowest[next] = ++count;
        open.push(next);
        path[++top] = next;
        edge[top] = 0;
        continue;
      }
      top--;
      if (top >= 0) lowest[path[top]!] = Math.min(lowest[path[top]!]!, lowest[node]!);
      if (lowest[node] !== discovered[node]) continue;
      const component = open.splice(open.lastIndexOf(node));
      for (const member of component) discovered[member] = complete;
      if (component.length > 1) components.push(component);
    }
  }
  return components;
};
