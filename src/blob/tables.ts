import { ByteReader, ByteWriter, readUint } from '../core/bytes.ts';
import { isRiscboxError } from '../core/error.ts';
import type { Export, ExportTable, FunctionSymbol, ImportTable, JumpTable, SymbolTable } from './blob.ts';
import { fail, READER_ERRORS } from './errors.ts';
import { checkField, MAX_IMPORTS, MAX_JUMP_TABLE_ENTRIES, MAX_JUMP_TABLE_ENTRY_SIZE } from './limits.ts';

const encoder = new TextEncoder();

/** A name as the caller has it: text (written as UTF-8) or raw bytes. */
export type Name = string | Uint8Array;

export const nameBytes = (name: Name): Uint8Array => (typeof name === 'string' ? encoder.encode(name) : name);

export class PackedImportTable implements ImportTable {
  readonly count: number;
  readonly offsets: Uint8Array;
  readonly symbols: Uint8Array;

  /** @throws RiscboxError `blob/imports`, `blob/too-many-imports` */
  constructor(count: number, offsets: Uint8Array, symbols: Uint8Array) {
    if (count > MAX_IMPORTS) throw fail('blob/too-many-imports', { count, limit: MAX_IMPORTS });
    if (offsets.length !== count * 4) throw fail('blob/imports', { count, have: offsets.length });
    this.count = count;
    this.offsets = offsets;
    this.symbols = symbols;
  }

  symbol(index: number): Uint8Array | undefined {
    if (!(index >= 0 && index < this.count)) return undefined;
    const start = readUint(this.offsets, index * 4, 4);
    const end = index + 1 < this.count ? readUint(this.offsets, index * 4 + 4, 4) : this.symbols.length;
    return start <= end && end <= this.symbols.length ? this.symbols.subarray(start, end) : undefined;
  }
}

/** Import table of the given symbols; an empty symbol leaves its number without an import. */
export const makeImportTable = (symbols: Iterable<Name>): ImportTable => {
  const offsets = new ByteWriter();
  const area = new ByteWriter();
  let count = 0;
  for (const symbol of symbols) {
    offsets.u32(area.length);
    area.bytes(nameBytes(symbol));
    count++;
  }
  return new PackedImportTable(count, offsets.finish(), area.finish());
};

/** Decodes entries one by one and ends at the first that is malformed, as lazily checked sections demand. */
function* untilMalformed<T>(reader: ByteReader, entry: (reader: ByteReader) => T): Generator<T, void> {
  while (reader.remaining > 0) {
    let value: T;
    try {
      value = entry(reader);
    } catch (error) {
      if (isRiscboxError(error)) return;
      throw error;
    }
    yield value;
  }
}

const readExport = (reader: ByteReader): Export => ({
  offset: reader.varint(),
  symbol: reader.take(reader.varint()),
});

export class PackedExportTable implements ExportTable {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  *[Symbol.iterator](): Iterator<Export> {
    const reader = new ByteReader(this.bytes, READER_ERRORS);
    const count = readCount(reader);
    let index = 0;
    for (const entry of untilMalformed(reader, readExport)) {
      if (index++ >= count) return;
      yield entry;
    }
  }
}

/** The count in front of a lazily checked list; a malformed one means no entries. */
const readCount = (reader: ByteReader): number => untilMalformed(reader, (r) => r.varint()).next().value ?? 0;

export const makeExportTable = (
  exports: Iterable<{ readonly offset: number; readonly symbol: Name }>,
): ExportTable => {
  const entries = [...exports];
  if (entries.length === 0) return new PackedExportTable(new Uint8Array(0));
  const writer = new ByteWriter().varint(entries.length);
  for (const { offset, symbol } of entries) {
    checkField('export offset', offset);
    const name = nameBytes(symbol);
    writer.varint(offset).varint(name.length).bytes(name);
  }
  return new PackedExportTable(writer.finish());
};

export class PackedJumpTable implements JumpTable {
  readonly count: number;
  readonly declaredCount: number;
  readonly entrySize: number;
  readonly bytes: Uint8Array;

  /** @throws RiscboxError `blob/jump-table-entry-size`, `blob/jump-table-too-long`, `blob/truncated` */
  constructor(declaredCount: number, entrySize: number, bytes: Uint8Array) {
    checkJumpTableShape(declaredCount, entrySize);
    const need = declaredCount * entrySize;
    if (bytes.length !== need) throw fail('blob/truncated', { at: 0, need, have: bytes.length });
    this.declaredCount = declaredCount;
    this.count = entrySize === 0 ? 0 : declaredCount;
    this.entrySize = entrySize;
    this.bytes = bytes;
  }

  target(index: number): number {
    if (!(index >= 0 && index < this.count))
      throw fail('blob/jump-table-index', { index, count: this.count });
    return readUint(this.bytes, index * this.entrySize, this.entrySize);
  }
}

export const checkJumpTableShape = (count: number, entrySize: number): void => {
  if (count > MAX_JUMP_TABLE_ENTRIES) {
    throw fail('blob/jump-table-too-long', { count, limit: MAX_JUMP_TABLE_ENTRIES });
  }
  if (entrySize > MAX_JUMP_TABLE_ENTRY_SIZE) {
    throw fail('blob/jump-table-entry-size', { size: entrySize, limit: MAX_JUMP_TABLE_ENTRY_SIZE });
  }
};

/** Jump table of the given code offsets with the smallest entry size that holds them all, 0 for no entries. */
export const makeJumpTable = (targets: readonly number[] | Uint32Array): JumpTable => {
  let highest = 0;
  for (const target of targets) {
    checkField('jump target', target);
    highest = Math.max(highest, target);
  }
  // At least one byte: with entry size 0 even entries of value 0 would not exist.
  const entrySize = targets.length === 0 ? 0 : Math.max(1, Math.ceil((32 - Math.clz32(highest)) / 8));
  const writer = new ByteWriter(targets.length * entrySize);
  for (const target of targets) writer.uint(target, entrySize);
  return new PackedJumpTable(targets.length, entrySize, writer.finish());
};

/**
 * Payload of the symbols section: varint count, then per function varint distance from the address of the
 * function before (first: from 0), varint size, varint name length, name.
 */
export class PackedSymbolTable implements SymbolTable {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  *[Symbol.iterator](): Iterator<FunctionSymbol> {
    const reader = new ByteReader(this.bytes, READER_ERRORS);
    const count = readCount(reader);
    let index = 0;
    let previous = 0;
    for (const { gap, size, name } of untilMalformed(reader, readSymbol)) {
      const address = previous + gap;
      if (index++ >= count || address + size > 2 ** 32) return;
      previous = address;
      yield { address, size, name };
    }
  }
}

const readSymbol = (reader: ByteReader): { gap: number; size: number; name: Uint8Array } => ({
  gap: reader.varint(),
  size: reader.varint(),
  name: reader.take(reader.varint()),
});

/** Symbol table of the given functions, which it sorts by address (keeping the order of equal ones). */
export const makeSymbolTable = (
  symbols: Iterable<{ readonly address: number; readonly size: number; readonly name: Name }>,
): SymbolTable => {
  const sorted = [...symbols].sort((a, b) => a.address - b.address);
  if (sorted.length === 0) return new PackedSymbolTable(new Uint8Array(0));
  const writer = new ByteWriter().varint(sorted.length);
  let previous = 0;
  for (const { address, size, name } of sorted) {
    checkField('symbol address', address);
    checkField('symbol size', size);
    const bytes = nameBytes(name);
    writer
      .varint(address - previous)
      .varint(size)
      .varint(bytes.length)
      .bytes(bytes);
    previous = address;
  }
  return new PackedSymbolTable(writer.finish());
};
