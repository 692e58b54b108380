import { LEFT_CELL } from '../../memory/linear-layout.ts';

const TWO_32 = 2 ** 32;

/** Sets the counter in the state page, packed as `Meter` does: a safe integer, of either sign. */
export const writeCounter = (words: Int32Array, packed: number): void => {
  words[LEFT_CELL / 4] = (packed % TWO_32) | 0;
  words[LEFT_CELL / 4 + 1] = Math.floor(packed / TWO_32);
};

export const readCounter = (words: Int32Array): number =>
  (words[LEFT_CELL / 4 + 1] as number) * TWO_32 + ((words[LEFT_CELL / 4] as number) >>> 0);
