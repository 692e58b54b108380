import { withAdviceOnce } from '../../core/advice.ts';
import { RiscboxError } from '../../core/error.ts';

/** How many problems a message spells out; `detail.problems` has them all. */
const SPELLED_OUT = 20;

/** Problems beyond this are counted only: a broken file can have one per instruction. */
const KEPT = 1000;

/**
 * Collects the problems of one stage of linking, so that somebody who ports a program sees all of a kind at once and
 * not one per attempt.
 */
export class Problems {
  readonly #found: RiscboxError[] = [];
  #count = 0;

  add(problem: RiscboxError): void {
    this.#count++;
    if (this.#found.length < KEPT) this.#found.push(problem);
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** So many that nobody reads more: a stage may stop looking for them. */
  get isFull(): boolean {
    return this.#count >= KEPT;
  }

  /**
   * Throws when there is any problem: the only one as it is; of several, an error with the code of the first one, the
   * messages of all, those with the same code first, and `detail.problems` with code, message and detail of each.
   */
  check(): void {
    const [first] = this.#found;
    if (first === undefined) return;
    if (this.#count === 1) throw first;
    const alike = this.#found.filter(({ code }) => code === first.code);
    const others = this.#found.filter(({ code }) => code !== first.code);
    // Some of each kind are told, however many of the first there are.
    const told = Math.max(SPELLED_OUT - others.length, SPELLED_OUT / 2);
    const shown = [...alike.slice(0, told), ...others].slice(0, SPELLED_OUT).map(({ message }) => message);
    const rest = this.#count - shown.length;
    const more = `and ${rest} more ${rest === 1 ? 'problem' : 'problems'} (see detail.problems)`;
    const lines = [...withAdviceOnce(shown), ...(rest > 0 ? [more] : [])];
    throw new RiscboxError(first.code, lines.join('\n'), {
      ...first.detail,
      count: this.#count,
      problems: this.#found.map(({ code, message, detail }) => ({ code, message, detail })),
    });
  }
}
