import { FORMS, type Row } from '../../../isa/row.ts';
import { INVALID, operation, ROWS } from '../../../isa/table.ts';
import { definesA, usesOf } from '../../../isa/term.ts';
import type { End } from './block.ts';
import { Import } from './import.ts';
import type { GraphInstruction } from './instruction.ts';
import { A0, A1, A2, ARGUMENT_REGISTERS, FIRST_TEMPORARY, SP } from './registers.ts';

/** Sets of registers 0 to 31, bit n for register n. Temporaries are sets of their own, bit n for register 32 + n. */
export type RegisterSet = number;

const bit = (register: number): RegisterSet => (register < FIRST_TEMPORARY ? 1 << register : 0);
const temporaryBit = (register: number): RegisterSet =>
  register < FIRST_TEMPORARY ? 0 : 1 << (register - FIRST_TEMPORARY);

/** The set of some registers below 32. */
export const setOf = (registers: readonly number[]): RegisterSet =>
  registers.reduce((set, register) => set | bit(register), 0);

const MEMSET = operation('memset');
const ECALLI = operation('ecalli');
const ARGUMENTS = setOf(ARGUMENT_REGISTERS);
/** Argument registers of Linux's environment calls in either numbering of the call number: a0 … a5, a7, t0. */
const ECALL_READS = setOf([10, 11, 12, 13, 14, 15, 17, 5]);

const importOf = (instruction: GraphInstruction): Import | undefined =>
  instruction.xLink?.to instanceof Import ? instruction.xLink.to : undefined;

const hostCallReads = (called: Import | undefined): RegisterSet => {
  if (called?.convention === 'ecall') return ECALL_READS | bit(SP);
  return setOf(ARGUMENT_REGISTERS.slice(0, called?.inputs ?? ARGUMENT_REGISTERS.length)) | bit(SP);
};

/** Registers below 32 that an instruction reads. */
export const readsOf = (instruction: GraphInstruction): RegisterSet => {
  const { op } = instruction;
  if (op === ECALLI) return hostCallReads(importOf(instruction));
  if (op === MEMSET) return bit(A0) | bit(A1) | bit(A2);
  const uses = usesOf(op);
  return (
    ((uses & 1) !== 0 ? bit(instruction.a) : 0) |
    ((uses & 2) !== 0 ? bit(instruction.b) : 0) |
    ((uses & 4) !== 0 ? bit(instruction.c) : 0)
  );
};

/** Temporaries that an instruction reads. */
export const temporaryReadsOf = ({ op, a, b, c }: GraphInstruction): RegisterSet => {
  const uses = usesOf(op);
  return (
    ((uses & 1) !== 0 ? temporaryBit(a) : 0) |
    ((uses & 2) !== 0 ? temporaryBit(b) : 0) |
    ((uses & 4) !== 0 ? temporaryBit(c) : 0)
  );
};

/**
 * Registers below 32 whose value before an instruction is lost by it. A host call of convention `call` may leave
 * anything in the argument registers; so what they held cannot be needed behind it.
 */
export const writesOf = (instruction: GraphInstruction): RegisterSet => {
  const { op } = instruction;
  if (op === ECALLI) return importOf(instruction)?.convention === 'ecall' ? bit(A0) : ARGUMENTS;
  if (op === MEMSET) return bit(A0) | bit(A2);
  return definesA(op) ? bit(instruction.a) : 0;
};

/** The temporary that an instruction writes, as a set. */
export const temporaryWritesOf = ({ op, a }: GraphInstruction): RegisterSet =>
  definesA(op) ? temporaryBit(a) : 0;

/** Registers below 32 that an end reads itself; what is needed behind it is the business of liveness. */
export const endReads = (end: End): RegisterSet => {
  switch (end.kind) {
    case 'jump-indirect':
    case 'call-indirect':
      return bit(end.base);
    case 'branch':
      return bit(end.a) | (end.b === 0 ? 0 : bit(end.b));
    default:
      return 0;
  }
};

/** Temporaries that an end reads. */
export const endTemporaryReads = (end: End): RegisterSet => {
  switch (end.kind) {
    case 'jump-indirect':
    case 'call-indirect':
      return temporaryBit(end.base);
    case 'branch':
      return temporaryBit(end.a) | temporaryBit(end.b);
    default:
      return 0;
  }
};

/** The register that an end writes, as a set. */
export const endWrites = (end: End): RegisterSet =>
  end.kind === 'call' || end.kind === 'call-indirect' ? bit(end.link) : 0;

/**
 * True when an instruction may be removed as soon as nobody needs what it writes: it computes a value and does
 * nothing else. Loads may trap; removing them is a decision of its own (`isLoad`).
 */
export const isPure = ({ op }: GraphInstruction): boolean =>
  op !== INVALID && ['value', 'nothing'].includes((ROWS[op] as Row).effect.kind);

export const isLoad = ({ op }: GraphInstruction): boolean => ROWS[op]?.effect.kind === 'load';

export const isStore = ({ op }: GraphInstruction): boolean => ROWS[op]?.effect.kind === 'store';

/** Register operands of an instruction that can be renamed, in the order of the form. */
export const operandsOf = ({ op }: GraphInstruction): string => {
  const row = ROWS[op];
  return row === undefined ? '' : FORMS[row.form].replace(/[^abc]/g, '');
};
