import { describe, expect, test } from 'vitest';
import {
  Fields,
  parseExactJson,
  toBytes,
  toHexInteger,
  VectorFormatError,
} from '../../scripts/vectors/json.ts';

const parse = (text: string): Fields => new Fields(parseExactJson(text), 'vector');

describe('integers', () => {
  test('keep all 64 bits, wherever they stand', () => {
    const fields = parse('{"a":18446744073709551615,"b":[9223372036854775808, -9223372036854775808],"c":1}');
    expect(fields.integer('a')).toBe(2n ** 64n - 1n);
    expect(fields.list('b').map(String)).toEqual(['9223372036854775808', '-9223372036854775808']);
    expect(fields.integer('c')).toBe(1n);
  });

  test('digits inside strings and names stay as they are', () => {
    const fields = parse(
      '{"12345678901234567890":"a \\"1234567890123456789, 1\\\\","x":[1234567890123456789]}',
    );
    expect(fields.names).toEqual(['12345678901234567890', 'x']);
    expect(fields.text('12345678901234567890')).toBe('a "1234567890123456789, 1\\');
    expect(fields.list('x')).toEqual(['1234567890123456789']);
  });

  test('come as numbers, decimal or hexadecimal text', () => {
    const fields = parse('{"a":"10000000","b":"0xfeff0000","c":-5}');
    expect([fields.integer('a'), fields.integer('b'), fields.integer('c')]).toEqual([
      10000000n,
      0xfeff0000n,
      -5n,
    ]);
    expect(toHexInteger('ffffffffffffffff', 'r')).toBe(2n ** 64n - 1n);
  });

  test('numbers beyond 53 bits are no offsets', () => {
    expect(() => parse('{"pc":18446744073709551615}').number('pc')).toThrow(VectorFormatError);
  });

  test('fractions and exponents are not integers', () => {
    expect(() => parse('{"gas":1.5}').integer('gas')).toThrow('vector.gas is 1.5, expected an integer');
    expect(() => parse('{"gas":12345678901234567890.5}').integer('gas')).toThrow(VectorFormatError);
  });
});

describe('fields', () => {
  test('a missing or wrong field is named', () => {
    const fields = parse('{"a":{"b":1},"n":null}');
    expect(() => fields.integer('gas')).toThrow('vector.gas is nothing, expected an integer');
    expect(() => fields.fields('a').text('b')).toThrow('vector.a.b is 1, expected text');
    expect(fields.has('n')).toBe(false);
    expect(fields.each('n')).toEqual([]);
  });

  test('bytes are lists or hexadecimal text', () => {
    expect(toBytes([0, 255], 'x')).toEqual(Uint8Array.of(0, 255));
    expect(toBytes('0x00fF', 'x')).toEqual(Uint8Array.of(0, 255));
    expect(toBytes('', 'x')).toEqual(new Uint8Array(0));
    for (const wrong of [[256], [1.5], '0', 'zz', 5])
      expect(() => toBytes(wrong, 'x')).toThrow(VectorFormatError);
  });
});
