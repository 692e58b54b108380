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
