/**
 * When an execution looks for translated code, and for how long it interprets until it looks again. Runs go on at
 * block starts only, so the interpreter is left at the end of the block in which its instructions are used up.
 */
export interface Pace {
  /** Instructions to interpret until the next look. */
  readonly patience: number;
  /** Whether translated code is entered from the first run on. */
  readonly eager: boolean;
  /** The slot to enter at a block start, or -1 where the interpreter has to go on. May translate. */
  slotAt(pc: number): number;
  /** So many instructions have been interpreted. */
  interpreted(instructions: number): void;
  /** Translated code has been left. */
  left(): void;
  /** A slice of translated code was over at a block start. Comes after `left`. */
  sliceEnded(pc: number): void;
}
