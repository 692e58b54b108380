import type { Block } from './block.ts';
import type { ProgramGraph } from './graph.ts';
import { endReads, endWrites, type RegisterSet, readsOf, setOf, writesOf } from './register-use.ts';
import { A0, A1 } from './registers.ts';

const RESULTS: readonly RegisterSet[] = [0, setOf([A0]), setOf([A0, A1])];

/** What of `after` was needed before the end's own effect. */
const beforeEnd = (block: Block, after: RegisterSet): RegisterSet =>
  (after & ~endWrites(block.end)) | endReads(block.end);

/**
 * Which registers below 32 hold a value that may be read later, at the beginning of each reachable block.
 *
 * A dynamic jump may go to every block whose address is taken, and back to the host, which reads the results of
 * exports. No use is made of calling conventions: assembly needs not follow any. Behind a trap nothing is needed.
 */
export class Liveness {
  readonly #in: Int32Array;
  /** What is needed wherever a dynamic jump may go. */
  #dynamic: RegisterSet;

  /** Uses `isReachable` and `isAddressTaken` of the blocks. */
  constructor(graph: ProgramGraph) {
    this.#in = new Int32Array(graph.blocks.length);
    this.#dynamic = graph.exports.reduce((set, { outputs }) => set | (RESULTS[outputs] as number), 0);
    this.#solve(graph.blocks.filter(({ isReachable }) => isReachable));
  }

  /** Registers needed at the beginning of a block. */
  liveIn(block: Block): RegisterSet {
    return this.#in[block.id] as number;
  }

  /** Registers needed behind the last instruction of a block, before its end. */
  liveBeforeEnd(block: Block): RegisterSet {
    return beforeEnd(block, this.liveAfter(block));
  }

  /** Registers needed where the block's end leads. */
  liveAfter({ end }: Block): RegisterSet {
    switch (end.kind) {
      case 'jump':
      case 'call':
        return this.liveIn(end.target);
      case 'branch':
        return this.liveIn(end.taken) | this.liveIn(end.next);
      case 'jump-indirect':
      case 'call-indirect':
        return this.#dynamic;
      case 'trap':
        return 0;
    }
  }

  #solve(blocks: readonly Block[]): void {
    const predecessors = predecessorsOf(blocks, this.#in.length);
    const dynamic = blocks.filter(({ end }) => end.kind === 'jump-indirect' || end.kind === 'call-indirect');
    const transfers = new Map(blocks.map((block) => [block, transferOf(block)]));
    const queued = new Uint8Array(this.#in.length).fill(1);
    // Blocks are taken from the end: needs travel backwards.
    const queue = [...blocks];
    const queueAll = (more: readonly Block[]): void => {
      for (const block of more) {
        if (queued[block.id] === 1) continue;
        queued[block.id] = 1;
        queue.push(block);
      }
    };
    for (let block = queue.pop(); block !== undefined; block = queue.pop()) {
      queued[block.id] = 0;
      const { reads, writes } = transfers.get(block) as Transfer;
      const live = (this.liveBeforeEnd(block) & ~writes) | reads;
      if (live === this.#in[block.id]) continue;
      this.#in[block.id] = live;
      queueAll(predecessors[block.id] as readonly Block[]);
      if (block.isAddressTaken && (live & ~this.#dynamic) !== 0) {
        this.#dynamic |= live;
        queueAll(dynamic);
      }
    }
  }
}

/** What a block's instructions read before they write it, and what they write. */
interface Transfer {
  readonly reads: RegisterSet;
  readonly writes: RegisterSet;
}

const transferOf = ({ instructions }: Block): Transfer => {
  let reads = 0;
  let writes = 0;
  for (let i = instructions.length - 1; i >= 0; i--) {
    const instruction = instructions[i]!;
    const written = writesOf(instruction);
    reads = (reads & ~written) | readsOf(instruction);
    writes |= written;
  }
  return { reads, writes };
};

/** By block id: the blocks that lead there without a dynamic jump. */
export const predecessorsOf = (blocks: readonly Block[], count: number): readonly (readonly Block[])[] => {
  const found: Block[][] = Array.from({ length: count }, () => []);
  for (const block of blocks) {
    const { end } = block;
    if (end.kind === 'jump' || end.kind === 'call') found[end.target.id]?.push(block);
    else if (end.kind === 'branch') {
      found[end.taken.id]?.push(block);
      if (end.next !== end.taken) found[end.next.id]?.push(block);
    }
  }
  return found;
};
