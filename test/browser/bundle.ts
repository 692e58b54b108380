/** Bundles for browsers, made by esbuild with no other settings than a user would have. */
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Bundle {
  readonly code: string;
  /** Files that went in, from the root of the repository, with their bytes in the bundle; largest first. */
  readonly inputs: readonly { readonly path: string; readonly bytes: number }[];
  /** Imports that were left in: packages or Node modules that the page would not have. */
  readonly unresolved: readonly string[];
}

/** One ES module for browsers. An import that a browser cannot resolve makes the build fail. */
export const bundle = async (entry: string, minify: boolean): Promise<Bundle> => {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify,
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const output = Object.values(metafile.outputs)[0]!;
  return {
    code: outputFiles[0]!.text,
    inputs: Object.entries(output.inputs)
      .map(([path, { bytesInOutput }]) => ({ path, bytes: bytesInOutput }))
      .sort((a, b) => b.bytes - a.bytes),
    unresolved: output.imports.filter(({ external }) => external).map(({ path }) => path),
  };
};

/** Bytes after gzip at its best level, which is what servers of static files send. */
export const compressedSize = (code: string): number => gzipSync(code, { level: 9 }).length;

/** The compressed size of what one name of an entry needs, without the files that are loaded on demand. */
export const sizeWithout = async (contents: string, onDemand: string): Promise<number> => {
  const { outputFiles } = await build({
    absWorkingDir: root,
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    write: false,
    external: [onDemand],
    logLevel: 'silent',
  });
  return compressedSize(outputFiles[0]!.text);
};

/** A script of a bundle in parts. */
export interface Part {
  readonly name: string;
  readonly code: string;
}

/** A bundle of which some is loaded on demand. */
export interface SplitBundle {
  /** The first script, and those that it imports, in no order. */
  readonly first: readonly Part[];
  /** Those that are loaded on demand. */
  readonly later: readonly Part[];
  readonly entry: string;
  /** Files in the first scripts with their bytes there; largest first. */
  readonly inputs: Bundle['inputs'];
}

/** ES modules for browsers; dynamic imports become scripts of their own. */
export const splitBundle = async (contents: string, resolveDir: string = root): Promise<SplitBundle> => {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    stdin: { contents, resolveDir, loader: 'ts' },
    outdir: 'split',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const nameOf = (path: string): string => path.split('/').at(-1)!;
  const entry = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === '<stdin>')![0];
  const reached = new Set([entry]);
  for (const path of reached) {
    for (const one of metafile.outputs[path]!.imports) {
      if (one.kind === 'import-statement') reached.add(one.path);
    }
  }
  const first = new Set([...reached].map(nameOf));
  const parts = outputFiles.map(({ path, text }): Part => ({ name: nameOf(path), code: text }));
  return {
    entry: nameOf(entry),
    first: parts.filter(({ name }) => first.has(name)),
    later: parts.filter(({ name }) => !first.has(name)),
    inputs: [...reached]
      .flatMap((path) => Object.entries(metafile.outputs[path]!.inputs))
      .map(([path, { bytesInOutput }]) => ({ path, bytes: bytesInOutput }))
      .sort((a, b) => b.bytes - a.bytes),
  };
};
