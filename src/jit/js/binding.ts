import type { GuestMemory } from '../../memory/guest-memory.ts';
import { type Environment, type GuestFunction, withArithmetic } from './environment.ts';
import { evaluate } from './evaluate.ts';
import type { Library, TranslatedUnit } from './library.ts';

/** What a binding shares with the execution that it is for. */
export interface Gear {
  readonly memory: GuestMemory;
  /** N of the environment. */
  readonly counter: Int32Array | Float64Array;
  readonly servant: (site: number) => number;
}

/**
 * The translated code of one program on one buffer of an instance. Another buffer needs another binding.
 *
 * Functions of the text that has been evaluated once for all bindings share what V8 has learnt and optimised, so they are
 * fast at once, but they take their buffer from their scope. Of text evaluated for one binding alone V8 makes code
 * with the buffer's address in it, which is two to three times as fast and begins from nothing.
 */
export class Binding {
  readonly library: Library;
  readonly buffer: ArrayBuffer;
  readonly table: GuestFunction[] = [];
  readonly #gear: Gear;
  readonly #view: DataView;
  /** The text is evaluated for this binding alone. */
  readonly own: boolean;
  #units = 0;

  constructor(library: Library, gear: Gear, own: boolean) {
    this.library = library;
    this.#gear = gear;
    this.own = own;
    this.buffer = gear.memory.buffer;
    this.#view = new DataView(this.buffer);
  }

  /** Brings in what the library has translated since the last time. */
  update(): void {
    const { library, table } = this;
    const { units, entries, stubs } = library;
    const { counter } = this.#gear;
    for (let slot = table.length; slot < entries.length; slot++) {
      const way = stubs[slot] as number;
      table.push(() => {
        counter[1] = way;
        return -1;
      });
    }
    for (; this.#units < units.length; this.#units++) {
      const unit = units[this.#units] as TranslatedUnit;
      // Most of what was translated for other instances, or before the memory grew, is not called again.
      for (const slot of unit.slots) {
        table[slot] = (depth) => {
          this.#define(unit);
          return (table[slot] as GuestFunction)(depth);
        };
      }
    }
  }

  #define(unit: TranslatedUnit): void {
    const { memory, counter, servant } = this.#gear;
    const define = this.own ? evaluate<Environment>(unit.text) : unit.define();
    define(withArithmetic({
      W: memory.words,
      H: memory.halves,
      B: memory.bytes,
      V: this.#view,
      R: memory.rights,
      Z: memory.size,
      N: counter,
      J: unit.tables,
      A: this.library.slotsByAddress,
      T: this.table,
      M: memory,
      s: servant,
    }));
  }
}
