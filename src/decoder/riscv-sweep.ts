import { readUint } from '../core/bytes.ts';
import type { Width } from '../core/kind.ts';
import { INVALID, isTerminator } from '../isa/table.ts';
import { Instruction } from './instruction.ts';
import { decodeRiscv, riscvLength } from './riscv.ts';

/**
 * Where instructions and basic blocks of one executable segment start, as the RISC-V profile defines it
 * (SPEC.md, "Block starts"). The linker and the Program both use this function: a blob stores only the block
 * starts that it does not imply.
 *
 * The sets have one bit per 2 bytes of code: bit `i % 32` of word `i / 32` stands for address `base + 2 * i`.
 */
export interface RiscvSweep {
  readonly instructionStarts: Uint32Array;
  /** The first instruction of the segment and all that follow a terminator in the sweep. */
  readonly impliedStarts: Uint32Array;
  /** The implied starts and the given ones. */
  readonly blockStarts: Uint32Array;
}

/** Bit `index` of a set of a sweep. */
export const hasStart = (set: Uint32Array, index: number): boolean =>
  ((set[index >>> 5] ?? 0) & (1 << (index & 31))) !== 0;

/**
 * Sweeps a segment from its beginning, one instruction after another. A given start that would fall into the
 * middle of an instruction ends it: the sweep goes on at the start. Time is linear in the length of the code.
 *
 * @param code the bytes of the segment; an odd byte at the end is no code
 * @param base guest address of the first byte, even
 * @param extraStarts even guest addresses, strictly ascending; those outside the segment are ignored
 * @param registers 32, or 16 in E files
 */
export const sweepRiscv = (
  code: Uint8Array,
  base: number,
  extraStarts: ArrayLike<number>,
  width: Width,
  registers: number,
): RiscvSweep => {
  const end = code.length & ~1;
  const words = Math.ceil(end / 64);
  const instructionStarts = new Uint32Array(words);
  const impliedStarts = new Uint32Array(words);
  const blockStarts = new Uint32Array(words);
  const instruction = new Instruction();

  let next = firstAtLeast(extraStarts, base);
  let start = nextStart(extraStarts, next, base, end);
  let implied = true;
  for (let at = 0; at < end; ) {
    const bit = 1 << ((at >>> 1) & 31);
    const word = at >>> 6;
    instructionStarts[word]! |= bit;
    if (implied) impliedStarts[word]! |= bit;
    if (at === start) {
      blockStarts[word]! |= bit;
      start = nextStart(extraStarts, ++next, base, end);
    }
    const following = at + decodeAt(code, at, end, base, width, registers, instruction);
    implied = following <= start && isTerminator(instruction.op);
    at = Math.min(following, start);
  }
  for (let i = 0; i < words; i++) blockStarts[i]! |= impliedStarts[i]!;
  return { instructionStarts, impliedStarts, blockStarts };
};

/** Decodes the instruction at `at` and returns its length; one that does not fit before `end` is invalid. */
const decodeAt = (
  code: Uint8Array,
  at: number,
  end: number,
  base: number,
  width: Width,
  registers: number,
  instruction: Instruction,
): number => {
  const half = readUint(code, at, 2);
  const length = riscvLength(half);
  if (at + length > end) instruction.op = INVALID;
  else decodeRiscv(length === 2 ? half : readUint(code, at, 4), base + at, width, registers, instruction);
  return length;
};

/** Index of the first start that is not below `address`. */
const firstAtLeast = (starts: ArrayLike<number>, address: number): number => {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (starts[middle]! < address) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** Offset of start `index` in the segment; `end` + 2, which no instruction reaches, when there is none. */
const nextStart = (starts: ArrayLike<number>, index: number, base: number, end: number): number =>
  index < starts.length && starts[index]! - base < end ? starts[index]! - base : end + 2;
