import { operation } from '../../../isa/table.ts';
import type { Block, End } from '../graph/block.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import { GraphInstruction } from '../graph/instruction.ts';
import { inverseBranch } from '../graph/inverse-branch.ts';
import { type BlockOrder, beginsUnlikely } from './block-order.ts';

const TRAP = operation('trap');
const FALLTHROUGH = operation('fallthrough');
const UNLIKELY = operation('unlikely');
const JUMP = operation('jump');
const JUMP_INDIRECT = operation('jump_indirect');
const LOAD_IMM_AND_JUMP = operation('load_imm_and_jump');
const LOAD_IMM_AND_JUMP_INDIRECT = operation('load_imm_and_jump_indirect');

/** All instructions of the program in order. */
export interface Sequence {
  /** Those of the blocks, and what their ends became; operands of both are the graph's. */
  readonly instructions: readonly GraphInstruction[];
  /** By position in `instructions`: the position that a jump or branch leads to; -1 for all others. */
  readonly targets: Int32Array;
  /** By block id: the position where it begins; -1 for blocks that are not written. */
  readonly starts: Int32Array;
  /** How many jumps at the beginning are padded to `PADDED_JUMP` bytes. */
  readonly paddedJumps: number;
}

type Branch = Extract<End, { kind: 'branch' }>;

/** The instruction of an end that does not depend on what follows. */
const terminatorOf = (end: Exclude<End, { kind: 'jump' | 'branch' }>): GraphInstruction => {
  const { origin } = end;
  switch (end.kind) {
    case 'trap':
      return new GraphInstruction(TRAP, origin);
    case 'call':
      return new GraphInstruction(LOAD_IMM_AND_JUMP, origin, end.link, 0, 0, 0, 0, end.back.link);
    case 'jump-indirect':
      return new GraphInstruction(JUMP_INDIRECT, origin, end.base, 0, 0, end.offset);
    case 'call-indirect': {
      const { link, base, offset, back } = end;
      return new GraphInstruction(LOAD_IMM_AND_JUMP_INDIRECT, origin, link, base, 0, 0, offset, back.link);
    }
  }
};

class SequenceWriter {
  readonly instructions: GraphInstruction[] = [];
  /** Target blocks by position, where there is one. */
  readonly leadsTo: Map<number, Block> = new Map();
  readonly #graph: ProgramGraph;
  readonly #order: BlockOrder;
  readonly #merges: boolean;

  constructor(graph: ProgramGraph, order: BlockOrder, merges: boolean) {
    this.#graph = graph;
    this.#order = order;
    this.#merges = merges;
  }

  jump(target: Block, origin: number): void {
    this.#push(new GraphInstruction(JUMP, origin), target);
  }

  block(block: Block, following: Block | undefined): void {
    const { instructions, end } = block;
    if (beginsUnlikely(this.#graph, block)) {
      this.#push(new GraphInstruction(UNLIKELY, instructions[0]?.origin ?? end.origin));
    }
    for (const instruction of instructions) this.instructions.push(instruction);
    this.#end(end, following);
  }

  #push(instruction: GraphInstruction, target?: Block): void {
    if (target !== undefined) this.leadsTo.set(this.instructions.length, this.#order.at(target));
    this.instructions.push(instruction);
  }

  #end(end: End, following: Block | undefined): void {
    if (end.kind === 'jump') this.#goOn(end.target, following, end.origin);
    else if (end.kind === 'branch') this.#branch(end, following);
    else this.#push(terminatorOf(end), end.kind === 'call' ? end.target : undefined);
  }

  #goOn(target: Block, following: Block | undefined, origin: number): void {
    const next = this.#order.at(target);
    if (next !== following) this.jump(next, origin);
    else if (!this.#merges || !this.#order.hasOneEntrance(next) || beginsUnlikely(this.#graph, next)) {
      this.#push(new GraphInstruction(FALLTHROUGH, origin));
    }
    // Else nothing but this leads there: no new basic block needs to begin.
  }

  #branch(end: Branch, following: Block | undefined): void {
    const { op, a, b, x, xLink, origin } = end;
    const taken = this.#order.at(end.taken);
    const next = this.#order.at(end.next);
    const inverse = next !== following && taken === following ? inverseBranch(op) : -1;
    const branch = new GraphInstruction(inverse < 0 ? op : inverse, origin, a, b, 0, x, 0, xLink);
    this.#push(branch, inverse < 0 ? taken : next);
    if (next !== following && inverse < 0) this.jump(next, origin);
  }
}

/**
 * Puts the written blocks one behind the other.
 * @param dispatch blocks to which a table of jumps at the beginning leads
 * @param merges blocks that only the one before leads to become one basic block with it
 */
export const sequenceOf = (
  graph: ProgramGraph,
  order: BlockOrder,
  dispatch: readonly Block[],
  merges: boolean,
): Sequence => {
  const writer = new SequenceWriter(graph, order, merges);
  for (const block of dispatch) writer.jump(block, -1);
  const starts = new Int32Array(graph.blocks.length).fill(-1);
  for (const [index, block] of order.written.entries()) {
    starts[block.id] = writer.instructions.length;
    writer.block(block, order.written[index + 1]);
  }
  for (const block of graph.blocks)
    if (block.isReachable) starts[block.id] = starts[order.at(block).id] as number;
  const targets = new Int32Array(writer.instructions.length).fill(-1);
  for (const [position, block] of writer.leadsTo) targets[position] = starts[block.id] as number;
  return {
    instructions: writer.instructions,
    targets,
    starts,
    paddedJumps: Math.max(0, dispatch.length - 1),
  };
};
