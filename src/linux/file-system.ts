import type { OrErrno } from './errno.ts';

/**
 * The file-system interface. It is made of nodes, not of paths: the personality resolves paths itself, one
 * component at a time, with symbolic links and `..` in the guest's own name space. An implementation never sees
 * a path, only single names that are neither empty nor `.` nor `..` and contain no `/`.
 *
 * All operations are synchronous and answer with a negative `Errno` when they fail. They should not throw; what
 * they do throw reaches the caller of the run.
 */
export interface FileSystem {
  readonly root: DirectoryNode;
  /** Told by each process that mounts it: the clock for time stamps, in nanoseconds since 1970. */
  attach?(now: () => bigint): void;
}

export type FileNode = RegularNode | DirectoryNode | LinkNode | DeviceNode;
export type FileType = FileNode['type'] | 'fifo';

/** What stat calls tell. Owner and group are always the process's own. */
export interface FileStat {
  readonly type: FileType;
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
  /** Bytes. */
  readonly size: number;
  /** Unique within the file system. */
  readonly inode: bigint;
  readonly links: number;
  /** Nanoseconds since 1970. */
  readonly accessed: bigint;
  readonly modified: bigint;
  readonly changed: bigint;
}

/** Times to set, in nanoseconds since 1970; undefined leaves one as it is. */
export interface FileTimes {
  readonly accessed: bigint | undefined;
  readonly modified: bigint | undefined;
}

export interface Attributes {
  stat(): OrErrno<FileStat>;
  /** Permission bits. Answers 0 or an errno; EPERM when absent. */
  setMode?(mode: number): number;
  /** Answers 0 or an errno; EPERM when absent. */
  setTimes?(times: FileTimes): number;
}

export interface Access {
  readonly read: boolean;
  readonly write: boolean;
  /** Every write goes to the end. */
  readonly append?: boolean;
  /** Empty the file. */
  readonly truncate?: boolean;
}

export interface RegularNode extends Attributes {
  readonly type: 'file';
  open(access: Access): OrErrno<OpenFile>;
}

export interface DeviceNode extends Attributes {
  readonly type: 'device';
  open(access: Access): OrErrno<OpenFile>;
}

export interface LinkNode extends Attributes {
  readonly type: 'symlink';
  /** The target, resolved in the guest's name space. */
  readLink(): OrErrno<string>;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly type: FileType;
  readonly inode: bigint;
}

/** Operations that a read-only directory lacks answer EROFS. All that return a number answer 0 or an errno. */
export interface DirectoryNode extends Attributes {
  readonly type: 'directory';
  lookup(name: string): OrErrno<FileNode>;
  /** Without `.` and `..`. */
  list(): OrErrno<readonly DirectoryEntry[]>;
  /** Makes a new file and opens it; EEXIST if the name is taken. */
  createFile?(name: string, mode: number, access: Access): OrErrno<OpenFile>;
  createDirectory?(name: string, mode: number): number;
  createLink?(name: string, target: string): number;
  /** A further name for an existing file of the same file system. */
  link?(name: string, node: FileNode): number;
  /** Removes the name of anything but a directory. */
  removeFile?(name: string): number;
  /** Removes an empty directory. */
  removeDirectory?(name: string): number;
  /** Moves an entry to a directory of the same file system, replacing what rename(2) allows to replace. */
  rename?(name: string, target: DirectoryNode, targetName: string): number;
}

export interface OpenFile extends Attributes {
  /** False for streams: positions mean nothing and lseek answers ESPIPE. */
  readonly seekable: boolean;
  /** True if it answers terminal ioctls. */
  readonly terminal?: boolean;
  /** At most `length` bytes; an empty array is the end of the file. */
  read(length: number, position: number): OrErrno<Uint8Array>;
  /** Bytes written, or an errno. The bytes must not be kept, only copied. */
  write(bytes: Uint8Array, position: number): number;
  /** EINVAL when absent. */
  truncate?(size: number): number;
  sync?(): number;
  /** What poll reports; both true when absent. */
  ready?(): { readonly read: boolean; readonly write: boolean };
  close?(): void;
}
