import { jsTier } from '../jit/js/index.ts';
import type { Tier, TierName } from '../jit/tier.ts';
import '../vm/wasm-tiers.ts';
import { TIER_NAMES as BUILT_IN, tierNamed as builtIn } from '../vm/tiers.ts';

/** Tiers of other entries: the command has them all. */
export const MORE_TIERS: readonly Tier[] = [jsTier];

export const TIER_NAMES: readonly TierName[] = [...BUILT_IN, ...MORE_TIERS.map(({ name }) => name)];

/** Throws engine/tier. */
export const tierNamed = (name: TierName | 'auto'): Tier => builtIn(name, MORE_TIERS);
