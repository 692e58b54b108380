import { ByteWriter } from '../core/bytes.ts';

/**
 * Names are bytes. In quotes they stand as text where they are UTF-8, with `\"`, `\\` and `\u{…}` for what would
 * end the string or could deceive the eye, and with `\x…` for bytes that are no text.
 */
export const quote = (bytes: Uint8Array): string => {
  const text = decode(bytes);
  if (text === undefined) return `"${Array.from(bytes, escapeByte).join('')}"`;
  return `"${text.replace(SPECIAL, escapeCharacter)}"`;
};

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const decode = (bytes: Uint8Array): string | undefined => {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
};

/** Control characters, invisible ones (direction marks among them) and separators of lines. */
const SPECIAL = /["\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const escapeCharacter = (c: string): string =>
  c === '"' || c === '\\' ? `\\${c}` : `\\u{${(c.codePointAt(0) as number).toString(16)}}`;

const escapeByte = (byte: number): string => {
  const c = String.fromCharCode(byte);
  if (c === '"' || c === '\\') return `\\${c}`;
  return byte >= 0x20 && byte < 0x7f ? c : `\\x${byte.toString(16).padStart(2, '0')}`;
};

export interface Quoted {
  readonly bytes: Uint8Array;
  /** Where the text goes on behind the closing quote. */
  readonly end: number;
}

const ESCAPE = /\\(?:(["\\])|x([0-9a-f]{2})|u\{([0-9a-f]{1,6})\})/iy;

/** The string whose opening quote stands at `at`; undefined when it is malformed. */
export const parseQuoted = (text: string, at: number): Quoted | undefined => {
  if (text[at] !== '"') return undefined;
  const writer = new ByteWriter(16);
  const encoder = new TextEncoder();
  let from = at + 1;
  for (let here = from; here < text.length; ) {
    const c = text[here];
    if (c !== '"' && c !== '\\') {
      here++;
      continue;
    }
    writer.bytes(encoder.encode(text.slice(from, here)));
    if (c === '"') return { bytes: writer.finish(), end: here + 1 };
    ESCAPE.lastIndex = here;
    const match = ESCAPE.exec(text);
    if (match === null) return undefined;
    const [whole, plain, byte, point] = match;
    if (byte !== undefined) writer.u8(Number.parseInt(byte, 16));
    else if (plain !== undefined) writer.u8(plain.charCodeAt(0));
    else {
      const code = Number.parseInt(point as string, 16);
      if (code > 0x10ffff) return undefined;
      writer.bytes(encoder.encode(String.fromCodePoint(code)));
    }
    here += whole.length;
    from = here;
  }
  return undefined;
};
