import type { RiscboxError } from '../../core/error.ts';
import type { Program } from '../../decoder/program.ts';
import { blame } from './blame.ts';
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
 * Finds the first instruction after `start` that the two sides, which now differ, do differently, by running
 * the stretch again with smaller and smaller budgets and then in single steps. Leaves the pair at the last state in
 * which the sides were seen to be equal.
 */
export const locate = (program: Program, pair: Pair, start: SavedPoint): RiscboxError => {
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
  const from = start.place;
  if (!exact) {
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
