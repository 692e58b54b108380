import type { Block } from '../graph/block.ts';
import { type ProgramGraph, writtenBlocks } from '../graph/graph.ts';
import type { BlockSummaries } from './block-summaries.ts';
import { endSize } from './encoded-size.ts';

/** Estimated size of what is reachable. */
export interface GraphSize {
  /** Instructions and ends. */
  readonly instructions: number;
  readonly codeBytes: number;
  readonly dataBytes: number;
}

export const sizeOf = (graph: ProgramGraph, summaries: BlockSummaries): GraphSize => {
  let instructions = 0;
  let codeBytes = 0;
  let following: Block | undefined;
  const blocks = writtenBlocks(graph);
  for (let i = blocks.length - 1; i >= 0; i--) {
    const block = blocks[i] as Block;
    instructions += block.instructions.length + 1;
    codeBytes += summaries.bytesOf(block) + endSize(block, block.end, following) + (block.isUnlikely ? 1 : 0);
    following = block;
  }
  const dataBytes = graph.data.reduce((sum, { isReachable, size }) => (isReachable ? sum + size : sum), 0);
  return { instructions, codeBytes, dataBytes };
};
