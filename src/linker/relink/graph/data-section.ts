import type { Block } from './block.ts';
import type { Link } from './link.ts';

export type DataKind = 'ro' | 'rw' | 'bss';

/** A place in data whose value is known only when the program is laid out. */
export interface DataReference {
  /** Where in the section. */
  readonly offset: number;
  /** Bytes of the field. */
  readonly size: 1 | 2 | 4 | 8;
  /** The value is the address of this plus `addend`, less `minus`. */
  readonly to: DataSection | Block;
  readonly addend: number;
  /** A position in data: the field is a distance. */
  readonly minus: { readonly section: DataSection; readonly addend: number } | undefined;
}

/** A section of data that the program may load from or store to. */
export class DataSection {
  readonly kind: DataKind;
  readonly name: string;
  /** Bytes in memory; what `bytes` lacks is zero. */
  readonly size: number;
  /** A power of two. */
  readonly alignment: number;
  /** Fields that `references` cover hold anything. */
  readonly bytes: Uint8Array;
  /**
   * The initial copy of thread-local data. Code reaches all of it from one address, by distances that the file's linker
   * has computed: such sections are kept together, in order, at the distances that they had.
   */
  readonly isThreadLocal: boolean;
  /** Ascending by offset, without overlap. */
  references: readonly DataReference[] = [];
  /** False: nothing that runs refers to it, and it is left out. Set by the collection of what is reachable. */
  isReachable = true;
  /** Guest address, once the program is laid out; before that 0. */
  address = 0;
  /** The address itself, as an operand. */
  readonly link: Link = { to: this, part: 'whole' };

  constructor(
    kind: DataKind,
    name: string,
    size: number,
    alignment: number,
    bytes: Uint8Array,
    isThreadLocal = false,
  ) {
    this.kind = kind;
    this.name = name;
    this.size = size;
    this.alignment = alignment;
    this.bytes = bytes;
    this.isThreadLocal = isThreadLocal;
  }

  /** The first reference that overlaps the field of `size` bytes at `offset`. */
  referenceNear(offset: number, size: number): DataReference | undefined {
    let low = 0;
    let high = this.references.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const { offset: at, size: length } = this.references[middle] as DataReference;
      if (at + length <= offset) low = middle + 1;
      else high = middle;
    }
    const found = this.references[low];
    return found !== undefined && found.offset < offset + size ? found : undefined;
  }
}
