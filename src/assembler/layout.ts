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

/** The offset that a jump has in its encoding. */
export const relativeTarget = (target: number, position: number, positions: Float64Array): number =>
  ((target < NO_TARGET ? -2 - target : (positions[target] as number)) - position) | 0;

/**
 * Passes times jumps. Real programs of 40,000 jumps take 80 passes; in a text that is made to take thousands, jumps
 * get the longest offset instead.
 */
const MAX_STEPS = 100_000_000;
const MAX_OFFSET_SIZE = 4;

/**
 * Places instructions so that each jump has the shortest offset that holds its distance. Where several placements
 * have that property (a jump's own length is part of its distance) this finds the one of PolkaVM 0.35, by the same
 * steps: each instruction is taken for one byte at first; then each pass places all of them anew, with the targets
 * in front from this pass and those behind from the pass before, until nothing changes.
 */
export const layOut = (input: LayoutInput): Layout => {
  const { count, baseLengths, statedLengths, targets } = input;
  const lengths = baseLengths.slice(0, count);
  const open: number[] = [];
  for (let i = 0; i < count; i++) {
    const stated = statedLengths[i] as number;
    if (stated !== 0) lengths[i] = Math.max(stated, lengths[i] as number);
    else if (targets[i] !== NO_TARGET) open.push(i);
  }
  const jumps = new OpenJumps(input, lengths, open);
  let isSettled = false;
  for (let steps = 0; !isSettled && steps < MAX_STEPS; steps += open.length + 1)
    isSettled = !jumps.placeAnew();
  for (const [k, index] of open.entries()) {
    lengths[index] = isSettled ? jumps.length(k) : (baseLengths[index] as number) + MAX_OFFSET_SIZE;
  }
  return { positions: positionsOf(lengths), lengths };
};

const positionsOf = (lengths: Uint32Array): Float64Array => {
  const positions = new Float64Array(lengths.length + 1);
  for (let i = 0; i < lengths.length; i++) {
    positions[i + 1] = (positions[i] as number) + (lengths[i] as number);
  }
  return positions;
};

/**
 * The jumps whose lengths are looked for. What lies between them never changes, so a place is the sum of the fixed
 * bytes and of the jumps in front of it, and a pass has only the jumps to go over.
 */
class OpenJumps {
  readonly #baseLengths: Uint32Array;
  readonly #lengths: Uint32Array;
  /** Fixed bytes in front of each jump and of its target, or the target itself when it is an offset. */
  readonly #fixed: Float64Array;
  readonly #targetFixed: Float64Array;
  /** Number of open jumps in front of each target. */
  readonly #targetRank: Uint32Array;
  /** Bytes of the jumps in front of the one with that number. */
  readonly #before: Float64Array;

  constructor({ count, baseLengths, targets }: LayoutInput, lengths: Uint32Array, open: readonly number[]) {
    const fixed = new Float64Array(count + 1);
    const ranks = new Uint32Array(count + 1);
    for (let i = 0, rank = 0; i < count; i++) {
      const isOpen = open[rank] === i;
      if (isOpen) rank++;
      ranks[i + 1] = rank;
      fixed[i + 1] = (fixed[i] as number) + (isOpen ? 0 : (lengths[i] as number));
    }
    const at = (target: number): number => (target < NO_TARGET ? -2 - target : (fixed[target] as number));
    this.#baseLengths = Uint32Array.from(open, (index) => baseLengths[index] as number);
    this.#fixed = Float64Array.from(open, (index) => fixed[index] as number);
    this.#targetFixed = Float64Array.from(open, (index) => at(targets[index] as number));
    this.#targetRank = Uint32Array.from(open, (index) => ranks[targets[index] as number] ?? 0);
    this.#lengths = Uint32Array.from(open, (index, k) => {
      const target = targets[index] as number;
      const distance = target < NO_TARGET ? -2 - target - index : target - index;
      return (this.#baseLengths[k] as number) + immediateSize(distance | 0);
    });
    this.#before = positionsOf(this.#lengths);
  }

  length(k: number): number {
    return this.#lengths[k] as number;
  }

  /** One pass; false when it changed nothing. */
  placeAnew(): boolean {
    const before = this.#before;
    let changed = false;
    let bytes = 0;
    for (let k = 0; k < this.#lengths.length; k++) {
      before[k] = bytes;
      const target = (this.#targetFixed[k] as number) + (before[this.#targetRank[k] as number] as number);
      const relative = (target - (this.#fixed[k] as number) - bytes) | 0;
      const length = (this.#baseLengths[k] as number) + immediateSize(relative);
      if (length !== this.#lengths[k]) {
        this.#lengths[k] = length;
        changed = true;
      }
      bytes += length;
    }
    if (before[this.#lengths.length] !== bytes) changed = true;
    before[this.#lengths.length] = bytes;
    return changed;
  }
}
