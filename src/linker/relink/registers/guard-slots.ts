import { operation } from '../../../isa/table.ts';
import { Block } from '../graph/block.ts';
import { loadOperation, storeOperation } from '../graph/forms.ts';
import { addBlock, type ProgramGraph } from '../graph/graph.ts';
import { Import } from '../graph/import.ts';
import { GraphInstruction } from '../graph/instruction.ts';
import { RA, SP } from '../graph/registers.ts';
import type { SpillSlots } from './spill-slots.ts';

/** Where a program begins that runs once: nobody calls it back, and its arguments are where sp points. */
const START: readonly number[] = [...new TextEncoder().encode('_start')];

const isStart = (symbol: Uint8Array): boolean =>
  symbol.length === START.length && symbol.every((byte, i) => byte === START[i]);

const callsHost = ({ blocks }: ProgramGraph): boolean =>
  blocks.some(
    ({ isReachable, instructions }) =>
      isReachable &&
      instructions.some(({ xLink }) => xLink?.to instanceof Import && xLink.to.convention === 'call'),
  );

/**
 * Host functions may call back into the program. The engine gives the outer call its registers back, but knows nothing of
 * those that live in memory: exports keep their words on the stack and put them back before they return.
 */
export const guardSlots = (graph: ProgramGraph, slots: SpillSlots): void => {
  const registers = [...slots.registers];
  if (registers.length === 0 || !callsHost(graph)) return;
  const size = graph.width / 8;
  const room = roundUp(size * (registers.length + 1));
  const push = storeOperation(size as 4 | 8, true, false);
  const pop = loadOperation(size as 4 | 8, graph.width === 32, true);
  const add = operation(`add_imm_${graph.width}`);
  const guards = new Map<Block, Block>();
  const guardOf = (block: Block): Block => {
    const end = { kind: 'jump-indirect', base: RA, offset: 0, origin: -1 } as const;
    const back = addBlock(graph, (id) => new Block(id, -1, end));
    back.isAddressTaken = true;
    const call = { kind: 'call', link: RA, target: block, back, origin: -1 } as const;
    const guard = addBlock(graph, (id) => new Block(id, -1, call));
    // ra is free once it is kept itself: it holds each word on its way.
    guard.instructions = [
      new GraphInstruction(add, -1, SP, SP, 0, -room),
      new GraphInstruction(push, -1, RA, SP, 0, 0),
      ...registers.flatMap((register, i) => [
        slots.load(register, RA, -1),
        new GraphInstruction(push, -1, RA, SP, 0, size * (i + 1)),
      ]),
    ];
    back.instructions = [
      ...registers.flatMap((register, i) => [
        new GraphInstruction(pop, -1, RA, SP, 0, size * (i + 1)),
        slots.store(register, RA, -1),
      ]),
      new GraphInstruction(pop, -1, RA, SP, 0, 0),
      new GraphInstruction(add, -1, SP, SP, 0, room),
    ];
    return guard;
  };
  for (const exported of graph.exports) {
    if (isStart(exported.symbol)) continue;
    const guard = guards.get(exported.block) ?? guardOf(exported.block);
    guards.set(exported.block, guard);
    exported.block = guard;
  }
};

/** The calling convention keeps sp at multiples of 16. */
const roundUp = (bytes: number): number => 16 * Math.ceil(bytes / 16);
