import { ADDRESS_SPACE, MAX_SPI_HEAP_PAGES } from '../../blob/limits.ts';
import { Problems } from '../../core/problems.ts';
import { fail } from './errors.ts';
import type { OptimisationLevel, RelinkOptions, RelinkTarget } from './options.ts';

/** All targets, containers and levels, the default ones first. */
export const TARGETS: readonly RelinkTarget[] = ['latest', 'latest32', 'latest64', 'revive_v1', 'jam_v1'];
export const CONTAINERS: readonly NonNullable<RelinkOptions['container']>[] = ['polkavm', 'jam-spi'];
export const LEVELS: readonly OptimisationLevel[] = [0, 1, 2, 3];

interface Rule {
  readonly expected: string;
  readonly holds: (value: unknown) => boolean;
}

const oneOf = (values: readonly unknown[]): Rule => ({
  expected: `one of ${values.join(', ')}`,
  holds: (value) => values.includes(value),
});

const integer = (most: number): Rule => ({
  expected: `a whole number from 0 to ${most}`,
  holds: (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most,
});

const truth: Rule = { expected: 'true or false', holds: (value) => typeof value === 'boolean' };

const names: Rule = {
  expected: 'a list of names',
  holds: (value) => Array.isArray(value) && value.every((name) => typeof name === 'string'),
};

const RULES: { readonly [K in keyof RelinkOptions]-?: Rule } = {
  target: oneOf(TARGETS),
  container: oneOf(CONTAINERS),
  heapPages: integer(MAX_SPI_HEAP_PAGES),
  level: oneOf(LEVELS),
  strip: truth,
  debugSections: { expected: 'what inflateDebugSections answers', holds: (value) => value instanceof Map },
  minStackSize: integer(ADDRESS_SPACE - 1),
  dispatchTable: names,
  demote: truth,
  exports: names,
  inlineThreshold: integer(Number.MAX_SAFE_INTEGER),
  elideUnnecessaryLoads: truth,
  gasModelAware: truth,
  onProgress: { expected: 'a function', holds: (value) => typeof value === 'function' },
};

/**
 * Refuses options that mean nothing: callers of plain JavaScript have no types.
 * @throws RiscboxError `link/option`
 */
export const checkOptions = (options: RelinkOptions): void => {
  const problems = new Problems();
  for (const [option, { expected, holds }] of Object.entries(RULES)) {
    const value: unknown = options[option as keyof RelinkOptions];
    if (value !== undefined && !holds(value)) problems.add(fail('link/option', { option, value, expected }));
  }
  problems.check();
};
