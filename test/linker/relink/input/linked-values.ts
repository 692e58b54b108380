import type { Elf } from '../../../../src/linker/elf.ts';
import { PT_TLS, SHF_ALLOC, SHT_NOBITS } from '../../../../src/linker/elf-format.ts';
import type { DataSection } from '../../../../src/linker/relink/graph/data-section.ts';
import type {
  CodeRelocation,
  CodeSection,
  LinkInput,
  Target,
} from '../../../../src/linker/relink/input/link-input.ts';

/**
 * What a linker has computed and written into a linked file must be what the relocations say that were read from it.
 * Written from the psABI and apart from the reader: instructions are taken apart here once more.
 */
export const disagreements = (elf: Elf, input: LinkInput): string[] => new Checker(elf, input).check();

const signed = (value: number, bits: number): number => (value << (32 - bits)) >> (32 - bits);
const bit = (word: number, at: number): number => (word >>> at) & 1;
const bits = (word: number, high: number, low: number): number =>
  (word >>> low) & (2 ** (high - low + 1) - 1);

/** Immediates of the formats, from "RV32/64G Instruction Set Listings" and "Compressed". */
const immediateI = (w: number): number => signed(bits(w, 31, 20), 12);
const immediateS = (w: number): number => signed((bits(w, 31, 25) << 5) | bits(w, 11, 7), 12);
const immediateU = (w: number): number => (w & 0xfffff000) | 0;
const immediateB = (w: number): number =>
  signed((bit(w, 31) << 12) | (bit(w, 7) << 11) | (bits(w, 30, 25) << 5) | (bits(w, 11, 8) << 1), 13);
const immediateJ = (w: number): number =>
  signed((bit(w, 31) << 20) | (bits(w, 19, 12) << 12) | (bit(w, 20) << 11) | (bits(w, 30, 21) << 1), 21);
const immediateCJ = (w: number): number =>
  signed(
    (bit(w, 12) << 11) |
      (bit(w, 11) << 4) |
      (bits(w, 10, 9) << 8) |
      (bit(w, 8) << 10) |
      (bit(w, 7) << 6) |
      (bit(w, 6) << 7) |
      (bits(w, 5, 3) << 1) |
      (bit(w, 2) << 5),
    12,
  );
const immediateCB = (w: number): number =>
  signed(
    (bit(w, 12) << 8) |
      (bits(w, 11, 10) << 3) |
      (bits(w, 6, 5) << 6) |
      (bits(w, 4, 3) << 1) |
      (bit(w, 2) << 5),
    9,
  );
const immediateCLui = (w: number): number => signed((bit(w, 12) << 17) | (bits(w, 6, 2) << 12), 18);

const isStore = (w: number): boolean => (w & 0x7f) === 0x23;
const low12 = (w: number): number => (isStore(w) ? immediateS(w) : immediateI(w));

class Checker {
  readonly #elf: Elf;
  readonly #input: LinkInput;
  readonly #addresses = new Map<CodeSection | DataSection, number>();
  readonly #found: string[] = [];
  readonly #wrap: (value: number) => number;

  constructor(elf: Elf, input: LinkInput) {
    this.#elf = elf;
    this.#input = input;
    this.#wrap = elf.header.width === 32 ? (value) => value | 0 : (value) => value;
    for (const { index, address } of elf.sections) {
      const content = input.sectionAt(index);
      if (content !== undefined) this.#addresses.set(content, address);
    }
    // Constants that were behind code end where the section of the file does.
    for (const data of input.data) {
      const mixed = elf.sections.find(({ name }) => data.name === `${name} (constants)`);
      if (mixed !== undefined) this.#addresses.set(data, mixed.address + mixed.size - data.size);
    }
  }

  check(): string[] {
    for (const section of this.#input.code) {
      const byOffset = new Map(section.relocations.map((relocation) => [relocation.offset, relocation]));
      for (const relocation of section.relocations) this.#code(section, relocation, byOffset);
    }
    for (const [content, references] of this.#input.references) {
      const start = this.#addresses.get(content) ?? 0;
      const section = this.#elf.sections.find(
        (s) =>
          (s.flags & SHF_ALLOC) !== 0 &&
          s.type !== SHT_NOBITS &&
          start >= s.address &&
          start < s.address + s.size,
      );
      // Sections that are not loaded keep no values in some linkers.
      if (section === undefined) continue;
      const bytes = this.#elf.data(section).subarray(start - section.address);
      for (const { offset, size, to, minus } of references) {
        const value = this.#address(to) - (minus === undefined ? 0 : this.#address(minus));
        let stored = 0n;
        for (let i = size; i-- > 0; ) stored = (stored << 8n) | BigInt(bytes[offset + i]!);
        if (BigInt.asUintN(8 * size, BigInt(value)) !== stored) {
          const place = this.#input.describe(content, offset);
          this.#found.push(`${place}: 0x${value.toString(16)} instead of 0x${stored.toString(16)}`);
        }
      }
    }
    return this.#found;
  }

  #code(
    section: CodeSection,
    relocation: CodeRelocation,
    byOffset: ReadonlyMap<number, CodeRelocation>,
  ): void {
    const { offset } = relocation;
    const at = section.address + offset;
    const word = this.#word(section, offset);
    const isShort = (word & 3) !== 3;
    const expect = (what: string, value: number, expected: number): void => {
      if (this.#wrap(value) !== this.#wrap(expected)) {
        const place = this.#input.describe(section, offset);
        this.#found.push(
          `${what} at ${place}: 0x${value.toString(16)} instead of 0x${expected.toString(16)}`,
        );
      }
    };
    if (relocation.kind === 'pcrel-low') {
      const { high } = relocation;
      const owner = byOffset.get(high);
      const value = section.address + high + immediateU(this.#word(section, high)) + low12(word);
      if (owner?.kind === 'pcrel-high') expect('pcrel-low', value, this.#address(owner.target));
      else if (owner?.kind === 'got-high') this.#slot(value, owner.target, expect);
      else this.#found.push(`pcrel-low without a high part at ${this.#input.describe(section, offset)}`);
      return;
    }
    const { kind, target } = relocation;
    const to = this.#address(target);
    // What is called through a weak reference that is not defined can be anywhere.
    const isNowhere = target.section === undefined;
    if (kind === 'call' && !isNowhere) {
      expect(kind, at + immediateU(word) + immediateI(this.#word(section, offset + 4)), to);
    } else if (kind === 'jump' && !isNowhere) {
      expect(kind, at + (isShort ? immediateCJ(word) : immediateJ(word)), to);
    } else if (kind === 'branch' && !isNowhere) {
      expect(kind, at + (isShort ? immediateCB(word) : immediateB(word)), to);
    } else if (kind === 'high') {
      expect(kind, isShort ? immediateCLui(word) : immediateU(word), ((to + 0x800) & ~0xfff) | 0);
    } else if (kind === 'low') {
      expect(kind, low12(word), signed(to & 0xfff, 12));
    } else if (kind === 'gp-relative') {
      const base = bits(word, 19, 15) === 3 ? this.#address(this.#input.globalPointer!) : 0;
      expect(kind, base + low12(word), to);
    } else if (kind === 'tp-low') {
      expect(kind, low12(word), signed((to - this.#threadPointer()) & 0xfff, 12));
    } else if (kind === 'tp-high') {
      expect(kind, immediateU(word), (to - this.#threadPointer() + 0x800) & ~0xfff);
    } else if (kind === 'pointer') {
      expect(kind, word, to | 0);
    }
  }

  /** A slot of the table of addresses; position-independent files may leave it to their loader. */
  #slot(
    address: number,
    target: Target,
    expect: (what: string, value: number, expected: number) => void,
  ): void {
    const holder = this.#elf.sections.find(
      (s) => s.flags & SHF_ALLOC && s.address <= address && address < s.address + s.size,
    );
    if (holder === undefined) {
      this.#found.push(`no slot at 0x${address.toString(16)}`);
      return;
    }
    const bytes = this.#elf.data(holder);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const value = view.getInt32(address - holder.address, true);
    if (value !== 0) expect('got-high', value, this.#address(target) | 0);
  }

  #threadPointer(): number {
    return this.#elf.programHeaders.find(({ type }) => type === PT_TLS)!.address;
  }

  #address(target: Target): number {
    if (target.section === undefined) return target.value;
    return (this.#addresses.get(target.section) ?? 0) + target.offset;
  }

  #word({ bytes }: CodeSection, offset: number): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return offset + 4 <= bytes.length ? view.getInt32(offset, true) : view.getUint16(offset, true);
  }
}
