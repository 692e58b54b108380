/**
 * Traits of an instruction in PolkaVM 0.35's full gas model (its cost table, one row here per row there).
 *
 * The simulator that reads them is decoder/gas/pipeline.ts.
 */
export interface Cost {
  /** Cycles from start to result; `'load'`: the latency of the chosen cache model; `'branch'`: 1 or 20. */
  readonly latency: number | 'load' | 'branch' | 'rename';
  /** Decode slots, before the additions below. */
  readonly slots: number;
  readonly units: Units;
  /** Slots + 1 when the destination differs from every source (`all`), or from the first source (`first`). */
  readonly copySlot?: 'all' | 'first';
  /** Slots + 1 in 64-bit kinds: the result must be sign-extended. */
  readonly wideSlot?: boolean;
  /** Latency + 1 in 64-bit kinds. */
  readonly wideLatency?: boolean;
  /** Registers that the model tracks, where they differ from the instruction's own uses and definitions. */
  readonly tracked?: { readonly uses: readonly ('a' | 'b' | 'c')[]; readonly defines: boolean };
}

export type Units = 'none' | 'alu' | 'alu2' | 'load' | 'store' | 'mul' | 'div';

type CostOptions = Omit<Cost, 'latency' | 'slots' | 'units'>;

export const cost = (
  latency: Cost['latency'],
  slots: number,
  units: Units,
  options: CostOptions = {},
): Cost => ({ latency, slots, units, ...options });

/** Latencies of a load per cache model: L1, L2, L3 hit. */
export const LOAD_LATENCY = { 'full-l1-hit': 4, 'full-l2-hit': 25, 'full-l3-hit': 37 } as const;

/** Latency of a branch whose one side is cold (trap or unlikely), and of any other. */
export const BRANCH_LATENCY = { predictable: 1, unpredictable: 20 } as const;

/** Sets of operands, as bits; `DEFINES` tells that `a` is written. */
export const OPERAND_BITS: Readonly<Record<'a' | 'b' | 'c', number>> = { a: 1, b: 2, c: 4 };
export const DEFINES = 8;

/** A cost with its operands resolved: what the run-time table holds. */
export type CostTraits = readonly [
  latency: Cost['latency'],
  slots: number,
  units: Units,
  wideSlot: 0 | 1,
  wideLatency: 0 | 1,
  /** Tracked uses as operand bits, and `DEFINES`. */
  tracked: number,
  /** The operands of which `a` must differ to cost one more decode slot; 0 for none. */
  copies: number,
];
