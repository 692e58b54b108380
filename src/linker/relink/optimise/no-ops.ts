import type { ProgramGraph } from '../graph/graph.ts';
import type { GraphInstruction } from '../graph/instruction.ts';
import type { Pass } from '../report.ts';
import { SHAPE, shapesIn } from './shapes.ts';

/** Removes instructions that do nothing: copies of a register to itself, additions of 0, fences. */
export const noOps: Pass = {
  name: 'no-ops',
  run(graph: ProgramGraph): boolean {
    const shapes = shapesIn(graph.width);
    const isNoOp = ({ op, a, b, x, xLink }: GraphInstruction): boolean => {
      const shape = shapes[op];
      if (shape === SHAPE.nothing) return true;
      if (a !== b || xLink !== undefined) return false;
      return shape === SHAPE.copy || (shape === SHAPE.addConstant && x === 0);
    };
    let changed = false;
    for (const block of graph.blocks) {
      if (!block.instructions.some(isNoOp)) continue;
      block.instructions = block.instructions.filter((instruction) => !isNoOp(instruction));
      changed = true;
    }
    return changed;
  },
};
