import { INVALID, operation } from '../../../isa/table.ts';
import type { CodeInstruction } from './code-instruction.ts';

/** RISC-V's major opcode custom-0. */
const CUSTOM_0 = 0x0b;

const SBRK = operation('sbrk');
const MEMSET = operation('memset');
const ECALLI = operation('ecalli');
const LOAD_IMM = operation('load_imm');
const MOVE_IF_ZERO = operation('cmov_if_zero');
const MOVE_IF_NOT_ZERO = operation('cmov_if_not_zero');

/**
 * Decodes an instruction of opcode custom-0, PolkaVM's host call, sbrk, memset and heap base, and the conditional
 * moves of xtheadcondmov and MIPS, which share the opcode. Anything else of it becomes `INVALID`.
 *
 * @param pointerSize bytes of the pointer behind a host call
 * @returns false when the word has another opcode
 */
export const decodeCustom = (word: number, pointerSize: number, out: CodeInstruction): boolean => {
  if ((word & 0x7f) !== CUSTOM_0) return false;
  out.length = 4;
  out.op = INVALID;
  out.a = (word >>> 7) & 31;
  out.b = (word >>> 15) & 31;
  out.c = (word >>> 20) & 31;
  const function3 = (word >>> 12) & 7;
  const function7 = word >>> 25;
  const registers = out.a | out.b | out.c;
  if (function3 === 3 && (function7 & 3) === 3) {
    // mips.ccmov rd, rs2, rs1, rs3
    out.special = 'select';
    out.op = MOVE_IF_NOT_ZERO;
    out.d = word >>> 27;
  } else if (function3 === 1 && function7 === 0x20) out.op = MOVE_IF_ZERO;
  else if (function3 === 1 && function7 === 0x21) out.op = MOVE_IF_NOT_ZERO;
  else if (function7 !== 0) return true;
  else if (function3 === 0 && registers === 0) {
    out.special = 'import';
    out.op = ECALLI;
    out.length = 4 + pointerSize;
  } else if (function3 === 1 && out.a !== 0 && out.b !== 0 && out.c === 0) out.op = SBRK;
  else if (function3 === 2 && registers === 0) out.op = MEMSET;
  else if (function3 === 3) {
    out.special = 'heap-base';
    out.op = LOAD_IMM;
    out.x = 0;
  }
  return true;
};

/** What is wrong with a word of opcode custom-0 that is meant to be PolkaVM's; undefined for any other word. */
export const customMisuse = (word: number): string | undefined => {
  if ((word & 0x7f) !== CUSTOM_0 || word >>> 25 !== 0) return undefined;
  switch ((word >>> 12) & 7) {
    case 0:
      return word === CUSTOM_0
        ? 'a host call whose pointer to its metadata is cut off'
        : "a host call with registers, which it has not (declare imports with PolkaVM's macros)";
    case 1:
      return 'sbrk with x0 as its result or its argument, or with a third register';
    case 2:
      return 'memset with registers, which are always a0, a1 and a2';
    default:
      return undefined;
  }
};
