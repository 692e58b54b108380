import type { Blob } from '../../src/blob/blob.ts';
import { readJamProgram, readSpi, writeJamProgram, writeSpi } from '../../src/blob/jam.ts';
import { readBlob } from '../../src/blob/read.ts';
import { writeBlob } from '../../src/blob/write.ts';
import { equalBytes } from '../../src/core/bytes.ts';
import type { PolkaVmKind } from '../../src/core/kind.ts';
import { widthOf } from '../../src/core/kind.ts';
import { PolkaVmCode } from '../../src/decoder/code.ts';
import { blockPricer } from '../../src/decoder/gas/block-cost.ts';
import { type GasModelOption, gasModel } from '../../src/decoder/gas/models.ts';
import { formatPolkaVm } from '../../src/decoder/text-polkavm.ts';
import { CodeWalk } from '../../src/decoder/walk.ts';
import { VectorFormatError } from './json.ts';
import type { Case } from './report.ts';

/** Models in the order of the columns of cost tables. */
export const COST_COLUMNS: readonly GasModelOption[] = ['naive', 'full-l1-hit', 'full-l2-hit', 'full-l3-hit'];

/** Differences printed of one listing or table. */
const SHOWN = 3;

/** Reads a program of any container, and checks that writing it gives the same bytes back. */
export const readAndWriteBack = (c: Case, bytes: Uint8Array, container: Blob['container']): Blob => {
  const blob =
    container === 'jam-raw'
      ? readJamProgram(bytes)
      : container === 'jam-spi'
        ? readSpi(bytes)
        : readBlob(bytes);
  const written =
    container === 'jam-raw'
      ? writeJamProgram(blob)
      : container === 'jam-spi'
        ? writeSpi(blob)
        : writeBlob(blob);
  c.check(
    'bytes',
    equalBytes(written, bytes),
    () => `write(read(file)) differs at byte ${firstByte(written, bytes)}`,
  );
  return blob;
};

const firstByte = (a: Uint8Array, b: Uint8Array): number => {
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  return at;
};

export const codeOf = (blob: Blob): PolkaVmCode =>
  new PolkaVmCode(blob.kind as PolkaVmKind, blob.code, blob.bitmask, blob.jumpTable);

/** One instruction of a listing. */
export interface ListedInstruction {
  readonly offset: number;
  readonly next: number;
  readonly text: string;
}

/** All code in the order of addresses. */
export const listingOf = (blob: Blob): ListedInstruction[] => {
  const walk = new CodeWalk(codeOf(blob).decoder);
  const width = widthOf(blob.kind);
  const listing: ListedInstruction[] = [];
  while (walk.next()) {
    const { offset, instruction } = walk;
    listing.push({ offset, next: offset + instruction.length, text: formatPolkaVm(instruction, width) });
  }
  return listing;
};

/** Compares two lists of lines and tells the first differences. */
export const checkLines = (
  c: Case,
  check: 'listing' | 'lines' | 'costs',
  expected: readonly string[],
  actual: readonly string[],
): void => {
  const differences: string[] = [];
  for (let i = 0; i < Math.max(expected.length, actual.length) && differences.length < SHOWN; i++) {
    if (expected[i] === actual[i]) continue;
    differences.push(`line ${i + 1} is ${actual[i] ?? 'missing'}\n    expected ${expected[i] ?? 'no line'}`);
  }
  c.check(check, differences.length === 0, () => differences.join('\n'));
};

/**
 * Checks the cost of every valid block start, and that there are no other starts.
 *
 * @param rows per block: offset, then a cost for each of `models`
 */
export const checkCosts = (
  c: Case,
  blob: Blob,
  rows: readonly (readonly number[])[],
  models: readonly GasModelOption[],
): void => {
  const code = codeOf(blob);
  for (const row of rows) {
    if (row.length !== models.length + 1) {
      throw new VectorFormatError(`a cost row has ${row.length} columns, expected ${models.length + 1}`);
    }
  }
  const prices = models.map((model) => blockPricer(code.decoder, gasModel(model, blob.kind)));
  const actual: string[] = [];
  for (let pc = code.nextBlock(0); pc !== undefined; pc = code.nextBlock(pc + 1)) {
    const start = pc;
    actual.push([start, ...prices.map((price) => price(start))].join('\t'));
  }
  checkLines(
    c,
    'costs',
    rows.map((row) => row.join('\t')),
    actual,
  );
};
