import { rangeAt } from '../address-ranges.ts';

/** Addresses `address` to `end - 1`. */
export interface Extent {
  readonly address: number;
  readonly end: number;
}

/**
 * Where the code of the program is. Linkers leave debug information about functions that they threw away, with
 * addresses that mean nothing (0, 1 or -1); whatever is not about these extents is ignored.
 */
export class CodeExtents {
  readonly #extents: readonly Extent[];

  constructor(sections: readonly { readonly address: number; readonly bytes: Uint8Array }[]) {
    this.#extents = sections
      .map(({ address, bytes }) => ({ address, end: address + bytes.length }))
      .sort((a, b) => a.address - b.address);
  }

  /** End of the code that `address` is in; undefined where there is none. */
  endAt(address: number): number | undefined {
    const extent = rangeAt(this.#extents, address);
    return extent !== undefined && address < extent.end ? extent.end : undefined;
  }
}
