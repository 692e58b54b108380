import type { Blob } from '../blob/blob.ts';
import type { PolkaVmKind } from '../core/kind.ts';
import { encodePolkaVm, immediateSize, MAX_ENCODED_LENGTH } from '../decoder/encode-polkavm.ts';
import { Instruction } from '../decoder/instruction.ts';
import { PolkaVmDecoder } from '../decoder/polkavm.ts';
import { RankedBits } from '../decoder/ranked-bits.ts';
import { FORMS, type Row } from '../isa/row.ts';
import { INVALID, isTerminator, ROWS } from '../isa/table.ts';
import { lastImmediate } from './code-builder.ts';
import { absoluteTarget, type LayoutInput, layOut, NO_TARGET } from './layout.ts';

/** How a stretch of code, from one instruction start to the next, is to be written. */
export type Writing = 'text' | 'bytes' | 'gap';

const TEXT = 0;
const BYTES = 1;

/**
 * Takes code apart into stretches and finds for each what the assembler turns into the same bytes: its text, its
 * text with a length, or bytes.
 */
export class CodeSurvey {
  readonly decoder: PolkaVmDecoder;
  /** Code offsets of the stretches, ascending, and the end of the code. */
  readonly #starts: Uint32Array;
  /** The first stretch is bytes in which no instruction starts. */
  readonly #hasGap: boolean;
  readonly #writings: Uint8Array;
  readonly #stated: Uint8Array;
  readonly #baseLengths: Uint32Array;
  readonly #targets: Float64Array;
  /** Offsets that jumps written as text lead to. */
  readonly jumpTargets: Set<number> = new Set();

  constructor(kind: PolkaVmKind, { code, bitmask }: Blob) {
    this.decoder = new PolkaVmDecoder(kind, code, bitmask);
    this.#hasGap = code.length > 0 && !this.decoder.isStart(0);
    this.#starts = stretchesOf(this.decoder);
    this.#writings = new Uint8Array(this.count);
    this.#stated = new Uint8Array(this.count);
    this.#baseLengths = new Uint32Array(this.count);
    this.#targets = new Float64Array(this.count).fill(NO_TARGET);
    this.#classify(kind);
    this.#settleLengths();
  }

  get count(): number {
    return this.#starts.length - 1;
  }

  offset(index: number): number {
    return this.#starts[index] as number;
  }

  writing(index: number): Writing {
    if (this.#hasGap && index === 0) return 'gap';
    return this.#writings[index] === TEXT ? 'text' : 'bytes';
  }

  /** The length that the text must state, or 0. */
  statedLength(index: number): number {
    return this.#stated[index] as number;
  }

  /** Whether a block begins behind the stretch, as the assembler sees it. */
  endsBlock(index: number): boolean {
    if (this.#hasGap && index === 0) return true;
    const op = this.decoder.operationAt(this.offset(index));
    return op !== INVALID && isTerminator(op);
  }

  #classify(kind: PolkaVmKind): void {
    const { decoder } = this;
    const starts = new RankedBits(bitsOf(this.#starts));
    const instruction = new Instruction();
    const scratch = new Uint8Array(MAX_ENCODED_LENGTH);
    for (let index = 0; index < this.count; index++) {
      const offset = this.offset(index);
      const length = this.offset(index + 1) - offset;
      this.#baseLengths[index] = length;
      this.#writings[index] = BYTES;
      if (this.#hasGap && index === 0) continue;
      decoder.decode(offset, instruction);
      if (instruction.op === INVALID || instruction.length !== length) continue;
      const { target } = instruction;
      const jumps = FORMS[(ROWS[instruction.op] as Row).form].endsWith('t');
      instruction.target = offset;
      const base = encodePolkaVm(instruction, kind, offset, scratch, 0);
      const last = jumps ? (target - offset) | 0 : lastImmediate(instruction);
      if (!isExact(decoder.code, offset, length, scratch, base, jumps ? last : last >> 31)) continue;
      const shortest = jumps ? base + immediateSize(last) : base;
      this.#writings[index] = TEXT;
      this.#stated[index] = length > shortest ? length : 0;
      if (!jumps) continue;
      this.#baseLengths[index] = base;
      const isLabel = decoder.isStart(target);
      this.#targets[index] = isLabel ? starts.rank(target) : absoluteTarget(target);
      if (isLabel) this.jumpTargets.add(target);
    }
  }

  /**
   * Where a jump is longer because it is longer (its own length is part of its distance), the assembler may come to
   * another length; then the text states it.
   */
  #settleLengths(): void {
    const input: LayoutInput = {
      count: this.count,
      baseLengths: this.#baseLengths,
      statedLengths: this.#stated,
      targets: this.#targets,
    };
    for (let round = 0; round < MAX_ROUNDS; round++) {
      if (!this.#state(layOut(input).lengths)) return;
    }
    this.#state(new Uint32Array(this.count));
  }

  /** States the lengths of the instructions that would come out otherwise; false when there is none. */
  #state(lengths: Uint32Array): boolean {
    let differs = false;
    for (let i = 0; i < this.count; i++) {
      const length = this.offset(i + 1) - this.offset(i);
      if (lengths[i] === length || this.writing(i) !== 'text') continue;
      this.#stated[i] = length;
      differs = true;
    }
    return differs;
  }
}

/** A program that needs more is made to; then all lengths are stated. */
const MAX_ROUNDS = 3;

/** True when `length` bytes of code are the first `base` of `encoded` and behind them `last`, sign-extended. */
const isExact = (
  code: Uint8Array,
  offset: number,
  length: number,
  encoded: Uint8Array,
  base: number,
  last: number,
): boolean => {
  if (base > length) return false;
  for (let k = 0; k < base; k++) if (code[offset + k] !== encoded[k]) return false;
  for (let k = base; k < length; k++) {
    if (code[offset + k] !== ((last >> Math.min(8 * (k - base), 31)) & 0xff)) return false;
  }
  return true;
};

/** 0, the offsets of all instruction starts behind it, and the length of the code. */
const stretchesOf = (decoder: PolkaVmDecoder): Uint32Array => {
  const { length } = decoder.code;
  const starts = new Uint32Array(length + 1);
  let used = 1;
  for (let at = 1; at < length; at++) if (decoder.isStart(at)) starts[used++] = at;
  starts[used++] = length;
  return starts.slice(0, used);
};

/** The offsets as bits, so that the number of a stretch can be asked for. */
const bitsOf = (starts: Uint32Array): Uint32Array => {
  const words = new Uint32Array(((starts.at(-1) as number) >>> 5) + 1);
  for (const start of starts) words[start >>> 5] = (words[start >>> 5] as number) | (1 << (start & 31));
  return words;
};
