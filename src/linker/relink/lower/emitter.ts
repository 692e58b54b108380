import { operation } from '../../../isa/table.ts';
import { GraphInstruction } from '../graph/instruction.ts';
import type { Link } from '../graph/link.ts';
import { FIRST_TEMPORARY } from '../graph/registers.ts';

const LOAD_IMM = operation('load_imm');
const LOAD_IMM_64 = operation('load_imm64');
const MOVE = operation('move_reg');

/** Takes the operations that one RISC-V instruction after another becomes. */
export class Emitter {
  instructions: GraphInstruction[] = [];
  /** ELF address of the instruction that is being lowered. */
  origin = 0;
  #temporary: number = FIRST_TEMPORARY;

  /** Begins with another instruction: all temporaries are free. */
  begin(origin: number): void {
    this.origin = origin;
    this.#temporary = FIRST_TEMPORARY;
  }

  /** A temporary that nothing else of this instruction uses. */
  temporary(): number {
    return this.#temporary++;
  }

  /** Temporaries from this one on are free. */
  get freeTemporary(): number {
    return this.#temporary;
  }

  add(op: number, a = 0, b = 0, c = 0, x = 0, y = 0, xLink?: Link): void {
    this.instructions.push(new GraphInstruction(op, this.origin, a, b, c, x, y, xLink));
  }

  addAll(instructions: readonly GraphInstruction[]): void {
    for (const instruction of instructions) this.instructions.push(instruction);
  }

  move(to: number, from: number): void {
    if (to !== from) this.add(MOVE, to, from);
  }

  /** `to` = a number, or an address plus a number. */
  load(to: number, value: number, link?: Link): void {
    if (link === undefined && value !== (value | 0)) {
      this.add(LOAD_IMM_64, to, 0, 0, value | 0, Math.floor(value / 2 ** 32) | 0);
    } else this.add(LOAD_IMM, to, 0, 0, value | 0, 0, link);
  }
}
