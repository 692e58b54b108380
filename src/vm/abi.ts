import { isRiscvKind } from '../core/kind.ts';
import type { Program } from '../decoder/program.ts';
import { POLKAVM_REGISTER_NAMES, RISCV_REGISTER_NAMES } from '../isa/registers.ts';

/** A register by number or by ABI name (`a0`; RISC-V also `x10` and `fp`). */
export type RegisterName = number | string;

/** Which registers calls use. All entries are register numbers. */
export interface Abi {
  /** Names by register number. */
  readonly names: readonly string[];
  readonly returnAddress: number;
  readonly stackPointer: number;
  /** In order; a value twice as wide as a register takes two. */
  readonly arguments: readonly number[];
  /** Cells (two per register) that a call made by the host does not clear, since start-up code sets them once. */
  readonly keptFrom: number;
  readonly keptTo: number;
  /** 64-bit registers only: how an unsigned 32-bit value is widened. */
  readonly u32: 'zero-extended' | 'sign-extended';
  /** RISC-V profile: the register that selects a system call. */
  readonly callNumber: number | undefined;
}

/** PolkaVM 0.35: nine argument registers a0 to a5, t0 to t2. */
const POLKAVM: Abi = {
  names: POLKAVM_REGISTER_NAMES,
  returnAddress: 0,
  stackPointer: 1,
  arguments: [7, 8, 9, 10, 11, 12, 2, 3, 4],
  keptFrom: 0,
  keptTo: 0,
  u32: 'zero-extended',
  callNumber: undefined,
};

/** RISC-V ELF psABI, integer calling convention; gp and tp are set by start-up code. */
const RISCV: Abi = {
  names: RISCV_REGISTER_NAMES,
  returnAddress: 1,
  stackPointer: 2,
  arguments: [10, 11, 12, 13, 14, 15, 16, 17],
  keptFrom: 2 * 3,
  keptTo: 2 * 5,
  u32: 'sign-extended',
  callNumber: 17,
};

/** RV32E and RV64E: 16 registers, six of them for arguments, the system call number in t0. */
const RISCV_E: Abi = {
  ...RISCV,
  names: RISCV_REGISTER_NAMES.slice(0, 16),
  arguments: RISCV.arguments.slice(0, 6),
  callNumber: 5,
};

export const abiOf = ({
  kind,
  riscv,
}: {
  readonly kind: Program['kind'];
  readonly riscv: { readonly embedded: boolean } | undefined;
}): Abi => {
  if (!isRiscvKind(kind)) return POLKAVM;
  return riscv?.embedded === true ? RISCV_E : RISCV;
};

/** The number of a register, or -1. */
export const registerNumber = (abi: Abi, register: RegisterName): number => {
  if (typeof register === 'number') return register in abi.names ? register : -1;
  const named = abi.names.indexOf(register);
  if (named >= 0 || abi.callNumber === undefined) return named;
  if (register === 'fp') return abi.names.indexOf('s0');
  const numbered = /^x(\d|[12]\d|3[01])$/.exec(register);
  return numbered === null ? -1 : registerNumber(abi, Number(numbered[1]));
};
