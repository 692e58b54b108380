import type { RiscboxError } from '../../../core/error.ts';
import type { Block } from '../graph/block.ts';
import { GP, TP } from '../graph/registers.ts';
import type { Target } from '../input/link-input.ts';
import type { Where } from '../location.ts';
import type { CodeInstruction } from './code-instruction.ts';
import { blockAt } from './code-map.ts';
import type { DecodedSection } from './decode.ts';
import { Emitter } from './emitter.ts';
import { KnownAddresses } from './known-addresses.ts';
import { type Address, addProblem, addressOf, type LoweredProgram } from './program.ts';

/** Where lowering is: in which block of which section, what it has made, and what it knows there. */
export class Position {
  readonly program: LoweredProgram;
  readonly decoded: DecodedSection;
  readonly emitter: Emitter = new Emitter();
  readonly known: KnownAddresses = new KnownAddresses();
  block: Block;

  constructor(program: LoweredProgram, decoded: DecodedSection, block: Block) {
    this.program = program;
    this.decoded = decoded;
    this.block = block;
  }

  /** An instruction's place, for messages. */
  place({ offset }: CodeInstruction): Where {
    return this.program.input.describe(this.decoded.section, offset);
  }

  /** True when a block begins at an offset of the section. */
  isBlockStart(offset: number): boolean {
    return blockAt(this.program.code, this.decoded.section, offset) !== undefined;
  }

  /** Notes a problem of this block. */
  problem(problem: RiscboxError): void {
    addProblem(this.program, this.block, problem);
  }

  /** The address of a relocation's target. */
  address(target: Target, instruction: CodeInstruction): Address {
    return addressOf(this.program, target, this.block, () => this.place(instruction));
  }

  /** What gp or tp holds all the time, if this is one of them and it does. */
  pointer(register: number): Target | undefined {
    const { gp, tp } = this.program.pointers;
    return register === GP ? gp : register === TP ? tp : undefined;
  }

  /** The register to read instead of an operand: a temporary with the address for a gp or tp that does not change. */
  source(register: number, instruction: CodeInstruction): number {
    const pointer = this.pointer(register);
    if (pointer === undefined) return register;
    const { value, link } = this.address(pointer, instruction);
    const temporary = this.emitter.temporary();
    this.emitter.load(temporary, value, link);
    return temporary;
  }
}
