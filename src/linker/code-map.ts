import type { RiscvSegment } from '../blob/blob.ts';
import { readUint } from '../core/bytes.ts';
import type { Width } from '../core/kind.ts';
import type { Instruction } from '../decoder/instruction.ts';
import { decodeRiscv, riscvLength } from '../decoder/riscv.ts';
import { INVALID } from '../isa/table.ts';
import { rangeAt } from './address-ranges.ts';

/** What is known about the two bytes at an even code address. */
export const REACHED = 1;
/** The second half of a reached 4-byte instruction. */
export const INSIDE = 2;
export const BLOCK_START = 4;
/** Decoding from here leads to something that compilers emit, or that they do not. */
export const PLAUSIBLE = 8;
export const IMPLAUSIBLE = 16;

interface Region {
  readonly address: number;
  readonly end: number;
  readonly code: Uint8Array;
  /** Marks by half of the offset. */
  readonly marks: Uint8Array;
}

/** The code bytes of all executable segments, with marks for every even address. */
export class CodeMap {
  readonly #regions: readonly Region[];
  readonly #width: Width;
  readonly #registers: number;
  #last: Region | undefined;

  constructor(segments: readonly RiscvSegment[], width: Width, registers: number) {
    this.#width = width;
    this.#registers = registers;
    this.#regions = segments
      .filter(({ executable, data }) => executable && data.length >= 2)
      .map(({ address, data }) => {
        const length = data.length & ~1;
        return { address, end: address + length, code: data, marks: new Uint8Array(length / 2) };
      });
  }

  /** True for even addresses in executable segments that have bytes. */
  contains(address: number): boolean {
    return address % 2 === 0 && this.#region(address) !== undefined;
  }

  /** The marks of an address that the map contains. */
  marks(address: number): number {
    const region = this.#region(address);
    return region === undefined ? 0 : region.marks[(address - region.address) / 2]!;
  }

  mark(address: number, mark: number): void {
    const region = this.#region(address);
    if (region !== undefined) region.marks[(address - region.address) / 2]! |= mark;
  }

  /** Decodes the instruction at an address that the map contains; one that leaves its segment is invalid. */
  decode(address: number, out: Instruction): void {
    const region = this.#region(address);
    const at = address - (region?.address ?? 0);
    const half = region ? readUint(region.code, at, 2) : 0;
    const length = riscvLength(half);
    if (region === undefined || address + length > region.end) {
      out.op = INVALID;
      out.length = length;
      return;
    }
    const word = length === 2 ? half : readUint(region.code, at, 4);
    decodeRiscv(word, address, this.#width, this.#registers, out);
  }

  /** The instruction word at an address that the map contains, for messages. */
  word(address: number): number {
    const region = this.#region(address);
    if (region === undefined) return 0;
    const half = readUint(region.code, address - region.address, 2);
    const fits = riscvLength(half) === 4 && address + 4 <= region.end;
    return fits ? readUint(region.code, address - region.address, 4) : half;
  }

  /** All addresses with a mark, ascending. */
  marked(mark: number): Uint32Array {
    const found: number[] = [];
    for (const { address, marks } of this.#regions) {
      for (let i = 0; i < marks.length; i++) if (marks[i]! & mark) found.push(address + 2 * i);
    }
    return Uint32Array.from(found);
  }

  #region(address: number): Region | undefined {
    const last = this.#last;
    if (last !== undefined && address >= last.address && address < last.end) return last;
    const found = rangeAt(this.#regions, address);
    if (found === undefined || address >= found.end) return undefined;
    this.#last = found;
    return found;
  }
}
