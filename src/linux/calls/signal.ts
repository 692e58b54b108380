import { Errno } from '../errno.ts';
import { type Kernel, PROCESS_ID } from '../kernel.ts';
import { MAX_SIGNAL, SIG_BLOCK, SIG_SETMASK, SIG_UNBLOCK, SIGKILL, SIGSTOP } from '../signals.ts';
import { Struct } from '../struct.ts';
import { call, type SystemCall } from '../system-call.ts';

/** Bytes of the kernel's `sigset_t`: 64 signals on both widths. */
const SET_SIZE = 8;

/** `struct sigaction` of riscv: handler, flags (a long), mask; there is no restorer. */
const actionSize = (kernel: Kernel): number => kernel.user.longSize * 2 + SET_SIZE;

const action = (kernel: Kernel, signal: number, next: number, old: number, size: number): number => {
  if (size !== SET_SIZE || signal < 1 || signal > MAX_SIGNAL) return Errno.EINVAL;
  if (next !== 0 && (signal === SIGKILL || signal === SIGSTOP)) return Errno.EINVAL;
  const bytes = next === 0 ? undefined : kernel.user.read(next, actionSize(kernel));
  if (next !== 0 && !bytes) return Errno.EFAULT;
  const current = kernel.signals.actions.get(signal) ?? new Uint8Array(actionSize(kernel));
  const error = old === 0 ? 0 : kernel.user.write(old, current);
  if (error !== 0) return error;
  if (bytes) kernel.signals.actions.set(signal, bytes);
  return 0;
};

const mask = (kernel: Kernel, how: number, next: number, old: number, size: number): number => {
  if (size !== SET_SIZE) return Errno.EINVAL;
  const view = next === 0 ? undefined : kernel.user.view(next, SET_SIZE);
  if (next !== 0 && !view) return Errno.EFAULT;
  const before = kernel.signals.mask;
  if (view) {
    const set = view.getBigUint64(0, true);
    if (how === SIG_BLOCK) kernel.signals.mask = before | set;
    else if (how === SIG_UNBLOCK) kernel.signals.mask = before & ~set;
    else if (how === SIG_SETMASK) kernel.signals.mask = set;
    else return Errno.EINVAL;
    const due = kernel.signals.due();
    if (due !== undefined) return kernel.terminate(due);
  }
  return old === 0 ? 0 : kernel.user.write(old, new Struct(64, SET_SIZE).u64(before).bytes);
};

/**
 * Signals to the process itself. Handlers can't be run; a signal that would need one is refused with ENOSYS, so
 * that the program notices.
 */
const send = (kernel: Kernel, process: number, signal: number): number => {
  if (signal < 0 || signal > MAX_SIGNAL) return Errno.EINVAL;
  // 0 and -PROCESS_ID are the process group, whose only member is this process; -1 is everybody but oneself.
  if (process === -1) return Errno.ESRCH;
  if (process !== 0 && Math.abs(process) !== PROCESS_ID) return Errno.ESRCH;
  if (signal === 0) return 0;
  switch (kernel.signals.send(signal)) {
    case 'terminates':
      return kernel.terminate(signal);
    case 'handler':
      return Errno.ENOSYS;
    default:
      return 0;
  }
};

/** `stack_t`: pointer, flags (an int, padded), size. */
const SS_DISABLE = 2;

const alternateStack = (kernel: Kernel, next: number, old: number): number => {
  const { longSize } = kernel.user;
  // It is never used, so it is never shown as set.
  if (next !== 0 && !kernel.user.readable(next, longSize * 3)) return Errno.EFAULT;
  const none = new Struct(kernel.width, longSize * 3).at(longSize).u32(SS_DISABLE).bytes;
  return old === 0 ? 0 : kernel.user.write(old, none);
};

/** Signals. */
export const signalCalls: readonly SystemCall[] = [
  call(129, 'kill', ['int', 'int'], send),
  call(130, 'tkill', ['int', 'int'], (kernel, thread, signal) =>
    thread > 0 ? send(kernel, thread, signal) : Errno.EINVAL,
  ),
  call(131, 'tgkill', ['int', 'int', 'int'], (kernel, process, thread, signal) => {
    if (process <= 0 || thread <= 0) return Errno.EINVAL;
    return process === PROCESS_ID ? send(kernel, thread, signal) : Errno.ESRCH;
  }),
  call(132, 'sigaltstack', ['address', 'address'], alternateStack),
  // Nobody else can send a signal, so waiting for one ends at once.
  call(133, 'rt_sigsuspend', ['address', 'size'], () => Errno.EINTR),
  call(134, 'rt_sigaction', ['int', 'address', 'address', 'size'], action),
  call(135, 'rt_sigprocmask', ['int', 'address', 'address', 'size'], mask),
  call(136, 'rt_sigpending', ['address', 'size'], (kernel, address, size) => {
    if (size > SET_SIZE) return Errno.EINVAL;
    return kernel.user.write(
      address,
      new Struct(64, SET_SIZE).u64(kernel.signals.pending).bytes.subarray(0, size),
    );
  }),
];
