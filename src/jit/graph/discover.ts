import { isRiscvKind } from '../../core/kind.ts';
import { Instruction } from '../../decoder/instruction.ts';
import type { Program } from '../../decoder/program.ts';
import type { Pricing } from '../../interpreter/compiled-code.ts';
import type { Effect } from '../../isa/row.ts';
import { INVALID, isTerminator, ROWS } from '../../isa/table.ts';
import { LEAVES } from './flow.ts';
import { EXIT, FunctionGraph, type Node } from './function-graph.ts';
import { Instructions } from './instructions.ts';
import { firstAbove, isLinkRegister, Landmarks } from './landmarks.ts';

/** Blocks longer than this are cut: V8 compiles a function in more than linear time. */
const LONGEST_NODE = 1024;
/** Targets of one jump table that are looked at. */
const MOST_CASES = 1024;
/** Code addresses are even, so a table over a range of addresses has an entry for two of them. */
export const ADDRESS_STEP = 2;

/** Costs of a node are 32-bit sums; nothing dearer is translated. */
const DEAREST = 2 ** 30;

/**
 * Finds the functions of a program, one when it is asked for: what is reached from an entry without calls and
 * returns. Code that several functions jump to belongs to each of them.
 */
export class Discovery {
  readonly program: Program;
  readonly #pricing: Pricing;
  readonly #riscv: boolean;
  #landmarks: Landmarks | undefined;
  readonly #instruction = new Instruction();
  readonly #maximum: number;

  /** `maximum`: instructions of one function; what is further away is left to be a function of its own. */
  constructor(program: Program, pricing: Pricing, maximum: number) {
    this.program = program;
    this.#pricing = pricing;
    this.#riscv = isRiscvKind(program.kind);
    this.#maximum = maximum;
  }

  get landmarks(): Landmarks {
    this.#landmarks ??= new Landmarks(this.program);
    return this.#landmarks;
  }

  /**
   * The function entered at `pc`, the first instruction of a basic block; `maximum`: see the constructor. What jumps to
   * `end` leaves.
   */
  functionAt(pc: number, maximum: number = this.#maximum, end?: number): FunctionGraph {
    const graph = new FunctionGraph(pc, new Instructions());
    const known = new Map<number, number>();
    const open: number[] = [];
    const enter = (target: number): number => {
      const node = known.get(target);
      if (node !== undefined) return node;
      if (target === end || graph.instructions.count >= maximum) return LEAVES;
      const made = this.#block(graph, target, false);
      known.set(target, made);
      open.push(made);
      return made;
    };
    graph.entry = enter(pc);
    const switches: number[] = [];
    const link = (): void => {
      for (let id = open.shift(); id !== undefined; id = open.shift()) {
        this.#connect(graph, id, enter, switches);
      }
    };
    link();
    // Jump tables last: then the function's extent is known from everything else.
    for (let id = switches.shift(); id !== undefined; id = switches.shift()) {
      this.#connectSwitch(graph, id, enter);
      link();
    }
    return graph;
  }

  /** Decodes a block into a node; `paid` for the rest of a block that was cut. */
  #block(graph: FunctionGraph, start: number, paid: boolean): number {
    const { code } = this.program;
    const { instructions } = graph;
    const i = this.#instruction;
    const { costs, blockCost } = this.#pricing;
    const first = instructions.count;
    let cost = 0;
    let count = 0;
    let pc = start;
    let exit: Node['exit'] | undefined;
    let cut = false;
    while (exit === undefined) {
      code.decode(pc, i);
      const { op } = i;
      const terminator = isTerminator(op);
      count++;
      cost += costs?.[op] ?? 0;
      // Not an instruction of the kind, or nothing behind it: the interpreter knows what that means.
      if (op === INVALID || (i.isLast && !terminator)) {
        if (op !== INVALID) {
          count++;
          cost += costs?.[INVALID] ?? 0;
        }
        exit = instructions.count === first ? EXIT.unentered : EXIT.interpret;
        break;
      }
      instructions.push(pc, i);
      if (terminator) exit = this.#exitOf(i, pc);
      pc += i.length;
      if (exit === undefined && instructions.count - first === LONGEST_NODE) {
        // What follows is paid here.
        const rest = this.#restOf(pc);
        cost += rest.cost;
        count += rest.count;
        code.decode(pc, i);
        // Only the interpreter enters such an instruction; it does so from the one before.
        exit = i.op === INVALID || (i.isLast && !isTerminator(i.op)) ? EXIT.interpret : EXIT.next;
        cut = exit === EXIT.next;
      }
    }
    if (blockCost !== undefined && exit !== EXIT.unentered && !paid) cost = blockCost(start);
    if (cost >= DEAREST) exit = EXIT.unentered;
    const id = graph.add(start, first, exit === EXIT.unentered ? first : instructions.count, exit);
    const node = graph.node(id);
    if (exit !== EXIT.unentered && !paid) {
      node.cost = cost;
      node.count = count;
    }
    if (cut) {
      graph.successors[id] = [
        graph.instructions.count >= this.#maximum ? this.#stop(graph, pc) : this.#block(graph, pc, true),
      ];
    }
    return id;
  }

  /** A node where the interpreter goes on inside a block. */
  #stop(graph: FunctionGraph, pc: number): number {
    const i = this.#instruction;
    this.program.code.decode(pc, i);
    const first = graph.instructions.push(pc, i);
    return graph.add(pc, first, first + 1, EXIT.interpret);
  }

  /** Cost and instructions from `start` to the end of its block. */
  #restOf(start: number): { cost: number; count: number } {
    const i = new Instruction();
    const { costs } = this.#pricing;
    let cost = 0;
    let count = 0;
    for (let pc = start; ; pc += i.length) {
      this.program.code.decode(pc, i);
      cost += costs?.[i.op] ?? 0;
      count++;
      if (isTerminator(i.op)) return { cost, count };
      if (i.isLast) return { cost: cost + (costs?.[INVALID] ?? 0), count: count + 1 };
    }
  }

  /** Whether control may go on to `pc` behind a block's end. */
  #mayGoOn(pc: number): boolean {
    // Gray Paper 0.7 A.3: only jumps are checked; what is behind the end is left to the interpreter.
    return this.program.code.isJumpTarget(pc);
  }

  #exitOf(i: Instruction, pc: number): Node['exit'] {
    const { code } = this.program;
    const effect = ROWS[i.op]?.effect as Effect;
    const next = pc + i.length;
    switch (effect.kind) {
      case 'fallthrough':
        return this.#mayGoOn(next) ? EXIT.next : EXIT.interpret;
      case 'branch':
        return this.#mayGoOn(next) && code.isJumpTarget(i.target) ? EXIT.branch : EXIT.interpret;
      case 'jump':
        if (!code.isJumpTarget(i.target)) return EXIT.interpret;
        return effect.link !== undefined && this.#returnOf(effect.link, i, next) !== undefined
          ? EXIT.call
          : EXIT.next;
      case 'jump-indirect':
        if (effect.link !== undefined) {
          return this.#returnOf(effect.link, i, next) === undefined ? EXIT.dynamic : EXIT.callIndirect;
        }
        return isLinkRegister(this.program, effect.base === 'a' ? i.a : i.b) ? EXIT.dynamic : EXIT.switch;
      default:
        return EXIT.interpret;
    }
  }

  /** The address that a linking jump leaves for its callee, when it is one that a callee can return to. */
  #returnOf(link: 'x' | 'return', i: Instruction, next: number): number | undefined {
    if (!isLinkRegister(this.program, i.a)) return undefined;
    const address = link === 'x' ? i.x >>> 0 : next;
    return this.program.code.resolveCodeAddress(address) < 0 ? undefined : address;
  }

  #connect(graph: FunctionGraph, id: number, enter: (pc: number) => number, switches: number[]): void {
    const node = graph.node(id);
    const at = node.end - 1;
    const { instructions } = graph;
    const next = (instructions.pc[at] as number) + (instructions.length[at] as number);
    const target = instructions.target[at] as number;
    const effect = ROWS[instructions.op[at] as number]?.effect as Effect;
    const to = (targets: number[]): void => {
      node.leavesTo = targets;
      graph.successors[id] = targets.map(enter);
    };
    switch (node.exit) {
      case EXIT.next: {
        const successors = graph.successors[id] as number[];
        if (successors.length === 0) to([effect.kind === 'jump' ? target : next]);
        else {
          // A block that was cut: its parts are connected one after the other.
          const rest = successors[0] as number;
          this.#connect(graph, rest, enter, switches);
        }
        return;
      }
      case EXIT.branch:
        to([target, next]);
        return;
      case EXIT.call:
      case EXIT.callIndirect: {
        const { link } = effect as Effect & { kind: 'jump' | 'jump-indirect' };
        node.returnAddress = link === 'x' ? (instructions.x[at] as number) >>> 0 : next;
        if (node.exit === EXIT.call) node.callee = target;
        to([this.program.code.resolveCodeAddress(node.returnAddress)]);
        return;
      }
      case EXIT.switch:
        switches.push(id);
    }
  }

  #connectSwitch(graph: FunctionGraph, id: number, enter: (pc: number) => number): void {
    const node = graph.node(id);
    const { landmarks } = this;
    const { code } = this.program;
    const end = landmarks.functionAfter(graph.pc);
    const targets = landmarks.indirectTargets;
    const cases: number[] = [];
    // In the RISC-V profile code addresses are program counters; PolkaVM's jump table is in the order of its making.
    const from = this.#riscv ? firstAbove(targets, graph.pc) : 0;
    for (let k = from; k < targets.length; k++) {
      const address = targets[k] as number;
      const pc = code.resolveCodeAddress(address);
      if (this.#riscv && pc >= end) break;
      if (pc > graph.pc && pc < end) cases.push(address);
      if (cases.length > MOST_CASES) break;
    }
    const span = ((cases.at(-1) ?? 0) - (cases[0] ?? 0)) / ADDRESS_STEP;
    if (cases.length === 0 || cases.length > MOST_CASES || span > 16 * MOST_CASES) {
      node.exit = EXIT.dynamic;
      return;
    }
    node.cases = cases;
    node.leavesTo = cases.map((address) => code.resolveCodeAddress(address));
    graph.successors[id] = node.leavesTo.map(enter);
  }
}
