import type { Block } from '../graph/block.ts';
import { GRAPH_REGISTERS } from '../graph/registers.ts';
import { symbolsOf } from './transfer.ts';

/**
 * The symbols of what the instructions of blocks make. Those of registers at the beginnings of blocks come before all of
 * them: block id × `GRAPH_REGISTERS` + register.
 */
export class BlockSymbols {
  readonly #first: Int32Array;
  readonly #count: Int32Array;
  #next: number;

  /** @param count blocks of the whole program */
  constructor(count: number) {
    this.#first = new Int32Array(count);
    this.#count = new Int32Array(count);
    this.#next = count * GRAPH_REGISTERS;
  }

  /** Gives a block symbols for the instructions that it has now. */
  renew({ id, instructions }: Block): void {
    let needed = 0;
    for (const instruction of instructions) needed += symbolsOf(instruction);
    if (needed > (this.#count[id] as number)) {
      this.#first[id] = this.#next;
      this.#next += needed;
    }
    this.#count[id] = needed;
  }

  first({ id }: Block): number {
    return this.#first[id] as number;
  }

  has({ id }: Block, symbol: number): boolean {
    const index = symbol - (this.#first[id] as number);
    return index >= 0 && index < (this.#count[id] as number);
  }
}
