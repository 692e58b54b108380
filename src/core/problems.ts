import { withAdviceOnce } from './advice.ts';
import { RiscboxError } from './error.ts';

/** How many problems a message spells out; `detail.problems` has them all. */
const SPELLED_OUT = 20;

/** Problems beyond this are counted only: a broken file can have one per instruction, and a text one per line. */
const KEPT = 1000;

/**
 * Collects the problems of one step over a file or text, so that somebody who corrects it sees all of a kind at once
 * and not one per attempt.
 */
export class Problems {
  readonly #order: 'alike-first' | 'as-found';
  readonly #found: RiscboxError[] = [];
  #count = 0;

  /** @param order of messages: those with the first one's code before the others, or as lines of a text have them */
  constructor(order: 'alike-first' | 'as-found' = 'alike-first') {
    this.#order = order;
  }

  add(problem: RiscboxError): void {
    this.#count++;
    if (this.#found.length < KEPT) this.#found.push(problem);
  }

  /** Runs a step; a riscbox error that it throws becomes one of the problems. */
  attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (!(error instanceof RiscboxError)) throw error;
      this.add(error);
    }
  }

  /** So many that nobody reads more: whoever looks for them may stop. */
  get isFull(): boolean {
    return this.#count >= KEPT;
  }

  /**
   * Throws when there is any problem: the only one as it is; of several, an error with code and fields of the first
   * one, the messages of all, and `detail.problems` with code, message and detail of each.
   */
  check(): void {
    const [first] = this.#found;
    if (first === undefined) return;
    if (this.#count === 1) throw first;
    const shown = this.#shown(first).map(({ message }) => message);
    const rest = this.#count - shown.length;
    const number = `${this.#count === KEPT ? 'at least ' : ''}${rest}`;
    const more = `and ${number} more ${rest === 1 ? 'problem' : 'problems'} (see detail.problems)`;
    const lines = [...withAdviceOnce(shown), ...(rest > 0 ? [more] : [])];
    throw new RiscboxError(first.code, lines.join('\n'), {
      ...first.detail,
      count: this.#count,
      problems: this.#found.map(({ code, message, detail }) => ({ code, message, detail })),
    });
  }

  #shown(first: RiscboxError): readonly RiscboxError[] {
    if (this.#order === 'as-found') return this.#found.slice(0, SPELLED_OUT);
    const alike = this.#found.filter(({ code }) => code === first.code);
    const others = this.#found.filter(({ code }) => code !== first.code);
    // Some of each kind are told, however many of the first there are.
    const told = Math.max(SPELLED_OUT - others.length, SPELLED_OUT / 2);
    return [...alike.slice(0, told), ...others].slice(0, SPELLED_OUT);
  }
}
