import { LimitExceeded } from './limits.ts';

/** More than any one instruction without a list takes: two bytes of opcode and 10 of LEB128, or three u32. */
const SLACK = 16;
const TWO_32 = 2 ** 32;
const UTF8 = new TextEncoder();

/**
 * A growing array of bytes with the number formats of WebAssembly's binary format. A write makes no garbage, except
 * that the capacity doubles when it is used up.
 */
export class ByteWriter {
  /**
   * The bytes so far, of which the first `length` count. `FunctionBody` writes its most frequent instructions here
   * itself, after `reserve` where room is wanting: before V8 optimises, a call costs more than what it does.
   */
  bytes: Uint8Array<ArrayBuffer>;
  length = 0;
  readonly #limit: number;
  readonly #what: string;

  /**
   * `limit`: bytes at most, `what` they are called in the error when there are more. A negative limit makes a
   * writer that throws a plain error whatever is written.
   */
  constructor(capacity: number, limit: number, what: string) {
    this.bytes = new Uint8Array(capacity);
    this.#limit = limit;
    this.#what = what;
  }

  /** A view of what has been written; valid until the next write. */
  get written(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.length);
  }

  /** Empty again, with the capacity it has. */
  clear(): void {
    this.length = 0;
  }

  /**
   * Throws `LimitExceeded` when there are more bytes than the limit. Writes themselves are that exact to a few bytes
   * only.
   */
  checkLimit(): void {
    if (this.length > this.#limit) throw new LimitExceeded(this.#what, this.#limit);
  }

  u8(value: number): void {
    if (this.length === this.bytes.length) this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** A byte, then an unsigned number: an opcode with an index. */
  u8u32(byte: number, value: number): void {
    if (this.length + SLACK > this.bytes.length) this.reserve(SLACK);
    const bytes = this.bytes;
    let at = this.length;
    bytes[at++] = byte;
    let v = value >>> 0;
    while (v > 0x7f) {
      bytes[at++] = (v & 0x7f) | 0x80;
      v >>>= 7;
    }
    bytes[at++] = v;
    this.length = at;
  }

  /** Two bytes, then an unsigned number. */
  u8u8u32(first: number, second: number, value: number): void {
    if (this.length + SLACK > this.bytes.length) this.reserve(SLACK);
    const bytes = this.bytes;
    let at = this.length;
    bytes[at++] = first;
    bytes[at++] = second;
    let v = value >>> 0;
    while (v > 0x7f) {
      bytes[at++] = (v & 0x7f) | 0x80;
      v >>>= 7;
    }
    bytes[at++] = v;
    this.length = at;
  }

  /** A byte, then a signed 32-bit number. */
  u8s32(byte: number, value: number): void {
    if (this.length + SLACK > this.bytes.length) this.reserve(SLACK);
    const bytes = this.bytes;
    let at = this.length;
    bytes[at++] = byte;
    let v = value | 0;
    while (v < -64 || v > 63) {
      bytes[at++] = (v & 0x7f) | 0x80;
      v >>= 7;
    }
    bytes[at++] = v & 0x7f;
    this.length = at;
  }

  /** LEB128 of an unsigned 32-bit number; negative ones count as their unsigned bit pattern. */
  u32(value: number): void {
    if (this.length + SLACK > this.bytes.length) this.reserve(SLACK);
    const bytes = this.bytes;
    let at = this.length;
    let v = value >>> 0;
    while (v > 0x7f) {
      bytes[at++] = (v & 0x7f) | 0x80;
      v >>>= 7;
    }
    bytes[at++] = v;
    this.length = at;
  }

  /** LEB128 of a signed 32-bit number; a sign-extended 64-bit one has the same bytes. */
  s32(value: number): void {
    if (this.length + SLACK > this.bytes.length) this.reserve(SLACK);
    const bytes = this.bytes;
    let at = this.length;
    let v = value | 0;
    while (v < -64 || v > 63) {
      bytes[at++] = (v & 0x7f) | 0x80;
      v >>= 7;
    }
    bytes[at++] = v & 0x7f;
    this.length = at;
  }

  /** LEB128 of a signed 64-bit number, given as two 32-bit words of either sign. */
  s64(low: number, high: number): void {
    let l = low | 0;
    let h = high | 0;
    if (h === l >> 31) {
      this.s32(l);
      return;
    }
    if (this.length + SLACK > this.bytes.length) this.reserve(SLACK);
    const bytes = this.bytes;
    let at = this.length;
    // Until what is left is the sign of a number of 7 bits.
    while (h !== l >> 31 || l < -64 || l > 63) {
      bytes[at++] = (l & 0x7f) | 0x80;
      l = (l >>> 7) | (h << 25);
      h >>= 7;
    }
    bytes[at++] = l & 0x7f;
    this.length = at;
  }

  /** LEB128 of a signed 64-bit number that is a safe integer; throws for any other. */
  s64FromNumber(value: number): void {
    if ((value | 0) === value) {
      this.s32(value);
      return;
    }
    if (!Number.isSafeInteger(value)) throw new Error(`${value} is no safe integer`);
    this.s64(value | 0, Math.floor(value / TWO_32) | 0);
  }

  /** Bytes as they are, without their number. */
  copy(bytes: Uint8Array): void {
    const { length } = bytes;
    if (this.length + length > this.bytes.length) this.reserve(length);
    this.bytes.set(bytes, this.length);
    this.length += length;
  }

  /** Text as the binary format has names: its number of UTF-8 bytes, then these. */
  name(text: string): void {
    const bytes = UTF8.encode(text);
    this.u32(bytes.length);
    this.copy(bytes);
  }

  /**
   * Begins a part that its size in bytes comes before; `endSized` with what this gives ends it. The size takes 5
   * bytes whatever it is, so that nothing has to be moved.
   */
  beginSized(): number {
    if (this.length + SLACK > this.bytes.length) this.reserve(SLACK);
    this.length += 5;
    return this.length;
  }

  endSized(start: number): void {
    const bytes = this.bytes;
    const size = this.length - start;
    for (let i = 0; i < 4; i++) bytes[start - 5 + i] = ((size >>> (7 * i)) & 0x7f) | 0x80;
    bytes[start - 1] = size >>> 28;
  }

  /** Makes room for so many more bytes. */
  reserve(need: number): void {
    if (this.#limit < 0) throw new Error(`${this.#what} are not written any more`);
    // What a write may need at most is more than it does need: a few bytes above the limit let it have that.
    const most = this.#limit + SLACK;
    const least = this.length + need;
    if (least > most) throw new LimitExceeded(this.#what, this.#limit);
    const bytes = new Uint8Array(Math.min(Math.max(2 * this.bytes.length, least), most));
    bytes.set(this.bytes);
    this.bytes = bytes;
  }
}

/** Bytes that `ByteWriter.u32` writes for a number. */
export const sizeOfU32 = (value: number): number => Math.max(1, Math.ceil((32 - Math.clz32(value)) / 7));
