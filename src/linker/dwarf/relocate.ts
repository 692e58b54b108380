import type { Elf } from '../elf.ts';
import type { ElfSection } from '../elf-sections.ts';

/** How a relocation of a debug section changes the field that it is about. */
interface FieldChange {
  readonly change: 'set' | 'add' | 'subtract';
  readonly bits: 6 | 8 | 16 | 32 | 64 | 'uleb';
}

/** Relocations of debug sections (RISC-V ELF psABI, "Relocations"); all others have no business there. */
const CHANGES: ReadonlyMap<number, FieldChange> = new Map([
  [1, { change: 'set', bits: 32 }],
  [2, { change: 'set', bits: 64 }],
  [33, { change: 'add', bits: 8 }],
  [34, { change: 'add', bits: 16 }],
  [35, { change: 'add', bits: 32 }],
  [36, { change: 'add', bits: 64 }],
  [37, { change: 'subtract', bits: 8 }],
  [38, { change: 'subtract', bits: 16 }],
  [39, { change: 'subtract', bits: 32 }],
  [40, { change: 'subtract', bits: 64 }],
  [52, { change: 'subtract', bits: 6 }],
  [53, { change: 'set', bits: 6 }],
  [54, { change: 'set', bits: 8 }],
  [55, { change: 'set', bits: 16 }],
  [56, { change: 'set', bits: 32 }],
  [60, { change: 'set', bits: 'uleb' }],
  [61, { change: 'subtract', bits: 'uleb' }],
] satisfies [number, FieldChange][]);

/**
 * A copy of a section of a relocatable file with its relocations applied. Code is where `addressOf` puts it, by section
 * index; symbols in other sections, as the debug sections are, stand for their offset there.
 * @throws RiscboxError `elf/…`
 */
export const relocate = (
  elf: Elf,
  section: ElfSection,
  bytes: Uint8Array,
  relocations: readonly ElfSection[],
  addressOf: (section: number) => number,
): Uint8Array => {
  const own = relocations.filter(({ info }) => info === section.index);
  if (own.length === 0) return bytes;
  const copy = bytes.slice();
  const { symbols } = elf;
  for (const table of own) {
    for (const { offset, type, symbol, addend } of elf.relocations(table)) {
      const change = CHANGES.get(type);
      if (change === undefined) continue;
      const base =
        symbol === 0 || symbols === undefined
          ? 0
          : symbols.value(symbol) + addressOf(symbols.section(symbol));
      applyChange(copy, offset, change, BigInt(Math.floor(base)) + addend);
    }
  }
  return copy;
};

const applyChange = (
  bytes: Uint8Array,
  offset: number,
  { change, bits }: FieldChange,
  value: bigint,
): void => {
  const length = bits === 'uleb' ? ulebLength(bytes, offset) : Math.ceil(bits / 8);
  if (offset + length > bytes.length) return;
  const digit = bits === 'uleb' ? 7n : 8n;
  const width = bits === 'uleb' ? 7 * length : bits;
  const old = readDigits(bytes, offset, length, digit);
  const field = BigInt.asUintN(width, old);
  const result = change === 'set' ? value : change === 'add' ? field + value : field - value;
  writeDigits(bytes, offset, length, digit, old - field + BigInt.asUintN(width, result));
};

/** Bytes of the ULEB128 number at an offset; 0 outside of the section. Producers leave room for 64 bits at most. */
const ulebLength = (bytes: Uint8Array, offset: number): number => {
  for (let length = 1; length <= 10; length++) {
    const byte = bytes[offset + length - 1];
    if (byte === undefined) return 0;
    if (byte < 0x80) return length;
  }
  return 0;
};

/** A little-endian number of `length` digits of 7 or 8 bits. */
const readDigits = (bytes: Uint8Array, offset: number, length: number, digit: bigint): bigint => {
  const mask = (1n << digit) - 1n;
  let value = 0n;
  for (let i = length - 1; i >= 0; i--) value = (value << digit) | (BigInt(bytes[offset + i]!) & mask);
  return value;
};

/** The inverse; what a digit leaves free of a byte stays as it was. */
const writeDigits = (
  bytes: Uint8Array,
  offset: number,
  length: number,
  digit: bigint,
  value: bigint,
): void => {
  const mask = (1 << Number(digit)) - 1;
  let rest = value;
  for (let i = offset; i < offset + length; i++) {
    bytes[i] = (bytes[i]! & ~mask) | (Number(rest & 0xffn) & mask);
    rest >>= digit;
  }
};
