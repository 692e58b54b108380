import * as fs from 'node:fs';
import { isatty } from 'node:tty';
import { Errno } from '../linux/errno.ts';
import type { Terminal } from '../linux/process.ts';
import { errnoOf } from './host-path.ts';

/** The three standard streams in the form that `LinuxOptions` takes. */
export interface StandardStreams {
  readonly stdin: (maxLength: number) => Uint8Array | number;
  readonly stdout: (bytes: Uint8Array) => number;
  readonly stderr: (bytes: Uint8Array) => number;
  /** Present if at least one of the streams is a terminal. */
  readonly terminal?: Terminal;
}

/** Milliseconds until a stream that would block is tried again. */
const RETRY = 5;

const pause = (): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY);
};

/** Tries until the stream no longer says EAGAIN: Node makes some pipes and terminals non-blocking. */
const blocking = (operation: () => number): number => {
  for (;;) {
    try {
      return operation();
    } catch (error) {
      const errno = errnoOf(error);
      if (errno !== Errno.EAGAIN && errno !== Errno.EINTR) throw error;
      pause();
    }
  }
};

const read = (descriptor: number, maxLength: number): Uint8Array | number => {
  const buffer = new Uint8Array(maxLength);
  try {
    return buffer.subarray(
      0,
      blocking(() => fs.readSync(descriptor, buffer, 0, maxLength, null)),
    );
  } catch (error) {
    // How Windows says that a pipe has ended.
    return (error as NodeJS.ErrnoException).code === 'EOF' ? new Uint8Array(0) : errnoOf(error);
  }
};

/** Writes everything, or answers the errno (EPIPE when nobody reads any more). */
const write = (descriptor: number, bytes: Uint8Array): number => {
  try {
    for (let done = 0; done < bytes.length; ) done += blocking(() => fs.writeSync(descriptor, bytes, done));
    return bytes.length;
  } catch (error) {
    return errnoOf(error);
  }
};

/** This process's own stdin, stdout and stderr, read and written synchronously. */
export const standardStreams = (): StandardStreams => {
  // Not process.stdin: merely looking at it makes Node begin to read.
  const descriptors = ([0, 1, 2] as const).filter((descriptor) => isatty(descriptor));
  const { columns = 80, rows = 24 } = process.stdout.isTTY ? process.stdout : process.stderr;
  return {
    stdin: (maxLength) => read(0, maxLength),
    stdout: (bytes) => write(1, bytes),
    stderr: (bytes) => write(2, bytes),
    ...(descriptors.length > 0 ? { terminal: { columns, rows, descriptors } } : {}),
  };
};
