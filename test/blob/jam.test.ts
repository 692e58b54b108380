import { describe, expect, test } from 'vitest';
import { readJamProgram, readSpi, writeJamProgram, writeSpi } from '../../src/blob/jam.ts';
import { makeBlob } from '../../src/blob/make.ts';
import { writeBlob } from '../../src/blob/write.ts';
import { errorCode, u32 } from './sections.ts';

const PROGRAM = [0, 0, 1, 0, 1];
const u24 = (value: number): number[] => u32(value).slice(0, 3);
const spiBytes = (metadata: number[] | undefined, program: number[] = PROGRAM): Uint8Array =>
  Uint8Array.from([
    ...(metadata ? [metadata.length, ...metadata] : []),
    ...[...u24(2), ...u24(1), ...[3, 1], ...u24(4096)],
    ...[7, 8, 9],
    ...[...u32(program.length), ...program],
  ]);

describe('bare programs', () => {
  test('parts and default kind', () => {
    const bytes = Uint8Array.from([1, 2, 3, [7, 1], [1, 2, 3], 5].flat());
    const blob = readJamProgram(bytes);
    expect(blob).toMatchObject({ kind: 'jam_gp07', container: 'jam-raw' });
    expect(blob.jumpTable.target(0)).toBe(0x0107);
    expect([...blob.code]).toEqual([1, 2, 3]);
    expect(blob.code.buffer).toBe(bytes.buffer);
    expect(writeJamProgram(blob)).toEqual(bytes);
    expect(readJamProgram(bytes, { kind: 'latest64' }).kind).toBe('latest64');
  });

  test.each<[string, number[]]>([
    ['no-code', [0, 0, 0]],
    ['bitmask-length', [...PROGRAM, 0]],
    ['bitmask-padding', [0, 0, 1, 0, 2]],
    ['truncated', [0, 0, 9, 0, 1]],
    ['truncated', []],
    ['varint', [0xff, 0]],
    ['jump-table-too-long', [0xff, ...u32(0), ...u32(1), 0, 1, 0, 1]],
    ['code-too-long', [0, 0, 0xf1, ...u32(1), 0, 1]],
  ])('%s', (name, bytes) => {
    expect(errorCode(() => readJamProgram(Uint8Array.from(bytes)))).toBe(`blob/${name}`);
  });

  test('the program of any PolkaVM blob can be written bare', () => {
    const blob = makeBlob({ kind: 'jam_v1', code: Uint8Array.of(0), bitmask: Uint8Array.of(1) });
    expect([...writeJamProgram(blob)]).toEqual(PROGRAM);
    expect(errorCode(() => writeBlob(readJamProgram(Uint8Array.from(PROGRAM))))).toBe('blob/container');
  });
});

describe('standard programs (SPI)', () => {
  test('parts', () => {
    const bytes = spiBytes([65, 66]);
    const blob = readSpi(bytes, { metadata: true });
    expect(blob).toMatchObject({ kind: 'jam_gp07', container: 'jam-spi', roDataSize: 2, rwDataSize: 1 });
    expect(blob.stackSize).toBe(4096);
    expect(blob.spi?.heapPages).toBe(0x103);
    expect([[...blob.roData], [...blob.rwData], [...blob.spi!.metadata!]]).toEqual([[7, 8], [9], [65, 66]]);
    expect(blob.roData.buffer).toBe(bytes.buffer);
    expect(writeSpi(blob)).toEqual(bytes);
  });

  test('auto finds out whether there is metadata', () => {
    for (const metadata of [[65, 66], [], undefined]) {
      const bytes = spiBytes(metadata);
      const blob = readSpi(bytes);
      expect(blob.spi?.metadata && [...blob.spi.metadata]).toEqual(metadata);
      expect(writeSpi(blob)).toEqual(bytes);
    }
  });

  test('auto tells both reasons when neither fits', () => {
    expect(() => readSpi(Uint8Array.of(200))).toThrow(
      expect.objectContaining({
        code: 'blob/spi-either-way',
        detail: { withMetadata: 'blob/varint', withoutMetadata: 'blob/truncated' },
      }),
    );
  });

  test('the code must end the file', () => {
    const bytes = Uint8Array.from([...spiBytes(undefined), 0]);
    expect(errorCode(() => readSpi(bytes, { metadata: false }))).toBe('blob/trailing-bytes');
    expect(errorCode(() => readSpi(spiBytes(undefined).subarray(0, -1), { metadata: false }))).toBe(
      'blob/truncated',
    );
    expect(errorCode(() => readSpi(spiBytes(undefined, [0, 0, 0]), { metadata: false }))).toBe(
      'blob/no-code',
    );
  });

  test('made from parts', () => {
    const init = { code: Uint8Array.of(0), bitmask: Uint8Array.of(1) };
    const blob = makeBlob({
      kind: 'jam_gp07',
      roData: Uint8Array.of(7, 8),
      rwData: Uint8Array.of(9),
      stackSize: 4096,
      spi: { heapPages: 0x103, metadata: Uint8Array.of(65, 66) },
      ...init,
    });
    expect(writeSpi(blob)).toEqual(spiBytes([65, 66]));
    expect(errorCode(() => makeBlob({ kind: 'jam_gp07', spi: { heapPages: 65536 }, ...init }))).toBe(
      'blob/field-range',
    );
    expect(errorCode(() => makeBlob({ kind: 'jam_gp07', spi: {}, rwDataSize: 1, ...init }))).toBe(
      'blob/field-range',
    );
    expect(errorCode(() => makeBlob({ kind: 'jam_gp07', spi: {}, stackSize: 2 ** 24, ...init }))).toBe(
      'blob/field-range',
    );
    expect(errorCode(() => writeSpi(readJamProgram(Uint8Array.from(PROGRAM))))).toBe('blob/container');
  });
});
