import { defineErrors, type Fail } from '../core/error.ts';

const table = {
  'aot/gas-table': (_: Record<string, never>) =>
    'the gas table has instructions that cost nothing, which translated code cannot count; give each a cost of 1 at least',
  'aot/too-large': (d: { limit: string }) =>
    `the program needs more ${d.limit} than WebAssembly engines accept in a module; run it with the interpreter`,
  'aot/dynamic-paging': (_: Record<string, never>) =>
    'programs with dynamic paging are not translated ahead of time; leave dynamicPaging out',
} as const;

export const fail: Fail<typeof table> = defineErrors(table);
