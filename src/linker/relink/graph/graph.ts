import type { PolkaVmKind, Width } from '../../../core/kind.ts';
import type { Block } from './block.ts';
import type { DataSection } from './data-section.ts';

/** A block that the host may call by name. */
export interface GraphExport {
  readonly symbol: Uint8Array;
  /** Changes when the program is demoted: arguments arrive where the convention has them. */
  block: Block;
  /** Registers of the result: 0 to 2. */
  readonly outputs: number;
}

/** A program between lowering and writing: what all passes work on. */
export interface ProgramGraph {
  /** The kind of the blob to be written: decides which operations exist. */
  readonly kind: PolkaVmKind;
  readonly width: Width;
  /** All blocks by id; those that are not reachable are left out of the program. */
  readonly blocks: Block[];
  /** All data, in the order of the ELF file. */
  readonly data: DataSection[];
  readonly exports: readonly GraphExport[];
  /** Bytes of stack that the program asks for, not rounded. */
  readonly stackSize: number;
  /** `native`: code of 13 registers; `all`: 32-register code that is to be demoted (afterwards it is `native`). */
  registers: 'native' | 'all';
}

/** Ids of new blocks continue those of the graph; an invented block is written behind all others. */
export const addBlock = (graph: ProgramGraph, make: (id: number) => Block): Block => {
  const block = make(graph.blocks.length);
  graph.blocks.push(block);
  return block;
};

/** Reachable blocks in the order in which they are written. */
export const writtenBlocks = ({ blocks }: ProgramGraph): Block[] => {
  const reachable: Block[] = [];
  let isMoved = false;
  for (const block of blocks) {
    if (!block.isReachable) continue;
    reachable.push(block);
    if (block.rank !== block.id) isMoved = true;
  }
  return isMoved ? reachable.sort((p, q) => p.rank - q.rank) : reachable;
};
