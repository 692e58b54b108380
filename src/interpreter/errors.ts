import { defineErrors, type Fail } from '../core/error.ts';

const table = {
  'run/no-program-counter': (_: Record<string, never>): string =>
    'there is no next program counter to run from; call an export or set nextPc first',
  'run/register': (d: { register: number; count: number }): string =>
    `register ${d.register} does not exist; this program has registers 0 to ${d.count - 1}`,
};

export const fail: Fail<typeof table> = defineErrors(table);
