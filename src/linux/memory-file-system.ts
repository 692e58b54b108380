import { DEFAULT_EPOCH } from './clock.ts';
import { fail } from './errors.ts';
import type { DirectoryNode, FileSystem } from './file-system.ts';
import { MemoryDirectory } from './memory-directory.ts';
import { MemoryFile, type Store } from './memory-file.ts';

/** File contents by path: text is stored as UTF-8, `null` makes an empty directory. */
export type FileContents = Readonly<Record<string, string | Uint8Array | null>>;

export interface MemoryFileSystemOptions {
  /** Bytes that all contents together may take. Default 256 MiB. */
  readonly maxBytes?: number;
  /** Files, directories and links. Default 65,536. */
  readonly maxNodes?: number;
}

/**
 * A file system in host memory. Paths given by the host are `/`-separated and relative to its root, a leading
 * slash changes nothing. Arrays passed in are not copied until the guest writes to the file; the host must not
 * change them while guests run.
 */
export class MemoryFileSystem implements FileSystem {
  readonly #root: MemoryDirectory;
  readonly #store: Store;
  readonly #maxBytes: number;
  readonly #maxNodes: number;
  #now: () => bigint = () => DEFAULT_EPOCH;
  #inodes = 0n;
  #bytes = 0;
  #nodes = 0;

  /** Throws `linux/bad-path` and `linux/file-system-full`. */
  constructor(files: FileContents = {}, options: MemoryFileSystemOptions = {}) {
    this.#maxBytes = options.maxBytes ?? 2 ** 28;
    this.#maxNodes = options.maxNodes ?? 2 ** 16;
    this.#store = {
      now: () => this.#now(),
      nextInode: () => ++this.#inodes,
      reserve: (bytes, nodes) => this.#reserve(bytes, nodes),
    };
    this.#root = new MemoryDirectory(this.#store, 0o755);
    for (const [path, contents] of Object.entries(files)) {
      if (contents === null) this.makeDirectory(path);
      else this.writeFile(path, contents);
    }
  }

  get root(): DirectoryNode {
    return this.#root;
  }

  attach(now: () => bigint): void {
    this.#now = now;
  }

  /** A copy of the file's bytes, or undefined if there is no such file. Links are not followed. */
  readFile(path: string): Uint8Array | undefined {
    const node = this.#find(components(path));
    return node instanceof MemoryFile ? node.contents.slice() : undefined;
  }

  /** Makes or replaces a file, and the directories that lead to it. */
  writeFile(path: string, contents: string | Uint8Array, mode = 0o644): void {
    const names = components(path);
    const name = names.pop();
    const data = typeof contents === 'string' ? new TextEncoder().encode(contents) : contents;
    const directory = this.#directory(path, names);
    if (name === undefined || directory.entries.get(name)?.type === 'directory') {
      throw fail('linux/bad-path', { path, what: 'file' });
    }
    directory.removeFile(name);
    this.#require(path, data.length, 1);
    directory.entries.set(name, new MemoryFile(this.#store, mode, data));
  }

  /** Makes a directory and those that lead to it; existing ones stay as they are. */
  makeDirectory(path: string): void {
    this.#directory(path, components(path));
  }

  /** Paths of all regular files, with a leading slash, in no particular order of directories. */
  *files(): Generator<string, void> {
    // A stack of our own: guests may nest directories deeper than the host's call stack.
    const pending: [path: string, directory: MemoryDirectory][] = [['', this.#root]];
    for (let next = pending.pop(); next; next = pending.pop()) {
      const [path, directory] = next;
      for (const [name, node] of directory.entries) {
        if (node instanceof MemoryDirectory) pending.push([`${path}/${name}`, node]);
        else if (node instanceof MemoryFile) yield `${path}/${name}`;
      }
    }
  }

  #find(names: readonly string[]): unknown {
    let node: unknown = this.#root;
    for (const name of names) node = node instanceof MemoryDirectory ? node.entries.get(name) : undefined;
    return node;
  }

  #directory(path: string, names: readonly string[]): MemoryDirectory {
    let directory = this.#root;
    for (const name of names) {
      if (!directory.entries.has(name) && directory.createDirectory(name, 0o755) !== 0)
        this.#require(path, 0, 1);
      const next = directory.entries.get(name);
      if (!(next instanceof MemoryDirectory)) throw fail('linux/bad-path', { path, what: 'directory' });
      directory = next;
    }
    return directory;
  }

  #require(path: string, bytes: number, nodes: number): void {
    if (this.#reserve(bytes, nodes)) return;
    const byBytes = this.#bytes + bytes > this.#maxBytes;
    throw fail('linux/file-system-full', {
      path,
      limit: byBytes ? this.#maxBytes : this.#maxNodes,
      what: byBytes ? 'bytes' : 'files',
    });
  }

  #reserve(bytes: number, nodes: number): boolean {
    if (bytes > 0 && this.#bytes + bytes > this.#maxBytes) return false;
    if (nodes > 0 && this.#nodes + nodes > this.#maxNodes) return false;
    this.#bytes += bytes;
    this.#nodes += nodes;
    return true;
  }
}

const components = (path: string): string[] => {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  if (names.includes('..') || path.includes('\0')) throw fail('linux/bad-path', { path, what: 'path' });
  return names;
};
