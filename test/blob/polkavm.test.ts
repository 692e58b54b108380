import { describe, expect, test } from 'vitest';
import { uniqueHash } from '../../src/blob/hash.ts';
import { makeBlob } from '../../src/blob/make.ts';
import { readBlob } from '../../src/blob/read.ts';
import { blobLength, hasBlobMagic } from '../../src/blob/sections.ts';
import { writeBlob } from '../../src/blob/write.ts';
import { toHex } from '../../src/core/bytes.ts';
import { blobOf, CODE, errorCode, type Section, u32, withHeader } from './sections.ts';

const text = (bytes: Uint8Array | undefined): string | undefined => bytes && new TextDecoder().decode(bytes);
const read = (...sections: Section[]) => readBlob(blobOf(2, ...sections));
const code = (...sections: Section[]): string => errorCode(() => read(...sections));

describe('header', () => {
  test.each([
    [0, 'revive_v1'],
    [1, 'latest32'],
    [2, 'latest64'],
    [3, 'jam_v1'],
  ])('version byte %i is %s', (version, kind) => {
    expect(readBlob(blobOf(version, CODE)).kind).toBe(kind);
  });

  test.each([4, 0x7f, 0x82, 0xff])('version byte %i is refused', (version) => {
    expect(errorCode(() => readBlob(blobOf(version, CODE)))).toBe('blob/version');
  });

  test('wrong magic', () => {
    const bytes = blobOf(2, CODE);
    bytes[1] = 0;
    expect(errorCode(() => readBlob(bytes))).toBe('blob/magic');
    expect(errorCode(() => readBlob(new Uint8Array(0)))).toBe('blob/magic');
    expect(hasBlobMagic(bytes)).toBe(false);
    expect(hasBlobMagic(blobOf(2, CODE))).toBe(true);
  });

  test('the length field must be exact', () => {
    const bytes = blobOf(2, CODE);
    expect(errorCode(() => readBlob(Uint8Array.from([...bytes, 0])))).toBe('blob/length');
    expect(errorCode(() => readBlob(bytes.subarray(0, -1)))).toBe('blob/length');
    bytes[12] = 1; // 2^56 more
    expect(errorCode(() => readBlob(bytes))).toBe('blob/length');
  });

  test('every shorter input is a riscbox error', () => {
    const bytes = blobOf(2, CODE);
    for (let length = 0; length < bytes.length; length++) {
      expect(errorCode(() => readBlob(bytes.subarray(0, length)))).toMatch(/^blob\//);
    }
  });

  test('blobLength needs 13 bytes and looks at nothing else', () => {
    expect(blobLength(blobOf(2, CODE).subarray(0, 13))).toBe(blobOf(2, CODE).length);
    expect(blobLength(new Uint8Array(12))).toBeUndefined();
    expect(blobLength(Uint8Array.from([1, 2, 3, 4, 5, 0, 0, 0, 0, 0, 1, 0, 0]))).toBe(2 ** 40);
  });
});

describe('section stream', () => {
  test('a program without a code section is refused', () => {
    expect(code()).toBe('blob/no-code');
    expect(code([1, 0, 0, 0])).toBe('blob/no-code');
    expect(code([6, 0, 0, 0])).toBe('blob/no-code');
  });

  test('absent sections mean empty', () => {
    const blob = read(CODE);
    expect(blob).toMatchObject({
      container: 'polkavm',
      roDataSize: 0,
      rwDataSize: 0,
      stackSize: 0,
    });
    expect([blob.roData.length, blob.rwData.length, blob.imports.count, blob.jumpTable.count]).toEqual([
      0, 0, 0, 0,
    ]);
    expect([...blob.exports]).toEqual([]);
  });

  test.each<[string, Section[]]>([
    ['late', [CODE, [1, 0, 0, 0]]],
    ['twice', [[1, 0, 0, 0], [1, 0, 0, 0], CODE]],
    ['unknown and critical', [CODE, [7, 1]]],
    ['behind an unknown optional section', [[200], CODE]],
    ['of the RISC-V profile', [[32, 1, 0, 0, 0], CODE]],
  ])('a critical section that comes %s is refused', (_, sections) => {
    expect(code(...sections)).toBe('blob/unexpected-section');
  });

  test('the error names the section and its offset', () => {
    expect(() => read(CODE, [7, 1])).toThrow(expect.objectContaining({ detail: { at: 20, id: 7 } }));
  });

  test('optional sections that are unknown, late or repeated are kept in order and written back', () => {
    const bytes = blobOf(2, CODE, [129, 1], [128, 0], [200, 9], [255], [129, 2], [130]);
    const blob = readBlob(bytes);
    expect([...blob.debug.linePrograms]).toEqual([1]);
    expect(blob.debug.strings.length).toBe(0);
    expect(Array.from(blob.unknown, ({ id, position, bytes }) => [id, position, [...bytes]])).toEqual([
      [128, 23, [0]],
      [200, 26, [9]],
      [255, 29, []],
      [129, 31, [2]],
      [130, 34, []],
    ]);
    expect(writeBlob(blob)).toEqual(bytes);
  });

  test('millions of optional sections cost no memory of their own', () => {
    const count = 2_000_000;
    const body = new Uint8Array(count * 2).map((_, i) => (i % 2 === 0 ? 200 : 0));
    const head = blobOf(2, CODE).subarray(0, -1);
    const bytes = new Uint8Array(head.length + body.length + 1);
    bytes.set(head);
    bytes.set(body, head.length);
    new DataView(bytes.buffer).setUint32(5, bytes.length, true);
    const before = process.memoryUsage().heapUsed;
    const blob = readBlob(bytes);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(count * 8);
    expect(blob.unknown.bytes.length).toBe(body.length);
  });

  test('sections that are there but say nothing, and bytes behind the end, are written back', () => {
    const sections: Section[] = [[1, 0, 0, 0], [2], [3], [4, 0], [5], CODE, [128], [129], [130]];
    const body = [...sections.flatMap(([id, ...rest]) => [id, rest.length, ...(rest as number[])]), 0, 6, 7];
    const bytes = withHeader(2, body);
    const blob = readBlob(bytes);
    expect(blob.framing).toMatchObject({ emptySections: [1, 2, 3, 4, 5, 128, 129, 130] });
    expect(writeBlob(blob)).toEqual(bytes);
  });

  test('numbers in longer forms than needed come out short', () => {
    const bytes = withHeader(2, [6, 0x80, 6, 0, 0, 1, 0, 1, 0].toSpliced(1, 2, 0x80, 5));
    expect(writeBlob(readBlob(bytes))).toEqual(blobOf(2, CODE));
  });

  test('a payload beyond the end is refused with the offset', () => {
    expect(() => readBlob(withHeader(2, [2, 100, 1, 2]))).toThrow(
      expect.objectContaining({ code: 'blob/truncated', detail: { at: 15, need: 100, have: 2 } }),
    );
  });

  test('a missing end is refused', () => {
    expect(errorCode(() => readBlob(withHeader(2, [6, 5, 0, 0, 1, 0, 1])))).toBe('blob/truncated');
  });
});

describe('memory configuration and data', () => {
  test('declared sizes and zero-copy data', () => {
    const bytes = blobOf(2, [1, 5, 3, 0xa0, 0x00], [2, 'abc'], [3, 'xy'], CODE);
    const blob = readBlob(bytes);
    expect(blob).toMatchObject({ roDataSize: 5, rwDataSize: 3, stackSize: 8192 });
    expect([text(blob.roData), text(blob.rwData)]).toEqual(['abc', 'xy']);
    expect(blob.roData.buffer).toBe(bytes.buffer);
    expect(blob.code.buffer).toBe(bytes.buffer);
  });

  test('more data than declared', () => {
    expect(code([1, 2, 0, 0], [2, 'abc'], CODE)).toBe('blob/data-too-long');
    expect(code([1, 0, 1, 0], [3, 'ab'], CODE)).toBe('blob/data-too-long');
    expect(code([2, 'a'], CODE)).toBe('blob/data-too-long');
  });

  test('the configuration must be used up', () => {
    expect(code([1, 0, 0, 0, 0], CODE)).toBe('blob/trailing-bytes');
    expect(code([1, 0, 0], CODE)).toBe('blob/truncated');
    expect(code([1, 0, 0, 0xf8], CODE)).toBe('blob/varint');
  });
});

describe('imports', () => {
  test('symbols lie end to end; an empty one is legal', () => {
    const { imports } = read([4, 3, u32(0), u32(3), u32(3), 'abcde'], CODE);
    expect(imports.count).toBe(3);
    expect([0, 1, 2, 3, -1].map((i) => text(imports.symbol(i)))).toEqual([
      'abc',
      '',
      'de',
      undefined,
      undefined,
    ]);
  });

  test('broken ranges read as absent', () => {
    const { imports } = read([4, 3, u32(2), u32(1), u32(9), 'abc'], CODE);
    expect([0, 1, 2].map((i) => imports.symbol(i))).toEqual([undefined, undefined, undefined]);
  });

  test('limits', () => {
    expect(code([4, 2, u32(0)], CODE)).toBe('blob/imports');
    expect(code([4, 0x84, 0x01], CODE)).toBe('blob/too-many-imports');
    expect(code([4, 0x84, 0x00], CODE)).toBe('blob/imports');
    expect(code([4, 0xf0, 255, 255, 255, 255], CODE)).toBe('blob/too-many-imports');
  });
});

describe('exports', () => {
  test('in file order', () => {
    const { exports } = read([5, 2, 7, 1, 'b', 0, 2, 'aa'], CODE);
    expect([...exports].map((e) => [e.offset, text(e.symbol)])).toEqual([
      [7, 'b'],
      [0, 'aa'],
    ]);
  });

  test.each<[string, Section, number]>([
    ['name beyond the end', [5, 2, 7, 1, 'b', 0, 9, 'aa'], 1],
    ['bad varint', [5, 2, 7, 1, 'b', 0xff], 1],
    ['count above the entries', [5, 100, 7, 1, 'b'], 1],
    ['count below the entries', [5, 1, 7, 1, 'b', 8, 1, 'c'], 1],
    ['no count', [5, 0xff], 0],
  ])('iteration ends at the first malformed entry: %s', (_, section, count) => {
    const bytes = blobOf(2, section, CODE);
    const blob = readBlob(bytes);
    expect([...blob.exports].length).toBe(count);
    expect(writeBlob(blob)).toEqual(bytes);
  });
});

describe('code and jump table', () => {
  test('entries are little endian', () => {
    const { jumpTable } = read([6, 2, 3, 1, [1, 2, 3], [255, 255, 255], 0, 1]);
    expect([jumpTable.count, jumpTable.target(0), jumpTable.target(1)]).toEqual([2, 0x030201, 0xffffff]);
    expect(errorCode(() => jumpTable.target(2))).toBe('blob/jump-table-index');
    expect(errorCode(() => jumpTable.target(-1))).toBe('blob/jump-table-index');
  });

  test('with entry size 0 there are no entries, whatever the count', () => {
    const bytes = blobOf(2, [6, 9, 0, 1, 0, 1]);
    const blob = readBlob(bytes);
    expect(blob.jumpTable).toMatchObject({ count: 0, declaredCount: 9 });
    expect(writeBlob(blob)).toEqual(bytes);
  });

  test('the bitmask need not begin with an instruction', () => {
    expect([...read([6, 0, 0, 1, 0, 0]).bitmask]).toEqual([0]);
  });

  test.each<[string, Section]>([
    ['jump-table-too-long', [6, [0xf0, 1, 0, 0, 1], 0, 1, 0, 1]],
    ['jump-table-entry-size', [6, 1, 5, 1, [0, 0, 0, 0, 0], 0, 1]],
    ['code-too-long', [6, 0, 0, [0xf0, 1, 0, 0, 2], 0, 1]],
    ['truncated', [6, 2, 4, 1, [0, 0, 0, 0], 0, 1]],
    ['truncated', [6, 0, 0, 9, 0, 1]],
    ['bitmask-length', [6, 0, 0, 1, 0]],
    ['bitmask-length', [6, 0, 0, 1, 0, 1, 0]],
    ['bitmask-padding', [6, 0, 0, 1, 0, 3]],
    ['bitmask-padding', [6, 0, 0, 3, [0, 0, 0], 0x80]],
  ])('%s', (name, section) => {
    expect(code(section)).toBe(`blob/${name}`);
  });

  test('a full last byte of the bitmask has no padding', () => {
    expect(code([6, 0, 0, 8, [0, 0, 0, 0, 0, 0, 0, 0], 0xff])).toBe('none');
  });

  test('limits themselves are legal', () => {
    const codeLength = 32 * 1024 * 1024;
    const bytes = writeBlob(
      makeBlob({
        kind: 'latest64',
        code: new Uint8Array(codeLength),
        bitmask: new Uint8Array(codeLength / 8),
      }),
    );
    expect(readBlob(bytes).code.length).toBe(codeLength);
  });
});

describe('makeBlob', () => {
  const program = { code: Uint8Array.of(0), bitmask: Uint8Array.of(1) };

  test('writes what the documented example has', () => {
    const blob = makeBlob({
      kind: 'latest32',
      stackSize: 8192,
      imports: ['get_third_number'],
      exports: [{ offset: 0, symbol: 'add_numbers' }],
      code: Uint8Array.from(Buffer.from('8311f87a10047a15be78050abe570781100481158311083200', 'hex')),
      bitmask: Uint8Array.of(0x49, 0x99, 0x94, 0x00),
    });
    expect(writeBlob(blob).length).toBe(93);
    expect(toHex(uniqueHash(blob))).toBe('d6adf47eb0a626458ca67c963d228152718b00dbcb6dd46c63486efcc4e67491');
    expect(toHex(uniqueHash(blob, { debug: true }))).toBe(
      'e7f2d95c9b029305ac54074a4abc1281a49c7fa62cc7f254802be9aa17b4c44b',
    );
  });

  test.each([
    [[], 0],
    [[0], 1],
    [[255], 1],
    [[0x100], 2],
    [[0, 0x10000], 3],
    [[0xffffffff], 4],
  ])('jump table %j has entries of %i bytes', (targets, size) => {
    const { jumpTable } = readBlob(writeBlob(makeBlob({ kind: 'latest64', jumpTable: targets, ...program })));
    expect(jumpTable.entrySize).toBe(size);
    expect(targets.map((_, i) => jumpTable.target(i))).toEqual(targets);
  });

  test.each<[string, Partial<Parameters<typeof makeBlob>[0]>]>([
    ['no-code', { code: new Uint8Array(0), bitmask: new Uint8Array(0) }],
    ['bitmask-length', { bitmask: new Uint8Array(2) }],
    ['bitmask-padding', { bitmask: Uint8Array.of(2) }],
    ['data-too-long', { roData: new Uint8Array(2), roDataSize: 1 }],
    ['data-too-long', { rwData: new Uint8Array(2), rwDataSize: 1 }],
    ['field-range', { stackSize: -1 }],
    ['field-range', { stackSize: 1.5 }],
    ['field-range', { rwDataSize: 2 ** 32 }],
    ['field-range', { exports: [{ offset: Number.NaN, symbol: 'x' }] }],
    ['field-range', { jumpTable: [-1] }],
    ['too-many-imports', { imports: Array.from({ length: 1025 }, () => 'f') }],
    ['optional-section-id', { unknown: [{ id: 7, bytes: new Uint8Array(0) }] }],
    ['kind', { kind: 'jam_gp07', container: 'polkavm' }],
    ['kind', { kind: 'rv32' }],
    ['kind', { kind: 'latest64', container: 'riscv' }],
    ['part', { spi: {}, container: 'polkavm' }],
    ['part', { container: 'jam-raw', stackSize: 4096 }],
    ['part', { container: 'jam-spi', imports: ['f'] }],
  ])('%s: %j', (name, init) => {
    expect(errorCode(() => makeBlob({ kind: 'latest64', ...program, ...init }))).toBe(`blob/${name}`);
  });
});
