import { ADDRESS_SPACE } from '../../../blob/limits.ts';
import { hex } from '../../../core/error.ts';
import type { Problems } from '../../../core/problems.ts';
import type { Elf } from '../../elf.ts';
import {
  PT_TLS,
  SHN_ABS,
  SHN_COMMON,
  SHN_LORESERVE,
  SHN_UNDEF,
  STB_WEAK,
  STT_GNU_IFUNC,
  STT_TLS,
} from '../../elf-format.ts';
import type { ElfSymbols } from '../../elf-symbols.ts';
import type { DataSection } from '../graph/data-section.ts';
import type { Where } from '../location.ts';
import { fail } from './errors.ts';
import { CodeSection, type Place, type Target } from './link-input.ts';
import { type LinkSections, type PlacedSection, placeIn } from './sections.ts';

const ZERO: Target = { section: undefined, value: 0 };

/** Bounds of the lists of functions that start-up code calls; linkers define them whether or not there are any. */
const BOUNDS = /^__(preinit|init|fini)_array_(start|end)$/;

/** What symbols stand for. Reads fields of the symbol table by index, and names only for messages. */
export class LinkSymbols {
  readonly #elf: Elf;
  readonly #table: ElfSymbols | undefined;
  readonly #sections: LinkSections;
  readonly #problems: Problems;
  readonly #reported = new Set<number>();
  readonly #common = new Map<number, DataSection>();
  /** Address of the segment that values of thread-local symbols count from, in linked files. */
  readonly #threadLocals: number;

  constructor(elf: Elf, sections: LinkSections, problems: Problems) {
    this.#elf = elf;
    this.#table = elf.symbols;
    this.#sections = sections;
    this.#problems = problems;
    this.#threadLocals = elf.programHeaders.find(({ type }) => type === PT_TLS)?.address ?? 0;
  }

  /** For messages: the name in quotes, or what stands for a symbol without one. */
  nameOf(index: number): string {
    const table = this.#table;
    if (table === undefined || index === 0 || index >= table.count) return `symbol ${index}`;
    const name = table.name(index);
    if (name !== '') return `"${name}"`;
    const section = this.#elf.sections[table.section(index)];
    return section === undefined ? `symbol ${index}` : `section ${section.name}`;
  }

  /**
   * What symbol `index` plus `addend` stands for. `where` tells for messages who refers to it. Undefined when it stands
   * for nothing, which has been added to the problems.
   */
  target(index: number, addend: number, where: () => Where): Target | undefined {
    const target = this.#base(index, where);
    if (target === undefined || addend === 0) return target;
    return target.section === undefined
      ? { section: undefined, value: target.value + addend }
      : { section: target.section, offset: target.offset + addend };
  }

  #base(index: number, where: () => Where): Target | undefined {
    // Symbol 0 is for relocations that need none: the addend is the number.
    if (index === 0) return ZERO;
    const table = this.#table;
    if (table === undefined || index >= table.count)
      return this.#refuse(index, where, 'is not in the symbol table; the file is damaged, link it again');
    if (table.type(index) === STT_GNU_IFUNC) {
      return this.#refuse(index, where, 'is chosen at run time (IFUNC); choose one function when compiling');
    }
    const value = table.value(index);
    const section = table.section(index);
    if (section === SHN_UNDEF) return this.#undefined(index, where);
    if (section === SHN_ABS) return this.#absolute(value);
    if (section === SHN_COMMON) return { section: this.#commonSection(index, value), offset: 0 };
    const placed = this.#sections.at(section);
    if (placed !== undefined) {
      const isThreadLocal = table.type(index) === STT_TLS;
      return this.#isBoundOfNothing(index, placed, value) ? ZERO : this.#place(placed, value, isThreadLocal);
    }
    const name = this.#elf.sections[section]?.name ?? `number ${section}`;
    const problem =
      section >= SHN_LORESERVE && this.#elf.sections.length <= section
        ? `has the reserved section number ${hex(section)}; use ordinary sections`
        : `is in section ${name}, which is not loaded; give the section the flag a (allocated)`;
    return this.#refuse(index, where, problem);
  }

  #undefined(index: number, where: () => Where): Target | undefined {
    if (this.#table!.binding(index) === STB_WEAK) return ZERO;
    // Once for each: what has to be added is what counts.
    if (this.#reported.has(index)) return undefined;
    this.#reported.add(index);
    this.#problems.add(fail('link/undefined', { symbol: this.nameOf(index), place: where() }));
    return undefined;
  }

  /** Linker scripts define places with absolute symbols too. */
  #absolute(value: number): Target {
    const place = this.#sections.isRelocatable ? undefined : this.#sections.placeOf(value);
    if (place !== undefined) return place;
    if (this.#elf.header.width === 32) return { section: undefined, value: value | 0 };
    return { section: undefined, value: value >= 2 ** 63 ? value - 2 ** 64 : value };
  }

  /** The beginning or end of a list of functions that is not there: where lld has the headers of the file. */
  #isBoundOfNothing(index: number, { content, address }: PlacedSection, value: number): boolean {
    const isInFront = content instanceof CodeSection && !this.#sections.isRelocatable && value < address;
    return isInFront && BOUNDS.test(this.#table!.name(index));
  }

  #place(placed: PlacedSection, value: number, isThreadLocal: boolean): Place {
    const { address, content, elf } = placed;
    if (this.#sections.isRelocatable) return { section: content, offset: value };
    const at = isThreadLocal ? value + this.#threadLocals : value;
    const offset = at - address;
    if ((offset >= 0 && offset <= elf.size) || isThreadLocal) return placeIn(placed, offset);
    // Linker scripts define symbols of one section by places in another.
    const holder = this.#sections.holderOf(at);
    if (holder !== undefined) return this.#sections.placeOf(at)!;
    // And those behind all data, as the top of a stack, even by the section of code that the script began with.
    if (content instanceof CodeSection) return this.#sections.placeBehind(at) ?? { section: content, offset };
    // Those in front of a section by less than its alignment, as GNU ld's __bss_start, are meant to be its beginning.
    return placeIn(placed, offset < 0 && -offset < elf.alignment ? 0 : offset);
  }

  /** A variable that relocatable files leave to the linker to place; its value is the alignment. */
  #commonSection(index: number, alignment: number): DataSection {
    const known = this.#common.get(index);
    if (known !== undefined) return known;
    const size = this.#table!.size(index);
    const isPowerOfTwo = alignment <= 2 ** 31 && (alignment & (alignment - 1)) === 0;
    const name = this.nameOf(index);
    if (!isPowerOfTwo) this.#problems.add(fail('link/section-alignment', { section: name, alignment }));
    if (size > ADDRESS_SPACE) {
      const problem = 'is a common variable that does not fit 4 GiB';
      this.#problems.add(fail('link/section-size', { section: name, size, problem }));
    }
    const section = this.#sections.addZeros('COMMON', size, isPowerOfTwo ? Math.max(alignment, 1) : 1);
    this.#common.set(index, section);
    return section;
  }

  #refuse(index: number, where: () => Where, problem: string): undefined {
    this.#problems.add(fail('link/symbol', { symbol: this.nameOf(index), place: where(), problem }));
    return undefined;
  }
}
