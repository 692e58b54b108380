import type { Fields, Gather } from '../compressed.ts';
import type { Encoding } from '../encoding.ts';
import { registerPlace } from '../packing.ts';

/**
 * The C extension: 16-bit forms as other spellings of 32-bit encodings (RISC-V unprivileged ISA, chapter "C").
 *
 * A halfword h is a form when `(h & mask) === match`; the form with more mask bits wins. `as` names the encoding
 * (encoding.ts) that gives the fields their roles; a field that is not listed is 0. The run-time forms
 * (compressed.ts) are generated from this list.
 */
export interface CompressedRow {
  readonly mnemonic: string;
  readonly width: Encoding['width'];
  readonly mask: number;
  readonly match: number;
  readonly as: string;
  readonly rd?: RegisterField;
  readonly rs1?: RegisterField;
  readonly rs2?: RegisterField;
  readonly imm?: Gather;
  /** The form is reserved where this field is 0. */
  readonly nonzero?: keyof Fields;
}

export type RegisterField = 'none' | 'ra' | 'sp' | 'full' | 'second' | 'high' | 'low';

/** Where the register fields stand: `high` and `low` have three bits and name x8 to x15. */
export const REGISTER_FIELDS: Readonly<Record<RegisterField, number>> = {
  none: registerPlace(0, 0, 0),
  ra: registerPlace(0, 0, 1),
  sp: registerPlace(0, 0, 2),
  full: registerPlace(7, 31, 0),
  second: registerPlace(2, 31, 0),
  high: registerPlace(7, 7, 8),
  low: registerPlace(2, 7, 8),
};

// biome-ignore-start format: one immediate per line reads as the table it is.
const IMM6: Gather = [
  6,
  [
    [2, 5, 0],
    [12, 1, 5],
  ],
];
const SHAMT: Gather = [
  32,
  [
    [2, 5, 0],
    [12, 1, 5],
  ],
];
const UPPER: Gather = [
  18,
  [
    [2, 5, 12],
    [12, 1, 17],
  ],
];
const WORD: Gather = [
  32,
  [
    [6, 1, 2],
    [10, 3, 3],
    [5, 1, 6],
  ],
];
const DOUBLE: Gather = [
  32,
  [
    [10, 3, 3],
    [5, 2, 6],
  ],
];
const WORD_SP: Gather = [
  32,
  [
    [4, 3, 2],
    [12, 1, 5],
    [2, 2, 6],
  ],
];
const DOUBLE_SP: Gather = [
  32,
  [
    [5, 2, 3],
    [12, 1, 5],
    [2, 3, 6],
  ],
];
const STORE_WORD_SP: Gather = [
  32,
  [
    [9, 4, 2],
    [7, 2, 6],
  ],
];
const STORE_DOUBLE_SP: Gather = [
  32,
  [
    [10, 3, 3],
    [7, 3, 6],
  ],
];
const ADDI4: Gather = [
  32,
  [
    [6, 1, 2],
    [5, 1, 3],
    [11, 2, 4],
    [7, 4, 6],
  ],
];
const ADDI16: Gather = [
  10,
  [
    [6, 1, 4],
    [2, 1, 5],
    [5, 1, 6],
    [3, 2, 7],
    [12, 1, 9],
  ],
];
const BRANCH: Gather = [
  9,
  [
    [3, 2, 1],
    [10, 2, 3],
    [2, 1, 5],
    [5, 2, 6],
    [12, 1, 8],
  ],
];
const JUMP: Gather = [
  12,
  [
    [3, 3, 1],
    [11, 1, 4],
    [2, 1, 5],
    [7, 1, 6],
    [6, 1, 7],
    [9, 2, 8],
    [8, 1, 10],
    [12, 1, 11],
  ],
];
// biome-ignore-end format: end of the table.

/** funct3 (bits 15:13) and quadrant (bits 1:0). */
const QUADRANT = 0xe003;
const quadrant = (funct3: number, op: number): number => (funct3 << 13) | op;

const both = 'both' as const;

/** Register arithmetic of quadrant 1: bits 15:10 and 6:5. */
const registers = (
  mnemonic: string,
  width: Encoding['width'],
  funct6: number,
  funct2: number,
): CompressedRow => ({
  ...{
    mnemonic: `c.${mnemonic}`,
    width,
    mask: 0xfc63,
    match: (funct6 << 10) | (funct2 << 5) | 1,
    as: mnemonic,
  },
  ...{ rd: 'high', rs1: 'high', rs2: 'low' },
});

/** Shifts: by 32 or more they are reserved in 32-bit kinds, so that the top bit of the distance must be zero. */
const shifts = (mnemonic: string, mask: number, match: number, register: RegisterField): CompressedRow[] =>
  ([32, 64] as const).map((width) => ({
    ...{ mnemonic: `c.${mnemonic}`, width, mask: width === 32 ? mask | 0x1000 : mask, match, as: mnemonic },
    ...{ rd: register, rs1: register, imm: SHAMT },
  }));

// biome-ignore format: one form per line reads as the table it is.
export const COMPRESSED_ROWS: readonly CompressedRow[] = [
  { mnemonic: 'c.addi4spn', width: both, mask: QUADRANT, match: quadrant(0, 0), as: 'addi', rd: 'low', rs1: 'sp', imm: ADDI4, nonzero: 'imm' },
  { mnemonic: 'c.lw', width: both, mask: QUADRANT, match: quadrant(2, 0), as: 'lw', rd: 'low', rs1: 'high', imm: WORD },
  { mnemonic: 'c.ld', width: 64, mask: QUADRANT, match: quadrant(3, 0), as: 'ld', rd: 'low', rs1: 'high', imm: DOUBLE },
  { mnemonic: 'c.sw', width: both, mask: QUADRANT, match: quadrant(6, 0), as: 'sw', rs1: 'high', rs2: 'low', imm: WORD },
  { mnemonic: 'c.sd', width: 64, mask: QUADRANT, match: quadrant(7, 0), as: 'sd', rs1: 'high', rs2: 'low', imm: DOUBLE },

  { mnemonic: 'c.addi', width: both, mask: QUADRANT, match: quadrant(0, 1), as: 'addi', rd: 'full', rs1: 'full', imm: IMM6 },
  { mnemonic: 'c.jal', width: 32, mask: QUADRANT, match: quadrant(1, 1), as: 'jal', rd: 'ra', imm: JUMP },
  { mnemonic: 'c.addiw', width: 64, mask: QUADRANT, match: quadrant(1, 1), as: 'addiw', rd: 'full', rs1: 'full', imm: IMM6, nonzero: 'rd' },
  { mnemonic: 'c.li', width: both, mask: QUADRANT, match: quadrant(2, 1), as: 'li', rd: 'full', imm: IMM6 },
  { mnemonic: 'c.addi16sp', width: both, mask: 0xef83, match: quadrant(3, 1) | 0x100, as: 'addi', rd: 'sp', rs1: 'sp', imm: ADDI16, nonzero: 'imm' },
  { mnemonic: 'c.lui', width: both, mask: QUADRANT, match: quadrant(3, 1), as: 'lui', rd: 'full', imm: UPPER, nonzero: 'imm' },
  ...shifts('srli', 0xec03, quadrant(4, 1), 'high'),
  ...shifts('srai', 0xec03, quadrant(4, 1) | 0x400, 'high'),
  { mnemonic: 'c.andi', width: both, mask: 0xec03, match: quadrant(4, 1) | 0x800, as: 'andi', rd: 'high', rs1: 'high', imm: IMM6 },
  registers('sub', both, 0x23, 0),
  registers('xor', both, 0x23, 1),
  registers('or', both, 0x23, 2),
  registers('and', both, 0x23, 3),
  registers('subw', 64, 0x27, 0),
  registers('addw', 64, 0x27, 1),
  { mnemonic: 'c.j', width: both, mask: QUADRANT, match: quadrant(5, 1), as: 'j', imm: JUMP },
  { mnemonic: 'c.beqz', width: both, mask: QUADRANT, match: quadrant(6, 1), as: 'beq', rs1: 'high', imm: BRANCH },
  { mnemonic: 'c.bnez', width: both, mask: QUADRANT, match: quadrant(7, 1), as: 'bne', rs1: 'high', imm: BRANCH },

  ...shifts('slli', QUADRANT, quadrant(0, 2), 'full'),
  { mnemonic: 'c.lwsp', width: both, mask: QUADRANT, match: quadrant(2, 2), as: 'lw', rd: 'full', rs1: 'sp', imm: WORD_SP, nonzero: 'rd' },
  { mnemonic: 'c.ldsp', width: 64, mask: QUADRANT, match: quadrant(3, 2), as: 'ld', rd: 'full', rs1: 'sp', imm: DOUBLE_SP, nonzero: 'rd' },
  { mnemonic: 'c.jr', width: both, mask: 0xf07f, match: quadrant(4, 2), as: 'jr', rs1: 'full', nonzero: 'rs1' },
  { mnemonic: 'c.mv', width: both, mask: 0xf003, match: quadrant(4, 2), as: 'mv', rd: 'full', rs1: 'second', nonzero: 'rs1' },
  { mnemonic: 'c.ebreak', width: both, mask: 0xffff, match: quadrant(4, 2) | 0x1000, as: 'ebreak' },
  { mnemonic: 'c.jalr', width: both, mask: 0xf07f, match: quadrant(4, 2) | 0x1000, as: 'jalr', rd: 'ra', rs1: 'full' },
  { mnemonic: 'c.add', width: both, mask: 0xf003, match: quadrant(4, 2) | 0x1000, as: 'add', rd: 'full', rs1: 'full', rs2: 'second' },
  { mnemonic: 'c.swsp', width: both, mask: QUADRANT, match: quadrant(6, 2), as: 'sw', rs1: 'sp', rs2: 'second', imm: STORE_WORD_SP },
  { mnemonic: 'c.sdsp', width: 64, mask: QUADRANT, match: quadrant(7, 2), as: 'sd', rs1: 'sp', rs2: 'second', imm: STORE_DOUBLE_SP },
];
