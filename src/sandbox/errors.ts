import { defineErrors, type Fail } from '../core/error.ts';

const table = {
  'limits/range': (d: { name: string; value: unknown; minimum: number; maximum: number }): string =>
    `${d.name} is ${String(d.value)}, which is not a number from ${d.minimum} to ${d.maximum}; pass one that is`,
} as const;

export const fail: Fail<typeof table> = defineErrors(table);
