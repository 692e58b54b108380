import type { RiscboxError } from '../../core/error.ts';
import type { Program } from '../../decoder/program.ts';
import { blame } from './blame.ts';
import { firstStopped } from './breakpoint.ts';
import { fail } from './errors.ts';
import { instructionText, registerNames } from './instruction-text.ts';
import { type Comparison, type Pair, SavedPoint, type TierDifference } from './side.ts';

/** A stretch of a run at whose end the two sides differ. */
interface Stretch {
  /** Executed instructions at its end. */
  readonly end: number;
  readonly comparison: Comparison;
}

/** Longer stretches are not stepped with the whole memory compared after each instruction. */
const LONGEST_STEPPED = 20_000;

/**
 * Finds the first instruction after `start` that the two sides, which now differ, do differently. The stretch runs
 * again with smaller and smaller budgets, then in single steps. What shows in neither is done by code that a tier
 * uses for long runs only: then the start moves up as far as the difference still comes, and breakpoints stop the
 * sides in between. `pairOn` makes sides for a changed program. Leaves the pair at the last state in which the sides were
 * seen to be equal.
 */
export const locate = (
  program: Program,
  pair: Pair,
  start: SavedPoint,
  pairOn: (program: Program) => Pair,
): RiscboxError => {
  const restore = (): void => {
    start.restore(pair.first);
    start.restore(pair.second);
  };
  let found: Stretch = { end: pair.executed, comparison: pair.compare() };
  let reproduced = false;
  restore();
  const { first } = pair;
  const probe = new SavedPoint(first);
  const lengthNow = (): number => Math.max(1, found.end - start.place.executed);
  for (let size = lengthNow(); ; size = Math.ceil(Math.min(size, lengthNow()) / 2)) {
    restore();
    probe.save(first);
    const stretch = firstDifference(pair, probe, size, found.end);
    // Shorter runs may go another way through a tier: then what is known stays.
    if (stretch === undefined) break;
    found = stretch;
    reproduced = true;
    probe.restore(first);
    start.save(first);
    if (size === 1) break;
  }
  let exact = false;
  let pc: number | undefined;
  if (lengthNow() <= LONGEST_STEPPED) {
    restore();
    const stepped = firstStep(pair, probe, found.end);
    if (stepped !== undefined) {
      exact = true;
      reproduced = true;
      ({ pc } = stepped);
      found = stepped;
      probe.restore(first);
      start.save(first);
    }
  }
  if (!exact && reproduced) {
    found = moveStart(pair, start, probe, found);
    const stopped = firstStopped(program, pair, start, found.end, pairOn);
    if (stopped !== undefined) {
      ({ exact, pc } = stopped);
      found = { ...found, comparison: stopped.comparison };
    }
  }
  const from = start.place;
  if (pc === undefined && !exact) {
    restore();
    pc = blame(program, first, found.end, found.comparison);
  }
  restore();
  const { memory, registers, ...sides } = found.comparison;
  const names = registerNames(program);
  const what = sides.what.flatMap((one) =>
    one === 'registers' ? registers.map((register) => names[register] as string) : [one],
  );
  const difference: TierDifference = {
    tiers: [pair.first.tier, pair.second.tier],
    pc,
    instruction: pc === undefined ? undefined : instructionText(program, pc),
    exact,
    reproduced,
    what,
    from,
    first: sides.first,
    second: sides.second,
    memory,
  };
  return fail('crosscheck/difference', difference);
};

/** Runs by `size` instructions up to `end`; the first difference, `probe` being where the sides were last equal. */
const firstDifference = (pair: Pair, probe: SavedPoint, size: number, end: number): Stretch | undefined => {
  for (;;) {
    pair.run(size);
    if (!pair.isEqual) return { end: pair.executed, comparison: pair.compare() };
    if (!pair.first.isPaused || pair.executed >= end) return undefined;
    probe.save(pair.first);
  }
};

/** Moves the start of a stretch up as long as the sides still differ at its end. */
const moveStart = (pair: Pair, start: SavedPoint, probe: SavedPoint, stretch: Stretch): Stretch => {
  const { first, second } = pair;
  let found = stretch;
  const half = (): number => Math.floor((found.end - start.place.executed) / 2);
  for (let size = half(); size >= 1; ) {
    start.restore(first);
    first.run(size);
    const { executed } = first.execution;
    let moved = false;
    if (first.isPaused && executed < found.end) {
      probe.save(first);
      probe.restore(second);
      pair.run(found.end - executed);
      moved = !pair.isEqual;
    }
    if (moved) {
      found = { end: pair.executed, comparison: pair.compare() };
      probe.restore(first);
      start.save(first);
      size = Math.min(size, half());
    } else size = Math.floor(size / 2);
  }
  return found;
};

/** Steps both sides up to `end`; the instruction that made them differ, `probe` being the state before it. */
const firstStep = (
  pair: Pair,
  probe: SavedPoint,
  end: number,
): (Stretch & { readonly pc: number | undefined }) | undefined => {
  // No tier can take more steps for it than this: each instruction, and being announced first.
  for (let left = end - pair.executed + 2; left > 0; left--) {
    const { nextPc } = pair.first.execution;
    probe.save(pair.first);
    pair.step();
    if (!pair.isEqual) return { end: pair.executed, comparison: pair.compare(), pc: nextPc };
    if (pair.first.outcome.kind !== 'step') return undefined;
  }
  return undefined;
};
