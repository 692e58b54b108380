import type { ReaderErrors } from '../core/bytes.ts';
import { defineErrors, type Fail, hex } from '../core/error.ts';

const table = {
  // Any container
  'blob/truncated': (d: { at: number; need: number; have: number }) =>
    `the file ends early: ${d.need} bytes needed at offset ${hex(d.at)}, ${d.have} left; get a complete copy`,
  'blob/varint': (d: { at: number }) =>
    `no valid varint at offset ${hex(d.at)}; the file is damaged or of another format`,
  'blob/trailing-bytes': (d: { at: number; count: number; part: string }) =>
    `${d.count} bytes left behind the ${d.part} at offset ${hex(d.at)}; check the file's format`,

  // PolkaVM header and sections
  'blob/magic': (d: { found: string }) =>
    `not a program blob: it starts with ${d.found || 'nothing'} instead of 50564d00; for ELF files use the linker, for JAM programs readSpi or readJamProgram`,
  'blob/version': (d: { version: number }) =>
    `blob version ${d.version} is not supported (0 to 3, 0x80 and 0x81 are); update riscbox or rebuild the program`,
  'blob/length': (d: { stated: number; actual: number }) =>
    `the header states ${d.stated} bytes, the input has ${d.actual}; pass exactly the blob (blobLength finds its end)`,
  'blob/unexpected-section': (d: { at: number; id: number }) =>
    `section ${hex(d.id)} at offset ${hex(d.at)} is unknown, repeated or out of order; update riscbox or rebuild the program`,
  'blob/missing-section': (d: { id: number; what: string }) =>
    `the ${d.what} section (${hex(d.id)}) is missing; rebuild the program`,
  'blob/data-too-long': (d: { section: 'read-only' | 'read-write'; length: number; declared: number }) =>
    `the ${d.section} data has ${d.length} bytes, more than the declared ${d.declared}; declare at least its length`,
  'blob/too-many-imports': (d: { count: number; limit: number }) =>
    `${d.count} imports, at most ${d.limit} are allowed; import fewer`,
  'blob/imports': (d: { count: number; have: number }) =>
    `the imports section states ${d.count} entries in ${d.have} bytes; rebuild the program`,

  // Code and jump table
  'blob/no-code': (_: Record<string, never>) =>
    'the program has no code; link at least one exported function',
  'blob/code-too-long': (d: { length: number; limit: number }) =>
    `the code has ${d.length} bytes, at most ${d.limit} are allowed; make the program smaller`,
  'blob/jump-table-too-long': (d: { count: number; limit: number }) =>
    `the jump table has ${d.count} entries, at most ${d.limit} are allowed; make the program smaller`,
  'blob/jump-table-entry-size': (d: { size: number; limit: number }) =>
    `jump table entries have ${d.size} bytes, at most ${d.limit} are allowed; rebuild the program`,
  'blob/jump-table-index': (d: { index: number; count: number }) =>
    `the jump table has no entry ${d.index}; entries are 0 to ${d.count - 1}`,
  'blob/bitmask-length': (d: { length: number; expected: number }) =>
    `the bitmask has ${d.length} bytes instead of ${d.expected} (one bit per code byte); rebuild the program`,
  'blob/bitmask-padding': (d: { last: number; used: number }) =>
    `the bitmask's last byte ${hex(d.last)} has ones beyond its ${d.used} used bits; rebuild the program`,

  // JAM
  'blob/spi-either-way': (d: { withMetadata: string; withoutMetadata: string }) =>
    `not a JAM standard program: with metadata ${d.withMetadata}, without ${d.withoutMetadata}; pass metadata: true or false for the reason, or use readJamProgram`,

  // RISC-V profile
  'blob/riscv-version': (d: { version: number }) =>
    `RISC-V container format ${d.version} is not supported (1 is); update riscbox or link the program again`,
  'blob/riscv-flags': (d: { part: 'image' | 'segment'; flags: number }) =>
    `${d.part} flags ${hex(d.flags)} have unknown bits; update riscbox or link the program again`,
  'blob/riscv-entry': (d: { entry: number }) =>
    `entry ${hex(d.entry)} is no even address in an executable segment; set the ELF entry point (0 for none)`,
  'blob/riscv-no-segments': (_: Record<string, never>) =>
    'the program has no segment; link an ELF file with loadable segments',
  'blob/riscv-too-many-segments': (d: { count: number; limit: number }) =>
    `${d.count} segments, at most ${d.limit} are allowed; merge neighbouring segments`,
  'blob/riscv-segment': (d: { index: number; address: number; memorySize: number; problem: string }) =>
    `segment ${d.index} (${hex(d.address)}, ${d.memorySize} bytes) ${d.problem}; link the program again`,
  'blob/riscv-program-headers': (d: { address: number; size: number }) =>
    `the program headers at ${hex(d.address)} (${d.size} bytes) are not inside one segment; link them into one or leave them out`,
  'blob/riscv-start': (d: { index: number; address: number; problem: string }) =>
    `block start ${d.index} (${hex(d.address)}) ${d.problem}; link the program again`,
  'blob/riscv-starts-count': (d: { count: number; have: number }) =>
    `the block-start section states ${d.count} entries in ${d.have} bytes; link the program again`,
} as const;

/** Makes the errors of the container readers; those of writers and of debug look-up have tables of their own. */
export const fail: Fail<typeof table> = defineErrors(table);

/** What `ByteReader` throws in this area. */
export const READER_ERRORS: ReaderErrors = {
  truncated: (detail) => fail('blob/truncated', detail),
  varint: (detail) => fail('blob/varint', detail),
};
