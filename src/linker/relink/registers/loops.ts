import { type Block, successorsOf } from '../graph/block.ts';

/** Larger loops have no use of registers of their own. */
const LARGEST = 1000;
/** Steps of all searches together, per block of the program: damaged programs may nest loops without end. */
const STEPS_PER_BLOCK = 30;

/** Natural loops without barriers inside, found from jumps that go backwards in the order of blocks. */
export class Loops {
  /** The blocks of each loop, its header first. */
  readonly found: readonly (readonly Block[])[];
  readonly #predecessors: readonly (readonly Block[])[];
  readonly #isBarrier: (block: Block) => boolean;
  #steps: number;

  constructor(
    blocks: readonly Block[],
    predecessors: readonly (readonly Block[])[],
    isBarrier: (block: Block) => boolean,
  ) {
    this.#predecessors = predecessors;
    this.#isBarrier = isBarrier;
    this.#steps = STEPS_PER_BLOCK * blocks.length;
    const tails = new Map<Block, Block[]>();
    for (const block of blocks) {
      if (block.end.kind === 'call') continue;
      for (const header of successorsOf(block.end)) {
        if (header.id > block.id) continue;
        const known = tails.get(header);
        if (known === undefined) tails.set(header, [block]);
        else known.push(block);
      }
    }
    this.found = [...tails].flatMap(([header, ends]) => {
      const loop = this.#bodyOf(header, ends);
      return loop === undefined ? [] : [loop];
    });
  }

  /** All blocks from which a tail is reached without the header; undefined when there is a barrier among them. */
  #bodyOf(header: Block, tails: readonly Block[]): readonly Block[] | undefined {
    const body = new Set([header]);
    const queue = [...tails];
    if (this.#isBarrier(header)) return undefined;
    for (let block = queue.pop(); block !== undefined; block = queue.pop()) {
      if (this.#steps-- <= 0) return undefined;
      if (body.has(block)) continue;
      const before = this.#predecessors[block.id] as readonly Block[];
      // Callers are no part of a loop: the block is the beginning of a function.
      const isEntry = before.length === 0 || before.some(({ end }) => end.kind === 'call');
      if (isEntry || this.#isBarrier(block) || body.size >= LARGEST) return undefined;
      body.add(block);
      for (const predecessor of before) queue.push(predecessor);
    }
    return [...body];
  }
}
