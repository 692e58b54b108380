import type { Problems } from '../../../core/problems.ts';
import { rangeAt } from '../../address-ranges.ts';
import type { Elf } from '../../elf.ts';
import { ET_REL, PT_LOAD, SHF_TLS, SHT_NOBITS, SHT_NOTE, SHT_PROGBITS } from '../../elf-format.ts';
import type { ElfSection } from '../../elf-sections.ts';
import { DataSection } from '../graph/data-section.ts';
import { CodeSection, type Place } from './link-input.ts';
import { checkApart, checkBytes, checkSection } from './section-checks.ts';
import { type SectionUse, useOf } from './section-use.ts';

/** A section of the ELF file and what was made of it. */
export interface PlacedSection {
  readonly elf: ElfSection;
  readonly use: SectionUse;
  /** What the values of its symbols and the offsets of its relocations count from. */
  readonly address: number;
  readonly content: CodeSection | DataSection;
  /** Constants behind the code of a section: those from offset `from` on, in a section that begins at `start`. */
  readonly constants?: { readonly from: number; readonly start: number; readonly content: DataSection };
}

/** The position of an offset in a section of the file. */
export const placeIn = ({ content, constants }: PlacedSection, offset: number): Place =>
  constants === undefined || offset < constants.from
    ? { section: content, offset }
    : { section: constants.content, offset: offset - constants.start };

/** Where the first section of code of a relocatable file is put, and how far sections of code are apart there. */
const FIRST_ADDRESS = 0x10000;
const GAP = 16;

/** The sections of a file that count, by index and by address. */
export class LinkSections {
  /** Grows while records turn out to be in sections that are not loaded; one may iterate meanwhile. */
  readonly placed: PlacedSection[] = [];
  readonly #elf: Elf;
  /** True for files whose symbols hold offsets in their sections and no addresses. */
  readonly isRelocatable: boolean;
  #code: CodeSection[] = [];
  readonly #data: DataSection[] = [];
  readonly #byIndex: (PlacedSection | undefined)[] = [];
  #byAddress: readonly PlacedSection[];
  /** Segments that a start-up routine copies from where they are stored to where they are used. */
  readonly #stored: readonly StoredSegment[];
  /** Sections that hold records and are not loaded. */
  readonly #records = new Set<CodeSection | DataSection>();

  constructor(elf: Elf, problems: Problems) {
    this.#elf = elf;
    this.isRelocatable = elf.header.type === ET_REL;
    checkBytes(elf, problems);
    let nextAddress = FIRST_ADDRESS;
    for (const section of elf.sections) {
      const { use } = useOf(section);
      if (use === 'unloaded' || use === 'stack-sizes') continue;
      checkSection(section, this.isRelocatable, problems);
      const address = this.isRelocatable ? 0 : section.address;
      const content =
        use === 'code'
          ? new CodeSection(section.name, this.isRelocatable ? nextAddress : address, elf.data(section))
          : dataSection(elf, section, use);
      if (content instanceof CodeSection) {
        this.#code.push(content);
        nextAddress += Math.ceil((content.bytes.length + GAP) / GAP) * GAP;
      } else if (use === 'metadata' || use === 'exports') {
        this.#records.add(content);
      } else if (use !== 'loaders-only') {
        this.#data.push(content);
      }
      this.#place({ elf: section, use, address, content });
    }
    this.#byAddress = this.isRelocatable ? [] : this.placed.filter(takesAddresses).sort(byAddress);
    this.#stored = storedSegments(elf);
    checkApart(this.#byAddress, problems);
  }

  get code(): readonly CodeSection[] {
    return this.#code;
  }

  get data(): readonly DataSection[] {
    return this.#data;
  }

  /** A section of zeros that no section of the file is: common symbols of relocatable files. */
  addZeros(name: string, size: number, alignment: number): DataSection {
    const section = new DataSection('bss', name, size, alignment, new Uint8Array());
    this.#data.push(section);
    return section;
  }

  /**
   * The section made from section `index` of the file. One that only loaders and unwinders read is loaded as zeros
   * once something refers to it: an empty table of unwind information, an empty dynamic section. One that is not
   * loaded at all may hold records.
   */
  at(index: number): PlacedSection | undefined {
    const found = this.#byIndex[index];
    if (found === undefined) return this.#unloaded(index);
    if (found.use !== 'loaders-only' || found.content instanceof CodeSection) return found;
    const entry: PlacedSection = { ...found, use: 'ro' };
    this.#byIndex[index] = entry;
    this.#data.push(found.content);
    return entry;
  }

  #unloaded(index: number): PlacedSection | undefined {
    const section = this.#elf.sections[index];
    if (section === undefined || (section.type !== SHT_PROGBITS && section.type !== SHT_NOTE))
      return undefined;
    const content = dataSection(this.#elf, section, 'metadata');
    this.#records.add(content);
    const address = this.isRelocatable ? 0 : section.address;
    return this.#place({ elf: section, use: 'metadata', address, content });
  }

  #place(placed: PlacedSection): PlacedSection {
    this.placed.push(placed);
    this.#byIndex[placed.elf.index] = placed;
    return placed;
  }

  /** Makes what is behind an offset in sections of code sections of constants. */
  split(offsets: ReadonlyMap<PlacedSection, number>): void {
    if (offsets.size === 0) return;
    const parts = new Map([...offsets].map(([placed, from]) => [placed, partsOf(placed, from)]));
    const replaced = (placed: PlacedSection): PlacedSection => parts.get(placed) ?? placed;
    this.placed.forEach((placed, i) => {
      this.placed[i] = replaced(placed);
      this.#byIndex[placed.elf.index] = replaced(placed);
    });
    this.#byAddress = this.#byAddress.map(replaced);
    const contents = this.placed.map(({ content }) => content);
    this.#code = contents.filter((content) => content instanceof CodeSection);
    for (const { constants } of parts.values())
      if (constants !== undefined) this.#data.push(constants.content);
  }

  /** What was made of section `index` of the file, without making it loaded. */
  contentOf(index: number): CodeSection | DataSection | undefined {
    const found = this.#byIndex[index];
    return found === undefined || found.use === 'loaders-only' ? undefined : found.content;
  }

  /** True for sections that are in guest memory, or code. */
  isLoaded(section: CodeSection | DataSection): boolean {
    return !this.#records.has(section);
  }

  /**
   * The position of an address, if it lies in a section or, failing that, directly behind one. Where a segment is
   * stored for a start-up routine counts as where it is used: there it is from the beginning. Linked files only.
   */
  placeOf(address: number): Place | undefined {
    const used = this.holderOf(address) === undefined ? this.#usedAt(address) : address;
    const holder = this.holderOf(used) ?? rangeAt(this.#byAddress, used - 1);
    if (holder === undefined || used > holder.address + holder.elf.size) return undefined;
    return placeIn(this.at(holder.elf.index)!, used - holder.address);
  }

  #usedAt(address: number): number {
    const stored = rangeAt(this.#stored, address);
    if (stored === undefined || address > stored.address + stored.size) return address;
    return address - stored.address + stored.usedAt;
  }

  /** The position of an address in relation to the section in front of it. Linked files only. */
  placeBehind(address: number): Place | undefined {
    const before = rangeAt(this.#byAddress, address);
    return before && placeIn(this.at(before.elf.index)!, address - before.address);
  }

  /** The position of an address of code. Linked files only. */
  codeAt(address: number): Place | undefined {
    const holder = this.holderOf(address);
    if (holder === undefined) return undefined;
    const place = placeIn(holder, address - holder.address);
    return place.section instanceof CodeSection ? place : undefined;
  }

  /** The section that holds an address. Linked files only. */
  holderOf(address: number): PlacedSection | undefined {
    const found = rangeAt(this.#byAddress, address);
    return found !== undefined && address < found.address + found.elf.size ? found : undefined;
  }
}

interface StoredSegment {
  readonly address: number;
  readonly size: number;
  readonly usedAt: number;
}

const storedSegments = ({ programHeaders }: Elf): readonly StoredSegment[] =>
  programHeaders
    .filter((s) => s.type === PT_LOAD && s.fileSize > 0 && s.physicalAddress !== s.address)
    .map((s) => ({ address: s.physicalAddress, size: s.fileSize, usedAt: s.address }))
    .sort((a, b) => a.address - b.address);

/** A section of code that ends at `from`, and constants behind it. */
const partsOf = (placed: PlacedSection, from: number): PlacedSection => {
  const { elf, content } = placed;
  if (!(content instanceof CodeSection)) return placed;
  const code = new CodeSection(content.name, content.address, content.bytes.subarray(0, from));
  const alignment = Math.max(elf.alignment, 1);
  // Constants keep their alignment: with them come a few bytes of code that nothing refers to.
  const start = Math.floor(from / alignment) * alignment;
  const bytes = content.bytes.slice(start);
  const constants = new DataSection('ro', `${elf.name} (constants)`, bytes.length, alignment, bytes);
  return { ...placed, content: code, constants: { from, start, content: constants } };
};

const byAddress = (a: PlacedSection, b: PlacedSection): number => a.address - b.address;

/** .tbss has an address, but what comes behind it has the same. */
const takesAddresses = ({ elf, use }: PlacedSection): boolean =>
  elf.size > 0 &&
  use !== 'metadata' &&
  use !== 'exports' &&
  !(elf.type === SHT_NOBITS && (elf.flags & SHF_TLS) !== 0);

const dataSection = (elf: Elf, section: ElfSection, use: SectionUse): DataSection => {
  const { name, size, alignment } = section;
  const isEmpty = use === 'loaders-only' || use === 'bss';
  const kind = use === 'rw' || use === 'bss' ? use : 'ro';
  // A copy: numbers that the file leaves to the linker are written to it.
  const bytes = isEmpty ? new Uint8Array() : elf.data(section).slice();
  const isThreadLocal = (section.flags & SHF_TLS) !== 0;
  return new DataSection(kind, name, size, Math.max(alignment, 1), bytes, isThreadLocal);
};
