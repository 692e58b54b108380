/** Value of each character as a hexadecimal digit, by character code; 255 for all others. */
const DIGITS: Uint8Array = new Uint8Array(128).fill(255);
for (const [value, digit] of [...'0123456789abcdef'].entries()) {
  DIGITS[digit.charCodeAt(0)] = value;
  DIGITS[digit.toUpperCase().charCodeAt(0)] = value;
}

const SPACE = 0x20;

/** Bytes of pairs of hexadecimal digits with spaces between pairs, or undefined. */
export const parseHex = (text: string): Uint8Array | undefined => {
  const bytes = new Uint8Array(text.length >> 1);
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === SPACE) continue;
    const high = DIGITS[code] ?? 255;
    const low = DIGITS[text.charCodeAt(++at)] ?? 255;
    if (high === 255 || low === 255) return undefined;
    bytes[count++] = (high << 4) | low;
  }
  return bytes.subarray(0, count);
};
