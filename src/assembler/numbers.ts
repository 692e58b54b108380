import type { Width } from '../core/kind.ts';

/** A number of the text: a bigint only beyond 2^53, so that the common case costs nothing. */
export type SourceNumber = number | bigint;

const NUMBER = /^-?(?:0x[0-9a-f]+|0b[01]+|[0-9]+)$/i;

/** Nothing has more digits than 64 bits in binary; longer ones are not worth a bigint. */
const LONGEST = 80;

/** Decimal, `0x…` or `0b…`, maybe with a leading minus. */
export const parseNumber = (text: string): SourceNumber | undefined => {
  if (text.length > LONGEST || !NUMBER.test(text)) return undefined;
  const negative = text.startsWith('-');
  const magnitude = negative ? text.slice(1) : text;
  const value = Number(magnitude);
  if (Number.isSafeInteger(value)) return negative ? -value : value;
  return negative ? -BigInt(magnitude) : BigInt(magnitude);
};

/** An integer from 0 to `limit`, or undefined. */
export const parseCount = (text: string, limit: number = 2 ** 32 - 1): number | undefined => {
  const value = parseNumber(text);
  return typeof value === 'number' && value >= 0 && value <= limit ? value : undefined;
};

/**
 * The signed 32-bit immediate that a number stands for, or undefined. Registers of 64 bits get immediates
 * sign-extended, so 0xffffffff is none there, but 0xffffffffffffffff is -1. `modular`: only the low 32 bits matter.
 */
export const toImmediate = (value: SourceNumber, width: Width, modular: boolean): number | undefined => {
  if (value === (Number(value) | 0)) return Number(value) | 0;
  if ((modular || width === 32) && value >= 0 && value <= 0xffff_ffff) return Number(value) | 0;
  if (typeof value === 'bigint' && BigInt.asUintN(64, value) === value) {
    const signed = BigInt.asIntN(64, value);
    return BigInt.asIntN(32, signed) === signed ? Number(signed) : undefined;
  }
  return undefined;
};

/** Low and high word of a 64-bit constant, signed or unsigned, or undefined. */
export const toWords = (value: SourceNumber): { readonly low: number; readonly high: number } | undefined => {
  if (typeof value === 'number') return { low: value | 0, high: Math.floor(value / 2 ** 32) | 0 };
  if (value >= 2n ** 64n || value < -(2n ** 63n)) return undefined;
  return { low: Number(BigInt.asIntN(32, value)), high: Number(BigInt.asIntN(32, value >> 32n)) };
};
