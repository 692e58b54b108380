import { definesA, TERM, TERM_ARITIES, type Term, termOf } from '../../isa/term.ts';
import { accessOf } from '../graph/accesses.ts';
import { LEAVES } from '../graph/flow.ts';
import type { FunctionGraph } from '../graph/function-graph.ts';
import type { Structure } from '../graph/structure.ts';
import type { Range, Territory } from './territory.ts';

/** What a register may point to, as bits. */
const POINTS_TO = { writable: 1, readOnly: 2, stack: 4, anything: 8 } as const;

/** Ranges that a check compares with at most, before it looks at the rights of pages. */
const MOST_RANGES = 2;

/** Rounds over a function: in the second one what comes over back edges is known. */
const ROUNDS = 2;
const REGISTERS = 32;

/**
 * Guesses where registers of a function point to: constants that lie in a region of memory, the stack pointer, and
 * sums with them. A guess decides what a check compares with first, nothing else.
 *
 * `begin` and `step` go through a node; `rangesFor` is about the place where they are.
 */
export class Pointers {
  readonly #graph: FunctionGraph;
  readonly #territory: Territory;
  readonly #zeroRegister: boolean;
  /** What registers point to where a node begins, 32 for each node; and here. */
  readonly #entries: Uint8Array;
  readonly #now = new Uint8Array(REGISTERS);
  /** Registers whose value is a constant here, and what it is. */
  #known = 0;
  readonly #constants = new Int32Array(REGISTERS);

  /** `rounds`: 0 for guesses from within a node only, which are cheap. */
  constructor(
    graph: FunctionGraph,
    structure: Structure,
    territory: Territory,
    zeroRegister: boolean,
    rounds: number = ROUNDS,
  ) {
    this.#graph = graph;
    this.#territory = territory;
    this.#zeroRegister = zeroRegister;
    this.#entries = new Uint8Array(REGISTERS * graph.nodes.length);
    for (let round = 0; round < rounds; round++) {
      for (const id of structure.order) {
        const { first, end } = graph.node(id);
        this.begin(id);
        for (let i = first; i < end; i++) this.step(i);
        for (const successor of graph.successors[id] as number[])
          if (successor !== LEAVES) this.#join(successor);
      }
    }
  }

  #join(id: number): void {
    const entries = this.#entries;
    const now = this.#now;
    const at = REGISTERS * id;
    for (let r = 0; r < REGISTERS; r++) entries[at + r] = (entries[at + r] as number) | (now[r] as number);
  }

  begin(id: number): void {
    const at = REGISTERS * id;
    this.#now.set(this.#entries.subarray(at, at + REGISTERS));
    this.#now[this.#territory.stackPointer] = POINTS_TO.stack;
    this.#known = this.#zeroRegister ? 1 : 0;
  }

  step(i: number): void {
    const { op, a, b, c, x } = this.#graph.instructions;
    const o = op[i] as number;
    if (!definesA(o)) return;
    const register = a[i] as number;
    if (register === this.#territory.stackPointer || (register === 0 && this.#zeroRegister)) return;
    const now = this.#now;
    const constants = this.#constants;
    const term = termOf(o);
    let found = 0;
    let constant: number | undefined;
    if (term === undefined) found = accessOf(o) === undefined ? 0 : POINTS_TO.anything;
    else {
      const sum = term.op === TERM.sx32 ? term.p : term;
      const left = b[i] as number;
      const isLeftKnown = ((this.#known >>> left) & 1) === 1;
      if (sum.op === TERM.x) constant = x[i] as number;
      else if (sum.op === TERM.b) {
        found = now[left] as number;
        if (isLeftKnown) constant = constants[left] as number;
      } else if (sum.op === TERM.add && sum.p.op === TERM.b && sum.q.op === TERM.x) {
        found = now[left] as number;
        if (isLeftKnown) constant = ((constants[left] as number) + (x[i] as number)) | 0;
      } else if (sum.op === TERM.add || sum.op === TERM.sub) {
        // Of an index and a pointer the pointer decides, and of two unknown values nothing follows.
        found = (now[left] as number) | (mentionsC(sum) ? (now[c[i] as number] as number) : 0);
        if (found !== POINTS_TO.anything) found &= ~POINTS_TO.anything;
      }
    }
    this.#known &= ~(1 << register);
    if (constant !== undefined) {
      constants[register] = constant;
      this.#known |= 1 << register;
      found = this.#classOf(constant);
    }
    now[register] = found;
  }

  #classOf(address: number): number {
    const { delta, stack, readOnly, data } = this.#territory;
    const offset = (address + delta) >>> 0;
    const inside = (range: Range): boolean =>
      range.length !== undefined && offset >= range.start && offset < range.start + range.length;
    if (stack !== undefined && inside(stack)) return POINTS_TO.stack;
    if (readOnly.some(inside)) return POINTS_TO.readOnly;
    return data.some((range) => inside(range) || range.start === offset) ? POINTS_TO.writable : 0;
  }

  /** What to compare an address in a register with. */
  rangesFor(register: number): readonly Range[] {
    const { stack, readOnly, data } = this.#territory;
    const found = this.#now[register] as number;
    const ranges: Range[] = [];
    if ((found & POINTS_TO.stack) !== 0 && stack !== undefined) ranges.push(stack);
    if ((found & POINTS_TO.readOnly) !== 0 && readOnly[0] !== undefined) ranges.push(readOnly[0]);
    if (found === 0 || (found & ~(POINTS_TO.stack | POINTS_TO.readOnly)) !== 0) ranges.unshift(...data);
    return ranges.slice(0, MOST_RANGES);
  }
}

const mentionsC = (t: Term): boolean => {
  const arity = TERM_ARITIES[t.op] as number;
  return t.op === TERM.c || (arity > 0 && mentionsC(t.p)) || (arity > 1 && mentionsC(t.q));
};
