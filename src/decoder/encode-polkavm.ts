import type { PolkaVmKind } from '../core/kind.ts';
import { FORMS, type Form } from '../isa/row.ts';
import { ROWS } from '../isa/table.ts';
import { fail } from './encode-errors.ts';
import type { Instruction } from './instruction.ts';

/** Bytes of the longest encoding: opcode, registers, length byte, two immediates. */
export const MAX_ENCODED_LENGTH = 11;

/** Register operands of PolkaVM kinds: 0 … 12. */
const REGISTERS = 13;

/**
 * Bytes of the shortest signed immediate of a value: 0 for 0, else the fewest whose sign extension gives it back.
 */
export const immediateSize = (value: number): number => {
  if (value === 0) return 0;
  // Bits that differ from the sign, and one for the sign.
  const bits = 33 - Math.clz32(value ^ (value >> 31));
  return (bits + 7) >> 3;
};

/**
 * Writes an instruction as it stands at code offset `offset`, with the shortest immediates, to `out` from `at`
 * on, and returns its length. There must be room for `MAX_ENCODED_LENGTH` bytes. The inverse of the decoder;
 * the bitmask is the caller's part.
 *
 * @throws RiscboxError `encode/unavailable` when the kind lacks the instruction, `encode/operands` for a register
 * number above 12
 */
export const encodePolkaVm = (
  i: Instruction,
  kind: PolkaVmKind,
  offset: number,
  out: Uint8Array,
  at: number,
): number => {
  const r = ROWS[i.op];
  const opcode = r?.opcodes[kind];
  if (r === undefined || opcode === undefined) {
    throw fail('encode/unavailable', { instruction: r?.name ?? 'invalid', kind });
  }
  checkRegisters(i, r.name, r.form, kind);
  out[at] = opcode;
  return 1 + writeOperands(r.form, i, (i.target - offset) | 0, out, at + 1);
};

const checkRegisters = (i: Instruction, instruction: string, form: Form, kind: PolkaVmKind): void => {
  for (const operand of ['a', 'b', 'c'] as const) {
    if (FORMS[form].includes(operand) && !(i[operand] >= 0 && i[operand] < REGISTERS)) {
      throw fail('encode/operands', { instruction, kind, operands: `register ${i[operand]}` });
    }
  }
};

/** Writes the operands from `at` on; returns their length. `relative`: the target, counted from the opcode. */
const writeOperands = (
  form: Form,
  { a, b, c, x, y }: Instruction,
  relative: number,
  out: Uint8Array,
  at: number,
): number => {
  switch (form) {
    case 'imm':
      return immediate(out, at, x);
    case 'offset':
      return immediate(out, at, relative);
    case 'imm_imm':
      out[at] = immediateSize(x);
      return 1 + pair(out, at + 1, x, y);
    case 'reg_imm':
      out[at] = a;
      return 1 + immediate(out, at + 1, x);
    case 'reg_imm_imm':
      out[at] = a | (immediateSize(x) << 4);
      return 1 + pair(out, at + 1, x, y);
    case 'reg_imm_offset':
      out[at] = a | (immediateSize(x) << 4);
      return 1 + pair(out, at + 1, x, relative);
    case 'reg_imm64':
      out[at] = a;
      put(out, at + 1, x, 4);
      put(out, at + 5, y, 4);
      return 9;
    case 'reg_reg':
      out[at] = a | (b << 4);
      return 1;
    case 'reg_reg_imm':
      out[at] = a | (b << 4);
      return 1 + immediate(out, at + 1, x);
    case 'reg_reg_offset':
      out[at] = a | (b << 4);
      return 1 + immediate(out, at + 1, relative);
    case 'reg_reg_reg':
      // The destination comes last in this form only.
      out[at] = b | (c << 4);
      out[at + 1] = a;
      return 2;
    case 'reg_reg_imm_imm':
      out[at] = a | (b << 4);
      out[at + 1] = immediateSize(x);
      return 2 + pair(out, at + 2, x, y);
    default:
      return 0;
  }
};

const immediate = (out: Uint8Array, at: number, value: number): number =>
  put(out, at, value, immediateSize(value));

const pair = (out: Uint8Array, at: number, first: number, second: number): number => {
  const size = immediate(out, at, first);
  return size + immediate(out, at + size, second);
};

const put = (out: Uint8Array, at: number, value: number, size: number): number => {
  for (let k = 0; k < size; k++) out[at + k] = value >>> (8 * k);
  return size;
};
