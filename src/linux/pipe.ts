import { Errno } from './errno.ts';
import type { FileStat, OpenFile } from './file-system.ts';
import { STREAM_TRANSFER } from './streams.ts';

/** Both ends of a pipe: bytes written to one are read from the other. */
export interface Pipe {
  readonly reader: OpenFile;
  readonly writer: OpenFile;
}

/**
 * A pipe within one process. Where Linux would block (reading while it is empty, writing while it is full) the
 * one thread there is would never come back, so both answer EAGAIN as on a non-blocking pipe.
 */
export const makePipe = (inode: bigint): Pipe => {
  const buffer = new Uint8Array(STREAM_TRANSFER);
  let start = 0;
  let length = 0;
  let readable = true;
  let writable = true;
  const stat = (): FileStat => ({
    type: 'fifo',
    mode: 0o600,
    size: 0,
    inode,
    links: 1,
    accessed: 0n,
    modified: 0n,
    changed: 0n,
  });
  const ready = (): { read: boolean; write: boolean } => ({
    read: length > 0 || !writable,
    write: length < buffer.length || !readable,
  });
  return {
    reader: {
      seekable: false,
      stat,
      ready: () => ({ ...ready(), write: false }),
      read: (wanted) => {
        if (length === 0 && writable && wanted > 0) return Errno.EAGAIN;
        const bytes = new Uint8Array(Math.min(wanted, length));
        for (let i = 0; i < bytes.length; i++) bytes[i] = buffer[(start + i) % buffer.length] as number;
        start = (start + bytes.length) % buffer.length;
        length -= bytes.length;
        return bytes;
      },
      write: () => Errno.EBADF,
      close: () => {
        readable = false;
      },
    },
    writer: {
      seekable: false,
      stat,
      ready: () => ({ ...ready(), read: false }),
      read: () => Errno.EBADF,
      write: (bytes) => {
        if (!readable) return Errno.EPIPE;
        const taken = Math.min(bytes.length, buffer.length - length);
        if (taken === 0 && bytes.length > 0) return Errno.EAGAIN;
        for (let i = 0; i < taken; i++) buffer[(start + length + i) % buffer.length] = bytes[i] as number;
        length += taken;
        return taken;
      },
      close: () => {
        writable = false;
      },
    },
  };
};
