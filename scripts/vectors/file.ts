import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { decompress as unpackZstd } from 'fzstd';
import { isRiscboxError } from '../../src/core/error.ts';
import { parseExactJson } from './json.ts';

const PACKED = /\.(gz|zst)$/;
const NOTHING = Symbol('not JSON');

/** A file that may hold vectors. Contents are read when they are asked for and unpacked by what they begin with. */
export class VectorFile {
  readonly path: string;
  /** File name without the ending of a packed file. */
  readonly name: string;
  #bytes: Uint8Array | undefined;
  #json: unknown = undefined;

  /** `bytes` for contents that are not on disk. */
  constructor(path: string, bytes?: Uint8Array) {
    this.path = path;
    this.name = basename(path).replace(PACKED, '');
    this.#bytes = bytes;
  }

  get folder(): string {
    return dirname(this.path);
  }

  get bytes(): Uint8Array {
    this.#bytes ??= unpack(new Uint8Array(readFileSync(this.path)));
    return this.#bytes;
  }

  startsWith(...bytes: readonly number[]): boolean {
    return bytes.every((byte, i) => this.bytes[i] === byte);
  }

  /** Contents as text; undefined when they look binary. */
  get text(): string | undefined {
    return this.bytes.subarray(0, 4096).includes(0) ? undefined : new TextDecoder().decode(this.bytes);
  }

  /** Lines without their ends; the empty one behind the last line end is left out. */
  get lines(): string[] {
    const lines = (this.text ?? '').split(/\r?\n/);
    if (lines.at(-1) === '') lines.pop();
    return lines;
  }

  /** The contents parsed as one JSON value with exact integers; undefined when they are none. */
  get json(): unknown {
    if (this.#json === undefined) this.#json = this.#parse();
    return this.#json === NOTHING ? undefined : this.#json;
  }

  #parse(): unknown {
    const first = this.bytes.find((byte) => byte > 0x20);
    // '{' or '[': no other JSON value is a vector.
    if (first !== 0x7b && first !== 0x5b) return NOTHING;
    try {
      return parseExactJson(this.text ?? '') ?? NOTHING;
    } catch (error) {
      if (error instanceof SyntaxError) return NOTHING;
      throw error;
    }
  }

  /** Forgets the contents: thousands of files are visited. */
  release(): void {
    if (existsSync(this.path)) this.#bytes = undefined;
    this.#json = undefined;
  }
}

const unpack = (bytes: Uint8Array): Uint8Array => {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return new Uint8Array(gunzipSync(bytes));
  if (bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd) {
    return unpackZstd(bytes);
  }
  return bytes;
};

/** Files below the paths, each once, sorted. Throws when a path does not exist. */
export const walk = (paths: readonly string[]): VectorFile[] => {
  const found = new Set<string>();
  const visit = (path: string): void => {
    if (!statSync(path).isDirectory()) found.add(path);
    else for (const entry of readdirSync(path)) visit(join(path, entry));
  };
  for (const path of paths) visit(resolve(path));
  return [...found].sort().map((path) => new VectorFile(path));
};

/** Finds files that others refer to by name. */
export class FileIndex {
  readonly #byName: Map<string, VectorFile[]> = new Map();

  constructor(files: readonly VectorFile[]) {
    for (const file of files) {
      const name = basename(file.path);
      this.#byName.set(name, [...(this.#byName.get(name) ?? []), file]);
    }
  }

  /**
   * The file of that name which is closest to `near`: in its folder, among the files to be run, or in folders
   * beside and above it, so that one table can be run alone.
   */
  find(name: string, near: VectorFile): VectorFile | undefined {
    const known = this.#byName.get(name) ?? [];
    if (known.length > 0) {
      return known.reduce((a, b) => (distance(near.folder, b.path) < distance(near.folder, a.path) ? b : a));
    }
    const parent = dirname(near.folder);
    const folders = [near.folder, parent, ...subfolders(parent), ...subfolders(dirname(parent))];
    const path = folders.map((folder) => join(folder, name)).find((candidate) => existsSync(candidate));
    return path === undefined ? undefined : new VectorFile(path);
  }

  /** Files whose name matches, in the folder of `near`. */
  beside(near: VectorFile, name: RegExp): VectorFile[] {
    return readdirSync(near.folder)
      .filter((entry) => name.test(entry))
      .sort()
      .map((entry) => new VectorFile(join(near.folder, entry)));
  }
}

/** Folders to go through from one to the other. */
const distance = (folder: string, path: string): number => relative(folder, path).split(sep).length;

const subfolders = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));

/** Runs a reader; undefined when it refuses the bytes with an error of ours. */
export const accepted = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch (error) {
    if (isRiscboxError(error)) return undefined;
    throw error;
  }
};
