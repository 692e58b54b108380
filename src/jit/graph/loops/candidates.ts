import { LEAVES } from '../flow.ts';
import { EXIT, type FunctionGraph } from '../function-graph.ts';
import type { Structure } from '../structure.ts';
import { followCycle, type Machine } from './cycle.ts';
import { type LoopPlan, planLoop } from './plan.ts';

/** Instructions of a loop's body: larger ones would make the function too large, and gain less per instruction. */
const LARGEST_BODY = 512;

/** The innermost loops whose body is one cycle of nodes, as lists of nodes from the header on. */
export const simpleCycles = (graph: FunctionGraph, s: Structure): number[][] => {
  const cycles: number[][] = [];
  for (let k = 0; k < s.order.length; k++) {
    const header = s.order[k] as number;
    if (s.isHeader[header] === 0) continue;
    const cycle = cycleFrom(graph, s, header);
    if (cycle !== undefined) cycles.push(cycle);
  }
  return cycles;
};

const cycleFrom = (graph: FunctionGraph, s: Structure, header: number): number[] | undefined => {
  const first = s.number[header] as number;
  const size = s.loopSize[header] as number;
  const isInside = (id: number): boolean =>
    id !== LEAVES && (s.number[id] as number) >= first && (s.number[id] as number) < first + size;
  const cycle: number[] = [];
  let instructions = 0;
  for (let id = header; ; ) {
    const node = graph.node(id);
    if ((node.exit !== EXIT.next && node.exit !== EXIT.branch) || node.paid) return undefined;
    instructions += node.end - node.first;
    if (instructions > LARGEST_BODY || cycle.length === size) return undefined;
    cycle.push(id);
    let next = LEAVES;
    for (const successor of graph.successors[id] as number[]) {
      if (!isInside(successor)) continue;
      if (next !== LEAVES) return undefined;
      next = successor;
    }
    if (next === header) break;
    if (next === LEAVES || s.isHeader[next] === 1) return undefined;
    id = next;
  }
  return cycle.length === size ? cycle : undefined;
};

/** Plans for the loops of a function that can be versioned. */
export const plansOf = (graph: FunctionGraph, structure: Structure, machine: Machine): LoopPlan[] => {
  const plans: LoopPlan[] = [];
  for (const nodes of simpleCycles(graph, structure)) {
    const cycle = followCycle(graph, nodes, machine);
    const plan = cycle === undefined ? undefined : planLoop(cycle, machine);
    if (plan !== undefined) plans.push(plan);
  }
  return plans;
};
