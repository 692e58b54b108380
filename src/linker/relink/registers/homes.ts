import { GRAPH_REGISTERS } from '../graph/registers.ts';

/** Native registers, those first that calls between host and guest use last. */
const NATIVES: readonly number[] = [7, 6, 5, 15, 14, 13, 12, 11, 10, 9, 8, 1, 2];
export const NATIVE_COUNT: number = NATIVES.length;

/**
 * Native registers that are nobody's home as soon as anything that is used lives in memory: two, because a branch
 * reads two registers and may not disturb a home.
 */
export const SCRATCH = 2;

/** Which graph registers live in which native register where blocks meet; all others live in slots. */
export class Homes {
  readonly #homes = new Uint8Array(GRAPH_REGISTERS);
  readonly #owners = new Uint8Array(16);
  /** All native registers, in the order in which they are tried for values without a home. */
  readonly natives: readonly number[];

  /** @param homes pairs of a graph register and a native register */
  constructor(homes: Iterable<readonly [register: number, native: number]>) {
    for (const [register, native] of homes) {
      this.#homes[register] = native;
      this.#owners[native] = register;
    }
    const isOwned = (native: number): boolean => this.ownerOf(native) !== 0;
    this.natives = [...NATIVES.filter((native) => !isOwned(native)), ...NATIVES.filter(isOwned)];
  }

  /** The native register in which a graph register lives; 0 for one that lives in its slot. */
  of(register: number): number {
    return this.#homes[register] as number;
  }

  /** The graph register that lives in a native register; 0 for none. */
  ownerOf(native: number): number {
    return this.#owners[native] as number;
  }
}

/** Each native register is its own home: programs of 13 registers. */
export const nativeHomes = (): Homes => new Homes(NATIVES.map((native) => [native, native]));
