import type { PlacedSite } from './places.ts';

/** In place of a jump table's entry that leads nowhere. */
export const NOWHERE = 0xffffffff;

/** For entries and continuations: program counter, slot, and what EXIT_CELL has to hold. */
export const writePlaces = (
  entries: readonly (readonly number[])[],
  continuations: readonly (readonly number[])[],
  sites: readonly PlacedSite[],
  jumps: readonly number[],
): Uint8Array<ArrayBuffer> => {
  const words = [
    entries.length,
    continuations.length,
    sites.length,
    jumps.length,
    entries.flat(),
    continuations.flat(),
    sites.flatMap(({ pc, nextPc, hostCall, need, rest }) => [
      pc,
      nextPc,
      hostCall ?? 0,
      hostCall === undefined ? 0 : 1,
      rest.gas,
      rest.instructions,
      need % 2 ** 32,
      Math.floor(need / 2 ** 32),
    ]),
    jumps,
  ].flat();
  const view = new DataView(new ArrayBuffer(4 * words.length));
  for (const [i, word] of words.entries()) view.setUint32(4 * i, word, true);
  return new Uint8Array(view.buffer);
};
