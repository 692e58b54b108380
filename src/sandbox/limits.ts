import { fail } from './errors.ts';

/** What a guest may use. One record, validated once, when an engine or a module is made. */
export interface Limits {
  /** Bytes of guest memory that an instance may have accessible, counted before they are allocated. Default 256 MiB. */
  readonly maxMemory: number;
  /** RISC-V profile: bytes of stack; 0 (default) takes the program's own wish, else 1 MiB. */
  readonly stackSize: number;
  /** Calls back into the guest from within host functions, at most this many deep. Default 32. */
  readonly maxReentry: number;
  /** Milliseconds that one run or call may take unless it says otherwise. Default: no limit. */
  readonly deadline: number;
  /** Instructions between two looks at deadline and AbortSignal. Default 4 million, about 10 to 20 ms. */
  readonly slice: number;
}

/** No buffer and no guest address goes beyond it. */
export const HARD_MAX_MEMORY: number = 2 ** 32;
const MIB = 2 ** 20;

interface Bound {
  readonly fallback: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly integer: boolean;
}

const BOUNDS: { readonly [L in keyof Limits]: Bound } = {
  maxMemory: { fallback: 256 * MIB, minimum: 0, maximum: HARD_MAX_MEMORY, integer: true },
  stackSize: { fallback: 0, minimum: 0, maximum: 1024 * MIB, integer: true },
  maxReentry: { fallback: 32, minimum: 0, maximum: 256, integer: true },
  deadline: {
    fallback: Number.POSITIVE_INFINITY,
    minimum: 0,
    maximum: Number.POSITIVE_INFINITY,
    integer: false,
  },
  slice: { fallback: 4_000_000, minimum: 1, maximum: 2 ** 30 - 1, integer: true },
};

const NAMES = Object.keys(BOUNDS) as (keyof Limits)[];

/** Limits where `given` wins over `base` and that over the defaults; other properties are ignored. Throws limits/range. */
export const limitsFrom = (given: Partial<Limits>, base: Partial<Limits> = {}): Limits => {
  const limits = {} as { -readonly [L in keyof Limits]: number };
  for (const name of NAMES) {
    const { fallback, minimum, maximum, integer } = BOUNDS[name];
    const value: unknown = given[name] ?? base[name] ?? fallback;
    const valid =
      typeof value === 'number' &&
      value >= minimum &&
      value <= maximum &&
      (!integer || Number.isInteger(value));
    if (!valid) throw fail('limits/range', { name, value, minimum, maximum });
    limits[name] = value;
  }
  return Object.freeze(limits);
};
