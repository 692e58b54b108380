import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { test } from 'vitest';

/** Where other implementations' vectors lie; they are read in place and never copied into the repository. */
export const VECTORS: string =
  process.env.RISCBOX_VECTORS ?? fileURLToPath(new URL('../../shared/vectors', import.meta.url));

export const vectorPath = (...parts: string[]): string => join(VECTORS, ...parts);

/** Vector files below `folder` (relative, recursive) whose name ends in one of `endings`; sorted, maybe none. */
export const listVectors = (folder: string, ...endings: string[]): string[] => {
  const root = vectorPath(folder);
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => endings.some((ending) => name.endsWith(ending)))
    .map((name) => join(root, name))
    .sort();
};

export const readVector = (path: string): Uint8Array => new Uint8Array(readFileSync(path));

/** Text lines of a vector file, unpacked when its name ends in `.gz`; the last, empty line is left out. */
export const readVectorLines = (path: string): string[] => {
  const bytes = readFileSync(path);
  const lines = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
};

let warned = false;

/** A test over vector files; without the files it does not run, and the runner counts it as skipped. */
export const vectorTest = (name: string, paths: readonly string[], run: () => void | Promise<void>): void => {
  const present = paths.length > 0 && paths.every((path) => existsSync(path));
  if (!present && !warned) {
    console.warn(`no vectors in ${VECTORS} (set RISCBOX_VECTORS): tests over them are counted as skipped`);
    warned = true;
  }
  test.runIf(present)(name, run);
};

/** One `vectorTest` per file; without any file one test that does not run stands for them all. */
export const eachVector = (what: string, paths: readonly string[], run: (path: string) => void): void => {
  if (paths.length === 0) vectorTest(what, [], () => {});
  for (const path of paths) vectorTest(`${what}: ${basename(path)}`, [path], () => run(path));
};
