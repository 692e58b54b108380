import { popcount32 } from '../core/int64.ts';

/**
 * A set of bits that numbers its members: the number of an instruction is the rank of its start bit. It lets
 * records lie densely, in code order, before anything has been decoded.
 */
export class RankedBits {
  readonly #words: Uint32Array;
  /** Members before each word. */
  readonly #before: Uint32Array;
  /** Number of members. */
  readonly count: number;

  /** `words`: bit i is bit `i % 32` of word `i / 32`. Keeps the array. */
  constructor(words: Uint32Array) {
    this.#words = words;
    this.#before = new Uint32Array(words.length);
    let count = 0;
    for (let i = 0; i < words.length; i++) {
      this.#before[i] = count;
      count += popcount32(words[i] as number);
    }
    this.count = count;
  }

  has(index: number): boolean {
    return (((this.#words[index >>> 5] ?? 0) >>> (index & 31)) & 1) === 1;
  }

  /** Members below `index`, which must be a member. */
  rank(index: number): number {
    const word = index >>> 5;
    const below = (this.#words[word] as number) & ((1 << (index & 31)) - 1);
    return (this.#before[word] as number) + popcount32(below);
  }

  /** The member with the given rank, 0 ≤ rank < count. */
  select(rank: number): number {
    let low = 0;
    let high = this.#before.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#before[middle] as number) <= rank) low = middle;
      else high = middle - 1;
    }
    let word = this.#words[low] as number;
    for (let skip = rank - (this.#before[low] as number); skip > 0; skip--) word &= word - 1;
    return low * 32 + 31 - Math.clz32(word & -word);
  }
}
