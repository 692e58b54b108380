/** Entry `riscbox/linux`: runs stock static programs by answering their system calls as a minimal Linux. */
export {
  type Clock,
  DEFAULT_EPOCH,
  realClock,
  VIRTUAL_NANOSECONDS_PER_INSTRUCTION,
  virtualClock,
} from './clock.ts';
export { Errno, errnoName, type OrErrno } from './errno.ts';
export type {
  Access,
  Attributes,
  DeviceNode,
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
} from './file-system.ts';
export type { LinuxGuest, LinuxImage, LinuxLayout, LinuxMemory } from './guest.ts';
export { type FileContents, MemoryFileSystem, type MemoryFileSystemOptions } from './memory-file-system.ts';
export {
  type LinuxOptions,
  LinuxProcess,
  type LinuxStats,
  type SystemCallOutcome,
  type SystemCallRecord,
  type Terminal,
} from './process.ts';
export {
  type LinuxExit,
  LinuxProgram,
  type LinuxResult,
  type RunLinuxOptions,
  runLinux,
  runLinuxAsync,
} from './program.ts';
export { type RandomSource, realRandom, seededRandom } from './random.ts';
export { CapturedOutput, type InputStream, type OutputStream } from './streams.ts';
export { formatSystemCall } from './trace.ts';
