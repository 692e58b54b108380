import type { Block } from '../graph/block.ts';
import type { RegisterSet } from '../graph/register-use.ts';
import { GRAPH_REGISTERS } from '../graph/registers.ts';
import { type Accesses, accessesOf, endReadsOf } from './accesses.ts';

/** Numbers that are kept per change. */
const ENTRY = 3;

/** Behind every position. */
export const NEVER: number = 2 ** 30;

/**
 * What the rest of a block does with the value that each graph register holds now. Positions are indices of
 * instructions; the end is at `end`, and what is needed behind the block at `end + 1`.
 *
 * The block is scanned backwards once, and each instruction's changes are kept on a stack, so that walking forwards
 * takes them back one by one.
 */
export class Future {
  /** Where the value is read next; NEVER when it is not needed any more. */
  readonly next: Int32Array = new Int32Array(GRAPH_REGISTERS);
  /** Where the register is read or written next. */
  readonly touch: Int32Array = new Int32Array(GRAPH_REGISTERS);
  /** Where the value is read last inside of the block; -1 when it is not. */
  readonly last: Int32Array = new Int32Array(GRAPH_REGISTERS);
  accesses: readonly Accesses[] = [];
  end = 0;
  readonly #undo: number[] = [];

  /** Starts in front of a block's first instruction. `liveAfter`: registers needed where its end leads. */
  start(block: Block, liveAfter: RegisterSet, lost: RegisterSet): void {
    const { instructions } = block;
    this.accesses = instructions.map(accessesOf);
    this.end = instructions.length;
    this.#undo.length = 0;
    for (let register = 0; register < GRAPH_REGISTERS; register++) {
      const bit = register < 32 ? 1 << register : 0;
      const isLost = (lost & bit) !== 0;
      this.next[register] = (liveAfter & bit) !== 0 && !isLost ? this.end + 1 : NEVER;
      this.touch[register] = isLost ? this.end : (this.next[register] as number);
      this.last[register] = -1;
    }
    for (const register of endReadsOf(block.end)) this.#read(register, this.end);
    for (let at = this.end - 1; at >= 0; at--) this.#retreat(at);
  }

  /** Goes on behind the instruction at the position that was reached. */
  advance(at: number): void {
    const { reads, writes } = this.accesses[at] as Accesses;
    for (let i = reads.length - 1; i >= 0; i--) this.#restore(reads[i] as number);
    for (let i = writes.length - 1; i >= 0; i--) this.#restore(writes[i] as number);
  }

  /** As `next` for a register that the instruction at the reached position touches, as it will be behind that. */
  nextBehind(at: number, register: number): number {
    const { reads, writes } = this.accesses[at] as Accesses;
    const index = [...writes, ...reads].indexOf(register);
    const back = ENTRY * (writes.length + reads.length - index);
    return this.#undo[this.#undo.length - back] as number;
  }

  /** True when the value that a register will hold behind the instruction at the reached position is read later. */
  isNeededBehind(at: number, register: number): boolean {
    const { reads, writes } = this.accesses[at] as Accesses;
    const isTouched = reads.includes(register) || writes.includes(register);
    return (isTouched ? this.nextBehind(at, register) : this.next[register]) !== NEVER;
  }

  #retreat(at: number): void {
    const { reads, writes } = this.accesses[at] as Accesses;
    for (const register of writes) {
      this.#save(register);
      this.next[register] = NEVER;
      this.touch[register] = at;
      this.last[register] = -1;
    }
    for (const register of reads) {
      this.#save(register);
      this.#read(register, at);
    }
  }

  #read(register: number, at: number): void {
    this.next[register] = at;
    this.touch[register] = at;
    if ((this.last[register] as number) < 0) this.last[register] = at;
  }

  #save(register: number): void {
    this.#undo.push(
      this.next[register] as number,
      this.touch[register] as number,
      this.last[register] as number,
    );
  }

  #restore(register: number): void {
    this.last[register] = this.#undo.pop() as number;
    this.touch[register] = this.#undo.pop() as number;
    this.next[register] = this.#undo.pop() as number;
  }
}
