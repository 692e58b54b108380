import type { Blob, JumpTable } from '../blob/blob.ts';
import { READER_ERRORS } from '../blob/errors.ts';
import { makeExportTable, makeImportTable, makeJumpTable } from '../blob/tables.ts';
import { ByteReader, ByteWriter, equalBytes } from '../core/bytes.ts';
import { isRiscboxError } from '../core/error.ts';
import { isRiscvKind, type PolkaVmKind } from '../core/kind.ts';
import { CodeSurvey } from './code-survey.ts';
import { LabelNames } from './label-names.ts';
import { quote } from './quoted.ts';
import { type Emit, writeBytes, writeWords } from './write-bytes.ts';
import { writeCode } from './write-code.ts';
import { writeRiscvImage } from './write-riscv.ts';

export interface AssemblyTextOptions {
  /** Show where each instruction stands, in comments. Default false. */
  readonly offsets?: boolean;
}

/**
 * A program as assembly: `assemble` makes the same bytes of it again, whatever the program consists of. (Numbers
 * that a file spelled with longer varints than needed come out in their shortest form, as from `writeBlob`.)
 */
export const assemblyText = (blob: Blob, options: AssemblyTextOptions = {}): string => {
  let text = '';
  writeAssembly(blob, (line) => (text += `${line}\n`), options);
  return text;
};

/** As `assemblyText`; `emit` gets the lines one by one, without line ends. */
export const writeAssembly = (blob: Blob, emit: Emit, options: AssemblyTextOptions = {}): void => {
  const { kind, container, riscv } = blob;
  emit(`%isa = ${kind}`);
  if (container === 'jam-raw' || container === 'jam-spi') emit(`%container = ${container}`);
  writeSizes(emit, blob);
  if (isRiscvKind(kind) && riscv !== undefined) {
    const rawExports = !equalBytes(makeExportTable(blob.exports).bytes, blob.exports.bytes);
    writeRiscvImage(emit, blob, kind, riscv, rawExports);
    if (rawExports) writeBytes(emit, 'raw_exports', blob.exports.bytes);
  } else writePolkaVm(emit, blob, kind as PolkaVmKind, options.offsets === true);
  writeDebug(emit, blob);
  writeFraming(emit, blob);
};

const writeSizes = (emit: Emit, { roDataSize, rwDataSize, stackSize, spi }: Blob): void => {
  if (roDataSize !== 0) emit(`%ro_data_size = ${roDataSize}`);
  if (rwDataSize !== 0) emit(`%rw_data_size = ${rwDataSize}`);
  if (stackSize !== 0) emit(`%stack_size = ${stackSize}`);
  if (spi === undefined) return;
  emit(`%heap_pages = ${spi.heapPages}`);
  if (spi.metadata?.length === 0) emit('%metadata =');
  writeBytes(emit, 'metadata', spi.metadata ?? new Uint8Array(0));
};

const writePolkaVm = (emit: Emit, blob: Blob, kind: PolkaVmKind, offsets: boolean): void => {
  const survey = new CodeSurvey(kind, blob);
  const names = new LabelNames(blob, survey);
  writeBytes(emit, 'ro_data', blob.roData);
  writeBytes(emit, 'rw_data', blob.rwData);
  writeImports(emit, blob);
  if (names.exportWriting === 'raw') writeBytes(emit, 'raw_exports', blob.exports.bytes);
  if (names.exportWriting === 'listed') {
    for (const { offset, symbol } of names.exports) {
      emit(`%export ${quote(symbol)} = ${names.place(offset)}`);
    }
  }
  writeJumpTable(emit, blob.jumpTable, names);
  emit('');
  writeCode(emit, blob, kind, survey, names, offsets);
};

const writeImports = (emit: Emit, { imports }: Blob): void => {
  const symbols = Array.from({ length: imports.count }, (_, index) => imports.symbol(index));
  const whole = makeImportTable(symbols.map((symbol) => symbol ?? new Uint8Array(0)));
  if (!equalBytes(whole.offsets, imports.offsets) || !equalBytes(whole.symbols, imports.symbols)) {
    const payload = new ByteWriter().varint(imports.count).bytes(imports.offsets).bytes(imports.symbols);
    writeBytes(emit, 'raw_imports', payload.finish());
    return;
  }
  for (const [index, symbol] of symbols.entries()) {
    // Only the last of the empty ones matters: it says how many there are.
    if (symbol !== undefined && (symbol.length > 0 || index === symbols.length - 1)) {
      emit(`%import ${index} = ${quote(symbol)}`);
    }
  }
};

const writeJumpTable = (emit: Emit, table: JumpTable, names: LabelNames): void => {
  const targets = Array.from({ length: table.count }, (_, index) => table.target(index));
  if (makeJumpTable(targets).entrySize !== table.entrySize || table.declaredCount !== table.count) {
    emit(`%jump_table_entry_size = ${table.entrySize}`);
  }
  if (table.declaredCount !== table.count) emit(`%jump_table_count = ${table.declaredCount}`);
  writeWords(
    emit,
    'jump_table',
    targets.map((target) => names.place(target)),
  );
};

const writeDebug = (emit: Emit, { debug }: Blob): void => {
  const { strings, linePrograms, lineRanges } = debug;
  if (strings.length + linePrograms.length + lineRanges.length > 0) emit('');
  const pool = debugStrings(strings);
  if (pool === undefined) writeBytes(emit, 'debug_strings', strings);
  else for (const string of pool) emit(`%debug_string = ${quote(string)}`);
  writeBytes(emit, 'debug_line_programs', linePrograms);
  writeBytes(emit, 'debug_line_ranges', lineRanges);
};

/** The strings of the pool, one behind the other; undefined when it is something else. */
const debugStrings = (pool: Uint8Array): Uint8Array[] | undefined => {
  const reader = new ByteReader(pool, READER_ERRORS);
  const copy = new ByteWriter(pool.length);
  const strings: Uint8Array[] = [];
  try {
    while (reader.remaining > 0) {
      const string = reader.take(reader.varint());
      strings.push(string);
      copy.varint(string.length).bytes(string);
    }
  } catch (error) {
    if (isRiscboxError(error)) return undefined;
    throw error;
  }
  return equalBytes(copy.finish(), pool) ? strings : undefined;
};

const writeFraming = (emit: Emit, { unknown, framing }: Blob): void => {
  for (const { id, bytes } of unknown) {
    if (bytes.length === 0) emit(`%section ${id} =`);
    writeBytes(emit, `section ${id}`, bytes);
  }
  if (framing === undefined) return;
  if (framing.emptySections.length > 0) emit(`%empty_sections = ${framing.emptySections.join(' ')}`);
  writeBytes(emit, 'trailing', framing.trailing);
};
