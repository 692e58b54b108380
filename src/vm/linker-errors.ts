import { defineErrors, type Fail } from '../core/error.ts';

const table = {
  'linker/duplicate': (d: { name: string | number }) =>
    `host function ${typeof d.name === 'number' ? d.name : `'${d.name}'`} is already defined; define it once`,
  'linker/signature': (d: { name: string | number; problem: string }) =>
    `signature of '${d.name}': ${d.problem}; use up to 6 parameters of i32, u32, i64, u64, pointer`,
  'linker/number': (d: { number: unknown }) =>
    `${String(d.number)} is no number of a host call; use an integer from 0 to 2^32 - 1`,
} as const;

export const fail: Fail<typeof table> = defineErrors(table);
