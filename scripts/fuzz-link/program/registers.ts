import { ARGUMENT_REGISTERS } from '../../../src/linker/relink/graph/registers.ts';

/** Registers that may hold values, by instruction set; ra is used for calls only. */
export const valueRegisters = (isEmbedded: boolean): readonly number[] =>
  isEmbedded
    ? [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
    : [4, 5, 6, 7, 8, 9, ...Array.from({ length: 22 }, (_unused, i) => 10 + i)];

/** s0, s1 and s2 to s11: a function leaves them as they were. */
export const isSaved = (register: number): boolean =>
  register === 8 || register === 9 || (register >= 18 && register <= 27);

/** Registers with arguments of functions. */
export const PARAMETERS: readonly number[] = [10, 11, 12, 13, 14, 15];

/** Registers of which nothing is certain behind a host call. */
export const HOST_REGISTERS: readonly number[] = ARGUMENT_REGISTERS;
