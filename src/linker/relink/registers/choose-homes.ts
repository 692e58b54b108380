import type { ProgramGraph } from '../graph/graph.ts';
import { endWrites } from '../graph/register-use.ts';
import { A0, A1, FIRST_TEMPORARY, GRAPH_REGISTERS, NATIVE_REGISTERS, RA, SP } from '../graph/registers.ts';
import { accessesOf, endReadsOf, registersIn } from './accesses.ts';
import { Homes, isNative } from './homes.ts';
import { loopDepths } from './loop-depth.ts';

/** What a use in a loop counts against one outside of it. */
const LOOP_WEIGHT = 8;

/**
 * Native registers that are nobody's home as soon as anything lives in memory: two, because a branch reads two
 * registers and may not disturb a home.
 */
const SCRATCH = 2;

/** They stay where they are: the host sets and reads them, and linking calls write ra. */
const FIXED: readonly number[] = [RA, SP, A0, A1];

const NATIVES: readonly number[] = registersIn(NATIVE_REGISTERS, 0);

/** By graph register: how often it is used, as far as the code tells. */
const usesByRegister = (graph: ProgramGraph): Float64Array => {
  const uses = new Float64Array(GRAPH_REGISTERS);
  const depths = loopDepths(graph.blocks, graph.blocks.length);
  for (const block of graph.blocks) {
    if (!block.isReachable) continue;
    const weight = LOOP_WEIGHT ** (depths[block.id] as number);
    const count = (register: number): void => {
      uses[register] = (uses[register] as number) + weight;
    };
    for (const instruction of block.instructions) {
      const { reads, writes } = accessesOf(instruction);
      for (const register of reads) count(register);
      for (const register of writes) count(register);
    }
    for (const register of endReadsOf(block.end)) count(register);
    for (const register of registersIn(endWrites(block.end), 0)) count(register);
  }
  return uses;
};

/**
 * Chooses who lives in a register: the most used ones. Registers that PolkaVM has stay themselves if they are chosen,
 * so that what host and guest pass each other is in place; others get the native registers that are left.
 */
export const chooseHomes = (graph: ProgramGraph): Homes => {
  const uses = usesByRegister(graph);
  const used = [...uses.keys()].filter(
    (register) => (uses[register] as number) > 0 && !FIXED.includes(register) && register < FIRST_TEMPORARY,
  );
  const hasTemporaries = uses.subarray(FIRST_TEMPORARY).some((count) => count > 0);
  used.sort((a, b) => (uses[b] as number) - (uses[a] as number));
  const room = NATIVES.length - FIXED.length;
  const chosen = used.length <= room && !hasTemporaries ? used : used.slice(0, room - SCRATCH);
  const kept = [...FIXED, ...chosen.filter(isNative)];
  const left = NATIVES.filter((native) => !kept.includes(native));
  const moved = chosen.filter((register) => !isNative(register));
  return new Homes([
    ...kept.map((register) => [register, register] as const),
    ...moved.map((register, index) => [register, left[index] as number] as const),
  ]);
};
