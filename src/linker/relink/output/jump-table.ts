import { MAX_JUMP_TABLE_ENTRIES } from '../../../blob/limits.ts';
import type { Block } from '../graph/block.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import { fail } from './errors.ts';

/**
 * Gives each block whose address is taken its entry in the jump table, in the order of the blocks, and returns them.
 *
 * @throws RiscboxError `link/jump-table`
 */
export const numberJumpTable = (graph: ProgramGraph): readonly Block[] => {
  const entries = graph.blocks.filter(({ isAddressTaken, isReachable }) => isAddressTaken && isReachable);
  if (entries.length > MAX_JUMP_TABLE_ENTRIES) {
    throw fail('link/jump-table', { count: entries.length, limit: MAX_JUMP_TABLE_ENTRIES });
  }
  for (const block of graph.blocks) block.jumpIndex = -1;
  for (const [index, block] of entries.entries()) block.jumpIndex = index;
  return entries;
};
