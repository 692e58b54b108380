import { RiscboxError } from '../../core/error.ts';

/** Notes beyond this are counted only: a broken file can have one per unit. */
const KEPT = 20;

/**
 * Collects what could not be read. Programs link without debug information, so that a broken part of it is left out
 * and said, not thrown.
 */
export class Notes {
  readonly #texts = new Set<string>();
  #more = 0;

  #add(text: string): void {
    if (this.#texts.has(text)) return;
    if (this.#texts.size < KEPT) this.#texts.add(text);
    else this.#more++;
  }

  /** Runs `work`; a RiscboxError becomes a note. True when there was none. */
  guard(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      if (!(error instanceof RiscboxError)) throw error;
      this.#add(`debug information left out: ${error.message}`);
      return false;
    }
  }

  get texts(): readonly string[] {
    const more = this.#more > 0 ? [`and ${this.#more} more notes about debug information`] : [];
    return [...this.#texts, ...more];
  }
}
