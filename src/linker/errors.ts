import type { ReaderErrors } from '../core/bytes.ts';
import { defineErrors, type Fail, hex } from '../core/error.ts';

const STATIC =
  'link a static executable (-static, no shared libraries; -static-pie also works) or use a bare-metal toolchain';

/** What people pass instead of an ELF file, by its first four bytes. */
const OTHER_FORMATS: ReadonlyMap<string, string> = new Map([
  [
    '4243c0de',
    'it is LLVM bitcode: compile without -flto, or link it with ld.lld first and pass what that wrote',
  ],
  ['213c6172', 'it is a static library: link a program with it and pass that'],
  ['50564d00', 'it is a PolkaVM or riscbox blob and needs no linking: run it as it is'],
  ['0061736d', 'it is a WebAssembly module: compile for a riscv32 or riscv64 target'],
]);

const remedyOf = (magic: string): string => OTHER_FORMATS.get(magic) ?? 'pass the file that the linker wrote';

const table = {
  // The file format
  'elf/magic': (d: { found: string }) =>
    `not an ELF file: it starts with ${d.found || 'nothing'} instead of 7f454c46; ${remedyOf(d.found)}`,
  'elf/no-bytes': (d: { found: string }) =>
    `an ELF file is given as a Uint8Array, not as ${d.found}; pass its bytes (of an ArrayBuffer new Uint8Array(buffer))`,
  'elf/class': (d: { class: number }) =>
    `ELF class ${d.class} at offset 0x4 is neither 32-bit (1) nor 64-bit (2); the file is damaged`,
  'elf/big-endian': (d: { data: number }) =>
    `ELF data encoding ${d.data} at offset 0x5 is not little-endian (1); build for little-endian RISC-V`,
  'elf/truncated': (d: { at: number; need: number; have: number }) =>
    `the ELF file ends early: ${d.need} bytes needed at offset ${hex(d.at)}, ${Math.max(d.have, 0)} left; get a complete copy of the file`,
  'elf/outside-file': (d: { what: string; offset: number; size: number; fileSize: number }) =>
    `${d.what} (offset ${hex(d.offset)}, ${d.size} bytes) is not inside the file of ${d.fileSize} bytes; get a complete copy of the file or link it again`,
  'elf/entry-size': (d: { what: string; size: number; expected: number }) =>
    `${d.what} states entries of ${d.size} bytes where this ELF class has ${d.expected}; the file is damaged, link it again`,
  'elf/overlap': (d: { size: number; fileSize: number }) =>
    `the relocation sections state ${d.size} bytes together, more than the file has (${d.fileSize}); the file is damaged, link it again`,
  'elf/no-section': (d: { what: string; index: number; count: number }) =>
    `${d.what} refers to section ${d.index}, the file has ${d.count}; the file is damaged, link it again`,
  'elf/section-type': (d: { section: string; type: number; expected: string }) =>
    `section ${d.section} has type ${hex(d.type)}, ${d.expected} was expected; choose another section or link the file again`,
  'elf/no-string': (d: { section: string; offset: number; size: number }) =>
    `string table ${d.section} (${d.size} bytes) has no terminated string at ${hex(d.offset)}; the file is damaged, link it again`,
  'elf/string-volume': (d: { section: string; limit: number }) =>
    `the names taken from string table ${d.section} overlap so much that they exceed ${d.limit} bytes in total; strip the file or link it again`,
  'elf/no-symbol': (d: { index: number; count: number }) =>
    `the symbol table has no symbol ${d.index}, it has ${d.count}; the file is damaged or was stripped of its symbols`,
  'elf/no-relocation': (d: { section: string; index: number; count: number }) =>
    `section ${d.section} has no relocation ${d.index}, it has ${d.count}; use an index below that`,
  'elf/attributes': (d: { section: string; offset: number }) =>
    `the build attributes in ${d.section} are malformed at file offset ${hex(d.offset)}; rebuild the file or remove the section (objcopy --remove-section)`,

  // What a stock program must be
  'linker/machine': (d: { machine: number }) =>
    `the ELF file is for machine ${d.machine}, not RISC-V (243); compile for a riscv32 or riscv64 target`,
  'linker/relocatable': (_: Record<string, never>) =>
    'the file is a relocatable object (.o), which has no addresses yet; link it into an executable first, for example with ld -o program object.o',
  'linker/file-type': (d: { type: number }) =>
    `ELF type ${d.type} is not an executable (2) or static PIE (3); link a static executable`,
  'linker/interpreter': (d: { interpreter: string }) =>
    `the program needs the dynamic loader "${d.interpreter}"; ${STATIC}`,
  'linker/shared-library': (d: { library: string }) =>
    `the program needs the shared library "${d.library}"; ${STATIC}`,
  'linker/dynamic': (d: { problem: string; address: number }) =>
    `the dynamic section or its tables are unusable: ${d.problem} (address ${hex(d.address)}); ${STATIC}`,
  'linker/dynamic-relocation': (d: { type: number; address: number }) =>
    `relocation type ${d.type} at ${hex(d.address)} needs a dynamic loader, only R_RISCV_RELATIVE (3) can be applied at link time; ${STATIC}`,
  'linker/no-segments': (_: Record<string, never>) =>
    'the ELF file has no loadable segment (PT_LOAD); link it into an executable with ld',
  'linker/too-many-segments': (d: { count: number; limit: number }) =>
    `${d.count} loadable segments, at most ${d.limit} are allowed; merge segments in the linker script`,
  'linker/segment-size': (d: { index: number; address: number; fileSize: number; memorySize: number }) =>
    `segment ${d.index} at ${hex(d.address)} has ${d.fileSize} bytes in the file but ${d.memorySize} in memory; the file is damaged, link it again`,
  'linker/address-space': (d: { index: number; address: number; memorySize: number }) =>
    `segment ${d.index} (${hex(d.address)}, ${d.memorySize} bytes) is not below 4 GiB; link the program at a low address, for example -Wl,-Ttext-segment=0x10000`,
  'linker/overlap': (d: { first: number; second: number; address: number }) =>
    `segments ${d.first} and ${d.second} both claim address ${hex(d.address)}; correct the linker script so that segments are apart`,
  'linker/odd-code': (d: { index: number; address: number }) =>
    `executable segment ${d.index} starts at the odd address ${hex(d.address)}; align it to 2 in the linker script`,
  'linker/no-code': (_: Record<string, never>) =>
    'no loadable segment is executable; set the execute flag of the code segment in the linker script (PHDRS FLAGS(5))',
  'linker/entry': (d: { entry: number; problem: string }) =>
    `the entry point ${hex(d.entry)} ${d.problem}; define _start or set the entry with -Wl,-e,symbol`,
  'linker/no-export': (d: { name: string; problem: string }) =>
    `cannot export "${d.name}": ${d.problem}; export the name of a function of the unstripped file`,
  'linker/float-abi': (d: { abi: string; instruction?: string; place?: string }) =>
    `the program is built for the ${d.abi} floating-point ABI${d.instruction ? ` and executes ${d.instruction} in ${d.place}` : ''}, floating-point registers do not exist here; rebuild with a soft-float ABI (-mabi=lp64, lp64e, ilp32 or ilp32e and -march without f, d, q)`,
  'linker/extension': (d: { instruction: string; extension: string; address: number; place: string }) =>
    `${d.instruction} (extension ${d.extension}) is executed in ${d.place}; rebuild with an -march of i or e, m, a, c, zba, zbb, zbs, zicond and a soft-float -mabi`,
} as const;

/** Makes the errors of the ELF reader and the linker. */
export const fail: Fail<typeof table> = defineErrors(table);

/** What `ByteReader` throws in this area. ELF has no varints, so the second one cannot happen. */
export const READER_ERRORS: ReaderErrors = {
  truncated: (detail) => fail('elf/truncated', detail),
  varint: ({ at }) => fail('elf/truncated', { at, need: 1, have: 0 }),
};
