import type { Block } from '../graph/block.ts';
import { type ProgramGraph, writtenBlocks } from '../graph/graph.ts';
import type { Pass } from '../report.ts';

/**
 * Moves blocks behind those that jump to them, where neither side has a neighbour that control falls through to: the
 * jump is not needed then. Everything else stays where it was.
 */
export const placement: Pass = {
  name: 'placement',
  run(graph: ProgramGraph): boolean {
    const blocks = writtenBlocks(graph);
    const chains = new Chains(graph.blocks.length);
    for (const [index, block] of blocks.entries()) {
      const following = blocks[index + 1];
      if (following !== undefined && wishesOf(block).includes(following)) chains.link(block, following);
    }
    let changed = false;
    for (const block of blocks) {
      if (wishesOf(block).some((wish) => chains.link(block, wish))) changed = true;
    }
    if (changed) renumber(blocks, chains);
    return changed;
  },
};

/** What had best follow a block, the best first; a branch can be turned round. */
const wishesOf = ({ end }: Block): readonly Block[] => {
  if (end.kind === 'jump') return [end.target];
  return end.kind === 'branch' ? [end.next, end.taken] : [];
};

/** Blocks in chains, each falling through to the following one. */
class Chains {
  readonly #next: (Block | undefined)[];
  readonly #hasPrevious: Uint8Array;
  /** By the id of a chain's last block: the id of its first one. And the other way round. */
  readonly #first: Int32Array;
  readonly #last: Int32Array;

  constructor(count: number) {
    this.#next = new Array(count);
    this.#hasPrevious = new Uint8Array(count);
    this.#first = Int32Array.from({ length: count }, (_, id) => id);
    this.#last = Int32Array.from({ length: count }, (_, id) => id);
  }

  /** Joins the chain that ends in one block with that which begins with the other; false when there are none such. */
  link(from: Block, to: Block): boolean {
    if (this.#next[from.id] !== undefined || this.#hasPrevious[to.id] === 1) return false;
    const first = this.#first[from.id] as number;
    // A circle has to be open somewhere.
    if (first === to.id) return false;
    const last = this.#last[to.id] as number;
    this.#next[from.id] = to;
    this.#hasPrevious[to.id] = 1;
    this.#first[last] = first;
    this.#last[first] = last;
    return true;
  }

  isFirst({ id }: Block): boolean {
    return this.#hasPrevious[id] === 0;
  }

  nextOf({ id }: Block): Block | undefined {
    return this.#next[id];
  }
}

/** Chains in the order of their first blocks. */
const renumber = (blocks: readonly Block[], chains: Chains): void => {
  const ranks = blocks.map(({ rank }) => rank);
  let written = 0;
  for (const block of blocks) {
    if (!chains.isFirst(block)) continue;
    for (let at: Block | undefined = block; at !== undefined; at = chains.nextOf(at)) {
      at.rank = ranks[written++] as number;
    }
  }
};
