import { O_ACCMODE, O_APPEND, O_NONBLOCK, O_PATH, O_RDONLY, O_WRONLY } from './constants.ts';
import { Errno } from './errno.ts';
import type { DirectoryEntry, OpenFile } from './file-system.ts';
import type { DirectoryLocation } from './mounts.ts';

/** Descriptors per process: Linux' default RLIMIT_NOFILE. */
export const MAX_DESCRIPTORS = 1024;

/** Flags that F_SETFL can change. */
const CHANGEABLE = O_APPEND | O_NONBLOCK;

export interface DescriptionOptions {
  readonly flags: number;
  /** Number of the mounted file system, for `st_dev`. */
  readonly device: number;
  /** For directories. */
  readonly location?: DirectoryLocation;
}

/** What several descriptors may share: an open file with its position and flags (open file description). */
export class Description {
  readonly file: OpenFile;
  readonly device: number;
  readonly location: DirectoryLocation | undefined;
  position = 0;
  /** A directory as it was when its reading began, so that positions stay valid. */
  listing: readonly DirectoryEntry[] | undefined;
  references = 0;
  #flags: number;

  constructor(file: OpenFile, options: DescriptionOptions) {
    this.file = file;
    this.device = options.device;
    this.location = options.location;
    this.#flags = options.flags;
  }

  get flags(): number {
    return this.#flags;
  }

  /** F_SETFL. */
  set flags(flags: number) {
    this.#flags = (this.#flags & ~CHANGEABLE) | (flags & CHANGEABLE);
  }

  get append(): boolean {
    return (this.#flags & O_APPEND) !== 0;
  }

  get readable(): boolean {
    return (this.#flags & O_PATH) === 0 && (this.#flags & O_ACCMODE) !== O_WRONLY;
  }

  get writable(): boolean {
    return (this.#flags & O_PATH) === 0 && (this.#flags & O_ACCMODE) !== O_RDONLY;
  }
}

interface Slot {
  readonly description: Description;
  closeOnExec: boolean;
}

/** The descriptor table: small integers to open file descriptions, the lowest free one first. */
export class Descriptors {
  readonly #slots: (Slot | undefined)[] = [];

  get(descriptor: number): Description | undefined {
    return this.#slots[descriptor]?.description;
  }

  /** The new descriptor, or EMFILE; then the file is closed. */
  open(description: Description, closeOnExec = false, from = 0): number {
    let descriptor = from;
    while (descriptor < MAX_DESCRIPTORS && this.#slots[descriptor]) descriptor++;
    if (descriptor >= MAX_DESCRIPTORS) {
      if (description.references === 0) description.file.close?.();
      return Errno.EMFILE;
    }
    this.#place(descriptor, description, closeOnExec);
    return descriptor;
  }

  /** Puts the description at exactly this number, closing what was there. */
  replace(descriptor: number, description: Description, closeOnExec: boolean): number {
    if (descriptor < 0 || descriptor >= MAX_DESCRIPTORS) return Errno.EBADF;
    description.references++;
    this.close(descriptor);
    description.references--;
    this.#place(descriptor, description, closeOnExec);
    return descriptor;
  }

  close(descriptor: number): number {
    const slot = this.#slots[descriptor];
    if (!slot) return Errno.EBADF;
    this.#slots[descriptor] = undefined;
    if (--slot.description.references === 0) slot.description.file.close?.();
    return 0;
  }

  closeAll(): void {
    for (let descriptor = 0; descriptor < this.#slots.length; descriptor++) this.close(descriptor);
  }

  /** FD_CLOEXEC, which is kept but has no effect; undefined if the descriptor isn't open. */
  closeOnExec(descriptor: number): boolean | undefined {
    return this.#slots[descriptor]?.closeOnExec;
  }

  setCloseOnExec(descriptor: number, value: boolean): number {
    const slot = this.#slots[descriptor];
    if (!slot) return Errno.EBADF;
    slot.closeOnExec = value;
    return 0;
  }

  /** Open descriptors, ascending. */
  *[Symbol.iterator](): Generator<number, void> {
    for (let descriptor = 0; descriptor < this.#slots.length; descriptor++) {
      if (this.#slots[descriptor]) yield descriptor;
    }
  }

  #place(descriptor: number, description: Description, closeOnExec: boolean): void {
    while (this.#slots.length <= descriptor) this.#slots.push(undefined);
    this.#slots[descriptor] = { description, closeOnExec };
    description.references++;
  }
}
