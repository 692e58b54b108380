import {
  AT_EACCESS,
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_NO_AUTOMOUNT,
  AT_REMOVEDIR,
  AT_STATX_SYNC_TYPE,
  AT_SYMLINK_FOLLOW,
  AT_SYMLINK_NOFOLLOW,
  PATH_MAX,
  RENAME_EXCHANGE,
  RENAME_NOREPLACE,
  RENAME_WHITEOUT,
  UTIME_NOW,
  UTIME_OMIT,
} from '../constants.ts';
import { Errno, type OrErrno } from '../errno.ts';
import type { Attributes, FileStat, FileTimes } from '../file-system.ts';
import type { Kernel } from '../kernel.ts';
import { statLayout, statxLayout } from '../layouts.ts';
import { isDirectory, type Walk } from '../mounts.ts';
import { call, type SystemCall } from '../system-call.ts';
import { openAt } from './open.ts';

interface Target {
  readonly attributes: Attributes;
  readonly device: number;
}

/** What a descriptor and a path name together, for calls that read or set attributes. */
const target = (
  kernel: Kernel,
  descriptor: number,
  path: string | undefined,
  flags: number,
): OrErrno<Target> => {
  if (path === undefined || (path === '' && (flags & AT_EMPTY_PATH) !== 0)) {
    if (descriptor === AT_FDCWD) return { attributes: kernel.cwd.node, device: kernel.cwd.device };
    const description = kernel.descriptors.get(descriptor);
    return description ? { attributes: description.file, device: description.device } : Errno.EBADF;
  }
  const base = kernel.base(descriptor, path);
  if (typeof base === 'number') return base;
  const found = kernel.mounts.find(base, path, (flags & AT_SYMLINK_NOFOLLOW) === 0);
  return typeof found === 'number' ? found : { attributes: found.node, device: found.device };
};

type WriteStat = (stat: FileStat, device: number) => Uint8Array;

const writeStat = (kernel: Kernel, found: OrErrno<Target>, address: number, layout: WriteStat): number => {
  if (typeof found === 'number') return found;
  const stat = found.attributes.stat();
  return typeof stat === 'number' ? stat : kernel.user.write(address, layout(stat, found.device));
};

const statAt = (
  kernel: Kernel,
  descriptor: number,
  path: string | undefined,
  address: number,
  flags: number,
): number => {
  if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH)) !== 0) return Errno.EINVAL;
  return writeStat(kernel, target(kernel, descriptor, path, flags), address, (stat, device) =>
    statLayout(kernel.width, stat, device),
  );
};

const statx = (
  kernel: Kernel,
  descriptor: number,
  path: string | undefined,
  flags: number,
  _mask: number,
  address: number,
): number => {
  const known = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE;
  if ((flags & ~known) !== 0) return Errno.EINVAL;
  return writeStat(kernel, target(kernel, descriptor, path, flags), address, statxLayout);
};

/** R_OK 4, W_OK 2, X_OK 1 against the owner's permissions. */
const access = (kernel: Kernel, descriptor: number, path: string, mode: number, flags = 0): number => {
  if ((mode & ~7) !== 0 || (flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) !== 0)
    return Errno.EINVAL;
  const found = target(kernel, descriptor, path, flags);
  if (typeof found === 'number') return found;
  const stat = found.attributes.stat();
  if (typeof stat === 'number') return stat;
  return ((stat.mode >> 6) & mode) === mode ? 0 : Errno.EACCES;
};

/** Resolves the place of a name that is about to be made, removed or renamed; its last link isn't followed. */
const place = (kernel: Kernel, descriptor: number, path: string): OrErrno<Walk> => {
  const base = kernel.base(descriptor, path);
  return typeof base === 'number' ? base : kernel.mounts.walk(base, path, false);
};

const makeDirectory = (kernel: Kernel, descriptor: number, path: string, mode: number): number => {
  const at = place(kernel, descriptor, path);
  if (typeof at === 'number') return at;
  if (at.found) return Errno.EEXIST;
  return at.directory.node.createDirectory?.(at.name, mode & 0o777 & ~kernel.umask) ?? Errno.EROFS;
};

const unlink = (kernel: Kernel, descriptor: number, path: string, flags: number): number => {
  if ((flags & ~AT_REMOVEDIR) !== 0) return Errno.EINVAL;
  const at = place(kernel, descriptor, path);
  if (typeof at === 'number') return at;
  const wantsDirectory = (flags & AT_REMOVEDIR) !== 0;
  if (!at.found) return Errno.ENOENT;
  if (!wantsDirectory && isDirectory(at.found)) return Errno.EISDIR;
  if (at.name === '')
    return path.endsWith('..') ? Errno.ENOTEMPTY : at.found.parent ? Errno.EINVAL : Errno.EBUSY;
  if (kernel.mounts.isMountPoint(at.found)) return Errno.EBUSY;
  const directory = at.directory.node;
  return (
    (wantsDirectory ? directory.removeDirectory?.(at.name) : directory.removeFile?.(at.name)) ?? Errno.EROFS
  );
};

const rename = (
  kernel: Kernel,
  oldDescriptor: number,
  oldPath: string,
  newDescriptor: number,
  newPath: string,
  flags: number,
): number => {
  if ((flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE | RENAME_WHITEOUT)) !== 0) return Errno.EINVAL;
  if ((flags & (RENAME_EXCHANGE | RENAME_WHITEOUT)) !== 0) return Errno.EINVAL;
  const from = place(kernel, oldDescriptor, oldPath);
  if (typeof from === 'number') return from;
  const to = place(kernel, newDescriptor, newPath);
  if (typeof to === 'number') return to;
  if (from.directory.fileSystem !== to.directory.fileSystem) return Errno.EXDEV;
  if (from.name === '' || to.name === '') return Errno.EBUSY;
  if (!from.found) return Errno.ENOENT;
  if (to.found && (flags & RENAME_NOREPLACE) !== 0) return Errno.EEXIST;
  if (to.trailingSlash && !isDirectory(from.found)) return Errno.ENOTDIR;
  if (kernel.mounts.isMountPoint(from.found) || (to.found && kernel.mounts.isMountPoint(to.found)))
    return Errno.EBUSY;
  // A directory can't move into itself.
  for (let at: Walk['directory'] | undefined = to.directory; at; at = at.parent) {
    if (at.node === from.found.node || at.path === from.found.path) return Errno.EINVAL;
  }
  return from.directory.node.rename?.(from.name, to.directory.node, to.name) ?? Errno.EROFS;
};

const makeLink = (kernel: Kernel, contents: string, descriptor: number, path: string): number => {
  if (contents === '') return Errno.ENOENT;
  const at = place(kernel, descriptor, path);
  if (typeof at === 'number') return at;
  if (at.found) return Errno.EEXIST;
  if (at.trailingSlash) return Errno.ENOENT;
  return at.directory.node.createLink?.(at.name, contents) ?? Errno.EROFS;
};

const makeHardLink = (
  kernel: Kernel,
  oldDescriptor: number,
  oldPath: string,
  newDescriptor: number,
  newPath: string,
  flags: number,
): number => {
  if ((flags & ~AT_SYMLINK_FOLLOW) !== 0) return Errno.EINVAL;
  const base = kernel.base(oldDescriptor, oldPath);
  if (typeof base === 'number') return base;
  const from = kernel.mounts.find(base, oldPath, (flags & AT_SYMLINK_FOLLOW) !== 0);
  if (typeof from === 'number') return from;
  const to = place(kernel, newDescriptor, newPath);
  if (typeof to === 'number') return to;
  if (to.found) return Errno.EEXIST;
  if (from.fileSystem !== to.directory.fileSystem) return Errno.EXDEV;
  if (isDirectory(from)) return Errno.EPERM;
  return to.directory.node.link?.(to.name, from.node) ?? Errno.EPERM;
};

const readLink = (
  kernel: Kernel,
  descriptor: number,
  path: string,
  address: number,
  length: number,
): number => {
  if (length <= 0) return Errno.EINVAL;
  const base = kernel.base(descriptor, path);
  if (typeof base === 'number') return base;
  const found = kernel.mounts.find(base, path, false);
  if (typeof found === 'number') return found;
  if (found.node.type !== 'symlink') return Errno.EINVAL;
  const contents = found.node.readLink();
  if (typeof contents === 'number') return contents;
  const bytes = new TextEncoder().encode(contents).subarray(0, length);
  return kernel.user.write(address, bytes) || bytes.length;
};

const currentDirectory = (kernel: Kernel, address: number, size: number): number => {
  const bytes = new TextEncoder().encode(`${kernel.cwd.path}\0`);
  if (bytes.length > PATH_MAX) return Errno.ENAMETOOLONG;
  return size < bytes.length ? Errno.ERANGE : kernel.user.write(address, bytes) || bytes.length;
};

const changeDirectory = (kernel: Kernel, path: string): number => {
  const found = kernel.mounts.find(kernel.cwd, path, true);
  if (typeof found === 'number') return found;
  if (!isDirectory(found)) return Errno.ENOTDIR;
  kernel.cwd = found;
  return 0;
};

const changeMode = (found: OrErrno<Target>, mode: number): number =>
  typeof found === 'number' ? found : (found.attributes.setMode?.(mode & 0o7777) ?? Errno.EPERM);

/** Everything belongs to the process's user already; giving files away needs privileges. */
const changeOwner = (found: OrErrno<Target>, user: number, group: number): number => {
  if (typeof found === 'number') return found;
  return user === -1 && group === -1 ? 0 : Errno.EPERM;
};

const setTimes = (
  kernel: Kernel,
  descriptor: number,
  path: string | undefined,
  address: number,
  flags: number,
): number => {
  if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) !== 0) return Errno.EINVAL;
  const times = readTimes(kernel, address);
  if (typeof times === 'number') return times;
  const found = target(kernel, descriptor, path, flags);
  return typeof found === 'number' ? found : (found.attributes.setTimes?.(times) ?? Errno.EPERM);
};

/** Two timespecs whose nanoseconds may say "now" or "leave it"; a null pointer means now for both. */
const readTimes = (kernel: Kernel, address: number): OrErrno<FileTimes> => {
  const now = kernel.clock.realtime();
  if (address === 0) return { accessed: now, modified: now };
  const view = kernel.user.view(address, 32);
  if (!view) return Errno.EFAULT;
  const read = (at: number): bigint | undefined | null => {
    const nanoseconds = Number(view.getBigInt64(at + 8, true));
    if (nanoseconds === UTIME_NOW) return now;
    if (nanoseconds === UTIME_OMIT) return undefined;
    const valid = nanoseconds >= 0 && nanoseconds < 1e9;
    return valid ? view.getBigInt64(at, true) * 1_000_000_000n + BigInt(nanoseconds) : null;
  };
  const accessed = read(0);
  const modified = read(16);
  return accessed === null || modified === null ? Errno.EINVAL : { accessed, modified };
};

/** Calls that take paths, and their relatives that take a descriptor instead. */
export const pathCalls: readonly SystemCall[] = [
  call(17, 'getcwd', ['address', 'size'], currentDirectory),
  call(34, 'mkdirat', ['int', 'path', 'mode'], makeDirectory),
  call(35, 'unlinkat', ['int', 'path', 'int'], unlink),
  call(36, 'symlinkat', ['path', 'int', 'path'], makeLink),
  call(37, 'linkat', ['int', 'path', 'int', 'path', 'int'], makeHardLink),
  call(45, 'truncate', ['path', 'offset'], (kernel, path, size) => {
    if (size < 0) return Errno.EINVAL;
    const found = kernel.mounts.find(kernel.cwd, path, true);
    if (typeof found === 'number') return found;
    if (isDirectory(found)) return Errno.EISDIR;
    if (found.node.type !== 'file') return Errno.EINVAL;
    const file = found.node.open({ read: false, write: true });
    if (typeof file === 'number') return file;
    const result = file.truncate?.(size) ?? Errno.EINVAL;
    file.close?.();
    return result;
  }),
  call(48, 'faccessat', ['int', 'path', 'int'], (kernel, descriptor, path, mode) =>
    access(kernel, descriptor, path, mode),
  ),
  call(439, 'faccessat2', ['int', 'path', 'int', 'int'], access),
  call(49, 'chdir', ['path'], changeDirectory),
  call(50, 'fchdir', ['int'], (kernel, descriptor) => {
    const description = kernel.descriptors.get(descriptor);
    if (!description) return Errno.EBADF;
    if (!description.location) return Errno.ENOTDIR;
    kernel.cwd = description.location;
    return 0;
  }),
  call(52, 'fchmod', ['int', 'mode'], (kernel, descriptor, mode) =>
    changeMode(target(kernel, descriptor, '', AT_EMPTY_PATH), mode),
  ),
  call(53, 'fchmodat', ['int', 'path', 'mode'], (kernel, descriptor, path, mode) =>
    changeMode(target(kernel, descriptor, path, 0), mode),
  ),
  call(54, 'fchownat', ['int', 'path', 'int', 'int', 'int'], (kernel, descriptor, path, user, group, flags) =>
    changeOwner(target(kernel, descriptor, path, flags), user, group),
  ),
  call(55, 'fchown', ['int', 'int', 'int'], (kernel, descriptor, user, group) =>
    changeOwner(target(kernel, descriptor, '', AT_EMPTY_PATH), user, group),
  ),
  call(56, 'openat', ['int', 'path', 'int', 'mode'], openAt),
  call(78, 'readlinkat', ['int', 'path', 'address', 'int'], readLink),
  call(79, 'newfstatat', ['int', 'path?', 'address', 'int'], statAt),
  call(80, 'fstat', ['int', 'address'], (kernel, descriptor, address) =>
    writeStat(
      kernel,
      descriptor === AT_FDCWD ? Errno.EBADF : target(kernel, descriptor, undefined, 0),
      address,
      (stat, device) => statLayout(kernel.width, stat, device),
    ),
  ),
  call(88, 'utimensat', ['int', 'path?', 'address', 'int'], setTimes, 64),
  call(412, 'utimensat_time64', ['int', 'path?', 'address', 'int'], setTimes, 32),
  call(276, 'renameat2', ['int', 'path', 'int', 'path', 'uint'], rename),
  call(291, 'statx', ['int', 'path?', 'int', 'uint', 'address'], statx),
];
