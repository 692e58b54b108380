import type { Blob } from './blob.ts';
import { writeJamProgram, writeSpi } from './jam.ts';
import { writeBlob } from './write.ts';

/**
 * The file of a program, in the container that it is in.
 * @throws RiscboxError `blob/…` for what the container does not allow
 */
export const writeFile = (blob: Blob): Uint8Array => {
  if (blob.container === 'jam-spi') return writeSpi(blob);
  return blob.container === 'jam-raw' ? writeJamProgram(blob) : writeBlob(blob);
};
