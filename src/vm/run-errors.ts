import { defineErrors, type Fail } from '../core/error.ts';

const table = {
  'call/option': (d: { option: string; value: unknown }) =>
    `${d.option} is ${String(d.value)}; pass a number that is not negative`,
  'call/too-deep': (d: { limit: number }) =>
    `host functions have called back into the guest ${d.limit} deep; raise maxReentry or break the recursion`,
  'call/caller-expired': (_: Record<string, never>) =>
    'the host call of this caller has ended; use it only until the host function returns',
  'instance/arguments': (d: { container: string }) =>
    `a ${d.container} program takes no argument bytes; write them to its memory instead`,
} as const;

export const fail: Fail<typeof table> = defineErrors(table);
