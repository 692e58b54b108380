import type { Width } from '../../../core/kind.ts';
import type { Problems } from '../../../core/problems.ts';
import type { Elf } from '../../elf.ts';
import { SHF_ALLOC, SHT_REL, SHT_RELA } from '../../elf-format.ts';
import { type RelocationTable, readRelocationTable } from '../../elf-relocation-table.ts';
import type { ElfSection } from '../../elf-sections.ts';
import type { DataSection } from '../graph/data-section.ts';
import type { Where } from '../location.ts';
import { fail } from './errors.ts';
import type { CodeSection } from './link-input.ts';
import type { LinkSections, PlacedSection } from './sections.ts';
import type { LinkSymbols } from './symbols.ts';

/** What reading the relocations of a section needs besides them. */
export interface RelocationContext {
  readonly width: Width;
  readonly sections: LinkSections;
  readonly symbols: LinkSymbols;
  readonly problems: Problems;
  /** The address that gp holds, in linked files that say it. */
  readonly globalPointer: number | undefined;
  readonly describe: (section: CodeSection | DataSection, offset: number) => Where;
}

/**
 * The relocations that a linker has kept (or, in relocatable files, that it has yet to apply), by section. Those that
 * are loaded are for a dynamic loader, and say what the kept ones say better.
 */
export class KeptRelocations {
  readonly #elf: Elf;
  readonly #bySection = new Map<number, ElfSection[]>();
  readonly #read = new Map<number, RelocationTable | undefined>();
  readonly #table: number | undefined;
  readonly #problems: Problems;

  constructor(elf: Elf, problems: Problems) {
    this.#elf = elf;
    this.#table = elf.symbols?.table;
    this.#problems = problems;
    for (const table of elf.sections) {
      const { type, flags, info } = table;
      if ((type !== SHT_RELA && type !== SHT_REL) || (flags & SHF_ALLOC) !== 0) continue;
      const tables = this.#bySection.get(info);
      if (tables === undefined) this.#bySection.set(info, [table]);
      else tables.push(table);
    }
  }

  has({ elf }: PlacedSection): boolean {
    return this.#bySection.has(elf.index);
  }

  /** The relocations of a section, if it has any that can be read; else that is added to the problems. */
  of({ elf }: PlacedSection): RelocationTable | undefined {
    const { index } = elf;
    if (!this.#read.has(index)) this.#read.set(index, this.#readTable(this.#bySection.get(index)));
    return this.#read.get(index);
  }

  #readTable(tables: readonly ElfSection[] | undefined): RelocationTable | undefined {
    if (tables === undefined) return undefined;
    for (const { name, type, link } of tables) {
      if (type === SHT_REL) this.#problems.add(fail('link/relocation-format', { section: name }));
      else if (link !== this.#table) this.#problems.add(fail('link/no-symbols', { section: name }));
      else continue;
      return undefined;
    }
    return readRelocationTable(this.#elf, tables);
  }
}
