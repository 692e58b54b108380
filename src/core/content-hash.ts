/**
 * A 64-bit hash over parts, each closed off by its length: two lanes of multiply and rotate with the constants of
 * MurmurHash3's finaliser (Austin Appleby, public domain). It recognises mistakes, not attacks.
 */
export class ContentHash {
  #a = 0x9e3779b9 | 0;
  #b = 0x7f4a7c15 | 0;

  number(word: number): this {
    const a = Math.imul(this.#a ^ word, 0x85ebca6b);
    const b = Math.imul(this.#b ^ word, 0xc2b2ae35);
    this.#a = ((a << 13) | (a >>> 19)) + b;
    this.#b = ((b << 17) | (b >>> 15)) ^ a;
    return this;
  }

  bytes(bytes: Uint8Array): this {
    const whole = bytes.length & ~3;
    for (let i = 0; i < whole; i += 4) {
      const low = (bytes[i] as number) | ((bytes[i + 1] as number) << 8);
      this.number(low | ((bytes[i + 2] as number) << 16) | ((bytes[i + 3] as number) << 24));
    }
    for (let i = whole; i < bytes.length; i++) this.number(bytes[i] as number);
    return this.number(bytes.length);
  }

  text(text: string): this {
    for (let i = 0; i < text.length; i++) this.number(text.charCodeAt(i));
    return this.number(text.length);
  }

  /** 16 hexadecimal digits. */
  finish(): string {
    this.number(0).number(1);
    return [this.#a, this.#b].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
  }
}

/** The hash of bytes: 16 hexadecimal digits. */
export const contentHash = (bytes: Uint8Array): string => new ContentHash().bytes(bytes).finish();
