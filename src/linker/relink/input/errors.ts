import { defineErrors, type Fail, hex } from '../../../core/error.ts';
import type { Where } from '../location.ts';

const DAMAGED = 'the file is damaged, link it again';

/** Symbols that compilers use on their own, so that no source tells where they come from. */
const COMPILERS_SYMBOLS: readonly (readonly [RegExp, string])[] = [
  [
    /^"(_Unwind_|__cxa_|__gxx_personality|_ZTI|_ZSt9terminatev)/,
    'compile C++ with -fno-exceptions and -fno-rtti, which need a library for the unwinding of stacks',
  ],
  [
    /^"mem(cpy|move|set|cmp)"/,
    "compilers call it on their own: link a C library or the guest kit's memory.c into the one file",
  ],
  [
    /^"__(u?(div|mod|cmp)|mul|neg|a?sh[lr]|lshr|fix|float|add|sub|eq|ne|[gl][et]|unord|extend|trunc|clz|ctz|popcount|bswap)\w*[sdt][if]\d?"/,
    "it is of the compiler's own library: link with gcc or -lgcc, or libclang_rt.builtins",
  ],
];

const remedyOf = (symbol: string): string =>
  COMPILERS_SYMBOLS.find(([pattern]) => pattern.test(symbol))?.[1] ??
  'link the object or library that has it, everything must be in the one file';

const table = {
  // The file
  'link/os-abi': (d: { osAbi: number }) =>
    `the ELF file is for operating system ABI ${d.osAbi}, not System V (0) or GNU (3); compile for a bare-metal or Linux RISC-V target`,
  'link/file-type': (d: { type: number }) =>
    `ELF type ${d.type} is not an executable (2), a position-independent one (3) or a relocatable object (1); link the program again`,
  'link/target-width': (d: { target: string; width: number }) =>
    `target ${d.target} cannot be made from a ${d.width}-bit ELF file; compile for the other width or choose another target`,
  'link/no-code': (_: Record<string, never>) =>
    'the file has no section of code; link a program with code, and keep it from being collected (-Wl,--no-gc-sections)',
  'link/intermediate-code': (_: Record<string, never>) =>
    "the file has the compiler's intermediate code instead of instructions; compile without -flto, or link a program of it (gcc -flto) and pass that",
  'link/no-relocations': (_: Record<string, never>) =>
    'the file was linked without keeping its relocations, or stripped of them, so nobody can tell addresses from numbers; link it again with --emit-relocs (-Wl,-q), and without -s',
  'link/no-symbols': (d: { section: string }) =>
    `the relocations in ${d.section} refer to a symbol table that the file does not have; do not strip it (remove -s, --strip-all)`,

  // Sections
  'link/section-flags': (d: { section: string; expected: string }) =>
    `section ${d.section} is expected to be ${d.expected}; correct its flags in the assembly source, or the linker script (no -N, no --omagic)`,
  'link/section-size': (d: { section: string; size: number; problem: string }) =>
    `section ${d.section} (${d.size} bytes) ${d.problem}; correct the source or the linker script`,
  'link/section-alignment': (d: { section: string; alignment: number }) =>
    `the alignment ${d.alignment} of section ${d.section} is not a power of two below 4 GiB; ${DAMAGED}`,
  'link/section-address': (d: { section: string; address: number; problem: string }) =>
    `section ${d.section} at ${hex(d.address)} ${d.problem}; correct the linker script`,
  'link/section-bytes': (d: { size: number; fileSize: number }) =>
    `the sections state ${d.size} bytes together, more than the file has (${d.fileSize}); ${DAMAGED}`,
  'link/stack-words': (d: { section: string; size: number }) =>
    `section ${d.section} has ${d.size} bytes, not a number of 4-byte words; put one .4byte with a size per request in it`,
  'link/stack-size': (d: { size: number }) =>
    `the file asks for a stack of ${d.size} bytes, which is beyond 4 GiB; correct -z stack-size`,

  // Symbols
  'link/undefined': (d: { symbol: string; place: Where }) =>
    `${d.symbol} is used in ${d.place} but not defined; ${remedyOf(d.symbol)}`,
  'link/symbol': (d: { symbol: string; place: Where; problem: string }) =>
    `${d.symbol}, used in ${d.place}, ${d.problem}`,
  'link/no-export': (d: { name: string; problem: string; similar?: string }) =>
    `cannot export "${d.name}": ${d.problem}; ${d.similar === undefined ? 'name a function of the file, which must not be stripped' : `did you mean "${d.similar}"?`}`,

  // Relocations
  'link/relocation': (d: { relocation: string; symbol: string; place: Where; problem: string }) =>
    `${d.relocation} against ${d.symbol} in ${d.place} ${d.problem}`,
  'link/relocation-format': (d: { section: string }) =>
    `section ${d.section} has relocations without addends (SHT_REL), which RISC-V does not use; ${DAMAGED}`,
  'link/relocation-overlap': (d: { relocation: string; other: string; place: Where }) =>
    `${d.relocation} in ${d.place} covers bytes that ${d.other} covers too; remove what made one of them from the assembly source`,
  'link/relocation-range': (d: { relocation: string; place: Where; size: number }) =>
    `${d.relocation} in ${d.place} lies outside the section of ${d.size} bytes; ${DAMAGED}`,
  'link/difference': (d: { place: Where; problem: string; advice: string }) =>
    `the difference in ${d.place} ${d.problem}; ${d.advice}`,

  // Imports and exports
  'link/metadata': (d: { place: Where; problem: string }) =>
    `the record of an import or export in ${d.place} ${d.problem}; declare it with PolkaVM's macros`,
  'link/export': (d: { place: Where; problem: string }) =>
    `the export in ${d.place} ${d.problem}; declare it with PolkaVM's macros`,
  'link/import-conflict': (d: { symbol: string; first: string; second: string }) =>
    `import ${d.symbol} is declared as ${d.first} and as ${d.second}; declare it once, in a header that all sources share`,
} as const;

/** Makes the errors of reading a file for relinking. */
export const fail: Fail<typeof table> = defineErrors(table);
