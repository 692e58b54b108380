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

/** The symbols of a SHT_SYMTAB or SHT_DYNSYM section, read when asked for. */
export class ElfSymbols implements Iterable<ElfSymbol> {
  /** Symbol 0, the undefined one, included. */
  readonly count: number;
  readonly #bytes: Uint8Array;
  readonly #width: Width;
  readonly #strings: ElfStrings;
  /** SHT_SYMTAB_SHNDX: a u32 per symbol. */
  readonly #sectionNumbers: Uint8Array | undefined;

  constructor(file: Uint8Array, width: Width, sections: readonly ElfSection[], section: ElfSection) {
    const { bytes, count } = recordsOf(file, section, recordSizes(width).symbol);
    this.count = count;
    this.#bytes = bytes;
    this.#width = width;
    this.#strings = stringsOf(file, sectionAt(sections, section.link, `section ${section.name}`));
    const numbers = sections.find((s) => s.type === SHT_SYMTAB_SHNDX && s.link === section.index);
    this.#sectionNumbers = numbers && sectionBytes(file, numbers);
  }

  /** @throws RiscboxError `elf/no-symbol`, and `elf/…` when the name is broken */
  at(index: number): ElfSymbol {
    if (!(index >= 0 && index < this.count)) throw fail('elf/no-symbol', { index, count: this.count });
    const reader = readerAt(this.#bytes, index * recordSizes(this.#width).symbol);
    const name = reader.u32();
    let value = 0n;
    let size = 0;
    if (this.#width === 32) {
      value = BigInt(reader.u32());
      size = reader.u32();
    }
    const info = reader.u8();
    const other = reader.u8();
    const section = reader.u16();
    if (this.#width === 64) {
      value = BigInt(reader.u32()) | (BigInt(reader.u32()) << 32n);
      size = reader.u64();
    }
    return {
      index,
      name: this.#strings.at(name),
      value,
      size,
      type: info & 15,
      binding: info >> 4,
      visibility: other & 3,
      section:
        section === SHN_XINDEX && this.#sectionNumbers
          ? readerAt(this.#sectionNumbers, index * 4).u32()
          : section,
    };
  }

  *[Symbol.iterator](): Generator<ElfSymbol> {
    for (let index = 0; index < this.count; index++) yield this.at(index);
  }
}
