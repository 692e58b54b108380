import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { RiscvImage } from '../../src/blob/blob.ts';
import { isRiscboxError } from '../../src/core/error.ts';
import { BlockStarts } from '../../src/linker/block-starts.ts';
import { linkToBlob, readElf } from '../../src/linker/index.ts';
import { loadSegments, profileSegments } from '../../src/linker/segments.ts';
import { loadBase, relocate } from '../../src/linker/static-pie.ts';

/**
 * What today's toolchains make of the cases that the guests in guests/bin do not show. Needs the Debian packages
 * gcc-riscv64-unknown-elf, clang-19, lld-19 and llvm-19; without them nothing runs, which is printed.
 */
const GCC = 'riscv64-unknown-elf-gcc';
const STRIP = 'riscv64-unknown-elf-strip';
const CLANG = 'clang-19';
const LLD = 'ld.lld-19';
const OBJCOPY = 'llvm-objcopy-19';
const TOOLS = [GCC, STRIP, CLANG, LLD, OBJCOPY];
const missing = TOOLS.filter((tool) => spawnSync(tool, ['--version']).error !== undefined);

const folder = missing.length === 0 ? mkdtempSync(join(tmpdir(), 'riscbox-linker-')) : '';
const at = (name: string): string => join(folder, name);
afterAll(() => {
  if (folder !== '') rmSync(folder, { recursive: true });
  else console.log(`toolchain tests did not run: ${missing.join(', ')} not installed`);
});

const run = (tool: string, ...args: string[]): void => {
  execFileSync(tool, args, { cwd: folder, stdio: 'pipe' });
};
const source = (name: string, text: string): string => {
  writeFileSync(at(name), text);
  return name;
};
const read = (name: string): Uint8Array => new Uint8Array(readFileSync(at(name)));

const gcc = (out: string, input: string, ...args: string[]): Uint8Array => {
  const march = args.some((a) => a.startsWith('-march')) ? [] : ['-march=rv64imac', '-mabi=lp64'];
  run(GCC, ...march, '-O1', '-nostdlib', '-nostartfiles', input, ...args, '-o', out);
  return read(out);
};
const clangObject = (out: string, input: string, ...args: string[]): string => {
  run(
    CLANG,
    '--target=riscv64-unknown-elf',
    '-march=rv64imac',
    '-mabi=lp64',
    '-O2',
    '-c',
    ...args,
    input,
    '-o',
    out,
  );
  return out;
};
const lld = (out: string, ...args: string[]): Uint8Array => {
  run(LLD, ...args, '-o', out);
  return read(out);
};

const COUNTER = `
int counter = 5; int bss[100]; static const int table[] = {1, 2, 3};
__attribute__((noinline)) int count(int a, int b) { counter += a; bss[a & 63] = b; return a + b + table[b & 1]; }
void _start(void) { count(1, 2); __asm__ volatile("li a7, 93; ecall"); }
`;
const SWITCH = `
__attribute__((noinline)) int g(int x) { return x * 7; }
__attribute__((noinline)) int choose(int c) {
  switch (c) {
    case 1: return g(10); case 2: return 7 + g(c); case 3: return g(99); case 4: return g(c) * 12;
    case 5: g(1); return 3; case 6: return g(c * 9); case 7: return g(c) ^ 3; default: return c;
  }
}
int (*const functions[])(int) = {g, choose};
int (**pointer)(int) = (int (**)(int))functions;
void _start(void) { volatile int i = 3; i = choose(i) + pointer[i & 1](i); __asm__ volatile("li a7, 93; ecall"); }
`;
const FLOAT = `
volatile double x;
__attribute__((noinline)) double half(double a) { return a * 0.5; }
void _start(void) { x = half(x); }
`;

const shape = ({ segments }: RiscvImage): string[] =>
  segments.map((s) => `${s.readable ? 'r' : '-'}${s.writable ? 'w' : '-'}${s.executable ? 'x' : '-'}`);

const errorCode = (file: Uint8Array): string | undefined => {
  try {
    linkToBlob(file);
    return undefined;
  } catch (error) {
    if (isRiscboxError(error)) return error.code;
    throw error;
  }
};

describe.runIf(missing.length === 0)('files of real toolchains', () => {
  test('GNU ld: default script, ld -N, and a simple script with everything in one RWX segment', () => {
    const input = source('counter.c', COUNTER);
    expect(shape(linkToBlob(gcc('default.elf', input)).riscv!)).toEqual(['r--', 'r-x', 'rw-']);
    expect(shape(linkToBlob(gcc('omagic.elf', input, '-Wl,-N')).riscv!)).toEqual(['rwx', 'rw-']);
    const script = source(
      'simple.ld',
      'SECTIONS { . = 0x10000; .text : { *(.text*) } .rodata : { *(.rodata*) *(.srodata*) } .data : { *(.data*) *(.sdata*) } .bss : { *(.bss*) *(.sbss*) } }',
    );
    expect(shape(linkToBlob(gcc('simple.elf', input, '-T', script)).riscv!)).toEqual(['r-x', 'rw-']);
    run(OBJCOPY, '--strip-sections', 'simple.elf', 'simple.bare.elf');
    expect(shape(linkToBlob(read('simple.bare.elf')).riscv!)).toEqual(['rwx']);
  });

  test('strip and llvm-objcopy --strip-sections change neither code nor block starts', () => {
    gcc('whole.elf', source('switch.c', SWITCH));
    run(STRIP, 'whole.elf', '-o', 'stripped.elf');
    run(OBJCOPY, '--strip-sections', 'whole.elf', 'bare.elf');
    const essence = (name: string): unknown => {
      const { segments, extraStarts, entry } = linkToBlob(read(name)).riscv!;
      return { code: segments.filter(({ executable }) => executable), extraStarts, entry };
    };
    expect(essence('stripped.elf')).toEqual(essence('whole.elf'));
    expect(essence('bare.elf')).toEqual(essence('whole.elf'));
  });

  describe('jump tables', () => {
    const cases: [string, () => Uint8Array][] = [
      [
        'gcc medlow',
        () => gcc('g1.elf', source('s.c', SWITCH), '-mcmodel=medlow', '-Wl,--emit-relocs', '-O2'),
      ],
      [
        'gcc medany',
        () => gcc('g2.elf', source('s.c', SWITCH), '-mcmodel=medany', '-Wl,--emit-relocs', '-O2'),
      ],
      [
        'gcc rv32',
        () =>
          gcc('g3.elf', source('s.c', SWITCH), '-march=rv32im', '-mabi=ilp32', '-Wl,--emit-relocs', '-O2'),
      ],
      ...['-mcmodel=medlow', '-mcmodel=medany', '-fPIE'].map((model): [string, () => Uint8Array] => [
        `clang ${model}`,
        () => {
          const object = clangObject('c.o', source('s.c', SWITCH), model);
          return lld(
            'c.elf',
            ...(model === '-fPIE' ? ['-pie', '--no-dynamic-linker'] : []),
            '--emit-relocs',
            object,
          );
        },
      ]),
    ];
    test.each(cases)('%s: every case is a block start', (_, build) => {
      const elf = readElf(build());
      const base = loadBase(elf);
      const segments = profileSegments(elf, relocate(elf, loadSegments(elf, base), base), base);
      const found = new Set(new BlockStarts(segments, elf.header.entry + base, elf.header.width, 32).found);
      const code = segments.filter(({ executable }) => executable);
      // R_RISCV_32, R_RISCV_64 and R_RISCV_ADD32 in constants name the cases.
      const targets = elf.sections
        .filter((s) => s.type === 4 && /^\.s?rodata/.test(elf.sections[s.info]!.name))
        .flatMap((s) => [...elf.relocations(s)])
        .filter(({ type }) => type === 1 || type === 2 || type === 35)
        .map(({ symbol, addend }) => Number(elf.symbols!.at(symbol).value + addend) + base)
        .filter((target) => code.some((s) => target >= s.address && target < s.address + s.data.length));
      expect(targets.length).toBeGreaterThanOrEqual(7);
      for (const target of targets) expect(found).toContain(target);
    });
  });

  test('static PIE of lld, with plain and with packed relocations', () => {
    const object = clangObject('pie.o', source('s.c', SWITCH), '-fPIE');
    const pointersOf = (file: Uint8Array): number[] => {
      const blob = linkToBlob(file, { exports: ['choose', 'g'] });
      const places = new Set([...blob.exports].map(({ offset }) => offset));
      return blob
        .riscv!.segments.filter(({ executable }) => !executable)
        .flatMap(({ data }) => {
          const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
          return Array.from({ length: Math.max(0, (data.length - 2) >> 2) }, (_, i) =>
            4 * i + 4 <= data.length ? view.getUint32(4 * i, true) : 0,
          );
        })
        .filter((word) => places.has(word));
    };
    for (const packing of ['none', 'relr']) {
      const file = lld('pie.elf', '-pie', '--no-dynamic-linker', `--pack-dyn-relocs=${packing}`, object);
      expect(linkToBlob(file).riscv!.entry).toBe(0x10000 + readElf(file).header.entry);
      expect(new Set(pointersOf(file)).size).toBe(2);
    }
  });

  test('what needs a loader or floating-point registers is refused', () => {
    const pie = clangObject('p.o', source('c.c', COUNTER), '-fPIE');
    expect(errorCode(read(pie))).toBe('linker/relocatable');
    expect(errorCode(lld('dyn.elf', '-pie', '--dynamic-linker=/lib/ld.so.1', pie))).toBe(
      'linker/interpreter',
    );
    const shared = clangObject('l.o', source('l.c', 'int add(int a) { return a + 1; }'), '-fPIC');
    lld('lib.so', '-shared', '-soname', 'lib.so', shared);
    const user = clangObject('u.o', source('u.c', 'int add(int); void _start(void) { add(1); }'), '-fPIE');
    const needed = lld('needed.elf', '-pie', '--no-dynamic-linker', user, 'lib.so');
    expect(errorCode(needed)).toBe('linker/shared-library');

    const float = source('f.c', FLOAT);
    const hard = gcc('hard.elf', float, '-march=rv64imafdc', '-mabi=lp64d');
    expect(() => linkToBlob(hard)).toThrow(
      /double floating-point ABI and executes c?\.?f\w+(\.d)? in _start\+/,
    );
    const mixed = gcc('mixed.elf', float, '-march=rv64imafdc', '-mabi=lp64');
    expect(() => linkToBlob(mixed)).toThrow(/\(extension D\) is executed in (half|_start)\+/);
    expect(errorCode(gcc('soft.elf', float, '-march=rv64imac', '-mabi=lp64', '-lgcc'))).toBeUndefined();
  });
});
