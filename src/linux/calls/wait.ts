import { MAX_DESCRIPTORS } from '../descriptors.ts';
import { Errno } from '../errno.ts';
import type { Kernel } from '../kernel.ts';
import { call, type SystemCall } from '../system-call.ts';

/** asm-generic/poll.h */
const POLLIN = 0x0001;
const POLLOUT = 0x0004;
const POLLNVAL = 0x0020;
const POLLRDNORM = 0x0040;
const POLLWRNORM = 0x0100;

const readiness = (kernel: Kernel, descriptor: number): { read: boolean; write: boolean } | undefined => {
  const description = kernel.descriptors.get(descriptor);
  if (!description) return undefined;
  const ready = description.file.ready?.() ?? { read: true, write: true };
  return { read: ready.read && description.readable, write: ready.write && description.writable };
};

/**
 * Lets a timeout pass when nothing is ready. Without a timeout nothing could ever become ready, as there is no
 * other thread or process: EINTR instead of waiting for ever.
 */
const waitFor = (kernel: Kernel, timeout: number): number => {
  if (timeout === 0) return Errno.EINTR;
  const time = kernel.user.readTimespec(timeout);
  return typeof time === 'number' ? time : kernel.sleep(time).result;
};

const poll = (kernel: Kernel, address: number, count: number, timeout: number): number => {
  if (count > MAX_DESCRIPTORS) return Errno.EINVAL;
  /** `struct pollfd`: descriptor, events, returned events. */
  const view = kernel.user.view(address, count * 8);
  if (!view) return Errno.EFAULT;
  let ready = 0;
  for (let at = 0; at < view.byteLength; at += 8) {
    const descriptor = view.getInt32(at, true);
    const events = view.getUint16(at + 4, true);
    const state = readiness(kernel, descriptor);
    let returned = 0;
    if (descriptor >= 0 && !state) returned = POLLNVAL;
    if (descriptor >= 0 && state?.read) returned |= events & (POLLIN | POLLRDNORM);
    if (descriptor >= 0 && state?.write) returned |= events & (POLLOUT | POLLWRNORM);
    view.setUint16(at + 6, returned, true);
    if (returned !== 0) ready++;
  }
  const error = kernel.user.write(address, new Uint8Array(view.buffer));
  if (error !== 0) return error;
  return ready > 0 ? ready : waitFor(kernel, timeout);
};

/** One `fd_set` of select, as far as `count` goes; undefined for a null pointer, a number for an error. */
const descriptorSet = (kernel: Kernel, address: number, count: number): Uint8Array | number | undefined => {
  if (address === 0) return undefined;
  const longs = Math.ceil(count / kernel.width);
  return kernel.user.read(address, longs * kernel.user.longSize) ?? Errno.EFAULT;
};

const select = (
  kernel: Kernel,
  count: number,
  input: number,
  output: number,
  failed: number,
  timeout: number,
): number => {
  if (count < 0) return Errno.EINVAL;
  const size = Math.min(count, MAX_DESCRIPTORS);
  let ready = 0;
  const results: [address: number, set: Uint8Array][] = [];
  for (const [address, kind] of [
    [input, 'read'],
    [output, 'write'],
    [failed, undefined],
  ] as const) {
    const set = descriptorSet(kernel, address, size);
    if (typeof set === 'number') return set;
    if (!set) continue;
    const result = new Uint8Array(set.length);
    for (let descriptor = 0; descriptor < size; descriptor++) {
      const bit = 1 << (descriptor & 7);
      if (((set[descriptor >> 3] ?? 0) & bit) === 0) continue;
      const state = readiness(kernel, descriptor);
      if (!state) return Errno.EBADF;
      if (!kind || !state[kind]) continue;
      result[descriptor >> 3] = (result[descriptor >> 3] ?? 0) | bit;
      ready++;
    }
    results.push([address, result]);
  }
  if (ready === 0) {
    const error = waitFor(kernel, timeout);
    if (error !== 0) return error;
  }
  for (const [address, set] of results) if (kernel.user.write(address, set) !== 0) return Errno.EFAULT;
  return ready;
};

const FUTEX_COMMAND = 0x7f;
const FUTEX_WAIT = 0;
const FUTEX_WAKE = 1;
const FUTEX_REQUEUE = 3;
const FUTEX_CMP_REQUEUE = 4;
const FUTEX_WAIT_BITSET = 9;
const FUTEX_WAKE_BITSET = 10;
const FUTEX_CLOCK_REALTIME = 0x100;

/** With one thread there is nobody to wake and nobody who could. */
const futex = (
  kernel: Kernel,
  address: number,
  operation: number,
  value: number,
  timeout: number,
): number => {
  const current = kernel.user.readUint32(address);
  if (address % 4 !== 0) return Errno.EINVAL;
  if (current === undefined) return Errno.EFAULT;
  switch (operation & FUTEX_COMMAND) {
    case FUTEX_WAKE:
    case FUTEX_WAKE_BITSET:
    case FUTEX_REQUEUE:
    case FUTEX_CMP_REQUEUE:
      return 0;
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET: {
      if (current !== value) return Errno.EAGAIN;
      if (timeout === 0) return Errno.EDEADLK;
      const time = kernel.user.readTimespec(timeout);
      if (typeof time === 'number') return time;
      // FUTEX_WAIT gives a duration, the other a moment.
      const realtime = (operation & FUTEX_CLOCK_REALTIME) !== 0;
      const now = realtime ? kernel.clock.realtime() : kernel.clock.monotonic();
      const duration = (operation & FUTEX_COMMAND) === FUTEX_WAIT ? time : time - now;
      return kernel.sleep(duration).result || Errno.ETIMEDOUT;
    }
    default:
      return Errno.ENOSYS;
  }
};

const POLL = ['address', 'uint', 'address', 'address', 'size'] as const;
const SELECT = ['int', 'address', 'address', 'address', 'address', 'address'] as const;
const FUTEX = ['address', 'int', 'uint', 'address', 'address', 'uint'] as const;

/** Waiting for descriptors and for other threads. rv32 has only the calls with 64-bit times. */
export const waitCalls: readonly SystemCall[] = [
  call(72, 'pselect6', SELECT, select, 64),
  call(413, 'pselect6_time64', SELECT, select, 32),
  call(73, 'ppoll', POLL, poll, 64),
  call(414, 'ppoll_time64', POLL, poll, 32),
  call(98, 'futex', FUTEX, futex, 64),
  call(422, 'futex_time64', FUTEX, futex, 32),
];
