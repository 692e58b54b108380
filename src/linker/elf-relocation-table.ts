import type { Elf } from './elf.ts';
import { recordSizes } from './elf-header.ts';
import type { ElfSection } from './elf-sections.ts';

/**
 * Relocations in columns, ascending by offset (in the order of the file where offsets are equal): files have tens of
 * thousands of them, and an object with a bigint for each would take longer than all the rest of reading.
 */
export class RelocationTable {
  readonly offsets: Float64Array;
  readonly types: Uint32Array;
  readonly symbols: Uint32Array;
  /** Signed; rounded above 2^53. */
  readonly addends: Float64Array;

  constructor(offsets: Float64Array, types: Uint32Array, symbols: Uint32Array, addends: Float64Array) {
    this.offsets = offsets;
    this.types = types;
    this.symbols = symbols;
    this.addends = addends;
  }

  get count(): number {
    return this.offsets.length;
  }

  /** The first relocation whose offset is not below `offset`. */
  indexOf(offset: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.offsets[middle]! < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The relocations `from` to `to`, without the latter. */
  slice(from: number, to: number): RelocationTable {
    const { offsets, types, symbols, addends } = this;
    return new RelocationTable(
      offsets.subarray(from, to),
      types.subarray(from, to),
      symbols.subarray(from, to),
      addends.subarray(from, to),
    );
  }
}

/**
 * Joins the tables of one section.
 * @throws RiscboxError `elf/…` when one is broken
 */
export const readRelocationTable = (elf: Elf, tables: readonly ElfSection[]): RelocationTable => {
  const { width } = elf.header;
  const size = recordSizes(width).relocation;
  const counts = tables.map((table) => elf.relocations(table).count);
  const count = counts.reduce((sum, of) => sum + of, 0);
  const table = new RelocationTable(
    new Float64Array(count),
    new Uint32Array(count),
    new Uint32Array(count),
    new Float64Array(count),
  );
  const read = width === 64 ? read64 : read32;
  let next = 0;
  for (const [i, section] of tables.entries()) {
    const bytes = elf.data(section);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < counts[i]! * size; at += size) read(table, next++, view, at);
  }
  if (!isAscending(table.offsets)) sort(table);
  return table;
};

/** Elf64_Rela. */
const read64 = (table: RelocationTable, index: number, view: DataView, at: number): void => {
  table.offsets[index] = view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
  table.types[index] = view.getUint32(at + 8, true);
  table.symbols[index] = view.getUint32(at + 12, true);
  table.addends[index] = view.getUint32(at + 16, true) + view.getInt32(at + 20, true) * 2 ** 32;
};

/** Elf32_Rela. */
const read32 = (table: RelocationTable, index: number, view: DataView, at: number): void => {
  const info = view.getUint32(at + 4, true);
  table.offsets[index] = view.getUint32(at, true);
  table.types[index] = info & 0xff;
  table.symbols[index] = info >>> 8;
  table.addends[index] = view.getInt32(at + 8, true);
};

const isAscending = (offsets: Float64Array): boolean => {
  for (let i = 1; i < offsets.length; i++) if (offsets[i]! < offsets[i - 1]!) return false;
  return true;
};

const sort = ({ offsets, types, symbols, addends }: RelocationTable): void => {
  const order = Uint32Array.from(offsets, (_, i) => i).sort((a, b) => offsets[a]! - offsets[b]! || a - b);
  for (const column of [offsets, types, symbols, addends]) {
    const before = column.slice();
    for (let i = 0; i < order.length; i++) column[i] = before[order[i]!]!;
  }
};
