import { NAME_MAX, PATH_MAX } from './constants.ts';
import { Errno, errnoName, type OrErrno } from './errno.ts';
import { fail } from './errors.ts';
import type { DirectoryEntry, DirectoryNode, FileNode, FileStat, FileSystem } from './file-system.ts';

/** A node at its place in the guest's name space. */
export interface Location<N extends FileNode = FileNode> {
  readonly node: N;
  /** Absolute, without `.`, `..`, links or a trailing slash; `/` for the root. */
  readonly path: string;
  /** Undefined for the root only. */
  readonly parent: Location<DirectoryNode> | undefined;
  readonly fileSystem: FileSystem;
  /** Number of the mounted file system, for `st_dev`. */
  readonly device: number;
}

export type DirectoryLocation = Location<DirectoryNode>;

/** How far a path led: to `found`, or to a missing last component. */
export interface Walk {
  readonly directory: DirectoryLocation;
  /** The last component; empty if the path ended in `.`, `..` or `/`. */
  readonly name: string;
  readonly found: Location | undefined;
  /** The path ended in a slash, so that only a directory will do. */
  readonly trailingSlash: boolean;
}

/** Links that one path may lead through (Linux' MAXSYMLINKS). */
const MAX_LINKS = 40;

export const isDirectory = (location: Location): location is DirectoryLocation =>
  location.node.type === 'directory';

/** A directory that exists only because something is mounted below it. */
const mountPoint: DirectoryNode = {
  type: 'directory',
  stat: (): FileStat => ({
    type: 'directory',
    mode: 0o555,
    size: 4096,
    inode: 1n,
    links: 2,
    accessed: 0n,
    modified: 0n,
    changed: 0n,
  }),
  lookup: () => Errno.ENOENT,
  list: () => [],
};

const child = (path: string, name: string): string => (path === '/' ? `/${name}` : `${path}/${name}`);

const encoder = new TextEncoder();

/** The guest's name space: file systems at absolute paths, and the only place where paths are resolved. */
export class MountTable {
  readonly root: DirectoryLocation;
  readonly #mounts: Map<string, { readonly fileSystem: FileSystem; readonly device: number }> = new Map();
  /** Names that mounts add to directories. */
  readonly #names: Map<string, Set<string>> = new Map();

  /** `mounts` by absolute path; must contain `/`. Throws `linux/bad-path`. */
  constructor(mounts: ReadonlyMap<string, FileSystem>) {
    for (const [path, fileSystem] of mounts) {
      const names = path.split('/').slice(1);
      const usable = names.every(
        (name) => name !== '' && name !== '.' && name !== '..' && !name.includes('\0'),
      );
      if (!path.startsWith('/') || !(usable || path === '/'))
        throw fail('linux/bad-path', { path, what: 'mount point' });
      this.#mounts.set(path, { fileSystem, device: this.#mounts.size + 1 });
      let directory = '/';
      if (path !== '/') {
        for (const name of names) {
          const known = this.#names.get(directory) ?? new Set();
          this.#names.set(directory, known.add(name));
          directory = child(directory, name);
        }
      }
    }
    const root = this.#mounts.get('/');
    if (!root) throw fail('linux/bad-path', { path: '/', what: 'missing mount point' });
    this.root = { node: root.fileSystem.root, path: '/', parent: undefined, ...root };
  }

  /** True if a file system is mounted here or below: such a name can't be removed or renamed. */
  isMountPoint(location: Location): boolean {
    return this.#mounts.has(location.path) || this.#names.has(location.path);
  }

  /** Resolves a path. `follow` says whether a link in the last component is followed. */
  walk(start: DirectoryLocation, path: string, follow: boolean): OrErrno<Walk> {
    if (path === '') return Errno.ENOENT;
    const trailingSlash = path.endsWith('/');
    // Components still to do, the next one last.
    const pending = split(path);
    let at: DirectoryLocation = path.startsWith('/') ? this.root : start;
    let links = 0;
    for (;;) {
      const name = pending.pop();
      if (name === undefined) return { directory: at.parent ?? at, name: '', found: at, trailingSlash };
      if (name === '.') continue;
      if (name === '..') {
        at = at.parent ?? at;
        continue;
      }
      if (name.length > NAME_MAX || encoder.encode(name).length > NAME_MAX) return Errno.ENAMETOOLONG;
      const last = pending.length === 0;
      const next = this.#lookup(at, name);
      if (typeof next === 'number') {
        return next === Errno.ENOENT && last
          ? { directory: at, name, found: undefined, trailingSlash }
          : next;
      }
      if (next.node.type === 'symlink' && (!last || follow || trailingSlash)) {
        const target = next.node.readLink();
        if (typeof target === 'number') return target;
        if (++links > MAX_LINKS) return Errno.ELOOP;
        if (target === '' || target.length >= PATH_MAX)
          return target === '' ? Errno.ENOENT : Errno.ENAMETOOLONG;
        if (target.startsWith('/')) at = this.root;
        pending.push(...split(target));
        continue;
      }
      if (isDirectory(next)) {
        if (last) return { directory: at, name, found: next, trailingSlash };
        at = next;
        continue;
      }
      return last && !trailingSlash ? { directory: at, name, found: next, trailingSlash } : Errno.ENOTDIR;
    }
  }

  /** Resolves a path to what is there. */
  find(start: DirectoryLocation, path: string, follow: boolean): OrErrno<Location> {
    const walk = this.walk(start, path, follow);
    return typeof walk === 'number' ? walk : (walk.found ?? Errno.ENOENT);
  }

  /** Entries of a directory, mount points included. */
  list(location: DirectoryLocation): OrErrno<readonly DirectoryEntry[]> {
    const entries = location.node.list();
    const names = this.#names.get(location.path);
    if (typeof entries === 'number' || !names) return entries;
    const mounted = Array.from(names, (name): DirectoryEntry => ({ name, type: 'directory', inode: 1n }));
    return [...entries.filter((entry) => !names.has(entry.name)), ...mounted];
  }

  /** The directory in which a process starts. Throws `linux/no-such-directory`. */
  directory(path: string): DirectoryLocation {
    const found = this.find(this.root, path, true);
    if (typeof found !== 'number' && isDirectory(found)) return found;
    const errno = typeof found === 'number' ? found : Errno.ENOTDIR;
    throw fail('linux/no-such-directory', { path, errno: errnoName(errno) ?? String(errno) });
  }

  #lookup(directory: DirectoryLocation, name: string): OrErrno<Location> {
    const path = child(directory.path, name);
    // Linux bounds only what is passed at once; here it also bounds what a location takes in host memory.
    if (path.length >= PATH_MAX) return Errno.ENAMETOOLONG;
    const mount = this.#mounts.get(path);
    if (mount) return { node: mount.fileSystem.root, path, parent: directory, ...mount };
    const { fileSystem, device } = directory;
    const node = directory.node.lookup(name);
    if (typeof node !== 'number') return { node, path, parent: directory, fileSystem, device };
    if (node === Errno.ENOENT && this.#names.has(path)) {
      return { node: mountPoint, path, parent: directory, fileSystem, device };
    }
    return node;
  }
}

/** Components in reverse, so that the next one can be popped. */
const split = (path: string): string[] =>
  path
    .split('/')
    .filter((name) => name !== '')
    .reverse();
