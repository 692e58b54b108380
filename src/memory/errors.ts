import { defineErrors, type Fail, hex } from '../core/error.ts';

const table = {
  'memory/limit': (d: { need: number; limit: number }) =>
    `the program needs ${d.need} bytes of memory, the limit is ${d.limit}; raise maxMemory`,
  'memory/out-of-range': (d: { address: number; length: number; access: 'read' | 'write' }) =>
    `out of range memory ${d.access} in ${hex(d.address)}-${hex(d.address + d.length)} (${d.length} bytes); check pointer and length`,
  'memory/unaligned-page': (d: { address: number; pageSize: number }) =>
    `address ${hex(d.address)} is not a multiple of the page size ${hex(d.pageSize)}; round it down first`,
  'memory/aux-size': (d: { size: number; maximum: number }) =>
    `auxiliary data of ${d.size} bytes exceeds the ${d.maximum} bytes reserved; raise auxDataSize when compiling`,
  'memory/unterminated': (d: { address: number; maxLength: number }) =>
    `no zero byte ends the string at ${hex(d.address)} within ${d.maxLength} bytes; check the pointer or raise maxLength`,
} as const;

export const fail: Fail<typeof table> = defineErrors(table);
