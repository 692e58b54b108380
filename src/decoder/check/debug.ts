import type { Blob } from '../../blob/blob.ts';
import { DebugInfo, debugString, type LineRange } from '../../blob/debug.ts';
import { READER_ERRORS } from '../../blob/errors.ts';
import { ByteReader } from '../../core/bytes.ts';
import { isRiscboxError } from '../../core/error.ts';
import { checkedVarint } from './framing.ts';
import type { Report } from './rules.ts';

/** What a RiscboxError says; anything else is a slip of ours and goes on. */
const problemOf = (error: unknown): string => {
  if (isRiscboxError(error)) return error.message;
  throw error;
};

/** Offsets of all strings of the pool, which lie one behind the other. */
const checkStrings = (strings: Uint8Array, at: number, report: Report): ReadonlySet<number> => {
  const reader = new ByteReader(strings, READER_ERRORS, at);
  const offsets = new Set<number>();
  try {
    while (reader.remaining > 0) {
      const { offset } = reader;
      reader.take(checkedVarint(reader, 'length of a debug string', report));
      debugString(strings, offset);
      offsets.add(offset);
    }
  } catch (error) {
    report('debug-strings', reader.position, { problem: problemOf(error) });
  }
  return offsets;
};

class LineCheck {
  readonly #info: DebugInfo;
  readonly #strings: ReadonlySet<number>;
  readonly #codeLength: number;
  readonly #report: Report;
  /** A region takes a byte at least, so there cannot be more regions than bytes unless programs overlap. */
  #regionsLeft: number;
  #end = 0;

  constructor(blob: Blob, strings: ReadonlySet<number>, report: Report) {
    this.#info = new DebugInfo(blob.debug);
    this.#strings = strings;
    this.#codeLength = blob.code.length;
    this.#report = report;
    this.#regionsLeft = blob.debug.linePrograms.length;
  }

  range(range: LineRange, at: number): void {
    const { begin, end } = range;
    const problem = this.#rangeProblem(range);
    if (problem !== undefined) this.#report('debug-range', at, { begin, end, problem });
    this.#end = Math.max(this.#end, end);
    if (this.#regionsLeft < 0) return;
    try {
      const found = this.#programProblem(range);
      if (found !== undefined) this.#programReport(range, at, found);
    } catch (error) {
      this.#programReport(range, at, problemOf(error));
    }
  }

  #programReport({ begin, program }: LineRange, at: number, problem: string): void {
    this.#report('debug-line-program', at, { begin, program, problem });
  }

  #rangeProblem({ begin, end }: LineRange): string | undefined {
    if (begin >= end) return 'is empty';
    if (begin < this.#end) return `begins before the end of the one before, ${this.#end}`;
    return end > this.#codeLength ? `ends behind the code of ${this.#codeLength} bytes` : undefined;
  }

  #programProblem(range: LineRange): string | undefined {
    let covered = range.begin;
    for (const { end, frames } of this.#info.rawRegions(range)) {
      covered = end;
      if (this.#regionsLeft-- <= 0) return 'it shares its bytes with other programs';
      for (const { namespace, function: name, path } of frames) {
        for (const offset of [namespace, name, path]) {
          if (offset !== 0 && !this.#strings.has(offset)) return `no string begins at ${offset}`;
        }
      }
    }
    return covered > range.end ? `its regions end at ${covered}, behind the range` : undefined;
  }
}

/** Checks that debug strings, ranges and line programs can be read to their end. `at`: file offset of a section. */
export const checkDebug = (blob: Blob, at: (section: Uint8Array) => number, report: Report): void => {
  const { strings, lineRanges } = blob.debug;
  const check = new LineCheck(blob, checkStrings(strings, at(strings), report), report);
  const info = new DebugInfo(blob.debug);
  const start = at(lineRanges);
  let count = 0;
  try {
    count = info.rangeCount;
  } catch (error) {
    report('debug-ranges', start, { problem: problemOf(error) });
  }
  const recordSize = count === 0 ? 0 : lineRanges.length / count;
  for (let index = 0; index < count; index++) check.range(info.range(index), start + index * recordSize);
};
