import type { ByteReader } from '../core/bytes.ts';
import { readerAt } from './elf-header.ts';
import { fail } from './errors.ts';

/** Build attributes of a file (RISC-V ELF psABI, "Attributes"). */
export interface RiscvAttributes {
  /** For example `rv64i2p1_m2p0_a2p1_c2p0`. */
  readonly arch?: string;
  readonly stackAlignment?: number;
  readonly unalignedAccess?: boolean;
}

const TAG_FILE = 1;
const TAG_STACK_ALIGN = 4;
const TAG_ARCH = 5;
const TAG_UNALIGNED_ACCESS = 6;

/**
 * Reads an attribute section: 'A', then per vendor a u32 length, a name, and sub-sections of tag, u32 length and
 * attributes. An attribute's value is a ULEB128 number when its tag is even, a zero-terminated text when odd.
 * @throws RiscboxError `elf/attributes`
 */
export const readAttributes = (
  file: Uint8Array,
  offset: number,
  size: number,
  section: string,
): RiscvAttributes => {
  const malformed = (at: number) => fail('elf/attributes', { section, offset: offset + at });
  const reader = readerAt(file.subarray(offset, offset + size), 0);
  if (reader.remaining === 0) return {};
  if (reader.u8() !== 0x41) throw malformed(0);
  let attributes: RiscvAttributes = {};
  while (reader.remaining > 0) {
    const vendorEnd = rangeEnd(reader, reader.offset);
    if (vendorEnd === undefined) throw malformed(reader.offset);
    const vendor = text(reader);
    while (vendor === 'riscv' && reader.offset < vendorEnd) {
      const start = reader.offset;
      const tag = uleb(reader);
      const end = tag === undefined ? undefined : rangeEnd(reader, start);
      if (end === undefined) throw malformed(start);
      if (tag === TAG_FILE) attributes = { ...attributes, ...readFileAttributes(reader, end, malformed) };
      reader.offset = end;
    }
    reader.offset = vendorEnd;
  }
  return attributes;
};

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const readFileAttributes = (
  reader: ByteReader,
  end: number,
  malformed: (at: number) => Error,
): RiscvAttributes => {
  const attributes: Mutable<RiscvAttributes> = {};
  while (reader.offset < end) {
    const at = reader.offset;
    const tag = uleb(reader);
    const value = tag === undefined ? undefined : tag % 2 === 0 ? uleb(reader) : text(reader);
    if (value === undefined) throw malformed(at);
    if (tag === TAG_ARCH) attributes.arch = String(value);
    else if (tag === TAG_STACK_ALIGN) attributes.stackAlignment = Number(value);
    else if (tag === TAG_UNALIGNED_ACCESS) attributes.unalignedAccess = value !== 0;
  }
  return attributes;
};

/** Reads a u32 length that counts from `start` and gives the end, undefined when that is not ahead in the section. */
const rangeEnd = (reader: ByteReader, start: number): number | undefined => {
  if (reader.remaining < 4) return undefined;
  const end = start + reader.u32();
  return end > reader.offset && end <= reader.bytes.length ? end : undefined;
};

/** ULEB128 up to 28 bits, more than any attribute has. */
const uleb = (reader: ByteReader): number | undefined => {
  let value = 0;
  for (let shift = 0; shift < 28 && reader.remaining > 0; shift += 7) {
    const byte = reader.u8();
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return undefined;
};

const text = (reader: ByteReader): string | undefined => {
  const end = reader.bytes.indexOf(0, reader.offset);
  if (end < 0) return undefined;
  const bytes = reader.take(end - reader.offset);
  reader.u8();
  return new TextDecoder().decode(bytes);
};
