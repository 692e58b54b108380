import { RiscboxError } from '../../core/error.ts';
import type { Elf } from '../elf.ts';
import { ET_REL, SHT_NOBITS, SHT_RELA } from '../elf-format.ts';
import type { ElfSection } from '../elf-sections.ts';
import type { CodeSection } from '../relink/input/link-input.ts';
import { fail } from './errors.ts';
import type { InflatedSections } from './inflate.ts';
import type { Notes } from './notes.ts';
import { relocate } from './relocate.ts';

/** The debug sections that riscbox reads. All others (types of variables, locations, macros, indices) are of no use here. */
export const DWARF_SECTIONS = [
  '.debug_info',
  '.debug_abbrev',
  '.debug_line',
  '.debug_str',
  '.debug_line_str',
  '.debug_str_offsets',
  '.debug_addr',
  '.debug_ranges',
  '.debug_rnglists',
] as const;

export type DwarfSectionName = (typeof DWARF_SECTIONS)[number];

/** Bytes of the debug sections, decompressed and relocated; empty where the file has none. */
export type DwarfSections = Readonly<Record<DwarfSectionName, Uint8Array>>;

/** gABI, "Section Attribute Flags". */
const SHF_GROUP = 0x200;
export const SHF_COMPRESSED = 0x800;

const ABSENT = new Uint8Array();

/**
 * The debug sections of a file. In linked files they hold final addresses, whether or not the linker kept the
 * relocations; those of relocatable files are relocated here.
 */
export const loadDwarfSections = (
  elf: Elf,
  code: readonly CodeSection[],
  inflated: InflatedSections,
  notes: Notes,
): DwarfSections => {
  const loaded = Object.fromEntries(DWARF_SECTIONS.map((name) => [name, ABSENT])) as Record<
    DwarfSectionName,
    Uint8Array
  >;
  notes.guard(() => {
    const load = sectionLoader(elf, code, inflated);
    for (const name of DWARF_SECTIONS) {
      notes.guard(() => {
        const section = findSection(elf, name);
        if (section !== undefined) loaded[name] = load(section);
      });
    }
  });
  return loaded;
};

/** Relocatable files may have several of a name; those in groups hold types, which units of their own describe. */
const findSection = (elf: Elf, name: DwarfSectionName): ElfSection | undefined =>
  elf.sections.find((s) => s.name === name && s.type !== SHT_NOBITS && (s.flags & SHF_GROUP) === 0);

const sectionLoader = (
  elf: Elf,
  code: readonly CodeSection[],
  inflated: InflatedSections,
): ((section: ElfSection) => Uint8Array) => {
  if (elf.header.type !== ET_REL) return (section) => sectionBytes(elf, section, inflated);
  const relocations = elf.sections.filter(({ type }) => type === SHT_RELA);
  const addresses = codeAddresses(elf, code);
  const addressOf = (index: number): number => addresses.get(index) ?? 0;
  return (section) => relocate(elf, section, sectionBytes(elf, section, inflated), relocations, addressOf);
};

const sectionBytes = (elf: Elf, section: ElfSection, inflated: InflatedSections): Uint8Array => {
  if ((section.flags & SHF_COMPRESSED) === 0) return elf.data(section);
  const bytes = inflated.get(section.index);
  if (bytes instanceof RiscboxError) throw bytes;
  if (bytes === undefined) {
    throw fail('link/dwarf-compressed', { section: section.name, problem: 'was not decompressed' });
  }
  return bytes;
};

/** Addresses that the sections of code were given, by section index: their bytes are views into the file. */
const codeAddresses = (elf: Elf, code: readonly CodeSection[]): ReadonlyMap<number, number> => {
  const byOffset = new Map(
    code.filter(({ bytes }) => bytes.length > 0).map(({ bytes, address }) => [bytes.byteOffset, address]),
  );
  const addresses = new Map<number, number>();
  for (const { index, type, size, offset } of elf.sections) {
    const address = byOffset.get(elf.bytes.byteOffset + offset);
    if (address !== undefined && size > 0 && type !== SHT_NOBITS) addresses.set(index, address);
  }
  return addresses;
};
