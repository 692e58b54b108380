const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export const hexText = (bytes: Uint8Array): string => {
  let text = '';
  for (let at = 0; at < bytes.length; at++) text += HEX[bytes[at] as number];
  return text;
};

const BYTES_PER_ROW = 32;

/** `%name = …` for the first row and `%name += …`, or `%name = …` again, for those behind it. */
export function* hexRows(
  name: string,
  bytes: Uint8Array,
  row: number = BYTES_PER_ROW,
  appends: boolean = true,
): Generator<string, void> {
  for (let at = 0; at < bytes.length; at += row) {
    const operator = at > 0 && appends ? '+=' : '=';
    yield `%${name} ${operator} ${hexText(bytes.subarray(at, at + row))}`;
  }
}

const WORDS_PER_ROW = 10;

/** Words in rows, as `hexRows`. */
export function* wordRows(name: string, words: readonly string[]): Generator<string, void> {
  for (let at = 0; at < words.length; at += WORDS_PER_ROW) {
    yield `%${name} ${at === 0 ? '=' : '+='} ${words.slice(at, at + WORDS_PER_ROW).join(' ')}`;
  }
}
