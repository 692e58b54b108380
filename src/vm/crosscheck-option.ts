import { crosscheck } from '../jit/crosscheck.ts';
import type { Tier, TierName } from '../jit/tier.ts';
import { fail } from './module-errors.ts';
import { TIER_NAMES, tierNamed } from './tiers.ts';

/** Which tiers are compared, and how often. */
export interface CrosscheckSetting {
  /** The reference, whose memory the host sees, and the tier that is compared with it. */
  readonly tiers?: readonly [TierName, TierName];
  /** Instructions between two comparisons: a positive integer. Default: at least 100,000, more with much memory. */
  readonly interval?: number;
}

const REFERENCE: TierName = 'interpreter';

/** The reference and the best other tier of this build; the reference twice where there is no other. */
export const defaultPair = (): readonly [TierName, TierName] => [
  REFERENCE,
  TIER_NAMES.find((name) => name !== REFERENCE) ?? REFERENCE,
];

/**
 * The tier that compares two: those of the setting, else the interpreter and `tier`, or the best other one when that
 * is the interpreter itself. `more`: as for `tierNamed`. Throws engine/tier, engine/option.
 */
export const crosschecked = (
  tier: Tier,
  { tiers, interval }: CrosscheckSetting,
  more: readonly Tier[] = [],
): Tier => {
  if (interval !== undefined && !(Number.isInteger(interval) && interval > 0)) {
    throw fail('engine/option', {
      option: 'crosscheck.interval',
      value: interval,
      expected: 'a positive number of instructions',
    });
  }
  if (tiers !== undefined && !(Array.isArray(tiers) && tiers.length === 2)) {
    throw fail('engine/option', { option: 'crosscheck.tiers', value: tiers, expected: 'two names of tiers' });
  }
  const [first, second] = tiers ?? (tier.name === REFERENCE ? defaultPair() : [REFERENCE, tier.name]);
  const options = interval === undefined ? {} : { interval };
  return crosscheck(tierNamed(first, more), tierNamed(second, more), options);
};
