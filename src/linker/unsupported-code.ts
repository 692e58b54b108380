import type { Width } from '../core/kind.ts';

/** An instruction that exists in RISC-V and not here. */
export interface UnsupportedInstruction {
  readonly mnemonic: string;
  /** F, D, Q, Zfh (half precision) or V. */
  readonly extension: string;
}

/**
 * Names floating-point and vector instructions, so that a program that needs them can be refused with a reason
 * instead of trapping (RISC-V unprivileged ISA, chapters "F", "D", "Q", "Zfh", "V" and "C"; opcode map in
 * "RV32/64G Instruction Set Listings"). Undefined for anything else.
 */
export const unsupportedInstruction = (word: number, width: Width): UnsupportedInstruction | undefined =>
  (word & 3) === 3 ? fullLength(word) : compressed(word, width);

const FLOAT_FORMATS = [
  { suffix: 's', extension: 'F' },
  { suffix: 'd', extension: 'D' },
  { suffix: 'h', extension: 'Zfh' },
  { suffix: 'q', extension: 'Q' },
] as const;

/** By funct3 of LOAD-FP and STORE-FP; the other values are vector accesses. */
const FLOAT_ACCESSES: Readonly<Record<number, readonly [letter: string, extension: string]>> = {
  1: ['h', 'Zfh'],
  2: ['w', 'F'],
  3: ['d', 'D'],
  4: ['q', 'Q'],
};

/** By funct5 of OP-FP, where funct3 does not choose between several. */
const FLOAT_OPERATIONS: Readonly<Record<number, string>> = {
  0: 'fadd',
  1: 'fsub',
  2: 'fmul',
  3: 'fdiv',
  4: 'fsgnj',
  5: 'fmin/fmax',
  8: 'fcvt',
  11: 'fsqrt',
  20: 'feq/flt/fle',
  24: 'fcvt.w',
  26: 'fcvt',
  28: 'fmv.x/fclass',
  30: 'fmv',
};

const FUSED = { 67: 'fmadd', 71: 'fmsub', 75: 'fnmsub', 79: 'fnmadd' } as const;

const fullLength = (word: number): UnsupportedInstruction | undefined => {
  const opcode = word & 0x7f;
  const format = FLOAT_FORMATS[(word >>> 25) & 3]!;
  switch (opcode) {
    case 0x07:
    case 0x27: {
      const access = FLOAT_ACCESSES[(word >>> 12) & 7];
      const prefix = opcode === 0x07 ? 'l' : 's';
      if (access === undefined)
        return { mnemonic: `a vector ${prefix === 'l' ? 'load' : 'store'}`, extension: 'V' };
      return { mnemonic: `f${prefix}${access[0]}`, extension: access[1] };
    }
    case 0x43:
    case 0x47:
    case 0x4b:
    case 0x4f:
      return { mnemonic: `${FUSED[opcode]}.${format.suffix}`, extension: format.extension };
    case 0x53: {
      const name = FLOAT_OPERATIONS[word >>> 27];
      return name === undefined
        ? undefined
        : { mnemonic: `${name}.${format.suffix}`, extension: format.extension };
    }
    case 0x57:
      return { mnemonic: 'a vector operation', extension: 'V' };
    default:
      return undefined;
  }
};

/** By quadrant and funct3. The single-precision forms are other instructions in 64-bit programs. */
const COMPRESSED: Readonly<Record<string, readonly [mnemonic: string, extension: string, only32?: true]>> = {
  '0.1': ['c.fld', 'D'],
  '0.3': ['c.flw', 'F', true],
  '0.5': ['c.fsd', 'D'],
  '0.7': ['c.fsw', 'F', true],
  '2.1': ['c.fldsp', 'D'],
  '2.3': ['c.flwsp', 'F', true],
  '2.5': ['c.fsdsp', 'D'],
  '2.7': ['c.fswsp', 'F', true],
};

const compressed = (half: number, width: Width): UnsupportedInstruction | undefined => {
  const form = COMPRESSED[`${half & 3}.${(half >>> 13) & 7}`];
  if (form === undefined || (form[2] && width === 64)) return undefined;
  return { mnemonic: form[0], extension: form[1] };
};
