import { Errno } from '../errno.ts';
import type { Kernel } from '../kernel.ts';
import { PROCESS_ID } from '../kernel.ts';
import { Struct } from '../struct.ts';

/** Requests of asm-generic/ioctls.h. */
const TCGETS = 0x5401;
const TCSETS = 0x5402;
const TCSETSW = 0x5403;
const TCSETSF = 0x5404;
const TIOCGPGRP = 0x540f;
const TIOCSPGRP = 0x5410;
const TIOCGWINSZ = 0x5413;
const FIONBIO = 0x5421;
const FIONCLEX = 0x5450;
const FIOCLEX = 0x5451;

/**
 * `struct termios` of a terminal as Linux sets one up (36 bytes: input, output, control and local flags, line
 * discipline, 19 control characters). Setting it is accepted and changes nothing: the host's terminal belongs
 * to the host.
 */
const termios = (): Uint8Array => {
  /** ICRNL | IXON; OPOST | ONLCR; CS8 | CREAD | B38400; ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN */
  const s = new Struct(32, 36).u32(0x500, 0x5, 0xbf, 0x8a3b);
  /** INTR QUIT ERASE KILL EOF TIME MIN SWTC START STOP SUSP EOL REPRINT DISCARD WERASE LNEXT EOL2 */
  s.bytes.set([3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0], 17);
  return s.bytes;
};

export const ioctl = (kernel: Kernel, descriptor: number, request: number, argument: number): number => {
  const description = kernel.descriptors.get(descriptor);
  if (!description) return Errno.EBADF;
  if (request === FIOCLEX || request === FIONCLEX) {
    return kernel.descriptors.setCloseOnExec(descriptor, request === FIOCLEX);
  }
  if (request === FIONBIO) return kernel.user.readable(argument, 4) ? 0 : Errno.EFAULT;
  if (!description.file.terminal) return Errno.ENOTTY;
  switch (request) {
    case TCGETS:
      return kernel.user.write(argument, termios());
    case TCSETS:
    case TCSETSW:
    case TCSETSF:
      return kernel.user.readable(argument, 36) ? 0 : Errno.EFAULT;
    case TIOCGWINSZ:
      return kernel.user.write(
        argument,
        new Struct(32, 8).u16(kernel.terminal.rows, kernel.terminal.columns).bytes,
      );
    case TIOCGPGRP:
      return kernel.user.writeUint32(argument, PROCESS_ID);
    case TIOCSPGRP:
      return kernel.user.readable(argument, 4) ? 0 : Errno.EFAULT;
    default:
      return Errno.EINVAL;
  }
};
