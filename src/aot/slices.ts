/*
 * V8 replaces code only between calls: the first slices are short, so that a loop gets into optimised code soon, and
 * later ones long. As in jit/wasm/tier.ts.
 */
const FIRST_SLICE = 2 ** 20;
const LONGEST_SLICE = 2 ** 31;
const SLICES_OF_A_LENGTH = 8;

/** How much gas code gets at once. */
export class Slices {
  /** At most so much. */
  slice: number;
  readonly #limit: number;
  #count = 0;

  constructor(limit: number) {
    this.#limit = Math.min(limit, LONGEST_SLICE);
    this.slice = Math.min(FIRST_SLICE, this.#limit);
  }

  /** For another entry. */
  next(): number {
    if (++this.#count % SLICES_OF_A_LENGTH === 0) this.slice = Math.min(2 * this.slice, this.#limit);
    return this.slice;
  }
}
