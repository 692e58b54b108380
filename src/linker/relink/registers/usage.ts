import type { Block } from '../graph/block.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import { endWrites, type RegisterSet } from '../graph/register-use.ts';
import { FIRST_TEMPORARY, GRAPH_REGISTERS } from '../graph/registers.ts';
import { accessesOf, endReadsOf, registersIn } from './accesses.ts';
import { loopDepths } from './loop-depth.ts';

/** What a use in a loop counts against one outside of it. */
const LOOP_WEIGHT = 8;

/** Which registers the blocks of a program use, and how often as far as the code tells. */
export class Usage {
  readonly #registers: Int32Array;
  readonly #temporaries: Uint8Array;
  readonly #depths: Uint8Array;

  constructor(graph: ProgramGraph) {
    const count = graph.blocks.length;
    this.#depths = loopDepths(graph.blocks, count);
    this.#registers = new Int32Array(count);
    this.#temporaries = new Uint8Array(count);
    for (const block of graph.blocks) {
      if (!block.isReachable) continue;
      let set: RegisterSet = 0;
      forEachUse(block, (register) => {
        if (register < FIRST_TEMPORARY) set |= 1 << register;
        else this.#temporaries[block.id] = 1;
      });
      this.#registers[block.id] = set;
    }
  }

  /** Registers below 32 that a block uses. */
  registers({ id }: Block): RegisterSet {
    return this.#registers[id] as RegisterSet;
  }

  hasTemporaries({ id }: Block): boolean {
    return this.#temporaries[id] === 1;
  }

  /** By graph register: uses in some blocks, those in loops counted more. */
  weights(blocks: Iterable<Block>): Float64Array {
    const weights = new Float64Array(GRAPH_REGISTERS);
    for (const block of blocks) {
      const weight = LOOP_WEIGHT ** (this.#depths[block.id] as number);
      forEachUse(block, (register) => {
        weights[register] = (weights[register] as number) + weight;
      });
    }
    return weights;
  }
}

const forEachUse = (block: Block, use: (register: number) => void): void => {
  for (const instruction of block.instructions) {
    const { reads, writes } = accessesOf(instruction);
    for (const register of reads) use(register);
    for (const register of writes) use(register);
  }
  for (const register of endReadsOf(block.end)) use(register);
  for (const register of registersIn(endWrites(block.end), 0)) use(register);
};
