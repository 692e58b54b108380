import { defineErrors, type Fail } from '../core/error.ts';

const table = {
  'snapshot/format': (d: { problem: string }) =>
    `not a snapshot of this version of riscbox: ${d.problem}; make a new one with snapshot()`,
  'snapshot/other-program': (d: { snapshot: string; program: string }) =>
    `the snapshot is of program ${d.snapshot}, this is ${d.program}; restore it in the namespace it was made from`,
  'snapshot/other-options': (_: Record<string, never>) =>
    'the snapshot was made with other options; compile with the same gas, paging, page size, aux and stack options and pass arguments of the same length',
  'snapshot/state': (d: { problem: string }) =>
    `the snapshot's state is impossible: ${d.problem}; make a new one with snapshot()`,
} as const;

export const fail: Fail<typeof table> = defineErrors(table);
