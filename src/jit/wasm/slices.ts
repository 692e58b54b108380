/*
 * V8 replaces code only between calls: the first slices are short, so that a loop gets into optimised code soon. Later
 * ones are as long as may be, because a slice that ends in an inner loop makes the program go on in code that begins
 * there (see Library.enclosing).
 */
const FIRST_SLICE = 2 ** 20;
const SECOND_SLICE = 2 ** 22;
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
    this.#count++;
    if (this.#count === SLICES_OF_A_LENGTH) this.slice = Math.min(SECOND_SLICE, this.#limit);
    else if (this.#count === 2 * SLICES_OF_A_LENGTH) this.slice = this.#limit;
    return this.slice;
  }
}
