/**
 * npm run example:drop-elf
 *
 * Bundles the worker of examples/drop-elf from the sources and serves the page on port 8000.
 */
import { fileURLToPath } from 'node:url';
import { context } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const PORT = 8000;

const build = await context({
  absWorkingDir: root,
  entryPoints: ['examples/drop-elf/worker.ts'],
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  outdir: 'examples/drop-elf',
  write: false,
});
await build.serve({ servedir: 'examples/drop-elf', port: PORT });
console.log(`http://localhost:${PORT}`);
