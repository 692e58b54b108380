import type { Blob } from '../../../src/blob/blob.ts';
import { DebugInfo, frameLocation, frameName } from '../../../src/blob/debug.ts';
import { readBlob } from '../../../src/blob/read.ts';
import { COST_COLUMNS, checkCosts, checkLines, listingOf } from '../code-checks.ts';
import type { VectorFile } from '../file.ts';
import { toNumber } from '../json.ts';
import { referredFile, type VectorKind, type VectorRun } from '../kind.ts';
import type { Case } from '../report.ts';

/** What the rows of a table look like; the first line tells. */
const ROWS = {
  disasm: /^\d+\t[^\t]+$/,
  gas: /^\d+(\t\d+)+$/,
  lines: /^\d+\.\.\d+(\t|$)/,
} as const;

const firstLine = (file: VectorFile): string => {
  const end = file.bytes.indexOf(0x0a);
  return new TextDecoder().decode(file.bytes.subarray(0, Math.min(end < 0 ? file.bytes.length : end, 4096)));
};

/** Tables are about the blob that their name tells: `gas_doom.tsv` about doom.polkavm. */
const blobOf = (c: Case, file: VectorFile, run: VectorRun): Blob => {
  const name = `${/^[^_]+_(.+)\.tsv$/.exec(file.name)?.[1] ?? file.name}.polkavm`;
  const blob = referredFile(c, run, name, file);
  return readBlob(blob.bytes);
};

const table = (
  name: string,
  rows: RegExp,
  check: (c: Case, blob: Blob, lines: readonly string[]) => void,
): VectorKind => ({
  name,
  recognise: (file) => file.name.endsWith('.tsv') && rows.test(firstLine(file)),
  run: (file, run) => {
    run.case(file.name, (c) => {
      check(c, blobOf(c, file, run), file.lines);
    });
  },
});

/** Offset and text of every instruction. */
export const listingTable: VectorKind = table('listing-table', ROWS.disasm, (c, blob, lines) => {
  checkLines(
    c,
    'listing',
    lines,
    listingOf(blob).map(({ offset, text }) => `${offset}\t${text}`),
  );
});

/** Costs of every block in all models. */
export const costTable: VectorKind = table('cost-table', ROWS.gas, (c, blob, lines) => {
  const rows = lines.map((line) => line.split('\t').map((cell) => toNumber(cell, 'cost')));
  checkCosts(c, blob, rows, COST_COLUMNS.slice(0, (rows[0]?.length ?? 1) - 1));
});

const FRAME_LETTER = { enter: 'f', call: 'c', line: 'l' } as const;

/** Source position of every code region. */
export const lineTable: VectorKind = table('line-table', ROWS.lines, (c, blob, lines) => {
  const info = new DebugInfo(blob.debug);
  const actual: string[] = [];
  for (let i = 0; i < info.rangeCount; i++) {
    for (const { begin, end, frames } of info.regions(info.range(i))) {
      const cells = frames.map((f) => `${FRAME_LETTER[f.kind]} ${frameName(f)} ${frameLocation(f)}`);
      actual.push([`${begin}..${end}`, ...cells].join('\t'));
    }
  }
  checkLines(c, 'lines', lines, actual);
});
