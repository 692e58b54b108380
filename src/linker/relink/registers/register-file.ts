import { operation } from '../../../isa/table.ts';
import { GraphInstruction } from '../graph/instruction.ts';
import { GRAPH_REGISTERS } from '../graph/registers.ts';
import type { Future } from './future.ts';
import { NEVER } from './future.ts';
import type { Homes } from './homes.ts';
import type { SpillSlots } from './spill-slots.ts';

const MOVE = operation('move_reg');

/** Sets of native registers, bit n for register n. */
export type NativeSet = number;

/** A number of instructions so large that no register is chosen for it while there is another. */
const NEVER_CHOSEN = 1e9;

/**
 * Where the values of graph registers are at one point of a block, and the code that moves them.
 *
 * A graph register with a home is nowhere but in its home or its slot; one without may be in any native register.
 */
export class RegisterFile {
  /** Instructions of the block as they are now. */
  code: GraphInstruction[] = [];
  /** Index of the instruction that code is made for, and its address. */
  position = 0;
  origin = -1;
  /** By graph register: the native register that holds its value; 0 for none. */
  readonly at: Uint8Array = new Uint8Array(GRAPH_REGISTERS);
  /** By native register: the graph register whose value it holds; 0 for none. */
  readonly holds: Uint8Array = new Uint8Array(16);
  /** By graph register: its slot holds its value. */
  readonly #saved: Uint8Array = new Uint8Array(GRAPH_REGISTERS);
  /** The homes that hold at this point. */
  homes: Homes;
  readonly future: Future;
  readonly #slots: SpillSlots;
  moves = 0;

  constructor(homes: Homes, future: Future, slots: SpillSlots) {
    this.homes = homes;
    this.future = future;
    this.#slots = slots;
  }

  /** The beginning of a block: what is live is in its home, a native register or a slot. */
  start(homes: Homes): void {
    this.homes = homes;
    this.code = [];
    this.position = 0;
    this.at.fill(0);
    this.holds.fill(0);
    this.#saved.fill(0);
    for (let register = 1; register < GRAPH_REGISTERS; register++) {
      if (!this.isNeeded(register)) continue;
      const home = this.homes.of(register);
      if (home !== 0) this.bind(register, home);
      else this.#saved[register] = 1;
    }
  }

  isNeeded(register: number): boolean {
    return this.future.next[register] !== NEVER;
  }

  isSaved(register: number): boolean {
    return this.#saved[register] === 1;
  }

  /** Notes that a native register holds a graph register's value. */
  bind(register: number, native: number): void {
    this.drop(register);
    const former = this.holds[native] as number;
    if (former !== 0) this.at[former] = 0;
    this.at[register] = native;
    this.holds[native] = register;
  }

  /** The graph register's value is in no native register any more. */
  drop(register: number): void {
    const native = this.at[register] as number;
    if (native === 0) return;
    this.holds[native] = 0;
    this.at[register] = 0;
  }

  /** A native register gets a new value for a graph register. */
  define(register: number, native: number): void {
    this.bind(register, native);
    this.#saved[register] = 0;
  }

  /** Makes sure that the slot has the value of a register that is somewhere. */
  save(register: number): void {
    if (this.#saved[register] === 1) return;
    this.code.push(this.#slots.store(register, this.at[register] as number, this.origin));
    this.#saved[register] = 1;
  }

  /** A native register's value is written to a graph register's slot; the graph register is nowhere else. */
  saveFrom(register: number, native: number): void {
    this.drop(register);
    this.code.push(this.#slots.store(register, native, this.origin));
    this.#saved[register] = 1;
  }

  saveConstant(register: number, value: number, link: GraphInstruction['xLink']): void {
    this.drop(register);
    this.code.push(this.#slots.storeConstant(register, value, link, this.origin));
    this.#saved[register] = 1;
  }

  /** Loads a slot into a native register and leaves it to the caller to note whose value that is. */
  fetch(register: number, native: number): void {
    this.code.push(this.#slots.load(register, native, this.origin));
  }

  copy(from: number, to: number): void {
    this.moves++;
    this.code.push(new GraphInstruction(MOVE, this.origin, to, from));
  }

  /** Empties a native register; what it held is in its slot then, if it is needed. */
  evict(native: number): void {
    const register = this.holds[native] as number;
    if (register === 0) return;
    if (this.isNeeded(register)) this.save(register);
    this.drop(register);
  }

  /** Empties a native register; what it held goes to a free one outside of `excluded` if that is of use. */
  vacate(native: number, excluded: NativeSet): void {
    const register = this.holds[native] as number;
    const isUsedHere = (this.future.next[register] as number) <= this.future.end;
    if (register !== 0 && this.homes.of(register) === 0 && isUsedHere) {
      const other = this.free(register, excluded | (1 << native));
      if (other !== 0) {
        this.copy(native, other);
        this.bind(register, other);
        return;
      }
    }
    this.evict(native);
  }

  /** Brings a graph register to its home. */
  bringHome(register: number, excluded: NativeSet): void {
    const home = this.homes.of(register);
    if (this.at[register] === home) return;
    this.vacate(home, excluded);
    const present = this.at[register] as number;
    if (present === 0) this.fetch(register, home);
    else this.copy(present, home);
    this.bind(register, home);
  }

  /** Goes over to other homes: registers that are live go there, the others stay where they are. */
  settle(homes: Homes, live: readonly number[]): void {
    this.homes = homes;
    for (const register of live) {
      if (homes.of(register) === 0 && this.at[register] !== 0) this.save(register);
    }
    const moving = live.filter((register) => homes.of(register) !== 0 && this.at[register] !== 0);
    // Whose new home is empty goes first, which may empty another one's. What is left then goes round in circles.
    for (let isMoving = true; isMoving; ) {
      isMoving = false;
      for (const register of moving) {
        const home = homes.of(register);
        if (this.at[register] === home || this.#isInUse(home)) continue;
        this.bringHome(register, 0);
        isMoving = true;
      }
    }
    for (const register of live) if (homes.of(register) !== 0) this.bringHome(register, 0);
  }

  #isInUse(native: number): boolean {
    const register = this.holds[native] as number;
    return register !== 0 && this.#isLostBy(register);
  }

  /** Brings a graph register without a home to some native register outside of `excluded`. */
  bringAnywhere(register: number, excluded: NativeSet): void {
    if (this.at[register] !== 0) return;
    const native = this.choose(register, excluded);
    this.evict(native);
    this.fetch(register, native);
    this.bind(register, native);
  }

  /** A native register for a graph register without a home: the one that costs least. */
  choose(register: number, excluded: NativeSet): number {
    let best = 0;
    let least = NEVER_CHOSEN;
    for (const native of this.homes.natives) {
      if (((excluded >>> native) & 1) === 1) continue;
      const cost = this.#lossOf(native) + this.#conflictOf(native, register);
      if (cost >= least) continue;
      best = native;
      least = cost;
    }
    return best;
  }

  /** As `choose`, of registers only that hold nothing that would have to be fetched again; 0 when there is none. */
  free(register: number, excluded: NativeSet): number {
    let taken = excluded;
    for (const native of this.homes.natives) {
      if (this.#isInUse(native)) taken |= 1 << native;
    }
    return this.choose(register, taken);
  }

  /** True when taking a value's native register away costs something. */
  #isLostBy(register: number): boolean {
    if (!this.isNeeded(register)) return false;
    const isForLater = this.homes.of(register) === 0 && this.future.next[register] === this.future.end + 1;
    return !isForLater || !this.isSaved(register);
  }

  /**
   * What it costs to take a native register from what it holds, in memory accesses per instruction that it is free
   * for then.
   */
  #lossOf(native: number): number {
    const register = this.holds[native] as number;
    if (register === 0 || !this.isNeeded(register)) return 0;
    const next = this.future.next[register] as number;
    const isForLater = this.homes.of(register) === 0 && next > this.future.end;
    // What goes to its slot at the end of the block anyway may go there now.
    const saving = this.isSaved(register) || isForLater ? 0 : 1;
    return (saving + (isForLater ? 0 : 1)) / Math.max(1, next - this.position);
  }

  /** What it costs that a native register is claimed by whose home it is before a value is done with. */
  #conflictOf(native: number, register: number): number {
    const owner = this.homes.ownerOf(native);
    if (owner === 0 || (this.holds[native] === owner && this.isNeeded(owner))) return 0;
    const claimed = this.future.touch[owner] as number;
    return claimed <= (this.future.last[register] as number) ? 1 / Math.max(1, claimed - this.position) : 0;
  }
}
