/** Engines that programs can be executed in. */
export const TIERS = ['interpreter'] as const;

export type Tier = (typeof TIERS)[number];

/** Tiers that the project has planned; asking for one tells that it is not there yet. */
const PLANNED: readonly string[] = ['js', 'wasm'];

/** The tier of a `--tier` option; `auto` is the fastest one there is. */
export const chooseTier = (name: string): Tier => {
  const tier = name === 'auto' ? TIERS[0] : TIERS.find((known) => known === name);
  if (tier !== undefined) return tier;
  const known = ['auto', ...TIERS].join(', ');
  throw new Error(
    PLANNED.includes(name)
      ? `the tier ${name} is not available in this version; choose one of ${known}`
      : `there is no tier ${name}; choose one of ${known}`,
  );
};
