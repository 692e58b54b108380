import { plainView } from '../core/bytes.ts';
import { type RiscvAttributes, readAttributes } from './elf-attributes.ts';
import { PT_RISCV_ATTRIBUTES, SHT_DYNSYM, SHT_RELA, SHT_RISCV_ATTRIBUTES, SHT_SYMTAB } from './elf-format.ts';
import {
  checkRange,
  type ElfHeader,
  type ProgramHeader,
  type RiscvFlags,
  readHeader,
  readProgramHeaders,
  riscvFlags,
} from './elf-header.ts';
import { ElfRelocations } from './elf-relocations.ts';
import { type ElfSection, readSections, sectionBytes } from './elf-sections.ts';
import { ElfSymbols } from './elf-symbols.ts';
import { fail } from './errors.ts';

/**
 * A 32- or 64-bit little-endian ELF file, read without copying: all bytes are views into the input.
 *
 * The header and the program headers are checked at once; sections, symbols and relocations when they are asked
 * for, since a program runs without them and stripped files have lost them. Every range is checked against the
 * file before it is used, so time and memory are bounded by its size. Addresses, offsets and sizes are numbers;
 * 64-bit ones above 2^53 are rounded, and stay far above every limit they are compared with.
 */
export class Elf {
  readonly bytes: Uint8Array;
  readonly header: ElfHeader;
  readonly programHeaders: readonly ProgramHeader[];
  #sections: readonly ElfSection[] | undefined;
  #symbols: ElfSymbols | undefined;
  #relocationBytes: number | undefined;

  /** @throws RiscboxError `elf/…` when the header or the program headers are broken */
  constructor(bytes: Uint8Array) {
    this.bytes = plainView(bytes);
    this.header = readHeader(this.bytes);
    this.programHeaders = readProgramHeaders(this.bytes, this.header);
  }

  /** e_flags as RISC-V defines them; meaningful only when `header.machine` is EM_RISCV. */
  get flags(): RiscvFlags {
    return riscvFlags(this.header.flags);
  }

  /**
   * All sections in file order, section 0 included; none when the file has no section header table.
   * @throws RiscboxError `elf/…` when the table is broken
   */
  get sections(): readonly ElfSection[] {
    this.#sections ??= readSections(this.bytes, this.header);
    return this.#sections;
  }

  /** The first section of that name. */
  section(name: string): ElfSection | undefined {
    return this.sections.find((section) => section.name === name);
  }

  /**
   * The bytes of a section; none for SHT_NOBITS.
   * @throws RiscboxError `elf/outside-file`
   */
  data(section: ElfSection): Uint8Array {
    return sectionBytes(this.bytes, section);
  }

  /**
   * The bytes of a segment that are in the file, at most `memorySize` of which get into memory.
   * @throws RiscboxError `elf/outside-file`
   */
  segmentData({ index, offset, fileSize }: ProgramHeader): Uint8Array {
    checkRange(this.bytes, `segment ${index}`, offset, fileSize);
    return this.bytes.subarray(offset, offset + fileSize);
  }

  /**
   * The symbol table (SHT_SYMTAB), or the dynamic one when the file was stripped; undefined when there is none.
   * @throws RiscboxError `elf/…` when it is broken
   */
  get symbols(): ElfSymbols | undefined {
    if (this.#symbols === undefined) {
      const section =
        this.sections.find(({ type }) => type === SHT_SYMTAB) ??
        this.sections.find(({ type }) => type === SHT_DYNSYM);
      if (section === undefined) return undefined;
      this.#symbols = new ElfSymbols(this.bytes, this.header.width, this.sections, section);
    }
    return this.#symbols;
  }

  /**
   * The relocations in a SHT_RELA section; its `info` is the section they apply to.
   * @throws RiscboxError `elf/…` when it is another section or broken
   */
  relocations(section: ElfSection): ElfRelocations {
    // Sections that all claim the same bytes would make reading them all quadratic.
    this.#relocationBytes ??= this.sections.reduce(
      (n, { type, size }) => n + (type === SHT_RELA ? size : 0),
      0,
    );
    if (this.#relocationBytes > this.bytes.length) {
      throw fail('elf/overlap', { size: this.#relocationBytes, fileSize: this.bytes.length });
    }
    return new ElfRelocations(this.bytes, this.header.width, section);
  }

  /**
   * Build attributes, which survive stripping; undefined when the file has none.
   * @throws RiscboxError `elf/…` when they are broken
   */
  get attributes(): RiscvAttributes | undefined {
    const segment = this.programHeaders.find(({ type }) => type === PT_RISCV_ATTRIBUTES);
    if (segment !== undefined) {
      const data = this.segmentData(segment);
      return readAttributes(this.bytes, segment.offset, data.length, `segment ${segment.index}`);
    }
    const section = this.sections.find(({ type }) => type === SHT_RISCV_ATTRIBUTES);
    if (section === undefined) return undefined;
    return readAttributes(this.bytes, section.offset, this.data(section).length, section.name);
  }
}

/**
 * Reads an ELF file of any machine.
 * @throws RiscboxError `elf/…` when the header or the program headers are broken, or `bytes` is no Uint8Array
 */
export const readElf = (bytes: Uint8Array): Elf => {
  // Callers of plain JavaScript have no types; the tag tells also of those that come from another realm.
  const tag = Object.prototype.toString.call(bytes);
  if (tag !== '[object Uint8Array]') throw fail('elf/no-bytes', { found: tag.slice(8, -1) });
  return new Elf(bytes);
};

/**
 * A file that was read already, or the bytes of one.
 * @throws RiscboxError as `readElf`
 */
export const elfOf = (file: Uint8Array | Elf): Elf => (file instanceof Elf ? file : readElf(file));
