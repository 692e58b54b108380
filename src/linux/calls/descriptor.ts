import {
  O_ACCMODE,
  O_CLOEXEC,
  O_NONBLOCK,
  O_RDONLY,
  O_WRONLY,
  SEEK_CUR,
  SEEK_END,
  SEEK_SET,
} from '../constants.ts';
import { Description, MAX_DESCRIPTORS } from '../descriptors.ts';
import { Errno, type OrErrno } from '../errno.ts';
import type { Kernel } from '../kernel.ts';
import { directoryEntryLayout } from '../layouts.ts';
import { makePipe } from '../pipe.ts';
import { Struct } from '../struct.ts';
import { call, type SystemCall } from '../system-call.ts';
import { ioctl } from './terminal.ts';

const F_DUPFD = 0;
const F_GETFD = 1;
const F_SETFD = 2;
const F_GETFL = 3;
const F_SETFL = 4;
const F_DUPFD_CLOEXEC = 1030;
const FD_CLOEXEC = 1;
/** F_GETLK, F_SETLK, F_SETLKW; the 64-bit ones of rv32; the open-file-description ones. */
const GET_LOCK: ReadonlySet<number> = new Set([5, 12, 36]);
const SET_LOCK: ReadonlySet<number> = new Set([6, 7, 13, 14, 37, 38]);
const F_UNLCK = 2;

const duplicate = (kernel: Kernel, descriptor: number, from: number, closeOnExec: boolean): number => {
  const description = kernel.descriptors.get(descriptor);
  if (!description) return Errno.EBADF;
  if (from < 0 || from >= MAX_DESCRIPTORS) return Errno.EINVAL;
  return kernel.descriptors.open(description, closeOnExec, from);
};

const fcntl = (kernel: Kernel, descriptor: number, command: number, argument: number): number => {
  const description = kernel.descriptors.get(descriptor);
  if (!description) return Errno.EBADF;
  if (GET_LOCK.has(command)) {
    // Nobody else could hold a lock: l_type, the first field, becomes "unlocked".
    return kernel.user.write(argument, Uint8Array.of(F_UNLCK, 0));
  }
  if (SET_LOCK.has(command)) return kernel.user.readable(argument, 2) ? 0 : Errno.EFAULT;
  switch (command) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
      return duplicate(kernel, descriptor, argument | 0, command === F_DUPFD_CLOEXEC);
    case F_GETFD:
      return kernel.descriptors.closeOnExec(descriptor) ? FD_CLOEXEC : 0;
    case F_SETFD:
      return kernel.descriptors.setCloseOnExec(descriptor, (argument & FD_CLOEXEC) !== 0);
    case F_GETFL:
      return description.flags;
    case F_SETFL:
      description.flags = argument;
      return 0;
    default:
      return Errno.EINVAL;
  }
};

/** The new position, or an errno. Directories keep a position in entries. */
const seek = (kernel: Kernel, descriptor: number, offset: number, whence: number): number => {
  const description = kernel.descriptors.get(descriptor);
  if (!description) return Errno.EBADF;
  if (!description.location && !description.file.seekable) return Errno.ESPIPE;
  let base = 0;
  if (whence === SEEK_CUR) base = description.position;
  else if (whence === SEEK_END) {
    const stat = description.file.stat();
    if (typeof stat === 'number') return stat;
    base = stat.size;
  } else if (whence !== SEEK_SET) return Errno.EINVAL;
  const position = base + offset;
  if (position < 0) return Errno.EINVAL;
  if (position > Number.MAX_SAFE_INTEGER) return Errno.EOVERFLOW;
  description.position = position;
  // rewinddir looks at the directory afresh.
  if (position === 0) description.listing = undefined;
  return position;
};

/** rv32: the offset in two halves, the result through a pointer. */
const seekLarge = (
  kernel: Kernel,
  descriptor: number,
  high: number,
  low: number,
  result: number,
  whence: number,
): number => {
  const position = seek(kernel, descriptor, (high | 0) * 2 ** 32 + low, whence);
  return position < 0 ? position : kernel.user.write(result, new Struct(32, 8).u64(position).bytes);
};

/** An open directory's entries with `.` and `..`, as they were when its reading began. */
const listing = (kernel: Kernel, description: Description): OrErrno<NonNullable<Description['listing']>> => {
  const { location } = description;
  if (!location) return Errno.ENOTDIR;
  if (description.listing) return description.listing;
  const entries = kernel.mounts.list(location);
  if (typeof entries === 'number') return entries;
  const dots = (['.', '..'] as const).map((name) => ({ name, type: 'directory' as const, inode: 1n }));
  description.listing = [...dots, ...entries];
  return description.listing;
};

const getDirectoryEntries = (kernel: Kernel, descriptor: number, address: number, length: number): number => {
  const description = kernel.reader(descriptor);
  if (typeof description === 'number') return description;
  const entries = listing(kernel, description);
  if (typeof entries === 'number') return entries;
  let done = 0;
  while (description.position < entries.length) {
    const entry = entries[description.position];
    if (!entry) break;
    const bytes = directoryEntryLayout(entry.inode, description.position + 1, entry.type, entry.name);
    if (done + bytes.length > length) return done || Errno.EINVAL;
    if (kernel.user.write(address + done, bytes) !== 0) return done || Errno.EFAULT;
    done += bytes.length;
    description.position++;
  }
  return done;
};

const pipe = (kernel: Kernel, address: number, flags: number): number => {
  if ((flags & ~(O_CLOEXEC | O_NONBLOCK)) !== 0) return Errno.EINVAL;
  if (!kernel.user.writable(address, 8)) return Errno.EFAULT;
  const { reader, writer } = makePipe(kernel.nextPipe());
  const closeOnExec = (flags & O_CLOEXEC) !== 0;
  const open = (file: typeof reader, access: number): number =>
    kernel.descriptors.open(
      new Description(file, { flags: access | (flags & O_NONBLOCK), device: 0 }),
      closeOnExec,
    );
  const input = open(reader, O_RDONLY);
  if (input < 0) return input;
  const output = open(writer, O_WRONLY);
  if (output < 0) {
    kernel.descriptors.close(input);
    return output;
  }
  return kernel.user.write(address, new Struct(32, 8).u32(input, output).bytes);
};

const truncate = (kernel: Kernel, descriptor: number, size: number): number => {
  const description = kernel.descriptors.get(descriptor);
  if (!description) return Errno.EBADF;
  if (size < 0 || !description.writable || description.location) return Errno.EINVAL;
  return description.file.truncate?.(size) ?? Errno.EINVAL;
};

const synchronize = (kernel: Kernel, descriptor: number): number => {
  const description = kernel.descriptors.get(descriptor);
  return description ? (description.file.sync?.() ?? 0) : Errno.EBADF;
};

const closeRange = (kernel: Kernel, first: number, last: number, flags: number): number => {
  /** CLOSE_RANGE_CLOEXEC; nothing is shared, so CLOSE_RANGE_UNSHARE (2) changes nothing. */
  const onExec = 4;
  if (first > last || (flags & ~6) !== 0) return Errno.EINVAL;
  for (const descriptor of kernel.descriptors) {
    if (descriptor < first || descriptor > last) continue;
    if ((flags & onExec) !== 0) kernel.descriptors.setCloseOnExec(descriptor, true);
    else kernel.descriptors.close(descriptor);
  }
  return 0;
};

const valid = (kernel: Kernel, descriptor: number): number =>
  kernel.descriptors.get(descriptor) ? 0 : Errno.EBADF;

/** Calls on open descriptors, except for reading and writing. */
export const descriptorCalls: readonly SystemCall[] = [
  call(23, 'dup', ['int'], (kernel, descriptor) => duplicate(kernel, descriptor, 0, false)),
  call(24, 'dup3', ['int', 'int', 'int'], (kernel, descriptor, target, flags) => {
    const description = kernel.descriptors.get(descriptor);
    if (descriptor === target || (flags & ~O_CLOEXEC) !== 0) return Errno.EINVAL;
    if (!description) return Errno.EBADF;
    return kernel.descriptors.replace(target, description, flags !== 0);
  }),
  call(25, 'fcntl', ['int', 'int', 'address'], fcntl),
  call(29, 'ioctl', ['int', 'uint', 'address'], ioctl),
  call(32, 'flock', ['int', 'int'], valid),
  call(46, 'ftruncate', ['int', 'offset'], truncate),
  call(
    47,
    'fallocate',
    ['int', 'int', 'offset', 'offset'],
    (kernel, descriptor) => valid(kernel, descriptor) || Errno.EOPNOTSUPP,
  ),
  call(57, 'close', ['int'], (kernel, descriptor) => kernel.descriptors.close(descriptor)),
  call(59, 'pipe2', ['address', 'int'], pipe),
  call(61, 'getdents64', ['int', 'address', 'uint'], getDirectoryEntries),
  call(62, 'lseek', ['int', 'long', 'int'], seek, 64),
  call(62, '_llseek', ['int', 'uint', 'uint', 'address', 'int'], seekLarge, 32),
  call(81, 'sync', [], () => 0),
  call(82, 'fsync', ['int'], synchronize),
  call(83, 'fdatasync', ['int'], synchronize),
  call(223, 'fadvise64', ['int'], (kernel, descriptor) => valid(kernel, descriptor)),
  call(267, 'syncfs', ['int'], valid),
  call(436, 'close_range', ['uint', 'uint', 'uint'], closeRange),
];

/** Read and write access of a description as its open flags say it. */
export const accessOf = (flags: number): { read: boolean; write: boolean } => ({
  read: (flags & O_ACCMODE) !== O_WRONLY,
  write: (flags & O_ACCMODE) !== O_RDONLY,
});
