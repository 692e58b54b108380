import type { Width } from '../../../src/core/kind.ts';

/** A place in one of the program's sections of values. */
export interface Place {
  readonly section: number;
  readonly offset: number;
}

/**
 * How code comes to an address. `absolute`: lui and a low part in the access; `absolute-whole`: lui and addi;
 * `pcrel`, `pcrel-whole`: the same with auipc; `got`: a slot with the address; `gp`: relative to gp, as linkers leave
 * it behind relaxation; `pointer`: a pointer in data; `stored`: one that is stored first.
 */
export const WAYS = [
  'absolute',
  'absolute-whole',
  'pcrel',
  'pcrel-whole',
  'got',
  'gp',
  'pointer',
  'stored',
] as const;
export type Way = (typeof WAYS)[number];

/** A load or store of a value. */
export interface Access {
  readonly way: Way;
  readonly place: Place;
  readonly size: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  /** A register whose low bits choose a word near the place; undefined for none. */
  readonly index: number | undefined;
  /** A block begins between the two halves of the address. */
  readonly isSplit: boolean;
  /** The register that holds the address, if it is free. */
  readonly temporary: number;
}

/**
 * One step of a function. Registers are wishes: where one is taken, or holds nothing that may be looked at, another or
 * a constant stands in for it, so that any list of statements is a program.
 */
export type Statement =
  /** By an operation of the instruction table. */
  | {
      readonly kind: 'value';
      readonly op: number;
      readonly a: number;
      readonly b: number;
      readonly c: number;
      readonly x: number;
    }
  | { readonly kind: 'constant'; readonly a: number; readonly value: bigint }
  /** Conditional moves of opcode custom-0. */
  | {
      readonly kind: 'select';
      readonly form: 'eqz' | 'nez' | 'mips';
      readonly a: number;
      readonly b: number;
      readonly c: number;
      readonly d: number;
    }
  | { readonly kind: 'load' | 'store'; readonly a: number; readonly access: Access }
  | { readonly kind: 'slot-load' | 'slot-store'; readonly a: number; readonly slot: number }
  /** `a` = memory, memory = op(memory, c); through lr and sc where `isReserved`. */
  | {
      readonly kind: 'atomic';
      readonly op: number;
      readonly a: number;
      readonly c: number;
      readonly isReserved: boolean;
      readonly access: Access;
    }
  | {
      readonly kind: 'if';
      readonly op: number;
      readonly a: number;
      readonly b: number;
      readonly taken: readonly Statement[];
      readonly otherwise: readonly Statement[];
    }
  | {
      readonly kind: 'loop';
      readonly counter: number;
      /** The counter is in the frame. */
      readonly isInMemory: boolean;
      readonly isTestedFirst: boolean;
      readonly count: number;
      readonly body: readonly Statement[];
    }
  /** A pointer goes over words of a section; `a` = each of them. */
  | {
      readonly kind: 'walk';
      readonly pointer: number;
      readonly a: number;
      readonly way: Way;
      readonly section: number;
      readonly count: number;
      readonly body: readonly Statement[];
    }
  | {
      readonly kind: 'switch';
      readonly table: 'absolute' | 'relative' | 'compare';
      readonly a: number;
      readonly cases: readonly (readonly Statement[])[];
    }
  | {
      readonly kind: 'call';
      /** Numbers of functions; those that are not behind the caller count as the next one. */
      readonly callees: readonly number[];
      readonly how: 'direct' | 'jal' | 'pcrel' | 'got' | 'absolute' | 'table';
      /** Chooses one of the callees of a table. */
      readonly index: number;
    }
  | { readonly kind: 'host'; readonly imported: number; readonly isInline: boolean }
  | { readonly kind: 'environment'; readonly number: number }
  | {
      readonly kind: 'fill';
      readonly place: Place;
      readonly length: number;
      readonly value: number;
    }
  | { readonly kind: 'heap'; readonly how: 'sbrk' | 'base'; readonly a: number; readonly b: number }
  /** `a` = 1 when two places are the same, else 0; or how far they are apart. */
  | {
      readonly kind: 'compare';
      readonly a: number;
      readonly p: Place;
      readonly q: Place;
      readonly isDistance: boolean;
    }
  /** `a` = 1: functions have addresses. */
  | { readonly kind: 'is-function'; readonly a: number; readonly callee: number }
  | { readonly kind: 'return' | 'trap' | 'fence' };

export interface FuzzFunction {
  /** Argument registers, 0 to 6. */
  readonly parameters: number;
  /** Registers of the result: 1 or 2. */
  readonly results: number;
  readonly slots: number;
  /** s0 points to the frame's end, and slots are relative to it. */
  readonly hasFramePointer: boolean;
  readonly body: readonly Statement[];
  /** A function behind this one that it ends in a jump to. */
  readonly tail: number | undefined;
  readonly isTailIndirect: boolean;
}

export interface FuzzImport {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
}

/** A distance between two places of one section, as a field of that section. */
export interface DistanceField {
  readonly offset: number;
  readonly size: 1 | 2 | 4 | 8;
  readonly from: number;
  readonly to: number;
}

export interface FuzzSection {
  readonly name: string;
  /** Bytes in front of the values, so that low parts of addresses are of both signs. */
  readonly padding: number;
  readonly kind: 'ro' | 'rw' | 'bss';
  readonly bytes: Uint8Array;
  readonly fields: readonly DistanceField[];
}

/** Bytes of a section of values. */
export const SECTION_SIZE = 64;

export interface FuzzProgram {
  readonly width: Width;
  /** RV32E or RV64E. */
  readonly isEmbedded: boolean;
  readonly isCompressed: boolean;
  /** An object file instead of an executable. */
  readonly isObject: boolean;
  /** Each function is a section of its own. */
  readonly isSplit: boolean;
  /** Branches within a section keep their relocations. */
  readonly keepsLocal: boolean;
  readonly sections: readonly FuzzSection[];
  readonly imports: readonly FuzzImport[];
  readonly functions: readonly FuzzFunction[];
  /** The first so many functions are exported. */
  readonly exports: number;
}
