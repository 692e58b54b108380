import * as fs from 'node:fs';
import { Errno, type OrErrno } from '../linux/errno.ts';
import type { Access, FileStat, FileTimes, FileType, OpenFile } from '../linux/file-system.ts';
import { errnoOf } from './host-path.ts';

const { O_RDONLY, O_WRONLY, O_RDWR, O_APPEND, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = fs.constants;

/** Host open flags: links are not followed, and opening a pipe or a device must not block. */
export const openFlags = (access: Access): number => {
  const direction = access.write ? (access.read ? O_RDWR : O_WRONLY) : O_RDONLY;
  return direction | (access.append ? O_APPEND : 0) | O_NOFOLLOW | O_NONBLOCK;
};

export const typeOf = (stats: fs.BigIntStats | fs.Dirent): FileType => {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  if (stats.isSymbolicLink()) return 'symlink';
  return stats.isFIFO() ? 'fifo' : 'device';
};

/** The host's numbers; owner and group are the guest's own, and so the owner's permissions count. */
export const toStat = (stats: fs.BigIntStats, writable: boolean): FileStat => ({
  type: typeOf(stats),
  mode: Number(stats.mode) & (writable ? 0o777 : 0o555),
  size: Number(stats.size),
  inode: stats.ino,
  links: Number(stats.nlink),
  accessed: stats.atimeNs,
  modified: stats.mtimeNs,
  changed: stats.ctimeNs,
});

/** Runs a host operation; an exception becomes its errno. */
export const attempt = <T>(operation: () => T): T | number => {
  try {
    return operation();
  } catch (error) {
    return errnoOf(error);
  }
};

const NANOSECONDS = 1e9;

/** Seconds for utimes; what the guest leaves out keeps its value. */
export const seconds = (time: bigint | undefined, current: bigint): number =>
  Number(time ?? current) / NANOSECONDS;

export interface HostFileOptions {
  readonly writable: boolean;
  readonly append: boolean;
  /** Largest size in bytes that the guest may give the file. */
  readonly maxFileSize: number;
}

/** A host descriptor as an open file. Takes it over: closes it, also when it turns out to be no regular file. */
export const hostFile = (descriptor: number, options: HostFileOptions): OrErrno<OpenFile> => {
  const { writable, append, maxFileSize } = options;
  const stat = (): OrErrno<FileStat> =>
    attempt(() => toStat(fs.fstatSync(descriptor, { bigint: true }), writable));
  const first = stat();
  if (typeof first === 'number' || first.type !== 'file') {
    fs.closeSync(descriptor);
    return typeof first === 'number' ? first : Errno.EACCES;
  }
  const guarded = (operation: () => number): number => (writable ? attempt(operation) : Errno.EROFS);
  let open = true;
  return {
    seekable: true,
    stat,
    read: (length, position) =>
      attempt(() => {
        // No file is that long, and node:fs takes no larger position.
        if (position > Number.MAX_SAFE_INTEGER) return new Uint8Array(0);
        const buffer = new Uint8Array(length);
        return buffer.subarray(0, fs.readSync(descriptor, buffer, 0, length, position));
      }),
    write: (bytes, position) =>
      guarded(() => {
        if (bytes.length === 0) return 0;
        if (position + bytes.length > maxFileSize) return Errno.EFBIG;
        return fs.writeSync(descriptor, bytes, 0, bytes.length, append ? null : position);
      }),
    truncate: (size) =>
      guarded(() => {
        if (size > maxFileSize) return Errno.EFBIG;
        fs.ftruncateSync(descriptor, size);
        return 0;
      }),
    sync: () =>
      attempt(() => {
        fs.fsyncSync(descriptor);
        return 0;
      }),
    setMode: (mode) =>
      guarded(() => {
        fs.fchmodSync(descriptor, mode & 0o777);
        return 0;
      }),
    setTimes: (times: FileTimes) =>
      guarded(() => {
        const stats = fs.fstatSync(descriptor, { bigint: true });
        fs.futimesSync(
          descriptor,
          seconds(times.accessed, stats.atimeNs),
          seconds(times.modified, stats.mtimeNs),
        );
        return 0;
      }),
    close: () => {
      if (open) fs.closeSync(descriptor);
      open = false;
    },
  };
};
