import { definesA, touchesOtherRegisters, usesOf } from '../../../isa/term.ts';
import type { End } from '../graph/block.ts';
import type { GraphInstruction } from '../graph/instruction.ts';
import { endReads, endTemporaryReads, type RegisterSet, readsOf, writesOf } from '../graph/register-use.ts';
import { FIRST_TEMPORARY } from '../graph/registers.ts';

/** The graph registers of a set, ascending; temporaries are a set of their own. */
export const registersIn = (set: RegisterSet, temporaries: RegisterSet): readonly number[] => {
  const registers: number[] = [];
  for (let rest = set; rest !== 0; rest &= rest - 1) registers.push(31 - Math.clz32(rest & -rest));
  for (let rest = temporaries; rest !== 0; rest &= rest - 1) {
    registers.push(FIRST_TEMPORARY + 31 - Math.clz32(rest & -rest));
  }
  return registers;
};

/** Graph registers that an instruction reads, and those whose value is lost by it; some may be named twice. */
export interface Accesses {
  readonly reads: readonly number[];
  readonly writes: readonly number[];
}

const NONE: readonly number[] = [];

const operandsRead = (uses: number, { a, b, c }: GraphInstruction): readonly number[] => {
  switch (uses) {
    case 0:
      return NONE;
    case 2:
      return [b];
    case 6:
      return [b, c];
    default: {
      const operands = [a, b, c];
      return operands.filter((_, index) => ((uses >>> index) & 1) === 1);
    }
  }
};

export const accessesOf = (instruction: GraphInstruction): Accesses => {
  const { op, a } = instruction;
  if (touchesOtherRegisters(op)) {
    return { reads: registersIn(readsOf(instruction), 0), writes: registersIn(writesOf(instruction), 0) };
  }
  return { reads: operandsRead(usesOf(op), instruction), writes: definesA(op) ? [a] : NONE };
};

/** Graph registers that an end reads itself. */
export const endReadsOf = (end: End): readonly number[] => registersIn(endReads(end), endTemporaryReads(end));
