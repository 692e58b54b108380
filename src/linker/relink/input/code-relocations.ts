import type { RelocationTable } from '../../elf-relocation-table.ts';
import type { Where } from '../location.ts';
import { fail } from './errors.ts';
import type { CodeRelocation, CodeSection, Target } from './link-input.ts';
import {
  type InCode,
  R_RISCV_GPREL_I,
  R_RISCV_GPREL_S,
  type RelocationType,
  relocationTypeInCode,
} from './relocation-types.ts';
import type { RelocationContext } from './relocations.ts';

/** Reads the relocations of one section of code. `base` is what their offsets count from. */
export const readCodeRelocations = (
  section: CodeSection,
  base: number,
  table: RelocationTable,
  context: RelocationContext,
): readonly CodeRelocation[] => new CodeRelocations(section, base, table, context).read();

const AMONG_CODE = 'is one of data, among instructions; put data into sections of its own (.rodata, .data)';

class CodeRelocations {
  readonly #section: CodeSection;
  readonly #base: number;
  readonly #table: RelocationTable;
  readonly #context: RelocationContext;
  readonly #found: CodeRelocation[] = [];
  /** Offsets of relocations that were refused: nothing more is said about what refers to them. */
  readonly #refused = new Set<number>();
  #end = 0;
  #last = '';

  constructor(section: CodeSection, base: number, table: RelocationTable, context: RelocationContext) {
    this.#section = section;
    this.#base = base;
    this.#table = table;
    this.#context = context;
  }

  read(): readonly CodeRelocation[] {
    for (let i = 0; i < this.#table.count && !this.#context.problems.isFull; i++) {
      const type = relocationTypeInCode(this.#table, i, this.#context.width);
      if (!type.isHint) this.#add(i, type);
    }
    return this.#withHighs();
  }

  #add(index: number, { name, code, data, advice }: RelocationType): void {
    const { symbols, addends, offsets } = this.#table;
    const offset = offsets[index]! - this.#base;
    if (code === undefined || (code.kind === 'pointer' && code.size !== this.#context.width / 8)) {
      const isData = code === undefined && data !== undefined;
      this.#refuse(index, name, offset, isData ? AMONG_CODE : `cannot be relinked; ${advice}`);
      return;
    }
    if (!this.#covers(name, offset, code.size)) return;
    const addend = addends[index]! + this.#fromGp(index, offset);
    const target = this.#context.symbols.target(symbols[index]!, addend, () => this.#place(offset));
    if (target === undefined) {
      this.#refused.add(offset);
    } else if (code.kind === 'pcrel-low') {
      this.#addLow(index, name, offset, target);
    } else {
      this.#addTargeted(index, name, offset, code.kind, target);
    }
  }

  /** The symbol of a low part marks the auipc that has the high part. */
  #addLow(index: number, name: string, offset: number, target: Target): void {
    if (target.section !== this.#section) {
      this.#refuse(
        index,
        name,
        offset,
        'does not refer to an auipc of its section; pass %pcrel_lo a label in it',
      );
      return;
    }
    this.#found.push({ kind: 'pcrel-low', offset, high: target.offset });
  }

  #addTargeted(
    index: number,
    name: string,
    offset: number,
    kind: Exclude<InCode['kind'], 'pcrel-low'>,
    target: Target,
  ): void {
    const { section } = target;
    if (kind !== 'pointer' && section !== undefined && !this.#context.sections.isLoaded(section)) {
      this.#refuse(
        index,
        name,
        offset,
        `refers to ${section.name}, which is not loaded; give that section the flag a (allocated), or use it behind ecalli only`,
      );
      return;
    }
    // GNU ld makes the low part of a small address relative to x0, and takes the high part away.
    const isWhole = kind === 'low' && this.#baseAt(offset) === 0;
    this.#found.push({ kind: isWhole ? 'gp-relative' : kind, offset, target });
  }

  /** GNU ld takes the value of gp from the addend where it has made an address relative to gp. */
  #fromGp(index: number, offset: number): number {
    const { globalPointer = 0, width } = this.#context;
    const type = this.#table.types[index];
    if ((type !== R_RISCV_GPREL_I && type !== R_RISCV_GPREL_S) || this.#baseAt(offset) !== 3) return 0;
    return width === 32 ? globalPointer | 0 : globalPointer;
  }

  /** Register rs1 of the instruction of 4 bytes at an offset. */
  #baseAt(offset: number): number {
    const { bytes } = this.#section;
    return (bytes[offset + 1]! >> 7) | ((bytes[offset + 2]! & 0x0f) << 1);
  }

  /** Refuses what lies outside the section, or on top of the one before. */
  #covers(name: string, offset: number, size: number): boolean {
    const { problems } = this.#context;
    const place = () => this.#place(offset);
    if (offset < 0 || offset + size > this.#section.bytes.length) {
      const detail = { relocation: name, place: place(), size: this.#section.bytes.length };
      problems.add(fail('link/relocation-range', detail));
      return false;
    }
    if (offset < this.#end) {
      problems.add(fail('link/relocation-overlap', { relocation: name, other: this.#last, place: place() }));
      return false;
    }
    this.#end = offset + size;
    this.#last = name;
    return true;
  }

  /** Low parts whose auipc has no relocation of a high part are refused. */
  #withHighs(): readonly CodeRelocation[] {
    const highs = new Set<number>();
    for (const { kind, offset } of this.#found) {
      if (kind === 'pcrel-high' || kind === 'got-high') highs.add(offset);
    }
    const isComplete = (r: CodeRelocation): boolean => r.kind !== 'pcrel-low' || highs.has(r.high);
    const lacking = this.#found.filter((relocation) => !isComplete(relocation));
    if (lacking.length === 0) return this.#found;
    for (const { offset, ...rest } of lacking) {
      const { high } = rest as { high: number };
      if (this.#refused.has(high) || this.#context.problems.isFull) continue;
      const detail = {
        relocation: 'R_RISCV_PCREL_LO12',
        symbol: `the auipc at offset 0x${high.toString(16)}`,
        place: this.#place(offset),
        problem: 'lacks the relocation R_RISCV_PCREL_HI20 there; link it again with --emit-relocs (-Wl,-q)',
      };
      this.#context.problems.add(fail('link/relocation', detail));
    }
    return this.#found.filter(isComplete);
  }

  #refuse(index: number, relocation: string, offset: number, problem: string): void {
    const symbol = this.#context.symbols.nameOf(this.#table.symbols[index]!);
    const place = this.#place(offset);
    this.#refused.add(offset);
    this.#context.problems.add(fail('link/relocation', { relocation, symbol, place, problem }));
  }

  #place(offset: number): Where {
    return this.#context.describe(this.#section, offset);
  }
}
