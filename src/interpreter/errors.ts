import { defineErrors, type Fail } from '../core/error.ts';

const table = {
  'run/no-program-counter': (_: Record<string, never>): string =>
    'there is no next program counter to run from; call an export or set nextPc first',
  'run/register': (d: { register: number; count: number }): string =>
    `register ${d.register} does not exist; this program has registers 0 to ${d.count - 1}`,
  'run/stack-overflow': (_: Record<string, never>): string =>
    'the JavaScript stack was used up in translated code, so the instance has no state to go on from; reset it, and call it from less deep or with a larger stack',
};

export const fail: Fail<typeof table> = defineErrors(table);
