import { describe, expect, test } from 'vitest';
import { DEFAULT_EPOCH, realClock } from '../../src/linux/clock.ts';
import { Errno } from '../../src/linux/errno.ts';
import { realRandom, seededRandom } from '../../src/linux/random.ts';
import { DATA, DATA_SIZE, TestProcess } from './fake-guest.ts';

const SECOND = 1_000_000_000n;

describe.each([32, 64] as const)('time, rv%i', (width) => {
  const suffix = width === 64 ? '' : '64';
  const now = (t: TestProcess, id: number): bigint => {
    const at = t.room(16);
    expect(t.call(`clock_gettime${suffix}`, id, at)).toBe(0);
    return t.view.getBigInt64(at, true) * SECOND + t.view.getBigInt64(at + 8, true);
  };
  const timespec = (time: bigint): Uint8Array =>
    new Uint8Array(new BigInt64Array([time / SECOND, time % SECOND]).buffer);
  const sleepCall = width === 64 ? 'clock_nanosleep' : 'clock_nanosleep_time64';

  test('the virtual clock is advanced by instructions and sleeping only', () => {
    const t = new TestProcess(width);
    expect(now(t, 0)).toBe(DEFAULT_EPOCH);
    expect(now(t, 1)).toBe(0n);
    t.guest.executed = 1500n;
    expect(now(t, 0)).toBe(DEFAULT_EPOCH + 1500n);
    expect(t.call(sleepCall, 1, 0, t.put(timespec(3n * SECOND)), 0)).toBe(0);
    expect(now(t, 1)).toBe(3n * SECOND + 1500n);
    expect(now(t, 2)).toBe(1500n);
    expect(t.call(sleepCall, 1, 1, t.put(timespec(5n * SECOND)), 0)).toBe(0);
    expect(now(t, 1)).toBe(5n * SECOND);
    expect(t.call(sleepCall, 1, 1, t.put(timespec(1n)), 0)).toBe(0);
    expect(now(t, 1)).toBe(5n * SECOND);
  });

  test('bad clocks, times and pointers', () => {
    const t = new TestProcess(width, { epoch: 77n });
    expect(now(t, 0)).toBe(77n);
    expect(t.call(`clock_gettime${suffix}`, 99, DATA)).toBe(Errno.EINVAL);
    expect(t.call(`clock_gettime${suffix}`, 0, 0)).toBe(Errno.EFAULT);
    expect(t.call(sleepCall, 0, 0, 0, 0)).toBe(Errno.EFAULT);
    expect(t.call(sleepCall, 0, 0, t.put(new Uint8Array(16).fill(0xff)), 0)).toBe(Errno.EINVAL);
    expect(t.call(sleepCall, 2, 0, t.put(timespec(1n)), 0)).toBe(Errno.EOPNOTSUPP);
    expect(t.call(width === 64 ? 'clock_getres' : 'clock_getres_time64', 0, 0)).toBe(0);
  });

  test('a real sleep ends early when the host says so, with the rest', () => {
    const t = new TestProcess(width, { clock: 'real', interrupted: () => true });
    const rest = t.room(16);
    expect(t.call(sleepCall, 1, 0, t.put(timespec(1000n * SECOND)), rest)).toBe(Errno.EINTR);
    expect(t.view.getBigInt64(rest, true)).toBeGreaterThan(998n);
    const start = performance.now();
    const u = new TestProcess(width, { clock: 'real' });
    expect(u.call(sleepCall, 1, 0, u.put(timespec(30_000_000n)), 0)).toBe(0);
    expect(performance.now() - start).toBeGreaterThan(25);
  });

  test('poll and select: ready descriptors at once, else the timeout passes', () => {
    const t = new TestProcess(width, { stdin: 'x' });
    const poll = width === 64 ? 'ppoll' : 'ppoll_time64';
    const select = width === 64 ? 'pselect6' : 'pselect6_time64';
    const set = new DataView(new ArrayBuffer(24));
    for (const [i, fd] of [0, 1, 55].entries()) {
      set.setInt32(i * 8, fd, true);
      set.setUint16(i * 8 + 4, 5, true);
    }
    const at = t.put(new Uint8Array(set.buffer));
    expect(t.call(poll, at, 3, 0, 0, 8)).toBe(3);
    expect([0, 1, 2].map((i) => t.view.getUint16(at + i * 8 + 6, true))).toEqual([5, 5, 0x20]);
    const timeout = t.put(timespec(2n * SECOND));
    expect(t.call(poll, at, 0, timeout, 0, 8)).toBe(0);
    expect(now(t, 1)).toBe(2n * SECOND);
    expect(t.call(poll, at, 0, 0, 0, 8)).toBe(Errno.EINTR);
    expect(t.call(poll, 0, 1, timeout, 0, 8)).toBe(Errno.EFAULT);
    const bits = t.put(Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0));
    expect(t.call(select, 2, bits, 0, 0, timeout, 0)).toBe(2);
    expect(t.call(select, 2, bits, 0, bits, timeout, 0)).toBe(2);
    const closed = t.put(Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 0));
    expect(t.call(select, 9, closed, 0, 0, timeout, 0)).toBe(Errno.EBADF);
    expect(t.call(select, 0, 0, 0, 0, timeout, 0)).toBe(0);
    expect(now(t, 1)).toBe(4n * SECOND);
  });

  test('futex: nobody to wake, waiting ends at once or with the timeout', () => {
    const t = new TestProcess(width);
    const futex = width === 64 ? 'futex' : 'futex_time64';
    const at = t.put(Uint8Array.of(5, 0, 0, 0));
    expect(t.call(futex, at, 129, 1, 0, 0, 0)).toBe(0);
    expect(t.call(futex, at, 128, 4, 0, 0, 0)).toBe(Errno.EAGAIN);
    expect(t.call(futex, at, 128, 5, 0, 0, 0)).toBe(Errno.EDEADLK);
    expect(t.call(futex, at, 128, 5, t.put(timespec(7n)), 0, 0)).toBe(Errno.ETIMEDOUT);
    expect(now(t, 1)).toBe(7n);
    expect(t.call(futex, 0, 128, 5, 0, 0, 0)).toBe(Errno.EFAULT);
    expect(t.call(futex, at + 1, 128, 5, 0, 0, 0)).toBe(Errno.EINVAL);
    expect(t.call(futex, at, 6, 5, 0, 0, 0)).toBe(Errno.ENOSYS);
  });
});

describe.each([32, 64] as const)('signals, rv%i', (width) => {
  const actionSize = (width / 8) * 2 + 8;
  const action = (handler: number): Uint8Array => {
    const bytes = new Uint8Array(actionSize);
    bytes[0] = handler;
    return bytes;
  };

  test('abort ends the program with 134', () => {
    const t = new TestProcess(width);
    t.call('tgkill', t.call('getpid'), t.call('gettid'), 6);
    expect(t.outcome).toEqual({ exit: 134 });
    expect(t.process.signal).toBe(6);
  });

  test('ignored signals do nothing, handlers are refused, others and nobody are told apart', () => {
    const t = new TestProcess(width);
    const self = t.call('getpid');
    expect(t.call('kill', self, 0)).toBe(0);
    expect(t.call('kill', self, 17)).toBe(0);
    expect(t.call('rt_sigaction', 10, t.put(action(1)), 0, 8)).toBe(0);
    expect(t.call('kill', self, 10)).toBe(0);
    expect(t.call('rt_sigaction', 10, t.put(action(0x40)), 0, 8)).toBe(0);
    expect(t.call('kill', self, 10)).toBe(Errno.ENOSYS);
    expect(t.call('kill', 4711, 10)).toBe(Errno.ESRCH);
    expect(t.call('kill', self, 65)).toBe(Errno.EINVAL);
    expect(t.call('tkill', 0, 6)).toBe(Errno.EINVAL);
    expect(t.outcome).toBe('continue');
  });

  test('actions are kept and given back; SIGKILL has none', () => {
    const t = new TestProcess(width);
    const old = t.put(new Uint8Array(actionSize + 8).fill(0xee));
    const mine = action(0x44);
    mine[actionSize - 1] = 9;
    expect(t.call('rt_sigaction', 2, t.put(mine), old, 8)).toBe(0);
    expect(t.memory.read(old, actionSize)).toEqual(new Uint8Array(actionSize));
    expect(t.memory.read(old + actionSize, 1)[0]).toBe(0xee);
    expect(t.call('rt_sigaction', 2, 0, old, 8)).toBe(0);
    expect(t.memory.read(old, actionSize)).toEqual(mine);
    expect(t.call('rt_sigaction', 9, t.put(mine), 0, 8)).toBe(Errno.EINVAL);
    expect(t.call('rt_sigaction', 2, 0, 0, 4)).toBe(Errno.EINVAL);
    expect(t.call('rt_sigaction', 2, 3, 0, 8)).toBe(Errno.EFAULT);
  });

  test('blocked signals wait and act when unblocked', () => {
    const t = new TestProcess(width);
    const set = t.put(Uint8Array.of(0, 0x40, 0, 0, 0, 0, 0, 0));
    const old = t.room(8);
    expect(t.call('rt_sigprocmask', 0, set, 0, 8)).toBe(0);
    expect(t.call('kill', t.call('getpid'), 15)).toBe(0);
    expect(t.outcome).toBe('continue');
    expect(t.call('rt_sigpending', old, 8)).toBe(0);
    expect(t.view.getUint8(old + 1)).toBe(0x40);
    expect(t.call('rt_sigprocmask', 5, set, 0, 8)).toBe(Errno.EINVAL);
    t.call('rt_sigprocmask', 1, set, old, 8);
    expect(t.outcome).toEqual({ exit: 143 });
  });

  test('sigaltstack says that there is none', () => {
    const t = new TestProcess(width);
    const at = t.put(new Uint8Array((width / 8) * 3).fill(0xee));
    expect(t.call('sigaltstack', 0, at)).toBe(0);
    expect(t.view.getUint32(at + width / 8, true)).toBe(2);
  });
});

describe('randomness', () => {
  test('getrandom is reproducible by default and bounded', () => {
    const bytes = (seed: number): Uint8Array => {
      const t = new TestProcess(64, { seed });
      const at = t.room(64);
      expect(t.call('getrandom', at, 64, 0)).toBe(64);
      return t.memory.read(at, 64);
    };
    expect(bytes(1)).toEqual(bytes(1));
    expect(bytes(1)).not.toEqual(bytes(2));
    const t = new TestProcess(64);
    expect(t.call('getrandom', 0, 5, 0)).toBe(Errno.EFAULT);
    expect(t.call('getrandom', DATA, 5, 8)).toBe(Errno.EINVAL);
    expect(t.call('getrandom', DATA, 2n ** 63n, 0)).toBe(DATA_SIZE);
  });

  test('the stream of bytes does not depend on how it is asked for', () => {
    const whole = new Uint8Array(100);
    seededRandom(9)(whole);
    const source = seededRandom(9n);
    const parts = [1, 2, 3, 50, 44].map((length) => {
      const part = new Uint8Array(length);
      source(part);
      return [...part];
    });
    expect(parts.flat()).toEqual([...whole]);
  });

  test('every byte value occurs about equally often', () => {
    const bytes = new Uint8Array(256 * 256);
    seededRandom(3)(bytes);
    const counts = new Array<number>(256).fill(0);
    for (const byte of bytes) counts[byte] = (counts[byte] as number) + 1;
    // 256 expected, standard deviation 16; five of them.
    for (const count of counts) expect(Math.abs(count - 256)).toBeLessThan(80);
  });

  test('real randomness fills any length', () => {
    const bytes = new Uint8Array(200_000);
    realRandom(bytes);
    expect(bytes.subarray(-1000).some((byte) => byte !== 0)).toBe(true);
  });
});

test('the real clock goes on and counts sleeping apart from processor time', () => {
  const clock = realClock();
  expect(Math.abs(Number(clock.realtime() / 1_000_000n) - Date.now())).toBeLessThan(1000);
  const before = clock.monotonic();
  expect(clock.sleep(20_000_000n, () => false)).toBe(20_000_000n);
  expect(clock.monotonic() - before).toBeGreaterThanOrEqual(20_000_000n);
  expect(clock.cpu()).toBeLessThan(clock.monotonic() - before);
});

describe('identity', () => {
  test('the usual answers', () => {
    const t = new TestProcess(64);
    expect(t.call('getuid')).toBe(t.call('geteuid'));
    expect(t.call('setuid', t.call('getuid'))).toBe(0);
    expect(t.call('setuid', 0)).toBe(Errno.EPERM);
    expect(t.call('set_tid_address', DATA)).toBe(t.call('gettid'));
    expect(t.call('set_robust_list', DATA, 24)).toBe(0);
    expect(t.call('set_robust_list', DATA, 12)).toBe(Errno.EINVAL);
    expect(t.call('wait4', -1, 0, 0, 0)).toBe(Errno.ECHILD);
    expect(t.call('riscv_flush_icache', 0, 0, 0)).toBe(0);
    const name = t.room(16);
    expect(t.call('prctl', 15, 'a-name-that-is-too-long')).toBe(0);
    expect(t.call('prctl', 16, name)).toBe(0);
    expect(t.text(name)).toBe('a-name-that-is-');
    expect(t.call('prctl', 99, 0)).toBe(Errno.EINVAL);
  });
});
