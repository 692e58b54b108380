import type { PolkaVmKind } from '../../core/kind.ts';
import { INVALID, isTerminator, operation, ROWS } from '../../isa/table.ts';
import { Instruction } from '../instruction.ts';
import type { PolkaVmDecoder } from '../polkavm.ts';
import type { GasModel, PipelineModel, SumModel } from './models.ts';
import { PipelineSimulator } from './pipeline.ts';

const TRAP = ROWS[operation('trap')]?.opcodes.revive_v1;
const UNLIKELY = ROWS[operation('unlikely')]?.opcodes;
/** What takes the place of `unlikely` in kinds that lack it: no kind has an instruction of this opcode. */
const UNASSIGNED = 0xff;

/**
 * Whether a branch is taken to be predicted well: one of its sides is cold, which the full model of PolkaVM 0.35
 * sees in the raw byte where that side begins (a `trap` or `unlikely` opcode, or the end of the code), whether
 * or not an instruction starts there.
 *
 * @param following offset of the instruction after the branch
 */
export const isPredictableBranch = (
  kind: PolkaVmKind,
  code: Uint8Array,
  following: number,
  target: number,
): boolean => isCold(kind, code[following]) || isCold(kind, code[target]);

const isCold = (kind: PolkaVmKind, byte: number | undefined): boolean =>
  byte === undefined || byte === TRAP || byte === (UNLIKELY?.[kind] ?? UNASSIGNED);

/**
 * A function that gives the cost of the block at an offset inside the code, which must be an instruction start; for
 * pipeline models also elsewhere, where an invalid instruction stands.
 */
export const blockPricer = (decoder: PolkaVmDecoder, model: GasModel): ((offset: number) => number) =>
  model.shape === 'sum' ? sumPricer(decoder, model) : pipelinePricer(decoder, model);

/** The cost of the block that starts at `offset`; for many blocks of one program, `blockPricer` is faster. */
export const blockCost = (decoder: PolkaVmDecoder, offset: number, model: GasModel): number =>
  blockPricer(decoder, model)(offset);

/**
 * What a host is told when it asks for the cost of running from `offset`: undefined where no block starts, the
 * cost of an invalid instruction at and behind the end of the code.
 */
export const costFrom = (
  decoder: PolkaVmDecoder,
  offset: number,
  model: GasModel,
  price: (offset: number) => number = blockPricer(decoder, model),
): number | undefined => {
  if (offset >= decoder.code.length) return invalidCost(decoder.kind, model);
  return decoder.isJumpTarget(offset, isTerminator) ? price(offset) : undefined;
};

/** Cost of a block that is a lone invalid instruction. */
const invalidCost = (kind: PolkaVmKind, model: GasModel): number => {
  if (model.shape === 'sum') return model.costs[INVALID] as number;
  const simulator = new PipelineSimulator(kind, model);
  simulator.begin();
  simulator.addInvalid();
  return simulator.end();
};

const sumPricer = (decoder: PolkaVmDecoder, { costs }: SumModel): ((offset: number) => number) => {
  const instruction = new Instruction();
  return (start) => {
    let cost = 0;
    for (let offset = start; ; offset += instruction.length) {
      decoder.decode(offset, instruction);
      // PolkaVM 0.35 adds costs as 32-bit numbers; only tables of absurd costs can notice.
      cost = (cost + (costs[instruction.op] as number)) >>> 0;
      if (isTerminator(instruction.op)) return cost;
      if (instruction.isLast) return (cost + (costs[INVALID] as number)) >>> 0;
    }
  };
};

const pipelinePricer = (decoder: PolkaVmDecoder, model: PipelineModel): ((offset: number) => number) => {
  const { kind, code } = decoder;
  const simulator = new PipelineSimulator(kind, model);
  const instruction = new Instruction();
  return (start) => {
    simulator.begin();
    if (!decoder.isStart(start)) {
      simulator.addInvalid();
      return simulator.end();
    }
    for (let offset = start; ; offset += instruction.length) {
      decoder.decode(offset, instruction);
      const { length, target } = instruction;
      // `target` is left over from an earlier instruction unless this is a branch, and only then matters.
      simulator.add(instruction, isPredictableBranch(kind, code, offset + length, target));
      if (isTerminator(instruction.op)) return simulator.end();
      if (instruction.isLast) {
        simulator.addInvalid();
        return simulator.end();
      }
    }
  };
};
