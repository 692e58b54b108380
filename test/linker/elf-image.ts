import { ByteWriter } from '../../src/core/bytes.ts';
import type { Width } from '../../src/core/kind.ts';
import { EM_RISCV, ET_EXEC, PF_R, PF_W, PF_X, PT_LOAD } from '../../src/linker/elf-format.ts';

/** A program header and what it maps; the data is put behind the headers. */
export interface SegmentInit {
  readonly type?: number;
  readonly flags?: number;
  readonly address?: number;
  readonly data?: Uint8Array;
  readonly fileSize?: number;
  readonly memorySize?: number;
}

export interface SectionInit {
  readonly name: string;
  readonly type: number;
  readonly flags?: number;
  readonly address?: number;
  readonly data?: Uint8Array;
  readonly size?: number;
  readonly link?: number;
  readonly info?: number;
  /** Default 1. */
  readonly alignment?: number;
  readonly entrySize?: number;
}

export interface ElfInit {
  readonly width?: Width;
  readonly type?: number;
  readonly machine?: number;
  readonly flags?: number;
  readonly entry?: number;
  readonly segments?: readonly SegmentInit[];
  /** Section 0 and the section names are added. */
  readonly sections?: readonly SectionInit[];
  /** Program and section counts as if they did not fit the header: in section 0. */
  readonly extended?: boolean;
}

export const CODE: number = PF_R | PF_X;
export const DATA: number = PF_R | PF_W;
export const RWX: number = PF_R | PF_W | PF_X;

export const bytesOf = (...words: readonly number[]): Uint8Array => {
  const writer = new ByteWriter();
  for (const word of words) writer.u32(word);
  return writer.finish().slice();
};

export const words64 = (...words: readonly number[]): Uint8Array => {
  const writer = new ByteWriter();
  for (const word of words) writer.u64(word);
  return writer.finish().slice();
};

const HEADER = { 32: 52, 64: 64 } as const;
const PROGRAM_HEADER = { 32: 32, 64: 56 } as const;
const SECTION_HEADER = { 32: 40, 64: 64 } as const;

/** Writes an ELF file by the book (System V gABI), independent of the reader under test. */
export const buildElf = (init: ElfInit): Uint8Array => {
  const { width = 64, segments = [], sections: named = [], extended = false } = init;
  const nameTable = ['', ...named.map(({ name }) => name), '.shstrtab'];
  const names = new TextEncoder().encode(nameTable.map((name) => `${name}\0`).join(''));
  const nameOffset = (index: number): number =>
    nameTable.slice(0, index).reduce((sum, name) => sum + name.length + 1, 0);
  const sections: SectionInit[] =
    named.length === 0 ? [] : [{ name: '', type: 0 }, ...named, { name: '.shstrtab', type: 3, data: names }];

  const segmentsAt = HEADER[width];
  const dataAt = segmentsAt + segments.length * PROGRAM_HEADER[width];
  const body = new ByteWriter();
  const place = (data: Uint8Array): number => {
    const at = dataAt + body.length;
    body.bytes(data);
    return at;
  };
  const segmentOffsets = segments.map(({ data }) => place(data ?? new Uint8Array()));
  const sectionOffsets = sections.map(({ data }) => place(data ?? new Uint8Array()));
  const sectionsAt = dataAt + body.length;

  const out = new ByteWriter();
  const word = (value: number): ByteWriter => (width === 64 ? out.u64(value) : out.u32(value));
  out.bytes(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, width === 64 ? 2 : 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0));
  out
    .u16(init.type ?? ET_EXEC)
    .u16(init.machine ?? EM_RISCV)
    .u32(1);
  word(init.entry ?? segments[0]?.address ?? 0);
  word(segments.length === 0 ? 0 : segmentsAt);
  word(sections.length === 0 ? 0 : sectionsAt);
  out.u32(init.flags ?? 0).u16(HEADER[width]);
  out.u16(PROGRAM_HEADER[width]).u16(extended ? 0xffff : segments.length);
  out.u16(SECTION_HEADER[width]).u16(extended ? 0 : sections.length);
  out.u16(sections.length === 0 ? 0 : extended ? 0xffff : sections.length - 1);

  for (const [i, { type = PT_LOAD, flags = CODE, address = 0, data, ...sizes }] of segments.entries()) {
    const fileSize = sizes.fileSize ?? data?.length ?? 0;
    const memorySize = sizes.memorySize ?? fileSize;
    out.u32(type);
    if (width === 64) out.u32(flags);
    word(segmentOffsets[i]!);
    word(address);
    word(address);
    word(fileSize);
    word(memorySize);
    if (width === 32) out.u32(flags);
    word(1);
  }
  out.bytes(body.finish());
  for (const [i, section] of sections.entries()) {
    const isFirst = i === 0 && extended;
    out.u32(nameOffset(i)).u32(section.type);
    word(section.flags ?? 0);
    word(section.address ?? 0);
    word(i === 0 ? 0 : sectionOffsets[i]!);
    word(isFirst ? sections.length : (section.size ?? section.data?.length ?? 0));
    out.u32(isFirst ? sections.length - 1 : (section.link ?? 0));
    out.u32(isFirst ? segments.length : (section.info ?? 0));
    word(section.alignment ?? 1);
    word(section.entrySize ?? 0);
  }
  return out.finish().slice();
};

/** One Elf_Sym record. */
export const symbolRecord = (
  width: Width,
  symbol: { name: number; value: number; size?: number; info: number; other?: number; section: number },
): Uint8Array => {
  const { name, value, size = 0, info, other = 0, section } = symbol;
  const out = new ByteWriter().u32(name);
  if (width === 64) out.u8(info).u8(other).u16(section).u64(value).u64(size);
  else out.u32(value).u32(size).u8(info).u8(other).u16(section);
  return out.finish().slice();
};

export const concat = (...parts: readonly Uint8Array[]): Uint8Array => {
  const out = new ByteWriter();
  for (const part of parts) out.bytes(part);
  return out.finish().slice();
};

/** Sections of a symbol table: the given functions and labels, global unless told otherwise. */
export const symbolSections = (
  width: Width,
  symbols: readonly { name: string; value: number; size?: number; info?: number; other?: number }[],
  firstIndex: number,
): readonly SectionInit[] => {
  const strings = new TextEncoder().encode(`\0${symbols.map(({ name }) => `${name}\0`).join('')}`);
  let name = 1;
  const records = symbols.map((symbol) => {
    const record = symbolRecord(width, {
      name,
      value: symbol.value,
      size: symbol.size ?? 0,
      info: symbol.info ?? 0x12,
      other: symbol.other ?? 0,
      section: 0xfff1,
    });
    name += symbol.name.length + 1;
    return record;
  });
  const size = width === 64 ? 24 : 16;
  return [
    {
      name: '.symtab',
      type: 2,
      link: firstIndex + 1,
      entrySize: size,
      data: concat(new Uint8Array(size), ...records),
    },
    { name: '.strtab', type: 3, data: strings },
  ];
};
