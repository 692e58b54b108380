import { type Block, successorsOf } from '../graph/block.ts';

/**
 * Strongly connected components of blocks by their direct ways (Tarjan's algorithm without recursion): by block id, a
 * number that is equal for blocks that lead to each other; -1 for those that are not in `blocks`.
 */
export const componentsOf = (blocks: readonly Block[], count: number): Int32Array => {
  const search = new Search(count);
  for (const block of blocks) search.from(block);
  return search.components;
};

interface Visit {
  readonly block: Block;
  readonly successors: readonly Block[];
  at: number;
}

class Search {
  readonly components: Int32Array;
  /** Order of discovery, from 1; 0 for what was not seen. */
  readonly #found: Int32Array;
  /** The earliest that is reached and has no component yet. */
  readonly #low: Int32Array;
  readonly #open: Block[] = [];
  #seen = 0;
  #next = 0;

  constructor(count: number) {
    this.components = new Int32Array(count).fill(-1);
    this.#found = new Int32Array(count);
    this.#low = new Int32Array(count);
  }

  from(root: Block): void {
    if (this.#found[root.id] !== 0) return;
    const visits = [this.#enter(root)];
    for (let visit = visits.at(-1); visit !== undefined; visit = visits.at(-1)) {
      const successor = visit.successors[visit.at++];
      if (successor === undefined) {
        visits.pop();
        this.#leave(visit.block, visits.at(-1)?.block);
      } else if (this.#found[successor.id] === 0) visits.push(this.#enter(successor));
      else if (this.components[successor.id] === -1)
        this.#lower(visit.block, this.#found[successor.id] as number);
    }
  }

  #enter(block: Block): Visit {
    this.#found[block.id] = ++this.#seen;
    this.#low[block.id] = this.#seen;
    this.#open.push(block);
    return { block, successors: successorsOf(block.end), at: 0 };
  }

  #lower({ id }: Block, to: number): void {
    if (to < (this.#low[id] as number)) this.#low[id] = to;
  }

  #leave(block: Block, parent: Block | undefined): void {
    const low = this.#low[block.id] as number;
    if (parent !== undefined) this.#lower(parent, low);
    if (low !== this.#found[block.id]) return;
    const component = this.#next++;
    for (let member = this.#open.pop(); member !== undefined; member = this.#open.pop()) {
      this.components[member.id] = component;
      if (member === block) return;
    }
  }
}
