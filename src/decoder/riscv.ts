import type { Width } from '../core/kind.ts';
import { COMPRESSED, type Compressed, type Fields, isLegalShift } from '../isa/compressed.ts';
import type { Encoding, Layout } from '../isa/encoding.ts';
import { INVALID, ROWS } from '../isa/table.ts';
import { Instruction } from './instruction.ts';

/** An encoding of one width with the operation it belongs to. */
interface Candidate {
  readonly op: number;
  readonly encoding: Encoding;
}

interface CompressedCandidate {
  readonly form: Compressed;
  readonly target: Candidate;
}

interface Tables {
  /** By opcode bits 6:2 and funct3. */
  readonly words: readonly (readonly Candidate[])[];
  /** By funct3 (15:13) and quadrant. */
  readonly halfwords: readonly (readonly CompressedCandidate[])[];
}

const weight = (mask: number): number => {
  let bits = 0;
  for (let m = mask; m !== 0; m &= m - 1) bits++;
  return bits;
};

const wordBucket = (w: number): number => ((w >>> 2) & 31) | ((w >>> 7) & 0xe0);
const halfwordBucket = (h: number): number => ((h >>> 13) << 2) | (h & 3);

const tables = new Map<Width, Tables>();

const tablesOf = (width: Width): Tables => {
  const known = tables.get(width);
  if (known !== undefined) return known;
  const fits = (w: 32 | 64 | 'both'): boolean => w === 'both' || w === width;
  const candidates = ROWS.flatMap((r, op) =>
    r.encodings.filter((e) => fits(e.width)).map((encoding) => ({ op, encoding })),
  ).sort((p, q) => weight(q.encoding.mask) - weight(p.encoding.mask));
  const words = Array.from({ length: 256 }, (_, bucket) => {
    const bits = ((bucket & 31) << 2) | 3 | ((bucket & 0xe0) << 7);
    return candidates.filter(({ encoding: e }) => ((e.match ^ bits) & e.mask & 0x707f) === 0);
  });
  const forms = COMPRESSED.filter((f) => fits(f.width)).sort((p, q) => weight(q.mask) - weight(p.mask));
  const halfwords = Array.from({ length: 32 }, (_, bucket) => {
    const bits = ((bucket >>> 2) << 13) | (bucket & 3);
    return forms
      .filter((f) => ((f.match ^ bits) & f.mask & 0xe003) === 0)
      .map((form) => ({
        form,
        target: candidates.find((c) => c.encoding.mnemonic === form.as) as Candidate,
      }));
  });
  const made = { words, halfwords };
  tables.set(width, made);
  return made;
};

const SHIFTS = new Set(['slli', 'srli', 'srai']);

const findCompressed = (h: number, width: Width): CompressedCandidate | undefined => {
  for (const candidate of tablesOf(width).halfwords[halfwordBucket(h)] as readonly CompressedCandidate[]) {
    const { form } = candidate;
    if ((h & form.mask) !== form.match) continue;
    if (form.legal !== undefined && !form.legal(h)) continue;
    if (SHIFTS.has(form.as) && !isLegalShift(h, width)) continue;
    return candidate;
  }
  return undefined;
};

const findWord = (w: number, width: Width): Candidate | undefined => {
  for (const candidate of tablesOf(width).words[wordBucket(w)] as readonly Candidate[]) {
    if ((w & candidate.encoding.mask) === candidate.encoding.match) return candidate;
  }
  return undefined;
};

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

const NO_FIELDS: Fields = { rd: 0, rs1: 0, rs2: 0, imm: 0 };

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
  let found: Candidate | undefined;
  let fields = NO_FIELDS;
  if ((w & 3) === 3) {
    out.length = 4;
    found = findWord(w | 0, width);
    if (found !== undefined) fields = fieldsOf(w, found.encoding.layout);
  } else {
    out.length = 2;
    const half = findCompressed(w & 0xffff, width);
    if (half !== undefined) {
      found = half.target;
      fields = half.form.fields(w & 0xffff);
    }
  }
  if (found === undefined) {
    out.op = INVALID;
    return;
  }
  out.op = found.op;
  if (place(found.encoding.layout, fields, pc, w, out) >= registers) out.op = INVALID;
};

/** What stands in an instruction word, for listings. */
export interface RiscvDescription {
  /** The plain mnemonic: `addi` where the table also knows the special case `li`; `c.` forms as they are. */
  readonly mnemonic: string;
  /** The encoding of that mnemonic; of a compressed form, the encoding it is short for. */
  readonly encoding: Encoding;
  readonly fields: Fields;
}

/** Describes the instruction word `w` of a program with 32 or 16 `registers`; undefined when it is invalid. */
export const describeRiscv = (w: number, width: Width, registers: number): RiscvDescription | undefined => {
  decodeRiscv(w, 0, width, registers, scratch);
  if (scratch.op === INVALID) return undefined;
  if ((w & 3) === 3) {
    const { encoding } = findPlainWord(w | 0, width) as Candidate;
    return { mnemonic: encoding.mnemonic, encoding, fields: fieldsOf(w, encoding.layout) };
  }
  const { form, target } = findCompressed(w & 0xffff, width) as CompressedCandidate;
  return { mnemonic: form.mnemonic, encoding: target.encoding, fields: form.fields(w & 0xffff) };
};

const scratch = new Instruction();

/** The least special encoding of a word. */
const findPlainWord = (w: number, width: Width): Candidate | undefined =>
  (tablesOf(width).words[wordBucket(w)] as readonly Candidate[]).findLast(
    ({ encoding }) => (w & encoding.mask) === encoding.match,
  );
