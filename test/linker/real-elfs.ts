import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decompress } from 'fzstd';
import { listVectors } from '../vectors-path.ts';

const GUESTS = fileURLToPath(new URL('../../guests/bin', import.meta.url));

/** Our own committed guests: static executables of gcc, clang and rustc. */
export const guestElfs: readonly string[] = readdirSync(GUESTS, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.elf'))
  .map((name) => join(GUESTS, name))
  .sort();

/** ELF files among the vectors: executables of rustc and clang, and relocatable objects. */
export const vectorElfs: readonly string[] = listVectors('polkavm/elf', '.elf', '.elf.zst', '.zst');

export const isSmall = (path: string): boolean => !basename(path).startsWith('doom');

export const readElfFile = (path: string): Uint8Array => {
  const bytes = new Uint8Array(readFileSync(path));
  return path.endsWith('.zst') ? decompress(bytes) : bytes;
};

/** Short name for messages. */
export const elfName = (path: string): string => path.split('/').slice(-2).join('/');

export const present = (paths: readonly string[]): readonly string[] =>
  paths.filter((path) => existsSync(path));
