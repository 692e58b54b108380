/** Files of other implementations that some benchmarks run; they are read in place and are no part of the project. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const VECTORS =
  process.env.RISCBOX_VECTORS ?? fileURLToPath(new URL('../../shared/vectors', import.meta.url));

/** Path of a file, which may be absent. */
export const vectorFile = (...parts: readonly string[]): string => join(VECTORS, ...parts);

/** Paths of the files in a folder with this ending, sorted; none where the folder is absent. */
export const vectorFiles = (folder: string, ending: string): string[] => {
  try {
    return readdirSync(join(VECTORS, folder))
      .filter((name) => name.endsWith(ending))
      .sort()
      .map((name) => join(VECTORS, folder, name));
  } catch {
    return [];
  }
};
