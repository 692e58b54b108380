import { type Clock, NANOSECONDS_PER_SECOND, TICKS_PER_SECOND } from '../clock.ts';
import { Errno } from '../errno.ts';
import type { Kernel } from '../kernel.ts';
import { timespecLayout, timevalLayout } from '../layouts.ts';
import { Struct } from '../struct.ts';
import { call, type SystemCall } from '../system-call.ts';

const CLOCK_REALTIME = 0;
const CLOCK_MONOTONIC = 1;
const CLOCK_BOOTTIME = 7;
const CLOCK_TAI = 11;

const realtime = (clock: Clock): bigint => clock.realtime();
const monotonic = (clock: Clock): bigint => clock.monotonic();
const cpu = (clock: Clock): bigint => clock.cpu();

/** Clocks by their number (linux/time.h): process and thread time, raw and coarse variants, boot time, TAI. */
const CLOCKS: ReadonlyMap<number, (clock: Clock) => bigint> = new Map([
  [CLOCK_REALTIME, realtime],
  [CLOCK_MONOTONIC, monotonic],
  [2, cpu],
  [3, cpu],
  [4, monotonic],
  [5, realtime],
  [6, monotonic],
  [CLOCK_BOOTTIME, monotonic],
  [CLOCK_TAI, realtime],
]);

/** Clocks that can be slept on. */
const SLEEPING: ReadonlySet<number> = new Set([CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME, CLOCK_TAI]);

const TIMER_ABSTIME = 1;
/** Nanoseconds per tick of times(2). */
const TICK = NANOSECONDS_PER_SECOND / BigInt(TICKS_PER_SECOND);

const getTime = (kernel: Kernel, id: number, address: number): number => {
  const read = CLOCKS.get(id);
  return read ? kernel.user.write(address, timespecLayout(read(kernel.clock))) : Errno.EINVAL;
};

const getResolution = (kernel: Kernel, id: number, address: number): number => {
  if (!CLOCKS.has(id)) return Errno.EINVAL;
  return address === 0 ? 0 : kernel.user.write(address, timespecLayout(1n));
};

const sleepUntil = (kernel: Kernel, id: number, flags: number, request: number, rest: number): number => {
  const read = CLOCKS.get(id);
  if (!read || (flags & ~TIMER_ABSTIME) !== 0) return Errno.EINVAL;
  if (!SLEEPING.has(id)) return Errno.EOPNOTSUPP;
  const time = kernel.user.readTimespec(request);
  if (typeof time === 'number') return time;
  const absolute = (flags & TIMER_ABSTIME) !== 0;
  const { result, left } = kernel.sleep(absolute ? time - read(kernel.clock) : time);
  if (result !== 0 && !absolute && rest !== 0) return kernel.user.write(rest, timespecLayout(left)) || result;
  return result;
};

const getTimeOfDay = (kernel: Kernel, address: number, zone: number): number => {
  const error =
    address === 0 ? 0 : kernel.user.write(address, timevalLayout(kernel.width, kernel.clock.realtime()));
  // The time zone is UTC, without daylight saving time.
  return error || (zone === 0 ? 0 : kernel.user.write(zone, new Uint8Array(8)));
};

const times = (kernel: Kernel, address: number): number => {
  const { longSize } = kernel.user;
  const buffer = new Struct(kernel.width, longSize * 4).long(kernel.clock.cpu() / TICK, 0, 0, 0).bytes;
  const error = address === 0 ? 0 : kernel.user.write(address, buffer);
  return error || Number(BigInt.asUintN(31, kernel.clock.monotonic() / TICK));
};

const denied = (): number => Errno.EPERM;

const CLOCK_AND_TIME = ['int', 'address'] as const;
const SLEEP = ['int', 'int', 'address', 'address'] as const;

/** Clocks and sleeping. rv32 has only the calls with 64-bit times. */
export const timeCalls: readonly SystemCall[] = [
  call(
    101,
    'nanosleep',
    ['address', 'address'],
    (kernel, request, rest) => sleepUntil(kernel, CLOCK_MONOTONIC, 0, request, rest),
    64,
  ),
  call(112, 'clock_settime', CLOCK_AND_TIME, denied, 64),
  call(404, 'clock_settime64', CLOCK_AND_TIME, denied, 32),
  call(113, 'clock_gettime', CLOCK_AND_TIME, getTime, 64),
  call(403, 'clock_gettime64', CLOCK_AND_TIME, getTime, 32),
  call(114, 'clock_getres', CLOCK_AND_TIME, getResolution, 64),
  call(406, 'clock_getres_time64', CLOCK_AND_TIME, getResolution, 32),
  call(115, 'clock_nanosleep', SLEEP, sleepUntil, 64),
  call(407, 'clock_nanosleep_time64', SLEEP, sleepUntil, 32),
  call(153, 'times', ['address'], times),
  call(169, 'gettimeofday', ['address', 'address'], getTimeOfDay, 64),
];
