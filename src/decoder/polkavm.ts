import type { PolkaVmKind } from '../core/kind.ts';
import { FORMS, type Form } from '../isa/row.ts';
import { INVALID, operationsByOpcode, ROWS } from '../isa/table.ts';
import type { Instruction } from './instruction.ts';

/** Zero bits of the bitmask that are looked through for the next instruction (PolkaVM 0.35, instruction stream). */
export const MAX_SKIP = 24;

const FORM_NAMES = Object.keys(FORMS) as Form[];
const FORM_NUMBER = Object.fromEntries(FORM_NAMES.map((form, index) => [form, index])) as Record<
  Form,
  number
>;
const FORM_OF_OPERATION = Uint8Array.from([...ROWS.map((r) => FORM_NUMBER[r.form]), FORM_NUMBER.argless]);

/** Distance from `from` to the next set bit, at most `limit`; `limit + 1` when there is none. */
const distanceToStart = (bitmask: Uint8Array, from: number, limit: number): number => {
  // 25 bits from `from`, in one or two steps: `limit` is at most MAX_SKIP.
  const byte = from >>> 3;
  const low =
    (bitmask[byte] ?? 0) |
    ((bitmask[byte + 1] ?? 0) << 8) |
    ((bitmask[byte + 2] ?? 0) << 16) |
    ((bitmask[byte + 3] ?? 0) << 24);
  const shift = from & 7;
  // The window holds 32 - shift ≥ 25 bits.
  const window = low >>> shift;
  const distance = window === 0 ? 32 : 31 - Math.clz32(window & -window);
  return distance > limit ? limit + 1 : distance;
};

/** The signed immediate of `size` bytes (0…4) at `at`; bytes behind the code read as zero. */
const immediate = (code: Uint8Array, at: number, size: number): number => {
  switch (size) {
    case 0:
      return 0;
    case 1:
      return ((code[at] ?? 0) << 24) >> 24;
    case 2:
      return (((code[at] ?? 0) | ((code[at + 1] ?? 0) << 8)) << 16) >> 16;
    case 3:
      return (((code[at] ?? 0) | ((code[at + 1] ?? 0) << 8) | ((code[at + 2] ?? 0) << 16)) << 8) >> 8;
    default:
      return (
        (code[at] ?? 0) |
        ((code[at + 1] ?? 0) << 8) |
        ((code[at + 2] ?? 0) << 16) |
        ((code[at + 3] ?? 0) << 24)
      );
  }
};

/** Register nibbles 13…15 name register 12. */
const register = (nibble: number): number => Math.min(nibble, 12);
const clamp = (size: number): number => (size < 0 ? 0 : Math.min(size, 4));

/** Decodes the bytecode of one program. */
export class PolkaVmDecoder {
  readonly kind: PolkaVmKind;
  readonly code: Uint8Array;
  readonly #bitmask: Uint8Array;
  readonly #operations: Uint16Array;

  /** `bitmask`: one bit per code byte, least significant first. */
  constructor(kind: PolkaVmKind, code: Uint8Array, bitmask: Uint8Array) {
    this.kind = kind;
    this.code = code;
    this.#bitmask = bitmask;
    this.#operations = operationsByOpcode(kind);
  }

  /** True when an instruction starts at `offset`. */
  isStart(offset: number): boolean {
    return offset < this.code.length && (((this.#bitmask[offset >>> 3] ?? 0) >>> (offset & 7)) & 1) === 1;
  }

  /** The operation at an offset inside the code, without its operands. */
  operationAt(offset: number): number {
    return this.#operations[this.code[offset] as number] as number;
  }

  /** The instruction start before `offset` within the reach of one instruction, or -1. */
  startBefore(offset: number): number {
    const lowest = Math.max(0, offset - 1 - MAX_SKIP);
    for (let p = offset - 1; p >= lowest; p--) if (this.isStart(p)) return p;
    return -1;
  }

  /** Decodes what starts at `offset` (which must be inside the code) into `out`. */
  decode(offset: number, out: Instruction): void {
    const code = this.code;
    const op = this.#operations[code[offset] as number] as number;
    const limit = Math.min(MAX_SKIP, code.length - offset - 1);
    let skip = distanceToStart(this.#bitmask, offset + 1, limit);
    out.isLast = skip > limit || offset + 1 + skip >= code.length;
    if (skip > limit) skip = limit;
    // Upstream's decoder looks at the bitmask bytewise near the end of the code and misses a start there.
    if (skip === MAX_SKIP && (offset + 25) % 8 === 0 && code.length - offset < 32) out.isLast = true;
    out.op = op;
    out.length = 1 + skip;
    const at = offset + 1;
    const byte1 = code[at] ?? 0;
    switch (FORM_OF_OPERATION[op]) {
      case FORM_NUMBER.argless:
        return;
      case FORM_NUMBER.imm:
        out.x = immediate(code, at, clamp(skip));
        return;
      case FORM_NUMBER.offset:
        out.target = (offset + immediate(code, at, clamp(skip))) >>> 0;
        return;
      case FORM_NUMBER.imm_imm: {
        const first = clamp(byte1 & 7);
        out.x = immediate(code, at + 1, first);
        out.y = immediate(code, at + 1 + first, clamp(skip - first - 1));
        return;
      }
      case FORM_NUMBER.reg_imm:
        out.a = register(byte1 & 15);
        out.x = immediate(code, at + 1, clamp(skip - 1));
        return;
      case FORM_NUMBER.reg_imm_imm: {
        const first = clamp((byte1 >> 4) & 7);
        out.a = register(byte1 & 15);
        out.x = immediate(code, at + 1, first);
        out.y = immediate(code, at + 1 + first, clamp(skip - first - 1));
        return;
      }
      case FORM_NUMBER.reg_imm_offset: {
        const first = clamp((byte1 >> 4) & 7);
        out.a = register(byte1 & 15);
        out.x = immediate(code, at + 1, first);
        out.target = (offset + immediate(code, at + 1 + first, clamp(skip - first - 1))) >>> 0;
        return;
      }
      case FORM_NUMBER.reg_imm64:
        out.a = register(byte1 & 15);
        out.x = immediate(code, at + 1, 4);
        out.y = immediate(code, at + 5, 4);
        return;
      case FORM_NUMBER.reg_reg:
        out.a = register(byte1 & 15);
        out.b = register(byte1 >> 4);
        return;
      case FORM_NUMBER.reg_reg_imm:
        out.a = register(byte1 & 15);
        out.b = register(byte1 >> 4);
        out.x = immediate(code, at + 1, clamp(skip - 1));
        return;
      case FORM_NUMBER.reg_reg_offset:
        out.a = register(byte1 & 15);
        out.b = register(byte1 >> 4);
        out.target = (offset + immediate(code, at + 1, clamp(skip - 1))) >>> 0;
        return;
      case FORM_NUMBER.reg_reg_reg:
        // The destination comes last in this form only.
        out.b = register(byte1 & 15);
        out.c = register(byte1 >> 4);
        out.a = register((code[at + 1] ?? 0) & 15);
        return;
      case FORM_NUMBER.reg_reg_imm_imm: {
        const first = clamp((code[at + 1] ?? 0) & 7);
        out.a = register(byte1 & 15);
        out.b = register(byte1 >> 4);
        out.x = immediate(code, at + 2, first);
        out.y = immediate(code, at + 2 + first, clamp(skip - first - 2));
        return;
      }
    }
  }

  /**
   * Whether a jump may go to `offset`: an instruction starts there, and it is the first of the code or the one
   * before it is known to the kind and ends its block.
   */
  isJumpTarget(offset: number, endsBlock: (op: number) => boolean): boolean {
    if (!this.isStart(offset)) return false;
    if (offset === 0) return true;
    const before = this.startBefore(offset);
    if (before < 0) return false;
    const op = this.operationAt(before);
    return op !== INVALID && endsBlock(op);
  }
}
