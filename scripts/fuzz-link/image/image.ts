import type { Width } from '../../../src/core/kind.ts';
import { applied } from './apply.ts';
import { assemble, type Field } from './assemble.ts';
import type { Assembly, DataUnit } from './items.ts';

/** A section of a linked program, with what was patched in it. */
export interface ImageSection {
  readonly name: string;
  readonly kind: 'code' | DataUnit['kind'];
  readonly address: number;
  readonly size: number;
  readonly alignment: number;
  /** As executables hold them; empty for zeros. */
  readonly bytes: Uint8Array;
  /** As object files hold them: fields that are to be patched are not. */
  readonly unlinked: Uint8Array;
  readonly fields: readonly Field[];
}

export interface ImageSymbol {
  readonly section: number;
  readonly offset: number;
}

/** A program that was linked for the judge to run, and that knows how to be linked again. */
export interface Image {
  readonly width: Width;
  readonly sections: readonly ImageSection[];
  readonly symbols: ReadonlyMap<string, ImageSymbol>;
  readonly globalPointer: number;
}

const CODE_START = 0x10000;
/** How far gp is behind the first section of values: all of them are within 2 KiB of it. */
const GP_OFFSET = 0x300;

const aligned = (value: number, alignment: number): number => Math.ceil(value / alignment) * alignment;

/** The address of a symbol. */
export const addressOf = ({ sections, symbols }: Image, name: string): number => {
  const symbol = symbols.get(name);
  if (symbol === undefined) throw new Error(`nothing is named ${name}`);
  return sections[symbol.section]!.address + symbol.offset;
};

/** The slot that holds an address. */
export const slotName = (symbol: string): string => `slot of ${symbol}`;

/** A section with a slot for each symbol that code wants the address of in memory. */
const offsetTable = (symbols: readonly string[], width: Width): DataUnit => {
  const size = width === 64 ? 8 : 4;
  return {
    name: '.got',
    kind: 'ro',
    size: symbols.length * size,
    alignment: size,
    bytes: new Uint8Array(),
    fields: symbols.map((symbol, i) => ({ offset: i * size, size, symbol, addend: 0, minus: undefined })),
    symbols: new Map(symbols.map((symbol, i) => [slotName(symbol), i * size])),
  };
};

/** Assembles and links: sections one after another, not quite without gaps. */
export const link = (
  { code, data }: Assembly,
  width: Width,
  isCompressed: boolean,
  keepsLocal: boolean,
): Image => {
  const assembled = code.map(({ items }) => assemble(items, width, isCompressed, keepsLocal));
  const wanted = new Set(
    assembled.flatMap(({ fields }) => fields.flatMap((f) => (f.part === 'got-high' ? [f.symbol] : []))),
  );
  const units = wanted.size === 0 ? data : [...data, offsetTable([...wanted], width)];
  const symbols = new Map<string, ImageSymbol>();
  let address = CODE_START;
  const place = (size: number, alignment: number, gap: number): number => {
    const at = aligned(address, alignment);
    address = at + size + gap;
    return at;
  };
  const sections: ImageSection[] = assembled.map(({ bytes, fields, labels }, i) => {
    for (const [name, offset] of labels) symbols.set(name, { section: i, offset });
    return {
      name: code[i]!.name,
      kind: 'code',
      address: place(bytes.length, 4, (i * 52) % 200),
      size: bytes.length,
      alignment: 4,
      bytes,
      unlinked: bytes,
      fields,
    };
  });
  let globalPointer = 0;
  for (const [i, unit] of units.entries()) {
    const section = sections.length;
    for (const [name, offset] of unit.symbols) symbols.set(name, { section, offset });
    const at = place(unit.size, unit.alignment, (i * 36) % 90);
    if (i === 0) globalPointer = at + GP_OFFSET;
    const bytes = new Uint8Array(unit.kind === 'bss' ? 0 : unit.size);
    bytes.set(unit.bytes.subarray(0, bytes.length));
    sections.push({
      ...unit,
      address: at,
      bytes,
      unlinked: bytes,
      fields: unit.fields.map((field) => ({ part: 'data', ...field })),
    });
  }
  const image: Image = { width, sections, symbols, globalPointer };
  return { ...image, sections: sections.map((section) => ({ ...section, bytes: applied(section, image) })) };
};
