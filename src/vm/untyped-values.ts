import type { Width } from '../core/kind.ts';
import { fail } from './errors.ts';

// One scratch word pair turns two int32 into a bigint and back without bigint arithmetic.
export const scratchWords: Int32Array = new Int32Array(2);
export const scratchSigned: BigInt64Array = new BigInt64Array(scratchWords.buffer);
export const scratchUnsigned: BigUint64Array = new BigUint64Array(scratchWords.buffer);
// Every platform that JavaScript engines run on is little-endian, so that word 0 is the low one.

/** Puts a 64-bit value into the scratch words. Throws call/value. */
export const wordsOf = (value: unknown, type: string): void => {
  if (typeof value === 'bigint') {
    if (value >= -(2n ** 63n) && value < 2n ** 64n) {
      scratchSigned[0] = BigInt.asIntN(64, value);
      return;
    }
  } else if (Number.isSafeInteger(value)) {
    scratchWords[0] = value as number;
    scratchWords[1] = Math.floor((value as number) / 2 ** 32);
    return;
  }
  throw fail('call/value', { value, type });
};

/** A 32-bit value as int32; signed and unsigned spellings of the same bits are both accepted. */
export const wordOf = (value: unknown, type: string): number => {
  if (typeof value === 'number' && Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 32) {
    return value | 0;
  }
  if (typeof value === 'bigint' && value >= -(2n ** 31n) && value < 2n ** 32n) return Number(value) | 0;
  throw fail('call/value', { value, type });
};

/**
 * A register without a type: signed, as a number where a number holds it exactly (all of 32-bit programs, up to
 * 2^53 in 64-bit ones), else as a bigint.
 */
export const readUntyped = (cells: Int32Array, register: number, width: Width): number | bigint => {
  const low = cells[2 * register] as number;
  if (width === 32) return low;
  const high = cells[2 * register + 1] as number;
  if (high === low >> 31) return low;
  const value = high * 2 ** 32 + (low >>> 0);
  if (Number.isSafeInteger(value)) return value;
  scratchWords[0] = low;
  scratchWords[1] = high;
  return scratchSigned[0] as bigint;
};

/** Writes a whole number or bigint, signed or unsigned, of the register's width. Throws call/value. */
export const writeUntyped = (cells: Int32Array, register: number, width: Width, value: unknown): void => {
  const cell = 2 * register;
  if (width === 32) {
    const word = wordOf(value, '32-bit value');
    cells[cell] = word;
    cells[cell + 1] = word >> 31;
    return;
  }
  wordsOf(value, '64-bit value');
  cells[cell] = scratchWords[0] as number;
  cells[cell + 1] = scratchWords[1] as number;
};
