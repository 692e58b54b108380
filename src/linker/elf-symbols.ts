import type { Width } from '../core/kind.ts';
import { SHN_XINDEX, SHT_SYMTAB_SHNDX } from './elf-format.ts';
import { readerAt, recordSizes } from './elf-header.ts';
import { type ElfSection, recordsOf, sectionAt, sectionBytes, stringsOf } from './elf-sections.ts';
import type { ElfStrings } from './elf-strings.ts';
import { fail } from './errors.ts';

export interface ElfSymbol {
  readonly index: number;
  readonly name: string;
  /** Address, or offset in its section in relocatable files; exact, since absolute symbols may be any constant. */
  readonly value: bigint;
  readonly size: number;
  /** STT_FUNC, STT_OBJECT… */
  readonly type: number;
  /** STB_LOCAL, STB_GLOBAL, STB_WEAK. */
  readonly binding: number;
  /** STV_DEFAULT, STV_HIDDEN… */
  readonly visibility: number;
  /** Section index (extended numbers resolved), SHN_UNDEF, SHN_ABS or SHN_COMMON. */
  readonly section: number;
}

/** Offsets of the fields of Elf32_Sym and Elf64_Sym. */
const FIELDS = {
  32: { value: 4, size: 8, info: 12, other: 13, section: 14 },
  64: { value: 8, size: 16, info: 4, other: 5, section: 6 },
} as const;

/**
 * The symbols of a SHT_SYMTAB or SHT_DYNSYM section, read when asked for: whole ones with `at`, or field by field, for
 * tables of hundreds of thousands. The methods that take an index of the table throw `elf/no-symbol` for any other.
 */
export class ElfSymbols implements Iterable<ElfSymbol> {
  /** Symbol 0, the undefined one, included. */
  readonly count: number;
  /** Index of the section that this table is. */
  readonly table: number;
  readonly #view: DataView;
  readonly #width: Width;
  readonly #recordSize: number;
  readonly #strings: ElfStrings;
  /** SHT_SYMTAB_SHNDX: a u32 per symbol. */
  readonly #sectionNumbers: Uint8Array | undefined;

  constructor(file: Uint8Array, width: Width, sections: readonly ElfSection[], section: ElfSection) {
    this.#recordSize = recordSizes(width).symbol;
    const { bytes, count } = recordsOf(file, section, this.#recordSize);
    this.count = count;
    this.table = section.index;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#width = width;
    this.#strings = stringsOf(file, sectionAt(sections, section.link, `section ${section.name}`));
    const numbers = sections.find((s) => s.type === SHT_SYMTAB_SHNDX && s.link === section.index);
    this.#sectionNumbers = numbers && sectionBytes(file, numbers);
  }

  /** @throws RiscboxError `elf/no-symbol`, and `elf/…` when the name is broken */
  at(index: number): ElfSymbol {
    const at = this.#record(index);
    const field = at + FIELDS[this.#width].value;
    return {
      index,
      name: this.name(index),
      value:
        this.#width === 32 ? BigInt(this.#view.getUint32(field, true)) : this.#view.getBigUint64(field, true),
      size: this.size(index),
      type: this.type(index),
      binding: this.binding(index),
      visibility: this.#view.getUint8(at + FIELDS[this.#width].other) & 3,
      section: this.section(index),
    };
  }

  /** @throws RiscboxError `elf/…` when the name is broken */
  name(index: number): string {
    return this.#strings.at(this.nameOffset(index));
  }

  /** Where in `nameBytes` the name begins. */
  nameOffset(index: number): number {
    return this.#view.getUint32(this.#record(index), true);
  }

  /** The string table that the names are in. */
  get nameBytes(): Uint8Array {
    return this.#strings.bytes;
  }

  /** As `ElfSymbol.value`, but rounded above 2^53. */
  value(index: number): number {
    return this.#word(this.#record(index) + FIELDS[this.#width].value);
  }

  size(index: number): number {
    return this.#word(this.#record(index) + FIELDS[this.#width].size);
  }

  /** STT_FUNC, STT_OBJECT… */
  type(index: number): number {
    return this.#view.getUint8(this.#record(index) + FIELDS[this.#width].info) & 15;
  }

  /** STB_LOCAL, STB_GLOBAL, STB_WEAK. */
  binding(index: number): number {
    return this.#view.getUint8(this.#record(index) + FIELDS[this.#width].info) >> 4;
  }

  /** Section index (extended numbers resolved), SHN_UNDEF, SHN_ABS or SHN_COMMON. */
  section(index: number): number {
    const section = this.#view.getUint16(this.#record(index) + FIELDS[this.#width].section, true);
    return section === SHN_XINDEX && this.#sectionNumbers
      ? readerAt(this.#sectionNumbers, index * 4).u32()
      : section;
  }

  #record(index: number): number {
    if (!(index >= 0 && index < this.count)) throw fail('elf/no-symbol', { index, count: this.count });
    return index * this.#recordSize;
  }

  #word(at: number): number {
    const low = this.#view.getUint32(at, true);
    return this.#width === 32 ? low : low + this.#view.getUint32(at + 4, true) * 2 ** 32;
  }

  *[Symbol.iterator](): Generator<ElfSymbol> {
    for (let index = 0; index < this.count; index++) yield this.at(index);
  }
}
