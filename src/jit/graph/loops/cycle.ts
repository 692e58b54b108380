import type { Width } from '../../../core/kind.ts';
import { ROWS } from '../../../isa/table.ts';
import { definesA, TERM, type Term, termOf, touchesOtherRegisters } from '../../../isa/term.ts';
import { type AccessShape, accessOf } from '../accesses.ts';
import type { FunctionGraph } from '../function-graph.ts';
import {
  constantForm,
  EXACT,
  FIRST_SLOT,
  type Form,
  formOf,
  registerForm,
  sumOf,
  unknownBetween,
  wordOf,
} from './linear-forms.ts';
import { type Slot, slotsOf } from './stack-slots.ts';

/** What the analysis must know of the machine. */
export interface Machine {
  readonly width: Width;
  /** Register 0 is zero. */
  readonly zeroRegister: boolean;
  readonly stackPointer: number;
}

/** A load or store of the body that is none of a slot, with its address as low 32 bits. */
export interface CycleAccess {
  readonly at: number;
  readonly address: Form;
  readonly bytes: number;
  readonly store: boolean;
}

/** A comparison that ends the loop or not; the loop goes on when it gives `stays`. */
export interface CycleTest {
  /** TERM.eq, .ne, .lt, .ltu, .ge or .geu. */
  readonly comparison: number;
  readonly p: Form;
  readonly q: Form;
  readonly stays: boolean;
}

/** What one way through a loop's body does to registers, all forms being of the registers at the header. */
export interface Cycle {
  /** Nodes from the header on. */
  readonly nodes: readonly number[];
  /** Of registers and slots, behind the last node. */
  readonly finals: readonly (Form | undefined)[];
  readonly accesses: readonly CycleAccess[];
  readonly tests: readonly CycleTest[];
  readonly slots: readonly Slot[];
  /** Instructions of the body, those that end blocks included. */
  readonly size: number;
}

/** Operations whose meaning the analysis and the copies can do without anything but registers and memory. */
const isPlain = Uint8Array.from(ROWS, ({ effect }, op) =>
  !touchesOtherRegisters(op) &&
  (effect.kind === 'value' ||
    effect.kind === 'load' ||
    effect.kind === 'store' ||
    effect.kind === 'nothing' ||
    effect.kind === 'branch' ||
    effect.kind === 'fallthrough' ||
    (effect.kind === 'jump' && effect.link === undefined))
    ? 1
    : 0,
);

/** The last instruction of a node when it is what ends its block, else -1. */
export const terminatorOf = (graph: FunctionGraph, id: number): number => {
  const { first, end } = graph.node(id);
  if (first === end) return -1;
  const kind = ROWS[graph.instructions.op[end - 1] as number]?.effect.kind;
  return kind === 'branch' || kind === 'jump' || kind === 'fallthrough' ? end - 1 : -1;
};

/** Follows the instructions of a loop's body; undefined when something in it is not linear. */
export const followCycle = (
  graph: FunctionGraph,
  nodes: readonly number[],
  machine: Machine,
): Cycle | undefined => {
  for (const id of nodes) {
    const { first, end } = graph.node(id);
    for (let i = first; i < end; i++) if (isPlain[graph.instructions.op[i] as number] !== 1) return undefined;
  }
  return new Follower(graph, nodes, machine).run();
};

class Follower {
  readonly #graph: FunctionGraph;
  readonly #nodes: readonly number[];
  readonly #machine: Machine;
  readonly #forms: (Form | undefined)[] = [];
  readonly #slots: readonly Slot[];
  readonly #accesses: CycleAccess[] = [];
  readonly #tests: CycleTest[] = [];
  #at = 0;

  constructor(graph: FunctionGraph, nodes: readonly number[], machine: Machine) {
    this.#graph = graph;
    this.#nodes = nodes;
    this.#machine = machine;
    this.#slots = slotsOf(graph, nodes, machine);
    for (let r = 0; r < FIRST_SLOT + this.#slots.length; r++) this.#forms.push(registerForm(r));
    if (machine.zeroRegister) this.#forms[0] = constantForm(0);
  }

  run(): Cycle | undefined {
    const graph = this.#graph;
    let size = 0;
    for (const [k, id] of this.#nodes.entries()) {
      const { first, end } = graph.node(id);
      size += end - first;
      const terminator = terminatorOf(graph, id);
      for (let i = first; i < end; i++) {
        this.#at = i;
        if (i === terminator) {
          const next = this.#nodes[(k + 1) % this.#nodes.length] as number;
          if (!this.#end(id, next)) return undefined;
        } else if (!this.#instruction(i)) return undefined;
      }
    }
    return {
      nodes: this.#nodes,
      finals: this.#forms,
      accesses: this.#accesses,
      tests: this.#tests,
      slots: this.#slots,
      size,
    };
  }

  readonly #operand = (operand: number): Form | undefined => {
    const { a, b, c, x, y } = this.#graph.instructions;
    const at = this.#at;
    if (operand === TERM.x) return constantForm(x[at] as number);
    if (operand === TERM.y) return constantForm(y[at] as number);
    return this.#forms[(operand === TERM.a ? a : operand === TERM.b ? b : c)[at] as number];
  };

  #form(t: Term): Form | undefined {
    return formOf(t, this.#machine.width, this.#operand);
  }

  #write(register: number, form: Form | undefined): void {
    if (register !== 0 || !this.#machine.zeroRegister) this.#forms[register] = form;
  }

  /** The exit of a node: a test unless it always goes on to the next one. */
  #end(id: number, next: number): boolean {
    const { op } = this.#graph.instructions;
    const successors = this.#graph.successors[id] as number[];
    if (successors.length === 1) return true;
    const term = termOf(op[this.#at] as number);
    if (term === undefined || term.op < TERM.eq || term.op > TERM.geu) return false;
    const p = this.#form(term.p);
    const q = this.#form(term.q);
    if (p === undefined || q === undefined) return false;
    this.#tests.push({ comparison: term.op, p, q, stays: successors[0] === next });
    return true;
  }

  #instruction(i: number): boolean {
    const { op, a } = this.#graph.instructions;
    const o = op[i] as number;
    const shape = accessOf(o);
    if (shape !== undefined) return this.#access(i, shape);
    const term = termOf(o);
    if (term !== undefined && definesA(o)) this.#write(a[i] as number, this.#form(term));
    return true;
  }

  #access(i: number, shape: AccessShape): boolean {
    const { a, b, x, y } = this.#graph.instructions;
    const { width, stackPointer } = this.#machine;
    const base = shape.base === undefined ? -1 : ((shape.base === 'a' ? a[i] : b[i]) as number);
    const displacement = x[i] as number;
    const slot = base === stackPointer ? this.#slots.findIndex(({ offset }) => offset === displacement) : -1;
    if (slot >= 0) {
      const id = FIRST_SLOT + slot;
      const isWord = shape.bytes === 4;
      if (shape.store) {
        const value = shape.value === 'y' ? constantForm(y[i] as number) : this.#forms[a[i] as number];
        this.#forms[id] = isWord ? wordOf(value, width) : value;
      } else {
        const value = this.#forms[id];
        const extended =
          value === undefined || !isWord || shape.signed || width === 32
            ? value
            : { ...value, exact: EXACT.low };
        this.#write(a[i] as number, extended);
      }
      return true;
    }
    const from = base < 0 ? constantForm(0) : this.#forms[base];
    const address = from === undefined ? undefined : sumOf(from, constantForm(displacement), width);
    if (address === undefined) return false;
    this.#accesses.push({ at: i, address, bytes: shape.bytes, store: shape.store });
    if (!shape.store) this.#write(a[i] as number, loaded(shape));
    return true;
  }
}

/** What is known of a loaded value. */
const loaded = ({ bytes, signed }: AccessShape): Form | undefined => {
  if (bytes > 2) return undefined;
  const span = 2 ** (8 * bytes);
  return signed ? unknownBetween(-span / 2, span / 2 - 1) : unknownBetween(0, span - 1);
};
