import type { Width } from '../../../core/kind.ts';
import type { Problems } from '../../../core/problems.ts';
import type { Elf } from '../../elf.ts';
import { R_RISCV_RELATIVE, SHF_ALLOC, SHT_RELA } from '../../elf-format.ts';
import { readRelocationTable } from '../../elf-relocation-table.ts';
import type { ElfSection } from '../../elf-sections.ts';
import { DataSection } from '../graph/data-section.ts';
import type { Where } from '../location.ts';
import { fail } from './errors.ts';
import type { CodeSection, Place, PlacedReference } from './link-input.ts';
import { relocationType } from './relocation-types.ts';
import type { LinkSections } from './sections.ts';

type References = ReadonlyMap<DataSection, readonly PlacedReference[]>;

/** Their slots are made anew, for the symbols that the code names. */
const OFFSET_TABLES: ReadonlySet<string> = new Set(['.got', '.got.plt']);

interface Context {
  readonly sections: LinkSections;
  readonly problems: Problems;
  readonly describe: (section: CodeSection | DataSection, offset: number) => Where;
}

/**
 * Adds what only the relocations for a dynamic loader say: lld replaces a kept relocation by R_RISCV_NONE when it leaves
 * the field to the loader (a pointer in a position-independent executable without --apply-dynamic-relocs). They have
 * addresses and no symbols.
 */
export const withLoaded = (elf: Elf, kept: References, context: Context): References => {
  if (context.sections.isRelocatable) return kept;
  const loaded = new LoadedReferences(elf, kept, context);
  for (const section of elf.sections) {
    if (section.type === SHT_RELA && (section.flags & SHF_ALLOC) !== 0) loaded.addTable(section);
  }
  return loaded.all;
};

class LoadedReferences {
  readonly #elf: Elf;
  readonly #width: Width;
  readonly #kept: References;
  readonly #context: Context;
  readonly #added = new Map<DataSection, Map<number, PlacedReference>>();
  readonly #keptOffsets = new Map<DataSection, ReadonlySet<number>>();

  constructor(elf: Elf, kept: References, context: Context) {
    this.#elf = elf;
    this.#width = elf.header.width;
    this.#kept = kept;
    this.#context = context;
  }

  get all(): References {
    if (this.#added.size === 0) return this.#kept;
    const all = new Map(this.#kept);
    for (const [section, added] of this.#added) {
      const references = [...(all.get(section) ?? []), ...added.values()];
      all.set(section, withoutOverlap(references.sort((p, q) => p.offset - q.offset)));
    }
    return all;
  }

  addTable(section: ElfSection): void {
    const { offsets, types, addends, count } = readRelocationTable(this.#elf, [section]);
    for (let i = 0; i < count && !this.#context.problems.isFull; i++) {
      const type = types[i]!;
      const field = relocationType(type).isHint ? undefined : this.#uncovered(offsets[i]!);
      if (field === undefined) continue;
      if (type === R_RISCV_RELATIVE) this.#add(field, addends[i]!);
      else this.#refuse(field, relocationType(type).name, 'is left to a dynamic loader, and there is none');
    }
  }

  /** The field at an address, if it is in data that counts and no kept relocation covers it. */
  #uncovered(address: number): { readonly section: DataSection; readonly offset: number } | undefined {
    const { sections } = this.#context;
    const holder = sections.holderOf(address);
    if (holder === undefined || holder.use === 'loaders-only') return undefined;
    const { section, offset } = sections.placeOf(address) as Place;
    if (!(section instanceof DataSection) || OFFSET_TABLES.has(section.name)) return undefined;
    let offsets = this.#keptOffsets.get(section);
    if (offsets === undefined) {
      offsets = new Set((this.#kept.get(section) ?? []).map((reference) => reference.offset));
      this.#keptOffsets.set(section, offsets);
    }
    return offsets.has(offset) ? undefined : { section, offset };
  }

  #add(
    { section, offset }: { readonly section: DataSection; readonly offset: number },
    address: number,
  ): void {
    const size = this.#width === 64 ? 8 : 4;
    const to = this.#context.sections.placeOf(address);
    if (to === undefined || offset + size > section.bytes.length) {
      this.#refuse({ section, offset }, 'R_RISCV_RELATIVE', 'leads nowhere; link the file again');
      return;
    }
    const other = this.#endsAt(address);
    if (other !== undefined) {
      const problem = `leads to the end of ${other} or to the beginning of ${to.section.name}, and nobody can tell; link with --apply-dynamic-relocs`;
      this.#refuse({ section, offset }, 'R_RISCV_RELATIVE', problem);
      return;
    }
    const added = this.#added.get(section) ?? new Map<number, PlacedReference>();
    this.#added.set(section, added.set(offset, { offset, size, to, minus: undefined }));
  }

  /** The section that ends where another one begins. */
  #endsAt(address: number): string | undefined {
    const { sections } = this.#context;
    const holder = sections.holderOf(address);
    const before = sections.holderOf(address - 1);
    return holder === undefined || holder === before ? undefined : before?.elf.name;
  }

  #refuse(
    { section, offset }: { readonly section: DataSection; readonly offset: number },
    relocation: string,
    problem: string,
  ): void {
    const place = this.#context.describe(section, offset);
    this.#context.problems.add(fail('link/relocation', { relocation, symbol: 'a pointer', place, problem }));
  }
}

/** Fields of a damaged file may lie on top of each other: the first one counts. */
const withoutOverlap = (references: readonly PlacedReference[]): readonly PlacedReference[] => {
  let end = 0;
  return references.filter(({ offset, size }) => {
    if (offset < end) return false;
    end = offset + size;
    return true;
  });
};
