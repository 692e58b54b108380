import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decompress } from 'fzstd';
import { LINK_OPTIONS, tryLink } from './link-all.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const VECTORS: string = process.env.RISCBOX_VECTORS ?? join(ROOT, '../shared/vectors');

/** Larger files take longer to link than a broken table could make them. */
const LARGEST = 24_000;

/** A file to be damaged. */
export interface Seed {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const filesIn = (folder: string, endings: RegExp): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => endings.test(name))
        .map((name) => join(folder, name))
        .sort()
    : [];

const readSeed = (path: string): Seed => {
  const bytes = new Uint8Array(readFileSync(path));
  return { name: relative(ROOT, path), bytes: path.endsWith('.zst') ? decompress(bytes) : bytes };
};

/** Small files that link: guests, fixtures of debug information, object files, PolkaVM's RISC-V tests where present. */
export const readSeeds = (): readonly Seed[] =>
  [
    ...filesIn(join(ROOT, 'guests/bin'), /\.elf$/),
    ...filesIn(join(ROOT, 'guests/debug'), /\.(elf|o)$/),
    ...filesIn(join(VECTORS, 'polkavm/elf'), /\.elf(\.zst)?$/),
  ]
    .filter((path) => statSync(path).size <= LARGEST)
    .map(readSeed)
    .filter(
      ({ bytes }) => bytes.length <= LARGEST && LINK_OPTIONS.some((options) => tryLink(bytes, options)),
    );
