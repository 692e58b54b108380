import { defineErrors, type Fail, hex } from '../core/error.ts';

const table = {
  'memory/map-too-large': (d: { need: number }) =>
    `the program's memory map does not fit into 32 bits (it needs ${hex(d.need)} bytes); lower its data or stack sizes`,
  'memory/page-size': (d: { pageSize: number }) =>
    `page size ${d.pageSize} is not a power of two from 4096 to 65536; choose one of 4096, 8192, 16384, 32768, 65536`,
  'memory/limit': (d: { need: number; limit: number }) =>
    `the program needs ${d.need} bytes of memory, more than the limit of ${d.limit}; raise maxMemory to run it`,
  'memory/out-of-range': (d: { address: number; length: number; access: 'read' | 'write' }) =>
    `out of range memory ${d.access} in ${hex(d.address)}-${hex(d.address + d.length)} (${d.length} bytes); check the pointer and the length against the memory map`,
  'memory/wrong-mode': (d: { operation: string; paging: boolean }): string =>
    d.paging
      ? `${d.operation} is not available with dynamic paging; map pages with zeroWithProtection instead`
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
