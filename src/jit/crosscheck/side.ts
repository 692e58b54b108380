import { isRiscboxError } from '../../core/error.ts';
import type { Stop } from '../../core/stop.ts';
import type { GuestMemory } from '../../memory/guest-memory.ts';
import type { Execution, ExecutionState, TierName } from '../tier.ts';
import { copyMemory, equalMemory, type MemoryDifference, memoryDifferences } from './memory.ts';

/** How a run ended: a stop, or an error that the engine threw, which is a fault of it. */
export type Outcome = Stop | { readonly kind: 'error'; readonly message: string; readonly error: unknown };

/** What one tier came to. Registers by number, unsigned. */
export interface Side {
  readonly tier: TierName;
  readonly outcome: Outcome;
  readonly state: ExecutionState;
  readonly registers: readonly bigint[];
  readonly heapEnd: number;
  /** Address of a load-reserved, or -1. */
  readonly reservation: number;
}

/** A place in a run that both tiers came to in the same state. */
export interface Place {
  readonly pc: number | undefined;
  readonly executed: number;
}

/** The detail of a crosscheck/difference error. */
export interface TierDifference {
  readonly tiers: readonly [TierName, TierName];
  /** The first instruction that the tiers do differently; undefined when they differ before any. */
  readonly pc: number | undefined;
  /** Its name and operands. */
  readonly instruction: string | undefined;
  /**
   * The sides are those right behind the instruction, where single steps or a breakpoint (a trap in place of
   * the following instruction) stopped both. Else it is the last instruction, in the shortest run that shows the
   * difference, that wrote what differs, and the sides are those at the end of that run.
   */
  readonly exact: boolean;
  /** The difference came again when the instructions before it were run again. */
  readonly reproduced: boolean;
  /** What differs, registers by name: `a0`, `gas`, `memory`, `stop` and so on. */
  readonly what: readonly string[];
  /** Where both tiers were last seen to be in the same state. */
  readonly from: Place;
  readonly first: Side;
  readonly second: Side;
  /** The first few pages that differ. */
  readonly memory: readonly MemoryDifference[];
}

/** One of the two executions, with the memory that it runs on. */
export class Runner {
  readonly tier: TierName;
  readonly execution: Execution;
  readonly memory: GuestMemory;
  outcome: Outcome = { kind: 'interrupted', reason: 'budget' };

  constructor(tier: TierName, execution: Execution, memory: GuestMemory) {
    this.tier = tier;
    this.execution = execution;
    this.memory = memory;
  }

  run(budget: number): void {
    this.#attempt(() => this.execution.run(budget));
  }

  step(): void {
    this.#attempt(() => this.execution.step());
  }

  #attempt(action: () => Stop): void {
    try {
      this.outcome = action();
    } catch (error) {
      const message = isRiscboxError(error) ? `${error.code}: ${error.message}` : String(error);
      this.outcome = { kind: 'error', message, error };
    }
  }

  /** At the end of its budget: nothing else has stopped it. */
  get isPaused(): boolean {
    return this.outcome.kind === 'interrupted';
  }

  describe(): Side {
    const { tier, outcome, execution, memory } = this;
    const registers = Array.from({ length: execution.registerCount }, (_, r) => execution.getRegister(r));
    const { heapEnd, reservation } = memory;
    return { tier, outcome, state: execution.state, registers, heapEnd, reservation };
  }
}

/** A state to come back to, on a memory of its own. */
export class SavedPoint {
  readonly #memory: GuestMemory;
  #state: ExecutionState;

  /** The state in which `runner` is. */
  constructor(runner: Runner) {
    this.#memory = runner.memory.another();
    copyMemory(runner.memory, this.#memory);
    this.#state = runner.execution.state;
  }

  get place(): Place {
    return { pc: this.#state.nextPc, executed: this.#state.executed };
  }

  save({ memory, execution }: Runner): void {
    copyMemory(memory, this.#memory);
    this.#state = execution.state;
  }

  restore({ memory, execution }: Runner): void {
    copyMemory(this.#memory, memory);
    execution.state = this.#state;
  }
}

/** The values of an object with its keys in order, for comparing stops and states. */
const flat = (value: object): string =>
  Object.entries(value)
    .filter(([key, entry]) => entry !== undefined && key !== 'error')
    .map(([key, entry]) => `${key}=${String(entry)}`)
    .sort()
    .join();

/** Pages that a report lists. */
const SHOWN_PAGES = 8;

/**
 * Runs two executions of the same program to the same places. Budgets end runs at block ends, where a tier may
 * come to one behind the first: then the other one follows.
 */
export class Pair {
  readonly first: Runner;
  readonly second: Runner;

  constructor(first: Runner, second: Runner) {
    this.first = first;
    this.second = second;
  }

  get executed(): number {
    return Math.max(this.first.execution.executed, this.second.execution.executed);
  }

  run(budget: number): void {
    const { first, second } = this;
    const { executed } = first.execution;
    first.run(budget);
    // The exact number leads to the same place, and leaves no rest that a tier would not use translated code for.
    second.run(Math.max(budget, first.execution.executed - executed));
    for (let i = 0; i < CATCH_UPS; i++) {
      const lead = first.execution.executed - second.execution.executed;
      const behind = lead > 0 ? second : first;
      if (lead === 0 || !behind.isPaused) return;
      behind.run(Math.abs(lead));
    }
  }

  step(): void {
    this.first.step();
    this.second.step();
  }

  /** Whether everything is the same that must be. */
  get isEqual(): boolean {
    const { first, second } = this;
    return (
      flat(first.outcome) === flat(second.outcome) &&
      flat(first.execution.state) === flat(second.execution.state) &&
      first.memory.reservation === second.memory.reservation &&
      this.#equalRegisters() &&
      equalMemory(first.memory, second.memory)
    );
  }

  #equalRegisters(): boolean {
    const { registerCount } = this.first.execution;
    const a = this.first.memory.registers;
    const b = this.second.memory.registers;
    let equal = true;
    for (let cell = 0; cell < 2 * registerCount; cell++) if (a[cell] !== b[cell]) equal = false;
    if (equal) return true;
    // High words of 32-bit kinds hold anything.
    for (let r = 0; r < registerCount; r++) {
      if (this.first.execution.getRegister(r) !== this.second.execution.getRegister(r)) return false;
    }
    return true;
  }

  /** Both sides, and what is not equal about them: `stop`, `gas`, `registers`, `memory` and so on. */
  compare(): Comparison {
    const first = this.first.describe();
    const second = this.second.describe();
    const memory = memoryDifferences(this.first.memory, this.second.memory, SHOWN_PAGES);
    const registers = first.registers.flatMap((value, r) => (value === second.registers[r] ? [] : [r]));
    const { state: a } = first;
    const { state: b } = second;
    const what = [
      flat(first.outcome) === flat(second.outcome) ? '' : 'stop',
      a.pc === b.pc && a.nextPc === b.nextPc ? '' : 'program counter',
      a.gas === b.gas ? '' : 'gas',
      a.executed === b.executed ? '' : 'executed instructions',
      a.paid === b.paid && a.announced === b.announced ? '' : 'block state',
      registers.length === 0 ? '' : 'registers',
      memory.length === 0 ? '' : 'memory',
      first.heapEnd === second.heapEnd ? '' : 'heap end',
      first.reservation === second.reservation ? '' : 'reservation',
    ].filter((name) => name !== '');
    return { first, second, memory, registers, what };
  }
}

/** Runs that the side behind gets to come up to the other one. */
const CATCH_UPS = 64;

export interface Comparison {
  readonly first: Side;
  readonly second: Side;
  readonly memory: readonly MemoryDifference[];
  /** Numbers of the registers that differ. */
  readonly registers: readonly number[];
  readonly what: readonly string[];
}
