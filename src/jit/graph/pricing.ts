import type { Code, PolkaVmCode } from '../../decoder/code.ts';
import { blockPricer } from '../../decoder/gas/block-cost.ts';
import type { Program } from '../../decoder/program.ts';
import type { Pricing } from '../../interpreter/compiled-code.ts';
import type { Metering } from '../tier.ts';

/** How a tier prices blocks of a program: a sum over instructions, or (pipeline models, PolkaVM kinds only) a function. */
export const pricingOf = (code: Code, { model }: Metering): Pricing => {
  if (model.shape === 'sum') return { costs: model.costs, blockCost: undefined };
  // gasModel() gives pipeline models to PolkaVM kinds only.
  return { costs: undefined, blockCost: blockPricer((code as PolkaVmCode).decoder, model) };
};

/** Instructions per packed unit of gas: see `Meter`. */
const UNIT = 2 ** 24;
/** With packed counters, the most gas of a slice: 2^24 instructions at most belong to it. */
const PACKED_SLICE = 2 ** 20;
const PLAIN_SLICE = 2 ** 31;

/**
 * Translated code counts down one 64-bit number that holds what is left of both gas and instructions.
 *
 * Where each instruction costs 1, or nothing is metered, it is the number of instructions. Elsewhere it is
 * `gas * 2^24 + …`: what a slice has used is the difference to its beginning, and the low 24 bits of that are the
 * instructions, because a slice never executes 2^24 of them. That holds when no instruction is free: a block of cost
 * c has at most 16 c instructions in the pipeline models (see `sliceLimitOf` in interpreter/compiled-code.ts), at
 * most c in a table of costs.
 */
export class Meter {
  /** 1: the counter is the number of instructions. */
  readonly unit: number;
  /** The most gas that a slice may begin with. */
  readonly sliceLimit: number;
  /** False for tables with a free instruction, which translated code cannot count. */
  readonly countable: boolean;
  readonly #pricing: Pricing;

  constructor(program: Program, metering: Metering) {
    this.#pricing = pricingOf(program.code, metering);
    const { costs } = this.#pricing;
    const plain = metering.gas === 'none' || costs?.every((cost) => cost === 1) === true;
    this.unit = plain ? 1 : UNIT;
    this.sliceLimit = plain ? PLAIN_SLICE : PACKED_SLICE;
    this.countable = plain || costs === undefined || costs.every((cost) => cost > 0);
  }

  get pricing(): Pricing {
    return this.#pricing;
  }

  /** What is taken from the counter for so much gas and so many instructions. */
  pack(gas: number, instructions: number): number {
    return this.unit === 1 ? instructions : gas * UNIT + instructions;
  }

  /** The counter that lasts for so much gas, or so many instructions where those are what it counts. */
  counterFor(amount: number): number {
    return amount * this.unit;
  }

  gasOf(packed: number): number {
    return this.unit === 1 ? packed : Math.floor(packed / UNIT);
  }

  instructionsOf(packed: number): number {
    return this.unit === 1 ? packed : packed % UNIT;
  }
}
