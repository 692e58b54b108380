import { describe, expect, test } from 'vitest';
import type { Clock } from '../../src/linux/clock.ts';
import { AT_FDCWD, TestProcess } from './fake-guest.ts';

/** A clock that stands still where the test wants it. */
const fixed = (realtime: bigint, monotonic = 0n, cpu = 0n): Clock => ({
  realtime: () => realtime,
  monotonic: () => monotonic,
  cpu: () => cpu,
  sleep: (nanoseconds) => nanoseconds,
});

const SECONDS = 1_700_000_000n;
const MOMENT = SECONDS * 1_000_000_000n + 123_456_789n;

/**
 * Offsets that gcc gives for the kernel's own headers (asm-generic/stat.h, linux/stat.h, linux/sysinfo.h,
 * linux/resource.h) with -march=rv64imac -mabi=lp64 and -march=rv32imac -mabi=ilp32.
 */
const OFFSETS = {
  64: {
    stat: { size: 128, mode: 16, rdev: 32, length: 48, blksize: 56, blocks: 64, mtime: 88, mtimeNs: 96 },
    sysinfo: { size: 112, total: 32, free: 40, procs: 80, unit: 104 },
    rusage: { size: 144, maxrss: 32 },
  },
  32: {
    stat: { size: 104, mode: 16, rdev: 32, length: 48, blksize: 56, blocks: 64, mtime: 80, mtimeNs: 84 },
    sysinfo: { size: 64, total: 16, free: 20, procs: 40, unit: 52 },
    rusage: { size: 72, maxrss: 16 },
  },
} as const;

describe.each([32, 64] as const)('struct layouts, rv%i', (width) => {
  const offsets = OFFSETS[width];
  const long = (t: TestProcess, at: number): number =>
    width === 32 ? t.view.getUint32(at, true) : Number(t.view.getBigUint64(at, true));

  /** A result buffer with guard bytes behind it: the call must write exactly `size` bytes. */
  const exactly = (t: TestProcess, size: number, act: (at: number) => number): number => {
    const at = t.put(new Uint8Array(size + 16).fill(0xee));
    expect(act(at)).toBeGreaterThanOrEqual(0);
    expect([...t.memory.read(at + size, 16)]).toEqual(new Array(16).fill(0xee));
    return at;
  };

  test('stat', () => {
    const t = new TestProcess(width, { fs: { f: 'x'.repeat(1000) }, clock: fixed(MOMENT) });
    const fd = t.call('openat', AT_FDCWD, '/f', 2, 0);
    t.call('write', fd, 'y', 1);
    const { size, mode, length, blksize, blocks, mtime, mtimeNs } = offsets.stat;
    const byDescriptor = exactly(t, size, (at) => t.call('fstat', fd, at));
    const byPath = exactly(t, size, (at) => t.call('newfstatat', AT_FDCWD, '/f', at, 0));
    const byEmptyPath = exactly(t, size, (at) => t.call('newfstatat', fd, '', at, 0x1000));
    expect(t.memory.read(byDescriptor, size)).toEqual(t.memory.read(byPath, size));
    expect(t.memory.read(byDescriptor, size)).toEqual(t.memory.read(byEmptyPath, size));
    expect(t.view.getUint32(byPath + mode, true)).toBe(0o100644);
    expect(t.view.getUint32(byPath + mode + 4, true)).toBe(1);
    expect(t.view.getUint32(byPath + mode + 8, true)).toBe(1000);
    expect(t.view.getBigInt64(byPath + length, true)).toBe(1000n);
    expect(t.view.getInt32(byPath + blksize, true)).toBe(4096);
    expect(t.view.getBigInt64(byPath + blocks, true)).toBe(2n);
    expect(BigInt(long(t, byPath + mtime))).toBe(SECONDS);
    expect(long(t, byPath + mtimeNs)).toBe(123_456_789);
    const directory = exactly(t, size, (at) => t.call('newfstatat', AT_FDCWD, '/', at, 0));
    expect(t.view.getUint32(directory + mode, true)).toBe(0o040755);
    expect(t.call('newfstatat', AT_FDCWD, '/f', 0, 0)).toBe(-14);
    expect(t.call('newfstatat', AT_FDCWD, '', directory, 0)).toBe(-2);
    expect(t.call('newfstatat', AT_FDCWD, '/f', directory, 0x8000)).toBe(-22);
    expect(t.call('fstat', AT_FDCWD, directory)).toBe(-9);
  });

  test('statx', () => {
    const t = new TestProcess(width, { fs: { f: 'x'.repeat(1000) }, clock: fixed(MOMENT) });
    const fd = t.call('openat', AT_FDCWD, '/f', 2, 0);
    t.call('write', fd, 'y', 1);
    const at = exactly(t, 256, (to) => t.call('statx', fd, '', 0x1000, 0x7ff, to));
    expect(t.view.getUint32(at, true)).toBe(0x7ff);
    expect(t.view.getUint32(at + 4, true)).toBe(4096);
    expect(t.view.getUint32(at + 16, true)).toBe(1);
    expect(t.view.getUint32(at + 20, true)).toBe(1000);
    expect(t.view.getUint16(at + 28, true)).toBe(0o100644);
    expect(t.view.getBigUint64(at + 40, true)).toBe(1000n);
    expect(t.view.getBigUint64(at + 48, true)).toBe(2n);
    expect(t.view.getBigInt64(at + 112, true)).toBe(SECONDS);
    expect(t.view.getUint32(at + 120, true)).toBe(123_456_789);
    expect(t.view.getUint32(at + 140, true)).toBe(1);
  });

  test('times before 1970 have positive nanoseconds', () => {
    const t = new TestProcess(width, { clock: fixed(-1n) });
    const at = exactly(t, 16, (to) => t.call(width === 64 ? 'clock_gettime' : 'clock_gettime64', 0, to));
    expect(t.view.getBigInt64(at, true)).toBe(-1n);
    expect(t.view.getBigInt64(at + 8, true)).toBe(999_999_999n);
  });

  test('sysinfo, getrusage, times, uname, sched_getaffinity', () => {
    const t = new TestProcess(width, { clock: fixed(0n, 5_000_000_000n, 2_345_678_000n), hostname: 'box' });
    const { sysinfo, rusage } = offsets;
    const info = exactly(t, sysinfo.size, (at) => t.call('sysinfo', at));
    expect(long(t, info)).toBe(5);
    expect(long(t, info + sysinfo.total)).toBe(t.guest.layout.mapEnd);
    expect(long(t, info + sysinfo.free)).toBe(t.guest.layout.mapEnd - t.guest.layout.heapStart);
    expect(t.view.getUint16(info + sysinfo.procs, true)).toBe(1);
    expect(t.view.getUint32(info + sysinfo.unit, true)).toBe(1);
    t.call('brk', t.guest.layout.heapStart + 8192);
    const usage = exactly(t, rusage.size, (at) => t.call('getrusage', 0, at));
    expect([long(t, usage), long(t, usage + width / 8)]).toEqual([2, 345_678]);
    expect(long(t, usage + rusage.maxrss)).toBe(8);
    const times = exactly(t, width / 2, (at) => t.call('times', at));
    expect(long(t, times)).toBe(234);
    const uname = exactly(t, 390, (at) => t.call('uname', at));
    const fields = [0, 1, 2, 3, 4].map((i) => t.text(uname + i * 65));
    expect(fields).toEqual(['Linux', 'box', '6.1.0', '#1 riscbox', `riscv${width}`]);
    const mask = exactly(t, width / 8, (at) => t.call('sched_getaffinity', 0, 128, at));
    expect(long(t, mask)).toBe(1);
  });

  test('prlimit64 tells the stack size and the number of descriptors', () => {
    const t = new TestProcess(width);
    const limit = (resource: number): [bigint, bigint] => {
      const at = exactly(t, 16, (to) => t.call('prlimit64', 0, resource, 0, to));
      return [t.view.getBigUint64(at, true), t.view.getBigUint64(at + 8, true)];
    };
    expect(limit(3)).toEqual([0x2_0000n, 0x2_0000n]);
    expect(limit(7)).toEqual([1024n, 1024n]);
    expect(limit(0)[0]).toBe(2n ** 64n - 1n);
    expect(t.call('prlimit64', 0, 16, 0, 0)).toBe(-22);
    expect(t.call('prlimit64', 5, 3, 0, 0)).toBe(-3);
    const raise = t.put(new Uint8Array(16).fill(0x7f));
    expect(t.call('prlimit64', 0, 7, raise, 0)).toBe(-1);
  });
});

test('utimensat sets, keeps and touches times', () => {
  const t = new TestProcess(64, { fs: { f: '' }, clock: fixed(MOMENT) });
  const times = (accessed: [bigint, bigint], modified: [bigint, bigint]): number =>
    t.put(new Uint8Array(new BigInt64Array([...accessed, ...modified]).buffer));
  const read = (): [bigint, bigint] => {
    const at = t.room(128);
    t.call('newfstatat', AT_FDCWD, '/f', at, 0);
    return [t.view.getBigInt64(at + 72, true), t.view.getBigInt64(at + 88, true)];
  };
  expect(t.call('utimensat', AT_FDCWD, '/f', times([10n, 0n], [20n, 5n]), 0)).toBe(0);
  expect(read()).toEqual([10n, 20n]);
  expect(t.call('utimensat', AT_FDCWD, '/f', times([0n, 0x3ffffffen], [0n, 0x3fffffffn]), 0)).toBe(0);
  expect(read()).toEqual([10n, SECONDS]);
  expect(t.call('utimensat', AT_FDCWD, '/f', times([0n, 10n ** 9n], [0n, 0n]), 0)).toBe(-22);
  expect(t.call('utimensat', AT_FDCWD, '/f', 0, 0)).toBe(0);
  expect(read()).toEqual([SECONDS, SECONDS]);
});
