import { SHT_NOBITS, SHT_STRTAB } from './elf-format.ts';
import { checkRange, checkSectionTable, type ElfHeader, readerAt, recordSizes, word } from './elf-header.ts';
import { ElfStrings } from './elf-strings.ts';
import { fail } from './errors.ts';

/** One entry of the section header table. */
export interface ElfSection {
  readonly index: number;
  readonly name: string;
  /** SHT_PROGBITS, SHT_SYMTAB… */
  readonly type: number;
  /** SHF_WRITE, SHF_ALLOC, SHF_EXECINSTR…: the low 32 bits, where all flags are. */
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
  readonly alignment: number;
  readonly entrySize: number;
}

/** @throws RiscboxError `elf/…` when the table or the names are broken; an ELF file without a table has no sections */
export const readSections = (file: Uint8Array, header: ElfHeader): readonly ElfSection[] => {
  checkSectionTable(file, header);
  const unnamed = Array.from({ length: header.sectionCount }, (_, index) => readSection(file, header, index));
  if (header.sectionNamesIndex === 0) return unnamed.map(({ section }) => section);
  const namesSection = sectionAt(
    unnamed.map(({ section }) => section),
    header.sectionNamesIndex,
    'the ELF header',
  );
  const names = stringsOf(file, { ...namesSection, name: `${namesSection.index} (section names)` });
  return unnamed.map(({ section, name }) => ({ ...section, name: names.at(name) }));
};

const readSection = (
  file: Uint8Array,
  { width, sectionHeaderOffset }: ElfHeader,
  index: number,
): { section: ElfSection; name: number } => {
  const reader = readerAt(file, sectionHeaderOffset + index * recordSizes(width).sectionHeader);
  const name = reader.u32();
  const type = reader.u32();
  const flags = reader.u32();
  if (width === 64) reader.offset += 4;
  const address = word(reader, width);
  const offset = word(reader, width);
  const size = word(reader, width);
  const link = reader.u32();
  const info = reader.u32();
  const alignment = word(reader, width);
  const entrySize = word(reader, width);
  const section = { index, name: '', type, flags, address, offset, size, link, info, alignment, entrySize };
  return { section, name };
};

/** Section `index`, which `what` refers to. */
export const sectionAt = (sections: readonly ElfSection[], index: number, what: string): ElfSection => {
  const section = sections[index];
  if (section === undefined) throw fail('elf/no-section', { what, index, count: sections.length });
  return section;
};

/** The bytes of a section as a view into the file; none for SHT_NOBITS. */
export const sectionBytes = (file: Uint8Array, section: ElfSection): Uint8Array => {
  if (section.type === SHT_NOBITS) return file.subarray(0, 0);
  checkRange(file, `section ${section.name || section.index}`, section.offset, section.size);
  return file.subarray(section.offset, section.offset + section.size);
};

/** The string table in a section. */
export const stringsOf = (file: Uint8Array, section: ElfSection): ElfStrings => {
  if (section.type !== SHT_STRTAB) {
    throw fail('elf/section-type', { section: section.name, type: section.type, expected: 'a string table' });
  }
  return new ElfStrings(sectionBytes(file, section), section.name);
};

/** Bytes of a table of fixed-size records, and how many there are; a remainder at the end is ignored. */
export const recordsOf = (
  file: Uint8Array,
  section: ElfSection,
  size: number,
): { bytes: Uint8Array; count: number } => {
  if (section.entrySize !== size) {
    throw fail('elf/entry-size', {
      what: `section ${section.name}`,
      size: section.entrySize,
      expected: size,
    });
  }
  const bytes = sectionBytes(file, section);
  return { bytes, count: Math.floor(bytes.length / size) };
};
