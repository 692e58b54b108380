import { realpathSync, writeFileSync } from 'node:fs';
import { type Io, writeOut } from './io.ts';
import { FileError } from './program-file.ts';

export const isSameFile = (a: string, b: string): boolean => {
  try {
    return realpathSync(a) === realpathSync(b);
  } catch {
    return false;
  }
};

/** Writes a command's output; `-` is stdout. Throws FileError. */
export const writeFile = (path: string, bytes: Uint8Array, io: Io): void => {
  if (path === '-') {
    writeOut(io, bytes);
    return;
  }
  try {
    writeFileSync(path, bytes);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new FileError(path, `cannot be written (${code ?? message}); choose another place with -o`);
  }
};
