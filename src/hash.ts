/** `riscbox/hash`: content hashes of programs. The only entry that needs a dependency (BLAKE3). */
export type { HashOptions } from './blob/hash.ts';
export { uniqueHash } from './blob/hash.ts';
