import { defineErrors, type Fail, hex } from '../core/error.ts';

const table = {
  'blob/debug-string': (d: { offset: number }) =>
    `the debug strings have no valid string at offset ${hex(d.offset)}; rebuild the program or strip its debug sections`,
  'blob/debug-ranges-size': (d: { length: number }) =>
    `the debug range section has ${d.length} bytes, which is no multiple of 12; rebuild the program or strip its debug sections`,
  'blob/debug-version': (d: { version: number | undefined }) =>
    `debug line programs of version ${d.version ?? 'none'} are not supported (1 is); rebuild the program or strip its debug sections`,
  'blob/debug-operation': (d: { at: number; operation: number }) =>
    `operation ${d.operation} at offset ${hex(d.at)} of the debug line programs is unknown; rebuild the program or strip its debug sections`,
  'blob/debug-too-long': (d: { at: number; limit: number }) =>
    `a debug line program ran ${d.limit} operations up to offset ${hex(d.at)} without a region; rebuild the program or strip its debug sections`,
  'blob/debug-region': (d: { begin: number; length: number }) =>
    `a debug region of ${d.length} bytes at ${hex(d.begin)} leaves the 32-bit code space; rebuild the program or strip its debug sections`,
  'blob/debug-write': (d: { begin: number; end: number; problem: string }) =>
    `debug regions ${hex(d.begin)} to ${hex(d.end)}: ${d.problem}; pass them ascending, with at most 16 frames`,
} as const;

/** Makes the errors of reading and writing debug sections. */
export const fail: Fail<typeof table> = defineErrors(table);
