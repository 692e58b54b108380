import { isRiscvKind, type Kind, type PolkaVmKind, type RiscvKind, widthOf } from '../../src/core/kind.ts';
import { encodePolkaVm, MAX_ENCODED_LENGTH } from '../../src/decoder/encode-polkavm.ts';
import { encodeRiscv } from '../../src/decoder/encode-riscv.ts';
import { Instruction } from '../../src/decoder/instruction.ts';
import { compressedOf } from './compressed.ts';
import { codeBase, codeSegment, type Image, type Layout } from './layout.ts';

/** One instruction with its jump target as a label, or bytes as they are. */
export interface Line {
  readonly op: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly x: number;
  readonly y: number;
  /** Label of the jump target, or -1. */
  readonly to: number;
  /** RISC-V `auipc`: `x` counts from the instruction. */
  readonly pcRelative: boolean;
  /** RISC-V: in 16 bits where that is possible. */
  readonly short: boolean;
  /** Bytes that stand here instead of an instruction. */
  readonly raw: Uint8Array | undefined;
  /** PolkaVM, raw bytes: an instruction begins with them. */
  readonly start: boolean;
}

/** A word of data that holds the code address of a label. */
export interface AddressWord {
  /** Index in `data`. */
  readonly part: number;
  readonly offset: number;
  readonly label: number;
}

/** A program before it is assembled: what generators make and what is shrunk. */
export interface Source {
  readonly kind: Kind;
  readonly layout: Layout;
  readonly lines: readonly Line[];
  /** Line in front of which each label stands; may be the number of lines. */
  readonly labels: readonly number[];
  /** PolkaVM: labels of the jump table; entry i has code address 2 * (i + 1). */
  readonly jumps: readonly number[];
  readonly data: readonly Uint8Array[];
  readonly addressWords: readonly AddressWord[];
  /** RISC-V: labels that the blob lists as block starts. */
  readonly starts: readonly number[];
  /** Labels where runs and calls of the host begin; the first is where the program does. */
  readonly entries: readonly number[];
}

export interface Assembled {
  readonly image: Image;
  /** Program counters of the entries. */
  readonly entries: readonly number[];
}

export const LINE: Line = {
  ...{ op: 0, a: 0, b: 0, c: 0, x: 0, y: 0, to: -1 },
  ...{ pcRelative: false, short: false, raw: undefined, start: true },
};

/** Rounds in which targets may still move before we give up. */
const MAX_ROUNDS = 16;

/** Bytes of a source. Throws `encode/…`, and an Error for targets that find no rest. */
export const assemble = (source: Source): Assembled => {
  const { kind, layout, lines, labels } = source;
  const base = codeBase(layout);
  const offsets = new Int32Array(lines.length + 1);
  const bytes = new Uint8Array(lines.reduce((sum, { raw }) => sum + (raw?.length ?? MAX_ENCODED_LENGTH), 0));
  const encode = isRiscvKind(kind) ? riscvEncoder(kind, base) : polkaVmEncoder(kind);
  const isLong = new Uint8Array(lines.length);
  for (let round = 0, moved = true; moved; round++) {
    if (round === MAX_ROUNDS) throw new Error('jump targets find no rest');
    moved = false;
    let at = 0;
    for (const [index, line] of lines.entries()) {
      if (offsets[index] !== at) moved = true;
      offsets[index] = at;
      if (line.raw !== undefined) {
        bytes.set(line.raw, at);
        at += line.raw.length;
        continue;
      }
      const place = line.to < 0 ? 0 : (labels[line.to] as number);
      // In the first round nobody knows where what follows will lie: near, so that short forms get their chance.
      const target = line.to < 0 ? 0 : round === 0 && place > index ? at : (offsets[place] as number);
      at += encode(line, at, target, bytes, isLong, index);
    }
    if (offsets[lines.length] !== at) moved = true;
    offsets[lines.length] = at;
  }
  const length = offsets[lines.length] as number;
  if (length === 0) throw new Error('no code');
  if (isRiscvKind(kind) && length > codeSegment(layout).size)
    throw new Error('the code segment is too small');
  const offsetOf = (label: number): number => offsets[labels[label] as number] as number;
  const bitmask = new Uint8Array(Math.ceil(length / 8));
  for (const [index, line] of lines.entries()) {
    const at = offsets[index] as number;
    if (line.start && at < length) bitmask[at >> 3]! |= 1 << (at & 7);
  }
  const data = source.data.map((part) => part.slice());
  for (const { part, offset, label } of source.addressWords) {
    const bytesOfPart = data[part] as Uint8Array;
    const address = isRiscvKind(kind) ? base + offsetOf(label) : 2 * (source.jumps.indexOf(label) + 1);
    if (offset + 4 <= bytesOfPart.length) new DataView(bytesOfPart.buffer).setUint32(offset, address, true);
  }
  const starts = [...new Set(source.starts.map((label) => base + offsetOf(label)))];
  return {
    image: {
      kind,
      layout,
      code: bytes.slice(0, length),
      bitmask,
      jumps: isRiscvKind(kind) ? [] : source.jumps.map(offsetOf),
      extraStarts: isRiscvKind(kind) ? starts.filter((s) => s < base + length).sort((p, q) => p - q) : [],
      data,
    },
    entries: source.entries.map((label) => base + offsetOf(label)),
  };
};

/** Writes a line at an offset, with its target's offset; returns its length. */
type Encoder = (
  line: Line,
  at: number,
  target: number,
  out: Uint8Array,
  isLong: Uint8Array,
  index: number,
) => number;

const polkaVmEncoder = (kind: PolkaVmKind): Encoder => {
  const i = new Instruction();
  return (line, at, target, out) => {
    fill(i, line);
    i.target = target;
    return encodePolkaVm(i, kind, at, out, at);
  };
};

const riscvEncoder = (kind: RiscvKind, base: number): Encoder => {
  const i = new Instruction();
  const width = widthOf(kind);
  return (line, at, target, out, isLong, index) => {
    fill(i, line);
    const pc = base + at;
    i.target = base + target;
    if (line.pcRelative) {
      i.x = (pc + line.x) | 0;
      i.y = width === 64 ? Math.floor((pc + line.x) / 2 ** 32) : 0;
    }
    if (line.short && isLong[index] === 0) {
      const half = compressedOf(i, pc, width);
      if (half !== undefined) {
        out[at] = half;
        out[at + 1] = half >> 8;
        return 2;
      }
      // An instruction that has become long stays so: else targets might swing for ever.
      if (line.to >= 0) isLong[index] = 1;
    }
    const word = encodeRiscv(i, pc, kind);
    for (let k = 0; k < 4; k++) out[at + k] = word >>> (8 * k);
    return 4;
  };
};

const fill = (i: Instruction, { op, a, b, c, x, y }: Line): void => {
  i.op = op;
  i.a = a;
  i.b = b;
  i.c = c;
  i.x = x;
  i.y = y;
};
