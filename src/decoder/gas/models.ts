import { isRiscvKind, type Kind } from '../../core/kind.ts';
import { LOAD_LATENCY } from '../../isa/cost.ts';
import { existsIn, INVALID, ROWS } from '../../isa/table.ts';
import { fail } from './errors.ts';

/** What a block costs is a sum over its instructions. */
export interface SumModel {
  readonly name: string;
  readonly shape: 'sum';
  /** Cost of one instruction by operation number, `INVALID` included; unsigned 32-bit. */
  readonly costs: Uint32Array;
}

/** What a block costs is found by running it through a simulated processor (pipeline.ts). */
export interface PipelineModel {
  readonly name: FullModelName;
  readonly shape: 'pipeline';
  /** Cycles until a load's value is there. */
  readonly loadLatency: number;
}

/**
 * How much gas a basic block costs. The cost depends on the code bytes, the kind and the model only, so it can
 * be computed once per block; an invalid instruction at the end of a block, also the implicit one behind the end
 * of the code, is part of the block.
 */
export type GasModel = SumModel | PipelineModel;

/** PolkaVM 0.35's full model, with every load hitting the cache level of the name. */
export type FullModelName = keyof typeof LOAD_LATENCY;

/** Costs by instruction name: unsigned 32-bit numbers. */
export interface GasTable {
  readonly costs: Readonly<Record<string, number>>;
  /** Cost of instructions that `costs` leaves out; without it, every instruction of the kind must be listed. */
  readonly otherwise?: number;
  /** Cost of bytes that are no instruction. */
  readonly invalid: number;
}

/** How a caller names a model: one that comes with riscbox, or a cost table. */
export type GasModelOption = 'naive' | FullModelName | GasTable;

const FULL_MODELS = Object.keys(LOAD_LATENCY) as readonly FullModelName[];

/** Names of the models that need no table. */
export const GAS_MODEL_NAMES: readonly ('naive' | FullModelName)[] = ['naive', ...FULL_MODELS];

/** Every instruction costs 1. */
const NAIVE: SumModel = { name: 'naive', shape: 'sum', costs: new Uint32Array(ROWS.length + 1).fill(1) };

const isFullModel = (option: unknown): option is FullModelName => FULL_MODELS.includes(option as never);

/**
 * The model an option names, for programs of a kind.
 *
 * @throws RiscboxError `gas/unknown-model`, `gas/model-unavailable` (full models price PolkaVM bytecode only),
 * `gas/table-shape`, `gas/table-name`, `gas/table-cost`, `gas/table-incomplete`
 */
export const gasModel = (option: GasModelOption, kind: Kind): GasModel => {
  if (option === 'naive') return NAIVE;
  if (isFullModel(option)) {
    if (isRiscvKind(kind)) throw fail('gas/model-unavailable', { model: option, kind });
    return { name: option, shape: 'pipeline', loadLatency: LOAD_LATENCY[option] };
  }
  if (typeof option === 'object' && option !== null) return tableModel(option, kind);
  throw fail('gas/unknown-model', { model: option, known: GAS_MODEL_NAMES });
};

const tableModel = (table: GasTable, kind: Kind): SumModel => {
  checkTable(table);
  const missing: string[] = [];
  const costs = Uint32Array.from(ROWS, (r) => {
    const cost = Object.hasOwn(table.costs, r.name) ? table.costs[r.name] : table.otherwise;
    if (cost === undefined && existsIn(r, kind)) missing.push(r.name);
    return cost ?? 0;
  });
  if (missing.length > 0) throw fail('gas/table-incomplete', { kind, missing });
  const withInvalid = new Uint32Array(ROWS.length + 1);
  withInvalid.set(costs);
  withInvalid[INVALID] = table.invalid;
  return { name: 'table', shape: 'sum', costs: withInvalid };
};

const NAMES: ReadonlySet<string> = new Set(ROWS.map((r) => r.name));

/** @throws RiscboxError `gas/table-shape`, `gas/table-name`, `gas/table-cost` */
export const checkTable = ({ costs, otherwise, invalid }: GasTable): void => {
  if (typeof costs !== 'object' || costs === null) throw fail('gas/table-shape', {});
  for (const [name, cost] of Object.entries(costs)) {
    if (!NAMES.has(name)) throw fail('gas/table-name', { name });
    checkCost(name, cost);
  }
  if (otherwise !== undefined) checkCost('otherwise', otherwise);
  checkCost('invalid', invalid);
};

const checkCost = (name: string, cost: unknown): void => {
  if (typeof cost !== 'number' || cost !== cost >>> 0) throw fail('gas/table-cost', { name, cost });
};
