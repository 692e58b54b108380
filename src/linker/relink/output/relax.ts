import { immediateSize } from '../../../decoder/encode-polkavm.ts';
import type { Sequence } from './sequence.ts';

/** Bytes of a jump in a dispatch table: opcode and the longest distance. */
export const PADDED_JUMP = 5;

/** Bytes of the longest distance. */
const MAX_DISTANCE_SIZE = 4;

/**
 * Rounds after which distances get room to spare, more each time. Programs need some ten rounds; one that was made
 * to grow by one distance in each round would need as many as it has jumps.
 */
const EXACT_ROUNDS = 500;

/** Where each instruction is, and how many bytes its distance takes. */
export interface CodeLayout {
  /** By position, and the length of the code behind the last. */
  readonly offsets: Int32Array;
  /** By position: bytes of the distance to the target. */
  readonly distanceSizes: Uint8Array;
}

/**
 * Finds the shortest distances: from no bytes at all, they grow until all are long enough. As distances only grow with
 * what lies in between, that ends at the smallest solution. PolkaVM 0.35's writer starts from a guess that is too high
 * in places, takes more rounds, and keeps some distances a byte longer (26 bytes of 530,000 in a large program).
 *
 * @param lengths by position: bytes of the instruction without the distance to its target
 */
export const relax = ({ targets, paddedJumps }: Sequence, lengths: Uint8Array): CodeLayout => {
  const count = lengths.length;
  const offsets = new Int32Array(count + 1);
  const distanceSizes = new Uint8Array(count);
  distanceSizes.fill(MAX_DISTANCE_SIZE, 0, paddedJumps);
  const jumps: number[] = [];
  for (let i = paddedJumps; i < count; i++) if ((targets[i] as number) >= 0) jumps.push(i);
  place(offsets, lengths, distanceSizes);
  for (let round = 0; grow(jumps, targets, offsets, distanceSizes, 0); round++) {
    if (round > EXACT_ROUNDS) grow(jumps, targets, offsets, distanceSizes, marginOf(round));
    place(offsets, lengths, distanceSizes);
  }
  return { offsets, distanceSizes };
};

/** Twice as much in each round, so that soon all distances have all their bytes. */
const marginOf = (round: number): number => 2 ** Math.min(round - EXACT_ROUNDS, 30);

const place = (offsets: Int32Array, lengths: Uint8Array, distanceSizes: Uint8Array): void => {
  let offset = 0;
  for (let i = 0; i < lengths.length; i++) {
    offsets[i] = offset;
    offset += (lengths[i] as number) + (distanceSizes[i] as number);
  }
  offsets[lengths.length] = offset;
};

/** Gives distances the bytes that they need, and would need if they grew by `margin`; returns whether any had too few. */
const grow = (
  jumps: readonly number[],
  targets: Int32Array,
  offsets: Int32Array,
  distanceSizes: Uint8Array,
  margin: number,
): boolean => {
  let grew = false;
  for (const i of jumps) {
    const distance = (offsets[targets[i] as number] as number) - (offsets[i] as number);
    const need = immediateSize(distance + Math.sign(distance) * margin);
    if (need <= (distanceSizes[i] as number)) continue;
    distanceSizes[i] = need;
    grew = true;
  }
  return grew;
};
