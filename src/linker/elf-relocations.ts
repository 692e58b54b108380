import type { Width } from '../core/kind.ts';
import { SHT_RELA } from './elf-format.ts';
import { readerAt, recordSizes, word } from './elf-header.ts';
import { type ElfSection, recordsOf } from './elf-sections.ts';
import { fail } from './errors.ts';

export interface ElfRelocation {
  /** Where: a guest address in linked files, an offset in the target section in relocatable files. */
  readonly offset: number;
  /** R_RISCV_… (RISC-V ELF psABI, "Relocations"). */
  readonly type: number;
  /** Index into the symbol table, 0 for none. */
  readonly symbol: number;
  /** Signed and exact: in data it may be any constant. */
  readonly addend: bigint;
}

/** The relocations of a SHT_RELA section (RISC-V has no others), read when asked for. */
export class ElfRelocations implements Iterable<ElfRelocation> {
  readonly count: number;
  readonly #bytes: Uint8Array;
  readonly #width: Width;
  readonly #section: string;

  constructor(file: Uint8Array, width: Width, section: ElfSection) {
    if (section.type !== SHT_RELA) {
      throw fail('elf/section-type', { section: section.name, type: section.type, expected: 'SHT_RELA (4)' });
    }
    const { bytes, count } = recordsOf(file, section, recordSizes(width).relocation);
    this.count = count;
    this.#bytes = bytes;
    this.#width = width;
    this.#section = section.name;
  }

  /** @throws RiscboxError `elf/no-relocation` */
  at(index: number): ElfRelocation {
    if (!(index >= 0 && index < this.count)) {
      throw fail('elf/no-relocation', { section: this.#section, index, count: this.count });
    }
    return readRelocation(this.#bytes, this.#width, index);
  }

  *[Symbol.iterator](): Generator<ElfRelocation> {
    for (let index = 0; index < this.count; index++) yield this.at(index);
  }
}

/** Record `index` of a table of Elf32_Rela or Elf64_Rela. */
export const readRelocation = (bytes: Uint8Array, width: Width, index: number): ElfRelocation => {
  const reader = readerAt(bytes, index * recordSizes(width).relocation);
  const offset = word(reader, width);
  const info = reader.u32();
  if (width === 32) {
    return { offset, type: info & 0xff, symbol: info >>> 8, addend: BigInt(reader.u32() | 0) };
  }
  const symbol = reader.u32();
  const low = BigInt(reader.u32());
  return { offset, type: info, symbol, addend: low | (BigInt(reader.u32() | 0) << 32n) };
};
