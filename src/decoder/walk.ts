import { INVALID, mayContinue } from '../isa/table.ts';
import { Instruction } from './instruction.ts';
import type { PolkaVmDecoder } from './polkavm.ts';

/**
 * Steps through all code of a PolkaVM program in the order of addresses, whether or not control can get there:
 * what listings, statistics and validation look at.
 *
 *     const walk = new CodeWalk(decoder);
 *     while (walk.next()) use(walk.offset, walk.instruction);
 *
 * Bytes in front of the first instruction are one invalid instruction. When the last instruction can be left at
 * its end, the implicit invalid instruction there comes too: one byte long, behind the code.
 */
export class CodeWalk {
  /** Code offset of `instruction`. */
  offset = 0;
  /** Overwritten by every step. */
  readonly instruction: Instruction = new Instruction();
  readonly #decoder: PolkaVmDecoder;
  #following = 0;
  #runsOff = false;

  constructor(decoder: PolkaVmDecoder) {
    this.#decoder = decoder;
  }

  /** Goes to the next instruction; false behind the last. */
  next(): boolean {
    const { instruction } = this;
    this.offset = this.#following;
    if (this.#runsOff) {
      instruction.op = INVALID;
      instruction.length = 1;
      this.#runsOff = false;
    } else {
      if (this.offset >= this.#decoder.code.length) return false;
      this.#decoder.decode(this.offset, instruction);
      if (!this.#decoder.isStart(this.offset)) instruction.op = INVALID;
      this.#runsOff = instruction.isLast && mayContinue(instruction.op);
    }
    this.#following = this.offset + instruction.length;
    return true;
  }
}
