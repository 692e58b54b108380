import { defineErrors, type Fail, hex } from '../core/error.ts';

const table = {
  'engine/tier': (d: { tier: unknown; available: readonly string[] }) =>
    `there is no tier '${String(d.tier)}'; available are ${d.available.join(', ')}, and js with tiers: [jsTier], which 'riscbox/jit-js' exports`,
  'engine/option': (d: { option: string; value: unknown; expected: string }) =>
    `${d.option} is ${String(d.value)}; it must be ${d.expected}`,

  // Modules
  'module/format': (d: { found: string; problem: string }) =>
    `not a program that riscbox knows: it starts with ${d.found || 'nothing'} (${d.problem}); pass a PolkaVM or riscbox blob, or state the container`,
  'module/elf': (_: Record<string, never>) =>
    "this is an ELF file; use link() or loadElf() of 'riscbox/linker'",
  'module/kind': (d: { stated: string; wanted: string }) =>
    `the program is of kind ${d.stated}, not ${d.wanted}; leave the kind option out`,
  'module/instruction-gas': (d: { model: string }) =>
    `${d.model} has no gas per instruction; use gasGranularity 'block'`,
  'module/broken-import': (d: { number: number }) =>
    `import ${d.number} has no valid name; rebuild the program or compile it without strict`,
  'module/jump-table': (d: { index: number; target: number }) =>
    `jump table entry ${d.index} leads to ${hex(d.target)}, behind the code; rebuild the program or compile it without strict`,
  'module/broken-export': (d: { name: string; pc: number }) =>
    `export '${d.name}' at ${hex(d.pc)} lies behind the code; rebuild the program or compile it without strict`,
  'module/duplicate-export': (d: { name: string }) =>
    `there are two exports '${d.name}'; rebuild the program or compile it without strict, which takes the first`,
} as const;

/** Errors of engines and modules; a table of its own, so that a page which only runs what was translated elsewhere has no texts of it. */
export const fail: Fail<typeof table> = defineErrors(table);
