import type { Kind } from '../../src/core/kind.ts';
import { isRiscvKind } from '../../src/core/kind.ts';
import { GAS_MODEL_NAMES, type GasModelOption } from '../../src/decoder/gas/models.ts';
import { existsIn, ROWS } from '../../src/isa/table.ts';
import type { ModuleOptions } from '../../src/vm/module.ts';
import type { Layout } from './layout.ts';
import type { Random } from './random.ts';

/** How a module of a program is made. */
export interface Settings {
  readonly gas: 'none' | 'sync' | 'async';
  readonly granularity: 'block' | 'instruction';
  readonly model: GasModelOption;
  readonly paged: boolean;
  readonly maxMemory: number;
}

export const moduleOptions = (settings: Settings, layout: Layout): ModuleOptions => {
  const { gas, granularity: gasGranularity, model: gasModel, paged: dynamicPaging, maxMemory } = settings;
  const { pageSize, aux: auxDataSize } = layout;
  const limits = { maxMemory, maxReentry: 3 };
  if (layout.container !== 'polkavm') return { gas, gasGranularity, gasModel, dynamicPaging, ...limits };
  return { gas, gasGranularity, gasModel, dynamicPaging, pageSize, auxDataSize, ...limits };
};

/** Memory that programs may take besides what they begin with. */
const SPARE = 1 << 18;

export const randomSettings = (random: Random, kind: Kind, initialSize: number): Settings => {
  const gas = random.weighted([
    ['none', 15],
    ['sync', 62],
    ['async', 23],
  ] as const);
  const model = randomModel(random, kind);
  const sum = typeof model === 'object' || model === 'naive';
  const granularity = sum && random.chance(0.25) ? 'instruction' : 'block';
  const paged = random.chance(0.1);
  const spare = random.chance(0.8) ? SPARE : random.chance(0.1) ? 16 * SPARE : 4096 * random.below(20);
  return { gas, granularity, model, paged, maxMemory: initialSize + (paged ? 4 * SPARE : spare) };
};

const randomModel = (random: Random, kind: Kind): GasModelOption => {
  const full = GAS_MODEL_NAMES.filter((name) => name !== 'naive');
  const shape = random.weighted([
    ['naive', 50],
    ['table', 28],
    ['full', isRiscvKind(kind) ? 0 : 22],
  ] as const);
  if (shape === 'naive') return 'naive';
  if (shape === 'full') return random.pick(full);
  return randomTable(random, kind);
};

/** A few operations with costs of their own; only what computes may be free, else loops might cost nothing. */
const randomTable = (random: Random, kind: Kind): GasModelOption => {
  const rows = ROWS.filter((row) => existsIn(row, kind));
  const free = random.chance(0.15);
  const dear = random.chance(0.1);
  const costs: Record<string, number> = {};
  for (let i = random.range(1, 8); i > 0; i--) {
    const row = random.pick(rows);
    costs[row.name] = random.range(1, 40);
    if (free && row.effect.kind === 'value') costs[row.name] = 0;
    if (dear) costs[row.name] = random.pick([1 << 20, 3_000_000, 0xffffffff]);
  }
  return { costs, otherwise: random.range(1, 5), invalid: random.range(1, 5) };
};
