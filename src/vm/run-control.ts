import type { InterruptReason } from '../core/stop.ts';
import type { Limits } from '../sandbox/limits.ts';
import { fail } from './run-errors.ts';

/** What one run or call may use. */
export interface RunOptions {
  /** Gas to add before the run. */
  readonly gas?: bigint | number;
  /** Instructions after which the run is interrupted, at the next end of a block. Default: no limit. */
  readonly budget?: number;
  /** Milliseconds after which the run is interrupted. Default: the engine's `deadline` limit. */
  readonly deadline?: number;
  /** Interrupts the run. In a synchronous run only a host function can abort it. */
  readonly signal?: AbortSignal;
}

/** Gas to add, as a bigint. Throws call/option. */
export const gasToAdd = ({ gas }: RunOptions): bigint => {
  if (gas === undefined) return 0n;
  if (typeof gas === 'bigint' || Number.isSafeInteger(gas)) return BigInt(gas);
  throw fail('call/option', { option: 'gas', value: gas });
};

const checkAmount = (option: string, value: unknown): void => {
  if (!(typeof value === 'number' && value >= 0)) throw fail('call/option', { option, value });
};

/** The limits of one run, which calls back into the guest share. */
export class RunControl {
  readonly #signal: AbortSignal | undefined;
  readonly #endsAt: number;
  readonly #slice: number;
  /** Instructions left. */
  #budget: number;

  /** Throws call/option. */
  constructor(options: RunOptions, limits: Limits) {
    const { budget = Number.POSITIVE_INFINITY, deadline = limits.deadline, signal } = options;
    checkAmount('budget', budget);
    checkAmount('deadline', deadline);
    this.#signal = signal;
    this.#endsAt = deadline === Number.POSITIVE_INFINITY ? deadline : performance.now() + deadline;
    this.#budget = budget;
    // Who watches neither clock nor signal needs no slices.
    this.#slice = signal === undefined && this.#endsAt === Number.POSITIVE_INFINITY ? budget : limits.slice;
  }

  /** Why the run may not go on, if so. */
  interruption(): InterruptReason | undefined {
    if (this.#signal?.aborted === true) return 'aborted';
    if (this.#endsAt !== Number.POSITIVE_INFINITY && performance.now() >= this.#endsAt) return 'deadline';
    return this.#budget <= 0 ? 'budget' : undefined;
  }

  /** Instructions that may run before `interruption` is asked again; at most `most`. */
  slice(most: number): number {
    return Math.min(this.#budget, this.#slice, most);
  }

  get countsInstructions(): boolean {
    return this.#budget !== Number.POSITIVE_INFINITY;
  }

  spend(instructions: number): void {
    this.#budget -= instructions;
  }
}
