import { isSaved, valueRegisters } from './registers.ts';

/**
 * Which registers hold values that may be looked at. All others hold anything: nothing yet, an address, what a host
 * call left. Only registers that hold values are read as such, so that what a program shows depends on no address.
 */
export class RegistersInUse {
  readonly pool: readonly number[];
  #defined = new Set<number>();
  /** Registers that something goes on using, which statements must not write; true for those with addresses. */
  readonly reserved: Map<number, boolean> = new Map();

  constructor(isEmbedded: boolean) {
    this.pool = valueRegisters(isEmbedded);
  }

  isDefined(register: number): boolean {
    return this.#defined.has(register);
  }

  define(register: number): void {
    this.#defined.add(register);
  }

  forget(register: number): void {
    this.#defined.delete(register);
  }

  holdsAddress(register: number): boolean {
    return this.reserved.get(register) === true;
  }

  /** The first register from a wish on that may be written and is none of some. */
  writable(wish: number, but: readonly number[] = []): number {
    return this.#from(wish, (register) => !this.reserved.has(register) && !but.includes(register));
  }

  /** The first register from a wish on that may hold a value. */
  readable(wish: number): number {
    return this.#from(wish, (register) => !this.holdsAddress(register));
  }

  #from(wish: number, fits: (register: number) => boolean): number {
    const start = Math.max(0, this.pool.indexOf(wish));
    for (let i = 0; i < this.pool.length; i++) {
      const register = this.pool[(start + i) % this.pool.length]!;
      if (fits(register)) return register;
    }
    throw new Error('no register is left');
  }

  /** Reserved registers that a call does not keep. */
  get endangered(): readonly number[] {
    return [...this.reserved.keys()].filter((register) => !isSaved(register));
  }

  /** A copy of what is known, to be given back to `set`. */
  get state(): ReadonlySet<number> {
    return new Set(this.#defined);
  }

  set(state: ReadonlySet<number>): void {
    this.#defined = new Set(state);
  }

  /** Where two ways meet, that is known which both know. */
  meet(state: ReadonlySet<number>): void {
    this.#defined = new Set([...this.#defined].filter((register) => state.has(register)));
  }

  /** Values behind a call of a function. */
  forgetUnsaved(): void {
    for (const register of this.pool)
      if (!isSaved(register) && !this.reserved.has(register)) this.forget(register);
  }
}
