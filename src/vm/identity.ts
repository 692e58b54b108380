import type { Program } from '../decoder/program.ts';
import type { AnyModule } from './any-module.ts';

/**
 * A 64-bit hash over parts, each closed off by its length: two lanes of multiply and rotate with the constants of
 * MurmurHash3's finaliser (Austin Appleby, public domain). It recognises mistakes, not attacks.
 */
class ContentHash {
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

/** The same of bytes alone: 16 hexadecimal digits. */
export const contentHash = (bytes: Uint8Array): string => new ContentHash().bytes(bytes).finish();

/**
 * Identity of a program: kind, code, jump table, exports, data and sizes. Not what leaves its runs unchanged
 * (debug information, unknown sections, names of imports). Not cryptographic; `uniqueHash` of `riscbox/hash` is.
 */
export const programIdentity = ({ kind, blob }: Program): string => {
  const hash = new ContentHash()
    .text(kind)
    .bytes(blob.code)
    .bytes(blob.bitmask)
    .number(blob.jumpTable.entrySize)
    .bytes(blob.jumpTable.bytes)
    .bytes(blob.exports.bytes)
    .bytes(blob.roData)
    .bytes(blob.rwData)
    .number(blob.roDataSize)
    .number(blob.rwDataSize)
    .number(blob.stackSize)
    .number(blob.spi?.heapPages ?? 0);
  const { riscv } = blob;
  if (riscv === undefined) return hash.finish();
  hash.number(riscv.entry).number(riscv.embedded ? 1 : 0);
  for (const s of riscv.segments) {
    hash.number(s.address).number(s.memorySize).bytes(s.data);
    hash.number((s.readable ? 1 : 0) | (s.writable ? 2 : 0) | (s.executable ? 4 : 0));
  }
  for (const start of riscv.extraStarts) hash.number(start);
  return hash.finish();
};

/** Identity of everything else that makes a saved state mean what it means. */
export const optionsIdentity = (
  { metering, dynamicPaging, pageSize, auxDataSize, limits }: AnyModule,
  argumentsSize: number,
): string => {
  const { gas, granularity, model } = metering;
  const hash = new ContentHash().text(gas).text(granularity).text(model.name);
  if (model.shape === 'sum') for (const cost of model.costs) hash.number(cost);
  return hash
    .number(dynamicPaging ? 1 : 0)
    .number(pageSize)
    .number(auxDataSize)
    .number(limits.stackSize)
    .number(argumentsSize)
    .finish();
};
