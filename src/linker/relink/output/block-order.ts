import { operation } from '../../../isa/table.ts';
import { type Block, successorsOf } from '../graph/block.ts';
import { kindHas } from '../graph/forms.ts';
import { type ProgramGraph, writtenBlocks } from '../graph/graph.ts';

const UNLIKELY = operation('unlikely');

/** True when a block is written with an `unlikely` at its beginning. One in front of a trap would tell nothing. */
export const beginsUnlikely = ({ kind }: ProgramGraph, { isUnlikely, instructions, end }: Block): boolean =>
  isUnlikely && kindHas(kind, UNLIKELY) && (instructions.length > 0 || end.kind !== 'trap');

/** Which blocks are written, in which order, and what stands for those that are not. */
export class BlockOrder {
  /** Blocks that are written, in order. */
  readonly written: readonly Block[];
  /** By block id: the block that is written where control would get to that one. */
  readonly #standIns: readonly (Block | undefined)[];
  /** By block id, of written blocks: how many ways lead to it, and names and code addresses count as one each. */
  readonly #entrances: Int32Array;

  /** `threads`: jumps over blocks that only jump go to where those lead, not only when they fall through. */
  constructor(graph: ProgramGraph, threads: boolean) {
    const reachable = writtenBlocks(graph);
    this.#standIns = standInsOf(graph, reachable, threads);
    this.written = reachable.filter((block) => this.#standIns[block.id] === block);
    this.#entrances = new Int32Array(graph.blocks.length);
    this.#countEntrances(graph, reachable);
  }

  /** Where control goes that is led to a block. */
  at(block: Block): Block {
    const standIn = this.#standIns[block.id];
    if (standIn === undefined) throw new Error(`b${block.id} is not reachable, but something leads there`);
    return standIn;
  }

  /** True when only one way leads to a written block, and no name or code address does. */
  hasOneEntrance(block: Block): boolean {
    return this.#entrances[block.id] === 1;
  }

  #countEntrances(graph: ProgramGraph, reachable: readonly Block[]): void {
    const enter = (block: Block): void => {
      const { id } = this.at(block);
      this.#entrances[id] = (this.#entrances[id] as number) + 1;
    };
    for (const { end } of this.written) for (const successor of successorsOf(end)) enter(successor);
    for (const block of reachable) if (block.isAddressTaken) enter(block);
    for (const { block } of graph.exports) enter(block);
    // Execution may begin at the first one.
    const first = this.written[0];
    if (first !== undefined) enter(first);
  }
}

/**
 * For each reachable block the one that it only leads to, if it is empty, else itself. Blocks that lead to each other
 * in a circle are represented by the one of them that was come to first.
 */
const standInsOf = (
  graph: ProgramGraph,
  reachable: readonly Block[],
  threads: boolean,
): readonly (Block | undefined)[] => {
  const standIns: (Block | undefined)[] = new Array(graph.blocks.length);
  const following: (Block | undefined)[] = new Array(graph.blocks.length);
  for (const [position, block] of reachable.entries()) following[block.id] = reachable[position + 1];
  const successor = (block: Block): Block | undefined => {
    const { end, instructions } = block;
    if (end.kind !== 'jump' || instructions.length > 0 || beginsUnlikely(graph, block)) return undefined;
    return threads || end.target === following[block.id] ? end.target : undefined;
  };
  const isOnWay = new Uint8Array(graph.blocks.length);
  for (const start of reachable) {
    const way: Block[] = [];
    let block = start;
    let next = successor(block);
    while (standIns[block.id] === undefined && next !== undefined && isOnWay[block.id] === 0) {
      isOnWay[block.id] = 1;
      way.push(block);
      block = next;
      next = successor(block);
    }
    const standIn = standIns[block.id] ?? block;
    standIns[block.id] = standIn;
    for (const passed of way) standIns[passed.id] = standIn;
  }
  return standIns;
};
