import type { Width } from '../core/kind.ts';

/** Writes a C struct field by field, little-endian, with the widths of the guest. */
export class Struct {
  readonly width: Width;
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(width: Width, size: number) {
    this.width = width;
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
  }

  u16(...values: number[]): this {
    for (const value of values) this.#view.setUint16(this.#advance(2), value, true);
    return this;
  }

  /** Also for signed values: the field keeps the low bits. */
  u32(...values: number[]): this {
    for (const value of values) this.#view.setUint32(this.#advance(4), value, true);
    return this;
  }

  u64(...values: (bigint | number)[]): this {
    for (const value of values)
      this.#view.setBigUint64(this.#advance(8), BigInt.asUintN(64, BigInt(value)), true);
    return this;
  }

  /** `long`, `unsigned long`, `size_t` or a pointer. */
  long(...values: (bigint | number)[]): this {
    for (const value of values) {
      if (this.width === 64) this.u64(value);
      else this.u32(Number(BigInt.asUintN(32, BigInt(value))));
    }
    return this;
  }

  /** Goes on at this offset. */
  at(offset: number): this {
    this.#at = offset;
    return this;
  }

  text(value: string): this {
    const bytes = new TextEncoder().encode(value);
    this.bytes.set(bytes, this.#advance(bytes.length));
    return this;
  }

  #advance(size: number): number {
    const at = this.#at;
    this.#at += size;
    return at;
  }
}
