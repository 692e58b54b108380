import { readUint } from '../../../core/bytes.ts';

/** The instruction that calls the import whose metadata the pointer behind it refers to: custom-0, all else zero. */
const ECALLI = 0x0000000b;

/** True for the offset of a pointer among instructions that belongs to an `ecalli`. */
export const isBehindEcalli = (bytes: Uint8Array, offset: number): boolean =>
  offset >= 4 && offset <= bytes.length && readUint(bytes, offset - 4, 4) === ECALLI;
