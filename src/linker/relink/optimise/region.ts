import { type Block, successorAt } from '../graph/block.ts';

const NONE = -1;

/**
 * What was changed since the last time, and all blocks that control gets to from there without passing a root: of those
 * blocks only may it be that something else is known than before. Roots begin with nothing known, whatever leads there.
 */
export class Region {
  /** By block id, as they were the last time; -1 before the first one, and for blocks that were not reachable. */
  readonly #revisions: Int32Array;
  /** By block id: ids of the blocks that it led to, which may have lost that way; -1 for none. */
  readonly #first: Int32Array;
  readonly #second: Int32Array;
  readonly #roots: Uint8Array;

  /** @param count blocks of the whole program */
  constructor(count: number) {
    this.#revisions = new Int32Array(count).fill(NONE);
    this.#first = new Int32Array(count).fill(NONE);
    this.#second = new Int32Array(count).fill(NONE);
    this.#roots = new Uint8Array(count);
  }

  /** The reachable ones of those blocks, by id. @param roots by block id */
  update(blocks: readonly Block[], roots: Uint8Array): readonly Block[] {
    const isIn = new Uint8Array(blocks.length);
    const queue: Block[] = [];
    const add = (block: Block): void => {
      if (isIn[block.id] === 1) return;
      isIn[block.id] = 1;
      queue.push(block);
    };
    const follow = (block: Block | undefined): void => {
      if (block !== undefined && roots[block.id] === 0) add(block);
    };
    for (const block of blocks) {
      if (!this.#isChanged(block, roots)) continue;
      add(block);
      follow(blocks[this.#first[block.id] as number]);
      follow(blocks[this.#second[block.id] as number]);
      this.#note(block);
    }
    for (let block = queue.pop(); block !== undefined; block = queue.pop()) {
      follow(successorAt(block.end, 0));
      follow(successorAt(block.end, 1));
    }
    this.#roots.set(roots);
    return blocks.filter(({ id, isReachable }) => isReachable && isIn[id] === 1);
  }

  #isChanged({ id, revision, isReachable }: Block, roots: Uint8Array): boolean {
    return this.#revisions[id] !== (isReachable ? revision : NONE) || this.#roots[id] !== roots[id];
  }

  #note({ id, revision, isReachable, end }: Block): void {
    this.#revisions[id] = isReachable ? revision : NONE;
    this.#first[id] = successorAt(end, 0)?.id ?? NONE;
    this.#second[id] = successorAt(end, 1)?.id ?? NONE;
  }
}
