import type { Block } from '../graph/block.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import type { GraphInstruction } from '../graph/instruction.ts';
import { Liveness } from '../graph/liveness.ts';
import {
  endTemporaryReads,
  isLoad,
  isPure,
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
export const deadCode = (loads: boolean): Pass => ({
  name: 'dead code',
  run(graph: ProgramGraph): boolean {
    const liveness = new Liveness(graph);
    let changed = false;
    for (const block of graph.blocks) {
      if (block.isReachable && sweep(block, liveness, loads)) changed = true;
    }
    return changed;
  },
});

const sweep = (block: Block, liveness: Liveness, loads: boolean): boolean => {
  const { instructions } = block;
  let live = liveness.liveBeforeEnd(block);
  let temporaries = endTemporaryReads(block.end);
  let kept = instructions.length;
  for (let i = instructions.length - 1; i >= 0; i--) {
    const instruction = instructions[i] as GraphInstruction;
    const written = writesOf(instruction);
    const writtenTemporary = temporaryWritesOf(instruction);
    const needed = (written & live) !== 0 || (writtenTemporary & temporaries) !== 0;
    if (!needed && (isPure(instruction) || (loads && isLoad(instruction)))) continue;
    live = (live & ~written) | readsOf(instruction);
    temporaries = (temporaries & ~writtenTemporary) | temporaryReadsOf(instruction);
    // Survivors move to the end of the array, which is cut off at its beginning.
    instructions[--kept] = instruction;
  }
  if (kept === 0) return false;
  block.instructions = instructions.slice(kept);
  return true;
};
