import { defineErrors, type Fail } from '../core/error.ts';

const table = {
  'memory/state': (d: { problem: string }) =>
    `the saved memory does not fit this program: ${d.problem}; restore it where it was saved`,
} as const;

export const fail: Fail<typeof table> = defineErrors(table);
