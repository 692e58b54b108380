import { EXIT, FastLoop, type FunctionGraph, type Node } from '../function-graph.ts';
import type { Structure } from '../structure.ts';
import { plansOf } from './candidates.ts';
import { type Machine, terminatorOf } from './cycle.ts';
import type { LoopPlan } from './plan.ts';
import { sharedAddresses } from './shared-addresses.ts';

/** Bodies of so few instructions run several times per jump back: the counting would be a large part of them. */
const SMALL_BODY = 24;
export const UNROLLED = 4;

/**
 * Gives loops that are linear a second, fast version. A preheader on the ways into such a loop finds out how many
 * iterations go through for sure: no test ends the loop, no access faults, gas lasts. These are paid at once and run
 * in copies of the body with neither tests nor checks; the original loop goes on from there. The last of them is a
 * copy of its own behind the fast loop: all registers that the body writes are written there, so the fast loop need
 * not keep any for those who leave later.
 *
 * True when the graph was changed; then it has to be structured again.
 */
export const versionLoops = (
  graph: FunctionGraph,
  structure: Structure,
  machine: Machine,
  isPayable: (cost: number, count: number) => boolean,
): boolean => {
  let changed = false;
  for (const plan of plansOf(graph, structure, machine)) {
    const { cost, count } = priceOf(graph, plan);
    if (!isPayable(cost, count)) continue;
    new Surgery(graph, structure, plan, machine, cost, count).run();
    changed = true;
  }
  return changed;
};

/** Gas and instructions of an iteration. */
const priceOf = (graph: FunctionGraph, plan: LoopPlan): { cost: number; count: number } => {
  let cost = 0;
  let count = 0;
  for (const id of plan.cycle.nodes) {
    cost += graph.node(id).cost;
    count += graph.node(id).count;
  }
  return { cost, count };
};

class Surgery {
  readonly #graph: FunctionGraph;
  readonly #structure: Structure;
  readonly #plan: LoopPlan;
  readonly #machine: Machine;
  readonly #loop: FastLoop;

  constructor(
    graph: FunctionGraph,
    structure: Structure,
    plan: LoopPlan,
    machine: Machine,
    cost: number,
    count: number,
  ) {
    this.#machine = machine;
    this.#graph = graph;
    this.#structure = structure;
    this.#plan = plan;
    const unroll = plan.cycle.size <= SMALL_BODY ? UNROLLED : 1;
    this.#loop = new FastLoop(
      plan,
      unroll,
      graph.variables++,
      unroll > 1 ? graph.variables++ : -1,
      cost,
      count,
    );
  }

  run(): void {
    const graph = this.#graph;
    const { unroll, iterations, rest } = this.#loop;
    const header = this.#plan.cycle.nodes[0] as number;
    const preheader = this.#place(EXIT.preheader);
    const last = this.#copies(1, true);
    if (!this.#mayEnd(last.end, header)) this.#lead(last.end, header);
    let start: number;
    if (unroll === 1) start = this.#countedLoop(1, iterations, last.start);
    else {
      // What is left of the iterations comes behind the loop of several at once; either may run not at all.
      const single = this.#guarded(this.#countedLoop(1, rest, last.start), rest, last.start);
      start = this.#guarded(this.#countedLoop(unroll, iterations, single), iterations, single);
    }
    this.#redirectEntries(header, preheader);
    graph.successors[preheader] = [start, header];
  }

  /** A node without instructions that belongs to the fast version. */
  #place(exit: Node['exit'], variable = -1): number {
    const { pc, first } = this.#graph.node(this.#plan.cycle.nodes[0] as number);
    const id = this.#graph.add(pc, first, first, exit);
    const node = this.#graph.node(id);
    node.fast = this.#loop;
    node.variable = variable;
    return id;
  }

  /**
   * A loop whose only test, for inequality, is at the end of its body: if its distance is a multiple of the step, one
   * more iteration is known to run, and to be the last one. Then the loop ends with the last copy.
   */
  #mayEnd(end: number, header: number): boolean {
    const graph = this.#graph;
    const { cycle, bounds } = this.#plan;
    const latch = cycle.nodes.at(-1) as number;
    const { exit, leavesTo } = graph.node(latch);
    if (exit !== EXIT.branch || bounds.length !== 1 || bounds[0]?.order !== 'equality') return false;
    const edge = (graph.successors[latch] as number[])[0] === header ? 1 : 0;
    if (graph.selection(latch, edge) >= 0) return false;
    const node = graph.node(end);
    node.exit = EXIT.guard;
    node.variable = graph.variables++;
    node.leavesTo = [leavesTo[edge] as number];
    this.#loop.ends = node.variable;
    this.#loop.behind = (graph.successors[latch] as number[])[edge] as number;
    graph.successors[end] = [this.#loop.behind, header];
    return true;
  }

  #lead(id: number, to: number): void {
    this.#graph.successors[id] = [to];
  }

  /** Copies of the body one behind the other, without what ends its blocks. */
  #copies(times: number, last: boolean): { start: number; end: number } {
    const graph = this.#graph;
    let start = -1;
    let end = -1;
    const { all, places } = sharedAddresses(graph, this.#plan.cycle.nodes, times, this.#machine);
    for (let k = 0; k < times; k++) {
      for (const id of this.#plan.cycle.nodes) {
        const { pc, first, end: behind } = graph.node(id);
        const terminator = terminatorOf(graph, id);
        const copy = graph.add(pc, first, terminator < 0 ? behind : terminator, EXIT.next);
        const node = graph.node(copy);
        node.fast = this.#loop;
        node.last = last;
        node.mirrors = id;
        node.places = places[k];
        if (start < 0) {
          start = copy;
          node.sharedAddresses = all;
        } else this.#lead(end, copy);
        end = copy;
      }
    }
    return { start, end };
  }

  /** A loop that runs as often as a variable says, which is not 0. */
  #countedLoop(times: number, variable: number, behind: number): number {
    const { start, end } = this.#copies(times, false);
    const node = this.#graph.node(end);
    node.exit = EXIT.countdown;
    node.variable = variable;
    this.#graph.successors[end] = [start, behind];
    return start;
  }

  #guarded(start: number, variable: number, behind: number): number {
    const guard = this.#place(EXIT.guard, variable);
    this.#graph.node(guard).mirrors = this.#plan.cycle.nodes[0] as number;
    this.#graph.successors[guard] = [start, behind];
    return guard;
  }

  #redirectEntries(header: number, preheader: number): void {
    const graph = this.#graph;
    const { predecessors } = this.#structure;
    const { nodes } = this.#plan.cycle;
    for (let k = predecessors.start[header] as number; k < (predecessors.start[header + 1] as number); k++) {
      const before = predecessors.nodes[k] as number;
      if (nodes.includes(before)) continue;
      const successors = graph.successors[before] as number[];
      for (let edge = 0; edge < successors.length; edge++) {
        if (successors[edge] === header) successors[edge] = preheader;
      }
    }
    // Other loops that end in their last copies.
    for (const [id, { last, exit, fast }] of graph.nodes.entries()) {
      if (!last || exit !== EXIT.guard || fast === undefined || fast.behind !== header) continue;
      (graph.successors[id] as number[])[0] = preheader;
      fast.behind = preheader;
    }
    if (graph.entry === header) graph.entry = preheader;
  }
}
