import { isRiscboxError } from '../../src/core/error.ts';
import { Instruction } from '../../src/decoder/instruction.ts';
import { INVALID } from '../../src/isa/table.ts';
import type { Tier } from '../../src/jit/tier.ts';
import type { Case, Move, Start } from './case.ts';
import { printCase } from './case-text.ts';
import { type Coverage, type Profile, profileOf, stopName } from './coverage.ts';
import type { Difference } from './difference.ts';
import { type Generated, generate, PLENTY, randomMoves } from './generate/program.ts';
import { checkLinked } from './linked.ts';
import { type Observer, Pair, type Trace } from './pair.ts';
import { Random } from './random.ts';
import type { Settings } from './settings.ts';

export interface Tiers {
  readonly oracle: Tier;
  readonly subject: Tier;
}

/** A program that the tier under test runs in another way than the oracle. */
export interface Finding {
  readonly seed: number;
  readonly generated: Generated;
  readonly case: Case;
  readonly difference: Difference;
}

/** Gas limits that are tried per program. */
const SWEEP = 7;
/** Single steps for the sake of coverage. */
const MAX_VISITS = 6000;

/** Makes the program of a seed and compares it in every way; the first difference, if any. */
export const fuzzProgram = (
  seed: number,
  tiers: Tiers,
  coverage: Coverage,
  print?: (line: string) => void,
): Finding | undefined => {
  const random = new Random(seed);
  const generated = generate(random);
  return new ProgramRun(seed, random, generated, tiers, coverage, print).run();
};

const samePlan: readonly Move[] = [];

class ProgramRun {
  readonly #seed: number;
  readonly #random: Random;
  readonly #generated: Generated;
  readonly #tiers: Tiers;
  readonly #coverage: Coverage;
  readonly #profile: Profile;
  readonly #see: Observer;
  readonly #print: ((line: string) => void) | undefined;
  #settings: Settings;

  constructor(
    seed: number,
    random: Random,
    generated: Generated,
    tiers: Tiers,
    coverage: Coverage,
    print: ((line: string) => void) | undefined,
  ) {
    this.#print = print;
    this.#seed = seed;
    this.#random = random;
    this.#generated = generated;
    this.#tiers = tiers;
    this.#coverage = coverage;
    this.#settings = generated.settings;
    const profile = profileOf(generated.target.kind, generated.target.layout);
    this.#profile = profile;
    this.#see = {
      stop: (stop) => coverage.stop(profile, stopName(stop)),
      ran: (executed, translated) => {
        coverage.ran += executed;
        coverage.translated += translated;
      },
    };
  }

  run(): Finding | undefined {
    const { start, host } = this.#generated;
    let pair = this.#pair();
    if (!(pair instanceof Pair)) return pair;
    let trace = pair.trace(start, host);
    if (trace.endless && this.#settings.gas === 'none') {
      // Only gas stops it at the same place everywhere.
      pair.dispose();
      this.#settings = { ...this.#settings, gas: 'sync' };
      pair = this.#pair();
      if (!(pair instanceof Pair)) return pair;
      trace = pair.trace(start, host);
    }
    this.#count(trace);
    // What would run on for ever gets as much gas as it has used until it was cut off.
    const enough = trace.endless ? (trace.gasUsed.at(-1) ?? 0n) : PLENTY;
    try {
      const plain = this.#compare(pair, { ...start, gas: enough }, samePlan);
      if (plain !== undefined) return plain;
      this.#visit(pair, start);
      return (
        this.#sweep(pair, trace, enough) ?? this.#moves(pair, trace, enough) ?? this.#linked(pair, enough)
      );
    } finally {
      pair.dispose();
    }
  }

  /** The modules; a finding when only one tier takes the program; undefined when none does. */
  #pair(): Pair | Finding | undefined {
    const { assembled } = this.#generated;
    const { oracle, subject } = this.#tiers;
    const make = (tier: Tier): Pair | string => {
      try {
        return new Pair(assembled.image, this.#settings, tier, tier);
      } catch (error) {
        if (isRiscboxError(error)) return error.code;
        throw error;
      }
    };
    const expected = make(oracle);
    if (typeof expected !== 'string') return new Pair(assembled.image, this.#settings, oracle, subject);
    this.#coverage.feature(`refused: ${expected}`);
    const found = make(subject);
    if (found === expected) return undefined;
    const what = `expected to be refused for ${expected}, found ${typeof found === 'string' ? found : 'none'}`;
    return this.#finding(this.#generated.start, samePlan, { stop: -1, what });
  }

  #count({ executed }: Trace): void {
    const { shape, target } = this.#generated;
    const { gas, granularity, model, paged } = this.#settings;
    const coverage = this.#coverage;
    coverage.executed.push(executed);
    coverage.feature(`programs: ${shape}`);
    coverage.feature(`kind: ${this.#profile}`);
    coverage.feature(`container: ${target.layout.container}`);
    coverage.feature(`gas: ${gas}`);
    if (gas !== 'none') {
      coverage.feature(`granularity: ${granularity}`);
      coverage.feature(`model: ${typeof model === 'object' ? 'table' : model}`);
    }
    if (paged) coverage.feature('dynamic paging');
  }

  #finding(start: Start, moves: readonly Move[], difference: Difference, linked = false): Finding {
    const { assembled, host } = this.#generated;
    const settings = this.#settings;
    return {
      seed: this.#seed,
      generated: this.#generated,
      case: { image: assembled.image, settings, start, host: { ...host, linked }, moves },
      difference,
    };
  }

  #compare(pair: Pair, start: Start, moves: readonly Move[]): Finding | undefined {
    const { host } = this.#generated;
    this.#coverage.comparisons++;
    this.#print?.(printCase(this.#finding(start, moves, { stop: -1, what: '' }).case));
    try {
      const difference = pair.check(start, host, moves, this.#see);
      return difference && this.#finding(start, moves, difference);
    } catch (error) {
      return this.#finding(start, moves, { stop: -1, what: thrown(error) });
    }
  }

  /** Gas limits at, around and between the stops. */
  #sweep(pair: Pair, { gasUsed }: Trace, enough: bigint): Finding | undefined {
    if (this.#settings.gas === 'none') return undefined;
    const random = this.#random;
    const total = most(gasUsed);
    const limits: bigint[] = [];
    for (let n = 0; n < 3 && gasUsed.length > 0; n++) {
      limits.push((random.pick(gasUsed) as bigint) + BigInt(random.range(-1, 1)));
    }
    const inside = (): bigint => BigInt(Math.floor((random.below(2 ** 30) / 2 ** 30) * Number(total)));
    // Neighbours, because a loop's body has several places where gas may end.
    const at = inside();
    limits.push(at, at + 1n, at + BigInt(random.range(2, 9)), inside());
    if (random.chance(0.1)) limits.push(BigInt(random.range(-2, 3)));
    for (const limit of limits.slice(0, SWEEP + 1)) {
      const gas = limit < enough ? limit : enough;
      const finding = this.#compare(pair, { ...this.#generated.start, gas }, samePlan);
      if (finding !== undefined) return finding;
    }
    return undefined;
  }

  /** The same runs, interrupted, saved and moved to and fro. */
  #moves(pair: Pair, trace: Trace, enough: bigint): Finding | undefined {
    const random = this.#random;
    const { gas } = this.#settings;
    const total = most(trace.gasUsed);
    for (let n = 0; n < 2; n++) {
      const short = gas !== 'none' && random.chance(0.4);
      const limit = short ? BigInt(random.below(Math.max(1, Number(total)))) : enough;
      // Single steps look at asynchronous gas in other places than runs do.
      const moves = randomMoves(random, trace.executed, gas !== 'async');
      for (const { move } of moves) this.#coverage.feature(`move: ${move}`);
      const start = { ...this.#generated.start, gas: limit };
      const finding = this.#compare(pair, start, moves);
      if (finding !== undefined) return finding;
    }
    return undefined;
  }

  #linked(pair: Pair, enough: bigint): Finding | undefined {
    const { start, host, target } = this.#generated;
    if (!host.linked || this.#settings.paged) return undefined;
    this.#coverage.comparisons++;
    this.#coverage.feature('linked hosts that call back');
    const from = { ...start, gas: enough };
    try {
      const difference = checkLinked([pair.oracle, pair.subject], target.layout, from, host, this.#see);
      return difference && this.#finding(from, samePlan, difference, true);
    } catch (error) {
      return this.#finding(from, samePlan, { stop: -1, what: thrown(error) }, true);
    }
  }

  /** Which operations were executed; only where one of them is new. */
  #visit(pair: Pair, start: Start): void {
    const seen = this.#coverage.operationsOf(this.#profile);
    const { source, host } = this.#generated;
    if (!source.lines.some(({ op, raw }) => raw === undefined && !seen.has(op))) return;
    const { code } = pair.oracle.program;
    const i = new Instruction();
    const pcs = new Set<number>();
    pair.visit({ ...start, gas: PLENTY }, host, MAX_VISITS, (pc) => pcs.add(pc));
    for (const pc of pcs) {
      code.decode(pc, i);
      if (i.op !== INVALID) seen.add(i.op);
    }
  }
}

const thrown = (error: unknown): string =>
  `throws ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;

const most = (values: readonly bigint[]): bigint => {
  let result = 0n;
  for (const value of values) if (value > result) result = value;
  return result;
};
