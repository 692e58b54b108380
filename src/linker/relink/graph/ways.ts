import { type Block, successorAt } from './block.ts';

/** From where control gets to each block without a dynamic jump: lists of all blocks, one behind the other. */
export class Ways {
  /** By block id: where the list begins; it ends where that of the next id begins. */
  readonly #first: Int32Array;
  readonly #from: readonly Block[];

  /** @param count blocks of the whole program */
  constructor(blocks: readonly Block[], count: number) {
    const first = new Int32Array(count + 1);
    eachWay(blocks, (_from, { id }) => {
      first[id + 1] = (first[id + 1] as number) + 1;
    });
    for (let id = 0; id < count; id++) first[id + 1] = (first[id + 1] as number) + (first[id] as number);
    const next = first.slice();
    const list: Block[] = new Array<Block>(first[count] as number);
    eachWay(blocks, (from, { id }) => {
      list[next[id]!++] = from;
    });
    this.#first = first;
    this.#from = list;
  }

  /** Position of the first way to a block. */
  begin({ id }: Block): number {
    return this.#first[id] as number;
  }

  /** Position behind the last way to a block. */
  end({ id }: Block): number {
    return this.#first[id + 1] as number;
  }

  /** The block that a way comes from. */
  from(position: number): Block {
    return this.#from[position] as Block;
  }
}

/** A branch to one block on both sides is one way. */
const eachWay = (blocks: readonly Block[], visit: (from: Block, to: Block) => void): void => {
  for (const block of blocks) {
    const { end } = block;
    const first = successorAt(end, 0);
    if (first === undefined) continue;
    visit(block, first);
    const second = successorAt(end, 1);
    if (second !== undefined && second !== first) visit(block, second);
  }
};
