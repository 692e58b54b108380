import type { ByteReader } from '../core/bytes.ts';
import { ByteWriter } from '../core/bytes.ts';
import type { JumpTable } from './blob.ts';
import { fail } from './errors.ts';
import { MAX_CODE_LENGTH } from './limits.ts';
import { checkJumpTableShape, PackedJumpTable } from './tables.ts';

/** Code, its instruction bitmask and its jump table: section 6 of a PolkaVM blob, and the whole of a JAM program. */
export interface ProgramPart {
  readonly jumpTable: JumpTable;
  readonly code: Uint8Array;
  readonly bitmask: Uint8Array;
}

/** How counts are written: PolkaVM's varint, or the Gray Paper's natural number, equal up to 2^32 - 1. */
export type CountForm = 'varint' | 'natural';

/** Reads a program part, which must fill the reader exactly. */
export const readProgramPart = (reader: ByteReader, form: CountForm): ProgramPart => {
  const count = reader[form]();
  const entrySize = reader.u8();
  const codeLength = reader[form]();
  // Before any product of these numbers is used.
  checkJumpTableShape(count, entrySize);
  checkCodeLength(codeLength);
  const jumpTable = new PackedJumpTable(count, entrySize, reader.take(count * entrySize));
  const code = reader.take(codeLength);
  const bitmask = reader.rest();
  checkBitmask(codeLength, bitmask);
  return { jumpTable, code, bitmask };
};

export const writeProgramPart = ({ jumpTable, code, bitmask }: ProgramPart): Uint8Array =>
  new ByteWriter(code.length + bitmask.length + jumpTable.bytes.length + 16)
    .varint(jumpTable.declaredCount)
    .u8(jumpTable.entrySize)
    .varint(code.length)
    .bytes(jumpTable.bytes)
    .bytes(code)
    .bytes(bitmask)
    .finish();

/** Checks code and bitmask of a program that was not read from a file. */
export const checkProgramPart = ({ code, bitmask }: ProgramPart): void => {
  checkCodeLength(code.length);
  checkBitmask(code.length, bitmask);
};

const checkCodeLength = (length: number): void => {
  if (length === 0) throw fail('blob/no-code', {});
  if (length > MAX_CODE_LENGTH) throw fail('blob/code-too-long', { length, limit: MAX_CODE_LENGTH });
};

const checkBitmask = (codeLength: number, bitmask: Uint8Array): void => {
  const expected = Math.ceil(codeLength / 8);
  if (bitmask.length !== expected) throw fail('blob/bitmask-length', { length: bitmask.length, expected });
  const used = codeLength % 8 || 8;
  const last = bitmask[expected - 1]!;
  if (last >> used !== 0) throw fail('blob/bitmask-padding', { last, used });
};
