import { hex } from '../../core/error.ts';

/** Where in the file something is: in messages `main+0x12 (section .text, offset 0x40)`, in details its fields. */
export class Location {
  readonly section: string;
  /** In the section; may lie outside of it. */
  readonly offset: number;
  /** Symbol of the function, or of the label, that the place belongs to. */
  readonly function: string | undefined;
  /** How far behind that symbol. */
  readonly functionOffset: number;

  constructor(section: string, offset: number, named?: { readonly name: string; readonly offset: number }) {
    this.section = section;
    this.offset = offset;
    this.function = named?.name;
    this.functionOffset = named?.offset ?? 0;
  }

  toString(): string {
    const place = `section ${this.section}, offset ${this.offset < 0 ? '-' : ''}${hex(Math.abs(this.offset))}`;
    if (this.function === undefined) return place;
    const behind = this.functionOffset === 0 ? '' : `+${hex(this.functionOffset)}`;
    return `${this.function}${behind} (${place})`;
  }
}

/** A place in the file, or what stands for one in a message. */
export type Where = Location | string;
