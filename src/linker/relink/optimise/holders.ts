import { immediateSize } from '../../../decoder/encode-polkavm.ts';
import { GRAPH_REGISTERS, SP } from '../graph/registers.ts';
import type { Value, Values } from './values.ts';

/**
 * Which registers hold what at one place of a block, and since when. Of registers that hold the same the oldest is
 * preferred: then copies have no readers and go.
 */
export class Holders {
  /** Values by register. */
  readonly cells: Int32Array = new Int32Array(GRAPH_REGISTERS);
  readonly #values: Values;
  readonly #since = new Int32Array(GRAPH_REGISTERS);
  readonly #registers: number;
  #now = 0;

  /** @param registers those below this number are told to others */
  constructor(values: Values, registers: number) {
    this.#values = values;
    this.#registers = registers;
  }

  /** At the beginning of a block, when `cells` are filled. */
  enter(): void {
    this.#since.fill(0);
    this.#since[SP] = -1;
    this.#now = 0;
  }

  /** A register was written. */
  written(register: number): void {
    this.#since[register] = ++this.#now;
  }

  /** The oldest register that holds what a register holds; itself when there is no older one. */
  oldest(register: number): number {
    const value = this.cells[register];
    let best = register;
    for (let r = 1; r < this.#registers; r++) {
      if (this.cells[r] === value && (this.#since[r] as number) < (this.#since[best] as number)) best = r;
    }
    return best;
  }

  /** The oldest register that holds a value; 0 for none. */
  holderOf(value: Value): number {
    for (let r = 1; r < this.#registers; r++) if (this.cells[r] === value) return this.oldest(r);
    return 0;
  }

  /** The oldest register that holds something at a 32-bit distance from a value; 0 for none. */
  relativeOf(value: Value): number {
    const root = this.#values.rootOf(value);
    let best = 0;
    for (let r = 1; r < this.#registers; r++) {
      if (this.#values.rootOf(this.cells[r] as Value) !== root) continue;
      if (best !== 0 && (this.#since[r] as number) >= (this.#since[best] as number)) continue;
      if (this.distance(value, r) !== undefined) best = r;
    }
    return best;
  }

  /** The register that holds something at the distance from a value that is encoded shortest; 0 for none. */
  nearest(value: Value): number {
    const root = this.#values.rootOf(value);
    let best = 0;
    let shortest = Number.POSITIVE_INFINITY;
    for (let r = 1; r < this.#registers; r++) {
      if (this.#values.rootOf(this.cells[r] as Value) !== root) continue;
      const distance = this.distance(value, r);
      if (distance === undefined || immediateSize(distance) >= shortest) continue;
      best = r;
      shortest = immediateSize(distance);
    }
    return best;
  }

  /** True when the first register was written before the second. */
  isOlder(register: number, than: number): boolean {
    return (this.#since[register] as number) < (this.#since[than] as number);
  }

  /** How far a value is from what a register holds, when both have one root and it is a signed 32-bit number. */
  distance(value: Value, register: number): number | undefined {
    const values = this.#values;
    const held = this.cells[register] as Value;
    if (values.rootOf(held) !== values.rootOf(value)) return undefined;
    const low = values.lowOf(value) - values.lowOf(held);
    const borrow = values.lowOf(value) >>> 0 < values.lowOf(held) >>> 0 ? 1 : 0;
    const high = (values.highOf(value) - values.highOf(held) - borrow) | 0;
    if (values.width === 64 && (low | 0) >> 31 !== high) return undefined;
    return low | 0;
  }
}
