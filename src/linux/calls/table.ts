import type { Width } from '../../core/kind.ts';
import type { SystemCall } from '../system-call.ts';
import { descriptorCalls } from './descriptor.ts';
import { memoryCalls } from './memory.ts';
import { pathCalls } from './path.ts';
import { processCalls } from './process.ts';
import { signalCalls } from './signal.ts';
import { timeCalls } from './time.ts';
import { transferCalls } from './transfer.ts';
import { waitCalls } from './wait.ts';

/** Every system call there is, by number per width. */
export const SYSTEM_CALLS: readonly SystemCall[] = [
  ...transferCalls,
  ...descriptorCalls,
  ...pathCalls,
  ...memoryCalls,
  ...timeCalls,
  ...processCalls,
  ...signalCalls,
  ...waitCalls,
];

const forWidth = (width: Width): ReadonlyMap<number, SystemCall> =>
  new Map(SYSTEM_CALLS.filter((row) => (row.width ?? width) === width).map((row) => [row.number, row]));

const tables: Map<Width, ReadonlyMap<number, SystemCall>> = new Map();

/** The table of one width, made when first asked for. */
export const systemCalls = (width: Width): ReadonlyMap<number, SystemCall> => {
  const known = tables.get(width) ?? forWidth(width);
  tables.set(width, known);
  return known;
};

/**
 * Names of calls that are answered with ENOSYS, for traces and counts; what is in neither table is `unknown`.
 * Numbers of asm-generic/unistd.h and of riscv's own range.
 */
const UNIMPLEMENTED: Readonly<Record<number, string>> = {
  5: 'setxattr',
  8: 'getxattr',
  11: 'listxattr',
  19: 'eventfd2',
  20: 'epoll_create1',
  21: 'epoll_ctl',
  22: 'epoll_pwait',
  26: 'inotify_init1',
  33: 'mknodat',
  38: 'renameat',
  39: 'umount2',
  40: 'mount',
  43: 'statfs',
  44: 'fstatfs',
  51: 'chroot',
  71: 'sendfile',
  74: 'signalfd4',
  76: 'splice',
  84: 'sync_file_range',
  85: 'timerfd_create',
  92: 'personality',
  97: 'unshare',
  98: 'futex',
  100: 'get_robust_list',
  101: 'nanosleep',
  102: 'getitimer',
  103: 'setitimer',
  107: 'timer_create',
  113: 'clock_gettime',
  114: 'clock_getres',
  115: 'clock_nanosleep',
  116: 'syslog',
  117: 'ptrace',
  118: 'sched_setparam',
  137: 'rt_sigtimedwait',
  138: 'rt_sigqueueinfo',
  139: 'rt_sigreturn',
  140: 'setpriority',
  142: 'reboot',
  151: 'setfsuid',
  154: 'setpgid',
  157: 'setsid',
  159: 'setgroups',
  161: 'sethostname',
  169: 'gettimeofday',
  198: 'socket',
  199: 'socketpair',
  200: 'bind',
  201: 'listen',
  202: 'accept',
  203: 'connect',
  206: 'sendto',
  207: 'recvfrom',
  211: 'sendmsg',
  212: 'recvmsg',
  213: 'readahead',
  220: 'clone',
  221: 'execve',
  232: 'mincore',
  241: 'perf_event_open',
  242: 'accept4',
  258: 'riscv_hwprobe',
  277: 'seccomp',
  279: 'memfd_create',
  281: 'execveat',
  283: 'membarrier',
  285: 'copy_file_range',
  288: 'pkey_mprotect',
  293: 'rseq',
  424: 'pidfd_send_signal',
  425: 'io_uring_setup',
  434: 'pidfd_open',
  435: 'clone3',
  437: 'openat2',
  441: 'epoll_pwait2',
  449: 'futex_waitv',
};

/** Above every number that Linux has given out, with room for new ones; what is larger is all alike. */
export const MAX_NUMBER = 2047;

/** The name of any call number, as traces and counts show it. */
export const systemCallName = (number: number, width: Width): string => {
  if (number > MAX_NUMBER) return 'out_of_range';
  return systemCalls(width).get(number)?.name ?? UNIMPLEMENTED[number] ?? `unknown_${number}`;
};
