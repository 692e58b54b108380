import { IOV_MAX, MAX_TRANSFER } from '../constants.ts';
import type { Description } from '../descriptors.ts';
import { Errno } from '../errno.ts';
import type { Kernel } from '../kernel.ts';
import { STREAM_TRANSFER } from '../streams.ts';
import { call, type SystemCall } from '../system-call.ts';
import type { IoVector } from '../user-memory.ts';

/** Bytes that pass through host memory at a time, so that a guest's length allocates nothing large. */
const CHUNK = 2 ** 20;

/** Reads into guest memory at a position; answers the bytes moved or an errno if there were none. */
const readAt = (
  kernel: Kernel,
  { file }: Description,
  address: number,
  length: number,
  position: number,
): number => {
  let done = 0;
  const total = Math.min(length, MAX_TRANSFER);
  while (done < total) {
    // Nothing may be taken from a stream that can't be delivered, so the target is looked at first.
    let wanted = Math.min(total - done, file.seekable ? CHUNK : STREAM_TRANSFER);
    if (!kernel.user.writable(address + done, wanted)) {
      wanted = writablePrefix(kernel, address + done, wanted);
      if (wanted === 0) return done || Errno.EFAULT;
    }
    const bytes = file.read(wanted, position + done);
    if (typeof bytes === 'number') return done || bytes;
    kernel.user.write(address + done, bytes);
    done += bytes.length;
    if (bytes.length < wanted || !file.seekable) break;
  }
  return done;
};

/** How many bytes from `address` on can be written, up to `length`; found by bisection. */
const writablePrefix = (kernel: Kernel, address: number, length: number): number => {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (kernel.user.writable(address, middle)) low = middle;
    else high = middle - 1;
  }
  return low;
};

/** Writes from guest memory at a position; answers the bytes moved or an errno if there were none. */
const writeAt = (
  kernel: Kernel,
  { file }: Description,
  address: number,
  length: number,
  position: number,
): number => {
  let done = 0;
  const total = Math.min(length, MAX_TRANSFER);
  while (done < total) {
    const wanted = Math.min(total - done, CHUNK);
    const bytes = kernel.user.read(address + done, wanted);
    if (!bytes) return done || Errno.EFAULT;
    const written = file.write(bytes, position + done);
    if (written < 0) return done || written;
    done += written;
    if (written < wanted) break;
  }
  return done;
};

type Transfer = typeof readAt;

/** Moves the vectors one after the other until one comes short. */
const each = (
  kernel: Kernel,
  description: Description,
  vectors: readonly IoVector[],
  position: number,
  move: Transfer,
): number => {
  let done = 0;
  for (const { address, length } of vectors) {
    const moved = move(kernel, description, address, length, position + done);
    if (moved < 0) return done || moved;
    done += moved;
    if (moved < length) break;
  }
  return done;
};

/** At the description's own position, which moves along. */
const sequentialRead = (kernel: Kernel, descriptor: number, vectors: readonly IoVector[]): number => {
  const description = kernel.reader(descriptor);
  if (typeof description === 'number') return description;
  if (description.location) return Errno.EISDIR;
  const done = each(kernel, description, vectors, description.position, readAt);
  if (done > 0 && description.file.seekable) description.position += done;
  return done;
};

const sequentialWrite = (kernel: Kernel, descriptor: number, vectors: readonly IoVector[]): number => {
  const description = kernel.writer(descriptor);
  if (typeof description === 'number') return description;
  if (description.append && description.file.seekable) {
    const stat = description.file.stat();
    if (typeof stat === 'number') return stat;
    description.position = stat.size;
  }
  const done = each(kernel, description, vectors, description.position, writeAt);
  if (done > 0 && description.file.seekable) description.position += done;
  return done;
};

/** At a position of the call's own. */
const positioned = (
  kernel: Kernel,
  description: Description | number,
  vectors: readonly IoVector[],
  position: number,
  move: Transfer,
): number => {
  if (typeof description === 'number') return description;
  if (position < 0) return Errno.EINVAL;
  if (description.location) return Errno.EISDIR;
  if (!description.file.seekable) return Errno.ESPIPE;
  return each(kernel, description, vectors, position, move);
};

type Vectored = (vectors: readonly IoVector[]) => number;

const withVectors = (kernel: Kernel, address: number, count: number, action: Vectored): number => {
  if (count > IOV_MAX) return Errno.EINVAL;
  const vectors = kernel.user.readVectors(address, count);
  return typeof vectors === 'number' ? vectors : action(vectors);
};

/** preadv and pwritev pass the position as two longs on both widths; rv64 ignores the second. */
const position = (kernel: Kernel, lowPart: number, highPart: number): number =>
  kernel.width === 64 ? lowPart : highPart * 2 ** 32 + (lowPart >>> 0);

/** RWF_* flags of preadv2 and pwritev2 are refused, so that programs fall back to the calls without. */
const vectoredAt = (
  kernel: Kernel,
  descriptor: number,
  address: number,
  count: number,
  at: number,
  flags: number,
  reading: boolean,
): number => {
  if (flags !== 0) return Errno.EOPNOTSUPP;
  const description = reading ? kernel.reader(descriptor) : kernel.writer(descriptor);
  const move = reading ? readAt : writeAt;
  return withVectors(kernel, address, count, (vectors) => positioned(kernel, description, vectors, at, move));
};

/** read, write and their relatives. */
export const transferCalls: readonly SystemCall[] = [
  call(63, 'read', ['int', 'address', 'size'], (kernel, descriptor, address, length) =>
    sequentialRead(kernel, descriptor, [{ address, length }]),
  ),
  call(64, 'write', ['int', 'address', 'size'], (kernel, descriptor, address, length) =>
    sequentialWrite(kernel, descriptor, [{ address, length }]),
  ),
  call(65, 'readv', ['int', 'address', 'size'], (kernel, descriptor, address, count) =>
    withVectors(kernel, address, count, (vectors) => sequentialRead(kernel, descriptor, vectors)),
  ),
  call(66, 'writev', ['int', 'address', 'size'], (kernel, descriptor, address, count) =>
    withVectors(kernel, address, count, (vectors) => sequentialWrite(kernel, descriptor, vectors)),
  ),
  call(67, 'pread64', ['int', 'address', 'size', 'offset'], (kernel, descriptor, address, length, at) =>
    positioned(kernel, kernel.reader(descriptor), [{ address, length }], at, readAt),
  ),
  call(68, 'pwrite64', ['int', 'address', 'size', 'offset'], (kernel, descriptor, address, length, at) =>
    positioned(kernel, kernel.writer(descriptor), [{ address, length }], at, writeAt),
  ),
  call(
    69,
    'preadv',
    ['int', 'address', 'size', 'long', 'long'],
    (kernel, descriptor, address, count, low, high) =>
      vectoredAt(kernel, descriptor, address, count, position(kernel, low, high), 0, true),
  ),
  call(
    70,
    'pwritev',
    ['int', 'address', 'size', 'long', 'long'],
    (kernel, descriptor, address, count, low, high) =>
      vectoredAt(kernel, descriptor, address, count, position(kernel, low, high), 0, false),
  ),
  call(
    286,
    'preadv2',
    ['int', 'address', 'size', 'long', 'long', 'int'],
    (kernel, descriptor, address, count, low, high, flags) =>
      vectoredAt(kernel, descriptor, address, count, position(kernel, low, high), flags, true),
  ),
  call(
    287,
    'pwritev2',
    ['int', 'address', 'size', 'long', 'long', 'int'],
    (kernel, descriptor, address, count, low, high, flags) =>
      vectoredAt(kernel, descriptor, address, count, position(kernel, low, high), flags, false),
  ),
];
