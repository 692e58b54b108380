import { Errno, type OrErrno } from './errno.ts';
import type { Access, DeviceNode, FileStat, OpenFile } from './file-system.ts';
import type { RandomSource } from './random.ts';

/**
 * Standard input: all its bytes, text in UTF-8, or a reader that blocks until it has some and answers at most
 * `maxLength` of them (an empty array or undefined: end of input; a negative number: an errno).
 */
export type InputStream = Uint8Array | string | ((maxLength: number) => Uint8Array | number | undefined);

/**
 * Receives a copy of what the guest wrote. A negative number is taken as an errno (`Errno.EPIPE` for a closed
 * pipe); any other answer means that everything was taken.
 */
export type OutputStream = (bytes: Uint8Array) => unknown;

/** What one read or write of a stream moves at most: the size of a Linux pipe. */
export const STREAM_TRANSFER = 65_536;

const NOTHING = new Uint8Array(0);

/** Streams have no times and no place in a file system; a pipe's permissions. */
const streamStat = (type: FileStat['type'], inode: bigint): FileStat => ({
  type,
  mode: type === 'fifo' ? 0o600 : 0o620,
  size: 0,
  inode,
  links: 1,
  accessed: 0n,
  modified: 0n,
  changed: 0n,
});

/** Standard input as an open file; `descriptor` serves as its inode number. */
export const inputFile = (stream: InputStream, descriptor: number, terminal: boolean): OpenFile => {
  const read = typeof stream === 'function' ? stream : bytesReader(stream);
  return {
    seekable: false,
    terminal,
    stat: () => streamStat(terminal ? 'device' : 'fifo', BigInt(descriptor + 1)),
    read: (length) => {
      if (length === 0) return NOTHING;
      const bytes = read(length) ?? NOTHING;
      return typeof bytes === 'number' ? bytes : bytes.subarray(0, length);
    },
    write: () => Errno.EBADF,
  };
};

/** Standard output or error as an open file. */
export const outputFile = (stream: OutputStream, descriptor: number, terminal: boolean): OpenFile => ({
  seekable: false,
  terminal,
  stat: () => streamStat(terminal ? 'device' : 'fifo', BigInt(descriptor + 1)),
  read: () => Errno.EBADF,
  write: (bytes) => {
    const answer = stream(bytes.slice());
    return typeof answer === 'number' && answer < 0 ? answer : bytes.length;
  },
});

const bytesReader = (contents: Uint8Array | string): ((length: number) => Uint8Array) => {
  const bytes = typeof contents === 'string' ? new TextEncoder().encode(contents) : contents;
  let at = 0;
  return (length) => {
    const part = bytes.subarray(at, at + length);
    at += part.length;
    return part;
  };
};

/** An output stream that keeps what is written, up to `limit` bytes; then the guest sees ENOSPC. */
export class CapturedOutput {
  #bytes: Uint8Array = new Uint8Array(256);
  #length = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  readonly write: OutputStream = (bytes) => {
    const end = this.#length + bytes.length;
    if (end > this.#limit) return Errno.ENOSPC;
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(end, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = end;
    return 0;
  };

  get bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

/** The devices every program may count on, for `/dev`. */
export const devices = (random: RandomSource): Readonly<Record<string, DeviceNode>> => {
  const fill = (length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    random(bytes);
    return bytes;
  };
  const swallow = (bytes: Uint8Array): number => bytes.length;
  return {
    null: device(3n, () => NOTHING, swallow),
    zero: device(5n, (length) => new Uint8Array(length), swallow),
    full: device(
      7n,
      (length) => new Uint8Array(length),
      () => Errno.ENOSPC,
    ),
    random: device(8n, fill, swallow),
    urandom: device(9n, fill, swallow),
  };
};

const device = (
  inode: bigint,
  read: (length: number) => OrErrno<Uint8Array>,
  write: (bytes: Uint8Array) => number,
): DeviceNode => {
  const stat = (): FileStat => ({ ...streamStat('device', inode), mode: 0o666 });
  const open = (_access: Access): OpenFile => ({ seekable: false, stat, read, write });
  return { type: 'device', stat, open };
};
