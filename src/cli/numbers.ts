import { UsageError } from './command.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** Bytes: `65536`, `64k`, `64M`, `1GiB`. */
export const sizeOption = (option: string, text: string): number => {
  const [, digits = '', unit = ''] = /^(\d+)\s*([kmg]?)(?:i?b)?$/i.exec(text) ?? [];
  const size = digits === '' ? Number.NaN : Number(digits) * (UNITS[unit.toLowerCase()] as number);
  if (Number.isSafeInteger(size)) return size;
  throw new UsageError(`--${option} ${text} is no size; write bytes, or a number with k, M or G such as 64M`);
};

/** A whole number, decimal or hexadecimal; `_` may group digits. */
export const integer = (what: string, text: string): bigint => {
  const plain = text.replaceAll('_', '');
  if (/^-?(?:\d+|0x[\da-f]+)$/i.test(plain)) {
    return plain.startsWith('-') ? -BigInt(plain.slice(1)) : BigInt(plain);
  }
  throw new UsageError(`${what} ${text} is no whole number; write it like 42, -1 or 0xff`);
};

/** Gas is a signed 64-bit counter. */
const MOST_GAS = 2n ** 63n - 1n;

export const gasOption = (text: string): bigint => {
  const gas = integer('--gas', text);
  if (gas >= 0n && gas <= MOST_GAS) return gas;
  throw new UsageError(`--gas ${text} is not in the range 0 to ${MOST_GAS}; leave --gas out for no limit`);
};

/** What a guest gets when its use is counted but not limited. */
export const UNLIMITED_GAS: bigint = MOST_GAS;

export const millisecondsOption = (option: string, text: string): number => {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return value;
  throw new UsageError(`--${option} ${text} is no number of milliseconds; write it like 1500`);
};

/** Argument of a guest function: at most 64 bits, signed or unsigned. */
export const argumentValue = (text: string): bigint => {
  const value = integer('argument', text);
  if (value >= -(2n ** 63n) && value < 2n ** 64n) return value;
  throw new UsageError(`argument ${text} does not fit 64 bits`);
};

/** 12,345: digits in groups, independent of the locale. */
export const grouped = (value: number | bigint): string =>
  value.toString().replace(/\B(?=(\d{3})+(?!\d))/g, ',');

export const hex = (value: number): string => `0x${value.toString(16)}`;
