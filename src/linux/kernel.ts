import type { Width } from '../core/kind.ts';
import type { AddressSpace } from './address-space.ts';
import type { Clock } from './clock.ts';
import { AT_FDCWD, O_RDWR } from './constants.ts';
import { Description, type Descriptors } from './descriptors.ts';
import { Errno, type OrErrno } from './errno.ts';
import type { OpenFile } from './file-system.ts';
import type { LinuxGuest } from './guest.ts';
import type { DirectoryLocation, MountTable } from './mounts.ts';
import type { RandomSource } from './random.ts';
import type { Signals } from './signals.ts';
import type { UserMemory } from './user-memory.ts';

/** Window size that a terminal reports. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** The one process's identifiers; its parent is init. */
export const PROCESS_ID = 100;
export const PARENT_ID = 1;

export interface KernelParts {
  readonly guest: LinuxGuest;
  readonly user: UserMemory;
  readonly space: AddressSpace;
  readonly mounts: MountTable;
  readonly descriptors: Descriptors;
  readonly signals: Signals;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly terminal: TerminalSize;
  readonly hostname: string;
  readonly cwd: DirectoryLocation;
  /** Asked while sleeping; true ends the sleep with EINTR. */
  readonly interrupted: () => boolean;
}

/** The state that system calls work on. */
export class Kernel {
  readonly guest: LinuxGuest;
  readonly user: UserMemory;
  readonly space: AddressSpace;
  readonly mounts: MountTable;
  readonly descriptors: Descriptors;
  readonly signals: Signals;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly terminal: TerminalSize;
  readonly hostname: string;
  readonly interrupted: () => boolean;
  /** Monotonic time at the start of the process, in nanoseconds. */
  readonly started: bigint;
  cwd: DirectoryLocation;
  umask = 0o022;
  /** PR_SET_NAME. */
  name: Uint8Array = new Uint8Array(16);
  /** Set when the program has ended. */
  exitCode: number | undefined;
  /** The signal that ended it. */
  signal: number | undefined;
  #pipes = 0n;

  constructor(parts: KernelParts) {
    this.guest = parts.guest;
    this.user = parts.user;
    this.space = parts.space;
    this.mounts = parts.mounts;
    this.descriptors = parts.descriptors;
    this.signals = parts.signals;
    this.clock = parts.clock;
    this.random = parts.random;
    this.terminal = parts.terminal;
    this.hostname = parts.hostname;
    this.cwd = parts.cwd;
    this.interrupted = parts.interrupted;
    this.started = parts.clock.monotonic();
  }

  get width(): Width {
    return this.guest.width;
  }

  /** Ends the program; the status of one ended by a signal is 128 + its number, as shells show it. */
  exit(code: number): number {
    this.exitCode = code & 0xff;
    return 0;
  }

  terminate(signal: number): number {
    this.signal = signal;
    return this.exit(128 + signal);
  }

  /** Where a relative path starts: the working directory or an open one. EBADF, ENOTDIR. */
  base(descriptor: number, path: string): OrErrno<DirectoryLocation> {
    if (path.startsWith('/')) return this.mounts.root;
    if (descriptor === AT_FDCWD) return this.cwd;
    const description = this.descriptors.get(descriptor);
    if (!description) return Errno.EBADF;
    return description.location ?? Errno.ENOTDIR;
  }

  /** An open file description with read or write access, or EBADF. */
  reader(descriptor: number): OrErrno<Description> {
    const description = this.descriptors.get(descriptor);
    return description?.readable ? description : Errno.EBADF;
  }

  writer(descriptor: number): OrErrno<Description> {
    const description = this.descriptors.get(descriptor);
    return description?.writable ? description : Errno.EBADF;
  }

  /** Opens one of the standard streams. Shells give all three read and write access; so do we. */
  openStream(file: OpenFile): number {
    return this.descriptors.open(new Description(file, { flags: O_RDWR, device: 0 }));
  }

  nextPipe(): bigint {
    return ++this.#pipes + 16n;
  }

  /** Sleeps; 0, or EINTR with the rest in `left`. */
  sleep(nanoseconds: bigint): { readonly result: number; readonly left: bigint } {
    const slept = nanoseconds > 0n ? this.clock.sleep(nanoseconds, this.interrupted) : 0n;
    const left = nanoseconds - slept;
    return left > 0n ? { result: Errno.EINTR, left } : { result: 0, left: 0n };
  }
}
