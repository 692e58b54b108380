import { type Block, successorAt } from '../graph/block.ts';

/** Blocks that wait, taken in an order in which most of what leads to a block comes before it. */
export class BlockQueue {
  readonly #ranks: Int32Array;
  readonly #blocks: readonly Block[];
  /** A heap of ranks. */
  readonly #heap: number[] = [];
  readonly #isQueued: Uint8Array;

  /** @param ordered blocks by rank; @param count blocks of the whole program */
  constructor(ordered: readonly Block[], count: number) {
    this.#blocks = ordered;
    this.#ranks = new Int32Array(count);
    this.#isQueued = new Uint8Array(ordered.length);
    for (const [rank, block] of ordered.entries()) this.#ranks[block.id] = rank;
  }

  add(block: Block): void {
    const rank = this.#ranks[block.id] as number;
    if (this.#isQueued[rank] === 1) return;
    this.#isQueued[rank] = 1;
    const heap = this.#heap;
    let at = heap.push(rank) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((heap[parent] as number) <= rank) break;
      heap[at] = heap[parent] as number;
      at = parent;
    }
    heap[at] = rank;
  }

  take(): Block | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return undefined;
    this.#isQueued[first] = 0;
    if (heap.length > 0) this.#sink(last);
    return this.#blocks[first];
  }

  #sink(rank: number): void {
    const heap = this.#heap;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && (heap[child + 1] as number) < (heap[child] as number)) child++;
      if ((heap[child] as number) >= rank) break;
      heap[at] = heap[child] as number;
      at = child;
    }
    heap[at] = rank;
  }
}

/** A queue of what `roots` lead to, in reverse postorder. @param blocks of the whole program, by id */
export const orderOf = (roots: readonly Block[], blocks: readonly Block[]): BlockQueue => {
  // By block id: how many of its successors have been looked at, plus 1; 0 for blocks that were not seen.
  const progress = new Uint8Array(blocks.length);
  const stack = new Int32Array(blocks.length);
  const postorder: Block[] = [];
  for (const root of roots) {
    if (progress[root.id] !== 0) continue;
    let depth = 0;
    stack[depth++] = root.id;
    progress[root.id] = 1;
    while (depth > 0) {
      const id = stack[depth - 1] as number;
      const block = blocks[id] as Block;
      const successor = successorAt(block.end, progress[id]!++ - 1);
      if (successor === undefined) {
        postorder.push(block);
        depth--;
      } else if (progress[successor.id] === 0) {
        stack[depth++] = successor.id;
        progress[successor.id] = 1;
      }
    }
  }
  return new BlockQueue(postorder.reverse(), blocks.length);
};
