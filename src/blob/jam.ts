import { ByteReader, ByteWriter } from '../core/bytes.ts';
import { isRiscboxError, type RiscboxError } from '../core/error.ts';
import type { PolkaVmKind } from '../core/kind.ts';
import type { Blob } from './blob.ts';
import { fail, READER_ERRORS } from './errors.ts';
import { checkConsumed } from './polkavm.ts';
import { readProgramPart, writeProgramPart } from './program.ts';
import { NO_UNKNOWN_SECTIONS } from './sections.ts';
import { PackedExportTable, PackedImportTable } from './tables.ts';
import { fail as failToWrite } from './write-errors.ts';

export interface JamProgramOptions {
  /** The file does not say which instruction numbering it uses; default `jam_gp07`. */
  readonly kind?: PolkaVmKind;
}

export interface SpiOptions extends JamProgramOptions {
  /**
   * Whether metadata stands in front of the container; the file does not say. Default `'auto'`: yes when the
   * file can be read that way to its last byte, else no.
   */
  readonly metadata?: boolean | 'auto';
}

const DEFAULT_KIND: PolkaVmKind = 'jam_gp07';

const NO_BYTES = new Uint8Array(0);

/** The fields of a blob that JAM files have no place for. */
const WITHOUT_SECTIONS: Pick<Blob, 'imports' | 'exports' | 'debug' | 'unknown'> = {
  imports: new PackedImportTable(0, NO_BYTES, NO_BYTES),
  exports: new PackedExportTable(NO_BYTES),
  debug: { strings: NO_BYTES, linePrograms: NO_BYTES, lineRanges: NO_BYTES },
  unknown: NO_UNKNOWN_SECTIONS,
};

/**
 * Reads a bare JAM program: jump table, code and bitmask (Gray Paper 0.7 A.2), nothing else. Zero-copy.
 *
 * @throws RiscboxError `blob/*`
 */
export const readJamProgram = (bytes: Uint8Array, options: JamProgramOptions = {}): Blob => ({
  ...WITHOUT_SECTIONS,
  kind: options.kind ?? DEFAULT_KIND,
  container: 'jam-raw',
  roDataSize: 0,
  rwDataSize: 0,
  stackSize: 0,
  roData: NO_BYTES,
  rwData: NO_BYTES,
  ...readProgramPart(new ByteReader(bytes, READER_ERRORS), 'natural'),
});

/** The bare JAM program of any PolkaVM-profile blob: its jump table, code and bitmask. */
export const writeJamProgram = (blob: Blob): Uint8Array => {
  if (blob.container === 'riscv') {
    throw failToWrite('blob/container', { container: blob.container, expected: 'bare JAM program' });
  }
  return writeProgramPart(blob);
};

/**
 * Reads a JAM standard program (SPI; Gray Paper 0.7 A.7), with or without metadata in front. Zero-copy.
 *
 * @throws RiscboxError `blob/*`; with `metadata: 'auto'` `blob/spi-either-way` when neither reading fits
 */
export const readSpi = (bytes: Uint8Array, options: SpiOptions = {}): Blob => {
  const kind = options.kind ?? DEFAULT_KIND;
  const metadata = options.metadata ?? 'auto';
  if (metadata !== 'auto') return readSpiAs(bytes, kind, metadata);
  const withMetadata = attempt(() => readSpiAs(bytes, kind, true));
  if (!isRiscboxError(withMetadata)) return withMetadata;
  const withoutMetadata = attempt(() => readSpiAs(bytes, kind, false));
  if (!isRiscboxError(withoutMetadata)) return withoutMetadata;
  const codes = { withMetadata: withMetadata.code, withoutMetadata: withoutMetadata.code };
  throw fail('blob/spi-either-way', codes, { cause: withMetadata });
};

/** @throws RiscboxError `blob/container` for other containers */
export const writeSpi = (blob: Blob): Uint8Array => {
  const { container, spi, roData, rwData } = blob;
  if (!spi) throw failToWrite('blob/container', { container, expected: 'JAM standard program' });
  const program = writeProgramPart(blob);
  const writer = new ByteWriter(program.length + roData.length + rwData.length + 64);
  if (spi.metadata) writer.varint(spi.metadata.length).bytes(spi.metadata);
  return writer
    .u24(roData.length)
    .u24(rwData.length)
    .u16(spi.heapPages)
    .u24(blob.stackSize)
    .bytes(roData)
    .bytes(rwData)
    .u32(program.length)
    .bytes(program)
    .finish();
};

const readSpiAs = (bytes: Uint8Array, kind: PolkaVmKind, hasMetadata: boolean): Blob => {
  const reader = new ByteReader(bytes, READER_ERRORS);
  const metadata = hasMetadata ? reader.take(reader.natural()) : undefined;
  const roDataSize = reader.u24();
  const rwDataSize = reader.u24();
  const heapPages = reader.u16();
  const stackSize = reader.u24();
  const roData = reader.take(roDataSize);
  const rwData = reader.take(rwDataSize);
  const program = reader.sub(reader.u32());
  checkConsumed(reader, 'code');
  return {
    ...WITHOUT_SECTIONS,
    kind,
    container: 'jam-spi',
    roDataSize,
    rwDataSize,
    stackSize,
    roData,
    rwData,
    ...readProgramPart(program, 'natural'),
    spi: { heapPages, metadata },
  };
};

const attempt = (read: () => Blob): Blob | RiscboxError => {
  try {
    return read();
  } catch (error) {
    if (isRiscboxError(error)) return error;
    throw error;
  }
};
