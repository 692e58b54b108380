import * as fs from 'node:fs';
import { Errno, type OrErrno } from '../linux/errno.ts';
import type {
  Access,
  DirectoryEntry,
  DirectoryNode,
  FileNode,
  FileStat,
  FileSystem,
  FileTimes,
  FileType,
  LinkNode,
  OpenFile,
  RegularNode,
} from '../linux/file-system.ts';
import { fail } from './errors.ts';
import { attempt, hostFile, openFlags, seconds, toStat, typeOf } from './host-file.ts';
import { isEntryName, withDirectory, withEntry } from './host-path.ts';

export interface HostDirectoryOptions {
  /** Nothing below the directory can be changed. Default false. */
  readonly readOnly?: boolean;
  /** Largest size in bytes that a guest may give a file. Default 1 GiB. How many files is not limited. */
  readonly maxFileSize?: number;
}

/**
 * A host directory as a file system for guests: they reach what is below it and nothing else. Symbolic links
 * are resolved in the guest's own name space (a link to `/etc/passwd` means the guest's), so links that lead
 * out of the directory lead nowhere; guests can't make links. Pipes, sockets and devices can't be opened.
 */
export class HostDirectory implements FileSystem {
  readonly root: DirectoryNode;

  /** Throws `node/not-a-directory`. */
  constructor(path: string, options: HostDirectoryOptions = {}) {
    const { readOnly = false, maxFileSize = 2 ** 30 } = options;
    this.root = new Directory({ root: resolveRoot(path), writable: !readOnly, maxFileSize }, []);
  }
}

const resolveRoot = (path: string): string => {
  try {
    const root = fs.realpathSync(path);
    if (fs.statSync(root).isDirectory()) return root;
  } catch (cause) {
    throw fail(
      'node/not-a-directory',
      { path, reason: (cause as NodeJS.ErrnoException).code ?? 'unreadable' },
      { cause },
    );
  }
  throw fail('node/not-a-directory', { path, reason: 'not a directory' });
};

/** What all nodes of one mount share. */
interface Mount {
  readonly root: string;
  readonly writable: boolean;
  readonly maxFileSize: number;
}

/** A node is where it is: its names below the root. Every operation looks the place up again. */
abstract class Node {
  abstract readonly type: FileType;
  readonly mount: Mount;
  readonly names: readonly string[];

  constructor(mount: Mount, names: readonly string[]) {
    this.mount = mount;
    this.names = names;
  }

  /** Runs a host operation on this node's path. */
  protected at<T>(action: (path: string) => T): T | number {
    return attempt(() => withEntry(this.mount.root, this.names, action));
  }

  /** Runs an operation that changes something. */
  protected change(action: (path: string) => void): number {
    if (!this.mount.writable) return Errno.EROFS;
    return this.at((path) => {
      action(path);
      return 0;
    });
  }

  stat(): OrErrno<FileStat> {
    return this.at((path) => toStat(fs.lstatSync(path, { bigint: true }), this.mount.writable));
  }

  /** By descriptor, so that a link that took this place isn't followed. */
  setMode(mode: number): number {
    return this.change((path) =>
      withDescriptor(path, (descriptor) => fs.fchmodSync(descriptor, mode & 0o777)),
    );
  }

  setTimes(times: FileTimes): number {
    return this.change((path) => {
      const stats = fs.lstatSync(path, { bigint: true });
      fs.lutimesSync(path, seconds(times.accessed, stats.atimeNs), seconds(times.modified, stats.mtimeNs));
    });
  }
}

const withDescriptor = (path: string, action: (descriptor: number) => void): void => {
  const descriptor = fs.openSync(path, openFlags({ read: true, write: false }));
  try {
    action(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
};

class Regular extends Node implements RegularNode {
  readonly type = 'file';

  open(access: Access): OrErrno<OpenFile> {
    if ((access.write || access.truncate) && !this.mount.writable) return Errno.EROFS;
    const descriptor = this.at((path) => ({ number: fs.openSync(path, openFlags(access)) }));
    if (typeof descriptor === 'number') return descriptor;
    const file = open(this.mount, descriptor.number, access);
    if (typeof file === 'number' || !access.truncate) return file;
    // Not by O_TRUNC: only what turned out to be a regular file is emptied.
    const error = attempt(() => fs.ftruncateSync(descriptor.number, 0)) ?? 0;
    if (error === 0) return file;
    file.close?.();
    return error;
  }
}

const open = (mount: Mount, descriptor: number, access: Access): OrErrno<OpenFile> =>
  hostFile(descriptor, {
    writable: mount.writable,
    append: access.append === true,
    maxFileSize: mount.maxFileSize,
  });

class Link extends Node implements LinkNode {
  readonly type = 'symlink';

  readLink(): OrErrno<string> {
    return this.at((path) => fs.readlinkSync(path));
  }
}

class Directory extends Node implements DirectoryNode {
  readonly type = 'directory';

  lookup(name: string): OrErrno<FileNode> {
    if (!isEntryName(name)) return Errno.ENOENT;
    const names = [...this.names, name];
    const type = attempt(() =>
      withEntry(this.mount.root, names, (path) => typeOf(fs.lstatSync(path, { bigint: true }))),
    );
    switch (type) {
      case 'directory':
        return new Directory(this.mount, names);
      case 'symlink':
        return new Link(this.mount, names);
      case 'file':
        return new Regular(this.mount, names);
      default:
        return typeof type === 'number' ? type : Errno.EACCES;
    }
  }

  list(): OrErrno<readonly DirectoryEntry[]> {
    // Inode numbers would cost a call per entry; readers take them from stat. Zero would mean "no entry".
    const toEntry = (entry: fs.Dirent): DirectoryEntry => ({
      name: entry.name,
      type: typeOf(entry),
      inode: 1n,
    });
    return attempt(() =>
      withDirectory(this.mount.root, this.names, (path) =>
        fs.readdirSync(path, { withFileTypes: true }).map(toEntry),
      ),
    );
  }

  createFile(name: string, mode: number, access: Access): OrErrno<OpenFile> {
    if (!this.mount.writable) return Errno.EROFS;
    const flags = openFlags(access) | fs.constants.O_CREAT | fs.constants.O_EXCL;
    const descriptor = this.#entry(name, (path) => ({ number: fs.openSync(path, flags, mode & 0o777) }));
    return typeof descriptor === 'number' ? descriptor : open(this.mount, descriptor.number, access);
  }

  createDirectory(name: string, mode: number): number {
    return this.#change(name, (path) => fs.mkdirSync(path, { mode: mode & 0o777 }));
  }

  removeFile(name: string): number {
    return this.#change(name, (path) => fs.unlinkSync(path));
  }

  removeDirectory(name: string): number {
    return this.#change(name, (path) => fs.rmdirSync(path));
  }

  rename(name: string, target: DirectoryNode, targetName: string): number {
    if (!(target instanceof Directory) || target.mount !== this.mount) return Errno.EXDEV;
    return this.#change(name, (from) =>
      withEntry(target.mount.root, [...target.names, targetName], (to) => fs.renameSync(from, to)),
    );
  }

  #entry<T>(name: string, action: (path: string) => T): T | number {
    return attempt(() => withEntry(this.mount.root, [...this.names, name], action));
  }

  #change(name: string, action: (path: string) => void): number {
    if (!this.mount.writable) return Errno.EROFS;
    return this.#entry(name, (path) => {
      action(path);
      return 0;
    });
  }
}
