import type { CompiledCode } from '../interpreter/compiled-code.ts';
import { ROWS } from '../isa/table.ts';
import type { Discovery } from '../jit/graph/discover.ts';
import { LEAVES } from '../jit/graph/flow.ts';
import { EXIT, type FunctionGraph } from '../jit/graph/function-graph.ts';
import { structureRepaired } from '../jit/graph/reducible.ts';
import { SPLIT_LIMIT } from '../jit/wasm/module-unit.ts';

/** A place in the middle of a function where a run may go on. */
export interface Place {
  readonly pc: number;
  /** Behind a host call, in a block that is paid as a whole. */
  readonly paid: boolean;
}

/** A second version of a function, which is entered in its middle. */
export interface Resumable {
  readonly graph: FunctionGraph;
  /** By the index that the caller puts into EXIT_CELL. */
  readonly places: readonly Place[];
}

/**
 * Where translated code may be left so that a run goes on in the middle of a function: behind calls (the WebAssembly
 * stack of a run that stopped is gone, the callee returns to the dispatcher), where the counter is looked at, and
 * behind host calls. All such places of a function are the targets of one dispatch node, which is the entry of a
 * second version of it: the program doubles at most, and the first version stays as good as it is.
 *
 * `repay`: what follows a host call is charged again when it runs (metering by instruction). `indirect`: program
 * counters that are such places because dynamic jumps may lead to them.
 */
export const resumable = (
  discovery: Discovery,
  pc: number,
  compiled: CompiledCode,
  { repay, indirect }: { readonly repay: boolean; readonly indirect: ReadonlySet<number> },
): Resumable | undefined => {
  const ids = placesOf(discovery.functionAt(pc), indirect);
  const graph = discovery.functionAt(pc);
  const nodes = graph.nodes.length;
  const places: Place[] = ids.map((id) => ({ pc: graph.node(id).pc, paid: false }));
  const known = new Set<number>();
  for (let id = 0; id < nodes; id++) addContinuations(graph, id, { compiled, repay, known, ids, places });
  if (ids.length === 0) return undefined;
  graph.entry = graph.addDispatch(ids);
  graph.callerSelects = true;
  return { graph, places };
};

/** Nodes behind calls and where the counter is tested, but for the function's entry. */
const placesOf = (graph: FunctionGraph, indirect: ReadonlySet<number>): number[] => {
  const original = graph.nodes.length;
  const found = new Set<number>();
  const pcs = new Set<number>();
  const { entry } = graph;
  const add = (id: number): void => {
    const { origin, pc, exit } = graph.node(id);
    if (origin === entry || origin >= original || exit === EXIT.unentered || pcs.has(pc)) return;
    pcs.add(pc);
    found.add(origin);
  };
  const { order, isHeader } = structureRepaired(graph, { splitLimit: SPLIT_LIMIT });
  for (const id of order) {
    const { exit, pc } = graph.node(id);
    if (exit !== EXIT.dispatch && (isHeader[id] === 1 || indirect.has(pc))) add(id);
    if (exit !== EXIT.dispatch && exit !== EXIT.call && exit !== EXIT.callIndirect) continue;
    for (const to of graph.successors[id] as number[]) if (to !== LEAVES) add(to);
  }
  return [...found].sort((a, b) => a - b);
};

interface Continuations {
  readonly compiled: CompiledCode;
  readonly repay: boolean;
  readonly known: Set<number>;
  readonly ids: number[];
  readonly places: Place[];
}

/** Adds a node for what follows each host call of a node. */
const addContinuations = (
  graph: FunctionGraph,
  id: number,
  { compiled, repay, known, ids, places }: Continuations,
): void => {
  const { instructions } = graph;
  const { first, end, exit } = graph.node(id);
  for (let i = first; i < end - 1; i++) {
    if (ROWS[instructions.op[i] as number]?.effect.kind !== 'host-call') continue;
    const pc = instructions.pc[i + 1] as number;
    if (known.has(pc)) continue;
    known.add(pc);
    const from = graph.node(id);
    const made = graph.add(pc, i + 1, end, exit);
    const to = graph.node(made);
    to.leavesTo = from.leavesTo;
    to.callee = from.callee;
    to.returnAddress = from.returnAddress;
    to.cases = from.cases;
    to.paid = !repay;
    if (repay) {
      const rest = restOf(compiled, pc);
      to.cost = rest.gas;
      to.count = rest.instructions;
    }
    graph.successors[made] = (graph.successors[id] as number[]).slice();
    ids.push(made);
    places.push({ pc, paid: !repay });
  }
};

/** Gas and instructions from a place inside a block to the block's end. */
export const restOf = (
  compiled: CompiledCode,
  pc: number,
): { readonly gas: number; readonly instructions: number } => {
  const record = compiled.recordOf(pc);
  if (compiled.instructionsFrom(record) === 0) compiled.decode(compiled.recordOf(compiled.code.blockOf(pc)));
  return { gas: compiled.costAt(record), instructions: compiled.instructionsFrom(record) };
};
