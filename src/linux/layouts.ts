import type { Width } from '../core/kind.ts';
import { NANOSECONDS_PER_SECOND } from './clock.ts';
import { S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFREG } from './constants.ts';
import type { FileStat, FileType } from './file-system.ts';
import { PAGE_SIZE } from './guest.ts';
import { Struct } from './struct.ts';

/** User and group that the process and all files belong to: the first ordinary ones of common systems. */
export const USER_ID = 1000;
export const GROUP_ID = 1000;

const TYPE_BITS: Readonly<Record<FileType, number>> = {
  file: S_IFREG,
  directory: S_IFDIR,
  symlink: S_IFLNK,
  device: S_IFCHR,
  fifo: S_IFIFO,
};

/** `st_mode`: type and permissions. */
export const modeBits = (stat: Pick<FileStat, 'type' | 'mode'>): number => TYPE_BITS[stat.type] | stat.mode;

/** `d_type` of a directory entry, which is the type part of the mode shifted down (DT_REG 8, DT_DIR 4, …). */
export const directoryType = (type: FileType): number => TYPE_BITS[type] >> 12;

const BLOCK = 512;
const blocks = (stat: FileStat): number => Math.ceil(stat.size / BLOCK);

const floorSeconds = (time: bigint): bigint => {
  const seconds = time / NANOSECONDS_PER_SECOND;
  return seconds * NANOSECONDS_PER_SECOND > time ? seconds - 1n : seconds;
};

/** Seconds and nanoseconds of a time; the nanoseconds are never negative. */
const split = (time: bigint): [seconds: bigint, nanoseconds: number] => {
  const seconds = floorSeconds(time);
  return [seconds, Number(time - seconds * NANOSECONDS_PER_SECOND)];
};

/**
 * `struct stat` of rv64 (asm-generic/stat.h, 128 bytes), `struct stat64` of rv32 (the same header, 104 bytes,
 * with 32-bit times; newer C libraries use statx there).
 */
export const statLayout = (width: Width, stat: FileStat, device: number): Uint8Array => {
  const s = new Struct(width, width === 64 ? 128 : 104)
    .u64(device, stat.inode)
    .u32(modeBits(stat), stat.links, USER_ID, GROUP_ID)
    .u64(0, 0, stat.size)
    .u32(PAGE_SIZE, 0)
    .u64(blocks(stat));
  for (const time of [stat.accessed, stat.modified, stat.changed]) s.long(...split(time));
  return s.bytes;
};

/** STATX_BASIC_STATS: everything but the birth time. */
const STATX_BASIC_STATS = 0x7ff;

/** `struct statx` (linux/stat.h, 256 bytes, the same on both widths). */
export const statxLayout = (stat: FileStat, device: number): Uint8Array => {
  const s = new Struct(64, 256)
    .u32(STATX_BASIC_STATS, PAGE_SIZE)
    .u64(0)
    .u32(stat.links, USER_ID, GROUP_ID)
    .u16(modeBits(stat), 0)
    .u64(stat.inode, stat.size, blocks(stat), 0);
  const time = (offset: number, value: bigint): void => {
    const [seconds, nanoseconds] = split(value);
    s.at(offset).u64(seconds).u32(nanoseconds);
  };
  time(0x40, stat.accessed);
  time(0x60, stat.changed);
  time(0x70, stat.modified);
  s.at(0x80).u32(0, 0, 0, device);
  return s.bytes;
};

/** `struct __kernel_timespec` (16 bytes on both widths) of a time in nanoseconds. */
export const timespecLayout = (time: bigint): Uint8Array => new Struct(64, 16).u64(...split(time)).bytes;

/** `struct __kernel_old_timeval`: two longs. */
export const timevalLayout = (width: Width, time: bigint): Uint8Array => {
  const [seconds, nanoseconds] = split(time);
  return new Struct(width, width / 4).long(seconds, Math.floor(nanoseconds / 1000)).bytes;
};

/** One `struct linux_dirent64`, a multiple of 8 bytes long. `next` is the position of the entry behind it. */
export const directoryEntryLayout = (
  inode: bigint,
  next: number,
  type: FileType,
  name: string,
): Uint8Array => {
  const bytes = new TextEncoder().encode(name);
  const size = Math.ceil((19 + bytes.length + 1) / 8) * 8;
  const s = new Struct(64, size).u64(inode, next).u16(size);
  s.bytes[18] = directoryType(type);
  s.bytes.set(bytes, 19);
  return s.bytes;
};

/** `struct new_utsname`: six fields of 65 bytes. The release is one that C libraries don't find too old. */
export const utsnameLayout = (width: Width, hostname: string): Uint8Array => {
  const s = new Struct(width, 6 * 65);
  const fields = ['Linux', hostname, '6.1.0', '#1 riscbox', `riscv${width}`, '(none)'];
  for (const [i, field] of fields.entries()) s.at(i * 65).text(field.slice(0, 64));
  return s.bytes;
};

/** What `struct sysinfo` tells (linux/sysinfo.h, 112 bytes on rv64, 64 on rv32). */
export interface SystemInformation {
  /** Seconds. */
  readonly uptime: bigint;
  /** Bytes. */
  readonly total: number;
  readonly free: number;
}

export const sysinfoLayout = (width: Width, info: SystemInformation): Uint8Array =>
  new Struct(width, width === 64 ? 112 : 64)
    .long(info.uptime, 0, 0, 0, info.total, info.free, 0, 0, 0, 0)
    .u16(1, 0)
    .at(width === 64 ? 88 : 44)
    .long(0, 0)
    .u32(1).bytes;

/** `struct rusage`: two timevals and 14 longs; only the user time and the peak memory are known. */
export const rusageLayout = (width: Width, cpu: bigint, peakKibibytes: number): Uint8Array => {
  const s = new Struct(width, (width / 8) * 18);
  s.bytes.set(timevalLayout(width, cpu));
  s.at((width / 8) * 4).long(peakKibibytes);
  return s.bytes;
};
