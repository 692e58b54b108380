import type { ProgramGraph } from '../graph/graph.ts';
import type { GraphInstruction } from '../graph/instruction.ts';
import type { Pass } from '../report.ts';
import { SHAPE, shapesIn } from './shapes.ts';

/** Removes instructions that do nothing: copies of a register to itself, additions of 0, fences. */
export const noOps = (): Pass => {
  // By block id: the revision that was looked through.
  const seen: number[] = [];
  return {
    name: 'no-ops',
    run({ blocks, width }: ProgramGraph): boolean {
      const shapes = shapesIn(width);
      let changed = false;
      for (const block of blocks) {
        if (seen[block.id] === block.revision) continue;
        if (block.instructions.some((instruction) => isNoOp(instruction, shapes))) {
          block.instructions = block.instructions.filter((instruction) => !isNoOp(instruction, shapes));
          block.changed();
          changed = true;
        }
        seen[block.id] = block.revision;
      }
      return changed;
    },
  };
};

const isNoOp = ({ op, a, b, x, xLink }: GraphInstruction, shapes: Uint8Array): boolean => {
  const shape = shapes[op];
  if (shape === SHAPE.nothing) return true;
  if (a !== b || xLink !== undefined) return false;
  return shape === SHAPE.copy || (shape === SHAPE.addConstant && x === 0);
};
