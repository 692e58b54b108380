import { type RiscvKind, type Width, widthOf } from '../core/kind.ts';
import type { Fields } from '../isa/compressed.ts';
import { type Encoding, existsInWidth, type Layout } from '../isa/encoding.ts';
import { FORMS, type Form } from '../isa/row.ts';
import { ROWS } from '../isa/table.ts';
import { fail } from './encode-errors.ts';
import type { Instruction } from './instruction.ts';
import { fieldsOf } from './riscv.ts';

/**
 * The 32-bit instruction word (unsigned) of an instruction at guest address `pc`: the first encoding of its row
 * that holds the operands. What `Instruction` does not keep gets its plain value: no ordering bits in atomics,
 * no access sets in fences.
 *
 * The word decodes to the same instruction, or, when a register is x0, to the special case that the table has
 * for it (`add_imm_64` from x0 decodes as `load_imm`).
 *
 * @throws RiscboxError `encode/unavailable` when the kind lacks the instruction, `encode/operands` when no
 * encoding of it holds the operands
 */
export const encodeRiscv = (i: Instruction, pc: number, kind: RiscvKind): number => {
  const width = widthOf(kind);
  const r = ROWS[i.op];
  const encodings = r?.encodings.filter((e) => existsInWidth(e.width, width)) ?? [];
  if (r === undefined || encodings.length === 0) {
    throw fail('encode/unavailable', { instruction: r?.name ?? 'invalid', kind });
  }
  for (const encoding of encodings) {
    const word = assemble(encoding, i, pc, width);
    if (word !== undefined) return word;
  }
  throw fail('encode/operands', { instruction: r.name, kind, operands: operandText(i, r.form) });
};

const operandText = (i: Instruction, form: Form): string =>
  [...FORMS[form]]
    .map((operand) => (operand === 't' ? `target ${i.target}` : `${operand} = ${i[operand as 'a']}`))
    .join(', ');

/** The word of one encoding, or undefined when the operands do not fit into its fields. */
const assemble = (encoding: Encoding, i: Instruction, pc: number, width: Width): number | undefined => {
  const { layout, mask, match } = encoding;
  if (layout === 'csr' && i.y !== ((match >>> 12) & 7)) return undefined;
  const fields = operandFields(layout, i, pc, width);
  const word = match | insert(layout, fields);
  const back = fieldsOf(word, layout);
  const fits =
    (word & mask) === match &&
    USED_FIELDS[layout].every((field) => back[field] === fields[field]) &&
    (layout !== 'none' || i.x === 0);
  return fits ? word >>> 0 : undefined;
};

/** The roles of isa/encoding.ts, backwards. */
const operandFields = (layout: Layout, i: Instruction, pc: number, width: Width): Fields => {
  const { a, b, c, x, y, target } = i;
  const relative = (target - pc) | 0;
  switch (layout) {
    case 'R':
    case 'amo':
      return { rd: a, rs1: b, rs2: c, imm: 0 };
    case 'jr':
      return { rd: 0, rs1: a, rs2: 0, imm: x };
    case 'S':
      return { rd: 0, rs1: b, rs2: a, imm: x };
    case 'B':
      return { rd: 0, rs1: a, rs2: b, imm: relative };
    case 'li':
    case 'U':
      return { rd: a, rs1: 0, rs2: 0, imm: x };
    case 'pcrel':
      return { rd: a, rs1: 0, rs2: 0, imm: width === 32 ? (x - pc) | 0 : y * 2 ** 32 + (x >>> 0) - pc };
    case 'J':
    case 'j':
      return { rd: layout === 'J' ? a : 0, rs1: 0, rs2: 0, imm: relative };
    default:
      return { rd: a, rs1: b, rs2: 0, imm: x };
  }
};

/** The fields that carry operands; the others are fixed by the encoding. */
const USED_FIELDS: Readonly<Record<Layout, readonly (keyof Fields)[]>> = {
  R: ['rd', 'rs1', 'rs2'],
  amo: ['rd', 'rs1', 'rs2'],
  I: ['rd', 'rs1', 'imm'],
  load: ['rd', 'rs1', 'imm'],
  shift: ['rd', 'rs1', 'imm'],
  csr: ['rd', 'rs1', 'imm'],
  unary: ['rd', 'rs1'],
  li: ['rd', 'imm'],
  U: ['rd', 'imm'],
  pcrel: ['rd', 'imm'],
  J: ['rd', 'imm'],
  j: ['imm'],
  jr: ['rs1', 'imm'],
  S: ['rs1', 'rs2', 'imm'],
  B: ['rs1', 'rs2', 'imm'],
  none: [],
};

const insert = (layout: Layout, f: Fields): number => {
  const { imm } = f;
  const rd = (f.rd & 31) << 7;
  const rs1 = (f.rs1 & 31) << 15;
  const rs2 = (f.rs2 & 31) << 20;
  switch (layout) {
    case 'R':
    case 'amo':
      return rd | rs1 | rs2;
    case 'unary':
      return rd | rs1;
    case 'S':
      return rs1 | rs2 | ((imm & 0xfe0) << 20) | ((imm & 0x1f) << 7);
    case 'B':
      return (
        rs1 |
        rs2 |
        ((imm & 0x1000) << 19) |
        ((imm & 0x7e0) << 20) |
        ((imm & 0x1e) << 7) |
        ((imm & 0x800) >> 4)
      );
    case 'U':
    case 'pcrel':
      return rd | (imm & 0xfffff000);
    case 'J':
    case 'j':
      return rd | ((imm & 0x100000) << 11) | ((imm & 0x7fe) << 20) | ((imm & 0x800) << 9) | (imm & 0xff000);
    case 'shift':
      return rd | rs1 | ((imm & 63) << 20);
    case 'none':
      return 0;
    default:
      return rd | rs1 | ((imm & 0xfff) << 20);
  }
};
