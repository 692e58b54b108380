import { fail } from './errors.ts';
import type { Notes } from './notes.ts';
import type { DwarfSectionName, DwarfSections } from './sections.ts';

/**
 * Strings may overlap, in a broken section any number of them. Real sections hand out about their own size, since
 * every string is decoded once; one that hands out more than this factor is refused, which bounds time and memory.
 */
const VOLUME_FACTOR = 16;

/** Zero-terminated strings of one section by position, each decoded once. */
class SectionStrings {
  readonly #bytes: Uint8Array;
  readonly #section: string;
  /** Position of the last zero: behind it, looking for the end of a string would search the whole section again and again. */
  readonly #lastEnd: number;
  readonly #known = new Map<number, string>();
  readonly #decoder = new TextDecoder();
  #volume = 0;

  constructor(bytes: Uint8Array, section: string) {
    this.#bytes = bytes;
    this.#section = section;
    this.#lastEnd = bytes.lastIndexOf(0);
  }

  /** Throws once for a string that is none; from then on it is empty. */
  at(position: number): string {
    const known = this.#known.get(position);
    if (known !== undefined) return known;
    this.#known.set(position, '');
    if (position > this.#lastEnd) {
      throw fail('link/dwarf-malformed', { section: this.#section, at: position, problem: 'no string' });
    }
    const end = this.#bytes.indexOf(0, position);
    this.#volume += end - position;
    const limit = VOLUME_FACTOR * this.#bytes.length;
    if (this.#volume > limit) throw fail('link/dwarf-volume', { section: this.#section, limit });
    const text = this.#decoder.decode(this.#bytes.subarray(position, end));
    this.#known.set(position, text);
    return text;
  }
}

type StringSection = Extract<
  DwarfSectionName,
  '.debug_str' | '.debug_line_str' | '.debug_info' | '.debug_line'
>;

const SOURCES: readonly StringSection[] = ['.debug_str', '.debug_line_str', '.debug_info', '.debug_line'];

/** Where a string is, as one number: units have hundreds of thousands of names, few of which are ever read. */
export type StringPlace = number;

export const NO_STRING: StringPlace = 0;

export const stringPlace = (section: StringSection, position: number): StringPlace =>
  1 + SOURCES.indexOf(section) + SOURCES.length * position;

/** The strings of all debug sections. */
export class DebugStrings {
  readonly #sources: readonly SectionStrings[];
  readonly #notes: Notes;

  constructor(sections: DwarfSections, notes: Notes) {
    this.#notes = notes;
    this.#sources = SOURCES.map((name) => new SectionStrings(sections[name], name));
  }

  /** The text at a place; empty for NO_STRING. Also empty, and noted, where there is none. */
  text(place: StringPlace): string {
    if (place === NO_STRING) return '';
    const index = place - 1;
    let text = '';
    this.#notes.guard(() => {
      text = this.#sources[index % SOURCES.length]!.at(Math.floor(index / SOURCES.length));
    });
    return text;
  }
}
