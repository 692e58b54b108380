import { type Block, successorsOf } from '../graph/block.ts';

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

/** A queue of what `roots` lead to, in reverse postorder. */
export const orderOf = (roots: readonly Block[], count: number): BlockQueue => {
  const isSeen = new Uint8Array(count);
  const postorder: Block[] = [];
  for (const root of roots) {
    if (isSeen[root.id] === 1) continue;
    isSeen[root.id] = 1;
    const stack = [{ block: root, successors: successorsOf(root.end), at: 0 }];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const successor = top.successors[top.at++];
      if (successor === undefined) {
        postorder.push(top.block);
        stack.pop();
      } else if (isSeen[successor.id] === 0) {
        isSeen[successor.id] = 1;
        stack.push({ block: successor, successors: successorsOf(successor.end), at: 0 });
      }
    }
  }
  return new BlockQueue(postorder.reverse(), count);
};
