import { defineErrors, type Fail } from '../../../core/error.ts';
import type { Where } from '../location.ts';

const word = (raw: number, length: number): string => `0x${raw.toString(16).padStart(2 * length, '0')}`;

const table = {
  'link/no-exports': (_: Record<string, never>) =>
    'nothing of the program can be called: it declares no exports and has no entry point; declare exports (section .polkavm_exports), name functions to export (option exports), or set an entry with -Wl,-e,symbol',
  'link/export-target': (d: { name: string; place: Where }) =>
    `export "${d.name}" is at ${d.place}, where no instruction begins; export the name of a function`,
  'link/export-twice': (d: { name: string; first: Where; second: Where }) =>
    `export "${d.name}" is declared for ${d.first} and for ${d.second}; give each its own name`,
  'link/instruction': (d: { place: Where; raw: number; length: number; what: string | undefined }) =>
    `${d.place}: ${word(d.raw, d.length)} is ${d.what ?? 'no known instruction'}; rebuild with an -march of e, m, a, c, zba, zbb, zbs and zicond and a soft-float -mabi`,
  'link/register': (d: { place: Where; registers: readonly string[] }) =>
    `${d.place} uses ${d.registers.join(', ')}; PolkaVM has only ra, sp, t0 to t2, s0, s1 and a0 to a5: compile for an E ABI (-mabi=ilp32e or lp64e) without threads, or link with --demote`,
  'link/auipc': (d: { place: Where }) =>
    `${d.place}: auipc without a relocation forms an address that nobody can correct; link with --emit-relocs (-Wl,-q), and let assembly refer to symbols`,
  'link/unavailable': (d: { place: Where; operation: string; kind: string }) =>
    `${d.place}: ${d.operation} does not exist in ${d.kind}; link for target latest, or leave it out of the program`,
  'link/code-target': (d: { place: Where; target: Where }) =>
    `${d.place} refers to ${d.target}, where no instruction begins; keep code in sections of its own (flag x) and apart from data, or link the file again if it was changed after linking`,
  'link/relocation-use': (d: { place: Where; kind: string; problem: string }) =>
    `${d.place}: a relocation of kind ${d.kind} ${d.problem}; the file is damaged, link it again`,
  'link/import-pointer': (d: { place: Where }) =>
    `${d.place}: the host call is not followed by a relocated pointer to its metadata; declare imports with the macros for imports, and link with --emit-relocs (-Wl,-q)`,
  'link/code-access': (d: { place: Where }) =>
    `${d.place} loads from code or stores to it, and code is not in memory; put the data into a section of data (.rodata, .data)`,
  'link/code-offset': (d: { place: Where; offset: number }) =>
    `${d.place} jumps ${d.offset} bytes away from a label, and code has other addresses here; jump to a label of its own`,
  'link/code-difference': (d: { place: Where; minus: Where }) =>
    `${d.place}: data holds a distance from ${d.minus}, which is code and moves; compile with -fno-jump-tables`,
} as const;

/** Makes the errors of lowering. */
export const fail: Fail<typeof table> = defineErrors(table);
