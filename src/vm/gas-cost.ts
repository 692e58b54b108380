import { type Code, PolkaVmCode } from '../decoder/code.ts';
import { costFrom } from '../decoder/gas/block-cost.ts';
import type { GasModel } from '../decoder/gas/models.ts';
import { Instruction } from '../decoder/instruction.ts';
import { isTerminator } from '../isa/table.ts';

/** Gas for what begins at `pc` and ends with its basic block; undefined where no block can begin. */
export const blockGas = (code: Code, model: GasModel, pc: number): number | undefined => {
  if (code instanceof PolkaVmCode) return costFrom(code.decoder, pc, model);
  if (model.shape !== 'sum' || !code.isJumpTarget(pc)) return undefined;
  const instruction = new Instruction();
  let cost = 0;
  for (let at = pc; ; at += instruction.length) {
    code.decode(at, instruction);
    // PolkaVM 0.35 adds costs as 32-bit numbers.
    cost = (cost + (model.costs[instruction.op] as number)) >>> 0;
    if (isTerminator(instruction.op)) return cost;
  }
};
