import type { GuestMemory } from '../memory/guest-memory.ts';

/** Why a loop returned. */
export const EXIT = {
  /** The block at `p` could not be paid from `fuel` or `budget`; nothing of it has run. */
  block: 0,
  /** The record at `p` is for the machine: host call, trap, custom operation, not decoded yet. */
  special: 1,
  /** The dynamic jump at `p` goes where the jump map knows nothing. */
  dynamicJump: 2,
  /** The access at `p` faulted: see the memory's `fault`. */
  fault: 3,
  /** The atomic operation at `p` has a misaligned address. */
  misaligned: 4,
} as const;

/** What a generated loop reads when it starts and leaves behind when it returns. */
export class LoopState {
  /** Records of four words (records.ts). */
  records: Int32Array = EMPTY;
  /** Per record: cost of its block from here on, and number of instructions from here to the block's end. */
  charges: Int32Array = EMPTY;
  /** Record word index + 4 for each even address from `jumpBase`; 0 where the machine must look. */
  jumps: Int32Array = EMPTY;
  jumpBase = 0;
  jumpEnd = 0;
  memory: GuestMemory;
  /** Word index of the current record. */
  p = 0;
  /** Gas and instructions left for this slice; non-negative. */
  fuel = 0;
  budget = 0;
  exit = 0;

  constructor(memory: GuestMemory) {
    this.memory = memory;
  }
}

const EMPTY = new Int32Array(0);
