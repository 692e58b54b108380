import type { End } from '../graph/block.ts';
import type { GraphInstruction } from '../graph/instruction.ts';
import {
  endReads,
  endTemporaryReads,
  type RegisterSet,
  readsOf,
  temporaryReadsOf,
  temporaryWritesOf,
  writesOf,
} from '../graph/register-use.ts';
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

/** Graph registers that an instruction reads, and those whose value is lost by it. */
export interface Accesses {
  readonly reads: readonly number[];
  readonly writes: readonly number[];
}

export const accessesOf = (instruction: GraphInstruction): Accesses => ({
  reads: registersIn(readsOf(instruction), temporaryReadsOf(instruction)),
  writes: registersIn(writesOf(instruction), temporaryWritesOf(instruction)),
});

/** Graph registers that an end reads itself. */
export const endReadsOf = (end: End): readonly number[] => registersIn(endReads(end), endTemporaryReads(end));
