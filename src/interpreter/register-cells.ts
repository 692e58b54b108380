import type { Width } from '../core/kind.ts';

/** The unsigned value in a register cell (word index of its low half). */
export const readCell = (registers: Int32Array, cell: number, width: Width): bigint => {
  const low = BigInt((registers[cell] as number) >>> 0);
  return width === 32 ? low : low | (BigInt((registers[cell + 1] as number) >>> 0) << 32n);
};

/** Puts the low 64 bits of a value into a register cell; a number counts as sign-extended. */
export const writeCell = (registers: Int32Array, cell: number, value: bigint | number): void => {
  // Most values are small: no bigint for them.
  if (typeof value === 'number' && value === (value | 0)) {
    registers[cell] = value;
    registers[cell + 1] = value >> 31;
    return;
  }
  const bits = BigInt.asIntN(64, BigInt(value));
  registers[cell] = Number(BigInt.asIntN(32, bits));
  registers[cell + 1] = Number(bits >> 32n);
};
