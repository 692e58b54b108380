import { analyse, type FlowAnalysis } from './dominators.ts';
import { type Flow, LEAVES, type MutableFlow } from './flow.ts';
import type { Order } from './order.ts';
import { strongComponents } from './strong-components.ts';
import { type Structure, structure, structureAnalysed } from './structure.ts';

/** How irreducible loops are repaired. */
export interface RepairOptions {
  /** The most instructions that are copied to repair one loop (a node counts for one at least); 64 is a good measure. */
  readonly splitLimit: number;
}

/** What was done to a flow. */
export interface Repairs {
  /** Nodes that are copies. */
  readonly copies: number;
  /** Dispatch nodes. */
  readonly dispatches: number;
}

/**
 * Loops in loops are repaired one level after the other, and each level looks at the nodes again; below this one,
 * whatever is irreducible becomes one loop around a dispatch node. Compilers' code does not come near it; a guest
 * that nests deeper on purpose gets slower code rather than a slow translation.
 */
const MOST_LEVELS = 24;

/** Each choice of the entry that stays the header is tried, up to this many. */
const MOST_CANDIDATES = 8;

/**
 * Gives each loop of a flow a single entry. A loop with several is repaired by copying the nodes that control runs
 * through before it first comes to the entry which stays, as long as they are few; else by a dispatch node, which
 * becomes the header, with all edges to the entries redirected to it. Copies at most double the function.
 */
export const makeReducible = (flow: MutableFlow, options: RepairOptions): Repairs =>
  repair(flow, analyse(flow), options);

/** `makeReducible` and `structure` in one, which saves analysing a flow twice that is reducible as it is. */
export const structureRepaired = (flow: MutableFlow, options: RepairOptions): Structure => {
  const analysis = analyse(flow);
  if (analysis.isReducible) return structureAnalysed(flow, analysis);
  repair(flow, analysis, options);
  return structure(flow);
};

const repair = (
  flow: MutableFlow,
  { order, isReducible }: FlowAnalysis,
  { splitLimit }: RepairOptions,
): Repairs => {
  if (isReducible) return { copies: 0, dispatches: 0 };
  const work = new Repair(flow, order, splitLimit);
  work.run();
  return { copies: work.copies, dispatches: work.dispatches };
};

/** Nodes whose loops are to be looked at, without the headers of the loops around them. */
interface Region {
  readonly nodes: readonly number[];
  readonly level: number;
}

/** An entry stays the header; these nodes are copied for those who come in by the others. */
interface Split {
  readonly header: number;
  readonly nodes: readonly number[];
}

class Repair {
  copies = 0;
  dispatches = 0;
  readonly #flow: MutableFlow;
  readonly #splitLimit: number;
  /** Instructions that may still be copied in this function. */
  #budget: number;
  /** Reachable predecessors; a node may occur several times. */
  readonly #predecessors: number[][] = [];
  /** The loop that a node was last found in. */
  readonly #loopOf: number[] = [];
  #loops = 0;
  /** What is known of a node for the moment: its place in a graph, target number, or copy; else -1. */
  readonly #mark: number[] = [];
  /** Targets that were selected at edges of a node, as edge and target in turn. */
  readonly #selected = new Map<number, number[]>();
  readonly #regions: Region[];

  constructor(flow: MutableFlow, order: Order, splitLimit: number) {
    this.#flow = flow;
    this.#splitLimit = splitLimit;
    const nodes = [...order.nodes];
    let instructions = 0;
    for (let node = 0; node < flow.successors.length; node++) this.#know(node);
    for (const node of nodes) {
      instructions += this.#cost(node);
      for (const next of flow.successors[node]!) if (next !== LEAVES) this.#predecessors[next]!.push(node);
    }
    this.#budget = Math.max(instructions, splitLimit);
    this.#regions = [{ nodes, level: 0 }];
  }

  run(): void {
    for (let region = this.#regions.pop(); region !== undefined; region = this.#regions.pop()) {
      const { nodes, level } = region;
      const components = strongComponents(this.#graph(nodes));
      for (const component of components) {
        this.#repairLoop(
          component.map((at) => nodes[at]!),
          level,
        );
      }
    }
  }

  #repairLoop(nodes: readonly number[], level: number): void {
    const loop = this.#loops++;
    for (const node of nodes) this.#loopOf[node] = loop;
    // The function's entry is the only one of its loop: what leads there from outside is reached from it and so inside.
    const entries = nodes.filter(
      (node) =>
        node === this.#flow.entry ||
        this.#predecessors[node]!.some((before) => this.#loopOf[before] !== loop),
    );
    const inside = { level: level + 1 };
    if (level === MOST_LEVELS || entries.length === 1) {
      const jumpedBackTo = this.#irreducibleTargets(nodes, entries);
      if (jumpedBackTo === undefined) return;
      if (level === MOST_LEVELS) this.#dispatch(jumpedBackTo);
      else this.#regions.push({ ...inside, nodes: nodes.filter((node) => node !== entries[0]) });
      return;
    }
    const split = this.#cheapestSplit(entries, loop);
    if (split === undefined) {
      this.#dispatch(entries);
      this.#regions.push({ ...inside, nodes });
    } else {
      const copies = this.#split(split, entries, loop);
      this.#regions.push({ ...inside, nodes: nodes.filter((node) => node !== split.header) });
      this.#regions.push({ ...inside, nodes: copies });
    }
  }

  /** Edges among these nodes, which are numbered by their places in the list. */
  #graph(nodes: readonly number[]): number[][] {
    for (let at = 0; at < nodes.length; at++) this.#mark[nodes[at]!] = at;
    const graph = nodes.map((node) => {
      const edges: number[] = [];
      for (const next of this.#flow.successors[node]!) {
        if (next !== LEAVES && this.#mark[next] !== -1) edges.push(this.#mark[next]!);
      }
      return edges;
    });
    for (const node of nodes) this.#mark[node] = -1;
    return graph;
  }

  /**
   * Undefined if the loop is reducible with one entry; else its entries and whatever jumps back in it lead to.
   * Without the edges to those, it has no loop.
   */
  #irreducibleTargets(nodes: readonly number[], entries: readonly number[]): number[] | undefined {
    const successors = this.#graph(nodes);
    const isEntry = new Set(entries);
    // A node in front of the entries.
    const before = successors.length;
    successors.push([...nodes.keys()].filter((at) => isEntry.has(nodes[at]!)));
    const flow: Flow = { entry: before, successors, isSwitch: () => false };
    const { order, predecessors, isReducible } = analyse(flow);
    if (isReducible) return undefined;
    const { start, nodes: list } = predecessors;
    return nodes.filter((node, at) => {
      if (isEntry.has(node)) return true;
      return list.subarray(start[at], start[at + 1]).some((from) => order.number[from]! >= order.number[at]!);
    });
  }

  #cheapestSplit(entries: readonly number[], loop: number): Split | undefined {
    let most = Math.min(this.#splitLimit, this.#budget);
    if (entries.length - 1 > most) return undefined;
    let best: Split | undefined;
    for (const header of entries.slice(0, MOST_CANDIDATES)) {
      const nodes: number[] = [];
      let cost = 0;
      const reach = (node: number): void => {
        if (node === header || this.#loopOf[node] !== loop || this.#mark[node] !== -1) return;
        this.#mark[node] = 0;
        nodes.push(node);
        cost += this.#cost(node);
      };
      for (const entry of entries) reach(entry);
      for (let at = 0; at < nodes.length && cost <= most; at++) {
        for (const next of this.#flow.successors[nodes[at]!]!) if (next !== LEAVES) reach(next);
      }
      for (const node of nodes) this.#mark[node] = -1;
      if (cost > most) continue;
      best = { header, nodes };
      most = cost - 1;
    }
    return best;
  }

  /** Copies nodes and lets those who came into the loop by them come into the copies. Returns the copies. */
  #split({ nodes, header }: Split, entries: readonly number[], loop: number): number[] {
    const { successors } = this.#flow;
    const copies = nodes.map((node) => {
      const copy = this.#flow.copy(node);
      this.#know(copy);
      this.#mark[node] = copy;
      this.#budget -= this.#cost(node);
      return copy;
    });
    this.copies += copies.length;
    for (const [at, node] of nodes.entries()) {
      const copy = copies[at]!;
      const selected = this.#selected.get(node) ?? [];
      for (let i = 0; i < selected.length; i += 2) this.#select(copy, selected[i]!, selected[i + 1]!);
      this.#leadToCopies(copy);
      for (const next of successors[copy]!) if (next !== LEAVES) this.#predecessors[next]!.push(copy);
    }
    for (const entry of entries) {
      if (entry === header) continue;
      const before = this.#predecessors[entry]!;
      for (const node of new Set(before)) {
        if (this.#loopOf[node] === loop) continue;
        for (const next of this.#leadToCopies(node)) this.#predecessors[next]!.push(node);
      }
      this.#predecessors[entry] = before.filter((node) => this.#loopOf[node] === loop);
    }
    for (const node of nodes) this.#mark[node] = -1;
    return copies;
  }

  /** Redirects edges of a node to nodes that have been copied; returns the copies that they lead to now. */
  #leadToCopies(node: number): number[] {
    const nexts = this.#flow.successors[node]!;
    const redirected: number[] = [];
    for (let edge = 0; edge < nexts.length; edge++) {
      const next = nexts[edge]!;
      if (next === LEAVES || this.#mark[next] === -1) continue;
      nexts[edge] = this.#mark[next]!;
      redirected.push(nexts[edge]!);
    }
    return redirected;
  }

  /** Puts a dispatch node before these nodes, which nothing else leads to from now on. */
  #dispatch(targets: readonly number[]): void {
    const { successors } = this.#flow;
    const dispatch = this.#flow.addDispatch(targets);
    this.dispatches++;
    this.#know(dispatch);
    const sources = new Set<number>();
    for (const [index, target] of targets.entries()) {
      this.#mark[target] = index;
      for (const node of this.#predecessors[target]!) sources.add(node);
      this.#predecessors[target] = [dispatch];
    }
    for (const node of sources) {
      const nexts = successors[node]!;
      for (let edge = 0; edge < nexts.length; edge++) {
        const next = nexts[edge]!;
        if (next === LEAVES || this.#mark[next] === -1) continue;
        const target = this.#mark[next]!;
        nexts[edge] = dispatch;
        this.#select(node, edge, target);
      }
    }
    this.#predecessors[dispatch] = [...sources];
    for (const target of targets) this.#mark[target] = -1;
  }

  #select(node: number, edge: number, target: number): void {
    this.#flow.select(node, edge, target);
    const selected = this.#selected.get(node);
    if (selected === undefined) this.#selected.set(node, [edge, target]);
    else selected.push(edge, target);
  }

  #cost(node: number): number {
    return Math.max(1, this.#flow.weight(node));
  }

  #know(node: number): void {
    this.#predecessors[node] = [];
    this.#loopOf[node] = -1;
    this.#mark[node] = -1;
  }
}
