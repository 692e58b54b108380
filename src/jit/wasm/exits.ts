/**
 * How translated code tells where it was left: 64 bits in EXIT_CELL, a program counter in the low half and one of
 * these in the high half.
 */
export const LEFT = {
  /** By a dynamic jump at that program counter, to the code address that the function returned. */
  dynamic: 0,
  /** At the beginning of a block that has not been paid. */
  block: 1,
  /** As `block`, because what is left of gas may not be enough for what comes. */
  short: 2,
  /** Inside a block that is paid. */
  inside: 3,
  /** By the host, which has set the state itself. */
  host: 4,
} as const;

export type Left = (typeof LEFT)[keyof typeof LEFT];

/** What a function returns when it did not return to a code address; no code address is odd there. */
export const NO_ADDRESS = -1;
