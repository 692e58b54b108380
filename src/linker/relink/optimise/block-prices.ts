import { gasModel, type PipelineModel } from '../../../decoder/gas/models.ts';
import { PipelineSimulator } from '../../../decoder/gas/pipeline.ts';
import { Instruction } from '../../../decoder/instruction.ts';
import { operation } from '../../../isa/table.ts';
import type { Block, End } from '../graph/block.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import { polkaVmRegister } from '../graph/registers.ts';

const UNLIKELY = operation('unlikely');
const ENDS: { readonly [K in Exclude<End['kind'], 'branch'>]: number } = {
  jump: operation('jump'),
  call: operation('load_imm_and_jump'),
  'jump-indirect': operation('jump_indirect'),
  'call-indirect': operation('load_imm_and_jump_indirect'),
  trap: operation('trap'),
};

/**
 * What blocks cost by the model that PolkaVM 0.35's linker asks, with every load hitting the second cache. Registers
 * without a place yet are taken for the first one: this decides about hints only.
 */
export class BlockPrices {
  readonly #simulator: PipelineSimulator;
  readonly #instruction = new Instruction();

  constructor({ kind }: ProgramGraph) {
    // Full models are pipelines.
    this.#simulator = new PipelineSimulator(kind, gasModel('full-l2-hit', kind) as PipelineModel);
  }

  /** The price of a block with or without an `unlikely` at its beginning, its branch being predicted well or not. */
  of({ instructions, end }: Block, isUnlikely: boolean, isPredictable: boolean): number {
    this.#simulator.begin();
    if (isUnlikely) this.#add(UNLIKELY, 0, 0, 0, false);
    for (const { op, a, b, c } of instructions) this.#add(op, a, b, c, false);
    const { base = 0, link = 0 } = end as { base?: number; link?: number };
    if (end.kind === 'branch') this.#add(end.op, end.a, end.b, 0, isPredictable);
    else if (end.kind === 'jump-indirect') this.#add(ENDS[end.kind], base, 0, 0, false);
    else this.#add(ENDS[end.kind], link, base, 0, false);
    return this.#simulator.end();
  }

  #add(op: number, a: number, b: number, c: number, isPredictable: boolean): void {
    const instruction = this.#instruction;
    instruction.op = op;
    instruction.a = Math.max(0, polkaVmRegister(a));
    instruction.b = Math.max(0, polkaVmRegister(b));
    instruction.c = Math.max(0, polkaVmRegister(c));
    this.#simulator.add(instruction, isPredictable);
  }
}
