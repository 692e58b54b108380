import { defineErrors, type Fail } from '../../../core/error.ts';
import type { Where } from '../location.ts';

const table = {
  'link/no-free-register': (d: { place: Where }) =>
    `the jump in ${d.place} needs a register for its operand while all 13 are in use; keep one free there, or link code of 32 registers with demote`,
} as const;

/** Makes the errors of register assignment. */
export const fail: Fail<typeof table> = defineErrors(table);
