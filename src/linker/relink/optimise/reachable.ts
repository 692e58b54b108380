import { Block, successorAt } from '../graph/block.ts';
import { DataSection } from '../graph/data-section.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import type { Link } from '../graph/link.ts';
import type { OptimisationLevel } from '../options.ts';
import { BlockSummaries } from './block-summaries.ts';

/**
 * Finds what the exports lead to, over jumps, addresses that code loads, return addresses, and pointers in data; sets
 * `isReachable` and `isAddressTaken` of all blocks and data. At level 0 everything is kept, and every block has an
 * entry in the jump table, as with PolkaVM 0.35's linker: such programs are for comparing, instruction by instruction.
 *
 * @returns whether anything was reachable before and no longer is
 */
export const collectReachable = (
  graph: ProgramGraph,
  level: OptimisationLevel,
  summaries: BlockSummaries = new BlockSummaries(graph),
): boolean => {
  const before = reachableCount(graph);
  for (const block of graph.blocks) {
    block.isReachable = false;
    block.isAddressTaken = false;
  }
  for (const section of graph.data) section.isReachable = false;

  const collection = new Collection(
    graph.data.filter(({ isThreadLocal }) => isThreadLocal),
    summaries,
  );
  if (level === 0) {
    for (const block of graph.blocks) collection.takeAddress(block);
    for (const section of graph.data) collection.reachData(section);
  }
  for (const { block } of graph.exports) collection.reach(block);
  collection.run();
  return reachableCount(graph) !== before;
};

const reachableCount = ({ blocks, data }: ProgramGraph): number => {
  const count = (reached: number, { isReachable }: { isReachable: boolean }): number =>
    isReachable ? reached + 1 : reached;
  return data.reduce(count, blocks.reduce(count, 0));
};

class Collection {
  /** Reached all together or not at all; none left once they are. */
  #threadLocal: readonly DataSection[];
  readonly #summaries: BlockSummaries;
  /** Reached, and not looked into yet. */
  readonly #blocks: Block[] = [];

  constructor(threadLocal: readonly DataSection[], summaries: BlockSummaries) {
    this.#threadLocal = threadLocal;
    this.#summaries = summaries;
  }

  reach(block: Block): void {
    if (block.isReachable) return;
    block.isReachable = true;
    this.#blocks.push(block);
  }

  /** Data leads to more data: a work list, because chains of pointers may be as long as the file. */
  reachData(first: DataSection): void {
    const sections = [first];
    for (let section = sections.pop(); section !== undefined; section = sections.pop()) {
      if (section.isReachable) continue;
      section.isReachable = true;
      if (section.isThreadLocal)
        sections.push(...this.#threadLocal.filter(({ isReachable }) => !isReachable));
      for (const { to, minus } of section.references) {
        if (to instanceof DataSection) sections.push(to);
        else this.takeAddress(to);
        if (minus !== undefined) sections.push(minus.section);
      }
    }
  }

  run(): void {
    for (let block = this.#blocks.pop(); block !== undefined; block = this.#blocks.pop())
      this.#lookInto(block);
  }

  #lookInto(block: Block): void {
    const { end } = block;
    if (this.#summaries.isLinked(block)) {
      for (const { xLink, yLink } of block.instructions) {
        this.#follow(xLink);
        this.#follow(yLink);
      }
    }
    if (end.kind === 'branch') this.#follow(end.xLink);
    if (end.kind === 'call' || end.kind === 'call-indirect') this.takeAddress(end.back);
    const first = successorAt(end, 0);
    const second = successorAt(end, 1);
    if (first !== undefined) this.reach(first);
    if (second !== undefined) this.reach(second);
  }

  #follow(link: Link | undefined): void {
    if (link === undefined) return;
    const { to } = link;
    if (to instanceof DataSection) this.reachData(to);
    else if (to instanceof Block) this.takeAddress(to);
  }

  takeAddress(block: Block): void {
    block.isAddressTaken = true;
    this.reach(block);
  }
}
