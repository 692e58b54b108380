/**
 * The C extension: 16-bit forms as other spellings of 32-bit encodings (RISC-V unprivileged ISA, chapter "C").
 *
 * A halfword h is a form when `(h & mask) === match`; the form with more mask bits wins, and `legal` excludes
 * reserved values. `as` names the encoding (encoding.ts) whose operands `fields` gives.
 */
export interface Compressed {
  readonly mnemonic: string;
  readonly width: 32 | 64 | 'both';
  readonly mask: number;
  readonly match: number;
  readonly as: string;
  readonly fields: (h: number) => Fields;
  readonly legal?: (h: number) => boolean;
}

/** Register numbers and the immediate of an instruction word, before a layout gives them roles. */
export interface Fields {
  readonly rd: number;
  readonly rs1: number;
  readonly rs2: number;
  readonly imm: number;
}

/** Moves bit groups: each `[from, count, to]` takes `count` bits at `from` of h to `to` of the result. */
const gather = (
  h: number,
  groups: readonly (readonly [from: number, count: number, to: number])[],
): number => {
  let result = 0;
  for (const [from, count, to] of groups) result |= ((h >>> from) & ((1 << count) - 1)) << to;
  return result;
};

const signed = (value: number, bits: number): number => (value << (32 - bits)) >> (32 - bits);

const SP = 2;
const RA = 1;
/** Full register fields, and the three-bit ones that name x8 … x15. */
const rd = (h: number): number => (h >>> 7) & 31;
const rs2 = (h: number): number => (h >>> 2) & 31;
const high = (h: number): number => 8 + ((h >>> 7) & 7);
const low = (h: number): number => 8 + ((h >>> 2) & 7);

const imm6 = (h: number): number =>
  signed(
    gather(h, [
      [2, 5, 0],
      [12, 1, 5],
    ]),
    6,
  );
const shamt = (h: number): number =>
  gather(h, [
    [2, 5, 0],
    [12, 1, 5],
  ]);
const word = (h: number): number =>
  gather(h, [
    [6, 1, 2],
    [10, 3, 3],
    [5, 1, 6],
  ]);
const double = (h: number): number =>
  gather(h, [
    [10, 3, 3],
    [5, 2, 6],
  ]);
const wordSp = (h: number): number =>
  gather(h, [
    [4, 3, 2],
    [12, 1, 5],
    [2, 2, 6],
  ]);
const doubleSp = (h: number): number =>
  gather(h, [
    [5, 2, 3],
    [12, 1, 5],
    [2, 3, 6],
  ]);
const storeWordSp = (h: number): number =>
  gather(h, [
    [9, 4, 2],
    [7, 2, 6],
  ]);
const storeDoubleSp = (h: number): number =>
  gather(h, [
    [10, 3, 3],
    [7, 3, 6],
  ]);
const addi4 = (h: number): number =>
  gather(h, [
    [6, 1, 2],
    [5, 1, 3],
    [11, 2, 4],
    [7, 4, 6],
  ]);
const addi16 = (h: number): number =>
  signed(
    gather(h, [
      [6, 1, 4],
      [2, 1, 5],
      [5, 1, 6],
      [3, 2, 7],
      [12, 1, 9],
    ]),
    10,
  );
const branchOffset = (h: number): number =>
  signed(
    gather(h, [
      [3, 2, 1],
      [10, 2, 3],
      [2, 1, 5],
      [5, 2, 6],
      [12, 1, 8],
    ]),
    9,
  );
const jumpOffset = (h: number): number =>
  signed(
    gather(h, [
      [3, 3, 1],
      [11, 1, 4],
      [2, 1, 5],
      [7, 1, 6],
      [6, 1, 7],
      [9, 2, 8],
      [8, 1, 10],
      [12, 1, 11],
    ]),
    12,
  );

const fields = (d: number, s1: number, s2: number, imm: number): Fields => ({ rd: d, rs1: s1, rs2: s2, imm });

/** funct3 (bits 15:13) and quadrant (bits 1:0). */
const QUADRANT = 0xe003;
const quadrant = (funct3: number, op: number): number => (funct3 << 13) | op;
/** Register arithmetic of quadrant 1: bits 15:10 and 6:5. */
const ARITHMETIC = 0xfc63;
const arithmetic = (funct6: number, funct2: number): number => (funct6 << 10) | (funct2 << 5) | 1;

const both = 'both' as const;

const registers = (
  mnemonic: string,
  width: 32 | 64 | 'both',
  funct6: number,
  funct2: number,
): Compressed => ({
  mnemonic: `c.${mnemonic}`,
  width,
  mask: ARITHMETIC,
  match: arithmetic(funct6, funct2),
  as: mnemonic,
  fields: (h) => fields(high(h), high(h), low(h), 0),
});

const shiftRight = (mnemonic: string, funct2: number): Compressed => ({
  mnemonic: `c.${mnemonic}`,
  width: both,
  mask: 0xec03,
  match: quadrant(4, 1) | (funct2 << 10),
  as: mnemonic,
  fields: (h) => fields(high(h), high(h), 0, shamt(h)),
});

// biome-ignore format: one form per line reads as the table it is.
export const COMPRESSED: readonly Compressed[] = [
  { mnemonic: 'c.addi4spn', width: both, mask: QUADRANT, match: quadrant(0, 0), as: 'addi', fields: (h) => fields(low(h), SP, 0, addi4(h)), legal: (h) => addi4(h) !== 0 },
  { mnemonic: 'c.lw', width: both, mask: QUADRANT, match: quadrant(2, 0), as: 'lw', fields: (h) => fields(low(h), high(h), 0, word(h)) },
  { mnemonic: 'c.ld', width: 64, mask: QUADRANT, match: quadrant(3, 0), as: 'ld', fields: (h) => fields(low(h), high(h), 0, double(h)) },
  { mnemonic: 'c.sw', width: both, mask: QUADRANT, match: quadrant(6, 0), as: 'sw', fields: (h) => fields(0, high(h), low(h), word(h)) },
  { mnemonic: 'c.sd', width: 64, mask: QUADRANT, match: quadrant(7, 0), as: 'sd', fields: (h) => fields(0, high(h), low(h), double(h)) },

  { mnemonic: 'c.addi', width: both, mask: QUADRANT, match: quadrant(0, 1), as: 'addi', fields: (h) => fields(rd(h), rd(h), 0, imm6(h)) },
  { mnemonic: 'c.jal', width: 32, mask: QUADRANT, match: quadrant(1, 1), as: 'jal', fields: (h) => fields(RA, 0, 0, jumpOffset(h)) },
  { mnemonic: 'c.addiw', width: 64, mask: QUADRANT, match: quadrant(1, 1), as: 'addiw', fields: (h) => fields(rd(h), rd(h), 0, imm6(h)), legal: (h) => rd(h) !== 0 },
  { mnemonic: 'c.li', width: both, mask: QUADRANT, match: quadrant(2, 1), as: 'li', fields: (h) => fields(rd(h), 0, 0, imm6(h)) },
  { mnemonic: 'c.addi16sp', width: both, mask: 0xef83, match: quadrant(3, 1) | (SP << 7), as: 'addi', fields: (h) => fields(SP, SP, 0, addi16(h)), legal: (h) => addi16(h) !== 0 },
  { mnemonic: 'c.lui', width: both, mask: QUADRANT, match: quadrant(3, 1), as: 'lui', fields: (h) => fields(rd(h), 0, 0, imm6(h) << 12), legal: (h) => imm6(h) !== 0 },
  shiftRight('srli', 0),
  shiftRight('srai', 1),
  { mnemonic: 'c.andi', width: both, mask: 0xec03, match: quadrant(4, 1) | (2 << 10), as: 'andi', fields: (h) => fields(high(h), high(h), 0, imm6(h)) },
  registers('sub', both, 0x23, 0),
  registers('xor', both, 0x23, 1),
  registers('or', both, 0x23, 2),
  registers('and', both, 0x23, 3),
  registers('subw', 64, 0x27, 0),
  registers('addw', 64, 0x27, 1),
  { mnemonic: 'c.j', width: both, mask: QUADRANT, match: quadrant(5, 1), as: 'j', fields: (h) => fields(0, 0, 0, jumpOffset(h)) },
  { mnemonic: 'c.beqz', width: both, mask: QUADRANT, match: quadrant(6, 1), as: 'beq', fields: (h) => fields(0, high(h), 0, branchOffset(h)) },
  { mnemonic: 'c.bnez', width: both, mask: QUADRANT, match: quadrant(7, 1), as: 'bne', fields: (h) => fields(0, high(h), 0, branchOffset(h)) },

  { mnemonic: 'c.slli', width: both, mask: QUADRANT, match: quadrant(0, 2), as: 'slli', fields: (h) => fields(rd(h), rd(h), 0, shamt(h)) },
  { mnemonic: 'c.lwsp', width: both, mask: QUADRANT, match: quadrant(2, 2), as: 'lw', fields: (h) => fields(rd(h), SP, 0, wordSp(h)), legal: (h) => rd(h) !== 0 },
  { mnemonic: 'c.ldsp', width: 64, mask: QUADRANT, match: quadrant(3, 2), as: 'ld', fields: (h) => fields(rd(h), SP, 0, doubleSp(h)), legal: (h) => rd(h) !== 0 },
  { mnemonic: 'c.jr', width: both, mask: 0xf07f, match: quadrant(4, 2), as: 'jr', fields: (h) => fields(0, rd(h), 0, 0), legal: (h) => rd(h) !== 0 },
  { mnemonic: 'c.mv', width: both, mask: 0xf003, match: quadrant(4, 2), as: 'mv', fields: (h) => fields(rd(h), rs2(h), 0, 0), legal: (h) => rs2(h) !== 0 },
  { mnemonic: 'c.ebreak', width: both, mask: 0xffff, match: quadrant(4, 2) | 0x1000, as: 'ebreak', fields: () => fields(0, 0, 0, 0) },
  { mnemonic: 'c.jalr', width: both, mask: 0xf07f, match: quadrant(4, 2) | 0x1000, as: 'jalr', fields: (h) => fields(RA, rd(h), 0, 0) },
  { mnemonic: 'c.add', width: both, mask: 0xf003, match: quadrant(4, 2) | 0x1000, as: 'add', fields: (h) => fields(rd(h), rd(h), rs2(h), 0) },
  { mnemonic: 'c.swsp', width: both, mask: QUADRANT, match: quadrant(6, 2), as: 'sw', fields: (h) => fields(0, SP, rs2(h), storeWordSp(h)) },
  { mnemonic: 'c.sdsp', width: 64, mask: QUADRANT, match: quadrant(7, 2), as: 'sd', fields: (h) => fields(0, SP, rs2(h), storeDoubleSp(h)) },
];

/** Shifts by 32 or more are reserved in 32-bit kinds (`shamt[5]` must be zero). */
export const isLegalShift = (h: number, width: 32 | 64): boolean => width === 64 || (h & 0x1000) === 0;
