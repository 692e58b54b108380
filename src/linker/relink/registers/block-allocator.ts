import { operation } from '../../../isa/table.ts';
import { definesA, usesOf } from '../../../isa/term.ts';
import { Block, type End } from '../graph/block.ts';
import type { GraphInstruction } from '../graph/instruction.ts';
import type { Liveness } from '../graph/liveness.ts';
import { endWrites, isPure } from '../graph/register-use.ts';
import type { Where } from '../location.ts';
import { endReadsOf, registersIn } from './accesses.ts';
import type { HomePlan } from './choose-homes.ts';
import { fail } from './errors.ts';
import { FixedOperands } from './fixed-operands.ts';
import { Future } from './future.ts';
import type { Homes } from './homes.ts';
import { type NativeSet, RegisterFile } from './register-file.ts';
import type { SpillSlots } from './spill-slots.ts';

const MOVE = operation('move_reg');
const LOAD_IMMEDIATE = operation('load_imm');

/**
 * Gives native registers to a block's instructions, from its first to its last: a value stays in a register until
 * another one is worth more there. At both ends of the block all that is needed is in its home.
 */
export class BlockAllocator {
  readonly #plan: HomePlan;
  readonly #liveness: Liveness;
  readonly #future = new Future();
  readonly #file: RegisterFile;
  readonly #fixed: FixedOperands;
  readonly #placeOf: (address: number) => Where;

  /**
   * @param numberRegister the graph register with the number of an environment call
   * @param placeOf names the place of an ELF address, for messages
   */
  constructor(
    plan: HomePlan,
    liveness: Liveness,
    slots: SpillSlots,
    numberRegister: number,
    placeOf: (address: number) => Where,
  ) {
    this.#plan = plan;
    this.#placeOf = placeOf;
    this.#liveness = liveness;
    this.#file = new RegisterFile(plan.common, this.#future, slots);
    this.#fixed = new FixedOperands(this.#file, numberRegister);
  }

  /** Moves between registers that were inserted so far. */
  get moves(): number {
    return this.#file.moves;
  }

  run(block: Block): void {
    const file = this.#file;
    const lost = endWrites(block.end);
    const liveAfter = this.#liveness.liveAfter(block);
    this.#future.start(block, liveAfter, lost);
    file.start(this.#plan.of(block));
    for (const [position, instruction] of block.instructions.entries()) {
      file.position = position;
      file.origin = instruction.origin;
      if (FixedOperands.has(instruction)) this.#fixed.place(instruction, position);
      else this.#instruction(instruction, position);
    }
    file.position = block.instructions.length;
    file.origin = block.end.origin;
    file.settle(this.#homesBehind(block), registersIn(liveAfter & ~lost, 0));
    block.end = this.#end(block.end);
    block.instructions = file.code;
  }

  /** What takes values from the homes of a block, where an end left them, to those of a block that it leads to. */
  edge(from: Block, to: Block): GraphInstruction[] {
    const live = this.#liveness.liveIn(to);
    const nothing = new Block(-1, -1, { kind: 'jump', target: to, origin: from.end.origin });
    this.#future.start(nothing, live, 0);
    this.#file.start(this.#plan.of(from));
    this.#file.origin = from.end.origin;
    this.#file.settle(this.#plan.of(to), registersIn(live, 0));
    return this.#file.code;
  }

  /** A branch keeps its block's homes, since its operands are in them; its edges are the business of others. */
  #homesBehind(block: Block): Homes {
    const { end } = block;
    switch (end.kind) {
      case 'jump':
      case 'call':
        return this.#plan.of(end.target);
      case 'jump-indirect':
      case 'call-indirect':
        return this.#plan.common;
      default:
        return this.#plan.of(block);
    }
  }

  #instruction(instruction: GraphInstruction, position: number): void {
    const { op, a: defined } = instruction;
    const defines = definesA(op);
    if (defines && this.#intoSlot(instruction, position)) return;
    if (op === MOVE && this.#fromSlot(instruction, position)) return;
    const { reads } = this.#future.accesses[position] as { reads: readonly number[] };
    const sources = this.#bring(reads);
    const uses = usesOf(op);
    const { at } = this.#file;
    if ((uses & 2) !== 0) instruction.b = at[instruction.b] as number;
    if ((uses & 4) !== 0) instruction.c = at[instruction.c] as number;
    if ((uses & 1) !== 0) instruction.a = at[defined] as number;
    this.#future.advance(position);
    if (defines) {
      if (isPure(instruction) && !this.#file.isNeeded(defined) && this.#file.homes.of(defined) === 0) return;
      instruction.a = (uses & 1) !== 0 ? instruction.a : this.#destination(defined, sources);
      this.#file.define(defined, instruction.a);
    }
    if (op !== MOVE || instruction.a !== instruction.b) this.#file.code.push(instruction);
  }

  /** Has values in native registers, all at once; answers which. */
  #bring(registers: readonly number[]): NativeSet {
    const file = this.#file;
    const pinned = (): NativeSet =>
      registers.reduce((set, register) => {
        const native = file.at[register] as number;
        return native === 0 ? set : set | (1 << native);
      }, 0);
    // Homes first: whoever is in the way makes room and can go anywhere.
    for (const register of registers) {
      if (this.#file.homes.of(register) !== 0) file.bringHome(register, pinned());
    }
    for (const register of registers) {
      if (this.#file.homes.of(register) === 0) file.bringAnywhere(register, pinned());
    }
    return pinned();
  }

  /** A native register for a new value. Code in front of the instruction must leave `sources` alone. */
  #destination(register: number, sources: NativeSet): number {
    const file = this.#file;
    const home = this.#file.homes.of(register);
    if (home !== 0) {
      if (file.holds[home] !== register) file.vacate(home, sources);
      return home;
    }
    const present = file.at[register] as number;
    if (present !== 0) return present;
    const native = file.choose(register, 0);
    file.evict(native);
    return native;
  }

  /** Moves and constants that are only needed behind the block go to the slot without a register of their own. */
  #intoSlot(instruction: GraphInstruction, position: number): boolean {
    const { op, a, b, x, xLink } = instruction;
    if ((op !== MOVE && op !== LOAD_IMMEDIATE) || this.#file.homes.of(a) !== 0 || a === b) return false;
    if (op === MOVE && this.#file.at[b] === 0) return false;
    const source = op === MOVE ? (this.#file.at[b] as number) : 0;
    if (!this.#isForLater(a, position)) return false;
    this.#future.advance(position);
    if (op === MOVE) this.#file.saveFrom(a, source);
    else this.#file.saveConstant(a, x, xLink);
    return true;
  }

  /** True when what the instruction at a position writes is read behind the block and nowhere in it. */
  #isForLater(register: number, position: number): boolean {
    const { end } = this.#future;
    return this.#future.nextBehind(position, register) === end + 1;
  }

  /** A move from a slot to where the value is wanted is a load, when the slot's register is not read again. */
  #fromSlot(instruction: GraphInstruction, position: number): boolean {
    const { a, b } = instruction;
    const file = this.#file;
    if (a === b || this.#file.homes.of(b) !== 0 || file.at[b] !== 0) return false;
    if (this.#future.nextBehind(position, b) <= this.#future.end) return false;
    this.#future.advance(position);
    if (!file.isNeeded(a) && this.#file.homes.of(a) === 0) return true;
    const native = this.#destination(a, 0);
    file.fetch(b, native);
    file.define(a, native);
    return true;
  }

  /** The end's own operands go to native registers that nobody needs behind it. */
  #end(end: End): End {
    const file = this.#file;
    const reads = endReadsOf(end);
    for (const register of reads) if (file.homes.of(register) !== 0) file.bringHome(register, 0);
    let pinned = 0;
    for (const register of reads) pinned |= 1 << (file.at[register] as number);
    for (const register of reads) {
      if (file.at[register] !== 0) continue;
      const native = file.free(register, pinned);
      if (native === 0) throw fail('link/no-free-register', { place: this.#placeOf(end.origin) });
      file.evict(native);
      file.fetch(register, native);
      file.bind(register, native);
      pinned |= 1 << native;
    }
    return this.#renamed(end);
  }

  #renamed(end: End): End {
    const { at } = this.#file;
    switch (end.kind) {
      case 'branch':
        return { ...end, a: at[end.a] as number, b: end.b === 0 ? 0 : (at[end.b] as number) };
      case 'jump-indirect':
        return { ...end, base: at[end.base] as number };
      case 'call': {
        const link = this.#link(end.link, end.back);
        if (link !== 0) return { ...end, link };
        return { kind: 'jump', target: end.target, origin: end.origin };
      }
      case 'call-indirect': {
        const base = at[end.base] as number;
        const link = this.#link(end.link, end.back);
        if (link !== 0) return { ...end, base, link };
        return { kind: 'jump-indirect', base, offset: end.offset, origin: end.origin };
      }
      default:
        return end;
    }
  }

  /** The home of a register that an end links; without one the code address goes to its slot, and 0 is answered. */
  #link(register: number, back: Block): number {
    const home = this.#file.homes.of(register);
    if (home === 0) this.#file.saveConstant(register, 0, back.link);
    return home;
  }
}

/** True when code of 13 registers has something to be changed in a block. */
export const hasTemporaries = ({ instructions, end }: Block): boolean =>
  instructions.some(({ a, b, c }) => a > 31 || b > 31 || c > 31) ||
  endReadsOf(end).some((register) => register > 31);
