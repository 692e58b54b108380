import type { Blob, JumpTable } from '../blob/blob.ts';
import { READER_ERRORS } from '../blob/errors.ts';
import { makeExportTable, makeImportTable, makeJumpTable } from '../blob/tables.ts';
import { ByteReader, ByteWriter, equalBytes } from '../core/bytes.ts';
import { isRiscboxError } from '../core/error.ts';
import { isRiscvKind, type PolkaVmKind } from '../core/kind.ts';
import { CodeSurvey } from './code-survey.ts';
import { LabelNames } from './label-names.ts';
import { quote } from './quoted.ts';
import { hexRows, wordRows } from './write-bytes.ts';
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
  for (const line of assemblyLines(blob, options)) text += `${line}\n`;
  return text;
};

/** As `assemblyText`, line by line without line ends. */
export function* assemblyLines(blob: Blob, options: AssemblyTextOptions = {}): Generator<string, void> {
  const { kind, container, riscv } = blob;
  yield `%isa = ${kind}`;
  if (container === 'jam-raw' || container === 'jam-spi') yield `%container = ${container}`;
  yield* writeSizes(blob);
  if (isRiscvKind(kind) && riscv !== undefined) {
    const rawExports = !equalBytes(makeExportTable(blob.exports).bytes, blob.exports.bytes);
    yield* writeRiscvImage(blob, kind, riscv, rawExports);
    if (rawExports) yield* hexRows('raw_exports', blob.exports.bytes);
  } else yield* writePolkaVm(blob, kind as PolkaVmKind, options.offsets === true);
  yield* writeDebug(blob);
  yield* writeFraming(blob);
}

function* writeSizes({ roDataSize, rwDataSize, stackSize, spi }: Blob): Generator<string, void> {
  if (roDataSize !== 0) yield `%ro_data_size = ${roDataSize}`;
  if (rwDataSize !== 0) yield `%rw_data_size = ${rwDataSize}`;
  if (stackSize !== 0) yield `%stack_size = ${stackSize}`;
  if (spi === undefined) return;
  yield `%heap_pages = ${spi.heapPages}`;
  if (spi.metadata?.length === 0) yield '%metadata =';
  yield* hexRows('metadata', spi.metadata ?? new Uint8Array(0));
}

function* writePolkaVm(blob: Blob, kind: PolkaVmKind, offsets: boolean): Generator<string, void> {
  const survey = new CodeSurvey(kind, blob);
  const names = new LabelNames(blob, survey);
  yield* hexRows('ro_data', blob.roData);
  yield* hexRows('rw_data', blob.rwData);
  yield* writeImports(blob);
  if (names.exportWriting === 'raw') yield* hexRows('raw_exports', blob.exports.bytes);
  if (names.exportWriting === 'listed') {
    for (const { offset, symbol } of names.exports) {
      yield `%export ${quote(symbol)} = ${names.place(offset)}`;
    }
  }
  yield* writeJumpTable(blob.jumpTable, names);
  yield '';
  yield* writeCode(blob, kind, survey, names, offsets);
}

function* writeImports({ imports }: Blob): Generator<string, void> {
  const symbols = Array.from({ length: imports.count }, (_, index) => imports.symbol(index));
  const whole = makeImportTable(symbols.map((symbol) => symbol ?? new Uint8Array(0)));
  if (!equalBytes(whole.offsets, imports.offsets) || !equalBytes(whole.symbols, imports.symbols)) {
    const payload = new ByteWriter().varint(imports.count).bytes(imports.offsets).bytes(imports.symbols);
    yield* hexRows('raw_imports', payload.finish());
    return;
  }
  for (const [index, symbol] of symbols.entries()) {
    // Only the last of the empty ones matters: it says how many there are.
    if (symbol !== undefined && (symbol.length > 0 || index === symbols.length - 1)) {
      yield `%import ${index} = ${quote(symbol)}`;
    }
  }
}

function* writeJumpTable(table: JumpTable, names: LabelNames): Generator<string, void> {
  const targets = Array.from({ length: table.count }, (_, index) => table.target(index));
  if (makeJumpTable(targets).entrySize !== table.entrySize || table.declaredCount !== table.count) {
    yield `%jump_table_entry_size = ${table.entrySize}`;
  }
  if (table.declaredCount !== table.count) yield `%jump_table_count = ${table.declaredCount}`;
  yield* wordRows(
    'jump_table',
    targets.map((target) => names.place(target)),
  );
}

function* writeDebug({ debug }: Blob): Generator<string, void> {
  const { strings, linePrograms, lineRanges } = debug;
  if (strings.length + linePrograms.length + lineRanges.length > 0) yield '';
  const pool = debugStrings(strings);
  if (pool === undefined) yield* hexRows('debug_strings', strings);
  else for (const string of pool) yield `%debug_string = ${quote(string)}`;
  yield* hexRows('debug_line_programs', linePrograms);
  yield* hexRows('debug_line_ranges', lineRanges);
}

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

function* writeFraming({ unknown, framing }: Blob): Generator<string, void> {
  for (const { id, bytes } of unknown) {
    if (bytes.length === 0) yield `%section ${id} =`;
    yield* sectionRows(id, bytes);
  }
  if (framing === undefined) return;
  if (framing.emptySections.length > 0) yield `%empty_sections = ${framing.emptySections.join(' ')}`;
  yield* hexRows('trailing', framing.trailing);
}

const sectionRows = (id: number, bytes: Uint8Array): Generator<string, void> =>
  hexRows(`section ${id}`, bytes);
