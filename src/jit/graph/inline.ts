import { ROWS } from '../../isa/table.ts';
import { definesA } from '../../isa/term.ts';
import { EXIT, type FunctionGraph, type Node } from './function-graph.ts';
import { leavesTheCode } from './registers.ts';

/** Instructions of a function that calls are replaced by. */
export const LARGEST_LEAF = 24;

/** What can be put in the place of a call. */
interface Leaf {
  readonly graph: FunctionGraph;
  readonly node: Node;
}

/**
 * Puts functions of a single block into their callers: the call keeps its link register, and what returns to it goes
 * on behind it. All state is as it would be in the callee, so exits from there need nothing special.
 *
 * `find` gives the graph of a function, if it is at hand.
 */
export const inlineLeaves = (
  graph: FunctionGraph,
  stackPointer: number,
  find: (pc: number) => FunctionGraph | undefined,
): void => {
  const callers = graph.nodes.filter(({ exit }) => exit === EXIT.call).length;
  if (callers === 0) return;
  const count = graph.nodes.length;
  for (let id = 0; id < count; id++) {
    const node = graph.node(id);
    if (node.exit !== EXIT.call) continue;
    const callee = find(node.callee);
    // The call says in which register the return address is.
    const link = graph.instructions.a[node.end - 1] as number;
    const leaf = callee === undefined || callee === graph ? undefined : leafOf(callee, link, stackPointer);
    if (leaf !== undefined) inline(graph, id, leaf);
  }
};

const leafOf = (graph: FunctionGraph, link: number, stackPointer: number): Leaf | undefined => {
  const node = graph.node(graph.entry);
  const { op, a, b, x, y } = graph.instructions;
  const last = node.end - 1;
  if (node.exit !== EXIT.dynamic || node.end - node.first > LARGEST_LEAF) return undefined;
  const effect = ROWS[op[last] as number]?.effect;
  if (effect?.kind !== 'jump-indirect' || effect.link !== undefined) return undefined;
  const base = (effect.base === 'a' ? a[last] : b[last]) as number;
  const offset = (effect.offset === 'x' ? x[last] : y[last]) as number;
  if (base !== link || offset !== 0) return undefined;
  for (let i = node.first; i < last; i++) {
    const o = op[i] as number;
    if (leavesTheCode(o)) return undefined;
    if (definesA(o) && (a[i] === link || a[i] === stackPointer)) return undefined;
  }
  return { graph, node };
};

const inline = (graph: FunctionGraph, id: number, { graph: from, node: block }: Leaf): void => {
  const caller = graph.node(id);
  // Without its return, which goes where control goes on anyway.
  const first = graph.instructions.append(from.instructions, block.first, block.end - 1);
  const made = graph.add(block.pc, first, graph.instructions.count, EXIT.next);
  const body = graph.node(made);
  body.cost = block.cost;
  body.count = block.count;
  body.leavesTo = caller.leavesTo;
  graph.successors[made] = graph.successors[id] as number[];
  graph.successors[id] = [made];
  caller.exit = EXIT.next;
  caller.leavesTo = [block.pc];
  caller.callee = -1;
};
