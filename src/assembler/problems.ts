import { RiscboxError } from '../core/error.ts';

/** How many problems a message spells out; `detail.problems` has them all. */
const SPELLED_OUT = 20;

/** The assembler gives up here: the file is something else than assembly. */
const KEPT = 1000;

/** The problems of one text, in the order of its lines. */
export class Problems {
  readonly #found: RiscboxError[] = [];

  get isFull(): boolean {
    return this.#found.length >= KEPT;
  }

  get isEmpty(): boolean {
    return this.#found.length === 0;
  }

  add(problem: RiscboxError): void {
    if (!this.isFull) this.#found.push(problem);
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

  /**
   * Throws when there is any problem: the only one as it is; of several, an error with the code and fields of the
   * first, the messages of all, and `detail.problems` with code, message and detail of each.
   */
  check(): void {
    const [first] = this.#found;
    if (first === undefined) return;
    if (this.#found.length === 1) throw first;
    const shown = this.#found.slice(0, SPELLED_OUT).map(({ message }) => message);
    const rest = this.#found.length - shown.length;
    const more =
      rest > 0 ? [`and ${this.isFull ? 'at least ' : ''}${rest} more problems (see detail.problems)`] : [];
    throw new RiscboxError(first.code, [...shown, ...more].join('\n'), {
      ...first.detail,
      count: this.#found.length,
      problems: this.#found.map(({ code, message, detail }) => ({ code, message, detail })),
    });
  }
}
