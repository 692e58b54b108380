import type { Width } from '../core/kind.ts';
import { COMPRESSED, compressedFields, type Fields } from '../isa/compressed.ts';
import type { Encoding } from '../isa/encoding.ts';
import type { FullRow } from '../isa/full-row.ts';
import { FULL_ROWS } from '../isa/full-table.ts';
import { COMPRESSED_ROWS, type CompressedRow } from '../isa/rows/compressed.ts';
import { INVALID, ROWS } from '../isa/table.ts';
import { Instruction } from './instruction.ts';
import {
  type CompressedOperation,
  decodeRiscv,
  type EncodedOperation,
  fieldsOf,
  findCompressed,
  findPlainWord,
} from './riscv.ts';

/** What stands in an instruction word, for listings. */
export interface RiscvDescription {
  /** The plain mnemonic: `addi` where the table also knows the special case `li`; `c.` forms as they are. */
  readonly mnemonic: string;
  /** The encoding of that mnemonic; of a compressed form, the encoding it is short for. */
  readonly encoding: Encoding;
  readonly fields: Fields;
}

/** Describes the instruction word `w` of a program with 32 or 16 `registers`; undefined when it is invalid. */
export const describeRiscv = (w: number, width: Width, registers: number): RiscvDescription | undefined => {
  decodeRiscv(w, 0, width, registers, scratch);
  if (scratch.op === INVALID) return undefined;
  if ((w & 3) === 3) {
    const { encoding } = findPlainWord(w | 0, width) as EncodedOperation;
    return { mnemonic: mnemonicOf(encoding), encoding, fields: fieldsOf(w, encoding.layout) };
  }
  const { form, target } = findCompressed(w & 0xffff, width) as CompressedOperation;
  const { mnemonic } = COMPRESSED_ROWS[COMPRESSED.indexOf(form)] as CompressedRow;
  return { mnemonic, encoding: target.encoding, fields: compressedFields(w & 0xffff, form) as Fields };
};

const scratch = new Instruction();

/** Mnemonics of the encodings of all rows: the run-time table has the same encodings without their names. */
const mnemonics = new Map(
  ROWS.flatMap(({ encodings }, op) =>
    encodings.map(
      (encoding, index) => [encoding, (FULL_ROWS[op] as FullRow).encodings[index]?.mnemonic] as const,
    ),
  ),
);

const mnemonicOf = (encoding: Encoding): string => mnemonics.get(encoding) as string;
