import type { Block } from './block.ts';
import type { ProgramGraph } from './graph.ts';
import { endReads, endWrites, type RegisterSet, readsOf, setOf, writesOf } from './register-use.ts';
import { A0, A1 } from './registers.ts';
import { Ways } from './ways.ts';

const RESULTS: readonly RegisterSet[] = [0, setOf([A0]), setOf([A0, A1])];

/** What of `after` was needed before the end's own effect. */
const beforeEnd = (block: Block, after: RegisterSet): RegisterSet =>
  (after & ~endWrites(block.end)) | endReads(block.end);

/** What a block's instructions read before they write it, and what they write. */
export interface BlockUses {
  readsOf(block: Block): RegisterSet;
  writesOf(block: Block): RegisterSet;
}

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

  /** Uses `isReachable` and `isAddressTaken` of the blocks. @param uses when they are known already */
  constructor(graph: ProgramGraph, uses?: BlockUses) {
    this.#in = new Int32Array(graph.blocks.length);
    this.#dynamic = graph.exports.reduce((set, { outputs }) => set | (RESULTS[outputs] as number), 0);
    this.#solve(
      graph.blocks.filter(({ isReachable }) => isReachable),
      uses,
    );
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

  #solve(blocks: readonly Block[], uses: BlockUses | undefined): void {
    const ways = new Ways(blocks, this.#in.length);
    const dynamic = blocks.filter(({ end }) => end.kind === 'jump-indirect' || end.kind === 'call-indirect');
    const reads = new Int32Array(this.#in.length);
    const writes = new Int32Array(this.#in.length);
    for (const block of blocks) {
      if (uses === undefined) summarise(block, reads, writes);
      else {
        reads[block.id] = uses.readsOf(block);
        writes[block.id] = uses.writesOf(block);
      }
    }
    const queued = new Uint8Array(this.#in.length).fill(1);
    // Blocks are taken from the end: needs travel backwards.
    const queue = [...blocks];
    const add = (block: Block): void => {
      if (queued[block.id] === 1) return;
      queued[block.id] = 1;
      queue.push(block);
    };
    for (let block = queue.pop(); block !== undefined; block = queue.pop()) {
      queued[block.id] = 0;
      const { id } = block;
      const live = (this.liveBeforeEnd(block) & ~(writes[id] as number)) | (reads[id] as number);
      if (live === this.#in[id]) continue;
      this.#in[id] = live;
      for (let way = ways.begin(block); way < ways.end(block); way++) add(ways.from(way));
      if (block.isAddressTaken && (live & ~this.#dynamic) !== 0) {
        this.#dynamic |= live;
        for (const jump of dynamic) add(jump);
      }
    }
  }
}

const summarise = ({ id, instructions }: Block, reads: Int32Array, writes: Int32Array): void => {
  let read = 0;
  let written = 0;
  for (let i = instructions.length - 1; i >= 0; i--) {
    const instruction = instructions[i]!;
    const writing = writesOf(instruction);
    read = (read & ~writing) | readsOf(instruction);
    written |= writing;
  }
  reads[id] = read;
  writes[id] = written;
};

const NO_BLOCKS: readonly Block[] = [];

/** By block id: the blocks that lead there without a dynamic jump. */
export const predecessorsOf = (blocks: readonly Block[], count: number): readonly (readonly Block[])[] => {
  const found: (readonly Block[])[] = new Array<readonly Block[]>(count).fill(NO_BLOCKS);
  const add = ({ id }: Block, from: Block): void => {
    const known = found[id];
    if (known === undefined || known === NO_BLOCKS) found[id] = [from];
    else (known as Block[]).push(from);
  };
  for (const block of blocks) {
    const { end } = block;
    if (end.kind === 'jump' || end.kind === 'call') add(end.target, block);
    else if (end.kind === 'branch') {
      add(end.taken, block);
      if (end.next !== end.taken) add(end.next, block);
    }
  }
  return found;
};
