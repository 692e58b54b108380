import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EscapeFilter } from '../../src/cli/escape-filter.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

const filtered = (...parts: readonly Uint8Array[]): string => {
  const filter = new EscapeFilter();
  const output = [...parts.map((part) => filter.filter(part)), filter.end()];
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.concat(output));
};

describe('escape filter', () => {
  test.each([
    ['colours', 'a\x1b[1;31mb\x1b[0mc', 'abc'],
    ['cursor and screen', 'a\x1b[2J\x1b[Hb\x1bcc\x1b7d', 'abcd'],
    ['title ended by BEL', 'a\x1b]0;evil\x07b', 'ab'],
    ['clipboard ended by ST', 'a\x1b]52;c;ZXZpbA==\x1b\\b', 'ab'],
    ['device control', 'a\x1bPq#0;2\x1b\\b\x1b_x\x1b\\c\x1b^x\x1b\\d\x1bXx\x1b\\e', 'abcde'],
    ['8-bit forms', 'a\u009b31mb\u009d0;x\u009cc\u0085d', 'abcd'],
    ['character sets', 'a\x1b(0b\x0e\x0fc', 'abc'],
    ['control characters', 'a\x00\x05\x7fb\t\r\n\b\x07', 'ab\t\r\n\b\x07'],
    ['a string without an end goes to the end of its line', '\x1b]0;x\ny', '\ny'],
    ['a broken sequence', '\x1b[3\nx', '\nx'],
    ['other scripts', 'Grüße, 世界 🙂', 'Grüße, 世界 🙂'],
  ])('%s', (_, input, expected) => {
    expect(filtered(encode(input))).toBe(expected);
  });

  test('how the bytes are cut up makes no difference, and no control gets through', () => {
    const piece = fc.oneof(
      fc.constantFrom('\x1b', '[', ']', '31m', '\x07', '\x1b\\', '\u009b', 'P', 'text', '\n', 'é', '🙂'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece), fc.array(fc.nat(200)), (pieces, cuts) => {
        const bytes = encode(pieces.join(''));
        const ends = [...cuts.filter((cut) => cut < bytes.length), bytes.length].sort((a, b) => a - b);
        const parts = ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
        const whole = filtered(bytes);
        expect(filtered(...parts)).toBe(whole);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there.
        expect(whole).not.toMatch(/[\x00-\x06\x0b\x0c\x0e-\x1f\x7f-\x9f]/);
      }),
    );
  });

  test('bytes that are no UTF-8 become replacement characters', () => {
    expect(filtered(Uint8Array.of(0x41, 0x9b, 0x33, 0x42, 0xc2))).toBe('A\ufffd3B\ufffd');
  });
});
