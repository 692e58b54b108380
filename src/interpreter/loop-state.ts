import type { GuestMemory } from '../memory/guest-memory.ts';

/** Why a loop returned. */
export const EXIT = {
  /** The block at `p` could not be paid from what was left; nothing of it has run. */
  block: 0,
  /** The record at `p` is for the machine: host call, trap, out-of-line operation, not decoded yet. */
  special: 1,
  /** The dynamic jump at `p` goes where the jump map knows nothing. */
  dynamicJump: 2,
  /** The load or store at `p` is not one for the fast path. */
  access: 3,
  /** Set by the machine: the access at `p` faulted, see the memory's `fault`. */
  fault: 4,
  /** Set by the machine: the atomic operation at `p` has a misaligned address. */
  misaligned: 5,
} as const;

/** What the function for out-of-line operations says. */
export const RARE = {
  done: 0,
  /** Not an operation of that function. */
  unknown: 1,
  /** Memory fault: see the memory's `fault`. */
  fault: 2,
  /** An atomic operation on a misaligned address. */
  misaligned: 3,
} as const;

/** What a generated loop reads when it starts and leaves behind when it returns. */
export class LoopState {
  /** Records of four words (records.ts), the first of them lent to the register cells. */
  records: Int32Array = EMPTY;
  /** Per record, what is charged for entering it: see charge.ts. */
  charges: Float64Array = NO_CHARGES;
  /** Record word index for each even address from `jumpBase`; 0 where the machine must look. */
  jumps: Int32Array = EMPTY;
  jumpBase = 0;
  jumpEnd = 0;
  memory: GuestMemory;
  /** Word index of the current record. */
  p = 0;
  /** Gas and instructions left for this slice, packed as in charge.ts; non-negative. */
  left = 0;
  exit = 0;

  constructor(memory: GuestMemory) {
    this.memory = memory;
  }
}

const EMPTY = new Int32Array(0);
const NO_CHARGES = new Float64Array(0);
