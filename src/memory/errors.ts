import { defineErrors, type Fail, hex } from '../core/error.ts';

const table = {
  'memory/map-too-large': (d: { need: number }) =>
    `the memory map needs ${hex(d.need)} bytes, more than 32 bits address; lower the data or stack sizes`,
  'memory/page-size': (d: { pageSize: number }) =>
    `page size ${d.pageSize} is not a power of two from 4096 to 65536; choose one`,
  'memory/limit': (d: { need: number; limit: number }) =>
    `the program needs ${d.need} bytes of memory, the limit is ${d.limit}; raise maxMemory`,
  'memory/out-of-range': (d: { address: number; length: number; access: 'read' | 'write' }) =>
    `out of range memory ${d.access} in ${hex(d.address)}-${hex(d.address + d.length)} (${d.length} bytes); check pointer and length`,
  'memory/wrong-mode': (d: { operation: string; paging: boolean }): string =>
    d.paging
      ? `${d.operation} does not work with dynamic paging; use zeroWithProtection`
      : `${d.operation} needs dynamic paging; compile the module with { dynamicPaging: true }`,
  'memory/unaligned-page': (d: { address: number; pageSize: number }) =>
    `address ${hex(d.address)} is not a multiple of the page size ${hex(d.pageSize)}; round it down first`,
  'memory/aux-size': (d: { size: number; maximum: number }) =>
    `auxiliary data of ${d.size} bytes exceeds the ${d.maximum} bytes reserved; raise auxDataSize when compiling`,
  'memory/unterminated': (d: { address: number; maxLength: number }) =>
    `no zero byte ends the string at ${hex(d.address)} within ${d.maxLength} bytes; check the pointer or raise maxLength`,
  'memory/state': (d: { problem: string }) =>
    `the saved memory does not fit this program: ${d.problem}; restore it where it was saved`,
} as const;

export const fail: Fail<typeof table> = defineErrors(table);
