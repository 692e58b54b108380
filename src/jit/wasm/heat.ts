/**
 * What one program's executions tell of where it spends its time, for all of them together.
 *
 * Translating an instruction takes as long as interpreting some 400 (measured), and nobody
 * knows how long a program will run. So it may cost as much as what has been interpreted already, which is at most twice
 * what a translator would have spent that knew the future.
 */

/** Instructions interpreted between two samples of the program counter. */
export const SAMPLE = 4096;
/** Interpreted instructions that one translated instruction is worth. */
const PRICE = 400;
/** What leaving translated code and entering it again is worth: a microsecond or two. */
const EXIT_PRICE = 500;
/** Programs of so many instructions are translated as soon as a sample comes from them. */
const SMALL_PROGRAM = 2000;
/** Samples of a window, or exits to a place, that make it hot. */
const HOT = 2;
/** Bits of the program counter that a window leaves out: 256 bytes of code, about a function. */
const WINDOW_BITS = 8;
/** Instructions of a unit at least; the first function is always taken in whole. */
const LEAST_UNIT = 200;
/** Places that are remembered at once. */
const MOST_PLACES = 2 ** 16;

export class Heat {
  readonly #small: boolean;
  readonly #samples = new Map<number, number>();
  readonly #exits = new Map<number, number>();
  readonly #slices = new Map<number, number>();
  #interpreted = 0;

  /** `size`: instructions of the whole program. */
  constructor(size: number) {
    this.#small = size <= SMALL_PROGRAM;
  }

  interpreted(instructions: number): void {
    this.#interpreted += instructions;
  }

  /** Notes that an execution was in the interpreter at `pc`; true when code there is worth having. */
  sample(pc: number): boolean {
    return count(this.#samples, pc >>> WINDOW_BITS) >= HOT || this.#small;
  }

  /** Notes that translated code was left to the interpreter at `pc`; true when code there is worth having. */
  exit(pc: number): boolean {
    this.#interpreted += EXIT_PRICE;
    return count(this.#exits, pc) >= HOT || this.#small;
  }

  /** Notes that a slice of translated code ended at `pc`; true the second time: the best code is worth having. */
  slice(pc: number): boolean {
    return count(this.#slices, pc >>> WINDOW_BITS) === HOT;
  }

  /** Instructions that may be translated now, when so many have been; 0: later. */
  allowance(translated: number): number {
    if (this.#small) return Number.POSITIVE_INFINITY;
    const left = Math.floor(this.#interpreted / PRICE) - translated;
    return left <= 0 ? 0 : Math.max(left, LEAST_UNIT);
  }
}

const count = (counts: Map<number, number>, key: number): number => {
  const value = (counts.get(key) ?? 0) + 1;
  if (counts.size >= MOST_PLACES) counts.clear();
  counts.set(key, value);
  return value;
};
