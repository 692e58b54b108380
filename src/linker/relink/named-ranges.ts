import type { NamedCode } from './input/link-input.ts';

/** Finds which function an ELF address belongs to: the last named one that begins at or before it. */
export class NamedRanges {
  readonly #names: readonly NamedCode[];

  /** @param names ascending by address */
  constructor(names: readonly NamedCode[]) {
    const functions = names.filter(({ isFunction }) => isFunction);
    this.#names = functions.length > 0 ? functions : names;
  }

  /** Undefined for addresses in front of all functions, and behind the end of a function that states its size. */
  at(address: number): NamedCode | undefined {
    let low = 0;
    let high = this.#names.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#names[middle]!.address <= address) low = middle + 1;
      else high = middle;
    }
    const found = this.#names[low - 1];
    return found === undefined || (found.size > 0 && address >= found.address + found.size)
      ? undefined
      : found;
  }
}
