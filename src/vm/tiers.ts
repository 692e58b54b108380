import { interpreter } from '../jit/interpreter.ts';
import type { Tier, TierName } from '../jit/tier.ts';
import { auto, wasm } from '../jit/wasm/tier.ts';
import { fail } from './module-errors.ts';

/** The tiers of this build that run programs in one way only. */
const TIERS: readonly Tier[] = [interpreter, wasm];

export const TIER_NAMES: readonly TierName[] = TIERS.map((tier) => tier.name);

/** Of these tiers and `more`, which entries of their own bring. Throws engine/tier. */
export const tierNamed = (name: TierName | 'auto', more: readonly Tier[] = []): Tier => {
  const tier = name === 'auto' ? auto : [...TIERS, ...more].find((t) => t.name === name);
  if (tier === undefined) {
    throw fail('engine/tier', { tier: name, available: ['auto', ...TIER_NAMES, ...more.map((t) => t.name)] });
  }
  return tier;
};
