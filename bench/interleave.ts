/**
 * Compares two ways of doing the same work on a machine that is never quiet.
 *
 * A shared core is taken away for milliseconds at a time and its clock drifts, so means are useless and two
 * measurements one after the other are two different machines. Hence: both sides run in slices far shorter than
 * a scheduler's turn, alternately, with the order flipped each time, and what counts is the median and the
 * minimum of each slice over all rounds, summed over the slices.
 */

/** One of the two: `start` begins a round; each `slice` does a part and says how much work that was, 0 = the end. */
export interface Side {
  readonly start: () => void;
  readonly slice: () => number;
}

export interface InterleaveOptions {
  /** Milliseconds to spend on measured rounds. Default 300. */
  readonly budget?: number;
  /** Rounds that are not measured. Default 2. */
  readonly warmUp?: number;
  /** Measured rounds at least. Default 5. */
  readonly rounds?: number;
}

export interface SideResult {
  /** Units of work of a round, as the side counted them. */
  readonly work: number;
  /** Milliseconds of a round: the sum of its slices' medians, and of their minima. */
  readonly median: number;
  readonly minimum: number;
}

export interface Comparison {
  readonly a: SideResult;
  readonly b: SideResult;
  /** Time of `a` per unit over time of `b` per unit: below 1, `a` is faster. */
  readonly ratioOfMedians: number;
  readonly ratioOfMinima: number;
  /** Lower and upper quartile of that ratio over the pairs of neighbouring slices. */
  readonly quartiles: readonly [lower: number, upper: number];
  readonly rounds: number;
  readonly slices: number;
}

/** Linear interpolation between the two nearest values. */
export const quantile = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((x, y) => x - y);
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below] as number;
  return low + (at - below) * ((sorted[below + 1] ?? low) - low);
};

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, v) => sum + Math.log(v), 0) / values.length);

/** Times of one side: `times[i]` holds one time per round of slice i. */
class Recorder {
  readonly #side: Side;
  readonly times: number[][] = [];
  work = 0;
  #next = 0;
  #ended = false;

  constructor(side: Side) {
    this.#side = side;
  }

  start(): void {
    this.work = 0;
    this.#next = 0;
    this.#ended = false;
    this.#side.start();
  }

  /** Milliseconds per unit of work of the next slice; undefined at the end of the round. */
  slice(recording: boolean): number | undefined {
    if (this.#ended) return undefined;
    const started = performance.now();
    const work = this.#side.slice();
    const time = performance.now() - started;
    if (work === 0) {
      this.#ended = true;
      return undefined;
    }
    this.work += work;
    if (recording) {
      this.times[this.#next] ??= [];
      this.times[this.#next]?.push(time);
    }
    this.#next++;
    return time / work;
  }

  get result(): SideResult {
    const total = (of: (times: number[]) => number): number => this.times.reduce((sum, t) => sum + of(t), 0);
    return { work: this.work, median: total(median), minimum: total((times) => Math.min(...times)) };
  }
}

/** Runs both sides slice by slice in turns. Each side must do the same slices in every round. */
export const interleave = (a: Side, b: Side, options: InterleaveOptions = {}): Comparison => {
  const { budget = 300, warmUp = 2, rounds: least = 5 } = options;
  const [first, second] = [new Recorder(a), new Recorder(b)];
  const ratios: number[] = [];
  let flipped = false;
  const round = (recording: boolean): void => {
    first.start();
    second.start();
    for (;;) {
      flipped = !flipped;
      const early = (flipped ? second : first).slice(recording);
      const late = (flipped ? first : second).slice(recording);
      if (early === undefined && late === undefined) break;
      if (recording && early !== undefined && late !== undefined) {
        ratios.push(flipped ? late / early : early / late);
      }
    }
    // Rounds with an even number of slices would always begin with the same side.
    flipped = !flipped;
  };
  for (let i = 0; i < warmUp; i++) round(false);
  const end = performance.now() + budget;
  let rounds = 0;
  for (; rounds < least || performance.now() < end; rounds++) round(true);
  const [resultA, resultB] = [first.result, second.result];
  const perUnit = (time: 'median' | 'minimum'): number =>
    resultA[time] / resultA.work / (resultB[time] / resultB.work);
  return {
    a: resultA,
    b: resultB,
    ratioOfMedians: perUnit('median'),
    ratioOfMinima: perUnit('minimum'),
    quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
    rounds,
    slices: first.times.length,
  };
};

/** A side of one slice per round: `work` is what `run` does, in any unit; `prepare` is not measured. */
export const wholeRun = (work: number, run: () => void, prepare: () => void = () => {}): Side => {
  let done = false;
  return {
    start: () => {
      done = false;
      prepare();
    },
    slice: () => {
      if (done) return 0;
      done = true;
      run();
      return work;
    },
  };
};

/** Work units per second, in millions. */
export const millionsPerSecond = ({ work }: SideResult, milliseconds: number): number =>
  work / milliseconds / 1000;
