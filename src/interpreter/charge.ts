/**
 * Gas and instruction counts in one double, so that the loop charges a block with one load, one subtraction and
 * one comparison: `gas * UNIT + instructions`.
 *
 * Exact because a slice holds fewer than UNIT gas units and fewer than UNIT instructions: 2^26 * 2^26 < 2^53.
 */
export const UNIT: number = 2 ** 26;

/** The most gas and the most instructions that one slice of the loop may use. */
export const SLICE: number = 2 ** 21 - 1;

/** A block this dear is not entered by the loop: the machine charges it. */
export const OVERSIZED: number = UNIT;

export const pack = (gas: number, instructions: number): number => gas * UNIT + instructions;

export const gasOf = (packed: number): number => Math.floor(packed / UNIT);

export const instructionsOf = (packed: number): number => packed % UNIT;
