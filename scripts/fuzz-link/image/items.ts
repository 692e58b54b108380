/** What an instruction or a field refers to; `gp` and what follows it are parts of addresses. */
export interface Reference {
  readonly part: 'high' | 'low' | 'pcrel-high' | 'got-high' | 'pcrel-low' | 'gp' | 'call' | 'jump' | 'branch';
  /** A symbol; of `pcrel-low` the label of the auipc. */
  readonly symbol: string;
  readonly addend: number;
}

/** One thing in a section of code. */
export type Item =
  | { readonly kind: 'label'; readonly name: string }
  | {
      readonly kind: 'instruction';
      readonly op: number;
      readonly a: number;
      readonly b: number;
      readonly c: number;
      /** Frames know their size at the end only. */
      x: number;
      readonly reference: Reference | undefined;
    }
  /** Words that no row of the instruction table stands for; two of a call. */
  | { readonly kind: 'words'; readonly words: readonly number[]; readonly reference: Reference | undefined }
  /** Behind a host call. */
  | { readonly kind: 'pointer'; readonly symbol: string };

/** A field of data that holds an address, or (with `minus`) how far one is from another. */
export interface DataField {
  readonly offset: number;
  readonly size: 1 | 2 | 4 | 8;
  readonly symbol: string;
  readonly addend: number;
  readonly minus: { readonly symbol: string; readonly addend: number } | undefined;
}

export interface CodeUnit {
  readonly name: string;
  readonly items: readonly Item[];
}

export interface DataUnit {
  readonly name: string;
  readonly kind: 'ro' | 'rw' | 'bss' | 'record';
  readonly size: number;
  readonly alignment: number;
  readonly bytes: Uint8Array;
  readonly fields: readonly DataField[];
  /** Symbols by offset. */
  readonly symbols: ReadonlyMap<string, number>;
}

/** A program as assembly: what is left to do is assembling and linking. */
export interface Assembly {
  readonly code: readonly CodeUnit[];
  readonly data: readonly DataUnit[];
}
