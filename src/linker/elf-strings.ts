import { fail } from './errors.ts';

/**
 * Names may share bytes (linkers merge common endings), in a broken file any number of them. Real tables stay
 * below twice their own size; a table that hands out more than this factor is refused, which bounds time and
 * memory.
 */
const VOLUME_FACTOR = 16;

/** A string table: zero-terminated names by offset. */
export class ElfStrings {
  readonly bytes: Uint8Array;
  readonly #section: string;
  readonly #known = new Map<number, string>();
  readonly #decoder = new TextDecoder();
  #volume = 0;

  constructor(bytes: Uint8Array, section: string) {
    this.bytes = bytes;
    this.#section = section;
  }

  /**
   * The name at `offset`, decoded as UTF-8 (bytes that are not become U+FFFD).
   * @throws RiscboxError `elf/no-string`, `elf/string-volume`
   */
  at(offset: number): string {
    // gABI, "String Table": offset 0 is the empty name, also of an empty table.
    if (offset === 0) return '';
    const known = this.#known.get(offset);
    if (known !== undefined) return known;
    const end = this.bytes.indexOf(0, offset);
    if (offset >= this.bytes.length || end < 0) {
      throw fail('elf/no-string', { section: this.#section, offset, size: this.bytes.length });
    }
    const limit = VOLUME_FACTOR * this.bytes.length;
    this.#volume += end - offset;
    if (this.#volume > limit) throw fail('elf/string-volume', { section: this.#section, limit });
    const name = this.#decoder.decode(this.bytes.subarray(offset, end));
    this.#known.set(offset, name);
    return name;
  }
}
