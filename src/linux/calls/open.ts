import {
  O_APPEND,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_LARGEFILE,
  O_NOFOLLOW,
  O_PATH,
  O_TMPFILE_BIT,
  O_TRUNC,
} from '../constants.ts';
import { Description } from '../descriptors.ts';
import { Errno, type OrErrno } from '../errno.ts';
import type { Access, Attributes, OpenFile } from '../file-system.ts';
import type { Kernel } from '../kernel.ts';
import { type DirectoryLocation, isDirectory, type Location } from '../mounts.ts';
import { accessOf } from './descriptor.ts';

/** Flags that only matter while opening; F_GETFL doesn't show them. */
const OPENING = O_CREAT | O_EXCL | O_TRUNC | O_CLOEXEC;

/** What O_PATH leaves of the other flags. */
const WITH_PATH = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

export const openAt = (
  kernel: Kernel,
  descriptor: number,
  path: string,
  given: number,
  mode: number,
): number => {
  const flags = (given & O_PATH) !== 0 ? given & WITH_PATH : given;
  if ((flags & O_TMPFILE_BIT) !== 0) return Errno.EOPNOTSUPP;
  const base = kernel.base(descriptor, path);
  if (typeof base === 'number') return base;
  const follow = (flags & O_NOFOLLOW) === 0 && (flags & (O_CREAT | O_EXCL)) !== (O_CREAT | O_EXCL);
  const walk = kernel.mounts.walk(base, path, follow);
  if (typeof walk === 'number') return walk;
  if (walk.found) return openExisting(kernel, walk.found, flags);
  if ((flags & O_CREAT) === 0) return Errno.ENOENT;
  if (walk.trailingSlash) return Errno.EISDIR;
  if ((flags & O_DIRECTORY) !== 0) return Errno.EINVAL;
  const permissions = mode & 0o777 & ~kernel.umask;
  const { device, node } = walk.directory;
  return place(
    kernel,
    node.createFile?.(walk.name, permissions, access(flags)) ?? Errno.EROFS,
    flags,
    device,
  );
};

const openExisting = (kernel: Kernel, found: Location, flags: number): number => {
  if ((flags & (O_CREAT | O_EXCL)) === (O_CREAT | O_EXCL)) return Errno.EEXIST;
  if (isDirectory(found)) return openDirectory(kernel, found, flags);
  if ((flags & O_DIRECTORY) !== 0) return Errno.ENOTDIR;
  const { node, device } = found;
  if ((flags & O_PATH) !== 0) return place(kernel, attributesOnly(node), flags, device);
  // A link is only found when it may not be followed; directories are done above.
  if (node.type === 'symlink' || node.type === 'directory') return Errno.ELOOP;
  return place(kernel, node.open(access(flags)), flags, device);
};

const openDirectory = (kernel: Kernel, location: DirectoryLocation, flags: number): number => {
  if (accessOf(flags).write || (flags & (O_CREAT | O_TRUNC)) !== 0) return Errno.EISDIR;
  return place(kernel, attributesOnly(location.node), flags, location.device, location);
};

const access = (flags: number): Access => ({
  ...accessOf(flags),
  append: (flags & O_APPEND) !== 0,
  truncate: (flags & O_TRUNC) !== 0,
});

/** An open directory, or a file opened with O_PATH. */
const attributesOnly = (node: Attributes): OpenFile => ({
  seekable: false,
  stat: () => node.stat(),
  setMode: (mode) => node.setMode?.(mode) ?? Errno.EPERM,
  setTimes: (times) => node.setTimes?.(times) ?? Errno.EPERM,
  read: () => Errno.EISDIR,
  write: () => Errno.EBADF,
});

const place = (
  kernel: Kernel,
  file: OrErrno<OpenFile>,
  flags: number,
  device: number,
  location?: DirectoryLocation,
): number => {
  if (typeof file === 'number') return file;
  const kept = (flags & ~OPENING) | O_LARGEFILE;
  const description = new Description(
    file,
    location ? { flags: kept, device, location } : { flags: kept, device },
  );
  return kernel.descriptors.open(description, (flags & O_CLOEXEC) !== 0);
};
