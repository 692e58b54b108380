import { defineErrors, type Fail } from '../core/error.ts';

const table = {
  'memory/wrong-mode': (d: { operation: string; paging: boolean }): string =>
    d.paging
      ? `${d.operation} does not work with dynamic paging; use zeroWithProtection`
      : `${d.operation} needs dynamic paging; compile the module with { dynamicPaging: true }`,
} as const;

export const fail: Fail<typeof table> = defineErrors(table);
