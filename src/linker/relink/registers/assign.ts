import { hex } from '../../../core/error.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import { Liveness } from '../graph/liveness.ts';
import { A7, T0 } from '../graph/registers.ts';
import type { Where } from '../location.ts';
import { BlockAllocator, hasTemporaries } from './block-allocator.ts';
import { crossBorders } from './borders.ts';
import { nativePlan, planHomes } from './choose-homes.ts';
import { stubExports } from './export-stubs.ts';
import { guardSlots } from './guard-slots.ts';
import { type RegisterReport, reportOf } from './register-report.ts';
import { SpillSlots } from './spill-slots.ts';

/**
 * Gives every operand one of PolkaVM's 13 registers: temporaries of code that uses no others, and with it all
 * registers of 32-register code. Changes the graph in place.
 *
 * @param placeOf names the place of an ELF address, for messages
 * @param isCalledBack host functions may call exports
 * @throws RiscboxError `link/no-free-register`
 */
export const assignRegisters = (
  graph: ProgramGraph,
  placeOf: (address: number) => Where = hex,
  isCalledBack = true,
): RegisterReport => {
  const isDemoted = graph.registers === 'all';
  const blocks = graph.blocks.filter((block) => block.isReachable && (isDemoted || hasTemporaries(block)));
  const slots = new SpillSlots(graph.width);
  const plan = isDemoted ? planHomes(graph) : nativePlan();
  if (blocks.length === 0) return reportOf(plan.common, slots, 0);
  const liveness = new Liveness(graph);
  const allocator = new BlockAllocator(plan, liveness, slots, isDemoted ? A7 : T0, placeOf);
  for (const block of blocks) allocator.run(block);
  if (isDemoted) {
    emptyUnreachable(graph);
    crossBorders(graph, plan, allocator);
    stubExports(graph, liveness, plan.common, slots);
    if (isCalledBack) guardSlots(graph, slots);
  }
  slots.finish(graph);
  graph.registers = 'native';
  return reportOf(plan.common, slots, allocator.moves);
};

/** What nothing leads to would otherwise go on naming registers that are not there any more. */
const emptyUnreachable = ({ blocks }: ProgramGraph): void => {
  for (const block of blocks) {
    if (block.isReachable) continue;
    block.instructions = [];
    block.end = { kind: 'trap', origin: block.end.origin };
  }
};
