import { ROWS } from '../../../isa/table.ts';
import { TERM, termOf } from '../../../isa/term.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import type { GraphInstruction } from '../graph/instruction.ts';
import type { Pass } from '../report.ts';

/** By operation number: 1 for `nothing`, 2 for what copies b, 3 for what adds x to b in full width. */
const shapesOf = (): Uint8Array =>
  Uint8Array.from(ROWS, ({ effect }, op) => {
    if (effect.kind === 'nothing') return 1;
    const term = termOf(op);
    if (effect.kind !== 'value' || term === undefined) return 0;
    if (term.op === TERM.b) return 2;
    return term.op === TERM.add && term.p.op === TERM.b && term.q.op === TERM.x ? 3 : 0;
  });
let shapes: Uint8Array | undefined;

const isNoOp = ({ op, a, b, x, xLink }: GraphInstruction): boolean => {
  shapes ??= shapesOf();
  const shape = shapes[op];
  return shape === 1 || (a === b && (shape === 2 || (shape === 3 && x === 0 && xLink === undefined)));
};

/** Removes instructions that do nothing: copies of a register to itself, additions of 0, fences. */
export const noOps: Pass = {
  name: 'no-ops',
  run(graph: ProgramGraph): boolean {
    let changed = false;
    for (const block of graph.blocks) {
      if (!block.instructions.some(isNoOp)) continue;
      block.instructions = block.instructions.filter((instruction) => !isNoOp(instruction));
      changed = true;
    }
    return changed;
  },
};
