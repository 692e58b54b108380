import { fail } from './write-errors.ts';

/** Limits of PolkaVM 0.35's blob parser; our own containers use them too. */

/** Bytes of code. */
export const MAX_CODE_LENGTH: number = 32 * 1024 * 1024;

export const MAX_JUMP_TABLE_ENTRIES: number = 16 * 1024 * 1024;

/** Bytes of one jump table entry: a code offset is a u32. */
export const MAX_JUMP_TABLE_ENTRY_SIZE = 4;

export const MAX_IMPORTS = 1024;

/** RISC-V profile: our own bound, far above what linkers emit (a handful), far below what would cost time. */
export const MAX_SEGMENTS = 1024;

/** First address behind the 32-bit guest address space. */
export const ADDRESS_SPACE: number = 2 ** 32;

/** JAM SPI: lengths of read-only data, read-write data and stack are three-byte fields (Gray Paper 0.7 A.7). */
export const MAX_SPI_SIZE: number = 2 ** 24 - 1;

/** JAM SPI: the number of heap pages is a two-byte field. */
export const MAX_SPI_HEAP_PAGES: number = 2 ** 16 - 1;

/** Largest value of a varint and of a u32. */
export const MAX_U32: number = 2 ** 32 - 1;

/** Checks a number that a caller wants to have written. @throws RiscboxError `blob/field-range` */
export const checkField = (field: string, value: number, limit: number = MAX_U32): void => {
  if (!(Number.isInteger(value) && value >= 0 && value <= limit)) {
    throw fail('blob/field-range', { field, value, limit });
  }
};
