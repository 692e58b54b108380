import { MAX_DESCRIPTORS } from '../descriptors.ts';
import { Errno } from '../errno.ts';
import { type Kernel, PARENT_ID, PROCESS_ID } from '../kernel.ts';
import { GROUP_ID, rusageLayout, sysinfoLayout, USER_ID, utsnameLayout } from '../layouts.ts';
import { Struct } from '../struct.ts';
import { call, type SystemCall } from '../system-call.ts';

const RLIM_INFINITY = 2n ** 64n - 1n;
/** asm-generic/resource.h */
const RLIMIT_STACK = 3;
const RLIMIT_CORE = 4;
const RLIMIT_NOFILE = 7;
const RLIMIT_AS = 9;
const RLIMITS = 16;

/** Soft and hard limit are the same: none can be raised. */
const limit = ({ guest }: Kernel, resource: number): bigint => {
  switch (resource) {
    case RLIMIT_STACK:
      return BigInt(guest.layout.stackEnd - guest.layout.stackStart);
    case RLIMIT_CORE:
      return 0n;
    case RLIMIT_NOFILE:
      return BigInt(MAX_DESCRIPTORS);
    case RLIMIT_AS:
      return BigInt(guest.layout.mapEnd);
    default:
      return RLIM_INFINITY;
  }
};

const setLimit = (kernel: Kernel, resource: number, soft: bigint, hard: bigint): number => {
  if (soft > hard) return Errno.EINVAL;
  // Lowering is accepted without effect, so that programs which do it go on.
  return hard <= limit(kernel, resource) ? 0 : Errno.EPERM;
};

const limits = (kernel: Kernel, process: number, resource: number, next: number, old: number): number => {
  if (process !== 0 && process !== PROCESS_ID) return Errno.ESRCH;
  if (resource < 0 || resource >= RLIMITS) return Errno.EINVAL;
  const view = next === 0 ? undefined : kernel.user.view(next, 16);
  if (next !== 0 && !view) return Errno.EFAULT;
  if (view) {
    const error = setLimit(kernel, resource, view.getBigUint64(0, true), view.getBigUint64(8, true));
    if (error !== 0) return error;
  }
  const value = limit(kernel, resource);
  return old === 0 ? 0 : kernel.user.write(old, new Struct(64, 16).u64(value, value).bytes);
};

const RUSAGE_CHILDREN = -1;
const RUSAGE_SELF = 0;
const RUSAGE_THREAD = 1;

const usage = (kernel: Kernel, who: number, address: number): number => {
  if (who !== RUSAGE_SELF && who !== RUSAGE_CHILDREN && who !== RUSAGE_THREAD) return Errno.EINVAL;
  const own = who !== RUSAGE_CHILDREN;
  const cpu = own ? kernel.clock.cpu() : 0n;
  const peak = own ? Math.ceil(kernel.space.used / 1024) : 0;
  return kernel.user.write(address, rusageLayout(kernel.width, cpu, peak));
};

const systemInformation = (kernel: Kernel, address: number): number => {
  const total = kernel.guest.layout.mapEnd;
  const information = {
    uptime: kernel.clock.monotonic() / 1_000_000_000n,
    total,
    free: Math.max(0, total - kernel.guest.layout.heapStart - kernel.space.used),
  };
  return kernel.user.write(address, sysinfoLayout(kernel.width, information));
};

/** GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE */
const GRND_FLAGS = 7;
/** What Linux gives per call at most. */
const GETRANDOM_MAX = 2 ** 25 - 1;
const RANDOM_CHUNK = 65_536;

const getRandom = (kernel: Kernel, address: number, length: number, flags: number): number => {
  if ((flags & ~GRND_FLAGS) !== 0) return Errno.EINVAL;
  const total = Math.min(length, GETRANDOM_MAX);
  for (let done = 0; done < total; ) {
    const size = Math.min(RANDOM_CHUNK, total - done);
    if (!kernel.user.writable(address + done, size)) return done || Errno.EFAULT;
    const bytes = new Uint8Array(size);
    kernel.random(bytes);
    kernel.user.write(address + done, bytes);
    done += size;
  }
  return total;
};

/** Bytes of the CPU mask that the kernel fills: one long, with one processor in it. */
const affinity = (kernel: Kernel, process: number, size: number, address: number): number => {
  const { longSize } = kernel.user;
  if (process !== 0 && process !== PROCESS_ID) return Errno.ESRCH;
  if (size < longSize || size % longSize !== 0) return Errno.EINVAL;
  return kernel.user.write(address, new Struct(kernel.width, longSize).long(1).bytes) || longSize;
};

const PR_SET_NAME = 15;
const PR_GET_NAME = 16;

const prctl = (kernel: Kernel, option: number, address: number): number => {
  if (option === PR_GET_NAME) return kernel.user.write(address, kernel.name);
  if (option !== PR_SET_NAME) return Errno.EINVAL;
  const name = kernel.user.read(address, 16);
  if (!name) return Errno.EFAULT;
  const end = name.indexOf(0);
  kernel.name = new Uint8Array(16);
  kernel.name.set(name.subarray(0, end < 0 ? 15 : Math.min(end, 15)));
  return 0;
};

const three = (kernel: Kernel, addresses: readonly number[], value: number): number => {
  for (const address of addresses) {
    const error = kernel.user.writeUint32(address, value);
    if (error !== 0) return error;
  }
  return 0;
};

/** Becoming what one is is allowed, anything else needs privileges; -1 leaves an identifier as it is. */
const become = (own: number, ...wanted: number[]): number =>
  wanted.every((id) => id === own || id === -1) ? 0 : Errno.EPERM;

/** Calls that take a process and know only this one. */
const ofSelf =
  (answer: number) =>
  (_kernel: Kernel, process: number): number =>
    process === 0 || process === PROCESS_ID ? answer : Errno.ESRCH;

/** Identity, limits, and what the system tells about itself. */
export const processCalls: readonly SystemCall[] = [
  call(93, 'exit', ['int'], (kernel, code) => kernel.exit(code)),
  call(94, 'exit_group', ['int'], (kernel, code) => kernel.exit(code)),
  call(95, 'waitid', ['int', 'int', 'address', 'int', 'address'], () => Errno.ECHILD),
  call(96, 'set_tid_address', ['address'], () => PROCESS_ID),
  call(99, 'set_robust_list', ['address', 'size'], (kernel, _address, size) =>
    // struct robust_list_head: three longs.
    size === kernel.user.longSize * 3 ? 0 : Errno.EINVAL,
  ),
  call(119, 'sched_setscheduler', ['int', 'int', 'address'], () => Errno.EPERM),
  call(120, 'sched_getscheduler', ['int'], ofSelf(0)),
  call(
    121,
    'sched_getparam',
    ['int', 'address'],
    (kernel, process, address) => ofSelf(0)(kernel, process) || kernel.user.writeUint32(address, 0),
  ),
  call(122, 'sched_setaffinity', ['int', 'size', 'address'], ofSelf(0)),
  call(123, 'sched_getaffinity', ['int', 'size', 'address'], affinity),
  call(124, 'sched_yield', [], () => 0),
  call(125, 'sched_get_priority_max', ['int'], () => 0),
  call(126, 'sched_get_priority_min', ['int'], () => 0),
  // The raw call answers 20 minus the nice value, which is 0.
  call(141, 'getpriority', ['int', 'int'], () => 20),
  call(143, 'setregid', ['int', 'int'], (_kernel, real, effective) => become(GROUP_ID, real, effective)),
  call(144, 'setgid', ['int'], (_kernel, id) => become(GROUP_ID, id)),
  call(145, 'setreuid', ['int', 'int'], (_kernel, real, effective) => become(USER_ID, real, effective)),
  call(146, 'setuid', ['int'], (_kernel, id) => become(USER_ID, id)),
  call(147, 'setresuid', ['int', 'int', 'int'], (_kernel, ...ids) => become(USER_ID, ...ids)),
  call(148, 'getresuid', ['address', 'address', 'address'], (kernel, ...addresses) =>
    three(kernel, addresses, USER_ID),
  ),
  call(149, 'setresgid', ['int', 'int', 'int'], (_kernel, ...ids) => become(GROUP_ID, ...ids)),
  call(150, 'getresgid', ['address', 'address', 'address'], (kernel, ...addresses) =>
    three(kernel, addresses, GROUP_ID),
  ),
  call(155, 'getpgid', ['int'], ofSelf(PROCESS_ID)),
  call(156, 'getsid', ['int'], ofSelf(PROCESS_ID)),
  call(158, 'getgroups', ['int', 'address'], () => 0),
  call(160, 'uname', ['address'], (kernel, address) =>
    kernel.user.write(address, utsnameLayout(kernel.width, kernel.hostname)),
  ),
  call(
    163,
    'getrlimit',
    ['int', 'address'],
    (kernel, resource, address) => limits(kernel, 0, resource, 0, address),
    64,
  ),
  call(
    164,
    'setrlimit',
    ['int', 'address'],
    (kernel, resource, address) => (address === 0 ? Errno.EFAULT : limits(kernel, 0, resource, address, 0)),
    64,
  ),
  call(165, 'getrusage', ['int', 'address'], usage),
  call(166, 'umask', ['mode'], (kernel, mask) => {
    const old = kernel.umask;
    kernel.umask = mask & 0o777;
    return old;
  }),
  call(167, 'prctl', ['int', 'address'], prctl),
  call(168, 'getcpu', ['address', 'address'], (kernel, cpu, node) =>
    three(
      kernel,
      [cpu, node].filter((address) => address !== 0),
      0,
    ),
  ),
  call(172, 'getpid', [], () => PROCESS_ID),
  call(173, 'getppid', [], () => PARENT_ID),
  call(174, 'getuid', [], () => USER_ID),
  call(175, 'geteuid', [], () => USER_ID),
  call(176, 'getgid', [], () => GROUP_ID),
  call(177, 'getegid', [], () => GROUP_ID),
  call(178, 'gettid', [], () => PROCESS_ID),
  call(179, 'sysinfo', ['address'], systemInformation),
  // Code is immutable, so there is nothing to flush.
  call(259, 'riscv_flush_icache', ['address', 'address', 'size'], () => 0),
  call(260, 'wait4', ['int', 'address', 'int', 'address'], () => Errno.ECHILD),
  call(261, 'prlimit64', ['int', 'int', 'address', 'address'], limits),
  call(278, 'getrandom', ['address', 'size', 'uint'], getRandom),
];
