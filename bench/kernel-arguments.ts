/** Argument of each kernel: a few million instructions, so that a round takes some 30 ms. */
export const KERNELS: Readonly<Record<string, number>> = {
  sieve: 1,
  matmul: 8,
  quicksort: 1,
  sha256: 8,
  nbody_fixed: 1000,
  switchvm: 60_000,
  hash: 1,
  lz: 1,
  heap: 20_000,
  nbody_soft: 200,
};
/** Not an integer kernel: floating point in software. Kept out of the means. */
export const APART: string = 'nbody_soft';
/** Programs that nothing was chosen, tuned or fused with. */
export const OUTSIDE: Readonly<Record<string, number>> = { deflate: 1 };
