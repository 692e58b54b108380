import type { Blob, RiscvImage, RiscvSegment } from '../blob/blob.ts';
import { readUint } from '../core/bytes.ts';
import { type RiscvKind, type Width, widthOf } from '../core/kind.ts';
import { INVALID, isTerminator } from '../isa/table.ts';
import { gasModel, type SumModel } from './gas/models.ts';
import { Instruction } from './instruction.ts';
import { bytesColumn, ExportMarks, type ListingOptions, nameText, sourceLinesOf } from './listing.ts';
import { decodeRiscv, riscvLength } from './riscv.ts';
import { hasStart, type RiscvSweep, sweepRiscv } from './riscv-sweep.ts';
import { formatRiscv, type RiscvTarget } from './text-riscv.ts';

/** Guest addresses take this many columns. */
const ADDRESS_COLUMNS = 8;

const hex = (value: number): string => `0x${value.toString(16)}`;

/**
 * The listing of a RISC-V profile program, line by line: the executable segments in the sweep's order, with a
 * label for every basic block, the names of functions where the program has them, and plain assembler text.
 */
export function* listRiscv(
  blob: Blob,
  kind: RiscvKind,
  image: RiscvImage,
  options: ListingOptions,
): Generator<string, void> {
  const segments = image.segments
    .filter((segment) => segment.executable)
    .map((segment) => new SegmentCode(segment, kind, image));
  const names = new FunctionNames(image);
  const labels = new BlockLabels(blob, image, kind, options);
  const source = sourceLinesOf(blob.debug, options);
  const target: RiscvTarget = (address) => hex(address) + names.within(address);

  yield `// Kind = ${kind}${image.embedded ? ', 16 registers' : ''}`;
  yield `// Entry = ${hex(image.entry)}`;
  for (const segment of image.segments) yield `// Segment ${segmentText(segment)}`;
  yield `// Stack size = ${blob.stackSize} bytes`;
  yield '';
  yield `// Instructions = ${segments.reduce((sum, s) => sum + s.instructionCount, 0)}`;
  yield `// Code size = ${segments.reduce((sum, s) => sum + s.bytes.length, 0)} bytes`;
  let isFirst = true;
  for (const code of segments) {
    for (let at = 0; at < code.end; at += 2) {
      if (!code.isInstruction(at)) continue;
      const pc = code.base + at;
      const header = names.headerAt(pc);
      if (isFirst || header !== '') yield '';
      if (header !== '') yield header;
      if (source && names.isEmpty) yield* source.header(pc);
      isFirst = false;
      const label = labels.at(code, at);
      if (label !== '') yield options.offsets === false ? label : `${' '.repeat(ADDRESS_COLUMNS)}: ${label}`;
      if (source) yield* source.frames(pc);
      const place = options.offsets === false ? '' : `${pc.toString(16).padStart(ADDRESS_COLUMNS)}: `;
      const length = code.lengthAt(at);
      const bytes = bytesColumn(code.bytes.subarray(at, at + length), options);
      yield place + bytes + code.textAt(at, target);
    }
  }
}

const segmentText = ({ address, memorySize, data, readable, writable, executable }: RiscvSegment): string => {
  const flags = (readable ? 'r' : '-') + (writable ? 'w' : '-') + (executable ? 'x' : '-');
  return `${hex(address)} to ${hex(address + memorySize)} ${flags}, ${data.length}/${memorySize} bytes`;
};

/** An executable segment with its sweep; places are offsets from its first byte. */
class SegmentCode {
  readonly base: number;
  readonly bytes: Uint8Array;
  readonly end: number;
  readonly instructionCount: number;
  readonly #kind: RiscvKind;
  readonly #width: Width;
  readonly #registers: number;
  readonly #sweep: RiscvSweep;

  constructor({ address, data }: RiscvSegment, kind: RiscvKind, image: RiscvImage) {
    this.base = address;
    this.bytes = data;
    this.end = data.length & ~1;
    this.#kind = kind;
    this.#width = widthOf(kind);
    this.#registers = image.embedded ? 16 : 32;
    this.#sweep = sweepRiscv(data, address, image.extraStarts, this.#width, this.#registers);
    let count = 0;
    for (let at = 0; at < this.end; at += 2) if (this.isInstruction(at)) count++;
    this.instructionCount = count;
  }

  isInstruction(at: number): boolean {
    return hasStart(this.#sweep.instructionStarts, at >>> 1);
  }

  isBlock(at: number): boolean {
    return hasStart(this.#sweep.blockStarts, at >>> 1);
  }

  /** Bytes of the instruction; 2 for the first half of one that the segment cuts off. */
  lengthAt(at: number): number {
    return Math.min(riscvLength(this.bytes[at] as number), this.end - at);
  }

  /** Decodes the instruction; one that the segment cuts off is invalid. */
  decode(at: number, out: Instruction): void {
    decodeRiscv(this.#wordAt(at), this.base + at, this.#width, this.#registers, out);
    if (this.#isCutOff(at)) out.op = INVALID;
  }

  textAt(at: number, target: RiscvTarget): string {
    const word = this.#wordAt(at);
    if (this.#isCutOff(at)) return `.2byte ${hex(word)}`;
    return formatRiscv(word, this.base + at, this.#kind, this.#registers, target);
  }

  #isCutOff(at: number): boolean {
    return this.lengthAt(at) < riscvLength(this.bytes[at] as number);
  }

  #wordAt(at: number): number {
    return readUint(this.bytes, at, this.lengthAt(at));
  }
}

/** Texts of the label lines. Places must be asked in ascending order. */
class BlockLabels {
  readonly #entry: number;
  readonly #exports: ExportMarks;
  readonly #model: SumModel | undefined;
  readonly #instruction = new Instruction();
  #number = 0;

  constructor(blob: Blob, image: RiscvImage, kind: RiscvKind, options: ListingOptions) {
    this.#entry = image.entry;
    this.#exports = new ExportMarks(blob.exports);
    const model = options.gas && gasModel(options.gas, kind);
    // Full models do not exist for RISC-V kinds: `gasModel` has thrown.
    this.#model = model?.shape === 'sum' ? model : undefined;
  }

  /** The label of an instruction; empty when no block starts and no export leads there. */
  at(code: SegmentCode, at: number): string {
    const pc = code.base + at;
    const exports = this.#exports.at(pc);
    if (!code.isBlock(at)) return exports.trimStart();
    const entry = pc === this.#entry ? ' [entry]' : '';
    const gas = this.#model ? ` (gas: ${this.#cost(code, at, this.#model.costs)})` : '';
    return `@${this.#number++}${entry}${exports}${gas}`;
  }

  /** What entering a block costs: up to its terminator or the invalid place behind the code, past other starts. */
  #cost(code: SegmentCode, start: number, costs: Uint32Array): number {
    const instruction = this.#instruction;
    let cost = 0;
    for (let at = start; at < code.end; at += instruction.length) {
      code.decode(at, instruction);
      cost = (cost + (costs[instruction.op] as number)) >>> 0;
      if (isTerminator(instruction.op)) return cost;
    }
    return (cost + (costs[INVALID] as number)) >>> 0;
  }
}

/** Function names by address. */
class FunctionNames {
  readonly isEmpty: boolean;
  readonly #addresses: readonly number[];
  readonly #sizes: readonly number[];
  readonly #names: readonly Uint8Array[];

  constructor({ symbols }: RiscvImage) {
    const all = [...(symbols ?? [])];
    this.#addresses = all.map(({ address }) => address);
    this.#sizes = all.map(({ size }) => size);
    this.#names = all.map(({ name }) => name);
    this.isEmpty = all.length === 0;
  }

  /** `<name>:` for a function that begins at `address`, else empty. */
  headerAt(address: number): string {
    const index = this.#around(address);
    return this.#addresses[index] === address ? `<${this.#text(index)}>:` : '';
  }

  /** ` <name+0x10>` for an address in a function, else empty. */
  within(address: number): string {
    const index = this.#around(address);
    if (index < 0) return '';
    const distance = address - (this.#addresses[index] as number);
    const size = this.#sizes[index] as number;
    if (size !== 0 && distance >= size) return '';
    return ` <${this.#text(index)}${distance === 0 ? '' : `+${hex(distance)}`}>`;
  }

  #text(index: number): string {
    return nameText(this.#names[index] as Uint8Array);
  }

  /** Index of the first function at the highest address that is not above `address`, or -1. */
  #around(address: number): number {
    let low = 0;
    let high = this.#addresses.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#addresses[middle] as number) <= address) low = middle + 1;
      else high = middle;
    }
    let index = low - 1;
    while (index > 0 && this.#addresses[index - 1] === this.#addresses[index]) index--;
    return index;
  }
}
