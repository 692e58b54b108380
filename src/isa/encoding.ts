import type { Width } from '../core/kind.ts';

/**
 * RISC-V encodings (RISC-V unprivileged ISA, chapters RV32I, RV64I, M, A, Zicsr, Zifencei, Zba, Zbb, Zbs, Zicond).
 *
 * An instruction word w is this encoding when `(w & mask) === match`. Where two encodings of one width fit, the
 * one with more mask bits is meant (`jr` before `jalr`): the decoder sorts by that.
 */
export interface Encoding {
  /** Register width the encoding exists in. */
  readonly width: 32 | 64 | 'both';
  readonly layout: Layout;
  readonly mask: number;
  readonly match: number;
}

/** An encoding as it is written down; the run-time table leaves the names out. */
export interface NamedEncoding extends Encoding {
  readonly mnemonic: string;
  readonly extension: Extension;
}

/** True when something of a width, or of both, exists in `width`. */
export const existsInWidth = (where: Encoding['width'], width: Width): boolean =>
  where === 'both' || where === width;

export type Extension = 'I' | 'M' | 'A' | 'Zba' | 'Zbb' | 'Zbs' | 'Zicond' | 'Zicsr' | 'Zifencei';

/**
 * Where a row's operands stand in the word.
 *
 * | layout | a | b | c | x | t |
 * |---|---|---|---|---|---|
 * | R | rd | rs1 | rs2 | | |
 * | I, load | rd | rs1 | | imm[11:0] | |
 * | shift | rd | rs1 | | shamt | |
 * | li | rd | | | imm[11:0] | |
 * | jr | rs1 | | | imm[11:0] | |
 * | unary | rd | rs1 | | | |
 * | S | rs2 | rs1 | | imm | |
 * | B | rs1 | rs2 | | | pc + imm |
 * | U | rd | | | imm[31:12] << 12 | |
 * | pcrel | rd | | | pc + (imm[31:12] << 12), high half in y | |
 * | J | rd | | | | pc + imm |
 * | j | | | | | pc + imm |
 * | amo | rd | rs1 | rs2 | | |
 * | csr | rd | rs1 or uimm | | csr, function in y | |
 * | none | | | | | |
 */
export type Layout =
  | 'R'
  | 'I'
  | 'load'
  | 'shift'
  | 'li'
  | 'jr'
  | 'unary'
  | 'S'
  | 'B'
  | 'U'
  | 'pcrel'
  | 'J'
  | 'j'
  | 'amo'
  | 'csr'
  | 'none';

type Where = Encoding['width'];
type Maker<A extends unknown[]> = (width: Where, mnemonic: string, ...bits: A) => NamedEncoding;

const make = (
  width: Where,
  mnemonic: string,
  layout: Layout,
  mask: number,
  match: number,
  extension: Extension = 'I',
): NamedEncoding => ({ mnemonic, extension, width, layout, mask: mask | 0, match: match | 0 });

const OPCODE = 0x7f;
const FUNCT3 = 0x7000;
const FUNCT7 = 0xfe000000;
const RD = 0xf80;
const RS1 = 0xf8000;
const RS2 = 0x1f00000;

/** Two source registers: opcode, funct3, funct7. */
export const R: Maker<[opcode: number, funct3: number, funct7: number, extension?: Extension]> = (
  width,
  mnemonic,
  opcode,
  funct3,
  funct7,
  extension,
) =>
  make(width, mnemonic, 'R', OPCODE | FUNCT3 | FUNCT7, opcode | (funct3 << 12) | (funct7 << 25), extension);

/** One source register and a 12-bit immediate: opcode, funct3. */
export const I: Maker<[opcode: number, funct3: number]> = (width, mnemonic, opcode, funct3) =>
  make(width, mnemonic, 'I', OPCODE | FUNCT3, opcode | (funct3 << 12));

/** As `I` with rs1 = x0: a constant. */
export const li: Maker<[opcode: number, funct3: number]> = (width, mnemonic, opcode, funct3) =>
  make(width, mnemonic, 'li', OPCODE | FUNCT3 | RS1, opcode | (funct3 << 12));

/** As `I` with a zero immediate: a register move. */
export const moveOf: Maker<[opcode: number, funct3: number]> = (width, mnemonic, opcode, funct3) =>
  make(width, mnemonic, 'unary', OPCODE | FUNCT3 | FUNCT7 | RS2, opcode | (funct3 << 12));

export const load: Maker<[funct3: number]> = (width, mnemonic, funct3) =>
  make(width, mnemonic, 'load', OPCODE | FUNCT3, 0x03 | (funct3 << 12));

export const store: Maker<[funct3: number]> = (width, mnemonic, funct3) =>
  make(width, mnemonic, 'S', OPCODE | FUNCT3, 0x23 | (funct3 << 12));

export const branch: Maker<[funct3: number]> = (width, mnemonic, funct3) =>
  make(width, mnemonic, 'B', OPCODE | FUNCT3, 0x63 | (funct3 << 12));

/** A shift by a constant: opcode, funct3, the bits above the distance; six distance bits only where `wide`. */
export const shift: Maker<
  [opcode: number, funct3: number, top: number, wide: boolean, extension?: Extension]
> = (width, mnemonic, opcode, funct3, top, wide, extension) =>
  make(
    width,
    mnemonic,
    'shift',
    OPCODE | FUNCT3 | (wide ? 0xfc000000 : FUNCT7),
    opcode | (funct3 << 12) | (top << 25),
    extension,
  );

/** One source register, all other bits fixed: opcode, funct3, bits 31:20. */
export const unary: Maker<[opcode: number, funct3: number, top: number, extension?: Extension]> = (
  width,
  mnemonic,
  opcode,
  funct3,
  top,
  extension = 'Zbb',
) =>
  make(
    width,
    mnemonic,
    'unary',
    OPCODE | FUNCT3 | FUNCT7 | RS2,
    opcode | (funct3 << 12) | (top << 20),
    extension,
  );

export const U: Maker<[opcode: number, layout: 'U' | 'pcrel']> = (width, mnemonic, opcode, layout) =>
  make(width, mnemonic, layout, OPCODE, opcode);

export const J: Maker<[opcode: number]> = (width, mnemonic, opcode) =>
  make(width, mnemonic, 'J', OPCODE, opcode);

/** `jal` with rd = x0. */
export const jump: Maker<[opcode: number]> = (width, mnemonic, opcode) =>
  make(width, mnemonic, 'j', OPCODE | RD, opcode);

/** `jalr` with rd = x0. */
export const jr: Maker<[opcode: number]> = (width, mnemonic, opcode) =>
  make(width, mnemonic, 'jr', OPCODE | FUNCT3 | RD, opcode);

/** Atomics: funct5 and width; the aq and rl bits mean nothing to a single hart. `zeroRs2` for lr. */
export const amo: Maker<[funct5: number, funct3: number, zeroRs2?: boolean]> = (
  width,
  mnemonic,
  funct5,
  funct3,
  zeroRs2,
) =>
  make(
    width,
    mnemonic,
    'amo',
    OPCODE | FUNCT3 | 0xf8000000 | (zeroRs2 ? RS2 : 0),
    0x2f | (funct3 << 12) | (funct5 << 27),
    'A',
  );

export const csr: Maker<[funct3: number]> = (width, mnemonic, funct3) =>
  make(width, mnemonic, 'csr', OPCODE | FUNCT3, 0x73 | (funct3 << 12), 'Zicsr');

/** Any operand fields are ignored: opcode, funct3. */
export const ignored: Maker<[opcode: number, funct3: number, extension?: Extension]> = (
  width,
  mnemonic,
  opcode,
  funct3,
  extension,
) => make(width, mnemonic, 'none', OPCODE | FUNCT3, opcode | (funct3 << 12), extension);

/** One whole instruction word. */
export const word: Maker<[word: number]> = (width, mnemonic, bits) => make(width, mnemonic, 'none', -1, bits);
