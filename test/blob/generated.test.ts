import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Blob, RiscvSegment } from '../../src/blob/blob.ts';
import { readJamProgram, readSpi, writeJamProgram, writeSpi } from '../../src/blob/jam.ts';
import { type BlobInit, makeBlob } from '../../src/blob/make.ts';
import { readBlob } from '../../src/blob/read.ts';
import { hasBlobMagic } from '../../src/blob/sections.ts';
import { writeBlob } from '../../src/blob/write.ts';
import { errorCode } from './sections.ts';

const bytes = (maxLength = 40) => fc.uint8Array({ maxLength });
const u32 = fc.oneof(fc.nat(300), fc.integer({ min: 0, max: 0xffff_ffff }));

const code = fc.uint8Array({ minLength: 1, maxLength: 60 }).chain((code) =>
  fc
    .uint8Array({ minLength: Math.ceil(code.length / 8), maxLength: Math.ceil(code.length / 8) })
    .map((bitmask) => {
      bitmask[bitmask.length - 1]! &= 0xff >> (-code.length & 7);
      return { code, bitmask };
    }),
);
const exports = fc.array(fc.record({ offset: u32, symbol: bytes(8) }), { maxLength: 4 });
const debug = fc.record({ strings: bytes(), linePrograms: bytes(), lineRanges: bytes() });
// 128 to 130 and 160 would be read as the known sections that they are.
const unknown = fc.array(fc.record({ id: fc.integer({ min: 170, max: 255 }), bytes: bytes(8) }), {
  maxLength: 3,
});

/** A declared size: the length of the data, or more. */
const sized = fc.tuple(bytes(), fc.nat(10_000)).map(([data, more]) => ({ data, size: data.length + more }));

const polkavm: fc.Arbitrary<BlobInit> = fc
  .record({
    kind: fc.constantFrom('revive_v1', 'latest32', 'latest64', 'jam_v1'),
    ro: sized,
    rw: sized,
    stackSize: u32,
    imports: fc.array(bytes(8), { maxLength: 5 }),
    exports,
    jumpTable: fc.array(u32, { maxLength: 8 }),
    program: code,
    debug,
    unknown,
  })
  .map(({ ro, rw, program, ...rest }) => ({
    ...rest,
    ...program,
    roData: ro.data,
    roDataSize: ro.size,
    rwData: rw.data,
    rwDataSize: rw.size,
  }));

const jam: fc.Arbitrary<BlobInit> = fc
  .record({
    kind: fc.constantFrom('jam_gp07', 'jam_v1'),
    roData: bytes(),
    rwData: bytes(),
    stackSize: fc.nat(2 ** 24 - 1),
    jumpTable: fc.array(u32, { maxLength: 8 }),
    program: code,
    spi: fc.record({ heapPages: fc.nat(65535), metadata: fc.option(bytes(), { nil: undefined }) }),
  })
  .map(({ program, ...rest }) => ({ ...rest, ...program }));

const segments = fc
  .array(
    fc.record({
      gap: fc.nat(5000),
      data: bytes(60),
      more: fc.nat(3000),
      readable: fc.boolean(),
      writable: fc.boolean(),
      executable: fc.boolean(),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((list) => {
    let end = 0;
    return list.map(({ gap, data, more, ...flags }): RiscvSegment => {
      const address = (end + gap + 1) & ~1;
      const memorySize = data.length + more + 2;
      end = address + memorySize;
      return { address, memorySize, data, ...flags };
    });
  });

const riscv: fc.Arbitrary<BlobInit> = fc
  .record({
    kind: fc.constantFrom('rv32', 'rv64'),
    embedded: fc.boolean(),
    segments,
    picks: fc.array(fc.nat(10_000), { maxLength: 30 }),
    stackSize: u32,
    symbols: fc.array(fc.record({ address: fc.nat(2 ** 31), size: fc.nat(5000), name: bytes(8) }), {
      maxLength: 4,
    }),
    exports,
    debug,
    unknown,
  })
  .map(({ embedded, segments, picks, symbols, ...rest }) => {
    const starts = new Set<number>();
    for (const { address, memorySize, executable } of segments) {
      if (!executable) continue;
      for (const pick of picks) starts.add(address + (pick % (memorySize >> 1)) * 2);
    }
    const extraStarts = [...starts].sort((a, b) => a - b);
    return { ...rest, riscv: { embedded, entry: extraStarts[0] ?? 0, segments, extraStarts, symbols } };
  });

/** What a blob says, in comparable form: tables as lists, without where its sections were found. */
const contents = (blob: Blob): unknown => ({
  ...blob,
  imports: Array.from({ length: blob.imports.count }, (_, i) => blob.imports.symbol(i)),
  exports: [...blob.exports],
  jumpTable: Array.from({ length: blob.jumpTable.count }, (_, i) => blob.jumpTable.target(i)),
  riscv: blob.riscv && {
    ...blob.riscv,
    extraStarts: [...blob.riscv.extraStarts],
    symbols: [...(blob.riscv.symbols ?? [])],
  },
  unknown: Array.from(blob.unknown, ({ id, bytes }) => ({ id, bytes })),
});

const write = (blob: Blob): Uint8Array =>
  blob.container === 'jam-spi'
    ? writeSpi(blob)
    : blob.container === 'jam-raw'
      ? writeJamProgram(blob)
      : writeBlob(blob);
const read = (file: Uint8Array, { kind, container }: Blob): Blob =>
  container === 'jam-spi'
    ? readSpi(file, { metadata: true, kind: kind as 'jam_v1' })
    : container === 'jam-raw'
      ? readJamProgram(file, { kind: kind as 'jam_v1' })
      : readBlob(file);

describe.each([
  ['PolkaVM', polkavm],
  ['RISC-V profile', riscv],
])('generated %s blobs', (_, init) => {
  test('say the same when written and read', () => {
    fc.assert(
      fc.property(init, (parts) => {
        const blob = makeBlob(parts);
        const file = write(blob);
        const back = read(file, blob);
        expect(contents(back)).toEqual(contents(blob));
        expect(write(back)).toEqual(file);
      }),
    );
  });

  test('with changed bytes are read, or refused with a riscbox error', () => {
    fc.assert(
      fc.property(
        init,
        fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (parts, edits) => {
          const file = writeBlob(makeBlob(parts));
          for (const [at, value] of edits) file[13 + (at % (file.length - 13))] = value;
          expect(errorCode(() => contents(readBlob(file)))).toMatch(/^(none|blob\/.*)$/);
        },
      ),
    );
  });
});

describe('generated JAM programs', () => {
  test('say the same when written and read', () => {
    fc.assert(
      fc.property(jam, (parts) => {
        const blob = makeBlob({ ...parts, spi: { metadata: new Uint8Array(3), ...parts.spi } });
        const withMetadata = blob.spi!.metadata !== undefined;
        const file = writeSpi(blob);
        const back = readSpi(file, { metadata: withMetadata, kind: blob.kind as 'jam_v1' });
        expect(contents(back)).toEqual(contents(blob));
        const bare = writeJamProgram(blob);
        expect(writeJamProgram(readJamProgram(bare))).toEqual(bare);
      }),
    );
  });

  test('with any bytes are read, or refused with a riscbox error', () => {
    fc.assert(
      fc.property(bytes(80), (file) => {
        for (const action of [readSpi, readJamProgram, readBlob, hasBlobMagic]) {
          expect(errorCode(() => action(file))).toMatch(/^(none|blob\/.*)$/);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
