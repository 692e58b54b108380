import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readElf } from '../../../../src/linker/elf.ts';
import type { LinkInput } from '../../../../src/linker/relink/input/link-input.ts';
import { readLinkInput } from '../../../../src/linker/relink/input/read.ts';
import { disagreements } from './linked-values.ts';

/**
 * What GNU ld and lld leave in files with --emit-relocs, with and without relaxation. Needs the Debian packages
 * gcc-riscv64-unknown-elf, clang-19 and lld-19; without them nothing runs, which is printed.
 */
const GCC = 'riscv64-unknown-elf-gcc';
const CLANG = 'clang-19';
const LLD = 'ld.lld-19';
const missing = [GCC, CLANG, LLD].filter((tool) => spawnSync(tool, ['--version']).error !== undefined);

const folder = missing.length === 0 ? mkdtempSync(join(tmpdir(), 'riscbox-relink-')) : '';
afterAll(() => {
  if (folder !== '') rmSync(folder, { recursive: true });
  else console.log(`toolchain tests did not run: ${missing.join(', ')} not installed`);
});

const SOURCE = `
extern int absent(void) __attribute__((weak));
extern int absentData __attribute__((weak));
extern char __bss_start[], _end[], _edata[];
static int small = 3; int big[4000]; int unset; const char *names[] = {"a", "bc"};
__thread int local = 5, zero;
static int first(int x) { return x + small; }
static int second(int x) { return x * 3 + unset; }
int (*const functions[])(int) = {first, second};
__attribute__((noinline)) int choose(int x) {
  switch (x) {
    case 0: return first(3); case 1: return big[3]; case 2: return local++; case 3: big[7] = 4; return 9;
    case 4: return zero; case 5: small++; return 77; case 6: return x * x + 3; case 7: big[0] = 1; return 13;
  }
  return -1;
}
__attribute__((noinline)) int run(int c) {
  if (absent) return absent();
  if (&absentData) return 5;
  return functions[c & 1](choose(c)) + names[c & 1][0];
}
void _start(void) {
#ifdef GP
  __asm__ volatile(".option push\\n.option norelax\\nla gp, __global_pointer$\\n.option pop");
#endif
  for (char *p = __bss_start; p < _end; p++) *p = 0;
  run(_end - _edata);
  for (;;);
}
`;

/** Constants behind the code, as scripts for microcontrollers have it. */
const MIXED = `
SECTIONS {
  . = 0x10000;
  .text : { *(.text .text.*) *(.rodata .rodata.* .srodata .srodata.*) }
  .tdata : { *(.tdata .tdata.*) } .tbss : { *(.tbss .tbss.*) }
  .data : { *(.data .data.* .sdata .sdata.*) __global_pointer$ = . + 0x800; _edata = .; }
  .bss : { __bss_start = .; *(.sbss .sbss.* .bss .bss.* COMMON) } _end = .;
}
`;

/** Data that a start-up routine copies from read-only memory, and a stack behind all. */
const COPIED = `
MEMORY { rom : ORIGIN = 0x10000, LENGTH = 64K  ram : ORIGIN = 0x80000, LENGTH = 64K }
SECTIONS {
  stack_top = 0x90000;
  .text : { *(.text .text.*) } >rom
  .data : { *(.data .data.* .sdata .sdata.*) } >ram AT>rom
  data_source = LOADADDR(.data);
  .bss : { *(.bss .bss.* .sbss .sbss.*) } >ram
}
`;
const COPYING = `
.globl _start
_start: lla a0, variable
  lla a1, data_source
  lla sp, stack_top
  ret
.data
.word 1
variable: .word 2
.bss
.space 40
`;

if (missing.length === 0) {
  writeFileSync(join(folder, 'copied.ld'), COPIED);
  writeFileSync(join(folder, 'copying.s'), COPYING);
  writeFileSync(join(folder, 'source.c'), SOURCE);
  writeFileSync(join(folder, 'mixed.ld'), MIXED);
}

const run = (tool: string, ...args: readonly string[]): void => {
  execFileSync(tool, args, { cwd: folder, stdio: 'pipe' });
};

const read = (name: string): LinkInput => {
  const elf = readElf(new Uint8Array(readFileSync(join(folder, name))));
  return readLinkInput(elf, {});
};

const COMMON = ['-ffreestanding', '-nostdlib', '-ftls-model=local-exec'];

const gcc = (out: string, ...args: readonly string[]): LinkInput => {
  run(GCC, ...COMMON, '-DGP', '-Wl,-q', 'source.c', ...args, '-o', out);
  return read(out);
};

const lld = (out: string, compile: readonly string[], link: readonly string[]): LinkInput => {
  run(CLANG, ...COMMON, ...compile, '-c', 'source.c', '-o', `${out}.o`);
  run(LLD, '-q', `${out}.o`, ...link, '-o', out);
  return read(out);
};

/** Everything was found, and is as the linker computed it. */
const expectWhole = (input: LinkInput): void => {
  expect(disagreements(input.elf, input)).toEqual([]);
  expect(input.names.map(({ name }) => name)).toEqual(expect.arrayContaining(['_start', 'run', 'choose']));
  const functions = [...input.references.values()]
    .flat()
    .filter(({ to }) => input.code.some((c) => c === to.section));
  expect(functions.length).toBeGreaterThanOrEqual(2);
  expect(input.threadPointer?.section.name).toBe('.tdata');
};

describe.runIf(missing.length === 0)('relocations that linkers keep', () => {
  const targets = [
    ['-march=rv64imac', '-mabi=lp64'],
    ['-march=rv32emac', '-mabi=ilp32e'],
    ['-march=rv32im', '-mabi=ilp32'],
  ];
  const cases = targets.flatMap((target) =>
    ['-mcmodel=medlow', '-mcmodel=medany'].flatMap((model) =>
      ['-Wl,--relax', '-Wl,--no-relax'].map((relax) => [...target, model, relax]),
    ),
  );

  test.each(cases)('GNU ld %s %s %s %s', (...args) => {
    const input = gcc(`gnu${args.join('')}.elf`, '-O2', ...args);
    expectWhole(input);
    expect(input.globalPointer?.section).toBeDefined();
    expect(input.entry?.section).toBe(input.code[0]);
    const start = input.elf.symbols!;
    expect([...start].some(({ name }) => name === '__bss_start')).toBe(true);
  });

  test.each(targets)('GNU ld, constants behind code: %s %s', (...target) => {
    const input = gcc(`mixed${target.join('')}.elf`, '-O2', ...target, '-T', 'mixed.ld');
    expectWhole(input);
    expect(input.data.map(({ name, kind }) => `${kind} ${name}`)).toContain('ro .text (constants)');
  });

  test('GNU ld, data that is stored elsewhere', () => {
    const options = ['-march=rv64im', '-mabi=lp64', '-nostdlib', '-Wl,-q,--no-relax', '-T', 'copied.ld'];
    run(GCC, ...options, 'copying.s', '-o', 'copied.elf');
    const { code } = read('copied.elf');
    const targets = code[0]!.relocations.flatMap((r) => ('target' in r ? [r.target] : []));
    expect(targets.map((t) => (t.section === undefined ? t.value : [t.section.name, t.offset]))).toEqual([
      ['.data', 4],
      ['.data', 0],
      0x90000,
    ]);
  });

  const CLANG_TARGETS = [
    ['--target=riscv64', '-march=rv64imac', '-mabi=lp64'],
    ['--target=riscv64', '-march=rv64emac_zbb', '-mabi=lp64e'],
    ['--target=riscv32', '-march=rv32emac', '-mabi=ilp32e'],
  ];
  const LINKS = [
    ['executable', ['-fno-pic', '-mcmodel=medlow'], []],
    ['gp', ['-fno-pic', '-mcmodel=medlow'], ['--relax-gp', '--defsym=__global_pointer$=big']],
    ['not relaxed', ['-fno-pic', '-mcmodel=medany'], ['--no-relax']],
    ['pie', ['-fpic'], ['-pie', '--apply-dynamic-relocs']],
    ['unique', ['-fpic', '-ffunction-sections', '-fdata-sections'], ['--unique', '--gc-sections']],
  ] as const;
  const clangCases = CLANG_TARGETS.flatMap((target) =>
    LINKS.map(([name, compile, link]) => [name, target[1]!, target, compile, link] as const),
  );

  test.each(clangCases)('lld, %s: %s', (name, march, target, compile, link) => {
    const symbols = ['--defsym=__bss_start=big', '--defsym=_edata=big', '--defsym=_end=big+16000'];
    expectWhole(lld(`lld-${march}-${name}.elf`, ['-O2', ...target, ...compile], [...symbols, ...link]));
  });
});
