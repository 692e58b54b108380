import type { MutableFlow } from './flow.ts';
import type { Instructions } from './instructions.ts';
import type { LoopPlan } from './loops/plan.ts';
import type { AccessPlace, SharedAddress } from './loops/shared-addresses.ts';

/** How control leaves a node. */
export const EXIT = {
  /** On to successor 0: a jump or fallthrough, or a block that was cut. */
  next: 0,
  /** Conditional: successor 0 when taken, else 1. */
  branch: 1,
  /** A call of the function at `callee`, then successor 0 when it returns to `returnAddress`. */
  call: 2,
  /** A dynamic jump that links: as `call`, with the callee found when it runs. */
  callIndirect: 3,
  /** A dynamic jump that may go to one of the successors (see `cases`) or leave. */
  switch: 4,
  /** A dynamic jump of which nothing is known: returns, mostly. */
  dynamic: 5,
  /** The interpreter takes over at the node's last instruction, whose block is paid. */
  interpret: 6,
  /** The interpreter takes over before the node, which has no instructions and charges nothing. */
  unentered: 7,
  /** To the successor that the dispatch variable of the node names. */
  dispatch: 8,
  /** To successor 0 when iterations of a fast loop may run, which are paid then; else 1. */
  preheader: 9,
  /** Counts the node's variable down: successor 0 unless it is 0 then, else 1. */
  countdown: 10,
  /** To successor 0 unless the node's variable is 0, else 1. */
  guard: 11,
} as const;

export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** The fast version of a loop, as its nodes share it: see `versionLoops`. */
export class FastLoop {
  readonly plan: LoopPlan;
  /** Iterations per jump back of the loop that does most of them. */
  readonly unroll: number;
  /** Variable with the number of jumps back. */
  readonly iterations: number;
  /** Variable with the number of iterations that are left over by that, or -1 when there are none. */
  readonly rest: number;
  /** Variable that is 1 when the loop ends with the last copy, or -1 when it always goes on in the original. */
  ends = -1;
  /** Where control goes when it ends so: a node, or LEAVES. */
  behind = -1;
  /** Gas and instructions of an iteration. */
  readonly cost: number;
  readonly count: number;

  constructor(plan: LoopPlan, unroll: number, iterations: number, rest: number, cost: number, count: number) {
    this.plan = plan;
    this.unroll = unroll;
    this.iterations = iterations;
    this.rest = rest;
    this.cost = cost;
    this.count = count;
  }
}

/** A part of a basic block, or a place that exists for control flow only. */
export class Node {
  /** Program counter of its first instruction. */
  readonly pc: number;
  /** Instruction indices, `end` exclusive; the last one is the terminator unless the block was cut. */
  readonly first: number;
  readonly end: number;
  exit: Exit;
  /** Gas and instructions that entering the node charges: those of the block from here to its terminator. */
  cost: number;
  count: number;
  /** Static jumps and branches: where edges that leave the function lead, by successor. */
  leavesTo: number[] = [];
  /** `call`: program counter of the callee; -1 otherwise. */
  callee = -1;
  /** `call`, `callIndirect`: the code address that the callee returns to. */
  returnAddress = 0;
  /** `switch`: the code address of each successor, ascending. */
  cases: number[] = [];
  /** `dispatch`, `countdown`, `guard`: the number of its variable; -1 otherwise. */
  variable = -1;
  /** For each successor that is a dispatch node, the index that its variable is set to; -1 elsewhere. */
  selected: number[] = [];
  /** The rest of a block that was paid as a whole: whoever cannot go on here leaves inside of it. */
  paid = false;
  /** The node that this one is a copy of, or its own number. */
  origin: number;
  /** The fast version of a loop that this node is part of: paid, and with accesses that are known to be allowed. */
  fast: FastLoop | undefined = undefined;
  /** The last iteration that runs in the fast version: what it holds elsewhere goes to memory. */
  last = false;
  /** The node of the original loop that begins in the same states as this one; -1 otherwise. */
  mirrors = -1;

  /** In fast versions: addresses to compute where this node begins, and where its accesses find theirs, by instruction. */
  sharedAddresses: readonly SharedAddress[] = [];
  places: ReadonlyMap<number, AccessPlace> | undefined = undefined;

  constructor(id: number, pc: number, first: number, end: number, exit: Exit) {
    this.origin = id;
    this.pc = pc;
    this.first = first;
    this.end = end;
    this.exit = exit;
    this.cost = 0;
    this.count = 0;
  }
}

/** The instructions and the control flow of one function: what discovery makes, passes change and emitters print. */
export class FunctionGraph implements MutableFlow {
  readonly pc: number;
  readonly instructions: Instructions;
  readonly nodes: Node[] = [];
  readonly successors: number[][] = [];
  entry = 0;
  /** Number of variables: 32-bit locals besides the registers. */
  variables = 0;
  /** The entry is a dispatch node, and the caller has put the index of its target into EXIT_CELL. */
  callerSelects = false;

  constructor(pc: number, instructions: Instructions) {
    this.pc = pc;
    this.instructions = instructions;
  }

  add(pc: number, first: number, end: number, exit: Exit): number {
    const id = this.nodes.length;
    this.nodes.push(new Node(id, pc, first, end, exit));
    this.successors.push([]);
    return id;
  }

  node(id: number): Node {
    return this.nodes[id] as Node;
  }

  isSwitch(id: number): boolean {
    const { exit } = this.node(id);
    return exit === EXIT.switch || exit === EXIT.dispatch;
  }

  weight(id: number): number {
    const { first, end } = this.node(id);
    return end - first;
  }

  copy(id: number): number {
    const from = this.node(id);
    const made = this.add(from.pc, from.first, from.end, from.exit);
    const to = this.node(made);
    to.cost = from.cost;
    to.count = from.count;
    to.paid = from.paid;
    to.leavesTo = from.leavesTo;
    to.callee = from.callee;
    to.returnAddress = from.returnAddress;
    to.cases = from.cases;
    to.variable = from.variable;
    to.selected = from.selected.slice();
    to.origin = from.origin;
    this.successors[made] = (this.successors[id] as number[]).slice();
    return made;
  }

  addDispatch(targets: readonly number[]): number {
    const id = this.add(this.node(targets[0] as number).pc, 0, 0, EXIT.dispatch);
    this.node(id).variable = this.variables++;
    this.successors[id] = targets.slice();
    return id;
  }

  select(id: number, index: number, target: number): void {
    const { selected } = this.node(id);
    const known = (this.successors[id] as number[]).length;
    for (let i = selected.length; i < known; i++) selected.push(-1);
    selected[index] = target;
  }

  /** The index that edge `index` of a node selects, -1 when it leads to no dispatch node. */
  selection(id: number, index: number): number {
    return this.node(id).selected[index] ?? -1;
  }
}
