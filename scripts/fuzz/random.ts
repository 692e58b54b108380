/** Random numbers from a 32-bit seed (sfc32 by Chris Doty-Humphrey, public domain): the same on every machine. */
export class Random {
  #a: number;
  #b = 0x9e3779b9 | 0;
  #c = 0x243f6a88;
  #counter = 1;

  constructor(seed: number) {
    this.#a = seed | 0;
    for (let i = 0; i < 12; i++) this.word();
  }

  /** A signed 32-bit number. */
  word(): number {
    const result = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0;
    return result;
  }

  /** A whole number from 0 to `end - 1`. */
  below(end: number): number {
    return Math.floor(((this.word() >>> 0) / 2 ** 32) * end);
  }

  /** A whole number from `low` to `high`. */
  range(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  chance(probability: number): boolean {
    return (this.word() >>> 0) / 2 ** 32 < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** An element by weights. */
  weighted<T>(list: readonly (readonly [value: T, weight: number])[]): T {
    let rest = this.below(list.reduce((sum, [, weight]) => sum + weight, 0));
    for (const [value, weight] of list) {
      rest -= weight;
      if (rest < 0) return value;
    }
    return (list[0] as readonly [T, number])[0];
  }

  bytes(length: number): Uint8Array {
    const out = new Uint8Array(length);
    for (let i = 0; i < length; i++) out[i] = this.word();
    return out;
  }

  /** A generator of its own, so that more numbers drawn in one part do not change another. */
  fork(): Random {
    return new Random(this.word());
  }
}

/** The seed of program `index` of a run. */
export const seedOf = (seed: number, index: number): number => {
  const mixed = Math.imul(seed ^ Math.imul(index, 0x9e3779b1), 0x85ebca6b);
  return (mixed ^ (mixed >>> 15) ^ Math.imul(index, 0xc2b2ae35)) >>> 0;
};
