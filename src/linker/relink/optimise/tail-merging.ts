import { Block } from '../graph/block.ts';
import { addBlock, type ProgramGraph, writtenBlocks } from '../graph/graph.ts';
import type { Pass } from '../report.ts';
import { type TailNode, TailTries } from './tail-tries.ts';

/** A jump to a tail that is somewhere else in the program. */
const JUMP = 3;

/**
 * Blocks that end in the same instructions share them: all but one jump to where they are. Makes programs smaller by
 * the ends of functions above all, and slower by those jumps.
 */
export const tailMerging: Pass = {
  name: 'tail merging',
  run(graph: ProgramGraph): boolean {
    // Values of 32-register code would have to be at home wherever a new block begins.
    if (graph.registers === 'all') return false;
    const merger = new TailMerger(graph);
    for (const root of new TailTries(writtenBlocks(graph)).roots) merger.merge(root);
    return merger.changed;
  },
};

class TailMerger {
  readonly #graph: ProgramGraph;
  changed = false;

  constructor(graph: ProgramGraph) {
    this.#graph = graph;
  }

  /** Merges what ends alike. */
  merge(root: TailNode): void {
    for (const child of root.children.values()) this.#mergeBelow(child, child.bytes + root.bytes, false);
  }

  /**
   * @param segment bytes that are alike from here to the next node at which blocks come together, or to the end
   * @param isInside such a node follows
   * @returns blocks whose tail reaches to this node: those that were not merged, and those that stand for others
   */
  #mergeBelow(node: TailNode, segment: number, isInside: boolean): readonly Block[] {
    const isMeeting = node.children.size + node.blocks.length > 1;
    const found = [...node.blocks];
    for (const child of node.children.values()) {
      const bytes = isMeeting ? child.bytes : segment + child.bytes;
      for (const block of this.#mergeBelow(child, bytes, isMeeting || isInside)) found.push(block);
    }
    if (!isMeeting || found.length < 2 || node.temporaries !== 0) return found;
    return this.#isWorthwhile(found.length, segment, isInside) ? [this.#share(found, node.depth)] : found;
  }

  /** Inside of a longer tail all would jump to that one anyway; there it takes one more jump to get from here to it. */
  #isWorthwhile(count: number, segment: number, isInside: boolean): boolean {
    return isInside ? (count - 1) * segment > JUMP : segment > JUMP;
  }

  /** Lets blocks share their last `length` instructions, and returns the one that has them. */
  #share(blocks: readonly Block[], length: number): Block {
    const tail =
      blocks.find(({ instructions }) => instructions.length === length) ?? this.#cutOff(blocks, length);
    for (const block of blocks) {
      if (block === tail) continue;
      const { origin } = block.end;
      block.instructions = block.instructions.slice(0, block.instructions.length - length);
      block.end = { kind: 'jump', target: tail, origin };
      block.changed();
    }
    this.changed = true;
    return tail;
  }

  #cutOff([first]: readonly Block[], length: number): Block {
    const { instructions, end } = first as Block;
    const tail = addBlock(this.#graph, (id) => new Block(id, -1, end));
    tail.instructions = instructions.slice(instructions.length - length);
    return tail;
  }
}
