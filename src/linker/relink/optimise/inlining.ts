import { type Block, type End, successorsOf } from '../graph/block.ts';
import { type ProgramGraph, writtenBlocks } from '../graph/graph.ts';
import type { Pass } from '../report.ts';
import { encodedSize, endSize, jumpSize } from './encoded-size.ts';

export interface InliningLimits {
  /** Instructions of a block of which copies are made. */
  readonly instructions: number;
  /** Bytes by which one copy may make the program longer. */
  readonly growth: number;
}

/**
 * Puts blocks in place of jumps to them: those that nothing else leads to as they are, small ones as copies. Empty
 * blocks that only jump are jumped over.
 */
export const inlining = ({ instructions, growth }: InliningLimits): Pass => {
  // What was copied where, over repeated runs: loops would unroll for ever.
  const copies = new WeakMap<Block, Set<Block>>();
  return {
    name: 'inlining',
    run: (graph) => new Inliner(graph, instructions, growth, copies).run(),
  };
};

class Inliner {
  readonly #graph: ProgramGraph;
  readonly #longest: number;
  readonly #growth: number;
  readonly #copies: WeakMap<Block, Set<Block>>;
  /** By block id: ways that lead to a block; addresses and names count as one each. */
  readonly #entrances: Int32Array;
  readonly #following: (Block | undefined)[];
  /** By block id: 1 where another block was moved to. */
  readonly #hasGrown: Uint8Array;
  #changed = false;

  constructor(graph: ProgramGraph, longest: number, growth: number, copies: WeakMap<Block, Set<Block>>) {
    this.#graph = graph;
    this.#longest = longest;
    this.#growth = growth;
    this.#copies = copies;
    this.#entrances = new Int32Array(graph.blocks.length);
    this.#following = new Array(graph.blocks.length);
    this.#hasGrown = new Uint8Array(graph.blocks.length);
  }

  run(): boolean {
    const blocks = writtenBlocks(this.#graph);
    for (const [index, block] of blocks.entries()) {
      this.#following[block.id] = blocks[index + 1];
      for (const successor of successorsOf(block.end)) this.#count(successor, 1);
      if (block.isAddressTaken) this.#count(block, 1);
    }
    for (const { block } of this.#graph.exports) this.#count(block, 1);
    const ends = this.#lastOfChains(blocks);
    for (const block of blocks) this.#thread(block, ends);
    // From the first ones of chains on: so nothing moves more than once.
    const hasOwner = this.#owned(blocks);
    for (const block of blocks) if (hasOwner[block.id] === 0) this.#inline(block);
    for (const block of blocks) if (hasOwner[block.id] === 1 && block.isReachable) this.#inline(block);
    return this.#changed;
  }

  /** By block id: 1 where nothing but the jump of another block leads. */
  #owned(blocks: readonly Block[]): Uint8Array {
    const isOwned = new Uint8Array(this.#graph.blocks.length);
    for (const { end } of blocks) {
      if (end.kind === 'jump' && this.#entrances[end.target.id] === 1) isOwned[end.target.id] = 1;
    }
    return isOwned;
  }

  #count(block: Block, difference: number): void {
    this.#entrances[block.id] = (this.#entrances[block.id] as number) + difference;
  }

  /** By block id: where a jump to a block gets over blocks that only jump. */
  #lastOfChains(blocks: readonly Block[]): readonly (Block | undefined)[] {
    const last: (Block | undefined)[] = new Array(this.#graph.blocks.length);
    for (const start of blocks) {
      const way: Block[] = [];
      let at = start;
      // A circle ends at the block that was come to first.
      while (last[at.id] === undefined && at.instructions.length === 0 && at.end.kind === 'jump') {
        last[at.id] = at;
        way.push(at);
        at = at.end.target;
      }
      const found = last[at.id] ?? at;
      last[at.id] = found;
      for (const passed of way) last[passed.id] = found;
    }
    return last;
  }

  #thread(block: Block, last: readonly (Block | undefined)[]): void {
    const { end } = block;
    const over = (target: Block): Block => {
      const found = last[target.id] ?? target;
      if (found === target) return target;
      this.#count(target, -1);
      this.#count(found, 1);
      this.#changed = true;
      return found;
    };
    if (end.kind === 'jump' || end.kind === 'call') {
      const target = over(end.target);
      if (target !== end.target) this.#replaceEnd(block, { ...end, target });
    } else if (end.kind === 'branch') {
      const taken = over(end.taken);
      const next = over(end.next);
      if (taken !== end.taken || next !== end.next) this.#replaceEnd(block, { ...end, taken, next });
    }
  }

  #replaceEnd(block: Block, end: End): void {
    block.end = end;
    block.changed();
  }

  #inline(block: Block): void {
    for (let { end } = block; end.kind === 'jump' && end.target !== block; end = block.end) {
      const { target } = end;
      if (this.#mayMove(target)) this.#absorb(block, target);
      else if (this.#mayCopy(block, target)) this.#copy(block, target);
      else return;
      this.#changed = true;
    }
  }

  /** What has taken in others waits for the next run: moving it again and again would take quadratic time. */
  #mayMove({ id }: Block): boolean {
    return this.#entrances[id] === 1 && this.#hasGrown[id] === 0;
  }

  /** Nothing else leads to `target`: it moves. */
  #absorb(block: Block, target: Block): void {
    this.#hasGrown[block.id] = 1;
    for (const instruction of target.instructions) block.instructions.push(instruction);
    this.#replaceEnd(block, target.end);
    target.instructions = [];
    this.#replaceEnd(target, { kind: 'trap', origin: -1 });
    target.isReachable = false;
    this.#entrances[target.id] = 0;
  }

  #mayCopy(block: Block, target: Block): boolean {
    const { instructions, end } = target;
    if (instructions.length > this.#longest) return false;
    if (leadsTo(end, target) || this.#copies.get(block)?.has(target) === true) return false;
    const following = this.#following[block.id];
    const saved = jumpSize(block, target, following);
    const added = instructions.reduce((sum, instruction) => sum + encodedSize(instruction), 0);
    return added + endSize(block, end, following) <= saved + this.#growth;
  }

  #copy(block: Block, target: Block): void {
    const copies = this.#copies.get(block) ?? new Set<Block>();
    this.#copies.set(block, copies.add(target));
    for (const instruction of target.instructions) block.instructions.push(instruction.clone());
    this.#replaceEnd(block, target.end);
    this.#count(target, -1);
    for (const successor of successorsOf(target.end)) this.#count(successor, 1);
  }
}

const leadsTo = (end: End, block: Block): boolean => successorsOf(end).includes(block);
