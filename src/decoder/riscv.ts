import type { Width } from '../core/kind.ts';
import { COMPRESSED, type CompressedForm, compressedFields, type Fields } from '../isa/compressed.ts';
import { type Encoding, existsInWidth, type Layout } from '../isa/encoding.ts';
import { INVALID, ROWS } from '../isa/table.ts';
import type { Instruction } from './instruction.ts';

/** An encoding of one width with the operation it belongs to. */
export interface EncodedOperation {
  readonly op: number;
  readonly encoding: Encoding;
}

export interface CompressedOperation {
  readonly form: CompressedForm;
  readonly target: EncodedOperation;
}

interface Tables {
  /** By opcode bits 6:2 and funct3. */
  readonly words: readonly (readonly EncodedOperation[])[];
  /** By funct3 (15:13) and quadrant. */
  readonly halfwords: readonly (readonly CompressedOperation[])[];
}

const weight = (mask: number): number => {
  let bits = 0;
  for (let m = mask; m !== 0; m &= m - 1) bits++;
  return bits;
};

const wordBucket = (w: number): number => ((w >>> 2) & 31) | ((w >>> 7) & 0xe0);
const halfwordBucket = (h: number): number => ((h >>> 13) << 2) | (h & 3);

/** The encodings of all rows, in the order of the table. */
const ENCODED: readonly EncodedOperation[] = ROWS.flatMap((r, op) =>
  r.encodings.map((encoding) => ({ op, encoding })),
);

const tables = new Map<Width, Tables>();

const tablesOf = (width: Width): Tables => {
  const known = tables.get(width);
  if (known !== undefined) return known;
  const candidates = ENCODED.filter(({ encoding }) => existsInWidth(encoding.width, width)).sort(
    (p, q) => weight(q.encoding.mask) - weight(p.encoding.mask),
  );
  const words = Array.from({ length: 256 }, (_, bucket) => {
    const bits = ((bucket & 31) << 2) | 3 | ((bucket & 0xe0) << 7);
    return candidates.filter(({ encoding: e }) => ((e.match ^ bits) & e.mask & 0x707f) === 0);
  });
  const forms = COMPRESSED.flatMap((form) => {
    const target = ENCODED[form[width === 32 ? 2 : 3]];
    return target === undefined ? [] : [{ form, target }];
  }).sort((p, q) => weight(q.form[0]) - weight(p.form[0]));
  const halfwords = Array.from({ length: 32 }, (_, bucket) => {
    const bits = ((bucket >>> 2) << 13) | (bucket & 3);
    return forms.filter(({ form: [mask, match] }) => ((match ^ bits) & mask & 0xe003) === 0);
  });
  const made = { words, halfwords };
  tables.set(width, made);
  return made;
};

/** The form of a halfword, if it is one: whether its operands are reserved, `compressedFields` tells. */
export const findCompressed = (h: number, width: Width): CompressedOperation | undefined =>
  (tablesOf(width).halfwords[halfwordBucket(h)] as readonly CompressedOperation[]).find(
    ({ form: [mask, match] }) => (h & mask) === match,
  );

/** The encodings that a word may be, most special first. */
const encodingsNear = (w: number, width: Width): readonly EncodedOperation[] =>
  tablesOf(width).words[wordBucket(w)] as readonly EncodedOperation[];

const isEncoding =
  (w: number) =>
  ({ encoding: { mask, match } }: EncodedOperation): boolean =>
    (w & mask) === match;

const findWord = (w: number, width: Width): EncodedOperation | undefined =>
  encodingsNear(w, width).find(isEncoding(w));

/** The least special encoding of a word. */
export const findPlainWord = (w: number, width: Width): EncodedOperation | undefined =>
  encodingsNear(w, width).findLast(isEncoding(w));

/** Bytes of the instruction whose first halfword is `h`: 2 when its low bits are not 11, else 4. */
export const riscvLength = (h: number): 2 | 4 => ((h & 3) === 3 ? 4 : 2);

/** The fields of a word in a layout. */
export const fieldsOf = (w: number, layout: Layout): Fields => {
  const rd = (w >>> 7) & 31;
  const rs1 = (w >>> 15) & 31;
  const rs2 = (w >>> 20) & 31;
  switch (layout) {
    case 'I':
    case 'load':
    case 'li':
    case 'jr':
      return { rd, rs1, rs2, imm: w >> 20 };
    case 'shift':
      return { rd, rs1, rs2, imm: (w >>> 20) & 63 };
    case 'S':
      return { rd, rs1, rs2, imm: ((w >> 25) << 5) | rd };
    case 'B':
      return {
        rd,
        rs1,
        rs2,
        imm: ((w >> 31) << 12) | ((w & 0x80) << 4) | ((w >>> 20) & 0x7e0) | ((w >>> 7) & 0x1e),
      };
    case 'U':
    case 'pcrel':
      return { rd, rs1, rs2, imm: w & 0xfffff000 };
    case 'J':
    case 'j':
      return {
        rd,
        rs1,
        rs2,
        imm: ((w >> 31) << 20) | (w & 0xff000) | ((w >>> 9) & 0x800) | ((w >>> 20) & 0x7fe),
      };
    default:
      return { rd, rs1, rs2, imm: w >>> 20 };
  }
};

/** Gives the fields their roles; returns the highest register number used, for the check of E files. */
const place = (layout: Layout, f: Fields, pc: number, w: number, out: Instruction): number => {
  switch (layout) {
    case 'R':
    case 'amo':
      out.a = f.rd;
      out.b = f.rs1;
      out.c = f.rs2;
      return Math.max(f.rd, f.rs1, f.rs2);
    case 'I':
    case 'load':
    case 'shift':
      out.a = f.rd;
      out.b = f.rs1;
      out.x = f.imm;
      return Math.max(f.rd, f.rs1);
    case 'li':
    case 'U':
      out.a = f.rd;
      out.x = f.imm;
      return f.rd;
    case 'pcrel': {
      // 64-bit kinds: the sum of a 32-bit pc and a signed 32-bit immediate, exact in a double.
      const sum = pc + f.imm;
      out.a = f.rd;
      out.x = sum | 0;
      out.y = Math.floor(sum / 2 ** 32);
      return f.rd;
    }
    case 'jr':
      out.a = f.rs1;
      out.x = f.imm;
      return f.rs1;
    case 'unary':
      out.a = f.rd;
      out.b = f.rs1;
      return Math.max(f.rd, f.rs1);
    case 'S':
      out.a = f.rs2;
      out.b = f.rs1;
      out.x = f.imm;
      return Math.max(f.rs1, f.rs2);
    case 'B':
      out.a = f.rs1;
      out.b = f.rs2;
      out.target = (pc + f.imm) >>> 0;
      return Math.max(f.rs1, f.rs2);
    case 'J':
      out.a = f.rd;
      out.target = (pc + f.imm) >>> 0;
      return f.rd;
    case 'j':
      out.target = (pc + f.imm) >>> 0;
      return 0;
    case 'csr':
      out.a = f.rd;
      out.b = f.rs1;
      out.x = f.imm;
      out.y = (w >>> 12) & 7;
      // Functions 5 to 7 hold a number where the others name a register.
      return out.y >= 5 ? f.rd : Math.max(f.rd, f.rs1);
    case 'none':
      out.x = 0;
      return 0;
  }
};

/**
 * Decodes the instruction word `w` (only the low half counts when `riscvLength` says 2) at guest address `pc`.
 *
 * `registers` is 32, or 16 in an E file, where a higher register makes the instruction invalid.
 */
export const decodeRiscv = (
  w: number,
  pc: number,
  width: Width,
  registers: number,
  out: Instruction,
): void => {
  out.isLast = false;
  let found: EncodedOperation | undefined;
  let fields: Fields | undefined;
  if ((w & 3) === 3) {
    out.length = 4;
    found = findWord(w | 0, width);
    if (found !== undefined) fields = fieldsOf(w, found.encoding.layout);
  } else {
    out.length = 2;
    const half = findCompressed(w & 0xffff, width);
    if (half !== undefined) {
      found = half.target;
      fields = compressedFields(w & 0xffff, half.form);
    }
  }
  out.op =
    found === undefined ||
    fields === undefined ||
    place(found.encoding.layout, fields, pc, w, out) >= registers
      ? INVALID
      : found.op;
};
