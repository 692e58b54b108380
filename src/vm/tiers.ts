import { isRiscvKind } from '../core/kind.ts';
import type { Code, PolkaVmCode } from '../decoder/code.ts';
import { blockPricer } from '../decoder/gas/block-cost.ts';
import type { GasModel } from '../decoder/gas/models.ts';
import { CompiledCode, type Pricing } from '../interpreter/compiled-code.ts';
import { Machine } from '../interpreter/machine.ts';
import type { Tier, TierName } from '../jit/tier.ts';
import { fail } from './errors.ts';

const pricing = (code: Code, model: GasModel): Pricing => {
  if (model.shape === 'sum') return { costs: model.costs, blockCost: undefined };
  // gasModel() gives pipeline models to PolkaVM kinds only.
  return { costs: undefined, blockCost: blockPricer((code as PolkaVmCode).decoder, model) };
};

const interpreter: Tier = {
  name: 'interpreter',
  translate({ kind, width, code, riscv }, { gas, granularity, model }) {
    const compiled = new CompiledCode(code, width, isRiscvKind(kind), pricing(code, model));
    const options = { kind, embedded: riscv?.embedded ?? false, metering: gas, granularity };
    return {
      get blocks() {
        return compiled.blocks;
      },
      execution: (memory) => {
        const machine = new Machine(compiled, memory, options);
        machine.pageSize = memory.map.pageSize;
        return machine;
      },
    };
  },
};

/** The tiers of this build, best first: what `auto` takes is the first. */
const TIERS: readonly Tier[] = [interpreter];

export const TIER_NAMES: readonly TierName[] = TIERS.map((tier) => tier.name);

/** Throws engine/tier. */
export const tierNamed = (name: TierName | 'auto'): Tier => {
  const tier = name === 'auto' ? TIERS[0] : TIERS.find((t) => t.name === name);
  if (tier === undefined) throw fail('engine/tier', { tier: name, available: ['auto', ...TIER_NAMES] });
  return tier;
};
