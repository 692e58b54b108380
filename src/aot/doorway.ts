import { IMPORTS } from '../jit/wasm/imports.ts';
import type { GuestMemory } from '../memory/guest-memory.ts';
import type { HomeSource } from '../memory/linear-home.ts';
import { EXIT_CELL } from '../memory/linear-layout.ts';
import { fail } from './errors.ts';
import type { Contents } from './sections.ts';

/** A program's translation, as its instances share it. */
export interface Translated {
  readonly facts: Contents['facts'];
  readonly places: Contents['places'];
  readonly module: WebAssembly.Module;
  readonly pool: HomeSource;
}

/** The translated code on one WebAssembly memory. Stays with that memory when instances come and go. */
export class Doorway {
  readonly translated: Translated;
  /** Answers translated code, for the site with a number; 0: go on, 1: leave. Set by the execution that enters. */
  servant: (site: number) => number = () => 1;
  /** What the servant throws is not the code's. */
  #inServant = false;
  readonly #words: () => Int32Array;
  readonly #enter: (slot: number, depth: number) => number;

  constructor(translated: Translated, { memory }: { readonly memory: WebAssembly.Memory }) {
    this.translated = translated;
    const table = new WebAssembly.Table({ element: 'anyfunc', initial: translated.facts.tableSize });
    let words = new Int32Array(memory.buffer);
    this.#words = () => {
      if (words.length === 0) words = new Int32Array(memory.buffer);
      return words;
    };
    const imports = {
      [IMPORTS.memory]: memory,
      [IMPORTS.table]: table,
      [IMPORTS.servant]: (site: number): number => {
        this.#inServant = true;
        const answer = this.servant(site);
        this.#inServant = false;
        return answer;
      },
    };
    try {
      const { exports } = new WebAssembly.Instance(translated.module, { [IMPORTS.module]: imports });
      this.#enter = exports.enter as (slot: number, depth: number) => number;
    } catch (cause) {
      throw damaged(cause);
    }
  }

  /** Goes on at an entry of the list of places; gives a code address as `Enter` does. */
  enter(entry: number, depth: number): number {
    const { places } = this.translated;
    this.#words()[EXIT_CELL / 4] = places.selectorOf(entry);
    try {
      return this.#enter(places.slotOf(entry), depth);
    } catch (error) {
      if (this.#inServant) this.#inServant = false;
      else if (error instanceof WebAssembly.RuntimeError) throw damaged(error);
      throw error;
    }
  }

  /** All code is there from the beginning. */
  update(): void {}
}

const damaged = (cause: unknown): Error => fail('aot/format', { problem: 'its code is damaged' }, { cause });

/** The doorway to an instance's memory, which becomes a WebAssembly memory. Throws aot/memory, aot/format. */
export const doorwayTo = (translated: Translated, memory: GuestMemory): Doorway => {
  const promoted = memory.promote(translated.pool, translated.facts.tierBytes);
  const home = memory.linear;
  if (!promoted || home === undefined) throw fail('aot/memory', {});
  const known = home.attachment;
  if (known instanceof Doorway && known.translated === translated) return known;
  const doorway = new Doorway(translated, home);
  home.attachment = doorway;
  return doorway;
};
