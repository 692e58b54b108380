import { describe, expect, test } from 'vitest';
import type { RiscvImage, RiscvSegment } from '../../src/blob/blob.ts';
import { uniqueHash } from '../../src/blob/hash.ts';
import { type BlobInit, makeBlob } from '../../src/blob/make.ts';
import { readBlob } from '../../src/blob/read.ts';
import { writeBlob } from '../../src/blob/write.ts';
import { toHex } from '../../src/core/bytes.ts';
import { blobOf, CODE, errorCode, type Section } from './sections.ts';

const RX = 5;
const RW = 6;

/** Format 1, no flags, entry 16, stack size 0. */
const IMAGE: Section = [32, 1, 0, 16, 0];
/** Code at 16 to 19, then data at 32 to 39 with two bytes in the file. */
const SEGMENTS: Section = [33, 2, [16, 4, 4, RX], [12, 8, 2, RW], 'codeDA'];

const read = (...sections: Section[]) => readBlob(blobOf(0x81, ...sections));
const code = (...sections: Section[]): string => errorCode(() => read(...sections));

describe('reading', () => {
  test('a small program', () => {
    const bytes = blobOf(0x80, IMAGE, SEGMENTS, [34, 2, 8, 0], [5, 1, 18, 1, 'f'], [160, 1, 16, 4, 1, 'g']);
    const blob = readBlob(bytes);
    expect(blob).toMatchObject({ kind: 'rv32', container: 'riscv', stackSize: 0, roDataSize: 0 });
    expect(blob.riscv).toMatchObject({ embedded: false, entry: 16, programHeaders: undefined });
    expect(
      blob.riscv!.segments.map(({ data, ...rest }) => ({ ...rest, data: String.fromCharCode(...data) })),
    ).toEqual([
      { address: 16, memorySize: 4, data: 'code', readable: true, writable: false, executable: true },
      { address: 32, memorySize: 8, data: 'DA', readable: true, writable: true, executable: false },
    ]);
    expect(blob.riscv!.segments[0]!.data.buffer).toBe(bytes.buffer);
    expect([...blob.riscv!.extraStarts]).toEqual([16, 18]);
    expect([...blob.exports].map((e) => e.offset)).toEqual([18]);
    expect([...blob.riscv!.symbols!].map((s) => [s.address, s.size])).toEqual([[16, 4]]);
    expect(writeBlob(blob)).toEqual(bytes);
  });

  test('flags, stack size and program headers', () => {
    const bytes = blobOf(0x81, [32, 1, 3, 16, [0xa0, 0], 32, 1, 8], SEGMENTS);
    const blob = readBlob(bytes);
    expect(blob).toMatchObject({ kind: 'rv64', stackSize: 8192 });
    expect(blob.riscv).toMatchObject({
      embedded: true,
      programHeaders: { address: 32, count: 1, entrySize: 8 },
    });
    expect(writeBlob(blob)).toEqual(bytes);
  });

  test.each<[string, Section[]]>([
    ['missing-section', []],
    ['missing-section', [IMAGE]],
    ['unexpected-section', [SEGMENTS, IMAGE]],
    ['unexpected-section', [IMAGE, SEGMENTS, [5], [34, 0]]],
    ['unexpected-section', [IMAGE, SEGMENTS, IMAGE]],
    ['unexpected-section', [CODE]],
    ['unexpected-section', [IMAGE, SEGMENTS, [4, 0]]],
    ['unexpected-section', [IMAGE, SEGMENTS, [35]]],
    ['riscv-version', [[32, 2, 0, 16, 0], SEGMENTS]],
    ['riscv-flags', [[32, 1, 4, 16, 0], SEGMENTS]],
    ['trailing-bytes', [[32, 1, 0, 16, 0, 0], SEGMENTS]],
    ['truncated', [[32, 1, 2, 16, 0, 1, 1], SEGMENTS]],
    ['riscv-entry', [[32, 1, 0, 17, 0], SEGMENTS]],
    ['riscv-entry', [[32, 1, 0, 20, 0], SEGMENTS]],
    ['riscv-entry', [[32, 1, 0, 32, 0], SEGMENTS]],
    ['riscv-program-headers', [[32, 1, 2, 16, 0, 30, 1, 4], SEGMENTS]],
    ['riscv-program-headers', [[32, 1, 2, 16, 0, 32, 3, 3], SEGMENTS]],
    ['riscv-no-segments', [IMAGE, [33, 0]]],
    ['riscv-too-many-segments', [IMAGE, [33, [0x84, 1]]]],
    ['truncated', [IMAGE, [33, 2, 16, 4, 4, RX]]],
    ['truncated', [IMAGE, [33, 1, 16, 4, 4, RX, 'cod']]],
    ['trailing-bytes', [IMAGE, [33, 1, 16, 4, 4, RX, 'code!']]],
    ['riscv-flags', [IMAGE, [33, 1, 16, 4, 4, 8, 'code']]],
    ['riscv-segment', [IMAGE, [33, 2, 16, 4, 4, RX, 0, 0, 0, RW, 'code']]],
    ['riscv-segment', [IMAGE, [33, 1, 16, 3, 4, RX, 'code']]],
    ['riscv-segment', [IMAGE, [33, 1, 15, 5, 4, RX, 'code']]],
    ['riscv-segment', [IMAGE, [33, 2, 16, 4, 4, RX, [0xf0, 255, 255, 255, 255], 1, 0, RW, 'code']]],
    ['riscv-segment', [IMAGE, [33, 1, 16, [0xf0, 241, 255, 255, 255], 4, RX, 'code']]],
    ['riscv-start', [IMAGE, SEGMENTS, [34, 1, 7]]],
    ['riscv-start', [IMAGE, SEGMENTS, [34, 3, 8, 0, 0]]],
    ['riscv-start', [IMAGE, SEGMENTS, [34, 1, 16]]],
    ['riscv-start', [IMAGE, SEGMENTS, [34, 1, [0xf0, 255, 255, 255, 255]]]],
    ['riscv-starts-count', [IMAGE, SEGMENTS, [34, [0xf0, 255, 255, 255, 255], 1]]],
    ['trailing-bytes', [IMAGE, SEGMENTS, [34, 1, 8, 0]]],
  ])('%s: %j', (name, sections) => {
    expect(code(...sections)).toBe(`blob/${name}`);
  });

  test('a segment may end exactly at 4 GiB', () => {
    expect(code([32, 1, 0, 0, 0], [33, 1, [0xf0, 254, 255, 255, 255], 2, 0, RX])).toBe('none');
  });

  test('entry 0 outside executable segments means exports only', () => {
    expect(read([32, 1, 0, 0, 0], SEGMENTS).riscv!.entry).toBe(0);
  });

  test('malformed symbols end the iteration, nothing else', () => {
    const blob = read(IMAGE, SEGMENTS, [160, 3, 16, 4, 1, 'g', 1, 0xff]);
    expect([...blob.riscv!.symbols!].length).toBe(1);
    expect([...read(IMAGE, SEGMENTS, [160, 0xff]).riscv!.symbols!]).toEqual([]);
  });

  test('a section that says nothing is written back', () => {
    const bytes = blobOf(0x81, IMAGE, SEGMENTS, [34, 0], [160]);
    expect(writeBlob(readBlob(bytes))).toEqual(bytes);
  });
});

const segment = (fields: Partial<RiscvSegment> = {}): RiscvSegment => ({
  address: 0x10000,
  memorySize: 0x2000,
  data: new Uint8Array(0x1000),
  readable: true,
  writable: false,
  executable: true,
  ...fields,
});
const image = (fields: Partial<RiscvImage> = {}): NonNullable<BlobInit['riscv']> => ({
  embedded: false,
  entry: 0x10000,
  segments: [segment()],
  extraStarts: [],
  ...fields,
});
const make = (fields: Partial<RiscvImage> = {}) => makeBlob({ kind: 'rv64', riscv: image(fields) });

describe('making', () => {
  test('symbols are sorted and found again', () => {
    const riscv = { ...image(), symbols: [named(0x10010, 'b'), named(0x10000, 'a'), named(0x10010, 'c')] };
    const { symbols } = readBlob(writeBlob(makeBlob({ kind: 'rv32', riscv }))).riscv!;
    expect([...symbols!].map((s) => [s.address, s.size, String.fromCharCode(...s.name)])).toEqual([
      [0x10000, 8, 'a'],
      [0x10010, 8, 'b'],
      [0x10010, 8, 'c'],
    ]);
  });

  const named = (address: number, name: string) => ({ address, size: 8, name });

  test('a dense list of block starts costs one byte per entry', () => {
    const starts = Array.from({ length: 400 }, (_, i) => 0x10000 + i * 20);
    const without = writeBlob(make()).length;
    const bytes = writeBlob(make({ extraStarts: starts }));
    expect(bytes.length - without).toBeLessThanOrEqual(starts.length + 2 + 2 + 3);
    expect([...readBlob(bytes).riscv!.extraStarts]).toEqual(starts);
  });

  test('the container adds less than 100 bytes to the data', () => {
    expect(writeBlob(make()).length).toBeLessThan(0x1000 + 100);
  });

  test.each<[string, Partial<RiscvImage>]>([
    ['riscv-no-segments', { segments: [] }],
    [
      'riscv-too-many-segments',
      { segments: Array.from({ length: 1025 }, (_, i) => segment({ address: i * 0x2000 })) },
    ],
    ['riscv-segment', { segments: [segment(), segment({ address: 0x11000 })] }],
    ['riscv-segment', { segments: [segment({ address: 0x20000 }), segment()] }],
    ['riscv-segment', { segments: [segment({ memorySize: 0xfff })] }],
    ['riscv-segment', { segments: [segment({ address: 0xfffff000 })] }],
    ['riscv-segment', { segments: [segment({ address: Number.NaN })] }],
    ['riscv-segment', { segments: [segment({ address: -2 })] }],
    ['riscv-entry', { entry: 0x10001 }],
    ['riscv-entry', { entry: 0x12000 }],
    ['field-range', { entry: -2 }],
    ['riscv-start', { extraStarts: [0x10002, 0x10002] }],
    ['riscv-start', { extraStarts: [0x10004, 0x10002] }],
    ['riscv-start', { extraStarts: [0x10003] }],
    ['riscv-start', { extraStarts: [0x12000] }],
    ['riscv-start', { extraStarts: Uint32Array.of(0x8000) }],
    ['riscv-program-headers', { programHeaders: { address: 0x11ff0, count: 1, entrySize: 56 } }],
  ])('%s: %j', (name, fields) => {
    expect(errorCode(() => make(fields))).toBe(`blob/${name}`);
  });

  test('parts of the other profile have no place', () => {
    expect(errorCode(() => makeBlob({ kind: 'rv64', riscv: image(), roData: new Uint8Array(1) }))).toBe(
      'blob/part',
    );
    expect(errorCode(() => makeBlob({ kind: 'rv64', container: 'riscv' }))).toBe('blob/riscv-no-segments');
  });
});

describe('hash', () => {
  const hash = (init: Partial<RiscvImage>, more: Partial<BlobInit> = {}, debug = false): string =>
    toHex(uniqueHash(makeBlob({ kind: 'rv64', riscv: image(init), ...more }), { debug }));

  test('every part that execution sees counts', () => {
    const variants = [
      hash({}),
      hash({ embedded: true }),
      hash({ entry: 0x10002 }),
      hash({ segments: [segment({ memorySize: 0x2001 })] }),
      hash({ segments: [segment({ data: new Uint8Array(0xfff) })] }),
      hash({ segments: [segment({ data: new Uint8Array(0x1000).fill(1) })] }),
      hash({ segments: [segment({ writable: true })] }),
      hash({ extraStarts: [0x10004] }),
      hash({ programHeaders: { address: 0x10000, count: 1, entrySize: 56 } }),
      hash({}, { stackSize: 4096 }),
      hash({}, { kind: 'rv32' }),
      hash({}, { exports: [{ offset: 0x10000, symbol: 'f' }] }),
    ];
    expect(new Set(variants).size).toBe(variants.length);
  });

  test('symbols and line information count with debug only', () => {
    const symbols = [{ address: 0x10000, size: 4, name: 'f' }];
    const stripped = makeBlob({ kind: 'rv64', riscv: image() });
    const full = makeBlob({
      kind: 'rv64',
      riscv: { ...image(), symbols },
      debug: { strings: Uint8Array.of(0) },
    });
    expect(uniqueHash(full)).toEqual(uniqueHash(stripped));
    expect(uniqueHash(full, { debug: true })).not.toEqual(uniqueHash(stripped, { debug: true }));
  });

  test('is the same for a blob and for what was read back', () => {
    const blob = make({ extraStarts: [0x10004, 0x10010] });
    expect(uniqueHash(readBlob(writeBlob(blob)), { debug: true })).toEqual(uniqueHash(blob, { debug: true }));
  });
});
