import { Errno, type OrErrno } from './errno.ts';
import type {
  Access,
  FileStat,
  FileTimes,
  FileType,
  LinkNode,
  OpenFile,
  RegularNode,
} from './file-system.ts';

/** What the nodes of one in-memory file system share: its clock and what its contents may take. */
export interface Store {
  now(): bigint;
  nextInode(): bigint;
  /** Asks for `bytes` (may be negative) and `nodes` more; false if there is no room. */
  reserve(bytes: number, nodes: number): boolean;
}

/** What all in-memory nodes have. */
export abstract class MemoryNode {
  abstract readonly type: FileType;
  readonly inode: bigint;
  readonly store: Store;
  mode: number;
  /** Names that lead here. */
  links = 1;
  accessed: bigint;
  modified: bigint;
  changed: bigint;

  constructor(store: Store, mode: number) {
    this.store = store;
    this.mode = mode;
    this.inode = store.nextInode();
    this.accessed = this.modified = this.changed = store.now();
  }

  abstract get size(): number;

  stat(): FileStat {
    const { type, mode, size, inode, links, accessed, modified, changed } = this;
    return { type, mode, size, inode, links, accessed, modified, changed };
  }

  setMode(mode: number): number {
    this.mode = mode;
    this.changed = this.store.now();
    return 0;
  }

  setTimes(times: FileTimes): number {
    this.accessed = times.accessed ?? this.accessed;
    this.modified = times.modified ?? this.modified;
    this.changed = this.store.now();
    return 0;
  }

  touch(): void {
    this.modified = this.changed = this.store.now();
  }

  /** A name that led here is gone. */
  unlinked(): void {
    this.links--;
    this.changed = this.store.now();
    if (this.links === 0) this.discard();
  }

  /** Gives back what the node takes in the store, if nothing needs it any more. */
  discard(): void {
    this.store.reserve(0, -1);
  }
}

export class MemoryFile extends MemoryNode implements RegularNode {
  readonly type = 'file';
  /** Never written while it is the caller's array. */
  #data: Uint8Array;
  #owned: boolean;
  #size: number;
  #opens = 0;

  constructor(store: Store, mode: number, data: Uint8Array = new Uint8Array(0)) {
    super(store, mode);
    this.#data = data;
    this.#owned = false;
    this.#size = data.length;
  }

  get size(): number {
    return this.#size;
  }

  /** The contents; valid until the next write. */
  get contents(): Uint8Array {
    return this.#data.subarray(0, this.#size);
  }

  open(access: Access): OrErrno<OpenFile> {
    if (access.read && (this.mode & 0o400) === 0) return Errno.EACCES;
    if (access.write && (this.mode & 0o200) === 0) return Errno.EACCES;
    if (access.truncate) this.truncate(0);
    return this.openNew();
  }

  /** As a newly made file is opened: its mode is for later. */
  openNew(): OpenFile {
    this.#opens++;
    let open = true;
    return {
      seekable: true,
      stat: () => this.stat(),
      setMode: (mode) => this.setMode(mode),
      setTimes: (times) => this.setTimes(times),
      read: (length, position) =>
        this.#data.slice(Math.min(position, this.#size), Math.min(position + length, this.#size)),
      write: (bytes, position) => this.write(bytes, position),
      truncate: (size) => this.truncate(size),
      close: () => {
        if (!open) return;
        open = false;
        this.#opens--;
        if (this.links === 0) this.discard();
      },
    };
  }

  write(bytes: Uint8Array, position: number): number {
    if (bytes.length === 0) return 0;
    const error = this.#resize(Math.max(this.#size, position + bytes.length));
    if (error !== 0) return error;
    this.#data.set(bytes, position);
    this.touch();
    return bytes.length;
  }

  truncate(size: number): number {
    const error = this.#resize(size);
    if (error === 0) this.touch();
    return error;
  }

  override discard(): void {
    if (this.#opens > 0) return;
    this.store.reserve(-this.#size, -1);
    this.#size = 0;
    this.#data = new Uint8Array(0);
  }

  /**
   * Makes the array ours, large enough, and zero behind the new size. Sizes are counted before anything is
   * allocated; the array is never more than twice as large as what is counted.
   */
  #resize(size: number): number {
    if (!this.store.reserve(size - this.#size, 0)) return Errno.ENOSPC;
    const have = this.#data.length;
    if (this.#owned && size <= have && size * 2 >= have) {
      if (size < this.#size) this.#data.fill(0, size, this.#size);
    } else {
      try {
        const data = new Uint8Array(
          size > have && this.#owned ? Math.max(size, Math.floor(this.#size * 1.5)) : size,
        );
        data.set(this.#data.subarray(0, Math.min(this.#size, size)));
        this.#data = data;
        this.#owned = true;
      } catch {
        this.store.reserve(this.#size - size, 0);
        return Errno.ENOSPC;
      }
    }
    this.#size = size;
    return 0;
  }
}

export class MemoryLink extends MemoryNode implements LinkNode {
  readonly type = 'symlink';
  readonly #target: string;

  constructor(store: Store, target: string) {
    super(store, 0o777);
    this.#target = target;
  }

  get size(): number {
    return new TextEncoder().encode(this.#target).length;
  }

  readLink(): string {
    return this.#target;
  }
}
