import type { Width } from '../../core/kind.ts';
import type { CostTraits, Units } from '../../isa/cost.ts';
import { ROWS } from '../../isa/table.ts';

/** `latency` of an instruction that only renames a register, and of one whose latency depends on its targets. */
export const RENAMES = 0;
export const BRANCHES = 0xff;

/**
 * Execution units, counted in one number: a field of four bits per kind of unit, whose top bit stays free so
 * that one subtraction compares all fields at once.
 */
const unit = (alu: number, load: number, store: number, mul: number, div: number): number =>
  alu | (load << 4) | (store << 8) | (mul << 12) | (div << 16);

/** What the simulated processor has (PolkaVM 0.35, full gas model). */
export const ALL_UNITS: number = unit(4, 4, 4, 1, 1);
/** The top bit of every field. */
export const UNIT_GUARDS = 0x88888;

const NEEDS: Readonly<Record<Units, number>> = {
  none: 0,
  alu: unit(1, 0, 0, 0, 0),
  alu2: unit(2, 0, 0, 0, 0),
  load: unit(1, 1, 0, 0, 0),
  store: unit(1, 0, 1, 0, 0),
  mul: unit(1, 0, 0, 1, 0),
  div: unit(1, 0, 0, 0, 1),
};

/** The cost traits of all instructions, by operation number, `INVALID` included. */
export interface PipelineTraits {
  readonly latency: Uint8Array;
  /** Decode slots, without the one that `copyOperands` may add. */
  readonly slots: Uint8Array;
  readonly units: Int32Array;
  /** Tracked operands as `OPERAND_BITS`, and `DEFINES` (isa/cost.ts). */
  readonly tracked: Uint8Array;
  /** The operands of which `a` must differ to cost one more decode slot; 0 for none. */
  readonly copyOperands: Uint8Array;
}

/** Cost of an invalid instruction: that of `trap`. */
const INVALID_COST: CostTraits = [2, 1, 'none', 0, 0, 0, 0];

const cache = new Map<string, PipelineTraits>();

/** Traits for kinds of a register width, with loads that take `loadLatency` cycles. */
export const pipelineTraits = (width: Width, loadLatency: number): PipelineTraits => {
  const key = `${width}/${loadLatency}`;
  let traits = cache.get(key);
  if (traits === undefined) {
    traits = makeTraits(width, loadLatency);
    cache.set(key, traits);
  }
  return traits;
};

const makeTraits = (width: Width, loadLatency: number): PipelineTraits => {
  // Rows without a cost have no PolkaVM opcode: no program that is priced by this model contains them.
  const costs: readonly CostTraits[] = [...ROWS.map((r) => r.cost ?? INVALID_COST), INVALID_COST];
  const extra = (flag: 0 | 1): number => (width === 64 ? flag : 0);
  const latencyOf = ([latency, , , , wideLatency]: CostTraits): number => {
    if (latency === 'rename') return RENAMES;
    if (latency === 'branch') return BRANCHES;
    return (latency === 'load' ? loadLatency : latency) + extra(wideLatency);
  };
  return {
    latency: Uint8Array.from(costs, latencyOf),
    slots: Uint8Array.from(costs, ([, slots, , wideSlot]) => slots + extra(wideSlot)),
    units: Int32Array.from(costs, ([, , units]) => NEEDS[units]),
    tracked: Uint8Array.from(costs, ([, , , , , tracked]) => tracked),
    copyOperands: Uint8Array.from(costs, ([, , , , , , copies]) => copies),
  };
};
