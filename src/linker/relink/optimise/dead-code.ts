import type { Block } from '../graph/block.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import type { GraphInstruction } from '../graph/instruction.ts';
import { type BlockUses, Liveness } from '../graph/liveness.ts';
import {
  endTemporaryReads,
  isLoad,
  isPure,
  type RegisterSet,
  readsOf,
  temporaryReadsOf,
  temporaryWritesOf,
  writesOf,
} from '../graph/register-use.ts';
import type { Pass } from '../report.ts';

/**
 * Removes computations whose result nobody reads, and with `loads` loads of that kind, although they might have
 * trapped. Stores and host calls stay.
 */
export const deadCode = (loads: boolean, uses?: BlockUses): Pass => {
  const swept = new SweptBlocks();
  return {
    name: 'dead code',
    run(graph: ProgramGraph): boolean {
      const liveness = new Liveness(graph, uses);
      let changed = false;
      for (const block of graph.blocks) {
        if (!block.isReachable) continue;
        const live = liveness.liveBeforeEnd(block);
        if (swept.has(block, live)) continue;
        if (sweep(block, live, loads)) changed = true;
        swept.add(block, live);
      }
      return changed;
    },
  };
};

/** What was swept already, and what was needed behind it then. */
class SweptBlocks {
  readonly #revisions: number[] = [];
  readonly #live: number[] = [];

  has({ id, revision }: Block, live: RegisterSet): boolean {
    return this.#revisions[id] === revision && this.#live[id] === live;
  }

  add({ id, revision }: Block, live: RegisterSet): void {
    this.#revisions[id] = revision;
    this.#live[id] = live;
  }
}

const sweep = (block: Block, needed: RegisterSet, loads: boolean): boolean => {
  const { instructions } = block;
  let live = needed;
  let temporaries = endTemporaryReads(block.end);
  let kept = instructions.length;
  for (let i = instructions.length - 1; i >= 0; i--) {
    const instruction = instructions[i] as GraphInstruction;
    const written = writesOf(instruction);
    const writtenTemporary = temporaryWritesOf(instruction);
    const isNeeded = (written & live) !== 0 || (writtenTemporary & temporaries) !== 0;
    if (!isNeeded && (isPure(instruction) || (loads && isLoad(instruction)))) continue;
    live = (live & ~written) | readsOf(instruction);
    temporaries = (temporaries & ~writtenTemporary) | temporaryReadsOf(instruction);
    // Survivors move to the end of the array, which is cut off at its beginning.
    instructions[--kept] = instruction;
  }
  if (kept === 0) return false;
  block.instructions = instructions.slice(kept);
  block.changed();
  return true;
};
