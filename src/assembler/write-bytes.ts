/** Takes the lines of a text one by one, without line ends. */
export type Emit = (line: string) => void;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export const hexText = (bytes: Uint8Array): string => {
  let text = '';
  for (let at = 0; at < bytes.length; at++) text += HEX[bytes[at] as number];
  return text;
};

export const BYTES_PER_ROW = 32;

/** `%name = …` and for the rows behind the first `%name += …`; nothing when there are no bytes. */
export const writeBytes = (emit: Emit, name: string, bytes: Uint8Array): void => {
  for (let at = 0; at < bytes.length; at += BYTES_PER_ROW) {
    emit(`%${name} ${at === 0 ? '=' : '+='} ${hexText(bytes.subarray(at, at + BYTES_PER_ROW))}`);
  }
};

/** Rows of a directive that goes on by itself. */
export const writeRows = (emit: Emit, name: string, bytes: Uint8Array): void => {
  for (let at = 0; at < bytes.length; at += BYTES_PER_ROW) {
    emit(`%${name} = ${hexText(bytes.subarray(at, at + BYTES_PER_ROW))}`);
  }
};

const WORDS_PER_ROW = 10;

/** Words in rows, as `writeBytes`. */
export const writeWords = (emit: Emit, name: string, words: readonly string[]): void => {
  for (let at = 0; at < words.length; at += WORDS_PER_ROW) {
    emit(`%${name} ${at === 0 ? '=' : '+='} ${words.slice(at, at + WORDS_PER_ROW).join(' ')}`);
  }
};
