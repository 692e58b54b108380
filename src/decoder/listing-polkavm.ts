import type { Blob } from '../blob/blob.ts';
import { type PolkaVmKind, widthOf } from '../core/kind.ts';
import { isTerminator, operation } from '../isa/table.ts';
import { blockPricer } from './gas/block-cost.ts';
import { gasModel } from './gas/models.ts';
import { bytesColumn, ExportMarks, type ListingOptions, quotedName, sourceLinesOf } from './listing.ts';
import { PolkaVmDecoder } from './polkavm.ts';
import { RankedBits } from './ranked-bits.ts';
import { formatPolkaVm, type TargetText } from './text-polkavm.ts';
import { CodeWalk } from './walk.ts';

const ECALLI = operation('ecalli');

/** Code offsets take this many columns. */
const OFFSET_COLUMNS = 6;

/**
 * The listing of a PolkaVM program, line by line, in the layout of PolkaVM 0.35's disassembler: every block has
 * a label with its number, its code addresses, its exports and, if asked for, its cost.
 */
export function* listPolkaVm(
  blob: Blob,
  kind: PolkaVmKind,
  options: ListingOptions,
): Generator<string, void> {
  const decoder = new PolkaVmDecoder(kind, blob.code, blob.bitmask);
  const { blocks, instructions } = survey(decoder);
  const labels = new Labels(blob, decoder, blocks, options);
  const source = sourceLinesOf(blob.debug, options);
  const width = widthOf(kind);
  const target: TargetText = (offset) => (blocks.has(offset) ? `@${blocks.rank(offset)}` : `${offset}`);
  const hostCall = (number: number): string => {
    const symbol = blob.imports.symbol(number);
    return symbol === undefined ? ' // INVALID' : ` // ${quotedName(symbol)}`;
  };

  yield `// RO data = ${blob.roData.length}/${blob.roDataSize} bytes`;
  yield `// RW data = ${blob.rwData.length}/${blob.rwDataSize} bytes`;
  yield `// Stack size = ${blob.stackSize} bytes`;
  yield '';
  yield `// Instructions = ${instructions}`;
  yield `// Code size = ${blob.code.length} bytes`;
  yield '';
  const walk = new CodeWalk(decoder);
  while (walk.next()) {
    const { offset, instruction } = walk;
    if (source) yield* source.header(offset);
    const label = labels.at(offset);
    if (label !== '') yield options.offsets === false ? label : `${' '.repeat(OFFSET_COLUMNS)}: ${label}`;
    if (source) yield* source.frames(offset);
    const place = options.offsets === false ? '' : `${String(offset).padStart(OFFSET_COLUMNS)}: `;
    const bytes = bytesColumn(blob.code.subarray(offset, offset + instruction.length), options);
    const text = formatPolkaVm(instruction, width, target);
    yield place + bytes + text + (instruction.op === ECALLI ? hostCall(instruction.x >>> 0) : '');
  }
}

/** The offsets where blocks start, and the number of instructions. */
const survey = (decoder: PolkaVmDecoder): { blocks: RankedBits; instructions: number } => {
  const starts = new Uint32Array(Math.ceil(decoder.code.length / 32));
  const walk = new CodeWalk(decoder);
  let instructions = 0;
  while (walk.next()) {
    const { offset } = walk;
    if (decoder.isJumpTarget(offset, isTerminator)) starts[offset >>> 5]! |= 1 << (offset & 31);
    instructions++;
  }
  return { blocks: new RankedBits(starts), instructions };
};

/** Texts of the label lines. Offsets must be asked in ascending order. */
class Labels {
  readonly #blocks: RankedBits;
  readonly #price: ((offset: number) => number) | undefined;
  readonly #entries: SortedEntries;
  readonly #exports: ExportMarks;

  constructor(blob: Blob, decoder: PolkaVmDecoder, blocks: RankedBits, options: ListingOptions) {
    this.#blocks = blocks;
    this.#price = options.gas && blockPricer(decoder, gasModel(options.gas, decoder.kind));
    this.#entries = new SortedEntries(blob);
    this.#exports = new ExportMarks(blob.exports);
  }

  /** The label of an offset; empty when no block starts and no export leads there. */
  at(offset: number): string {
    const exports = this.#exports.at(offset);
    if (!this.#blocks.has(offset)) return exports.trimStart();
    const dynamic = this.#entries.at(offset).map((position) => ` [@dyn ${position}]`);
    const gas = this.#price ? ` (gas: ${this.#price(offset)})` : '';
    return `@${this.#blocks.rank(offset)}${dynamic.join('')}${exports}${gas}`;
  }
}

/** Jump table entries by target. */
class SortedEntries {
  /** Target and position in one number: a table can have 2^24 entries, code 2^25 bytes. */
  readonly #keys: Float64Array;
  #next = 0;

  constructor({ jumpTable, code }: Blob) {
    const keys = new Float64Array(jumpTable.count);
    let used = 0;
    for (let index = 0; index < jumpTable.count; index++) {
      const target = jumpTable.target(index);
      if (target < code.length) keys[used++] = target * POSITIONS + index + 1;
    }
    this.#keys = keys.subarray(0, used).sort();
  }

  /** Positions (from 1) of the entries that lead to `offset`. */
  at(offset: number): number[] {
    const positions: number[] = [];
    for (; this.#next < this.#keys.length; this.#next++) {
      const key = this.#keys[this.#next] as number;
      const target = Math.floor(key / POSITIONS);
      if (target > offset) break;
      if (target === offset) positions.push(key % POSITIONS);
    }
    return positions;
  }
}

const POSITIONS = 2 ** 25;
