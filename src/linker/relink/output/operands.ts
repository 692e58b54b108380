import { Instruction } from '../../../decoder/instruction.ts';
import { Block } from '../graph/block.ts';
import { DataSection } from '../graph/data-section.ts';
import { registerOperands } from '../graph/forms.ts';
import { Import } from '../graph/import.ts';
import type { GraphInstruction } from '../graph/instruction.ts';
import { type Link, type LinkTarget, linkedValue } from '../graph/link.ts';
import { GRAPH_REGISTER_NAMES } from '../graph/register-names.ts';
import { polkaVmRegister } from '../graph/registers.ts';

/** A slip of our own: an earlier stage left something that cannot be written. */
const slip = (what: string): Error => new Error(`the program cannot be written: ${what}`);

/** Turns instructions of the graph into those of the blob, once everything is laid out. */
export class OperandResolver {
  readonly #heapBase: number;
  /** Used again for each instruction. */
  readonly #out: Instruction = new Instruction();

  constructor(heapBase: number) {
    this.#heapBase = heapBase;
  }

  /** The instruction without its jump target; valid until the next call. */
  resolve({ op, a, b, c, x, y, xLink, yLink }: GraphInstruction): Instruction {
    const out = this.#out;
    out.op = op;
    const registers = registerOperands(op);
    if ((registers & 1) !== 0) out.a = register(a);
    if ((registers & 2) !== 0) out.b = register(b);
    if ((registers & 4) !== 0) out.c = register(c);
    out.x = xLink === undefined ? x : this.#linked(xLink, x);
    out.y = yLink === undefined ? y : this.#linked(yLink, y);
    return out;
  }

  #linked({ to, part }: Link, addend: number): number {
    return linkedValue(part, this.#numberOf(to) + addend);
  }

  #numberOf(to: LinkTarget): number {
    if (to instanceof Block) {
      if (to.jumpIndex < 0) throw slip(`b${to.id} is not marked as taken, but its address is used`);
      return to.codeAddress;
    }
    if (to instanceof DataSection) {
      if (!to.isReachable) throw slip(`section ${to.name} is left out, but its address is used`);
      return to.address;
    }
    return to instanceof Import ? to.number : this.#heapBase;
  }
}

const register = (number: number): number => {
  const found = polkaVmRegister(number);
  if (found < 0)
    throw slip(`register ${GRAPH_REGISTER_NAMES[number] ?? number} has no place among PolkaVM's 13`);
  return found;
};
