/** Time as the guest sees it, in nanoseconds. */
export interface Clock {
  /** Since 1970-01-01T00:00:00Z. */
  realtime(): bigint;
  /** Since some fixed moment; never goes back. */
  monotonic(): bigint;
  /** Processor time of the program. */
  cpu(): bigint;
  /**
   * Lets time pass and answers how much did; less than asked for means that the sleep was interrupted.
   * Sleeping on the host is in short slices, with a look at `interrupted` between them.
   */
  sleep(nanoseconds: bigint, interrupted: () => boolean): bigint;
}

export const NANOSECONDS_PER_SECOND = 1_000_000_000n;

/** Unit of times(2), told to programs as AT_CLKTCK; what every Linux has. */
export const TICKS_PER_SECOND = 100;

/** The virtual clock's rate: an instruction takes one nanosecond, as on a 1 GHz machine with one per cycle. */
export const VIRTUAL_NANOSECONDS_PER_INSTRUCTION = 1n;

/** What the virtual wall clock shows at the start unless told otherwise: 2000-01-01T00:00:00Z. */
export const DEFAULT_EPOCH: bigint = 946_684_800n * NANOSECONDS_PER_SECOND;

/**
 * The clock of reproducible runs: advanced by executed instructions and by sleeping, which takes no host time.
 * `epoch` is the wall clock at the start, in nanoseconds since 1970.
 */
export const virtualClock = (instructions: () => bigint, epoch: bigint = DEFAULT_EPOCH): Clock => {
  let slept = 0n;
  const cpu = (): bigint => instructions() * VIRTUAL_NANOSECONDS_PER_INSTRUCTION;
  return {
    cpu,
    monotonic: () => cpu() + slept,
    realtime: () => epoch + cpu() + slept,
    sleep: (nanoseconds) => {
      slept += nanoseconds;
      return nanoseconds;
    },
  };
};

/** Nanoseconds per slice of a real sleep: how late an interruption may be noticed. */
const SLEEP_SLICE = 10_000_000n;

/** Blocks the thread. Browsers' main threads may not wait, and spin instead. */
const block = (milliseconds: number): void => {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
  } catch {
    const end = performance.now() + milliseconds;
    while (performance.now() < end);
  }
};

const realMonotonic = (): bigint => BigInt(Math.round(performance.now() * 1e6));

/** The host's own clocks. `monotonic` may be replaced by one of better resolution, in nanoseconds. */
export const realClock = (monotonic: () => bigint = realMonotonic): Clock => {
  const start = monotonic();
  // The wall clock has milliseconds only; continuing it with the monotonic one keeps short intervals measurable.
  const base = BigInt(Date.now()) * 1_000_000n - start;
  let slept = 0n;
  return {
    monotonic,
    realtime: () => base + monotonic(),
    cpu: () => monotonic() - start - slept,
    sleep: (nanoseconds, interrupted) => {
      const begin = monotonic();
      let passed = 0n;
      while (passed < nanoseconds && !interrupted()) {
        const rest = nanoseconds - passed;
        block(Number(rest < SLEEP_SLICE ? rest : SLEEP_SLICE) / 1e6);
        passed = monotonic() - begin;
      }
      slept += passed;
      return passed < nanoseconds ? passed : nanoseconds;
    },
  };
};
