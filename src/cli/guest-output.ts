import { Errno } from '../linux/errno.ts';
import { EscapeFilter } from './escape-filter.ts';
import { BrokenPipe, type Io, isTerminal } from './io.ts';

/** Where a guest's output goes. */
export interface GuestOutput {
  /** Answers an errno, or anything that is not negative. Throws BrokenPipe when nobody reads stdout any more. */
  readonly write: (bytes: Uint8Array) => number;
  /** Writes what a filter holds back. */
  readonly end: () => void;
}

/** Guest output to stdout or stderr, without escape sequences where a terminal would obey them. */
export const guestOutput = (io: Io, descriptor: 1 | 2, allowEscapes: boolean): GuestOutput => {
  const send = (bytes: Uint8Array): number => {
    const answer = (descriptor === 1 ? io.stdout : io.stderr)(bytes);
    // Linux sends SIGPIPE, which ends programs that would write on for ever.
    if (descriptor === 1 && answer === Errno.EPIPE) throw new BrokenPipe();
    return answer;
  };
  if (allowEscapes || !isTerminal(io, descriptor)) return { write: send, end: () => {} };
  const filter = new EscapeFilter();
  return { write: (bytes) => send(filter.filter(bytes)), end: () => void send(filter.end()) };
};
