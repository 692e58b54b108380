import { describe, expect, test } from 'vitest';
import type { Blob, RiscvImage } from '../../src/blob/blob.ts';
import { readBlob } from '../../src/blob/read.ts';
import { isRiscboxError, type RiscboxError } from '../../src/core/error.ts';
import { PT_DYNAMIC, PT_GNU_STACK, PT_INTERP, PT_LOAD, PT_TLS } from '../../src/linker/elf-format.ts';
import { type LinkOptions, link, linkToBlob } from '../../src/linker/riscv-profile.ts';
import {
  buildElf,
  bytesOf,
  concat,
  DATA,
  type ElfInit,
  RWX,
  type SegmentInit,
  symbolSections,
  words64,
} from './elf-image.ts';

const NOP = 0x00000013;
const ECALL = 0x00000073;
const RET = 0x00008067;
const EBREAK = 0x00100073;
const code = bytesOf(NOP, ECALL, RET);

const program = (init: ElfInit = {}, options: LinkOptions = {}): Blob =>
  linkToBlob(buildElf({ segments: [{ address: 0x10000, data: code }], ...init }), options);

const imageOf = (segments: readonly SegmentInit[], init: ElfInit = {}): RiscvImage =>
  program({ segments, entry: 0x10000, ...init }).riscv!;

const errorOf = (run: () => unknown): RiscboxError => {
  try {
    run();
  } catch (error) {
    if (isRiscboxError(error)) return error;
    throw error;
  }
  throw new Error('no error');
};

const exportsOf = (blob: Blob): Record<string, number> =>
  Object.fromEntries(
    [...blob.exports].map(({ symbol, offset }) => [new TextDecoder().decode(symbol), offset]),
  );

describe('what a blob holds', () => {
  test.each([
    [32, 0, 'rv32', false],
    [32, 8, 'rv32', true],
    [64, 0, 'rv64', false],
    [64, 9, 'rv64', true],
  ] as const)('ELF%i with flags %i is %s, embedded: %s', (width, flags, kind, embedded) => {
    const blob = program({ width, flags });
    expect(blob.kind).toBe(kind);
    expect(blob.riscv!.embedded).toBe(embedded);
    expect(blob.riscv!.entry).toBe(0x10000);
  });

  test('segments at their addresses with the original bytes as views', () => {
    const file = buildElf({
      segments: [
        { address: 0x20000, data: bytesOf(1, 2, 3, 0), memorySize: 0x1000, flags: DATA },
        { address: 0x10000, data: code },
        { address: 0x30000, memorySize: 0, flags: DATA },
        { type: PT_TLS, address: 0x20000, data: bytesOf(1) },
      ],
      entry: 0x10000,
    });
    const { segments } = linkToBlob(file).riscv!;
    expect(segments).toEqual([
      { address: 0x10000, memorySize: 12, data: code, readable: true, writable: false, executable: true },
      {
        address: 0x20000,
        memorySize: 0x1000,
        data: bytesOf(1, 2, 3).slice(0, 9), // zeros at the end are not stored
        readable: true,
        writable: true,
        executable: false,
      },
    ]);
    expect(segments[0]!.data.buffer).toBe(file.buffer);
  });

  test('code keeps the zeros at its end', () => {
    expect(imageOf([{ address: 0x10000, data: bytesOf(ECALL, 0, 0) }]).segments[0]!.data).toHaveLength(12);
  });

  test('execute-only code stays unreadable, writable data is readable', () => {
    const { segments } = imageOf([
      { address: 0x10000, data: code, flags: 1 },
      { address: 0x20000, data: code, flags: 2 },
    ]);
    expect(segments.map(({ readable, writable }) => [readable, writable])).toEqual([
      [false, false],
      [true, true],
    ]);
  });

  test('segments that share a page stay apart', () => {
    const { segments } = imageOf([
      { address: 0x10000, data: code },
      { address: 0x1000c, data: bytesOf(7), flags: DATA },
    ]);
    expect(segments.map(({ address, memorySize }) => [address, memorySize])).toEqual([
      [0x10000, 12],
      [0x1000c, 4],
    ]);
  });

  test('the program headers, when a segment has them', () => {
    const segments: SegmentInit[] = [{ address: 0x10000, data: code }];
    const file = buildElf({ segments, entry: 0x10000 });
    expect(linkToBlob(file).riscv!.programHeaders).toBeUndefined();
    // The first segment from the start of the file, as Linux executables have it: code is behind the headers.
    const whole = buildElf({ segments: [{ address: 0x10000, fileSize: 132 }], entry: 0x10078 });
    const mapped = concat(whole, code);
    mapped.set(words64(0), 64 + 8);
    expect(linkToBlob(mapped).riscv).toMatchObject({
      entry: 0x10078,
      programHeaders: { address: 0x10040, count: 1, entrySize: 56 },
    });
  });

  test('stack size: option, else PT_GNU_STACK, else 0', () => {
    const stack: SegmentInit = { type: PT_GNU_STACK, flags: DATA, memorySize: 0x4000 };
    const segments = [{ address: 0x10000, data: code }];
    expect(program({ segments }).stackSize).toBe(0);
    expect(program({ segments: [...segments, stack] }).stackSize).toBe(0x4000);
    expect(program({ segments: [...segments, stack] }, { stackSize: 64 }).stackSize).toBe(64);
  });

  test('bytes that the reader gives back', () => {
    const file = buildElf({
      segments: [{ address: 0x10000, data: code }],
      sections: symbolSections(64, [{ name: 'main', value: 0x10004, size: 8 }], 1),
    });
    const blob = linkToBlob(file, { symbols: true });
    const back = readBlob(link(file, { symbols: true }));
    expect(back.riscv).toEqual(blob.riscv);
    expect([...back.exports]).toEqual([...blob.exports]);
    expect([...back.riscv!.symbols!].map(({ address, size }) => [address, size])).toEqual([[0x10004, 8]]);
  });
});

describe('writable and executable segments', () => {
  const segments = [{ address: 0x10000, data: concat(code, bytesOf(1, 2)), memorySize: 0x100, flags: RWX }];
  const permissionsOf = ({ segments }: RiscvImage): [number, number, string][] =>
    segments.map((s) => [
      s.address,
      s.memorySize,
      `${s.readable ? 'r' : '-'}${s.writable ? 'w' : '-'}${s.executable ? 'x' : '-'}`,
    ]);

  test('are cut into code and data where sections tell them apart', () => {
    const sections = [
      { name: '.text', type: 1, flags: 6, address: 0x10000, size: 12 },
      { name: '.rodata', type: 1, flags: 2, address: 0x1000c, size: 4 },
      { name: '.tbss', type: 8, flags: 0x403, address: 0x10010, size: 64 },
      { name: '.data', type: 1, flags: 3, address: 0x10010, size: 4 },
      { name: '.bss', type: 8, flags: 3, address: 0x10020, size: 0xe0 },
      { name: '.comment', type: 1, flags: 0, address: 0, size: 4 },
    ];
    const image = imageOf(segments, { sections });
    expect(permissionsOf(image)).toEqual([
      [0x10000, 12, 'r-x'],
      [0x1000c, 0xf4, 'rw-'],
    ]);
    expect(image.segments[1]!.data).toEqual(bytesOf(1, 2).slice(0, 5));
  });

  test('stay writable where one section mixes code and data', () => {
    const sections = [
      { name: '.text', type: 1, flags: 7, address: 0x10000, size: 12 },
      { name: '.data', type: 1, flags: 3, address: 0x10010, size: 4 },
    ];
    expect(permissionsOf(imageOf(segments, { sections }))).toEqual([
      [0x10000, 0x10, 'rwx'],
      [0x10010, 0xf0, 'rw-'],
    ]);
  });

  test.each([
    ['without sections', []],
    [
      'with sections that overlap',
      [
        { name: '.text', type: 1, flags: 6, address: 0x10000, size: 12 },
        { name: '.data', type: 1, flags: 3, address: 0x10008, size: 12 },
      ],
    ],
    [
      'with code at an odd address',
      [
        { name: '.data', type: 1, flags: 3, address: 0x10000, size: 3 },
        { name: '.text', type: 1, flags: 6, address: 0x10003, size: 12 },
      ],
    ],
  ])('stay whole %s', (_, sections) => {
    expect(permissionsOf(imageOf(segments, { sections }))).toEqual([[0x10000, 0x100, 'rwx']]);
  });

  test('stay whole when the section table is broken', () => {
    const file = buildElf({
      segments,
      sections: [{ name: '.text', type: 1, flags: 6, address: 0x10000, size: 12 }],
    });
    file.set([0xff, 0xff, 0xff], 40);
    expect(permissionsOf(linkToBlob(file).riscv!)).toEqual([[0x10000, 0x100, 'rwx']]);
  });
});

describe('exports', () => {
  const symbols = [
    { name: 'main', value: 0x10000, size: 4 },
    { name: '_start', value: 0x10004 },
    { name: '__udivdi3', value: 0x10004 },
    { name: 'weak', value: 0x10004, info: 0x22 },
    { name: 'local', value: 0x10004, info: 0x02 },
    { name: 'hidden', value: 0x10008, other: 2 },
    { name: 'label', value: 0x10008, info: 0x10 },
    { name: 'data', value: 0x20000 },
    { name: 'odd', value: 0x10001 },
  ];
  const init: ElfInit = { sections: symbolSections(64, symbols, 1) };

  test('public, all, none, and a list', () => {
    expect(exportsOf(program(init, { exports: 'public' }))).toEqual({ main: 0x10000, weak: 0x10004 });
    const all = exportsOf(program(init, { exports: 'all' }));
    expect(Object.keys(all)).toEqual(['main', '_start', '__udivdi3', 'weak']);
    expect(exportsOf(program(init, { exports: 'none' }))).toEqual({});
    const listed = program(init, { exports: ['label', 'local'] });
    expect(exportsOf(listed)).toEqual({ label: 0x10008, local: 0x10004 });
  });

  test('by default none of a program, and the public ones of a file without a start', () => {
    expect(exportsOf(program(init))).toEqual({});
    const library = symbolSections(64, [{ name: 'add', value: 0x10004 }], 1);
    expect(exportsOf(program({ sections: library }))).toEqual({ add: 0x10004 });
    expect(exportsOf(program({ ...init, entry: 0 }))).toEqual({ main: 0x10000, weak: 0x10004 });
  });

  test('a name that is not there', () => {
    for (const name of ['data', 'odd', 'nowhere']) {
      expect(errorOf(() => program(init, { exports: [name] })).code).toBe('linker/no-export');
    }
    expect(errorOf(() => program({}, { exports: ['main'] })).message).toContain('no function symbols');
  });

  test('a program without an entry point needs an export', () => {
    expect(program({ ...init, entry: 0 }).riscv!.entry).toBe(0);
    expect(errorOf(() => program({ entry: 0 })).code).toBe('linker/entry');
  });
});

describe('static PIE', () => {
  /** Code at 0x1000, data at 0x2000 with the dynamic section at 0x2020. */
  const pie = (
    dynamic: readonly number[],
    tables: Uint8Array,
    data: readonly number[] = [0, 0, 0, 0],
  ): ElfInit => ({
    type: 3,
    entry: 0x1000,
    segments: [
      { address: 0x1000, data: code },
      { address: 0x2000, data: concat(words64(...data), words64(...dynamic)), flags: DATA },
      { address: 0x3000, data: tables, flags: 4 },
      { type: PT_DYNAMIC, address: 0x2020, data: words64(...dynamic) },
    ],
  });
  const dataWords = (blob: Blob): bigint[] => {
    const { data } = blob.riscv!.segments[1]!;
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    return [0, 8, 16, 24].map((at) => view.getBigUint64(at, true));
  };
  const RELATIVE = 3;

  test('is moved up to 64 KiB and relocated, without touching the input', () => {
    const tables = words64(0x2000, RELATIVE, 0x1004, 0x2010, RELATIVE, 0x2008);
    const file = buildElf(pie([7, 0x3000, 8, 48, 0, 0], tables));
    const before = file.slice();
    const blob = linkToBlob(file);
    expect(file).toEqual(before);
    expect(blob.riscv!.entry).toBe(0x11000);
    expect(blob.riscv!.segments.map(({ address }) => address)).toEqual([0x11000, 0x12000, 0x13000]);
    expect(dataWords(blob)).toEqual([0x11004n, 0n, 0x12008n, 0n]);
  });

  test('packed relocations (DT_RELR)', () => {
    // 0x2000 itself, then a bitmap: the second and third word behind it.
    const tables = words64(0x2000, 0b1101);
    const file = buildElf(pie([36, 0x3000, 35, 16, 0, 0], tables, [0x1000, 5, 0x1004, 0x1008]));
    expect(dataWords(linkToBlob(file))).toEqual([0x11000n, 5n, 0x11004n, 0x11008n]);
  });

  test('at its own addresses when those are not low', () => {
    const file = buildElf({
      type: 3,
      entry: 0x10000,
      segments: [{ address: 0x10000, data: code }],
    });
    expect(linkToBlob(file).riscv).toMatchObject({ entry: 0x10000, segments: [{ address: 0x10000 }] });
  });

  test.each<[string, ElfInit, string]>([
    [
      'a symbolic relocation',
      pie([7, 0x3000, 8, 24, 0, 0], words64(0x2000, 2, 0)),
      'linker/dynamic-relocation',
    ],
    ['a lazy one', pie([23, 0x3000, 2, 24, 0, 0], words64(0x2000, 5, 0)), 'linker/dynamic-relocation'],
    ['a table outside', pie([7, 0x9000, 8, 24, 0, 0], words64()), 'linker/dynamic'],
    ['a place outside', pie([7, 0x3000, 8, 24, 0, 0], words64(0x9000, 3, 0)), 'linker/dynamic'],
    ['a packed place outside', pie([36, 0x3000, 35, 8, 0, 0], words64(0x9000)), 'linker/dynamic'],
    [
      'a library',
      pie([1, 1, 5, 0x3000, 10, 9, 0, 0], new TextEncoder().encode('\0libc.so\0')),
      'linker/shared-library',
    ],
    ['a library without a name', pie([1, 1, 0, 0], words64()), 'linker/shared-library'],
  ])('%s is refused', (_, init, code) => {
    expect(errorOf(() => linkToBlob(buildElf(init))).code).toBe(code);
  });

  test('relocations of a table that they overwrite', () => {
    const tables = words64(0x3000, RELATIVE, 0x7777, 0x2000, RELATIVE, 0x1000);
    const file = buildElf(pie([7, 0x3000, 8, 48, 0, 0], tables));
    expect(dataWords(linkToBlob(file))[0]).toBe(0x11000n);
  });
});

describe('files that are no static RISC-V executables', () => {
  const at = (address: number, init: SegmentInit = {}): SegmentInit => ({ address, data: code, ...init });
  test.each<[string, ElfInit, string]>([
    ['another machine', { machine: 62 }, 'linker/machine'],
    ['an object file', { type: 1 }, 'linker/relocatable'],
    ['a core dump', { type: 4 }, 'linker/file-type'],
    ['no segments', { segments: [] }, 'linker/no-segments'],
    ['only empty segments', { segments: [{ address: 0x10000 }] }, 'linker/no-segments'],
    ['no code', { segments: [at(0x10000, { flags: DATA })] }, 'linker/no-code'],
    ['code at an odd address', { segments: [at(0x10001)] }, 'linker/odd-code'],
    ['overlapping segments', { segments: [at(0x10000), at(0x10008)] }, 'linker/overlap'],
    [
      'more in the file than in memory',
      { segments: [at(0x10000, { memorySize: 4 })] },
      'linker/segment-size',
    ],
    ['beyond 4 GiB', { segments: [at(0xfffffff8)] }, 'linker/address-space'],
    ['far beyond 4 GiB', { segments: [at(2 ** 52)] }, 'linker/address-space'],
    ['a huge segment', { segments: [at(0x10000, { memorySize: 2 ** 33 })] }, 'linker/address-space'],
    [
      'bytes that are not in the file',
      { segments: [at(0x10000, { fileSize: 2 ** 20 })] },
      'elf/outside-file',
    ],
    ['an entry outside', { entry: 0x20000 }, 'linker/entry'],
    ['an odd entry', { entry: 0x10001 }, 'linker/entry'],
    [
      'an entry in data',
      { segments: [at(0x10000), at(0x20000, { flags: DATA })], entry: 0x20000 },
      'linker/entry',
    ],
  ])('%s', (_, init, code) => {
    expect(errorOf(() => program(init)).code).toBe(code);
  });

  test('a dynamically linked program names its loader', () => {
    const interpreter = new TextEncoder().encode('/lib/ld-linux-riscv64-lp64d.so.1\0');
    const segments = [at(0x10000), { type: PT_INTERP, data: interpreter }];
    const error = errorOf(() => program({ segments }));
    expect(error.code).toBe('linker/interpreter');
    expect(error.detail).toEqual({ interpreter: '/lib/ld-linux-riscv64-lp64d.so.1' });
  });
});

describe('floating point', () => {
  const FADD_D = 0x02000053;
  const FLW = 0x00002007;
  const VADD = 0x00000057;
  const JUMP_OVER = 0x0080006f;
  const withCode = (words: readonly number[], init: ElfInit = {}): ElfInit => ({
    segments: [{ type: PT_LOAD, address: 0x10000, data: bytesOf(...words) }],
    ...init,
  });
  const names = symbolSections(64, [{ name: 'compute', value: 0x10004, size: 8 }], 1);

  test('a hard-float ABI is refused with the first instruction and its function', () => {
    const error = errorOf(() => program(withCode([NOP, NOP, FADD_D], { flags: 4, sections: names })));
    expect(error.code).toBe('linker/float-abi');
    expect(error.detail).toEqual({ abi: 'double', instruction: 'fadd.d', place: 'compute+0x4 (0x10008)' });
    expect(errorOf(() => program({ flags: 2 })).detail).toEqual({ abi: 'single' });
  });

  test.each([
    ['fadd.d', 'D', FADD_D],
    ['flw', 'F', FLW],
    ['fld', 'D', 0x00003007],
    ['fsd', 'D', 0x00003027],
    ['fmadd.s', 'F', 0x00000043],
    ['fcvt.w.d', 'D', 0xc2000053],
    ['a vector operation', 'V', VADD],
    ['a vector load', 'V', 0x00005007],
  ])('%s (%s) in reached code is refused', (instruction, extension, word) => {
    const error = errorOf(() => program(withCode([NOP, word])));
    expect(error.code).toBe('linker/extension');
    expect(error.detail).toEqual({ instruction, extension, address: 0x10004, place: '0x10004' });
  });

  test('compressed forms', () => {
    const codeOf32 = (half: number, width: 32 | 64): string =>
      errorOf(() => program(withCode([half], { width }))).detail.instruction as string;
    expect(codeOf32(0x2000, 64)).toBe('c.fld');
    expect(codeOf32(0xa002, 64)).toBe('c.fsdsp');
    expect(codeOf32(0x6000, 32)).toBe('c.flw');
    expect(codeOf32(0xe002, 32)).toBe('c.fswsp');
  });

  test('what control does not reach, or what is just invalid, is no reason', () => {
    expect(program(withCode([JUMP_OVER, FADD_D, EBREAK])).kind).toBe('rv64');
    expect(program(withCode([NOP, 0xffffffff])).kind).toBe('rv64');
  });

  test('can be left to trap', () => {
    const init = withCode([NOP, FADD_D], { flags: 4 });
    expect(program(init, { floatingPoint: 'trap' }).kind).toBe('rv64');
  });
});
