import { ByteWriter } from '../../../src/core/bytes.ts';
import { Notes } from '../../../src/linker/dwarf/notes.ts';
import { sourceMapOf } from '../../../src/linker/dwarf/read-source-map.ts';
import { DWARF_SECTIONS, type DwarfSections } from '../../../src/linker/dwarf/sections.ts';
import type { SourceMap } from '../../../src/linker/dwarf/source-map.ts';
import { CodeSection, type NamedCode } from '../../../src/linker/relink/input/link-input.ts';

/** Writes debug sections by hand. */
export class DwarfBytes extends ByteWriter {
  uleb(value: number): this {
    let rest = value;
    while (rest >= 0x80) {
      this.u8((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    return this.u8(rest);
  }

  /** Up to 31 bits. */
  sleb(value: number): this {
    let rest = value;
    for (;;) {
      const digit = rest & 0x7f;
      rest >>= 7;
      if ((rest === 0 && digit < 0x40) || (rest === -1 && digit >= 0x40)) return this.u8(digit);
      this.u8(digit | 0x80);
    }
  }

  text(value: string): this {
    return this.bytes(new TextEncoder().encode(`${value}\0`));
  }

  /** A unit of the 32-bit format: its length and its content. */
  unit(write: (unit: DwarfBytes) => void): this {
    const content = contentOf(write);
    return this.u32(content.length).bytes(content);
  }

  /** As `unit`, in the 64-bit format. */
  unit64(write: (unit: DwarfBytes) => void): this {
    const content = contentOf(write);
    return this.u32(0xffff_ffff).u64(content.length).bytes(content);
  }

  /** A header or block with its length in front. */
  counted(size: 1 | 2 | 4 | 8, write: (content: DwarfBytes) => void): this {
    const content = contentOf(write);
    if (size === 8) this.u64(content.length);
    else this.uint(content.length, size);
    return this.bytes(content);
  }

  /** A list of numbers, each as ULEB128. */
  ulebs(...values: readonly number[]): this {
    for (const value of values) this.uleb(value);
    return this;
  }

  /** An abbreviation: code, tag, children, and pairs of attribute and form. */
  abbreviation(code: number, tag: number, children: boolean, ...pairs: readonly number[]): this {
    return this.ulebs(code, tag)
      .u8(children ? 1 : 0)
      .ulebs(...pairs, 0, 0);
  }
}

export const contentOf = (write: (bytes: DwarfBytes) => void): Uint8Array => {
  const bytes = new DwarfBytes();
  write(bytes);
  return bytes.finish();
};

/** Where the code of hand-made programs is: 0x1000 to 0x1fff. */
export const CODE = 0x1000;
export const CODE_SIZE = 0x1000;

export const mapOf = (sections: Partial<DwarfSections>, names: readonly NamedCode[] = []): SourceMap => {
  const all = Object.fromEntries(DWARF_SECTIONS.map((name) => [name, sections[name] ?? new Uint8Array()]));
  const code = [new CodeSection('.text', CODE, new Uint8Array(CODE_SIZE))];
  return sourceMapOf(all as unknown as DwarfSections, code, names, new Notes());
};
