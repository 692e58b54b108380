import { defineErrors, type Fail, hex } from '../../../core/error.ts';

const table = {
  'link/no-free-register': (d: { address: number }) =>
    `the jump at ${hex(d.address)} needs a register for its operand while all 13 are in use; keep one free there, or link code of 32 registers with demote`,
} as const;

/** Makes the errors of register assignment. */
export const fail: Fail<typeof table> = defineErrors(table);
