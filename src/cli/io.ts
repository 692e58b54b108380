import { ByteWriter } from '../core/bytes.ts';
import { Errno } from '../linux/errno.ts';
import type { Terminal } from '../linux/process.ts';
import { standardStreams } from '../node/standard-streams.ts';

/** The world outside of a command, so that tests can give it another one. Everything is synchronous. */
export interface Io {
  /** Blocks until there are bytes, at most `maxLength`; none: end of input; a negative number: an errno. */
  readonly stdin: (maxLength: number) => Uint8Array | number;
  /** Write everything; a negative number is an errno. */
  readonly stdout: (bytes: Uint8Array) => number;
  readonly stderr: (bytes: Uint8Array) => number;
  /** Present if at least one of the streams is a terminal. */
  readonly terminal?: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** This process's own streams and environment. */
export const processIo = (): Io => ({ ...standardStreams(), env: process.env });

export const isTerminal = ({ terminal }: Io, descriptor: 0 | 1 | 2): boolean =>
  terminal?.descriptors?.includes(descriptor) === true;

/** Nobody reads stdout any more (`riscbox … | head`): the command ends without a word, as other tools do. */
export class BrokenPipe extends Error {
  override readonly name = 'BrokenPipe';
}

/** Writes bytes to stdout. Throws BrokenPipe, StreamError. */
export const writeOut = (io: Io, bytes: Uint8Array): void => {
  const answer = io.stdout(bytes);
  if (answer === Errno.EPIPE) throw new BrokenPipe();
  if (answer < 0) throw new StreamError('stdout', answer);
};

/** Bytes that one read of stdin asks for. */
const READ_LENGTH = 1 << 16;

/** Everything on stdin. Throws StreamError. */
export const readIn = (io: Io): Uint8Array => {
  const writer = new ByteWriter(READ_LENGTH);
  for (;;) {
    const bytes = io.stdin(READ_LENGTH);
    if (typeof bytes === 'number') throw new StreamError('stdin', bytes);
    if (bytes.length === 0) return writer.finish();
    writer.bytes(bytes);
  }
};

/** A stream that can't be read or written. */
export class StreamError extends Error {
  override readonly name = 'StreamError';
  readonly errno: number;

  constructor(stream: 'stdin' | 'stdout', errno: number) {
    super(`${stream} cannot be ${stream === 'stdin' ? 'read' : 'written'}`);
    this.errno = errno;
  }
}

const encoder = new TextEncoder();

/** One line on stderr. What can't be written there has no other place to go. */
export const writeError = (io: Io, line: string): void => {
  io.stderr(encoder.encode(`${line}\n`));
};

/** Characters that are collected before they are written: a listing can have millions of lines. */
const CHUNK = 1 << 16;

/** Lines for stdout, written in large pieces. */
export class Lines {
  readonly #io: Io;
  #text = '';

  constructor(io: Io) {
    this.#io = io;
  }

  line(text = ''): void {
    this.#text += `${text}\n`;
    if (this.#text.length >= CHUNK) this.flush();
  }

  flush(): void {
    if (this.#text !== '') writeOut(this.#io, encoder.encode(this.#text));
    this.#text = '';
  }
}

/** Writes one value as JSON, indented when people look at it. */
export const writeJson = (io: Io, value: unknown): void => {
  writeOut(io, encoder.encode(`${toJson(value, isTerminal(io, 1) ? 2 : 0)}\n`));
};

/** One line of JSON, or more with an indentation. */
export const toJson = (value: unknown, indent: number = 0): string =>
  // JSON itself escapes the other control characters.
  JSON.stringify(value, plain, indent).replace(
    /[\u007f-\u009f]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Integers that a double can't hold become text, so that no reader rounds them. */
const plain = (_key: string, value: unknown): unknown => {
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
};
