import { immediateSize } from '../../../decoder/encode-polkavm.ts';
import type { Form } from '../../../isa/row.ts';
import { ROWS } from '../../../isa/table.ts';
import type { Block, End } from '../graph/block.ts';
import { DataSection } from '../graph/data-section.ts';
import { Import } from '../graph/import.ts';
import type { GraphInstruction } from '../graph/instruction.ts';
import { HEAP_BASE, type Link } from '../graph/link.ts';

/**
 * Sizes in bytes before anything is laid out: exact but for links and jump distances, which are estimated by what is
 * usual in programs of some size.
 */

/** Addresses of data begin at 0x10000; the first 8 MiB behind it take three bytes. */
const DATA_ADDRESS = 3;
/** Entries 64 to 16,383 of the jump table. */
const CODE_ADDRESS = 2;
/** The low 12 bits of an address. */
const LOW_PART = 2;
const IMPORT_NUMBER = 1;

/** Bytes of an immediate. */
export const operandSize = (value: number, link: Link | undefined): number => {
  if (link === undefined) return immediateSize(value);
  if (link.part === 'low') return LOW_PART;
  const { to } = link;
  if (to instanceof DataSection || to === HEAP_BASE) return DATA_ADDRESS;
  return to instanceof Import ? IMPORT_NUMBER : CODE_ADDRESS;
};

/** Bytes of an encoding apart from x and y, -1 where y is not encoded by need; targets are not counted. */
const FIXED: { readonly [F in Form]: number } = {
  argless: 1,
  imm: 1,
  offset: 1,
  imm_imm: 2,
  reg_imm: 2,
  reg_imm_imm: 2,
  reg_imm_offset: 2,
  reg_imm64: 10,
  reg_reg: 2,
  reg_reg_imm: 2,
  reg_reg_offset: 2,
  reg_reg_reg: 3,
  reg_reg_imm_imm: 3,
  reg_offset: 2,
};

const FIXED_SIZES = Uint8Array.from(ROWS, ({ form }) => FIXED[form]);
/** How many immediates are encoded by need. */
const IMMEDIATES = Uint8Array.from(ROWS, ({ form }) =>
  form === 'reg_imm64' ? 0 : form.includes('imm_imm') ? 2 : form.includes('imm') ? 1 : 0,
);

/** Bytes of an instruction. */
export const encodedSize = ({ op, x, y, xLink, yLink }: GraphInstruction): number => {
  const immediates = IMMEDIATES[op] as number;
  let size = FIXED_SIZES[op] as number;
  if (immediates > 0) size += operandSize(x, xLink);
  if (immediates > 1) size += operandSize(y, yLink);
  return size;
};

/** Blocks are about nine bytes long; one byte reaches 127 bytes in each direction. */
const NEAR_BLOCKS = 12;

const distanceSize = (from: Block, to: Block): number =>
  Math.abs(from.rank - to.rank) < NEAR_BLOCKS ? 1 : 2;

/** Bytes of a jump between two blocks; `following` is what the program has behind `from`. */
export const jumpSize = (from: Block, to: Block, following: Block | undefined): number =>
  to === following ? 1 : 1 + distanceSize(from, to);

/** Bytes of a block's end, with the jump to where a branch goes on when that does not follow. */
export const endSize = (block: Block, end: End, following: Block | undefined): number => {
  switch (end.kind) {
    case 'jump':
      return jumpSize(block, end.target, following);
    case 'call':
      return 2 + CODE_ADDRESS + distanceSize(block, end.target);
    case 'jump-indirect':
      return 2 + immediateSize(end.offset);
    case 'call-indirect':
      return 3 + CODE_ADDRESS + immediateSize(end.offset);
    case 'branch': {
      const operand = end.b !== 0 ? 0 : operandSize(end.x, end.xLink);
      const onward = end.next === following ? 0 : jumpSize(block, end.next, following);
      return 2 + operand + distanceSize(block, end.taken) + onward;
    }
    case 'trap':
      return 1;
  }
};
