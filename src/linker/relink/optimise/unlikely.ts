import { operation } from '../../../isa/table.ts';
import { type Block, type End, successorsOf } from '../graph/block.ts';
import { kindHas } from '../graph/forms.ts';
import { type ProgramGraph, writtenBlocks } from '../graph/graph.ts';
import { predecessorsOf } from '../graph/liveness.ts';
import type { Pass } from '../report.ts';
import { BlockPrices } from './block-prices.ts';
import { componentsOf } from './components.ts';

const UNLIKELY = operation('unlikely');

type Branch = Extract<End, { kind: 'branch' }>;

/**
 * Marks blocks that are to begin with `unlikely`. PolkaVM's full gas model takes a branch for one that is predicted
 * well when one of its sides begins so, or with a trap. A mark costs a byte; so there is one per branch, where it makes
 * a block cheaper and none dearer that is likely to run:
 * 1. a side from which every way ends in a trap;
 * 2. with `prices`: a side that costs the same with the mark;
 * 3. the side on which a loop is left.
 *
 * PolkaVM 0.35's linker marks every block for which 1 or 2 holds. Of the blocks of the Doom guest of its test data, run
 * once each, that makes 8,397 marks and 1,076,257 gas; this makes 5,426 and 1,065,636; no marks make 1,173,532 gas.
 */
export const unlikely = (prices: boolean): Pass => ({
  name: 'unlikely',
  run(graph: ProgramGraph): boolean {
    return kindHas(graph.kind, UNLIKELY) && new Marker(graph).run(prices);
  },
});

class Marker {
  readonly #blocks: readonly Block[];
  readonly #prices: BlockPrices;
  readonly #predecessors: readonly (readonly Block[])[];
  readonly #isDoomed: Uint8Array;
  readonly #components: Int32Array;
  readonly #isExported: Uint8Array;
  #changed = false;

  constructor(graph: ProgramGraph) {
    const count = graph.blocks.length;
    this.#blocks = writtenBlocks(graph);
    this.#prices = new BlockPrices(graph);
    this.#predecessors = predecessorsOf(this.#blocks, count);
    this.#isDoomed = doomedOf(this.#blocks, this.#predecessors, count);
    this.#components = componentsOf(this.#blocks, count);
    this.#isExported = new Uint8Array(count);
    for (const { block } of graph.exports) this.#isExported[block.id] = 1;
  }

  run(prices: boolean): boolean {
    this.#eachBranch((_block, sides) => this.#markDoomed(sides));
    this.#eachBranch((block, sides, end) => this.#markExit(block, sides, end));
    if (prices) this.#eachBranch((block, sides) => this.#markPriced(block, sides));
    return this.#changed;
  }

  /** Branches that are not predicted well yet, with the sides that can be marked. */
  #eachBranch(mark: (block: Block, sides: readonly Block[], end: Branch) => void): void {
    for (const [index, block] of this.#blocks.entries()) {
      const { end } = block;
      if (end.kind !== 'branch') continue;
      const sides = sidesOf(end, this.#blocks[index + 1]);
      if (sides.some(isCold)) continue;
      mark(block, sides, end);
    }
  }

  #mark(block: Block): void {
    block.isUnlikely = true;
    this.#changed = true;
  }

  #markDoomed(sides: readonly Block[]): void {
    const doomed = sides.find((side) => this.#isDoomed[side.id] === 1);
    if (doomed !== undefined) this.#mark(doomed);
  }

  /** A loop goes back on the taken side and ends on the other one, which nothing else leads to. */
  #markExit(block: Block, sides: readonly Block[], { taken, next }: Branch): void {
    if (!sides.includes(next)) return;
    const component = this.#components[block.id];
    if (this.#components[taken.id] !== component || this.#components[next.id] === component) return;
    if (taken.id < next.id && this.#isOnlyOf(block, next)) this.#mark(next);
  }

  #isOnlyOf(block: Block, side: Block): boolean {
    const predecessors = this.#predecessors[side.id] as readonly Block[];
    return !this.#isEntered(side) && predecessors.length === 1 && predecessors[0] === block;
  }

  #isEntered({ id, isAddressTaken }: Block): boolean {
    return isAddressTaken || this.#isExported[id] === 1;
  }

  #markPriced(block: Block, sides: readonly Block[]): void {
    const prices = this.#prices;
    if (prices.of(block, block.isUnlikely, true) >= prices.of(block, block.isUnlikely, false)) return;
    for (const side of sides) {
      if (this.#isEntered(side) || (side.instructions.length === 0 && side.end.kind === 'jump')) continue;
      if (prices.of(side, true, false) > prices.of(side, false, false)) continue;
      this.#mark(side);
      return;
    }
  }
}

/** True when a branch to a block is taken to be predicted well. */
const isCold = ({ isUnlikely, instructions, end }: Block): boolean =>
  isUnlikely || (instructions.length === 0 && end.kind === 'trap');

/** The sides of a branch whose first bytes the model looks at: a jump hides where it leads. */
const sidesOf = ({ taken, next }: Branch, following: Block | undefined): readonly Block[] =>
  next === following || taken === following ? [taken, next] : [taken];

/** By block id: 1 where every way ends in a trap. */
const doomedOf = (
  blocks: readonly Block[],
  predecessors: readonly (readonly Block[])[],
  count: number,
): Uint8Array => {
  const isDoomed = new Uint8Array(count);
  const doomed = blocks.filter(({ end }) => end.kind === 'trap');
  for (const block of doomed) isDoomed[block.id] = 1;
  for (let block = doomed.pop(); block !== undefined; block = doomed.pop()) {
    for (const predecessor of predecessors[block.id] as readonly Block[]) {
      if (isDoomed[predecessor.id] === 1) continue;
      if (!successorsOf(predecessor.end).every(({ id }) => isDoomed[id] === 1)) continue;
      isDoomed[predecessor.id] = 1;
      doomed.push(predecessor);
    }
  }
  return isDoomed;
};
