import { TERM } from '../../../isa/term.ts';
import type { Cycle, CycleAccess, CycleTest, Machine } from './cycle.ts';
import { EXACT, type Form, hasSameSummands, registerOf } from './linear-forms.ts';

/** What a value grows by in each iteration: `factor` times the value of an invariant register, or the factor itself (-1). */
export interface Step {
  readonly register: number;
  readonly factor: number;
}

/**
 * A test of the loop, so turned that it goes on while `larger` stays above `smaller` (or equal to it, unless
 * `strict`), and the distance shrinks by `step` in each iteration.
 */
export interface Bound {
  readonly larger: Form;
  readonly smaller: Form;
  readonly strict: boolean;
  /** `equality`: the loop goes on until the two are equal, whatever their order. */
  readonly order: 'equality' | 'signed' | 'unsigned';
  /** The comparison is one of low words that are extended; else of values as wide as registers. */
  readonly word: boolean;
  /** Its factor is positive. */
  readonly step: Step;
}

/** Accesses whose addresses differ by constants. */
export interface AddressGroup {
  /** Low 32 bits of the address of the first byte that an access may touch in the first iteration. */
  readonly first: Form;
  /** Bytes from there to behind the last one. */
  readonly span: number;
  /** How the addresses move; undefined when they do not. */
  readonly step: Step | undefined;
  readonly writes: boolean;
}

/** What has to be found true when a loop begins, for a number of its iterations to run without tests. */
export interface LoopPlan {
  readonly cycle: Cycle;
  readonly bounds: readonly Bound[];
  readonly groups: readonly AddressGroup[];
  /** Registers that are steps: their values must be from 1 to LARGEST_STEP. */
  readonly steps: readonly number[];
  /** Their values must be sign extensions of their low 32 bits. */
  readonly words: readonly Form[];
}

/** What a register may be stepped by, constants included. */
export const LARGEST_STEP: number = 2 ** 20;
/** Factors of registers in steps: products with 2^31 iterations stay far below 2^63. */
const LARGEST_FACTOR = 512;
/** Accesses of one base that lie further apart are checked apart. */
const WIDEST_GROUP = 2 ** 16;

const OPPOSITES: Readonly<Record<number, number>> = {
  [TERM.eq]: TERM.ne,
  [TERM.ne]: TERM.eq,
  [TERM.lt]: TERM.ge,
  [TERM.ge]: TERM.lt,
  [TERM.ltu]: TERM.geu,
  [TERM.geu]: TERM.ltu,
};

const NO_STEP: Step = { register: -1, factor: 0 };

/** The plan for a loop, or undefined when something in it is not linear. */
export const planLoop = (cycle: Cycle, machine: Machine): LoopPlan | undefined =>
  new Planner(cycle, machine).run();

class Planner {
  readonly #cycle: Cycle;
  readonly #machine: Machine;
  readonly #steps = new Set<number>();
  readonly #words: Form[] = [];

  constructor(cycle: Cycle, machine: Machine) {
    this.#cycle = cycle;
    this.#machine = machine;
  }

  run(): LoopPlan | undefined {
    const bounds: Bound[] = [];
    for (const test of this.#cycle.tests) {
      const bound = this.#bound(test);
      if (bound === undefined) return undefined;
      bounds.push(bound);
    }
    if (bounds.length === 0) return undefined;
    const groups = this.#groups(this.#cycle.accesses);
    if (groups === undefined) return undefined;
    return { cycle: this.#cycle, bounds, groups, steps: [...this.#steps], words: this.#words };
  }

  #isInvariant(register: number): boolean {
    const final = this.#cycle.finals[register];
    return final !== undefined && registerOf(final) === register;
  }

  /** How a form moves per iteration: as low 32 bits, or as a whole; undefined when that is no step. */
  #stepOf({ summands, slack, exact }: Form, whole: boolean): Step | undefined {
    if (exact === EXACT.high || (whole && slack > 0)) return undefined;
    let constant = 0;
    let register = -1;
    let factor = 0;
    for (const summand of summands) {
      const final = this.#cycle.finals[summand.register];
      if (final === undefined || final.slack > 0 || final.exact === EXACT.high) return undefined;
      if (whole && final.exact !== EXACT.whole) return undefined;
      let itself = false;
      for (const part of final.summands) {
        if (part.register === summand.register) {
          if (part.factor !== 1) return undefined;
          itself = true;
        } else {
          if (!this.#isInvariant(part.register) || (register >= 0 && register !== part.register))
            return undefined;
          register = part.register;
          factor += summand.factor * part.factor;
        }
      }
      if (!itself) return undefined;
      constant += summand.factor * final.constant;
    }
    if (register < 0 || factor === 0) {
      return Math.abs(constant) > LARGEST_STEP ? undefined : { register: -1, factor: constant };
    }
    if (constant !== 0 || Math.abs(factor) > LARGEST_FACTOR) return undefined;
    this.#steps.add(register);
    return { register, factor };
  }

  #bound({ comparison, p, q, stays }: CycleTest): Bound | undefined {
    if (p.slack > 0 || q.slack > 0) return undefined;
    let word = true;
    let byP: Step | undefined;
    let byQ: Step | undefined;
    if (this.#machine.width === 64) {
      byP = this.#wholeStep(p);
      byQ = this.#wholeStep(q);
      word = byP === undefined || byQ === undefined;
      if (word && !(this.#mayBeWord(p) && this.#mayBeWord(q))) return undefined;
    }
    if (word) {
      byP = this.#stepOf(p, false);
      byQ = this.#stepOf(q, false);
    }
    if (byP === undefined || byQ === undefined) return undefined;
    const goesOn = stays ? comparison : (OPPOSITES[comparison] as number);
    if (goesOn === TERM.eq) return undefined;
    // Whether p comes nearer to q from below (1), or from above (-1).
    let approach: number;
    let step: Step;
    if (byQ.factor === 0) {
      approach = Math.sign(byP.factor);
      step = byP;
    } else if (byP.factor === 0) {
      approach = -Math.sign(byQ.factor);
      step = byQ;
    } else {
      if (goesOn !== TERM.ne || byP.register >= 0 || byQ.register >= 0) return undefined;
      step = { register: -1, factor: byP.factor - byQ.factor };
      approach = Math.sign(step.factor);
      if (approach === 0 || Math.abs(step.factor) > LARGEST_STEP) return undefined;
    }
    if (approach === 0) return undefined;
    const below = goesOn === TERM.lt || goesOn === TERM.ltu;
    if (goesOn !== TERM.ne && below !== approach > 0) return undefined;
    return {
      larger: approach > 0 ? q : p,
      smaller: approach > 0 ? p : q,
      strict: goesOn === TERM.ne || below,
      order:
        goesOn === TERM.ne ? 'equality' : goesOn === TERM.lt || goesOn === TERM.ge ? 'signed' : 'unsigned',
      word,
      step: { register: step.register, factor: Math.abs(step.factor) },
    };
  }

  /** The step of a value as wide as registers. A word that does not move is such a value as well. */
  #wholeStep(form: Form): Step | undefined {
    if (form.exact === EXACT.whole) return this.#stepOf(form, true);
    if (form.exact !== EXACT.word) return undefined;
    return this.#stepOf(form, false)?.factor === 0 ? NO_STEP : undefined;
  }

  /** Whether a value is a word whenever it is compared, if need be after a look at it before the loop. */
  #mayBeWord(form: Form): boolean {
    if (form.exact === EXACT.word) return true;
    if (form.exact !== EXACT.whole) return false;
    if (form.summands.length === 0) return true;
    const register = registerOf(form);
    const becomesWord = register >= 0 && this.#cycle.finals[register]?.exact === EXACT.word;
    if (!becomesWord && !form.summands.every((summand) => this.#isInvariant(summand.register))) return false;
    this.#words.push(form);
    return true;
  }

  #groups(accesses: readonly CycleAccess[]): AddressGroup[] | undefined {
    const groups: { low: Form; from: number; to: number; step: Step | undefined; writes: boolean }[] = [];
    for (const { address, bytes, store } of accesses) {
      const step = this.#stepOf(address, false);
      if (step === undefined) return undefined;
      const span = bytes + address.slack;
      let known = false;
      for (const group of groups) {
        if (!hasSameSummands(group.low, address)) continue;
        const from = (address.constant - group.low.constant) | 0;
        const low = Math.min(from, group.from);
        const high = Math.max(from + span, group.to);
        if (high - low > WIDEST_GROUP) continue;
        group.from = low;
        group.to = high;
        group.writes ||= store;
        known = true;
        break;
      }
      if (!known) {
        groups.push({
          low: address,
          from: 0,
          to: span,
          step: step.factor === 0 ? undefined : step,
          writes: store,
        });
      }
    }
    return groups.map(({ low, from, to, step, writes }) => ({
      first: { ...low, constant: (low.constant + from) | 0, slack: 0, exact: EXACT.low },
      span: to - from,
      step,
      writes,
    }));
  }
}
