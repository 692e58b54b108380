import { defineErrors, type Fail, hex } from '../core/error.ts';

const table = {
  'memory/map-too-large': (d: { need: number }) =>
    `the memory map needs ${hex(d.need)} bytes, more than 32 bits address; lower the data or stack sizes`,
  'memory/page-size': (d: { pageSize: number }) =>
    `page size ${d.pageSize} is not a power of two from 4096 to 65536; choose one`,
} as const;

export const fail: Fail<typeof table> = defineErrors(table);
