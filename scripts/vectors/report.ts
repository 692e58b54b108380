import { tierNamed } from '../../src/cli/tiers.ts';
import { isRiscboxError } from '../../src/core/error.ts';
import type { TierName } from '../../src/jit/tier.ts';
import { VectorFormatError } from './json.ts';
import { type Obstacle, type SkipEntry, skipEntry } from './skip-list.ts';

/** What is compared apart from each other; a case passes when all its checks do. */
export const CHECKS = [
  'status',
  'pc',
  'registers',
  'memory',
  'heap',
  'gas',
  'costs',
  'listing',
  'lines',
  'hash',
  'header',
  'bytes',
  'result',
  'rejected',
  'error',
] as const;

export type Check = (typeof CHECKS)[number];

export interface Counts {
  passed: number;
  failed: number;
}

interface KindCounts extends Counts {
  skipped: number;
  readonly checks: Map<Check, Counts>;
}

/** Thrown by `Case.obstacle`: the case ends here. */
class Obstructed extends Error {
  readonly obstacle: Obstacle;

  constructor(obstacle: Obstacle, message: string) {
    super(message);
    this.obstacle = obstacle;
  }
}

/** Anything that counts the guest instructions it has executed, and those of them in translated code. */
interface Executing {
  readonly executed: number;
  readonly translatedInstructions: number;
}

/** Guest instructions of a group of cases. */
export interface Instructions {
  readonly executed: number;
  /** In translated code. */
  readonly translated: number;
}

/** Executions that have been driven by single steps. */
const STEPPED = new WeakSet<Executing>();

export const noteStepped = (execution: Executing): void => {
  STEPPED.add(execution);
};

/** One case while it runs: collects what was compared. */
export class Case {
  readonly results: Map<Check, boolean> = new Map();
  readonly differences: string[] = [];
  /** The engine that programs of the case are to run in. */
  readonly tier: TierName;
  /** Cases of a group are counted together when instructions are; undefined: the kind is the group. */
  group: string | undefined = undefined;
  readonly #executions: Executing[] = [];
  readonly #memories: { release(): void }[] = [];

  constructor(tier: TierName) {
    this.tier = tier;
  }

  /** Notes that a check was made and how it went; a check of several comparisons passes when all do. */
  check(check: Check, passed: boolean, difference: () => string): boolean {
    this.results.set(check, passed && this.results.get(check) !== false);
    if (!passed) this.differences.push(`${check}: ${difference()}`);
    return passed;
  }

  equal(check: Check, what: string, expected: unknown, actual: unknown): boolean {
    const same = Object.is(expected, actual);
    return this.check(check, same, () => `${what} is ${String(actual)}, expected ${String(expected)}`);
  }

  /** Counts the instructions of an execution for the case, and gives its memory back when the case has ended. */
  watch(execution: Executing, memory: { release(): void }): void {
    this.#executions.push(execution);
    this.#memories.push(memory);
  }

  release(): void {
    for (const memory of this.#memories) memory.release();
  }

  /** Instructions executed so far, but for single steps, which every tier leaves to the interpreter. */
  get instructions(): Instructions {
    let executed = 0;
    let translated = 0;
    for (const execution of this.#executions) {
      if (STEPPED.has(execution)) continue;
      executed += execution.executed;
      translated += execution.translatedInstructions;
    }
    return { executed, translated };
  }

  /** Ends the case: it cannot be run, which the skip list must know; else it fails. */
  obstacle(obstacle: Obstacle, message: string): never {
    throw new Obstructed(obstacle, message);
  }
}

export interface Failure {
  readonly kind: string;
  readonly id: string;
  readonly differences: readonly string[];
}

export interface Skip {
  readonly kind: string;
  readonly id: string;
  readonly entry: SkipEntry;
}

export interface ReportOptions {
  /** Default: the fastest one. */
  readonly tier?: TierName;
  /** Run each n-th case of a kind only. Default 1. */
  readonly every?: number;
  readonly onFailure?: (failure: Failure) => void;
}

/** Runs cases and counts what became of them. */
export class Report {
  readonly kinds: Map<string, KindCounts> = new Map();
  readonly failures: Failure[] = [];
  readonly skips: Skip[] = [];
  /** Guest instructions by group. */
  readonly instructions: Map<string, Instructions> = new Map();
  readonly #options: ReportOptions;
  readonly #seen: Map<string, number> = new Map();

  constructor(options: ReportOptions = {}) {
    this.#options = options;
  }

  case(kind: string, id: string, body: (c: Case) => void): void {
    const seen = this.#seen.get(kind) ?? 0;
    this.#seen.set(kind, seen + 1);
    if (seen % (this.#options.every ?? 1) !== 0) return;
    const c = new Case(this.#options.tier ?? tierNamed('auto').name);
    const counts = this.#countsOf(kind);
    try {
      body(c);
      if (c.results.size === 0) c.check('error', false, () => 'the case has compared nothing');
    } catch (error) {
      if (error instanceof Obstructed) {
        const entry = skipEntry(error.obstacle, `${kind}: ${id}`);
        if (entry !== undefined) {
          counts.skipped++;
          this.skips.push({ kind, id, entry });
          return;
        }
      }
      c.check('error', false, () => describe(error));
    }
    this.#countInstructions(c.group ?? kind, c.instructions);
    c.release();
    for (const [check, passed] of c.results) {
      const of = counts.checks.get(check) ?? { passed: 0, failed: 0 };
      of[passed ? 'passed' : 'failed']++;
      counts.checks.set(check, of);
    }
    if (c.differences.length === 0) {
      counts.passed++;
      return;
    }
    counts.failed++;
    const failure = { kind, id, differences: c.differences };
    this.failures.push(failure);
    this.#options.onFailure?.(failure);
  }

  #countInstructions(group: string, { executed, translated }: Instructions): void {
    if (executed === 0) return;
    const before = this.instructions.get(group) ?? { executed: 0, translated: 0 };
    this.instructions.set(group, {
      executed: before.executed + executed,
      translated: before.translated + translated,
    });
  }

  #countsOf(kind: string): KindCounts {
    let counts = this.kinds.get(kind);
    if (counts === undefined) {
      counts = { passed: 0, failed: 0, skipped: 0, checks: new Map() };
      this.kinds.set(kind, counts);
    }
    return counts;
  }

  get totals(): { passed: number; failed: number; skipped: number } {
    const totals = { passed: 0, failed: 0, skipped: 0 };
    for (const { passed, failed, skipped } of this.kinds.values()) {
      totals.passed += passed;
      totals.failed += failed;
      totals.skipped += skipped;
    }
    return totals;
  }

  /** Passed and failed comparisons of each check over all kinds. */
  get checks(): Map<Check, Counts> {
    const sums = new Map<Check, Counts>();
    for (const { checks } of this.kinds.values()) {
      for (const [check, { passed, failed }] of checks) {
        const sum = sums.get(check) ?? { passed: 0, failed: 0 };
        sums.set(check, { passed: sum.passed + passed, failed: sum.failed + failed });
      }
    }
    return sums;
  }
}

const describe = (error: unknown): string => {
  if (isRiscboxError(error)) return `${error.code}: ${error.message}`;
  if (error instanceof VectorFormatError || error instanceof Obstructed) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
};
