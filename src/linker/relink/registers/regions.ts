import type { Block } from '../graph/block.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import { predecessorsOf } from '../graph/liveness.ts';
import { FixedOperands } from './fixed-operands.ts';
import { NATIVE_COUNT, SCRATCH } from './homes.ts';
import { Loops } from './loops.ts';
import type { Usage } from './usage.ts';

/** Blocks in which registers may live elsewhere than in the rest of the program. */
export interface Region {
  readonly blocks: readonly Block[];
  /** A block outside from which it is entered. */
  readonly before: Block | undefined;
  /** Blocks of the loop that it is, or is a part of. */
  readonly size: number;
}

/** True for blocks at whose beginning every register has to be where the whole program expects it. */
const isMeetingPoint = (block: Block): boolean =>
  block.isAddressTaken || block.instructions.some(FixedOperands.has);

const bitsIn = (set: number): number => {
  let count = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) count++;
  return count;
};

/**
 * Loops that neither call nor are left and entered by dynamic jumps: the largest ones whose registers all have room,
 * and of the others the innermost first. Answered in such an order that those around come before those inside.
 */
export const findRegions = (graph: ProgramGraph, usage: Usage): readonly Region[] => {
  const blocks = graph.blocks.filter(({ isReachable }) => isReachable);
  const predecessors = predecessorsOf(blocks, graph.blocks.length);
  const exported = new Set(graph.exports.map(({ block }) => block));
  const loops = new Loops(blocks, predecessors, (block) => exported.has(block) || isMeetingPoint(block))
    .found;
  const taken = new Uint8Array(graph.blocks.length);
  const regions: Region[] = [];
  const take = (loop: readonly Block[]): void => {
    const free = loop.filter(({ id }) => taken[id] === 0);
    for (const { id } of free) taken[id] = 1;
    if (free.length === 0) return;
    const inside = new Set(loop);
    const before = predecessors[(loop[0] as Block).id]?.find((block) => !inside.has(block));
    regions.push({ blocks: free, before, size: loop.length });
  };
  const fits = (loop: readonly Block[]): boolean => {
    const used = loop.reduce((set, block) => set | usage.registers(block), 0);
    const scratch = loop.some((block) => usage.hasTemporaries(block)) ? SCRATCH : 0;
    return bitsIn(used) <= NATIVE_COUNT - scratch;
  };
  const bySize = [...loops].sort((a, b) => b.length - a.length);
  for (const loop of bySize) if (fits(loop)) take(loop);
  for (const loop of bySize.reverse()) take(loop);
  return regions.sort((a, b) => b.size - a.size);
};
