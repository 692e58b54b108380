import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { ROOT } from './blocks.ts';

export type PackageExports = Readonly<Record<string, { readonly default?: string }>>;

/** `riscbox` and its entries by the source files that package.json says they are made from. */
export const sourceOf = (specifier: string, exports: PackageExports): string | undefined => {
  const entry = exports[specifier.replace(/^riscbox/, '.')]?.default;
  return entry?.replace('./dist/', 'src/').replace(/\.js$/, '.ts');
};

/** Makes one module of a user's script and the sources of riscbox, as if the package were installed. */
export const bundle = async (entry: string, outfile: string, exports: PackageExports): Promise<void> => {
  const entries: Plugin = {
    name: 'riscbox from source',
    setup: ({ onResolve }) => {
      onResolve({ filter: /^riscbox(\/|$)/ }, ({ path }) => {
        const source = sourceOf(path, exports);
        return source === undefined
          ? { errors: [{ text: `the package has no entry ${path}` }] }
          : { path: join(ROOT, source) };
      });
    },
  };
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    nodePaths: [join(ROOT, 'node_modules')],
    logLevel: 'silent',
    plugins: [entries],
  });
};
