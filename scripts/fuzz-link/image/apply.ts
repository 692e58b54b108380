import { readUint } from '../../../src/core/bytes.ts';
import type { Field } from './assemble.ts';
import { addressOf, type Image, type ImageSection, slotName } from './image.ts';

/** What a field of code is to hold. */
const fieldValue = (
  field: Exclude<Field, { part: 'data' | 'pointer' }>,
  at: number,
  image: Image,
): number => {
  const { part, symbol, addend } = field;
  switch (part) {
    case 'gp':
      return addressOf(image, symbol) + addend - image.globalPointer;
    case 'got-high':
      return addressOf(image, slotName(symbol)) - at;
    case 'pcrel-low':
      return distanceAt(symbol, image);
    case 'high':
    case 'low':
      return addressOf(image, symbol) + addend;
    default:
      return addressOf(image, symbol) + addend - at;
  }
};

/** What the auipc with a label adds to its own address. */
const distanceAt = (label: string, image: Image): number => {
  const place = image.symbols.get(label)!;
  const { fields, address } = image.sections[place.section]!;
  const high = fields.find(({ offset }) => offset === place.offset);
  if (high === undefined || high.part === 'data' || high.part === 'pointer')
    throw new Error(`no auipc at ${label}`);
  return fieldValue(high, address + place.offset, image);
};

const highOf = (value: number): number => (value + 0x800) & ~0xfff;

const patchedWord = (
  word: number,
  field: Exclude<Field, { part: 'data' | 'pointer' }>,
  value: number,
): number => {
  switch (field.part) {
    case 'high':
    case 'pcrel-high':
    case 'got-high':
    case 'call':
      return word | highOf(value);
    case 'jump':
      if (Math.abs(value) >= 2 ** 20) throw new TooFar();
      return (
        word |
        ((value & 0x100000) << 11) |
        ((value & 0x7fe) << 20) |
        ((value & 0x800) << 9) |
        (value & 0xff000)
      );
    case 'branch':
      if (Math.abs(value) >= 2 ** 12) throw new TooFar();
      return (
        word |
        ((value & 0x1000) << 19) |
        ((value & 0x7e0) << 20) |
        ((value & 0x1e) << 7) |
        ((value & 0x800) >> 4)
      );
    case 'gp':
      if (value < -2048 || value > 2047) throw new TooFar();
  }
  return field.isStore
    ? word | ((value & 0xfe0) << 20) | ((value & 0x1f) << 7)
    : word | ((value & 0xfff) << 20);
};

/** Compressed branches (CB) and jumps (CJ). */
const patchedHalfword = (half: number, part: 'branch' | 'jump', value: number): number =>
  part === 'branch'
    ? half |
      ((value & 0x100) << 4) |
      ((value & 0x18) << 7) |
      ((value & 0xc0) >> 1) |
      ((value & 6) << 2) |
      ((value & 0x20) >> 3)
    : half |
      ((value & 0x800) << 1) |
      ((value & 0x10) << 7) |
      ((value & 0x300) << 1) |
      ((value & 0x400) >> 2) |
      ((value & 0x40) << 1) |
      ((value & 0x80) >> 1) |
      ((value & 0xe) << 2) |
      ((value & 0x20) >> 3);

/** A branch in a program that has become too large for it. */
export class TooFar extends Error {}

const write = (bytes: Uint8Array, offset: number, size: number, value: number): void => {
  let rest = BigInt.asUintN(64, BigInt(value));
  for (let i = 0; i < size; i++) {
    bytes[offset + i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
};

/** The bytes of a section in an executable. */
export const applied = ({ bytes: unlinked, fields, address }: ImageSection, image: Image): Uint8Array => {
  const bytes = unlinked.slice();
  for (const field of fields) {
    const { offset } = field;
    if (field.part === 'data') {
      const { minus, size, symbol, addend } = field;
      const less = minus === undefined ? 0 : addressOf(image, minus.symbol) + minus.addend;
      write(bytes, offset, size, addressOf(image, symbol) + addend - less);
    } else if (field.part === 'pointer') {
      write(bytes, offset, image.width / 8, addressOf(image, field.symbol));
    } else {
      const value = fieldValue(field, address + offset, image);
      if (field.length === 2) {
        const half = patchedHalfword(readUint(bytes, offset, 2), field.part as 'branch' | 'jump', value);
        write(bytes, offset, 2, half);
      } else write(bytes, offset, 4, patchedWord(readUint(bytes, offset, 4), field, value));
      if (field.part === 'call') {
        const low = readUint(bytes, offset + 4, 4) | ((value & 0xfff) << 20);
        write(bytes, offset + 4, 4, low);
      }
    }
  }
  return bytes;
};
