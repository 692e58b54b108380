import type { RiscboxError } from '../../../core/error.ts';
import type { PolkaVmKind, Width } from '../../../core/kind.ts';
import { Block } from '../graph/block.ts';
import type { Import } from '../graph/import.ts';
import type { Link } from '../graph/link.ts';
import { CodeSection, type LinkInput, type Target } from '../input/link-input.ts';
import type { Where } from '../location.ts';
import type { AddressSlots } from './address-slots.ts';
import { blockAt, type CodeMap } from './code-map.ts';
import { fail } from './errors.ts';
import type { Expander } from './expand.ts';
import type { ConstantPointers } from './pointers.ts';

/** What lowering knows of the whole program, and what it finds out on the way. */
export interface LoweredProgram {
  readonly input: LinkInput;
  readonly kind: PolkaVmKind;
  readonly width: Width;
  /** The addition of a constant to a whole register. */
  readonly addition: number;
  readonly isDemoted: boolean;
  readonly code: CodeMap;
  readonly slots: AddressSlots;
  readonly pointers: ConstantPointers;
  readonly expander: Expander;
  /** Problems of blocks, which matter only when something leads there: code sections hold data and dead code. */
  readonly problems: Map<Block, RiscboxError[]>;
  /** Registers that PolkaVM lacks, by the block that uses them; for the same reason. */
  readonly missingRegisters: Map<Block, MissingRegisters>;
  /** The import that stock programs make their environment calls of, once there is one. */
  environmentCall: Import | undefined;
}

/** Registers that a block uses although PolkaVM lacks them, and where it first does. */
export interface MissingRegisters {
  readonly place: Where;
  readonly registers: Set<number>;
}

/** Notes a problem that counts if the block is reachable. */
export const addProblem = ({ problems }: LoweredProgram, block: Block, problem: RiscboxError): void => {
  const known = problems.get(block);
  if (known === undefined) problems.set(block, [problem]);
  else known.push(problem);
};

/** An address as an operand: `value`, or the link's target plus `value`. */
export interface Address {
  readonly value: number;
  readonly link: Link | undefined;
}

/** The block at a place in code; where no instruction begins, a block that traps, and a problem of whoever refers there. */
export const blockOf = (
  program: LoweredProgram,
  section: CodeSection,
  offset: number,
  from: Block,
  place: () => Where,
): Block => {
  const found = blockAt(program.code, section, offset);
  if (found !== undefined) return found;
  const target = program.input.describe(section, offset);
  addProblem(program, from, fail('link/code-target', { place: place(), target }));
  return trapBlock(program.code);
};

/** A new block that only traps, behind all others. */
export const trapBlock = ({ blocks }: CodeMap): Block => {
  const block = new Block(blocks.length, -1, { kind: 'trap', origin: -1 });
  blocks.push(block);
  return block;
};

/** The address of a relocation's target. */
export const addressOf = (
  program: LoweredProgram,
  target: Target,
  from: Block,
  place: () => Where,
): Address => {
  if (target.section === undefined) return { value: target.value, link: undefined };
  if (target.section instanceof CodeSection) {
    return { value: 0, link: blockOf(program, target.section, target.offset, from, place).link };
  }
  return { value: target.offset, link: target.section.link };
};
