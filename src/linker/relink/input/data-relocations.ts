import type { RelocationTable } from '../../elf-relocation-table.ts';
import type { DataSection } from '../graph/data-section.ts';
import type { Where } from '../location.ts';
import { fail } from './errors.ts';
import { CodeSection, type PlacedReference, type Target } from './link-input.ts';
import { type InData, R_RISCV_PCREL_HI20, type RelocationType, relocationType } from './relocation-types.ts';
import type { RelocationContext } from './relocations.ts';

/**
 * Reads the relocations of one section of data. `base` is what their offsets count from. Numbers, which do not move,
 * are written to the bytes of the section.
 */
export const readReferences = (
  section: DataSection,
  base: number,
  table: RelocationTable,
  context: RelocationContext,
): readonly PlacedReference[] => new References(section, base, table, context).read();

/** One side of a difference, until the other one comes. */
interface Half {
  readonly part: InData['part'];
  readonly offset: number;
  readonly size: InData['size'];
  readonly name: string;
  readonly target: Target | undefined;
}

class References {
  readonly #section: DataSection;
  readonly #base: number;
  readonly #table: RelocationTable;
  readonly #context: RelocationContext;
  readonly #found: PlacedReference[] = [];
  #half: Half | undefined;
  #end = 0;
  #last = '';

  constructor(section: DataSection, base: number, table: RelocationTable, context: RelocationContext) {
    this.#section = section;
    this.#base = base;
    this.#table = table;
    this.#context = context;
  }

  read(): readonly PlacedReference[] {
    for (let i = 0; i < this.#table.count && !this.#context.problems.isFull; i++) {
      const type = this.#type(this.#table.types[i]!);
      if (!type.isHint) this.#add(i, type);
    }
    this.#dropHalf();
    return this.#found;
  }

  /** Assemblers have no packed absolute pointers, so PolkaVM's macros of old used the only relocation at hand. */
  #type(number: number): RelocationType {
    const type = relocationType(number);
    if (number !== R_RISCV_PCREL_HI20 || this.#section.name !== '.polkavm_exports') return type;
    return { ...type, data: { part: 'whole', size: this.#context.width === 64 ? 8 : 4 } };
  }

  #add(index: number, { name, data, advice }: RelocationType): void {
    const { offsets, symbols, addends } = this.#table;
    const offset = offsets[index]! - this.#base;
    if (data === undefined || (data.part === 'whole' && data.size > this.#context.width / 8)) {
      const symbol = this.#context.symbols.nameOf(symbols[index]!);
      const detail = { relocation: name, symbol, place: this.#place(offset) };
      this.#context.problems.add(
        fail('link/relocation', { ...detail, problem: `has no meaning in data; ${advice}` }),
      );
      return;
    }
    const { part, size } = data;
    const target = this.#context.symbols.target(symbols[index]!, addends[index]!, () => this.#place(offset));
    if (part === 'plus' || part === 'minus') this.#addHalf({ part, offset, size, name, target });
    else if (this.#covers(name, offset, size) && target !== undefined) {
      const isDistance = part === 'distance';
      this.#addField(offset, size, target, isDistance ? { section: this.#section, offset } : undefined);
    }
  }

  #addHalf(half: Half): void {
    const first = this.#half;
    if (first === undefined || first.offset !== half.offset) {
      this.#dropHalf();
      this.#half = half;
      return;
    }
    this.#half = undefined;
    const { offset, size } = half;
    if (!this.#covers(`${first.name} with ${half.name}`, offset, size)) return;
    if (first.size !== size || first.part === half.part) {
      this.#refuse(
        offset,
        `is made of ${first.name} and ${half.name}`,
        'write differences of two labels only',
      );
      return;
    }
    const [plus, minus] = first.part === 'plus' ? [first.target, half.target] : [half.target, first.target];
    if (plus !== undefined && minus !== undefined) this.#addField(offset, size, plus, minus);
  }

  #dropHalf(): void {
    if (this.#half === undefined) return;
    const { offset, name } = this.#half;
    this.#half = undefined;
    this.#refuse(offset, `has ${name} only`, 'write differences of two labels only');
  }

  #addField(offset: number, size: InData['size'], plus: Target, minus: Target | undefined): void {
    if (minus !== undefined && minus.section === undefined) {
      const less = -minus.value;
      const to: Target =
        plus.section === undefined
          ? { section: undefined, value: plus.value + less }
          : { section: plus.section, offset: plus.offset + less };
      this.#addField(offset, size, to, undefined);
    } else if (plus.section === undefined && minus === undefined) {
      this.#write(offset, size, plus.value);
    } else {
      const problem = this.#problemOf(size, plus, minus);
      if (problem !== undefined) this.#refuse(offset, problem[0], problem[1]);
      else if (plus.section !== undefined) this.#found.push({ offset, size, to: plus, minus });
    }
  }

  /** What is wrong with a field, and what to do about it. */
  #problemOf(
    size: InData['size'],
    plus: Target,
    minus: Target | undefined,
  ): readonly [problem: string, advice: string] | undefined {
    const { sections } = this.#context;
    const areRecords = !sections.isLoaded(this.#section);
    for (const target of [plus, minus]) {
      const section = target?.section;
      if (section !== undefined && !areRecords && !sections.isLoaded(section)) {
        return [`refers to ${section.name}`, 'keep records of imports and exports out of other data'];
      }
    }
    if (minus === undefined) return undefined;
    if (plus.section === undefined) return ['takes a place from a number', 'let it be of two labels'];
    const toCode = plus.section instanceof CodeSection;
    const fromCode = minus.section instanceof CodeSection;
    if (fromCode) {
      return [
        toCode ? 'is one of two code addresses' : 'takes a code address from a data address',
        'code addresses change their distances here: store code pointers, or offsets from the table itself (labels of code less a label of data, 32 bits)',
      ];
    }
    if (toCode && size !== 4) {
      return [
        `is a jump table entry of ${8 * size} bits`,
        'let it have 32 bits, or store code pointers (-fno-jump-tables avoids both)',
      ];
    }
    return undefined;
  }

  #write(offset: number, size: number, value: number): void {
    const { bytes } = this.#section;
    for (let i = 0; i < size; i++) {
      const word = i < 4 ? value : Math.floor(value / 2 ** 32);
      bytes[offset + i] = word >>> (8 * (i & 3));
    }
  }

  /** Refuses what lies outside the section, or on top of the one before. */
  #covers(name: string, offset: number, size: number): boolean {
    const { problems } = this.#context;
    const have = this.#section.bytes.length;
    if (offset < 0 || offset + size > have) {
      problems.add(
        fail('link/relocation-range', { relocation: name, place: this.#place(offset), size: have }),
      );
      return false;
    }
    if (offset < this.#end) {
      const detail = { relocation: name, other: this.#last, place: this.#place(offset) };
      problems.add(fail('link/relocation-overlap', detail));
      return false;
    }
    this.#end = offset + size;
    this.#last = name;
    return true;
  }

  #refuse(offset: number, problem: string, advice: string): void {
    this.#context.problems.add(fail('link/difference', { place: this.#place(offset), problem, advice }));
  }

  #place(offset: number): Where {
    return this.#context.describe(this.#section, offset);
  }
}
