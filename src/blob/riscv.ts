import { type ByteReader, ByteWriter } from '../core/bytes.ts';
import type { RiscvKind } from '../core/kind.ts';
import type { Blob, RiscvImage, RiscvSegment } from './blob.ts';
import { fail } from './errors.ts';
import { MAX_SEGMENTS } from './limits.ts';
import { checkConsumed, readDebugSections, writeDebugSections } from './polkavm.ts';
import { checkRiscvImage } from './riscv-rules.ts';
import { patchLength, SECTION, SectionStream, SectionWriter, writeHeader } from './sections.ts';
import { PackedExportTable, PackedImportTable, PackedJumpTable, PackedSymbolTable } from './tables.ts';

/** Version bytes of the kinds: outside PolkaVM's range, which counts up from 0. */
export const RISCV_VERSIONS: Readonly<Record<RiscvKind, number>> = { rv32: 0x80, rv64: 0x81 };

/** Version of what the sections of this file mean; SPEC.md, "RISC-V profile container". */
const FORMAT_VERSION = 1;

const IMAGE_EMBEDDED = 1;
const IMAGE_PROGRAM_HEADERS = 2;

/** Segment flags have the values of ELF's PF_X, PF_W and PF_R. */
const EXECUTABLE = 1;
const WRITABLE = 2;
const READABLE = 4;

/** The shortest segment record: gap, memory size, data length and flags of one byte each. */
const MIN_SEGMENT_RECORD = 4;

const NO_BYTES = new Uint8Array(0);

/** The fields of a blob that the RISC-V profile does not use. */
export const WITHOUT_POLKAVM_PARTS: Pick<
  Blob,
  'roDataSize' | 'rwDataSize' | 'roData' | 'rwData' | 'imports' | 'jumpTable' | 'code' | 'bitmask'
> = {
  roDataSize: 0,
  rwDataSize: 0,
  roData: NO_BYTES,
  rwData: NO_BYTES,
  imports: new PackedImportTable(0, NO_BYTES, NO_BYTES),
  jumpTable: new PackedJumpTable(0, 0, NO_BYTES),
  code: NO_BYTES,
  bitmask: NO_BYTES,
};

/** Reads the sections of a RISC-V profile blob; `reader` stands behind the header. */
export const readRiscv = (kind: RiscvKind, reader: ByteReader): Blob => {
  const stream = new SectionStream(reader);
  const { stackSize, ...fields } = readImage(required(stream, SECTION.riscvImage, 'image'));
  const segments = readSegments(required(stream, SECTION.riscvSegments, 'segments'));
  const extraStarts = readExtraStarts(stream);
  const image = { ...fields, segments, extraStarts };
  checkRiscvImage(image);
  const exports = new PackedExportTable(stream.bytes(SECTION.exports));
  const debug = readDebugSections(stream);
  const symbols = new PackedSymbolTable(stream.bytes(SECTION.riscvSymbols));
  return {
    ...WITHOUT_POLKAVM_PARTS,
    kind,
    container: 'riscv',
    stackSize,
    exports,
    debug,
    riscv: { ...image, symbols },
    ...stream.finish(),
  };
};

export const writeRiscv = (kind: RiscvKind, blob: Blob, image: RiscvImage): Uint8Array => {
  const dataLength = image.segments.reduce((sum, { data }) => sum + data.length, 0);
  const writer = new ByteWriter(dataLength + image.extraStarts.length * 2 + 256);
  writeHeader(writer, RISCV_VERSIONS[kind]);
  const sections = new SectionWriter(writer, blob.framing);
  sections.always(SECTION.riscvImage, imageBytes(image, blob.stackSize));
  sections.always(
    SECTION.riscvSegments,
    segmentTable(image.segments),
    ...image.segments.map(({ data }) => data),
  );
  sections.unlessEmpty(
    SECTION.riscvExtraStarts,
    extraStartsBytes(image.extraStarts),
    image.extraStarts.length === 0,
  );
  sections.unlessEmpty(SECTION.exports, blob.exports.bytes);
  writeDebugSections(sections, blob);
  sections.unlessEmpty(SECTION.riscvSymbols, image.symbols?.bytes ?? NO_BYTES);
  sections.finish(blob.unknown);
  patchLength(writer);
  return writer.finish();
};

const required = (stream: SectionStream, id: number, what: string): ByteReader => {
  const reader = stream.open(id);
  if (reader) return reader;
  stream.finish(); // An unexpected section is the better explanation.
  throw fail('blob/missing-section', { id, what });
};

type ImageFields = Pick<RiscvImage, 'embedded' | 'entry' | 'programHeaders'> & { stackSize: number };

const readImage = (reader: ByteReader): ImageFields => {
  const version = reader.varint();
  if (version !== FORMAT_VERSION) throw fail('blob/riscv-version', { version });
  const flags = reader.u8();
  if (flags & ~(IMAGE_EMBEDDED | IMAGE_PROGRAM_HEADERS))
    throw fail('blob/riscv-flags', { part: 'image', flags });
  const entry = reader.varint();
  const stackSize = reader.varint();
  const programHeaders =
    flags & IMAGE_PROGRAM_HEADERS
      ? { address: reader.varint(), count: reader.varint(), entrySize: reader.varint() }
      : undefined;
  checkConsumed(reader, 'image section');
  return { embedded: (flags & IMAGE_EMBEDDED) !== 0, entry, stackSize, programHeaders };
};

const imageBytes = ({ embedded, entry, programHeaders }: RiscvImage, stackSize: number): Uint8Array => {
  const flags = (embedded ? IMAGE_EMBEDDED : 0) | (programHeaders ? IMAGE_PROGRAM_HEADERS : 0);
  const writer = new ByteWriter().varint(FORMAT_VERSION).u8(flags).varint(entry).varint(stackSize);
  if (programHeaders) {
    writer.varint(programHeaders.address).varint(programHeaders.count).varint(programHeaders.entrySize);
  }
  return writer.finish();
};

const readSegments = (reader: ByteReader): RiscvSegment[] => {
  const count = reader.varint();
  if (count > MAX_SEGMENTS) throw fail('blob/riscv-too-many-segments', { count, limit: MAX_SEGMENTS });
  const need = count * MIN_SEGMENT_RECORD;
  if (reader.remaining < need)
    throw fail('blob/truncated', { at: reader.position, need, have: reader.remaining });
  const records = [];
  let end = 0;
  for (let i = 0; i < count; i++) {
    const address = end + reader.varint();
    const memorySize = reader.varint();
    records.push({ address, memorySize, dataLength: reader.varint(), flags: reader.u8() });
    end = address + memorySize;
  }
  const segments = records.map(({ address, memorySize, dataLength, flags }): RiscvSegment => {
    if (flags & ~(EXECUTABLE | WRITABLE | READABLE))
      throw fail('blob/riscv-flags', { part: 'segment', flags });
    return {
      address,
      memorySize,
      data: reader.take(dataLength),
      readable: (flags & READABLE) !== 0,
      writable: (flags & WRITABLE) !== 0,
      executable: (flags & EXECUTABLE) !== 0,
    };
  });
  checkConsumed(reader, 'segments section');
  return segments;
};

const segmentTable = (segments: readonly RiscvSegment[]): Uint8Array => {
  const writer = new ByteWriter().varint(segments.length);
  let end = 0;
  for (const { address, memorySize, data, readable, writable, executable } of segments) {
    const flags = (readable ? READABLE : 0) | (writable ? WRITABLE : 0) | (executable ? EXECUTABLE : 0);
    writer
      .varint(address - end)
      .varint(memorySize)
      .varint(data.length)
      .u8(flags);
    end = address + memorySize;
  }
  return writer.finish();
};

/**
 * Starts are stored as distances in units of 2 bytes, less one: between two starts lie at least 2 bytes, and
 * typical distances (under 256 bytes) take one byte.
 */
const readExtraStarts = (stream: SectionStream): Uint32Array => {
  const reader = stream.open(SECTION.riscvExtraStarts);
  if (!reader) return new Uint32Array(0);
  const count = reader.varint();
  if (count > reader.remaining) throw fail('blob/riscv-starts-count', { count, have: reader.remaining });
  const starts = new Uint32Array(count);
  let next = 0;
  for (let index = 0; index < count; index++) {
    const address = next + reader.varint() * 2;
    if (address > 0xffff_ffff) {
      throw fail('blob/riscv-start', { index, address, problem: 'is outside the 32-bit address space' });
    }
    starts[index] = address;
    next = address + 2;
  }
  checkConsumed(reader, 'block-start section');
  if (count === 0) stream.markEmpty(SECTION.riscvExtraStarts);
  return starts;
};

const extraStartsBytes = (starts: RiscvImage['extraStarts']): Uint8Array => {
  const writer = new ByteWriter(starts.length * 2 + 5).varint(starts.length);
  let next = 0;
  for (const address of starts) {
    writer.varint((address - next) / 2);
    next = address + 2;
  }
  return writer.finish();
};
