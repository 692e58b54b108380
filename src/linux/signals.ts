/** Highest signal number, real-time signals included. */
export const MAX_SIGNAL = 64;

export const SIGKILL = 9;
export const SIGSTOP = 19;

export const SIG_DFL = 0;
export const SIG_IGN = 1;
export const SIG_BLOCK = 0;
export const SIG_UNBLOCK = 1;
export const SIG_SETMASK = 2;

/** SIGCHLD, SIGCONT, SIGURG, SIGWINCH: their default is to do nothing (signal(7)). */
const IGNORED_BY_DEFAULT: ReadonlySet<number> = new Set([17, 18, 23, 28]);

/** What became of a signal. Handlers are never run: there is nothing that could interrupt the program. */
export type Delivery = 'ignored' | 'pending' | 'terminates' | 'handler';

const bit = (signal: number): bigint => 1n << BigInt(signal - 1);
const UNBLOCKABLE = bit(SIGKILL) | bit(SIGSTOP);

/** Dispositions, mask and pending signals of the one thread there is. */
export class Signals {
  /** `struct sigaction` bytes as the program gave them, by signal. */
  readonly actions: Map<number, Uint8Array> = new Map();
  #mask = 0n;
  pending = 0n;

  get mask(): bigint {
    return this.#mask;
  }

  set mask(mask: bigint) {
    this.#mask = mask & ~UNBLOCKABLE;
  }

  /** First field of the action: SIG_DFL, SIG_IGN or an address. */
  handler(signal: number): number {
    const action = this.actions.get(signal);
    return action ? new DataView(action.buffer, action.byteOffset).getUint32(0, true) : SIG_DFL;
  }

  /** Sends a signal to the process itself. */
  send(signal: number): Delivery {
    const handler = this.handler(signal);
    if (handler === SIG_IGN || (handler === SIG_DFL && IGNORED_BY_DEFAULT.has(signal))) return 'ignored';
    if ((this.#mask & bit(signal)) !== 0n) {
      this.pending |= bit(signal);
      return 'pending';
    }
    return handler === SIG_DFL ? 'terminates' : 'handler';
  }

  /** A pending signal that is no longer blocked and ends the program, if there is one. */
  due(): number | undefined {
    for (let signal = 1; signal <= MAX_SIGNAL; signal++) {
      const free = (this.pending & bit(signal)) !== 0n && (this.#mask & bit(signal)) === 0n;
      if (!free) continue;
      const delivery = this.send(signal);
      if (delivery === 'terminates') return signal;
      if (delivery === 'ignored') this.pending &= ~bit(signal);
    }
    return undefined;
  }
}
