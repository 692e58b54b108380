import type { ByteReader } from '../core/bytes.ts';
import { ByteWriter } from '../core/bytes.ts';
import type { Kind } from '../core/kind.ts';
import type { Blob, ImportTable } from './blob.ts';
import { fail } from './errors.ts';
import { MAX_IMPORTS } from './limits.ts';
import { readProgramPart, writeProgramPart } from './program.ts';
import { patchLength, SECTION, SectionStream, SectionWriter, writeHeader } from './sections.ts';
import { PackedExportTable, PackedImportTable } from './tables.ts';

/** Kinds by their version byte. */
export const POLKAVM_VERSIONS: readonly Kind[] = ['revive_v1', 'latest32', 'latest64', 'jam_v1'];

/** Reads the sections of a PolkaVM blob; `reader` stands behind the header. */
export const readPolkaVm = (kind: Kind, reader: ByteReader): Blob => {
  const stream = new SectionStream(reader);
  const memory = readMemoryConfig(stream);
  const roData = stream.bytes(SECTION.roData);
  const rwData = stream.bytes(SECTION.rwData);
  checkDataLength('read-only', roData, memory.roDataSize);
  checkDataLength('read-write', rwData, memory.rwDataSize);
  const imports = readImports(stream);
  const exports = new PackedExportTable(stream.bytes(SECTION.exports));
  const program = stream.open(SECTION.code);
  if (!program) {
    stream.finish(); // An unexpected section is the better explanation.
    throw fail('blob/no-code', {});
  }
  return {
    kind,
    container: 'polkavm',
    ...memory,
    roData,
    rwData,
    imports,
    exports,
    ...readProgramPart(program, 'varint'),
    debug: readDebugSections(stream),
    ...stream.finish(),
  };
};

export const writePolkaVm = (blob: Blob): Uint8Array => {
  const writer = new ByteWriter(blob.code.length * 2 + blob.roData.length + blob.rwData.length + 256);
  writeHeader(writer, POLKAVM_VERSIONS.indexOf(blob.kind));
  const sections = new SectionWriter(writer, blob.framing);
  const { roDataSize, rwDataSize, stackSize, imports } = blob;
  const memory = new ByteWriter().varint(roDataSize).varint(rwDataSize).varint(stackSize).finish();
  sections.unlessEmpty(SECTION.memoryConfig, memory, roDataSize === 0 && rwDataSize === 0 && stackSize === 0);
  sections.unlessEmpty(SECTION.roData, blob.roData);
  sections.unlessEmpty(SECTION.rwData, blob.rwData);
  const importBytes = new ByteWriter().varint(imports.count).bytes(imports.offsets).bytes(imports.symbols);
  sections.unlessEmpty(SECTION.imports, importBytes.finish(), isEmptyImportTable(imports));
  sections.unlessEmpty(SECTION.exports, blob.exports.bytes);
  sections.always(SECTION.code, writeProgramPart(blob));
  writeDebugSections(sections, blob);
  sections.finish(blob.unknown);
  patchLength(writer);
  return writer.finish();
};

const readMemoryConfig = (stream: SectionStream): Pick<Blob, 'roDataSize' | 'rwDataSize' | 'stackSize'> => {
  const reader = stream.open(SECTION.memoryConfig);
  if (!reader) return { roDataSize: 0, rwDataSize: 0, stackSize: 0 };
  const memory = { roDataSize: reader.varint(), rwDataSize: reader.varint(), stackSize: reader.varint() };
  checkConsumed(reader, 'memory configuration');
  if (memory.roDataSize === 0 && memory.rwDataSize === 0 && memory.stackSize === 0) {
    stream.markEmpty(SECTION.memoryConfig);
  }
  return memory;
};

const readImports = (stream: SectionStream): ImportTable => {
  const reader = stream.open(SECTION.imports);
  if (!reader) return new PackedImportTable(0, new Uint8Array(0), new Uint8Array(0));
  const count = reader.varint();
  if (count > MAX_IMPORTS) throw fail('blob/too-many-imports', { count, limit: MAX_IMPORTS });
  if (reader.remaining < count * 4) throw fail('blob/imports', { count, have: reader.remaining });
  const imports = new PackedImportTable(count, reader.take(count * 4), reader.rest());
  if (isEmptyImportTable(imports)) stream.markEmpty(SECTION.imports);
  return imports;
};

const isEmptyImportTable = (imports: ImportTable): boolean =>
  imports.count === 0 && imports.symbols.length === 0;

export const readDebugSections = (stream: SectionStream): Blob['debug'] => ({
  strings: stream.bytes(SECTION.debugStrings),
  linePrograms: stream.bytes(SECTION.debugLinePrograms),
  lineRanges: stream.bytes(SECTION.debugLineRanges),
});

export const writeDebugSections = (sections: SectionWriter, { debug }: Blob): void => {
  sections.unlessEmpty(SECTION.debugStrings, debug.strings);
  sections.unlessEmpty(SECTION.debugLinePrograms, debug.linePrograms);
  sections.unlessEmpty(SECTION.debugLineRanges, debug.lineRanges);
};

export const checkDataLength = (
  section: 'read-only' | 'read-write',
  data: Uint8Array,
  declared: number,
): void => {
  if (data.length > declared) throw fail('blob/data-too-long', { section, length: data.length, declared });
};

export const checkConsumed = (reader: ByteReader, part: string): void => {
  if (reader.remaining > 0) {
    throw fail('blob/trailing-bytes', { at: reader.position, count: reader.remaining, part });
  }
};
