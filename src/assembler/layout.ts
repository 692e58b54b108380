import { immediateSize } from '../decoder/encode-polkavm.ts';

/** No target: the instruction has its final length. */
export const NO_TARGET = -1;

/** A jump to a code offset that no label stands for, as a target: these are below `NO_TARGET`. */
export const absoluteTarget = (offset: number): number => -2 - offset;

/** Instructions in the order of the text, by index. */
export interface LayoutInput {
  readonly count: number;
  /** Bytes without a jump's offset, which always comes last. */
  readonly baseLengths: Uint32Array;
  /** Lengths that the text states; 0: as short as possible. */
  readonly statedLengths: Uint8Array;
  /** Index of the instruction that a jump leads to (`count`: the end), `NO_TARGET`, or `absoluteTarget`. */
  readonly targets: Float64Array;
}

export interface Layout {
  /** Code offset of each instruction, and of the end. */
  readonly positions: Float64Array;
  readonly lengths: Uint32Array;
}

/**
 * A pass can lengthen a jump that moves another one out of reach, and so on. Programs settle within ten passes; in a
 * text that is made to take thousands, all jumps get the longest offset instead.
 */
const MAX_PASSES = 60;
const MAX_OFFSET_SIZE = 4;

/** The offset that a jump has in its encoding. */
export const relativeTarget = (target: number, position: number, positions: Float64Array): number =>
  ((target < NO_TARGET ? -2 - target : (positions[target] as number)) - position) | 0;

/**
 * Places instructions so that each jump has the shortest offset that holds its distance. Jumps start without offset
 * and only grow, which leads to the shortest code: the same as PolkaVM 0.35's assembler finds.
 */
export const layOut = (input: LayoutInput): Layout => {
  const { count, baseLengths, statedLengths, targets } = input;
  const lengths = baseLengths.slice(0, count);
  const jumps: number[] = [];
  for (let i = 0; i < count; i++) {
    const stated = statedLengths[i] as number;
    if (stated !== 0) lengths[i] = Math.max(stated, lengths[i] as number);
    else if (targets[i] !== NO_TARGET) jumps.push(i);
  }
  const positions = new Float64Array(count + 1);
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    place(lengths, positions);
    if (!lengthen(input, jumps, lengths, positions)) return { positions, lengths };
  }
  for (const i of jumps) lengths[i] = (baseLengths[i] as number) + MAX_OFFSET_SIZE;
  place(lengths, positions);
  return { positions, lengths };
};

const place = (lengths: Uint32Array, positions: Float64Array): void => {
  let position = 0;
  for (let i = 0; i < lengths.length; i++) {
    positions[i] = position;
    position += lengths[i] as number;
  }
  positions[lengths.length] = position;
};

/** Lengthens the jumps that are too short; false when there is none. */
const lengthen = (
  { baseLengths, targets }: LayoutInput,
  jumps: readonly number[],
  lengths: Uint32Array,
  positions: Float64Array,
): boolean => {
  let changed = false;
  for (const i of jumps) {
    const relative = relativeTarget(targets[i] as number, positions[i] as number, positions);
    const needed = (baseLengths[i] as number) + immediateSize(relative);
    if (needed > (lengths[i] as number)) {
      lengths[i] = needed;
      changed = true;
    }
  }
  return changed;
};
