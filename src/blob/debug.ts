import { ByteReader, ByteWriter, readUint } from '../core/bytes.ts';
import type { DebugSections } from './blob.ts';
import { fail } from './debug-errors.ts';
import { READER_ERRORS } from './errors.ts';
import {
  type FrameKind,
  LINE_PROGRAM_VERSION,
  type RawFrame,
  type RawRegion,
  runLineProgram,
  writeLineProgram,
} from './line-program.ts';

/** A source position; names are empty and numbers 0 where unknown. */
export interface Frame {
  readonly kind: FrameKind;
  readonly namespace: string;
  readonly function: string;
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** Code offsets `begin` to `end - 1` and the source frames they belong to, outermost first. */
export interface Region {
  readonly begin: number;
  readonly end: number;
  readonly frames: readonly Frame[];
}

/** One record of the range section: code offsets `begin` to `end - 1` are told by the line program at `program`. */
export interface LineRange {
  readonly begin: number;
  readonly end: number;
  readonly program: number;
}

/** Bytes of a range record: three u32. */
const RANGE_RECORD = 12;

/**
 * Source-level information of a program. Nothing is checked or decoded before it is asked for: every method
 * throws RiscboxError `blob/*` when what it needs is malformed.
 */
export class DebugInfo {
  readonly #sections: DebugSections;

  constructor(sections: DebugSections) {
    this.#sections = sections;
  }

  /** True when there is no line information at all. */
  get isEmpty(): boolean {
    return this.#sections.lineRanges.length === 0;
  }

  /** Number of ranges. */
  get rangeCount(): number {
    const { length } = this.#sections.lineRanges;
    if (length % RANGE_RECORD !== 0) throw fail('blob/debug-ranges-size', { length });
    return length / RANGE_RECORD;
  }

  /** Range `index`, 0 to `rangeCount - 1`. */
  range(index: number): LineRange {
    const bytes = this.#sections.lineRanges;
    const at = index * RANGE_RECORD;
    return {
      begin: readUint(bytes, at, 4),
      end: readUint(bytes, at + 4, 4),
      program: readUint(bytes, at + 8, 4),
    };
  }

  /** The range that contains a code offset, found by binary search. */
  findRange(offset: number): LineRange | undefined {
    let low = 0;
    let high = this.rangeCount;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const range = this.range(middle);
      if (offset < range.begin) high = middle;
      else if (offset >= range.end) low = middle + 1;
      else return range;
    }
    return undefined;
  }

  /** Regions of one range, ascending. */
  *regions(range: LineRange): Generator<Region, void> {
    for (const { begin, end, frames } of this.rawRegions(range)) {
      yield { begin, end, frames: frames.map((frame) => this.#resolve(frame)) };
    }
  }

  /** As `regions`, with names as offsets into the strings section. */
  rawRegions(range: LineRange): Generator<RawRegion, void> {
    return runLineProgram(this.#sections.linePrograms, range.program, range.begin);
  }

  /** The region that contains a code offset. */
  lookup(offset: number): Region | undefined {
    const range = this.findRange(offset);
    if (!range) return undefined;
    for (const { begin, end, frames } of this.rawRegions(range)) {
      if (offset >= end) continue;
      return offset < begin ? undefined : { begin, end, frames: frames.map((frame) => this.#resolve(frame)) };
    }
    return undefined;
  }

  /** The string at an offset of the strings section. */
  string(offset: number): string {
    return debugString(this.#sections.strings, offset);
  }

  #resolve({ kind, namespace, function: name, path, line, column }: RawFrame): Frame {
    return {
      kind,
      namespace: this.#name(namespace),
      function: this.#name(name),
      path: this.#name(path),
      line,
      column,
    };
  }

  /** Offset 0 stands for none. */
  #name(offset: number): string {
    return offset === 0 ? '' : this.string(offset);
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws RiscboxError `blob/debug-string` when there is no whole UTF-8 string at `offset` */
export const debugString = (strings: Uint8Array, offset: number): string => {
  try {
    const reader = new ByteReader(strings, READER_ERRORS);
    reader.take(offset);
    return decoder.decode(reader.take(reader.varint()));
  } catch (cause) {
    throw fail('blob/debug-string', { offset }, { cause });
  }
};

/** `namespace::function`, or the one of both that is there. */
export const frameName = ({ namespace, function: name }: Frame): string =>
  namespace === '' ? name : `${namespace}::${name}`;

/** `path:line:column` as far as known; empty without a path. */
export const frameLocation = ({ path, line, column }: Frame): string =>
  path === '' || line === 0 ? path : column === 0 ? `${path}:${line}` : `${path}:${line}:${column}`;

/** Collects source information and writes the three debug sections. */
export class DebugWriter {
  readonly #strings: ByteWriter = new ByteWriter();
  readonly #offsets: Map<string, number> = new Map();
  readonly #programs: ByteWriter = new ByteWriter().u8(LINE_PROGRAM_VERSION);
  readonly #ranges: ByteWriter = new ByteWriter();
  #end = 0;

  constructor() {
    // Offset 0 is the empty string, so that it can stand for "none".
    this.string('');
  }

  /** Offset of a string in the strings section; equal strings are stored once. */
  string(text: string): number {
    const known = this.#offsets.get(text);
    if (known !== undefined) return known;
    const offset = this.#strings.length;
    const bytes = new TextEncoder().encode(text);
    this.#strings.varint(bytes.length).bytes(bytes);
    this.#offsets.set(text, offset);
    return offset;
  }

  /**
   * Adds one range with its regions, which follow each other without gaps. Ranges come in ascending order.
   * @throws RiscboxError `blob/debug-write`
   */
  range(regions: readonly Region[]): this {
    return this.rawRange(
      regions.map(({ begin, end, frames }) => ({
        begin,
        end,
        frames: frames.map((frame) => this.#intern(frame)),
      })),
    );
  }

  /** As `range`, with names as offsets that `string` returned. */
  rawRange(regions: readonly RawRegion[]): this {
    const first = regions[0];
    const last = regions.at(-1);
    if (!first || !last) return this;
    if (first.begin < this.#end) {
      throw fail('blob/debug-write', {
        begin: first.begin,
        end: last.end,
        problem: 'before the end of the range before',
      });
    }
    const program = this.#programs.length;
    writeLineProgram(this.#programs, regions);
    this.#ranges.u32(first.begin).u32(last.end).u32(program);
    this.#end = last.end;
    return this;
  }

  finish(): DebugSections {
    return {
      strings: this.#strings.finish(),
      linePrograms: this.#programs.finish(),
      lineRanges: this.#ranges.finish(),
    };
  }

  #intern({ kind, namespace, function: name, path, line, column }: Frame): RawFrame {
    return {
      kind,
      namespace: this.string(namespace),
      function: this.string(name),
      path: this.string(path),
      line,
      column,
    };
  }
}
