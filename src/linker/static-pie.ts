import type { ByteReader } from '../core/bytes.ts';
import type { Width } from '../core/kind.ts';
import { rangeAt } from './address-ranges.ts';
import type { Elf } from './elf.ts';
import {
  DT_JMPREL,
  DT_NEEDED,
  DT_NULL,
  DT_PLTRELSZ,
  DT_RELA,
  DT_RELASZ,
  DT_RELR,
  DT_RELRSZ,
  DT_STRSZ,
  DT_STRTAB,
  ET_DYN,
  PT_DYNAMIC,
  PT_INTERP,
  PT_LOAD,
  R_RISCV_NONE,
  R_RISCV_RELATIVE,
} from './elf-format.ts';
import { readerAt, recordSizes, word } from './elf-header.ts';
import { readRelocation } from './elf-relocations.ts';
import { ElfStrings } from './elf-strings.ts';
import { fail } from './errors.ts';
import type { LoadedSegment } from './segments.ts';

/**
 * Where position-independent programs go when they are linked at 0: the first 64 KiB stay unmapped, so that null
 * pointers fault, as in the PolkaVM memory map.
 */
const PIE_BASE = 0x10000;

/** How far the file's addresses are moved up: only for position-independent programs linked at low addresses. */
export const loadBase = (elf: Elf): number => {
  if (elf.header.type !== ET_DYN) return 0;
  const loads = elf.programHeaders.filter(({ type, memorySize }) => type === PT_LOAD && memorySize > 0);
  return loads.some(({ address }) => address < PIE_BASE) ? PIE_BASE : 0;
};

/**
 * Does what is left for a loader to do, which for a static PIE is to add the base to each relative relocation.
 * A program that relocates itself at start-up repeats this with the same result.
 * @returns the segments, with changed copies of their data where there are relocations
 * @throws RiscboxError `linker/…` when the program needs a dynamic loader
 */
export const relocate = (
  elf: Elf,
  segments: readonly LoadedSegment[],
  base: number,
): readonly LoadedSegment[] => {
  refuseInterpreter(elf);
  const dynamic = readDynamic(elf);
  refuseLibraries(dynamic, segments, base);
  // A static executable at fixed addresses applies what relocations it has (IRELATIVE) in its own start-up code.
  if (elf.header.type !== ET_DYN) return segments;

  const copies = segments.map((segment) => ({ ...segment, data: segment.data.slice() }));
  const relocator = new Relocator(copies, elf.header.width, base);
  const changed = [
    relocator.applyAddends(dynamic.get(DT_RELA), dynamic.get(DT_RELASZ)),
    relocator.applyAddends(dynamic.get(DT_JMPREL), dynamic.get(DT_PLTRELSZ)),
    relocator.applyPacked(dynamic.get(DT_RELR), dynamic.get(DT_RELRSZ)),
  ];
  return changed.some(Boolean) ? copies : segments;
};

const refuseInterpreter = (elf: Elf): void => {
  const header = elf.programHeaders.find(({ type }) => type === PT_INTERP);
  if (header === undefined) return;
  const interpreter = new TextDecoder().decode(elf.segmentData(header).subarray(0, 256)).replace(/\0.*/s, '');
  throw fail('linker/interpreter', { interpreter });
};

/** The first value of each tag; empty when there is no dynamic section. */
const readDynamic = (elf: Elf): ReadonlyMap<number, number> => {
  const values = new Map<number, number>();
  const header = elf.programHeaders.find(({ type }) => type === PT_DYNAMIC);
  if (header === undefined) return values;
  const { width } = elf.header;
  const data = elf.segmentData(header);
  const reader = readerAt(data, 0);
  while (reader.remaining >= width / 4) {
    const tag = word(reader, width);
    const value = word(reader, width);
    if (tag === DT_NULL) break;
    if (!values.has(tag)) values.set(tag, value);
  }
  return values;
};

const refuseLibraries = (
  dynamic: ReadonlyMap<number, number>,
  segments: readonly LoadedSegment[],
  base: number,
): void => {
  const needed = dynamic.get(DT_NEEDED);
  if (needed === undefined) return;
  const table = findBytes(segments, (dynamic.get(DT_STRTAB) ?? 0) + base, dynamic.get(DT_STRSZ) ?? 0);
  const library = table ? new ElfStrings(table, 'of the dynamic section').at(needed) : `name ${needed}`;
  throw fail('linker/shared-library', { library });
};

/** `size` bytes at a guest address, when one segment's file data has them all. */
const findBytes = (
  segments: readonly LoadedSegment[],
  address: number,
  size: number,
): Uint8Array | undefined => {
  const segment = rangeAt(segments, address);
  if (segment === undefined || address + size > segment.address + segment.data.length) return undefined;
  return segment.data.subarray(address - segment.address, address - segment.address + size);
};

/** Applies base-relative relocations to segment data that it owns. */
class Relocator {
  readonly #segments: readonly LoadedSegment[];
  readonly #width: Width;
  readonly #base: number;

  constructor(segments: readonly LoadedSegment[], width: Width, base: number) {
    this.#segments = segments;
    this.#width = width;
    this.#base = base;
  }

  /** A table of Elf_Rela; true when there is one. */
  applyAddends(table: number | undefined, size: number | undefined): boolean {
    if (table === undefined || size === undefined || size === 0) return false;
    // A copy: a broken file may state a table that its own relocations overwrite.
    const bytes = this.#table('the relocation table', table, size).slice();
    const count = Math.floor(size / recordSizes(this.#width).relocation);
    for (let i = 0; i < count; i++) {
      const { offset, type, addend } = readRelocation(bytes, this.#width, i);
      const address = offset + this.#base;
      if (type === R_RISCV_NONE) continue;
      if (type !== R_RISCV_RELATIVE) throw fail('linker/dynamic-relocation', { type, address });
      this.#write(address, addend + BigInt(this.#base));
    }
    return true;
  }

  /**
   * A DT_RELR table (gABI, "Relative Relocation Table"): an even word is an address to relocate; an odd one is a
   * bitmap of the words that follow the last address, bit 1 for the next word.
   */
  applyPacked(table: number | undefined, size: number | undefined): boolean {
    if (table === undefined || size === undefined || size === 0) return false;
    const reader = readerAt(this.#table('the packed relocation table', table, size).slice(), 0);
    const wordSize = this.#width / 8;
    let next = 0;
    while (reader.remaining >= wordSize) {
      const entry = this.#unsigned(reader);
      if ((entry & 1n) === 0n) {
        const address = Number(entry) + this.#base;
        this.#addBase(address);
        next = address + wordSize;
        continue;
      }
      for (let bit = 1; bit < this.#width; bit++) {
        if ((entry >> BigInt(bit)) & 1n) this.#addBase(next + (bit - 1) * wordSize);
      }
      next += (this.#width - 1) * wordSize;
    }
    return true;
  }

  #table(what: string, address: number, size: number): Uint8Array {
    const bytes = findBytes(this.#segments, address + this.#base, size);
    if (bytes === undefined) {
      throw fail('linker/dynamic', {
        problem: `${what} is in no loaded segment`,
        address: address + this.#base,
      });
    }
    return bytes;
  }

  #place(address: number): Uint8Array {
    const bytes = findBytes(this.#segments, address, this.#width / 8);
    if (bytes === undefined) {
      throw fail('linker/dynamic', { problem: 'a relocated word has no bytes in a segment', address });
    }
    return bytes;
  }

  #addBase(address: number): void {
    this.#write(address, this.#unsigned(readerAt(this.#place(address), 0)) + BigInt(this.#base));
  }

  #write(address: number, value: bigint): void {
    const bytes = this.#place(address);
    for (let i = 0; i < bytes.length; i++) bytes[i] = Number((value >> BigInt(8 * i)) & 0xffn);
  }

  #unsigned(reader: ByteReader): bigint {
    const low = BigInt(reader.u32());
    return this.#width === 64 ? low | (BigInt(reader.u32()) << 32n) : low;
  }
}
