import type { Placement } from '../address-space.ts';
import {
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_FIXED_NOREPLACE,
  MAP_PRIVATE,
  MAP_SHARED,
  MAP_SHARED_VALIDATE,
  MAP_TYPE,
  MREMAP_DONTUNMAP,
  MREMAP_FIXED,
  MREMAP_MAYMOVE,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
} from '../constants.ts';
import { Errno } from '../errno.ts';
import type { OpenFile } from '../file-system.ts';
import { PAGE_SIZE, pageCeil } from '../guest.ts';
import type { Kernel } from '../kernel.ts';
import { call, type SystemCall } from '../system-call.ts';

const MADV_DONTNEED = 4;
const ADDRESS_SPACE = 2 ** 32;
/** Bytes of a file that are copied into its mapping at a time. */
const CHUNK = 2 ** 20;

const aligned = (address: number): boolean => address % PAGE_SIZE === 0;

/** Whole pages that cover `[address, address + length)`, or EINVAL as for a bad address range. */
const pages = (address: number, length: number): number => {
  const size = pageCeil(length);
  return aligned(address) && address + size <= ADDRESS_SPACE ? size : Errno.EINVAL;
};

const map = (
  kernel: Kernel,
  address: number,
  length: number,
  protection: number,
  flags: number,
  descriptor: number,
  offset: number,
): number => {
  const type = flags & MAP_TYPE;
  if (length === 0 || offset < 0 || !aligned(offset)) return Errno.EINVAL;
  if (type !== MAP_PRIVATE && type !== MAP_SHARED && type !== MAP_SHARED_VALIDATE) return Errno.EINVAL;
  const fixed = (flags & MAP_FIXED) !== 0;
  const keep = (flags & MAP_FIXED_NOREPLACE) !== 0;
  if ((fixed || keep) && !aligned(address)) return Errno.EINVAL;
  if (length > ADDRESS_SPACE) return Errno.ENOMEM;
  // Code is immutable: nothing that was written can become executable.
  if ((protection & PROT_EXEC) !== 0) return Errno.EACCES;
  let file: OpenFile | undefined;
  if ((flags & MAP_ANONYMOUS) === 0) {
    const description = kernel.descriptors.get(descriptor);
    if (!description) return Errno.EBADF;
    if (!description.readable) return Errno.EACCES;
    // Files are mapped by copy, so what is written could not reach the file.
    const writeThrough = type !== MAP_PRIVATE && (protection & PROT_WRITE) !== 0;
    if (!description.file.seekable || writeThrough) return Errno.ENODEV;
    file = description.file;
  }
  const size = pageCeil(length);
  const placement: Placement = { address: address - (address % PAGE_SIZE), fixed: fixed && !keep, keep };
  const accessible = (protection & (PROT_READ | PROT_WRITE)) !== 0 || file !== undefined;
  const mapped = kernel.space.map(size, accessible, placement);
  if (mapped < 0 || !file) return mapped;
  const error = fill(kernel, file, mapped, length, offset);
  if (error !== 0) kernel.space.unmap(mapped, size);
  return error || mapped;
};

/** Copies the file's bytes; what lies behind its end stays zero. */
const fill = (kernel: Kernel, file: OpenFile, address: number, length: number, offset: number): number => {
  for (let done = 0; done < length; ) {
    const wanted = Math.min(CHUNK, length - done);
    const bytes = file.read(wanted, offset + done);
    if (typeof bytes === 'number') return bytes;
    kernel.user.write(address + done, bytes);
    if (bytes.length < wanted) return 0;
    done += bytes.length;
  }
  return 0;
};

const remap = (
  kernel: Kernel,
  address: number,
  oldLength: number,
  newLength: number,
  flags: number,
  target: number,
): number => {
  const mayMove = (flags & MREMAP_MAYMOVE) !== 0;
  const fixed = (flags & MREMAP_FIXED) !== 0;
  if ((flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP)) !== 0) return Errno.EINVAL;
  // Keeping the old pages is for userfaultfd, which there isn't.
  if ((flags & MREMAP_DONTUNMAP) !== 0 || (fixed && !mayMove)) return Errno.EINVAL;
  if (newLength > ADDRESS_SPACE) return Errno.ENOMEM;
  const oldSize = pages(address, oldLength);
  const newSize = pageCeil(newLength);
  if (oldSize <= 0 || newSize === 0) return Errno.EINVAL;
  if (!fixed) return kernel.space.remap(address, oldSize, newSize, mayMove);
  const overlap = target < address + oldSize && address < target + newSize;
  if (!aligned(target) || overlap) return Errno.EINVAL;
  return kernel.space.remap(address, oldSize, newSize, true, target);
};

const protect = (kernel: Kernel, address: number, length: number, protection: number): number => {
  if (!aligned(address)) return Errno.EINVAL;
  const size = pages(address, length);
  if (size < 0) return Errno.ENOMEM;
  if ((protection & PROT_EXEC) !== 0) return Errno.EACCES;
  return kernel.space.protect(address, size, (protection & (PROT_READ | PROT_WRITE)) !== 0);
};

const advise = (kernel: Kernel, address: number, length: number, advice: number): number => {
  const size = pages(address, length);
  if (size < 0) return Errno.EINVAL;
  if (advice === MADV_DONTNEED) return kernel.space.discard(address, size);
  return kernel.space.mapped(address, size) ? 0 : Errno.ENOMEM;
};

/** Locking pages and writing mappings back: everything always is. */
const mappedOnly = (kernel: Kernel, address: number, length: number): number => {
  const size = pages(address - (address % PAGE_SIZE), length + (address % PAGE_SIZE));
  return size >= 0 && kernel.space.mapped(address - (address % PAGE_SIZE), size) ? 0 : Errno.ENOMEM;
};

/** mmap2 counts the file offset in units of 4096 bytes. */
const MMAP2_UNIT = 4096;

const MMAP = ['address', 'size', 'int', 'int', 'int', 'size'] as const;

/** Heap and mappings. */
export const memoryCalls: readonly SystemCall[] = [
  call(214, 'brk', ['address'], (kernel, address) => kernel.space.brk(address)),
  call(215, 'munmap', ['address', 'size'], (kernel, address, length) => {
    const size = pages(address, length);
    return size > 0 ? kernel.space.unmap(address, size) : Errno.EINVAL;
  }),
  call(216, 'mremap', ['address', 'size', 'size', 'int', 'address'], remap),
  call(222, 'mmap', MMAP, map, 64),
  call(
    222,
    'mmap2',
    MMAP,
    (kernel, address, length, protection, flags, descriptor, offset) =>
      map(kernel, address, length, protection, flags, descriptor, offset * MMAP2_UNIT),
    32,
  ),
  call(226, 'mprotect', ['address', 'size', 'int'], protect),
  call(227, 'msync', ['address', 'size', 'int'], mappedOnly),
  call(228, 'mlock', ['address', 'size'], mappedOnly),
  call(229, 'munlock', ['address', 'size'], mappedOnly),
  call(230, 'mlockall', ['int'], () => 0),
  call(231, 'munlockall', [], () => 0),
  call(233, 'madvise', ['address', 'size', 'int'], advise),
];
