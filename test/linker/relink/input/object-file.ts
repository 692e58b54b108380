import { ByteWriter } from '../../../../src/core/bytes.ts';
import type { Width } from '../../../../src/core/kind.ts';
import { ET_REL } from '../../../../src/linker/elf-format.ts';
import { buildElf, concat, type ElfInit, type SectionInit, symbolRecord } from '../../elf-image.ts';

export interface ObjectSection extends Omit<SectionInit, 'link' | 'info' | 'entrySize'> {
  /** Several tables of relocations are several sections of the file. */
  readonly relocations?: readonly (readonly ObjectRelocation[])[];
}

export interface ObjectRelocation {
  readonly at: number;
  readonly type: number;
  /** Name of a symbol; none for a relocation without one. */
  readonly symbol?: string;
  readonly addend?: number;
}

export interface ObjectSymbol {
  /** Name of a section, or a number: SHN_UNDEF, SHN_ABS… */
  readonly section: string | number;
  readonly value?: number;
  readonly size?: number;
  /** Binding (high half) and type; default global, no type. */
  readonly info?: number;
}

export const PROGBITS = 1;
export const NOBITS = 8;
export const ALLOC = 2;
export const WRITE = 3;
export const EXEC = 6;
export const TLS: number = 0x400 | WRITE;

export const WEAK = 0x20;
export const FUNC = 0x12;

/** Builds a file with symbols and kept relocations; relocatable unless told otherwise. */
export const objectFile = (
  sections: Readonly<Record<string, ObjectSection>>,
  symbols: Readonly<Record<string, ObjectSymbol>> = {},
  init: Omit<ElfInit, 'sections'> = {},
): Uint8Array => {
  const width: Width = init.width ?? 64;
  const keys = Object.keys(sections);
  const names = Object.keys(symbols);
  const tables = keys.flatMap((key) =>
    (sections[key]!.relocations ?? []).map((records) => ({ key, records })),
  );
  const symbolTable = 1 + keys.length + tables.length;
  const plain: SectionInit[] = keys.map((key) => {
    const { relocations: _, ...section } = sections[key]!;
    return section;
  });
  const relocations: SectionInit[] = tables.map(({ key, records }) => ({
    name: `.rela${sections[key]!.name}`,
    type: 4,
    link: symbolTable,
    info: 1 + keys.indexOf(key),
    entrySize: width === 64 ? 24 : 12,
    data: concat(
      ...records.map(({ at, type, symbol, addend = 0 }) =>
        relocationRecord(width, at, type, symbol === undefined ? 0 : 1 + names.indexOf(symbol), addend),
      ),
    ),
  }));
  let nameOffset = 1;
  const records = names.map((name) => {
    const { section, value = 0, size = 0, info = 0x10 } = symbols[name]!;
    const index = typeof section === 'number' ? section : 1 + keys.indexOf(section);
    const record = symbolRecord(width, { name: nameOffset, value, size, info, section: index });
    nameOffset += name.length + 1;
    return record;
  });
  const symbolSize = width === 64 ? 24 : 16;
  return buildElf({
    type: ET_REL,
    ...init,
    sections: [
      ...plain,
      ...relocations,
      {
        name: '.symtab',
        type: 2,
        link: symbolTable + 1,
        entrySize: symbolSize,
        data: concat(new Uint8Array(symbolSize), ...records),
      },
      {
        name: '.strtab',
        type: 3,
        data: new TextEncoder().encode(`\0${names.map((n) => `${n}\0`).join('')}`),
      },
    ],
  });
};

const relocationRecord = (
  width: Width,
  at: number,
  type: number,
  symbol: number,
  addend: number,
): Uint8Array => {
  const out = new ByteWriter();
  if (width === 32)
    out
      .u32(at)
      .u32(((symbol << 8) | type) >>> 0)
      .u32(addend >>> 0);
  else
    out
      .u64(at)
      .u32(type)
      .u32(symbol)
      .u32(addend >>> 0)
      .u32(addend < 0 ? 0xffffffff : 0);
  return out.finish().slice();
};

/** A section of code of `words` words, which are no-operations. */
export const code = (words: number, init: Partial<ObjectSection> = {}): ObjectSection => ({
  name: '.text',
  type: PROGBITS,
  flags: EXEC,
  data: concat(...Array.from({ length: words }, () => Uint8Array.of(0x13, 0, 0, 0))),
  ...init,
});

export const data = (size: number, init: Partial<ObjectSection> = {}): ObjectSection => ({
  name: '.data',
  type: PROGBITS,
  flags: WRITE,
  data: new Uint8Array(size),
  ...init,
});
