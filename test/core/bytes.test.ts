import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ByteReader,
  ByteWriter,
  equalBytes,
  plainView,
  type ReaderErrors,
  toHex,
  varintLength,
} from '../../src/core/bytes.ts';
import { RiscboxError } from '../../src/core/error.ts';

const errors: ReaderErrors = {
  truncated: (detail) => new RiscboxError('test/truncated', 'truncated', detail),
  varint: (detail) => new RiscboxError('test/varint', 'varint', detail),
};
const reader = (...bytes: number[]): ByteReader => new ByteReader(Uint8Array.from(bytes), errors);

const u32 = fc.oneof(
  fc.integer({ min: 0, max: 0xffff_ffff }),
  fc.nat(40).map((bit) => 2 ** Math.min(bit, 32) - 1),
);

describe('varint', () => {
  // PolkaVM 0.35 examples.
  const examples: [number, number[]][] = [
    [0, [0x00]],
    [127, [0x7f]],
    [128, [0x80, 0x80]],
    [8192, [0xa0, 0x00]],
    [16383, [0xbf, 0xff]],
    [16384, [0xc0, 0x00, 0x40]],
    [0xffffffff, [0xf0, 0xff, 0xff, 0xff, 0xff]],
  ];

  test.each(examples)('%i', (value, bytes) => {
    expect([...new ByteWriter().varint(value).finish()]).toEqual(bytes);
    expect(reader(...bytes).varint()).toBe(value);
    expect(reader(...bytes).natural()).toBe(value);
    expect(varintLength(value)).toBe(bytes.length);
  });

  test('is read back as written, by both readers', () => {
    fc.assert(
      fc.property(u32, (value) => {
        const bytes = new ByteWriter().varint(value).finish();
        expect(bytes.length).toBe(varintLength(value));
        expect(new ByteReader(bytes, errors).varint()).toBe(value);
        expect(new ByteReader(bytes, errors).natural()).toBe(value);
      }),
    );
  });

  test('longer forms than needed are accepted', () => {
    expect(reader(0x80, 0x05).varint()).toBe(5);
    expect(reader(0xf0, 0x05, 0, 0, 0).varint()).toBe(5);
  });

  test('the five-byte form takes the low bits of its first byte as PolkaVM does', () => {
    expect(reader(0xf7, 0x00, 0, 0, 0x80).varint()).toBe(0x8000_0007);
    expect(reader(0xf7, 0x00, 0, 0, 0x80).natural()).toBe(7 * 2 ** 32 + 0x8000_0000);
  });

  test('a first byte with more than four leading ones is refused, but a natural number', () => {
    expect(() => reader(0xf8, 1, 0, 0, 0, 0).varint()).toThrow(
      expect.objectContaining({ code: 'test/varint' }),
    );
    expect(reader(0xf8, 1, 0, 0, 0, 1).natural()).toBe(2 ** 32 + 1);
    expect(reader(0xff, 1, 0, 0, 0, 2, 0, 0, 0).natural()).toBe(2 ** 33 + 1);
  });

  test('cut short', () => {
    expect(() => reader(0xc0, 0).varint()).toThrow(
      expect.objectContaining({ code: 'test/varint', detail: { at: 0 } }),
    );
    expect(() => reader(0xff, 0).natural()).toThrow(expect.objectContaining({ code: 'test/varint' }));
    expect(() => reader().varint()).toThrow(expect.objectContaining({ code: 'test/truncated' }));
  });
});

describe('fixed-size integers', () => {
  test('are read back as written', () => {
    fc.assert(
      fc.property(u32, fc.maxSafeNat(), (value, large) => {
        const writer = new ByteWriter(1)
          .u8(value & 0xff)
          .u16(value & 0xffff)
          .u24(value & 0xffffff)
          .u32(value)
          .u64(large);
        const back = new ByteReader(writer.finish(), errors);
        expect([back.u8(), back.u16(), back.u24(), back.u32(), back.u64()]).toEqual([
          value & 0xff,
          value & 0xffff,
          value & 0xffffff,
          value,
          large,
        ]);
        expect(back.remaining).toBe(0);
      }),
    );
  });

  test('patchU32 overwrites in place', () => {
    expect([...new ByteWriter().u8(1).u32(0).u8(2).patchU32(1, 0x04030201).finish()]).toEqual([
      1, 1, 2, 3, 4, 2,
    ]);
  });
});

describe('ByteReader', () => {
  test('errors state offsets in the file, also from a part of it', () => {
    const part = reader(1, 2, 3, 4).sub(3);
    part.u8();
    expect(() => part.u32()).toThrow(expect.objectContaining({ detail: { at: 1, need: 4, have: 2 } }));
    expect(part.position).toBe(1);
  });

  test('a failed access does not move it', () => {
    const input = reader(1, 2);
    expect(() => input.u32()).toThrow(RiscboxError);
    expect(input.u16()).toBe(0x0201);
  });

  test('lengths that are no size are refused', () => {
    for (const length of [Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60]) {
      expect(() => reader(1).take(length)).toThrow(RiscboxError);
    }
  });

  test('views share memory and are plain', () => {
    const buffer = Buffer.from([1, 2, 3]);
    const view = new ByteReader(buffer, errors).take(2);
    expect(view.constructor).toBe(Uint8Array);
    buffer[0] = 9;
    expect(view[0]).toBe(9);
    expect(plainView(buffer).length).toBe(3);
  });
});

test('equalBytes and toHex', () => {
  expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true);
  expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
  expect(equalBytes(Uint8Array.of(1), Uint8Array.of(1, 3))).toBe(false);
  expect(toHex(Uint8Array.of(0, 10, 255))).toBe('000aff');
});
