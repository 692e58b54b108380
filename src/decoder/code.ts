import type { PolkaVmKind, RiscvKind } from '../core/kind.ts';
import { widthOf } from '../core/kind.ts';
import { INVALID, isTerminator } from '../isa/table.ts';
import { Instruction } from './instruction.ts';
import { PolkaVmDecoder } from './polkavm.ts';
import { RankedBits } from './ranked-bits.ts';
import { decodeRiscv, riscvLength } from './riscv.ts';
import { sweepRiscv } from './riscv-sweep.ts';

/**
 * The instructions of a program, numbered in code order, decoded on request.
 *
 * A *program counter* is a code offset in PolkaVM kinds, a guest address in the RISC-V profile. Where code
 * ends (in the RISC-V profile: each executable segment), one number stands for the place behind it.
 */
export interface Code {
  /** Instruction numbers run from 0 to `count - 1`, places behind the end included. */
  readonly count: number;
  /** Where dynamic jumps lead; see `resolveCodeAddress`. Code addresses are even and lie from `first` to `end - 1`. */
  readonly codeAddresses: { readonly first: number; readonly end: number };
  /** Number of the instruction that starts at `pc` in the regular walk through the code, or -1. */
  indexOf(pc: number): number;
  /** Program counter of an instruction number. */
  pcOf(index: number): number;
  /** Decodes at `pc`, which need not be a regular start in the RISC-V profile; behind the end it is INVALID. */
  decode(pc: number, out: Instruction): void;
  /** Whether jumps, branches and blocks may go to `pc`. */
  isJumpTarget(pc: number): boolean;
  /** The first instruction of the block around `pc`, or -1 when execution may not start at `pc`. */
  blockOf(pc: number): number;
  /** Whether control may come to `pc` though nothing may start there: behind an instruction that nothing follows. */
  isBehindCode(pc: number): boolean;
  /** Target of a dynamic jump to a code address: a program counter, or -1. */
  resolveCodeAddress(address: number): number;
  /** First instructions of basic blocks in code order, from the one at or behind `pc`; undefined at the end. */
  nextBlock(pc: number): number | undefined;
}

/** Entries of a jump table, as the container gives them. */
export interface JumpTargets {
  readonly count: number;
  target(index: number): number;
}

/** PolkaVM bytecode. */
export class PolkaVmCode implements Code {
  readonly bytes: Uint8Array;
  readonly decoder: PolkaVmDecoder;
  readonly count: number;
  readonly codeAddresses: { readonly first: number; readonly end: number };
  readonly #starts: RankedBits;
  readonly #jumps: JumpTargets;
  readonly #instruction = new Instruction();

  constructor(kind: PolkaVmKind, bytes: Uint8Array, bitmask: Uint8Array, jumps: JumpTargets) {
    this.bytes = bytes;
    this.decoder = new PolkaVmDecoder(kind, bytes, bitmask);
    this.#starts = new RankedBits(wordsOf(bitmask, bytes.length));
    this.count = this.#starts.count + 1;
    this.#jumps = jumps;
    this.codeAddresses = { first: 2, end: 2 + 2 * jumps.count };
  }

  indexOf(pc: number): number {
    if (pc === this.bytes.length) return this.count - 1;
    return pc < this.bytes.length && this.#starts.has(pc) ? this.#starts.rank(pc) : -1;
  }

  pcOf(index: number): number {
    return index === this.count - 1 ? this.bytes.length : this.#starts.select(index);
  }

  decode(pc: number, out: Instruction): void {
    if (pc >= this.bytes.length || !this.#starts.has(pc)) {
      out.op = INVALID;
      out.length = 1;
      out.isLast = true;
    } else this.decoder.decode(pc, out);
  }

  isJumpTarget(pc: number): boolean {
    return this.decoder.isJumpTarget(pc, isTerminator);
  }

  blockOf(pc: number): number {
    if (!this.decoder.isStart(pc)) return -1;
    for (let at = pc; ; ) {
      if (at === 0) return 0;
      const before = this.decoder.startBefore(at);
      // A block that no other instruction leads up to, but the first of the code, is no place to begin.
      if (before < 0) return -1;
      if (isTerminator(this.decoder.operationAt(before))) return at;
      at = before;
    }
  }

  isBehindCode(pc: number): boolean {
    const before = this.decoder.isStart(pc) ? -1 : this.decoder.startBefore(pc);
    return before >= 0 && before + this.at(before).length === pc;
  }

  resolveCodeAddress(address: number): number {
    if (address === 0 || (address & 1) !== 0) return -1;
    const index = address / 2 - 1;
    if (index >= this.#jumps.count) return -1;
    const target = this.#jumps.target(index);
    return this.isJumpTarget(target) ? target : -1;
  }

  nextBlock(pc: number): number | undefined {
    for (let at = pc; at < this.bytes.length; at++) if (this.isJumpTarget(at)) return at;
    return undefined;
  }

  /** Decodes into an instruction of its own, valid until the next call. */
  at(pc: number): Instruction {
    this.decode(pc, this.#instruction);
    return this.#instruction;
  }
}

/** The bitmask as words, without the padding bits. */
const wordsOf = (bitmask: Uint8Array, bits: number): Uint32Array => {
  const words = new Uint32Array(Math.ceil(bits / 32));
  new Uint8Array(words.buffer).set(bitmask.subarray(0, Math.ceil(bits / 8)));
  const padding = bits & 31;
  if (padding !== 0) words[words.length - 1] = (words[words.length - 1] as number) & ((1 << padding) - 1);
  return words;
};

/** An executable segment of a RISC-V profile program. */
export interface ExecutableSegment {
  readonly address: number;
  readonly data: Uint8Array;
}

interface CodeSegment {
  readonly address: number;
  readonly bytes: Uint8Array;
  /** One past the last byte that an instruction can hold. */
  readonly end: number;
  readonly starts: RankedBits;
  readonly blocks: RankedBits;
  /** Instruction number of the segment's first instruction. */
  readonly first: number;
}

/** RISC-V code in place inside its segments. */
export class RiscvCode implements Code {
  readonly count: number;
  readonly codeAddresses: { readonly first: number; readonly end: number };
  readonly #segments: readonly CodeSegment[];
  readonly #width: 32 | 64;
  readonly #registers: number;

  /** `segments` ascending; `extraStarts` as in the blob; `embedded`: 16 registers. */
  constructor(
    kind: RiscvKind,
    segments: readonly ExecutableSegment[],
    extraStarts: ArrayLike<number>,
    embedded: boolean,
  ) {
    this.#width = widthOf(kind);
    this.#registers = embedded ? 16 : 32;
    let count = 0;
    this.#segments = segments.map(({ address, data }) => {
      const sweep = sweepRiscv(data, address, extraStarts, this.#width, this.#registers);
      const starts = new RankedBits(sweep.instructionStarts);
      const first = count;
      count += starts.count + 1;
      const end = address + (data.length & ~1);
      return { address, bytes: data, end, starts, blocks: new RankedBits(sweep.blockStarts), first };
    });
    this.count = count;
    this.codeAddresses = {
      first: this.#segments[0]?.address ?? 0,
      end: this.#segments.at(-1)?.end ?? 0,
    };
  }

  #segmentOf(pc: number, orEnd: boolean): CodeSegment | undefined {
    return this.#segments.find((s) => pc >= s.address && (pc < s.end || (orEnd && pc === s.end)));
  }

  indexOf(pc: number): number {
    const s = this.#segmentOf(pc, true);
    if (s === undefined || (pc & 1) !== 0) return -1;
    if (pc === s.end) return s.first + s.starts.count;
    const bit = (pc - s.address) >>> 1;
    return s.starts.has(bit) ? s.first + s.starts.rank(bit) : -1;
  }

  pcOf(index: number): number {
    const s = this.#segments.findLast((segment) => segment.first <= index) as CodeSegment;
    const rank = index - s.first;
    return rank >= s.starts.count ? s.end : s.address + 2 * s.starts.select(rank);
  }

  decode(pc: number, out: Instruction): void {
    const s = this.#segmentOf(pc, false);
    out.isLast = false;
    out.op = INVALID;
    out.length = 2;
    if (s === undefined || (pc & 1) !== 0) return;
    const at = pc - s.address;
    const half = (s.bytes[at] as number) | ((s.bytes[at + 1] as number) << 8);
    const length = riscvLength(half);
    if (pc + length > s.end) return;
    const word =
      length === 2 ? half : half | ((s.bytes[at + 2] as number) << 16) | ((s.bytes[at + 3] as number) << 24);
    decodeRiscv(word, pc, this.#width, this.#registers, out);
  }

  isJumpTarget(pc: number): boolean {
    return (pc & 1) === 0 && this.#segmentOf(pc, false) !== undefined;
  }

  blockOf(pc: number): number {
    // What is charged is the way from `pc` to the end of its block, so each place begins its own.
    return this.isJumpTarget(pc) ? pc : -1;
  }

  isBehindCode(pc: number): boolean {
    return this.#segmentOf(pc, true)?.end === pc;
  }

  resolveCodeAddress(address: number): number {
    // jalr clears the lowest bit of the target (RISC-V unprivileged ISA, unconditional jumps).
    const pc = (address & ~1) >>> 0;
    return this.isJumpTarget(pc) ? pc : -1;
  }

  nextBlock(pc: number): number | undefined {
    for (const s of this.#segments) {
      for (let at = Math.max(pc + (pc & 1), s.address); at < s.end; at += 2) {
        if (s.blocks.has((at - s.address) >>> 1)) return at;
      }
    }
    return undefined;
  }
}
