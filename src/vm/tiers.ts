import { interpreter } from '../jit/interpreter.ts';
import type { Tier, TierName } from '../jit/tier.ts';
import type { CrosscheckSetting } from './crosscheck-option.ts';
import { fail } from './module-errors.ts';

/** The tiers of this build that run programs in one way only. */
const tiers: Tier[] = [interpreter];
const names: TierName[] = [interpreter.name];
let best: Tier = interpreter;

/** Their names. An entry that brings tiers adds to them when it is loaded. */
export const TIER_NAMES: readonly TierName[] = names;

/**
 * Adds tiers to the build, and says what `auto` is. Entries do so when they are loaded (wasm-tiers.ts), so that pages
 * which only interpret carry no translator.
 */
export const provideTiers = (auto: Tier, more: readonly Tier[]): void => {
  best = auto;
  for (const tier of more) {
    if (tiers.includes(tier)) continue;
    tiers.push(tier);
    names.push(tier.name);
  }
};

/** Of these tiers and `more`, which entries of their own bring. Throws engine/tier. */
export const tierNamed = (name: TierName | 'auto', more: readonly Tier[] = []): Tier => {
  const tier = name === 'auto' ? best : [...tiers, ...more].find((t) => t.name === name);
  if (tier === undefined) {
    throw fail('engine/tier', { tier: name, available: ['auto', ...names, ...more.map((t) => t.name)] });
  }
  return tier;
};

/** Makes a tier that compares two; see crosscheck-option.ts. */
export type Comparer = (tier: Tier, setting: CrosscheckSetting, more: readonly Tier[]) => Tier;

let comparer: Comparer | undefined;

/** Adds what compares tiers, in the same way. */
export const provideComparer = (compare: Comparer): void => {
  comparer = compare;
};

/** The tier that compares two as the setting says. Throws engine/option where the build has nothing to compare with. */
export const comparing: Comparer = (tier, setting, more) => {
  if (comparer !== undefined) return comparer(tier, setting, more);
  throw fail('engine/option', {
    option: 'crosscheck',
    value: setting,
    expected: 'false in riscbox/core, which has one tier; import riscbox to compare',
  });
};
