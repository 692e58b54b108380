import type { Blob } from '../../src/blob/blob.ts';
import type { Stop } from '../../src/core/stop.ts';
import type { Tier } from '../../src/jit/tier.ts';
import type { Module } from '../../src/vm/module.ts';
import type { Case, Host, Move, Start } from './case.ts';
import { type Difference, describeDifference, stopText } from './difference.ts';
import { equalStates } from './equal-state.ts';
import { blobOf, type Image, type Layout } from './layout.ts';
import { checkLinked } from './linked.ts';
import type { Settings } from './settings.ts';
import { type Answers, answer, moduleOn, Side } from './side.ts';

/** What the oracle did. */
export interface Trace {
  readonly executed: number;
  /** Gas used up to each stop, refills and gifts of the host not counted. */
  readonly gasUsed: readonly bigint[];
  /** The program would have run on. */
  readonly endless: boolean;
}

/** What is seen on the way; all of it is about the tier under test. */
export interface Observer {
  stop(stop: Stop): void;
  /** Instructions of a run, and how many of them ran in translated code. */
  ran(executed: number, translated: number): void;
}

export const NOBODY: Observer = { stop: () => {}, ran: () => {} };

/** Stops after which a run ends in any case. */
const MAX_STOPS = 40;
/** Instructions after which a program counts as endless. */
export const MAX_EXECUTED = 12_000;
/** Where the oracle is cut off when a host or a start lets a program run further. */
const CUT_OFF = 100_000;
/** What a tier that has gone astray may still run. */
const ASTRAY = 1_000_000;

/** One program on the oracle and on the tier under test; starts and hosts can be changed without new modules. */
export class Pair {
  readonly layout: Layout;
  readonly settings: Settings;
  readonly blob: Blob;
  readonly oracle: Module;
  readonly subject: Module;
  readonly #sides: Map<string, Side> = new Map();

  /** Throws RiscboxError when the program is refused, and an Error when one tier only refuses it. */
  constructor(image: Image, settings: Settings, oracle: Tier, subject: Tier) {
    this.layout = image.layout;
    this.settings = settings;
    this.blob = blobOf(image);
    this.oracle = moduleOn(oracle, this.blob, settings, this.layout);
    this.subject = moduleOn(subject, this.blob, settings, this.layout);
  }

  /** An instance that is made once. */
  #side(tier: 'oracle' | 'subject', name: string): Side {
    const key = `${tier} ${name}`;
    let side = this.#sides.get(key);
    if (side === undefined) {
      side = new Side(this[tier], this.layout);
      this.#sides.set(key, side);
    }
    return side;
  }

  /** Runs the oracle, to know how far a program goes. */
  trace(start: Start, host: Host): Trace {
    const side = this.#side('oracle', 'first');
    const { execution } = side;
    const answers: Answers = { hostCalls: 0, refills: 0 };
    const gasUsed: bigint[] = [];
    let given = start.gas;
    side.begin(start);
    for (;;) {
      const stop = execution.run(Math.max(1, MAX_EXECUTED - execution.executed));
      gasUsed.push(given - execution.gas);
      const { executed } = execution;
      if (stop.kind === 'interrupted') return { executed, gasUsed, endless: true };
      const before = execution.gas;
      if (gasUsed.length === MAX_STOPS || !answer(stop, host, answers, side)) {
        return { executed, gasUsed, endless: false };
      }
      given += execution.gas - before;
    }
  }

  /** Runs the oracle in one go and the tier under test by its moves, and compares them at every stop. */
  check(start: Start, host: Host, moves: readonly Move[], see: Observer): Difference | undefined {
    const expected = this.#side('oracle', 'first');
    const driver = new Driver((tier, name) => this.#side(tier, name), this, moves, see);
    expected.begin(start);
    driver.side.begin(start);
    const bounded = this.settings.gas !== 'none' && start.gas < 2n ** 32n;
    const wantedAnswers: Answers = { hostCalls: 0, refills: 0 };
    const answers: Answers = { hostCalls: 0, refills: 0 };
    for (let index = 0; index < MAX_STOPS; index++) {
      const want = expected.execution.run(CUT_OFF);
      // Nobody promises where exactly a budget ends.
      if (want.kind === 'interrupted') return undefined;
      const stop = driver.next(bounded ? Number.POSITIVE_INFINITY : ASTRAY);
      const { side } = driver;
      if (driver.problem !== undefined) return { stop: index, what: driver.problem };
      see.stop(stop);
      const [wanted, got] = [stopText(want), stopText(stop)];
      if (wanted !== got || !equalStates(expected, side)) {
        return describeDifference(index, { stop: wanted, side: expected }, { stop: got, side });
      }
      const goesOn = answer(want, host, wantedAnswers, expected);
      if (answer(stop, host, answers, side) !== goesOn) throw new Error('the host answers in two ways');
      if (!goesOn) break;
    }
    return undefined;
  }

  /** Gives all memory back; nothing else may be called afterwards. */
  dispose(): void {
    for (const { memory } of this.#sides.values()) memory.release();
    this.#sides.clear();
  }

  /** Operation addresses in the order of their first execution, from single steps of the oracle. */
  visit(start: Start, host: Host, limit: number, seen: (pc: number) => void): void {
    const side = this.#side('oracle', 'first');
    const answers: Answers = { hostCalls: 0, refills: 0 };
    side.begin(start);
    for (let n = 0; n < limit; n++) {
      const stop = side.execution.step();
      if (stop.kind === 'step') seen(stop.pc);
      else if (!answer(stop, host, answers, side)) return;
    }
  }
}

/** Makes the moves of a tier under test between two real stops. */
class Driver {
  readonly #sides: (tier: 'oracle' | 'subject', name: string) => Side;
  readonly #pair: Pair;
  readonly #moves: readonly Move[];
  readonly #see: Observer;
  #next = 0;
  #tier: 'oracle' | 'subject' = 'subject';
  #spare = 0;
  side: Side;
  /** What went wrong between two stops. */
  problem: string | undefined;

  constructor(
    sides: (tier: 'oracle' | 'subject', name: string) => Side,
    pair: Pair,
    moves: readonly Move[],
    see: Observer,
  ) {
    this.#sides = sides;
    this.#pair = pair;
    this.#moves = moves;
    this.#see = see;
    this.side = sides('subject', 'first');
  }

  #run(budget: number): Stop {
    const { execution } = this.side;
    if (this.#tier === 'oracle') return execution.run(budget);
    const executed = execution.executed;
    const translated = execution.translatedInstructions;
    const stop = execution.run(budget);
    this.#see.ran(execution.executed - executed, execution.translatedInstructions - translated);
    return stop;
  }

  /** The next stop that is not one of our own making. */
  next(limit: number): Stop {
    for (;;) {
      const move = this.#moves[this.#next++];
      if (move === undefined) return this.#run(limit);
      const stop = this.#make(move);
      if (stop !== undefined) return stop;
    }
  }

  #make(move: Move): Stop | undefined {
    switch (move.move) {
      case 'run': {
        const before = this.side.execution.executed;
        const stop = this.#run(move.budget);
        if (stop.kind !== 'interrupted') return stop;
        this.#see.stop(stop);
        const ran = this.side.execution.executed - before;
        if (ran < move.budget) this.problem = `a budget of ${move.budget} is over after ${ran} instructions`;
        return this.problem === undefined ? undefined : stop;
      }
      case 'step':
        for (let n = move.count; n > 0; n--) {
          const stop = this.side.execution.step();
          if (stop.kind !== 'step') return stop;
          this.#see.stop(stop);
        }
        return undefined;
      case 'snapshot':
        this.#restore();
        return undefined;
      case 'switch':
        this.#tier = this.#tier === 'oracle' ? 'subject' : 'oracle';
        this.#restore();
        return undefined;
      case 'hand-over': {
        this.#tier = this.#tier === 'oracle' ? 'subject' : 'oracle';
        const { memory, execution } = this.side;
        const side = new Side(this.#pair[this.#tier], this.#pair.layout, memory);
        side.execution.state = execution.state;
        this.side = side;
        return undefined;
      }
    }
  }

  #restore(): void {
    const snapshot = this.side.snapshot();
    // Not the one that it comes from.
    this.#spare = 1 - this.#spare;
    const side = this.#sides(this.#tier, `spare ${this.#spare}`);
    side.restore(snapshot);
    this.side = side;
  }
}

/** Whether a tier runs a case as the oracle does. Throws RiscboxError when the program is refused. */
export const compareCase = (
  { image, settings, start, host, moves }: Case,
  oracle: Tier,
  subject: Tier,
  see: Observer = NOBODY,
): Difference | undefined => {
  const pair = new Pair(image, settings, oracle, subject);
  try {
    if (host.linked) return checkLinked([pair.oracle, pair.subject], image.layout, start, host, see);
    return pair.check(start, host, moves, see);
  } finally {
    pair.dispose();
  }
};
