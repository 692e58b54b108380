import type { RiscboxError } from './error.ts';

/**
 * How a reader reports broken input. Each area passes its own, so that the error code names the area; offsets
 * count from the start of the file, also in a reader over a part of it.
 */
export interface ReaderErrors {
  truncated(detail: { at: number; need: number; have: number }): RiscboxError;
  varint(detail: { at: number }): RiscboxError;
}

/** Little-endian reader over a byte range. Every access is checked; nothing is copied. */
export class ByteReader {
  readonly bytes: Uint8Array;
  /** Position of the next byte in `bytes`. */
  offset = 0;
  /** Offset in the file of `bytes[0]`, for errors. */
  readonly base: number;
  readonly #errors: ReaderErrors;

  constructor(bytes: Uint8Array, errors: ReaderErrors, base = 0) {
    this.bytes = plainView(bytes);
    this.base = base;
    this.#errors = errors;
  }

  get remaining(): number {
    return this.bytes.length - this.offset;
  }

  /** Offset in the file of the next byte. */
  get position(): number {
    return this.base + this.offset;
  }

  u8(): number {
    return this.bytes[this.#advance(1)]!;
  }

  u16(): number {
    const at = this.#advance(2);
    return this.bytes[at]! | (this.bytes[at + 1]! << 8);
  }

  u24(): number {
    return readUint(this.bytes, this.#advance(3), 3);
  }

  u32(): number {
    return readUint(this.bytes, this.#advance(4), 4);
  }

  /** A u64 as a number: exact up to 2^53, rounded above. */
  u64(): number {
    const at = this.#advance(8);
    return readUint(this.bytes, at, 4) + readUint(this.bytes, at + 4, 4) * 2 ** 32;
  }

  /** The next `length` bytes as a view. */
  take(length: number): Uint8Array {
    const at = this.#advance(length);
    return this.bytes.subarray(at, at + length);
  }

  /** A reader over the next `length` bytes, which this reader skips. */
  sub(length: number): ByteReader {
    const base = this.position;
    return new ByteReader(this.take(length), this.#errors, base);
  }

  /** Everything that is left, as a view. */
  rest(): Uint8Array {
    return this.take(this.remaining);
  }

  /**
   * PolkaVM varint, 0 to 2^32 - 1: the leading one bits of the first byte count the bytes behind it.
   * Longer forms than needed are accepted. In the five-byte form the low bits of the first byte are OR-ed into
   * the result, as PolkaVM 0.35 reads them (its shift by 32 wraps to 0); its writer leaves them zero.
   */
  varint(): number {
    const at = this.position;
    const first = this.u8();
    const extra = Math.clz32(~(first << 24));
    if (extra > 4) throw this.#errors.varint({ at });
    if (this.remaining < extra) throw this.#errors.varint({ at });
    const low = readUint(this.bytes, this.#advance(extra), extra);
    return extra === 4 ? (low | (first & 0x07)) >>> 0 : (first & (0x7f >> extra)) * 2 ** (8 * extra) + low;
  }

  /**
   * Gray Paper natural number (appendix C, general natural number serialization): as `varint`, with up to
   * eight bytes behind the first. A number: exact up to 2^53, rounded above.
   */
  natural(): number {
    const at = this.position;
    const first = this.u8();
    const extra = Math.clz32(~(first << 24));
    if (this.remaining < extra) throw this.#errors.varint({ at });
    const start = this.#advance(extra);
    const low = readUint(this.bytes, start, Math.min(extra, 4));
    const high = extra > 4 ? readUint(this.bytes, start + 4, extra - 4) : 0;
    return (first & (0x7f >> extra)) * 2 ** (8 * extra) + high * 2 ** 32 + low;
  }

  /** Moves on by `length` bytes and returns where they start. */
  #advance(length: number): number {
    const start = this.offset;
    if (!(length <= this.bytes.length - start)) {
      throw this.#errors.truncated({ at: this.position, need: length, have: this.remaining });
    }
    this.offset = start + length;
    return start;
  }
}

/** Little-endian writer into a buffer that grows by doubling. */
export class ByteWriter {
  #buffer: Uint8Array<ArrayBuffer>;
  #length = 0;

  constructor(capacity = 256) {
    this.#buffer = new Uint8Array(capacity);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    this.#grow(1);
    this.#buffer[this.#length++] = value;
    return this;
  }

  u16(value: number): this {
    return this.uint(value, 2);
  }

  u24(value: number): this {
    return this.uint(value, 3);
  }

  u32(value: number): this {
    return this.uint(value, 4);
  }

  /** A non-negative integer up to 2^53 as u64. */
  u64(value: number): this {
    return this.uint(value, 4).uint(Math.floor(value / 2 ** 32), 4);
  }

  /** The low `size` bytes of `value`, 0 to 4 of them. */
  uint(value: number, size: number): this {
    this.#grow(size);
    for (let i = 0; i < size; i++) this.#buffer[this.#length++] = value >>> (8 * i);
    return this;
  }

  /** The shortest varint of `value`, 0 to 2^32 - 1. */
  varint(value: number): this {
    const extra = varintLength(value) - 1;
    const marker = 0xff00 >> extra;
    return this.u8(extra === 4 ? 0xf0 : (marker & 0xff) | Math.floor(value / 2 ** (8 * extra))).uint(
      value,
      extra,
    );
  }

  bytes(bytes: Uint8Array): this {
    this.#grow(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** Overwrites an earlier u32. */
  patchU32(at: number, value: number): this {
    for (let i = 0; i < 4; i++) this.#buffer[at + i] = value >>> (8 * i);
    return this;
  }

  /** The bytes written so far, as a view; do not go on writing. */
  finish(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  #grow(more: number): void {
    const need = this.#length + more;
    if (need <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(need, this.#buffer.length * 2));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}

/** Bytes of the shortest varint of `value`, 0 to 2^32 - 1: 1 to 5. */
export const varintLength = (value: number): number =>
  value < 2 ** 7 ? 1 : value < 2 ** 14 ? 2 : value < 2 ** 21 ? 3 : value < 2 ** 28 ? 4 : 5;

/** Unsigned little-endian integer of `size` bytes (0 to 4) at `at`, which the caller has checked. */
export const readUint = (bytes: Uint8Array, at: number, size: number): number => {
  let value = 0;
  for (let i = 0; i < size; i++) value |= bytes[at + i]! << (8 * i);
  return value >>> 0;
};

/** The same bytes as a plain Uint8Array: views of a Node Buffer or another subclass would inherit its methods. */
export const plainView = (bytes: Uint8Array): Uint8Array =>
  bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
};

/** The order of byte strings: by their first difference, a beginning before what it begins. */
export const compareBytes = (a: Uint8Array, b: Uint8Array): number => {
  for (let k = 0; k < a.length && k < b.length; k++) {
    const difference = (a[k] as number) - (b[k] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
};

/** Lower-case hexadecimal text. */
export const toHex = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += (byte < 16 ? '0' : '') + byte.toString(16);
  return text;
};
