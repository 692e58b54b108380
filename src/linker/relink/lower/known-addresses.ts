import type { Target } from '../input/link-input.ts';

/** What an `auipc` or `lui` left in a register. */
export type HighPart =
  /** The whole address that the `auipc` at this offset of the section forms. */
  | { readonly kind: 'whole'; readonly auipc: number }
  /** The high part of an address in a section, as by `lui`. */
  | { readonly kind: 'high'; readonly section: Target['section'] };

/** Which registers hold the first half of an address, within one block. */
export class KnownAddresses {
  readonly #parts: Map<number, HighPart> = new Map();

  clear(): void {
    if (this.#parts.size > 0) this.#parts.clear();
  }

  get(register: number): HighPart | undefined {
    return this.#parts.get(register);
  }

  set(register: number, part: HighPart): void {
    this.#parts.set(register, part);
  }

  forget(register: number): void {
    if (this.#parts.size > 0) this.#parts.delete(register);
  }
}
