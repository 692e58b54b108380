import type { DebugSections, ExportTable } from '../blob/blob.ts';
import { DebugInfo, frameLocation, frameName, type Region } from '../blob/debug.ts';
import { toHex } from '../core/bytes.ts';
import type { GasModelOption } from './gas/models.ts';

export interface ListingOptions {
  /** Show what each basic block costs in this model. Default: no costs. */
  readonly gas?: GasModelOption;
  /** Show the bytes of each instruction. Default false. */
  readonly bytes?: boolean;
  /** Show where each instruction stands. Default true. */
  readonly offsets?: boolean;
  /** Show functions and source lines from the program's debug sections. Default true. */
  readonly debug?: boolean;
}

/** Raw bytes are padded to this many columns: enough for 8 bytes. */
const BYTES_COLUMNS = 24;

/** The column of raw bytes in front of an instruction; empty unless asked for. */
export const bytesColumn = (bytes: Uint8Array, options: ListingOptions): string =>
  options.bytes
    ? Array.from(bytes, (byte) => `${byte.toString(16).padStart(2, '0')} `)
        .join('')
        .padEnd(BYTES_COLUMNS)
    : '';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text of a name, which may be any bytes; undefined when it is not UTF-8. */
const decodeName = (bytes: Uint8Array): string | undefined => {
  try {
    return printable(utf8.decode(bytes));
  } catch {
    return undefined;
  }
};

const hexName = (bytes: Uint8Array): string => `0x${toHex(bytes)}`;

/** A name of the program for one line of text: control characters are escaped, other than UTF-8 is hexadecimal. */
export const nameText = (bytes: Uint8Array): string => decodeName(bytes) ?? hexName(bytes);

/** As `nameText`, in quotes where it is text. */
export const quotedName = (bytes: Uint8Array): string => {
  const text = decodeName(bytes);
  return text === undefined ? hexName(bytes) : `'${text}'`;
};

/** C0 and C1 control characters could move the cursor of a terminal or begin a line of their own. */
export const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be escaped.
  text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (c) => `\\u{${c.charCodeAt(0).toString(16)}}`);

/** The exports as marks of label lines. Offsets must be asked in ascending order. */
export class ExportMarks {
  readonly #sorted: readonly {
    readonly offset: number;
    readonly symbol: Uint8Array;
    readonly index: number;
  }[];
  #next = 0;

  constructor(exports: ExportTable) {
    this.#sorted = Array.from(exports, ({ offset, symbol }, index) => ({ offset, symbol, index })).sort(
      (p, q) => p.offset - q.offset,
    );
  }

  /** ` [export #0: 'name']` for each export that leads to `offset`, in file order. */
  at(offset: number): string {
    let text = '';
    for (; this.#next < this.#sorted.length; this.#next++) {
      const mark = this.#sorted[this.#next];
      if (mark === undefined || mark.offset > offset) break;
      if (mark.offset === offset) text += ` [export #${mark.index}: ${quotedName(mark.symbol)}]`;
    }
    return text;
  }
}

/**
 * Lines that tell which function and source position the next instruction belongs to. Instructions come in
 * ascending order, so one pass over the debug sections serves the whole listing.
 */
export class SourceLines {
  readonly #debug: DebugInfo;
  #regions: Iterator<Region> | undefined;
  #region: Region | undefined;
  /** Where the ranges used so far end: overlapping ones in a damaged file are not gone through twice. */
  #end = 0;
  #function: string | undefined;
  #frames = '';
  #isFirst = true;

  constructor(debug: DebugInfo) {
    this.#debug = debug;
  }

  /** Function header of the instruction at `offset` when the function changes; before it an empty line. */
  *header(offset: number): Generator<string, void> {
    const outermost = this.#at(offset)?.frames[0];
    const name = outermost && printable(frameName(outermost));
    if (name !== this.#function) {
      this.#function = name;
      if (!this.#isFirst) yield '';
      if (name !== undefined) yield `<${name}>:`;
    }
    this.#isFirst = false;
  }

  /** Source positions of the instruction at `offset`, then those inside inlined functions, when they change. */
  *frames(offset: number): Generator<string, void> {
    const lines = (this.#at(offset)?.frames ?? [])
      // An enter frame tells where the function stands, not where the instruction comes from.
      .filter((frame) => frame.kind !== 'enter' && frameLocation(frame) !== '')
      .map((frame, depth) => {
        const location = frameLocation(frame);
        return `        // ${printable(depth === 0 ? location : `${location} in ${frameName(frame)}`)}`;
      });
    const text = lines.join('\n');
    if (text === this.#frames) return;
    this.#frames = text;
    yield* lines;
  }

  #at(offset: number): Region | undefined {
    while (this.#region === undefined || this.#region.end <= offset) {
      if (!this.#advance(offset)) return undefined;
    }
    return this.#region.begin <= offset ? this.#region : undefined;
  }

  /** The next region of the range at hand or of the one around `offset`; false when there is none. */
  #advance(offset: number): boolean {
    const next = this.#regions?.next();
    this.#region = undefined;
    if (next !== undefined && !next.done) {
      this.#region = next.value;
      return true;
    }
    this.#regions = undefined;
    const range = this.#debug.findRange(offset);
    if (range === undefined || range.begin < this.#end) return false;
    this.#end = range.end;
    this.#regions = this.#debug.regions(range);
    return true;
  }
}

/** The source lines of a program, unless there are none or the options leave them out. */
export const sourceLinesOf = (debug: DebugSections, options: ListingOptions): SourceLines | undefined => {
  const info = new DebugInfo(debug);
  return options.debug === false || info.isEmpty ? undefined : new SourceLines(info);
};
