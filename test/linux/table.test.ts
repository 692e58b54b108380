import { describe, expect, test } from 'vitest';
import { SYSTEM_CALLS, systemCallName, systemCalls } from '../../src/linux/calls/table.ts';
import { Errno, errnoName } from '../../src/linux/errno.ts';
import type { SystemCallRecord } from '../../src/linux/process.ts';
import { formatSystemCall } from '../../src/linux/trace.ts';
import { AT_FDCWD, TestProcess } from './fake-guest.ts';

describe('system call table', () => {
  test('no number is listed twice for one width, no name twice', () => {
    for (const width of [32, 64] as const) {
      const rows = SYSTEM_CALLS.filter((row) => (row.width ?? width) === width);
      expect(new Set(rows.map((row) => row.number)).size).toBe(rows.length);
      expect(new Set(rows.map((row) => row.name)).size).toBe(rows.length);
    }
  });

  test('arguments fit into a0 to a5', () => {
    for (const width of [32, 64] as const) {
      for (const row of systemCalls(width).values()) {
        const registers = row.arguments.map((kind) => (kind === 'offset' && width === 32 ? 2 : 1));
        expect(
          registers.reduce<number>((sum, count) => sum + count, 0),
          row.name,
        ).toBeLessThanOrEqual(6);
      }
    }
  });

  test('rv32 has the calls with 64-bit times and not the others', () => {
    expect(systemCalls(32).get(403)?.name).toBe('clock_gettime64');
    expect(systemCalls(32).has(113)).toBe(false);
    expect(systemCalls(64).get(113)?.name).toBe('clock_gettime');
    expect(systemCalls(64).has(403)).toBe(false);
    expect(systemCalls(32).get(62)?.name).toBe('_llseek');
    expect(systemCalls(64).get(62)?.name).toBe('lseek');
  });

  test('error numbers are unique and negative', () => {
    const values = Object.values(Errno);
    expect(new Set(values).size).toBe(values.length);
    expect(values.every((value) => value < 0)).toBe(true);
    expect(errnoName(-2)).toBe('ENOENT');
    expect(errnoName(-9999)).toBeUndefined();
  });
});

describe('dispatch', () => {
  test('the number is in a7, in t0 for E programs', () => {
    for (const embedded of [false, true]) {
      const t = new TestProcess(32, {}, embedded);
      t.guest.setRegister(embedded ? 17 : 5, 93n);
      expect(t.call('getpid')).toBeGreaterThan(0);
      expect(t.outcome).toBe('continue');
    }
  });

  test('unknown calls answer ENOSYS and are counted by name', () => {
    const t = new TestProcess(64);
    expect(t.callNumber(198)).toBe(Errno.ENOSYS);
    expect(t.callNumber(198)).toBe(Errno.ENOSYS);
    expect(t.callNumber(258)).toBe(Errno.ENOSYS);
    expect(t.callNumber(999)).toBe(Errno.ENOSYS);
    expect(t.callNumber(2n ** 64n - 1n)).toBe(Errno.ENOSYS);
    expect(t.callNumber(2n ** 40n)).toBe(Errno.ENOSYS);
    // The low bits alone would be getpid.
    expect(t.callNumber(2n ** 32n + 172n)).toBe(Errno.ENOSYS);
    t.call('getpid');
    const { calls, unknownCalls, callsByName } = t.process.stats;
    expect(unknownCalls).toEqual({ socket: 2, riscv_hwprobe: 1, unknown_999: 1, out_of_range: 3 });
    expect(callsByName.getpid).toBe(1);
    expect(calls).toBe(8);
    expect(systemCallName(403, 64)).toBe('unknown_403');
  });

  test('exit ends the run with the low byte of its code, and stays ended', () => {
    const t = new TestProcess(64);
    t.call('exit_group', 0x1ff);
    expect(t.outcome).toEqual({ exit: 255 });
    t.call('getpid');
    expect(t.outcome).toEqual({ exit: 255 });
    expect(t.process.exitCode).toBe(255);
  });

  test('records describe calls as strace would', () => {
    const records: SystemCallRecord[] = [];
    const t = new TestProcess(32, { onSystemCall: (record) => records.push(record) });
    t.call('openat', AT_FDCWD, '/no"pe', 0, 0o644);
    t.call('read', 7, 0x10000, 5);
    t.call('newfstatat', 1, 0, 0x10000, 0);
    t.callNumber(220);
    expect(records.map(formatSystemCall)).toEqual([
      'openat(-100, "/no\\"pe", 0, 0644) = -2 ENOENT',
      'read(7, 0x10000, 5) = -9 EBADF',
      'newfstatat(1, NULL, 0x10000, 0) = 0',
      'clone() = -38 ENOSYS',
    ]);
  });

  test('bad paths: EFAULT, ENAMETOOLONG, EILSEQ', () => {
    const t = new TestProcess(64);
    expect(t.call('chdir', 0)).toBe(Errno.EFAULT);
    expect(t.call('chdir', 0xffff_fff0)).toBe(Errno.EFAULT);
    expect(t.call('chdir', 'x'.repeat(4096))).toBe(Errno.ENAMETOOLONG);
    expect(t.call('chdir', 'x'.repeat(256))).toBe(Errno.ENAMETOOLONG);
    expect(t.call('chdir', t.put(Uint8Array.of(0xff, 0)))).toBe(Errno.EILSEQ);
    // A string may end with the last byte before memory that can't be read.
    const last = 0x2_0000 - 2;
    t.memory.write(last, Uint8Array.of(0x2f, 0));
    expect(t.call('chdir', last)).toBe(0);
    t.memory.write(last, Uint8Array.of(0x2f, 0x2f));
    expect(t.call('chdir', last)).toBe(Errno.EFAULT);
  });
});
