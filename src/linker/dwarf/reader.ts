import { ByteReader } from '../../core/bytes.ts';
import { DWARF_READER_ERRORS, fail } from './errors.ts';

/** Bytes of a LEB128 number that are read at most: producers pad, but never that far. */
const LONGEST_LEB = 20;

/** Unit lengths from here on are escapes; this one announces the 64-bit DWARF format. */
const FIRST_ESCAPE = 0xffff_fff0;
const FORMAT_64 = 0xffff_ffff;

/** Bytes of an offset into a section: the 32- and 64-bit DWARF formats. */
export type OffsetSize = 4 | 8;

/** A reader over one debug section or a part of it; positions count from the start of the section. */
export class DwarfReader extends ByteReader {
  readonly section: string;

  constructor(bytes: Uint8Array, section: string, base = 0) {
    super(bytes, DWARF_READER_ERRORS, base);
    this.section = section;
  }

  /** A reader over the next `length` bytes, which this reader skips. */
  part(length: number): DwarfReader {
    const base = this.position;
    return new DwarfReader(this.take(length), this.section, base);
  }

  /** A ULEB128 number: exact up to 2^53, rounded above. */
  uleb(): number {
    const first = this.u8();
    if (first < 0x80) return first;
    const at = this.position - 1;
    let value = first & 0x7f;
    let scale = 0x80;
    for (let length = 2; length <= LONGEST_LEB; length++) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
    throw fail('link/dwarf-number', { at });
  }

  /** A SLEB128 number, as precise as `uleb`. */
  sleb(): number {
    const at = this.position;
    let value = 0;
    let scale = 1;
    for (let length = 1; length <= LONGEST_LEB; length++) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
      if (byte < 0x80) return (byte & 0x40) !== 0 ? value - scale : value;
    }
    throw fail('link/dwarf-number', { at });
  }

  /** An unsigned number of 1, 2, 3, 4 or 8 bytes. */
  unsigned(size: number): number {
    switch (size) {
      case 1:
        return this.u8();
      case 2:
        return this.u16();
      case 3:
        return this.u24();
      case 4:
        return this.u32();
      case 8:
        return this.u64();
      default:
        throw this.malformed(`a number of ${size} bytes`);
    }
  }

  skip(length: number): void {
    if (length > this.remaining) this.take(length);
    this.offset += length;
  }

  skipLeb(): void {
    while (this.u8() >= 0x80);
  }

  /** Skips a zero-terminated string; returns the position where it starts. */
  skipString(): number {
    const start = this.position;
    const end = this.bytes.indexOf(0, this.offset);
    if (end < 0) throw this.malformed('a string without an end');
    this.offset = end + 1;
    return start;
  }

  /** The length that a unit begins with, and how wide offsets in the unit are. */
  unitLength(): { length: number; offsetSize: OffsetSize } {
    const length = this.u32();
    if (length < FIRST_ESCAPE) return { length, offsetSize: 4 };
    if (length !== FORMAT_64) throw this.malformed(`reserved unit length ${length}`);
    return { length: this.u64(), offsetSize: 8 };
  }

  malformed(problem: string): Error {
    return fail('link/dwarf-malformed', { section: this.section, at: this.position, problem });
  }
}
