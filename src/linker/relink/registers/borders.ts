import { Block, type End } from '../graph/block.ts';
import { addBlock, type ProgramGraph } from '../graph/graph.ts';
import { predecessorsOf } from '../graph/liveness.ts';
import type { BlockAllocator } from './block-allocator.ts';
import type { HomePlan } from './choose-homes.ts';

type Branch = Extract<End, { kind: 'branch' }>;

/**
 * Where a branch leads to a block with other homes, values are moved on the way: in front of a block that has no
 * other way in, else in a block of its own.
 */
export const crossBorders = (graph: ProgramGraph, plan: HomePlan, allocator: BlockAllocator): void => {
  const blocks = graph.blocks.filter(({ isReachable }) => isReachable);
  const predecessors = predecessorsOf(blocks, graph.blocks.length);
  const exported = new Set(graph.exports.map(({ block }) => block));
  const hasOneWayIn = (block: Block, { taken, next }: Branch): boolean =>
    predecessors[block.id]?.length === 1 && taken !== next && !block.isAddressTaken && !exported.has(block);

  const crossed = (from: Block, branch: Branch, to: Block): Block => {
    if (plan.of(from) === plan.of(to)) return to;
    const code = allocator.edge(from, to);
    if (code.length === 0) return to;
    if (hasOneWayIn(to, branch)) {
      to.instructions.unshift(...code);
      return to;
    }
    const end: End = { kind: 'jump', target: to, origin: branch.origin };
    const border = addBlock(graph, (id) => new Block(id, -1, end));
    border.instructions = code;
    return border;
  };

  for (const block of blocks) {
    const { end } = block;
    if (end.kind !== 'branch') continue;
    block.end = { ...end, taken: crossed(block, end, end.taken), next: crossed(block, end, end.next) };
  }
};
