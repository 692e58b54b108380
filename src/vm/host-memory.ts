import { fail } from '../memory/errors.ts';
import type { GuestMemory } from '../memory/guest-memory.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Bytes that `readCString` looks at most for the end, unless told otherwise. */
const LONGEST_STRING = 1 << 20;
/** Bytes that `readCString` reads at once: never over a page's end. */
const CHUNK = 4096;

/**
 * The host's access to a guest's memory. Every access is checked; ranges that are not accessible throw
 * memory/out-of-range and change nothing.
 *
 * Addresses are 32 bits; signed spellings (-131072 for 0xFFFE0000), as untyped 32-bit values come, are the same
 * addresses.
 */
export class HostMemory {
  protected readonly source: () => GuestMemory;

  /** `source` gives the memory, or throws when the instance is disposed. */
  constructor(source: () => GuestMemory) {
    this.source = source;
  }

  /** A copy of `length` bytes. */
  read(address: number, length: number): Uint8Array {
    return this.source().read(unsigned(address, length), length);
  }

  /** Writes all bytes or nothing. */
  write(address: number, bytes: Uint8Array): void {
    this.source().write(unsigned(address, bytes.length), bytes);
  }

  readU8(address: number): number {
    return this.#load(address, 1).low & 0xff;
  }

  readU16(address: number): number {
    return this.#load(address, 2).low & 0xffff;
  }

  readU32(address: number): number {
    return this.#load(address, 4).low >>> 0;
  }

  readI32(address: number): number {
    return this.#load(address, 4).low | 0;
  }

  readU64(address: number): bigint {
    const { low, high } = this.#load(address, 8);
    return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
  }

  readI64(address: number): bigint {
    return BigInt.asIntN(64, this.readU64(address));
  }

  /** Writes the low 8 bits. */
  writeU8(address: number, value: number): void {
    this.#store(address, 1, value, 0);
  }

  /** Writes the low 16 bits. */
  writeU16(address: number, value: number): void {
    this.#store(address, 2, value, 0);
  }

  /** Writes the low 32 bits; for signed values too. */
  writeU32(address: number, value: number): void {
    this.#store(address, 4, value, 0);
  }

  /** Writes the low 64 bits; for signed values too. */
  writeU64(address: number, value: bigint): void {
    const low = Number(BigInt.asIntN(32, value));
    this.#store(address, 8, low, Number(BigInt.asIntN(32, value >> 32n)));
  }

  /** Text of `length` bytes of UTF-8; bytes that are none become replacement characters. */
  readString(address: number, length: number): string {
    return decoder.decode(this.read(address, length));
  }

  /** Text up to a zero byte. Throws memory/unterminated when there is none in `maxLength` bytes (default 1 MiB). */
  readCString(address: number, maxLength: number = LONGEST_STRING): string {
    const start = unsigned(address, 1);
    for (let length = 0; length < maxLength; ) {
      const at = start + length;
      const part = this.read(at, Math.min(CHUNK - (at % CHUNK), maxLength - length));
      const end = part.indexOf(0);
      if (end >= 0) return this.readString(start, length + end);
      length += part.length;
    }
    throw fail('memory/unterminated', { address: start, maxLength });
  }

  /** Writes text as UTF-8, without a zero byte behind it; returns the number of bytes. */
  writeString(address: number, text: string): number {
    const bytes = encoder.encode(text);
    this.write(address, bytes);
    return bytes.length;
  }

  /** Whether the host can read, or also write, the range. Never throws for an instance that is alive. */
  isAccessible(address: number, length: number, access: 'read' | 'write' = 'read'): boolean {
    return this.source().isAccessible(address < 0 ? address + 2 ** 32 : address, length, access === 'write');
  }

  /** Accessible bytes, what the limit counts. */
  get size(): number {
    return this.source().accessible;
  }

  /** First address behind the heap. */
  get heapEnd(): number {
    return this.source().heapEnd;
  }

  /** Bytes by which the heap has grown. */
  get heapSize(): number {
    const memory = this.source();
    return memory.heapEnd - memory.map.heap.base;
  }

  /** Grows the heap; the new end, or undefined when map or limit forbid it (with dynamic paging always). 0 asks. */
  sbrk(bytes: number): number | undefined {
    const memory = this.source();
    if (!(Number.isInteger(bytes) && bytes >= 0)) return undefined;
    return bytes === 0 ? memory.heapEnd : memory.growHeap(bytes);
  }

  #load(address: number, size: number): GuestMemory {
    const memory = this.source();
    const at = unsigned(address, size);
    if (at + size > 2 ** 32 || !memory.load(at, size)) {
      throw fail('memory/out-of-range', { address: at, length: size, access: 'read' });
    }
    return memory;
  }

  #store(address: number, size: number, low: number, high: number): void {
    const memory = this.source();
    const at = unsigned(address, size);
    if (at + size <= 2 ** 32 && memory.store(at, size, low, high)) return;
    // What the guest may not write, the host perhaps may: the aux region.
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setInt32(0, low, true);
    new DataView(bytes.buffer).setInt32(4, high, true);
    memory.write(at, bytes.subarray(0, size));
  }
}

const isLength = (length: number): boolean => Number.isInteger(length) && length >= 0;

/** The address without sign. Throws memory/out-of-range for what is no address. */
export const unsigned = (address: number, length: number): number => {
  if (Number.isInteger(address) && address >= -(2 ** 31) && address < 2 ** 32 && isLength(length)) {
    return address >>> 0;
  }
  throw fail('memory/out-of-range', { address, length, access: 'read' });
};
