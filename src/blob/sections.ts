import { ByteReader, ByteWriter } from '../core/bytes.ts';
import type { Framing, UnknownSection, UnknownSections } from './blob.ts';
import { fail, READER_ERRORS } from './errors.ts';
import { fail as failToWrite } from './write-errors.ts';

/** Section ids 1 to 6 and 128 to 130 are PolkaVM's; 32 to 34 and 160 are ours, used in RISC-V programs only. */
export const SECTION = {
  endOfFile: 0,
  memoryConfig: 1,
  roData: 2,
  rwData: 3,
  imports: 4,
  exports: 5,
  code: 6,
  riscvImage: 32,
  riscvSegments: 33,
  riscvExtraStarts: 34,
  debugStrings: 128,
  debugLinePrograms: 129,
  debugLineRanges: 130,
  riscvSymbols: 160,
} as const;

/** Ids with this bit may be skipped by a reader that does not know them. */
const OPTIONAL_BIT = 0x80;

const isOptionalSection = (id: number): boolean => id >= OPTIONAL_BIT && id <= 0xff;

const NO_BYTES = new Uint8Array(0);

/**
 * Sections of a blob, asked for in their fixed order. What was not asked for when its turn came meets the rule
 * for the rest: optional sections are kept, any other is an error.
 */
export class SectionStream {
  readonly #reader: ByteReader;
  readonly #empty: number[] = [];
  #id: number;
  #idPosition: number;

  constructor(reader: ByteReader) {
    this.#reader = reader;
    this.#idPosition = reader.position;
    this.#id = reader.u8();
  }

  /** A reader over the payload when the next section is `id`, else undefined. */
  open(id: number): ByteReader | undefined {
    if (this.#id !== id) return undefined;
    const payload = this.#reader.sub(this.#reader.varint());
    if (payload.remaining === 0) this.#empty.push(id);
    this.#next();
    return payload;
  }

  /** The payload when the next section is `id`, else no bytes. */
  bytes(id: number): Uint8Array {
    return this.open(id)?.rest() ?? NO_BYTES;
  }

  /** Notes a section that has a payload but says nothing, so that writing brings it back. */
  markEmpty(id: number): void {
    this.#empty.push(id);
  }

  /** Everything behind the known sections. */
  finish(): { unknown: UnknownSections; framing?: Framing } {
    const unknown = this.#skipOptional();
    const trailing = this.#reader.rest();
    if (trailing.length === 0 && this.#empty.length === 0) return { unknown };
    return { unknown, framing: { emptySections: this.#empty, trailing } };
  }

  #skipOptional(): UnknownSections {
    const start = this.#idPosition;
    while (this.#id !== SECTION.endOfFile) {
      if (!isOptionalSection(this.#id))
        throw fail('blob/unexpected-section', { at: this.#idPosition, id: this.#id });
      this.#reader.take(this.#reader.varint());
      this.#next();
    }
    const { bytes, base } = this.#reader;
    return new PackedUnknownSections(bytes.subarray(start - base, this.#idPosition - base), start);
  }

  #next(): void {
    this.#idPosition = this.#reader.position;
    this.#id = this.#reader.u8();
  }
}

/** A file can consist of millions of empty optional sections, so none of them costs more than its bytes. */
class PackedUnknownSections implements UnknownSections {
  readonly bytes: Uint8Array;
  readonly #position: number;

  constructor(bytes: Uint8Array, position: number) {
    this.bytes = bytes;
    this.#position = position;
  }

  *[Symbol.iterator](): Iterator<UnknownSection> {
    const reader = new ByteReader(this.bytes, READER_ERRORS, this.#position);
    while (reader.remaining > 0) {
      const { position } = reader;
      yield { id: reader.u8(), position, bytes: reader.take(reader.varint()) };
    }
  }
}

export const NO_UNKNOWN_SECTIONS: UnknownSections = new PackedUnknownSections(NO_BYTES, 0);

/** @throws RiscboxError `blob/optional-section-id` */
export const makeUnknownSections = (
  sections: Iterable<{ readonly id: number; readonly bytes: Uint8Array }>,
): UnknownSections => {
  const writer = new ByteWriter(0);
  for (const { id, bytes } of sections) {
    if (!isOptionalSection(id)) throw failToWrite('blob/optional-section-id', { id });
    writer.u8(id).varint(bytes.length).bytes(bytes);
  }
  return new PackedUnknownSections(writer.finish(), 0);
};

/** Sections of a blob being written, in the order of the calls. */
export class SectionWriter {
  readonly #writer: ByteWriter;
  readonly #framing: Framing | undefined;

  constructor(writer: ByteWriter, framing: Framing | undefined) {
    this.#writer = writer;
    this.#framing = framing;
  }

  /** Writes the section unless it says nothing and the blob was read without it. */
  unlessEmpty(id: number, payload: Uint8Array, isEmpty: boolean = payload.length === 0): void {
    if (!isEmpty || this.#framing?.emptySections.includes(id)) this.always(id, payload);
  }

  always(id: number, ...parts: readonly Uint8Array[]): void {
    this.#writer.u8(id).varint(parts.reduce((sum, part) => sum + part.length, 0));
    for (const part of parts) this.#writer.bytes(part);
  }

  finish(unknown: UnknownSections): void {
    this.#writer.bytes(unknown.bytes).u8(SECTION.endOfFile);
    if (this.#framing) this.#writer.bytes(this.#framing.trailing);
  }
}

/** `50 56 4D 00`: "PVM" and a zero byte. */
const MAGIC = 0x004d5650;

/** Magic, version byte, u64 length. */
export const HEADER_LENGTH = 13;

/** Offset of the u64 blob length in the header. */
const LENGTH_OFFSET = 5;

/** True when the bytes start like a PolkaVM or RISC-V profile blob. */
export const hasBlobMagic = (bytes: Uint8Array): boolean =>
  bytes.length >= 4 && new ByteReader(bytes, READER_ERRORS).u32() === MAGIC;

/**
 * Total length of a blob that starts at `bytes[0]`, from its first 13 bytes: to cut a blob out of a longer byte
 * string. Undefined when there are fewer bytes. Nothing but the length field is looked at; values above 2^53
 * are rounded.
 */
export const blobLength = (bytes: Uint8Array): number | undefined => {
  if (bytes.length < HEADER_LENGTH) return undefined;
  return new ByteReader(bytes.subarray(LENGTH_OFFSET), READER_ERRORS).u64();
};

/** Checks magic and length; returns the version byte and a reader at the first section. */
export const readHeader = (bytes: Uint8Array): { version: number; reader: ByteReader } => {
  const reader = new ByteReader(bytes, READER_ERRORS);
  if (!hasBlobMagic(bytes)) {
    const found = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join('');
    throw fail('blob/magic', { found });
  }
  reader.take(4);
  const version = reader.u8();
  const stated = reader.u64();
  if (stated !== bytes.length) throw fail('blob/length', { stated, actual: bytes.length });
  return { version, reader };
};

export const writeHeader = (writer: ByteWriter, version: number): void => {
  writer.u32(MAGIC).u8(version).u64(0);
};

/** Puts the final length into the header. Blobs are shorter than 4 GiB, so the upper half stays 0. */
export const patchLength = (writer: ByteWriter): void => {
  writer.patchU32(LENGTH_OFFSET, writer.length);
};
