import type { Kind } from '../core/kind.ts';

export interface MachineOptions {
  readonly kind: Kind;
  /** RV32E or RV64E program: 16 registers. */
  readonly embedded?: boolean;
  /** When gas is checked; `none` leaves the counter alone. */
  readonly metering: 'none' | 'sync' | 'async';
  /** What is charged at once: a basic block when it is entered, or each instruction as it runs. */
  readonly granularity: 'block' | 'instruction';
}

/** What a snapshot keeps of a machine besides registers and memory. */
export interface MachineState {
  readonly pc: number | undefined;
  readonly nextPc: number | undefined;
  /** The rest of the block at `nextPc` has been charged. */
  readonly paid: boolean;
  /** Step mode: the instruction at `nextPc` has been announced. */
  readonly announced: boolean;
  readonly gas: bigint;
  readonly executed: number;
}
