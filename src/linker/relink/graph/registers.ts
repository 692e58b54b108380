/**
 * Registers of the block graph: 1 to 31 are RISC-V's x1 to x31, 32 to 35 temporaries.
 *
 * RISC-V's numbers are kept until a program is written, so that a listing of the graph can be compared with a
 * disassembly of the ELF file, and so that code with 32 registers has a place before it is demoted.
 */
export const ZERO = 0;
export const RA = 1;
export const SP = 2;
export const GP = 3;
export const TP = 4;
export const T0 = 5;
export const A0 = 10;
export const A1 = 11;
export const A2 = 12;
export const A7 = 17;

/**
 * The first of the temporaries: values between the instructions that one RISC-V instruction becomes. They never live
 * from one block to the next.
 */
export const FIRST_TEMPORARY = 32;
export const TEMPORARIES = 4;

/** Numbers below this are registers of the graph. */
export const GRAPH_REGISTERS: number = FIRST_TEMPORARY + TEMPORARIES;

/**
 * PolkaVM's number of a RISC-V register (spec of PolkaVM: ra, sp, t0, t1, t2, s0, s1, a0 … a5); -1 for the others.
 * @param register 0 to 35
 */
export const polkaVmRegister = (register: number): number =>
  register === RA || register === SP ? register - 1 : register >= T0 && register <= 15 ? register - 3 : -1;

/** True for the graph registers that a program of 13 registers may use, temporaries left out. */
export const isNative = (register: number): boolean => polkaVmRegister(register) >= 0;

/** Registers that hold arguments of a call between host and guest, in order (PolkaVM: a0 … a5, t0, t1, t2). */
export const ARGUMENT_REGISTERS: readonly number[] = [10, 11, 12, 13, 14, 15, 5, 6, 7];
