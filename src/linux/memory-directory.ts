import { Errno, type OrErrno } from './errno.ts';
import type { Access, DirectoryEntry, DirectoryNode, FileNode, OpenFile } from './file-system.ts';
import { MemoryFile, MemoryLink, MemoryNode, type Store } from './memory-file.ts';

export type MemoryEntry = MemoryFile | MemoryLink | MemoryDirectory;

export class MemoryDirectory extends MemoryNode implements DirectoryNode {
  readonly type = 'directory';
  readonly entries: Map<string, MemoryEntry> = new Map();
  #removed = false;

  constructor(store: Store, mode: number) {
    super(store, mode);
    // Its name and its own `.`; each subdirectory's `..` adds one.
    this.links = 2;
  }

  /** Any number will do that programs don't take for an empty file; a page, as Linux' tmpfs and ext4 show. */
  get size(): number {
    return 4096;
  }

  lookup(name: string): OrErrno<FileNode> {
    return this.entries.get(name) ?? Errno.ENOENT;
  }

  list(): DirectoryEntry[] {
    return Array.from(this.entries, ([name, { type, inode }]) => ({ name, type, inode }));
  }

  createFile(name: string, mode: number, _access: Access): OrErrno<OpenFile> {
    const error = this.#admit(name);
    if (error !== 0) return error;
    const file = new MemoryFile(this.store, mode);
    this.#add(name, file);
    return file.openNew();
  }

  createDirectory(name: string, mode: number): number {
    const error = this.#admit(name);
    if (error === 0) this.#add(name, new MemoryDirectory(this.store, mode));
    return error;
  }

  createLink(name: string, target: string): number {
    const error = this.#admit(name);
    if (error === 0) this.#add(name, new MemoryLink(this.store, target));
    return error;
  }

  link(name: string, node: FileNode): number {
    if (!(node instanceof MemoryFile || node instanceof MemoryLink) || node.store !== this.store)
      return Errno.EXDEV;
    if (this.#removed || node.links === 0) return Errno.ENOENT;
    if (this.entries.has(name)) return Errno.EEXIST;
    node.links++;
    this.#add(name, node);
    return 0;
  }

  removeFile(name: string): number {
    const node = this.entries.get(name);
    if (!node) return Errno.ENOENT;
    if (node.type === 'directory') return Errno.EISDIR;
    this.#drop(name);
    node.unlinked();
    return 0;
  }

  removeDirectory(name: string): number {
    const node = this.entries.get(name);
    if (!node) return Errno.ENOENT;
    if (node.type !== 'directory') return Errno.ENOTDIR;
    if (node.entries.size > 0) return Errno.ENOTEMPTY;
    this.#drop(name);
    node.#removed = true;
    node.links = 0;
    node.discard();
    return 0;
  }

  rename(name: string, target: DirectoryNode, targetName: string): number {
    const node = this.entries.get(name);
    if (!node) return Errno.ENOENT;
    if (!(target instanceof MemoryDirectory) || target.store !== this.store) return Errno.EXDEV;
    if (target.#removed) return Errno.ENOENT;
    const old = target.entries.get(targetName);
    if (old === node) return 0;
    if (old) {
      if (old.type === 'directory' && node.type !== 'directory') return Errno.EISDIR;
      if (old.type !== 'directory' && node.type === 'directory') return Errno.ENOTDIR;
      const error =
        old.type === 'directory' ? target.removeDirectory(targetName) : target.removeFile(targetName);
      if (error !== 0) return error;
    }
    this.#drop(name);
    target.#add(targetName, node);
    node.changed = this.store.now();
    return 0;
  }

  /** Whether a new node may get this name; counts it in the store. */
  #admit(name: string): number {
    if (this.#removed) return Errno.ENOENT;
    if (this.entries.has(name)) return Errno.EEXIST;
    return this.store.reserve(0, 1) ? 0 : Errno.ENOSPC;
  }

  #add(name: string, node: MemoryEntry): void {
    this.entries.set(name, node);
    if (node.type === 'directory') this.links++;
    this.touch();
  }

  #drop(name: string): void {
    if (this.entries.get(name)?.type === 'directory') this.links--;
    this.entries.delete(name);
    this.touch();
  }
}
