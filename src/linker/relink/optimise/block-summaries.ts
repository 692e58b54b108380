import type { Block } from '../graph/block.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import { type RegisterSet, readsOf, writesOf } from '../graph/register-use.ts';
import { encodedSize } from './encoded-size.ts';

/** What several passes ask of the instructions of blocks, without their ends. Found out once for each revision. */
export class BlockSummaries {
  // By block id; arrays grow when passes add blocks.
  readonly #revisions: number[];
  readonly #bytes: number[];
  readonly #reads: number[];
  readonly #writes: number[];
  readonly #isLinked: number[];

  constructor({ blocks }: ProgramGraph) {
    const zeros = new Array<number>(blocks.length).fill(0);
    this.#revisions = zeros.map(() => -1);
    this.#bytes = [...zeros];
    this.#reads = [...zeros];
    this.#writes = [...zeros];
    this.#isLinked = zeros;
  }

  /** Encoded size. */
  bytesOf(block: Block): number {
    return this.#bytes[this.#current(block)] as number;
  }

  /** Registers that are read before they are written. */
  readsOf(block: Block): RegisterSet {
    return this.#reads[this.#current(block)] as number;
  }

  writesOf(block: Block): RegisterSet {
    return this.#writes[this.#current(block)] as number;
  }

  /** True when any operand is a link. */
  isLinked(block: Block): boolean {
    return this.#isLinked[this.#current(block)] === 1;
  }

  #current(block: Block): number {
    const { id, revision } = block;
    if (this.#revisions[id] === revision) return id;
    this.#revisions[id] = revision;
    this.#summarise(block);
    return id;
  }

  #summarise({ id, instructions }: Block): void {
    let bytes = 0;
    let read = 0;
    let written = 0;
    let isLinked = 0;
    for (let i = instructions.length - 1; i >= 0; i--) {
      const instruction = instructions[i]!;
      const writing = writesOf(instruction);
      read = (read & ~writing) | readsOf(instruction);
      written |= writing;
      bytes += encodedSize(instruction);
      if (instruction.xLink !== undefined || instruction.yLink !== undefined) isLinked = 1;
    }
    this.#bytes[id] = bytes;
    this.#reads[id] = read;
    this.#writes[id] = written;
    this.#isLinked[id] = isLinked;
  }
}
