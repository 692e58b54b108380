import { kernelNames, lispSources } from '../scripts/guests/manifest.ts';
import type { SizeProgram } from './size-builds.ts';

/** Soft-float code would compare a library with hardware instructions. */
const NOT_COMPARABLE: ReadonlySet<string> = new Set(['nbody_soft']);

const kernel = (name: string): SizeProgram => ({
  name,
  sources: [`guests/kernels/${name}.c`, 'bench/size/string.c', 'bench/size/wide.c'],
  flags: [],
  entry: 'kernel',
});

/** Lisp with a C library of the functions that it uses; no program of ours is further from a kernel. */
const lisp: SizeProgram = {
  name: 'lisp',
  sources: [
    ...lispSources.map((source) => `guests/${source}`),
    'guests/runtime/wasm/library.c',
    'bench/size/wide.c',
  ],
  flags: ['-isystem', 'guests/runtime/wasm/include'],
  entry: 'run',
};

export const SIZE_PROGRAMS: readonly SizeProgram[] = [
  ...kernelNames.filter((name) => !NOT_COMPARABLE.has(name)).map(kernel),
  lisp,
];
