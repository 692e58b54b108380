import type { Elf } from './elf.ts';
import { recordSizes } from './elf-header.ts';
import type { ElfSection } from './elf-sections.ts';

/**
 * Relocations in columns, ascending by offset (in the order of the file where offsets are equal): files have tens of
 * thousands of them, and an object with a bigint for each would take longer than all the rest of reading.
 */
export class RelocationTable {
  readonly count: number;
  readonly offsets: Float64Array;
  readonly types: Uint32Array;
  readonly symbols: Uint32Array;
  /** Signed; rounded above 2^53. */
  readonly addends: Float64Array;

  /**
   * Joins the tables of one section.
   * @throws RiscboxError `elf/…` when one is broken
   */
  constructor(elf: Elf, tables: readonly ElfSection[]) {
    const { width } = elf.header;
    const size = recordSizes(width).relocation;
    const counts = tables.map((table) => elf.relocations(table).count);
    this.count = counts.reduce((sum, count) => sum + count, 0);
    this.offsets = new Float64Array(this.count);
    this.types = new Uint32Array(this.count);
    this.symbols = new Uint32Array(this.count);
    this.addends = new Float64Array(this.count);
    let next = 0;
    for (const [i, table] of tables.entries()) {
      const bytes = elf.data(table);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      for (let at = 0; at < counts[i]! * size; at += size) {
        if (width === 64) this.#read64(view, at, next++);
        else this.#read32(view, at, next++);
      }
    }
    if (!isAscending(this.offsets)) this.#sort();
  }

  /** Elf64_Rela. */
  #read64(view: DataView, at: number, index: number): void {
    this.offsets[index] = view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
    this.types[index] = view.getUint32(at + 8, true);
    this.symbols[index] = view.getUint32(at + 12, true);
    this.addends[index] = view.getUint32(at + 16, true) + view.getInt32(at + 20, true) * 2 ** 32;
  }

  /** Elf32_Rela. */
  #read32(view: DataView, at: number, index: number): void {
    const info = view.getUint32(at + 4, true);
    this.offsets[index] = view.getUint32(at, true);
    this.types[index] = info & 0xff;
    this.symbols[index] = info >>> 8;
    this.addends[index] = view.getInt32(at + 8, true);
  }

  #sort(): void {
    const { offsets } = this;
    const order = Uint32Array.from(offsets, (_, i) => i).sort((a, b) => offsets[a]! - offsets[b]! || a - b);
    for (const column of [this.offsets, this.types, this.symbols, this.addends]) {
      const before = column.slice();
      for (let i = 0; i < order.length; i++) column[i] = before[order[i]!]!;
    }
  }
}

const isAscending = (offsets: Float64Array): boolean => {
  for (let i = 1; i < offsets.length; i++) if (offsets[i]! < offsets[i - 1]!) return false;
  return true;
};
