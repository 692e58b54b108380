/**
 * Entry `riscbox/jit-js`: a tier for hosts that make code from text but compile no WebAssembly. Nothing else of the
 * package makes code from text.
 */
export type { Tier } from '../tier.ts';
export { isSupported } from './evaluate.ts';
export { jsTier } from './tier.ts';
