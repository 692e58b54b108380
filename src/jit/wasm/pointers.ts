import { definesA, TERM, type Term, termOf } from '../../isa/term.ts';
import { accessOf } from '../graph/accesses.ts';
import type { FunctionGraph } from '../graph/function-graph.ts';
import type { Structure } from '../graph/structure.ts';
import type { Range, Territory } from './territory.ts';

/** What a register may point to, as bits. */
const POINTS_TO = { writable: 1, readOnly: 2, stack: 4, anything: 8 } as const;

/** Ranges that a check compares with at most, before it looks at the rights of pages. */
const MOST_RANGES = 2;

/**
 * Guesses where registers of a function point to: constants that lie in a region of memory, the stack pointer, and
 * sums with them. A guess decides what a check compares with first, nothing else.
 */
export class Pointers {
  readonly #classes = new Uint8Array(32);
  readonly #territory: Territory;

  constructor(graph: FunctionGraph, structure: Structure, territory: Territory, zeroRegister: boolean) {
    this.#territory = territory;
    this.#classes[territory.stackPointer] = POINTS_TO.stack;
    // Sums of sums need a second look; longer chains are rare, and a guess may be wrong.
    for (let round = 0; round < 2; round++) this.#look(graph, structure, zeroRegister);
  }

  #look(graph: FunctionGraph, structure: Structure, zeroRegister: boolean): void {
    const classes = this.#classes;
    const { op, a, b, c, x } = graph.instructions;
    const constants = new Int32Array(32);
    for (const id of structure.order) {
      const { first, end } = graph.node(id);
      let known = zeroRegister ? 1 : 0;
      for (let i = first; i < end; i++) {
        const o = op[i] as number;
        if (!definesA(o)) continue;
        const register = a[i] as number;
        if (register === this.#territory.stackPointer || (register === 0 && zeroRegister)) continue;
        const term = termOf(o);
        let found = 0;
        let constant: number | undefined;
        if (accessOf(o) !== undefined) found = POINTS_TO.anything;
        else if (term !== undefined) {
          const sum = term.op === TERM.sx32 ? term.p : term;
          if (sum.op === TERM.x) constant = x[i] as number;
          else if (sum.op === TERM.b) {
            found = classes[b[i] as number] as number;
            if ((known >>> (b[i] as number)) & 1) constant = constants[b[i] as number] as number;
          } else if (sum.op === TERM.add && isOperand(sum.p) && isOperand(sum.q)) {
            const left = b[i] as number;
            found = classes[left] as number;
            if (sum.q.op === TERM.c) found |= classes[c[i] as number] as number;
            else if ((known >>> left) & 1) constant = ((constants[left] as number) + (x[i] as number)) | 0;
          }
        }
        known &= ~(1 << register);
        if (constant !== undefined) {
          constants[register] = constant;
          known |= 1 << register;
          found = this.#classOf(constant);
        }
        classes[register] = (classes[register] as number) | found;
      }
    }
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
    const found = this.#classes[register] as number;
    const ranges: Range[] = [];
    if ((found & POINTS_TO.stack) !== 0 && stack !== undefined) ranges.push(stack);
    if ((found & POINTS_TO.readOnly) !== 0 && readOnly[0] !== undefined) ranges.push(readOnly[0]);
    if (found === 0 || (found & ~(POINTS_TO.stack | POINTS_TO.readOnly)) !== 0) ranges.unshift(...data);
    return ranges.slice(0, MOST_RANGES);
  }
}

const isOperand = (t: Term): boolean => t.op <= TERM.imm;
