/**
 * Compares several ways of doing the same work once all of them are as fast as they get: whole runs, one of each per
 * round, the order turned by one each time, and medians over the rounds. `interleave.ts` is for two sides that can be
 * cut into slices; a call of translated code cannot.
 *
 * A fast side is repeated until its turn is as long as the slowest one's: on a shared machine a turn of a millisecond
 * is seldom interrupted and one of fifty always is, which would count against the slow side.
 */
import { median, quantile } from './interleave.ts';

export interface RoundsOptions {
  /** Milliseconds each side runs before anything is measured: V8's compilers work in the background. Default 400. */
  readonly warmUp?: number;
  /** Runs of each side before anything is measured, at least. Default 4. */
  readonly warmUpRuns?: number;
  /** Milliseconds for measured rounds. Default 900. */
  readonly budget?: number;
  /** Measured rounds at least. Default 7. */
  readonly rounds?: number;
}

export interface SideTimes {
  /** Milliseconds of a run. */
  readonly median: number;
  readonly minimum: number;
  /** Time over the time of the first side: of the medians, of the minima, and the quartiles of single rounds. */
  readonly ratio: number;
  readonly ratioOfMinima: number;
  readonly quartiles: readonly [lower: number, upper: number];
}

const MOST_REPETITIONS = 1000;

/** The first side is what the others are compared with. */
export const inRounds = <Name extends string>(
  sides: Readonly<Record<Name, () => void>>,
  options: RoundsOptions = {},
): Record<Name, SideTimes> => {
  const { warmUp = 400, warmUpRuns = 4, budget = 900, rounds: least = 7 } = options;
  const names = Object.keys(sides) as Name[];
  const fastest = names.map((name) => {
    let best = Number.POSITIVE_INFINITY;
    const end = performance.now() + warmUp;
    for (let i = 0; i < warmUpRuns || performance.now() < end; i++) {
      const started = performance.now();
      sides[name]();
      best = Math.min(best, performance.now() - started);
    }
    return best;
  });
  const turn = Math.max(...fastest);
  const repetitions = fastest.map((time) => Math.min(MOST_REPETITIONS, Math.max(1, Math.round(turn / time))));
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  const end = performance.now() + budget;
  for (let round = 0; round < least || performance.now() < end; round++) {
    for (let i = 0; i < names.length; i++) {
      const at = (round + i) % names.length;
      const name = names[at] as Name;
      const count = repetitions[at] as number;
      const started = performance.now();
      for (let k = 0; k < count; k++) sides[name]();
      times[name].push((performance.now() - started) / count);
    }
  }
  const first = times[names[0] as Name];
  const timesOf = (own: readonly number[]): SideTimes => {
    const ratios = own.map((time, round) => time / (first[round] as number));
    return {
      median: median(own),
      minimum: Math.min(...own),
      ratio: median(own) / median(first),
      ratioOfMinima: Math.min(...own) / Math.min(...first),
      quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
    };
  };
  return Object.fromEntries(names.map((name) => [name, timesOf(times[name])])) as Record<Name, SideTimes>;
};

/** The amount of work, a multiple of `base`, with which `run` takes about `milliseconds` once it is warm. */
export const workFor = (milliseconds: number, base: number, run: (n: number) => void, tries = 20): number => {
  const timed = (n: number): number => {
    const started = performance.now();
    run(n);
    return performance.now() - started;
  };
  // The fastest of many: the first are not optimised yet, and others lose the processor.
  let one = Number.POSITIVE_INFINITY;
  for (let i = 0; i < tries; i++) one = Math.min(one, timed(base));
  return base * Math.max(1, Math.round(milliseconds / one));
};
