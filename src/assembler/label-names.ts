import type { Blob, Export } from '../blob/blob.ts';
import { makeExportTable } from '../blob/tables.ts';
import { compareBytes, equalBytes } from '../core/bytes.ts';
import type { CodeSurvey } from './code-survey.ts';

/** How the exports of a program are stated. */
export type ExportWriting =
  /** By `pub` in front of their labels: that is enough. */
  | 'public'
  /** In order, by directives. */
  | 'listed'
  /** As bytes. */
  | 'raw';

/** Names that say nothing but what they show; numbers are taken by the other labels. */
const PLAIN_NAME = /^(?!\d+$)[\p{L}\p{N}_.$-]+$/u;

const NONE: readonly string[] = [];

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const labelName = (symbol: Uint8Array): string | undefined => {
  try {
    const name = utf8.decode(symbol);
    return PLAIN_NAME.test(name) ? name : undefined;
  } catch {
    return undefined;
  }
};

/** Which code offsets have labels, and how these are called. */
export class LabelNames {
  readonly exportWriting: ExportWriting;
  readonly exports: readonly Export[];
  /** Names by offset; one that is only jumped to has its number. */
  readonly #names: ReadonlyMap<number, readonly string[]>;

  constructor(blob: Blob, survey: CodeSurvey) {
    this.exports = [...blob.exports];
    const isCanonical = equalBytes(makeExportTable(this.exports).bytes, blob.exports.bytes);
    const names = isCanonical ? exportNames(this.exports, survey) : new Map<number, string[]>();
    const named = [...names.values()].reduce((sum, { length }) => sum + length, 0);
    const isPublic = named === this.exports.length && isSorted(this.exports);
    this.exportWriting = isCanonical ? (isPublic ? 'public' : 'listed') : 'raw';
    this.#names = withNumbers(names, offsetsOf(blob, survey));
  }

  /** A place as operands and directives name it. */
  place(offset: number): string {
    const names = this.#names.get(offset);
    return names === undefined ? `${offset}` : `@${names[0]}`;
  }

  /** The lines that define the labels at an offset. */
  linesAt(offset: number): readonly string[] {
    const names = this.#names.get(offset);
    if (names === undefined) return NONE;
    const mark = this.exportWriting === 'public' ? 'pub ' : '';
    return names.map((name) => (/^\d+$/.test(name) ? `@${name}:` : `${mark}@${name}:`));
  }
}

const exportNames = (exports: readonly Export[], survey: CodeSurvey): Map<number, string[]> => {
  const taken = new Set<string>();
  const names = new Map<number, string[]>();
  for (const { offset, symbol } of exports) {
    const name = survey.decoder.isStart(offset) ? labelName(symbol) : undefined;
    if (name === undefined || taken.has(name)) continue;
    taken.add(name);
    const others = names.get(offset);
    if (others === undefined) names.set(offset, [name]);
    else others.push(name);
  }
  return names;
};

const isSorted = (exports: readonly Export[]): boolean =>
  exports.every(({ symbol }, k) => k === 0 || compareBytes((exports[k - 1] as Export).symbol, symbol) < 0);

/** Where instructions start that are named elsewhere. */
const offsetsOf = ({ jumpTable, exports }: Blob, { decoder, jumpTargets }: CodeSurvey): Set<number> => {
  const offsets = new Set(jumpTargets);
  const add = (offset: number): void => {
    if (decoder.isStart(offset)) offsets.add(offset);
  };
  for (let k = 0; k < jumpTable.count; k++) add(jumpTable.target(k));
  for (const { offset } of exports) add(offset);
  return offsets;
};

const withNumbers = (
  names: ReadonlyMap<number, readonly string[]>,
  offsets: ReadonlySet<number>,
): ReadonlyMap<number, readonly string[]> => {
  const all = new Map(names);
  let number = 0;
  for (const offset of Uint32Array.from(offsets).sort()) {
    if (!all.has(offset)) all.set(offset, [`${number++}`]);
  }
  return all;
};
