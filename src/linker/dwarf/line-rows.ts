import { rangeAt } from '../address-ranges.ts';
import type { FileTable } from './line-header.ts';

/** Addresses that rise without a gap, told by rows `first` to `last - 1`. */
export interface Sequence {
  readonly address: number;
  readonly end: number;
  readonly first: number;
  readonly last: number;
  readonly files: FileTable;
}

/** Rows of all line tables in parallel arrays: programs have hundreds of thousands. */
export class LineRows {
  readonly #addresses: number[] = [];
  readonly #files: number[] = [];
  readonly #lines: number[] = [];
  readonly #columns: number[] = [];
  #sequences: Sequence[] = [];

  get length(): number {
    return this.#addresses.length;
  }

  address(row: number): number {
    return this.#addresses[row]!;
  }

  file(row: number): number {
    return this.#files[row]!;
  }

  line(row: number): number {
    return this.#lines[row]!;
  }

  column(row: number): number {
    return this.#columns[row]!;
  }

  push(address: number, file: number, line: number, column: number): void {
    this.#addresses.push(address);
    this.#files.push(file);
    this.#lines.push(line);
    this.#columns.push(column);
  }

  /** Forgets rows from `length` on. */
  truncate(length: number): void {
    this.#addresses.length = length;
    this.#files.length = length;
    this.#lines.length = length;
    this.#columns.length = length;
  }

  addSequences(sequences: readonly Sequence[]): void {
    for (const sequence of sequences) this.#sequences.push(sequence);
  }

  /** Puts sequences in order. Of those that overlap, which only folded or broken code has, the first is kept. */
  finish(): void {
    const sorted = this.#sequences.sort((a, b) => a.address - b.address);
    let end = 0;
    this.#sequences = sorted.filter((sequence) => {
      if (sequence.address < end) return false;
      end = sequence.end;
      return true;
    });
  }

  /** The sequence that holds an address, after `finish`. */
  sequenceAt(address: number): Sequence | undefined {
    const sequence = rangeAt(this.#sequences, address);
    return sequence !== undefined && address < sequence.end ? sequence : undefined;
  }

  /** The row that an address of a sequence belongs to. */
  rowAt({ first, last }: Sequence, address: number): number {
    let low = first + 1;
    let high = last;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#addresses[middle]! <= address) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
