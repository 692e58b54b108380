import type { Width } from '../core/kind.ts';
import { PATH_MAX } from './constants.ts';
import { Errno, type OrErrno } from './errno.ts';
import { type LinuxMemory, PAGE_SIZE } from './guest.ts';

const ADDRESS_SPACE = 2 ** 32;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** One `struct iovec`. */
export interface IoVector {
  readonly address: number;
  readonly length: number;
}

/** Access through the guest's own pointers: whatever they are, the answer is a value or EFAULT. */
export class UserMemory {
  readonly width: Width;
  readonly #memory: LinuxMemory;

  constructor(memory: LinuxMemory, width: Width) {
    this.#memory = memory;
    this.width = width;
  }

  /** Bytes of a `long` and of a pointer. */
  get longSize(): 4 | 8 {
    return this.width === 32 ? 4 : 8;
  }

  readable(address: number, length: number): boolean {
    return length === 0 || (length <= ADDRESS_SPACE - address && this.#memory.readable(address, length));
  }

  writable(address: number, length: number): boolean {
    return length === 0 || (length <= ADDRESS_SPACE - address && this.#memory.writable(address, length));
  }

  /** A copy, or undefined if the range can't be read. */
  read(address: number, length: number): Uint8Array | undefined {
    if (length === 0) return new Uint8Array(0);
    return this.readable(address, length) ? this.#memory.read(address, length) : undefined;
  }

  /** 0 or EFAULT; writes everything or nothing. */
  write(address: number, bytes: Uint8Array): number {
    if (bytes.length === 0) return 0;
    if (!this.writable(address, bytes.length)) return Errno.EFAULT;
    this.#memory.write(address, bytes);
    return 0;
  }

  view(address: number, length: number): DataView | undefined {
    const bytes = this.read(address, length);
    return bytes && new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  readUint32(address: number): number | undefined {
    return this.view(address, 4)?.getUint32(0, true);
  }

  writeUint32(address: number, value: number): number {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value, true);
    return this.write(address, bytes);
  }

  /** A `struct __kernel_timespec` (64-bit seconds on both widths) in nanoseconds, EFAULT or EINVAL. */
  readTimespec(address: number): bigint | number {
    const view = this.view(address, 16);
    if (!view) return Errno.EFAULT;
    const seconds = view.getBigInt64(0, true);
    const nanoseconds = view.getBigInt64(8, true);
    if (seconds < 0n || nanoseconds < 0n || nanoseconds > 999_999_999n) return Errno.EINVAL;
    return seconds * 1_000_000_000n + nanoseconds;
  }

  /** A zero-terminated path: EFAULT, ENAMETOOLONG, or EILSEQ for bytes that aren't UTF-8. */
  readPath(address: number): OrErrno<string> {
    const bytes = this.#readUntilZero(address, PATH_MAX);
    if (typeof bytes === 'number') return bytes;
    try {
      return utf8.decode(bytes);
    } catch {
      return Errno.EILSEQ;
    }
  }

  /** `count` vectors, EFAULT, or EINVAL if the lengths don't add up to a `ssize_t`. */
  readVectors(address: number, count: number): OrErrno<IoVector[]> {
    const size = this.longSize;
    const view = this.view(address, count * size * 2);
    if (!view) return Errno.EFAULT;
    const long = (at: number): number =>
      size === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
    const limit = size === 4 ? 2 ** 31 : 2 ** 63;
    const vectors: IoVector[] = [];
    let total = 0;
    for (let at = 0; at < view.byteLength; at += size * 2) {
      const length = long(at + size);
      total += length;
      if (total >= limit) return Errno.EINVAL;
      // Addresses are the low 32 bits in every profile and width.
      vectors.push({ address: view.getUint32(at, true), length });
    }
    return vectors;
  }

  /** Stops at page ends, so that a string may end right below an unreadable page. */
  #readUntilZero(address: number, limit: number): OrErrno<Uint8Array> {
    const parts: Uint8Array[] = [];
    let length = 0;
    for (let at = address; length < limit; ) {
      const most = Math.min(limit - length, PAGE_SIZE - (at % PAGE_SIZE), 256);
      // Byte by byte where memory ends in the middle of a page.
      const step = this.readable(at, most) ? most : 1;
      const part = this.read(at, step);
      if (!part) return Errno.EFAULT;
      const end = part.indexOf(0);
      parts.push(end < 0 ? part : part.subarray(0, end));
      length += end < 0 ? step : end;
      if (end >= 0) return concat(parts, length);
      at += step;
    }
    return Errno.ENAMETOOLONG;
  }
}

const concat = (parts: readonly Uint8Array[], length: number): Uint8Array => {
  if (parts.length === 1) return parts[0] as Uint8Array;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
};
