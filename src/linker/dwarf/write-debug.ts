import type { DebugSections } from '../../blob/blob.ts';
import { DebugWriter, type Frame, type Region } from '../../blob/debug.ts';
import type { CodeOrigin } from '../relink/output/placement.ts';
import type { SourceMap } from './source-map.ts';

/** Code that the linker invented, which has no address in the file. */
const INVENTED = -1;

/**
 * Writes what source code the code of a blob was made from. Code that the linker invented belongs to the code in front
 * of it; code that nothing is known about is left out.
 */
export const writeDebugSections = (origins: readonly CodeOrigin[], sources: SourceMap): DebugSections => {
  const ranges = new RangeCollector();
  for (const { offset, length, origin } of origins) {
    if (length === 0) continue;
    if (origin === INVENTED) ranges.extend(offset, offset + length);
    else ranges.add(offset, offset + length, sources.framesAt(origin));
  }
  return ranges.finish();
};

/** Joins code with equal frames to regions, and regions of one function to ranges. */
class RangeCollector {
  readonly #writer = new DebugWriter();
  #range: Region[] = [];
  #begin = 0;
  #end = 0;
  #frames: readonly Frame[] = [];

  /** Adds code with its frames; none end the range. */
  add(begin: number, end: number, frames: readonly Frame[]): void {
    const adjoins = begin === this.#end;
    if (adjoins && sameFrames(frames, this.#frames)) {
      this.#end = end;
      return;
    }
    this.#finishRegion();
    if (!adjoins || !sameFunction(frames[0], this.#range.at(-1)?.frames[0])) this.#finishRange();
    this.#begin = begin;
    this.#end = end;
    this.#frames = frames;
  }

  /** Adds code that has the frames of the code in front of it. */
  extend(begin: number, end: number): void {
    if (begin === this.#end) this.#end = end;
  }

  finish(): DebugSections {
    this.#finishRegion();
    this.#finishRange();
    return this.#writer.finish();
  }

  #finishRegion(): void {
    if (this.#frames.length === 0) return;
    this.#range.push({ begin: this.#begin, end: this.#end, frames: this.#frames });
    this.#frames = [];
  }

  #finishRange(): void {
    this.#writer.range(this.#range);
    this.#range = [];
  }
}

/** What readers find a range by. */
const sameFunction = (a: Frame | undefined, b: Frame | undefined): boolean =>
  a !== undefined &&
  b !== undefined &&
  (a === b || (a.namespace === b.namespace && a.function === b.function && a.path === b.path));

const sameFrames = (a: readonly Frame[], b: readonly Frame[]): boolean =>
  a === b || (a.length === b.length && a.every((frame, index) => sameFrame(frame, b[index]!)));

const sameFrame = (a: Frame, b: Frame): boolean =>
  a === b ||
  (a.kind === b.kind &&
    a.line === b.line &&
    a.column === b.column &&
    a.function === b.function &&
    a.namespace === b.namespace &&
    a.path === b.path);
