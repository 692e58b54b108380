import { Block } from '../graph/block.ts';
import { addBlock, type ProgramGraph } from '../graph/graph.ts';
import type { Liveness } from '../graph/liveness.ts';
import { setOf } from '../graph/register-use.ts';
import { ARGUMENT_REGISTERS } from '../graph/registers.ts';
import { registersIn } from './accesses.ts';
import type { Homes } from './homes.ts';
import type { SpillSlots } from './spill-slots.ts';

const ARGUMENTS = setOf(ARGUMENT_REGISTERS);

/**
 * The host passes arguments in native registers. Where a function wants some that live in slots, it is entered by a
 * block that puts them there.
 */
export const stubExports = (
  graph: ProgramGraph,
  liveness: Liveness,
  homes: Homes,
  slots: SpillSlots,
): void => {
  const stubs = new Map<Block, Block>();
  for (const exported of graph.exports) {
    const { block } = exported;
    const homeless = registersIn(liveness.liveIn(block) & ARGUMENTS, 0).filter(
      (register) => homes.of(register) === 0,
    );
    if (homeless.length === 0) continue;
    const stub =
      stubs.get(block) ??
      addBlock(graph, (id) => new Block(id, -1, { kind: 'jump', target: block, origin: -1 }));
    if (!stubs.has(block))
      stub.instructions = homeless.map((register) => slots.store(register, register, -1));
    stubs.set(block, stub);
    exported.block = stub;
  }
};
