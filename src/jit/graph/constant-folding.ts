import type { Width } from '../../core/kind.ts';
import { TERM } from '../../isa/term.ts';

/**
 * The value of an operator of constants, which are signed 32-bit numbers. Exact in doubles where it matters: a result beyond 2^53 does not fit 32 bits and is not used.
 */
export const fold = (op: number, p: number, q: number, width: Width): number => {
  switch (op) {
    case TERM.add:
      return p + q;
    case TERM.sub:
      return p - q;
    case TERM.mul:
      return width === 32 ? Math.imul(p, q) : p * q;
    case TERM.and:
      return p & q;
    case TERM.or:
      return p | q;
    case TERM.xor:
      return p ^ q;
    case TERM.shl32:
      return p << q;
    default:
      return width === 32 ? p << q : p * 2 ** (q & 63);
  }
};
