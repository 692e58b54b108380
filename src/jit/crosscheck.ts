import type { Stop } from '../core/stop.ts';
import type { Program } from '../decoder/program.ts';
import type { GuestMemory } from '../memory/guest-memory.ts';
import { locate } from './crosscheck/locate.ts';
import { copyMemory } from './crosscheck/memory.ts';
import { Pair, Runner, SavedPoint } from './crosscheck/side.ts';
import type { Execution, ExecutionState, Tier, TierName } from './tier.ts';

export interface CrosscheckOptions {
  /**
   * Instructions between two comparisons. Default: 100,000, and more for programs with much memory, which is
   * compared as a whole.
   */
  readonly interval?: number;
}

/** Instructions between two comparisons, at least. */
const INTERVAL = 100_000;
/** Accessible bytes per instruction of the interval: comparing shall not take much longer than running. */
const BYTES_PER_INSTRUCTION = 8;

/**
 * Two tiers as one that compares them: every run happens on both, each on a memory of its own, and all of their
 * state is compared at every stop and every few instructions in between. The first one is the reference, and the
 * one whose memory the host sees. Programs run as on it alone, but slower: each stop costs a pass over the memory.
 *
 * Runs and steps throw crosscheck/difference when the tiers differ; its detail has the first instruction that they
 * do differently. The execution stands before the difference then.
 */
export const crosscheck = (first: Tier, second: Tier, options: CrosscheckOptions = {}): Tier => ({
  name: first.name,
  translate(program, metering, settings) {
    const a = first.translate(program, metering, settings);
    const b = second.translate(program, metering, settings);
    return {
      get blocks() {
        return a.blocks;
      },
      execution: (memory) => {
        const reference = new Runner(first.name, a.execution(memory), memory);
        const copy = (): Runner => {
          const own = memory.another();
          return new Runner(second.name, b.execution(own), own);
        };
        const pairOn = (changed: Program): Pair => {
          const side = (tier: Tier): Runner => {
            const own = memory.another();
            return new Runner(tier.name, tier.translate(changed, metering).execution(own), own);
          };
          return new Pair(side(first), side(second));
        };
        return new CrosscheckedExecution({ program, reference, copy, pairOn }, options.interval);
      },
    };
  },
});

/** What an execution is made from. */
interface Ingredients {
  readonly program: Program;
  readonly reference: Runner;
  /** Makes the second side, on a memory of its own. */
  readonly copy: () => Runner;
  /** Makes sides for a changed program, on memories of their own. */
  readonly pairOn: (program: Program) => Pair;
}

class CrosscheckedExecution implements Execution {
  readonly registerCount: number;
  readonly #ingredients: Ingredients;
  readonly #first: Execution;
  readonly #memory: GuestMemory;
  readonly #interval: number | undefined;
  /** Not asked: both sides stop at host calls, which are served once. */
  onHostCall: ((number: number, pc: number) => boolean) | undefined;
  /** Made at the first run: many instances never run, and hosts write much before it. */
  #parts: { readonly pair: Pair; readonly point: SavedPoint } | undefined;

  constructor(ingredients: Ingredients, interval: number | undefined) {
    const { execution, memory } = ingredients.reference;
    this.#ingredients = ingredients;
    this.#first = execution;
    this.#memory = memory;
    this.registerCount = execution.registerCount;
    this.#interval = interval;
  }

  get gas(): bigint {
    return this.#first.gas;
  }

  set gas(value: bigint) {
    this.#first.gas = value;
    if (this.#parts !== undefined) this.#parts.pair.second.execution.gas = value;
  }

  get executed(): number {
    return this.#first.executed;
  }

  get tier(): TierName {
    return this.#first.tier;
  }

  get translatedInstructions(): number {
    const second = this.#parts?.pair.second.execution.translatedInstructions ?? 0;
    return Math.max(this.#first.translatedInstructions, second);
  }

  get pc(): number | undefined {
    return this.#first.pc;
  }

  get nextPc(): number | undefined {
    return this.#first.nextPc;
  }

  set nextPc(pc: number | undefined) {
    this.#first.nextPc = pc;
    if (this.#parts !== undefined) this.#parts.pair.second.execution.nextPc = pc;
  }

  get state(): ExecutionState {
    return this.#first.state;
  }

  set state(state: ExecutionState) {
    this.#first.state = state;
    if (this.#parts !== undefined) this.#parts.pair.second.execution.state = state;
  }

  getRegister(register: number): bigint {
    return this.#first.getRegister(register);
  }

  getRegister32(register: number): number {
    return this.#first.getRegister32(register);
  }

  setRegister(register: number, value: bigint | number): void {
    this.#first.setRegister(register, value);
  }

  /** Throws crosscheck/difference and run/no-program-counter. */
  run(budget: number = Number.POSITIVE_INFINITY): Stop {
    const first = this.#first;
    if (first.nextPc === undefined) return first.run(budget);
    const { pair, point } = this.#synchronised();
    const end = first.executed + budget;
    for (;;) {
      const { accessible } = this.#memory;
      const interval = this.#interval ?? Math.max(INTERVAL, Math.ceil(accessible / BYTES_PER_INSTRUCTION));
      pair.run(Math.min(interval, end - first.executed));
      const stop = this.#agreed(pair, point);
      if (stop.kind !== 'interrupted' || first.executed >= end) return stop;
      point.save(pair.first);
    }
  }

  /** Throws crosscheck/difference and run/no-program-counter. */
  step(): Stop {
    if (this.#first.nextPc === undefined) return this.#first.step();
    const { pair, point } = this.#synchronised();
    pair.step();
    return this.#agreed(pair, point);
  }

  #agreed(pair: Pair, point: SavedPoint): Stop {
    const { program, pairOn } = this.#ingredients;
    if (!pair.isEqual) throw locate(program, pair, point, pairOn);
    const { outcome } = pair.first;
    if (outcome.kind === 'error') throw outcome.error;
    return outcome;
  }

  /** Both sides in the state that the host has left the first one in. */
  #synchronised(): { readonly pair: Pair; readonly point: SavedPoint } {
    if (this.#parts === undefined) {
      const { reference, copy } = this.#ingredients;
      const second = copy();
      second.execution.state = this.#first.state;
      copyMemory(this.#memory, second.memory);
      this.#parts = {
        pair: new Pair(reference, second),
        point: new SavedPoint(reference),
      };
      return this.#parts;
    }
    const { pair, point } = this.#parts;
    copyMemory(this.#memory, pair.second.memory);
    point.save(pair.first);
    return this.#parts;
  }
}
