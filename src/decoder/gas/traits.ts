import type { Width } from '../../core/kind.ts';
import type { Cost, Units } from '../../isa/cost.ts';
import { definitionsOf, type RegisterOperand, type Row, usesOf } from '../../isa/row.ts';
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

/** Bits of `sources` and of `copyOperands`, and the bit of `sources` that tells whether `a` is written. */
export const OPERAND_BITS: Readonly<Record<RegisterOperand, number>> = { a: 1, b: 2, c: 4 };
export const DEFINES = 8;

/** The cost traits of all instructions, by operation number, `INVALID` included. */
export interface PipelineTraits {
  readonly latency: Uint8Array;
  /** Decode slots, without the one that `copyOperands` may add. */
  readonly slots: Uint8Array;
  readonly units: Int32Array;
  /** Tracked operands as `OPERAND_BITS`, and `DEFINES`. */
  readonly tracked: Uint8Array;
  /** The operands of which `a` must differ to cost one more decode slot; 0 for none. */
  readonly copyOperands: Uint8Array;
}

/** Cost of an invalid instruction: that of `trap`. */
const INVALID_COST: Cost = { latency: 2, slots: 1, units: 'none' };

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

const bitsOf = (operands: readonly RegisterOperand[]): number =>
  operands.reduce((bits, r) => bits | OPERAND_BITS[r], 0);

const makeTraits = (width: Width, loadLatency: number): PipelineTraits => {
  // Rows without a cost have no PolkaVM opcode: no program that is priced by this model contains them.
  const costs: readonly Cost[] = [...ROWS.map((r) => r.cost ?? INVALID_COST), INVALID_COST];
  const extra = (flag: boolean | undefined): number => (flag && width === 64 ? 1 : 0);
  const latencyOf = ({ latency, wideLatency }: Cost): number => {
    if (latency === 'rename') return RENAMES;
    if (latency === 'branch') return BRANCHES;
    return (latency === 'load' ? loadLatency : latency) + extra(wideLatency);
  };
  const copies = { all: bitsOf(['b', 'c']), first: bitsOf(['b']) } as const;
  return {
    latency: Uint8Array.from(costs, latencyOf),
    slots: Uint8Array.from(costs, (c) => c.slots + extra(c.wideSlot)),
    units: Int32Array.from(costs, (c) => NEEDS[c.units]),
    tracked: Uint8Array.from([...ROWS.map(trackedOf), 0]),
    copyOperands: Uint8Array.from([
      ...ROWS.map((r) => (r.cost?.copySlot ? copies[r.cost.copySlot] & bitsOf(usesOf(r)) : 0)),
      0,
    ]),
  };
};

const trackedOf = (r: Row): number => {
  const { uses, defines } = r.cost?.tracked ?? { uses: usesOf(r), defines: definitionsOf(r).length > 0 };
  return bitsOf(uses) | (defines ? DEFINES : 0);
};
