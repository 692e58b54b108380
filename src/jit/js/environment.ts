import * as int64 from '../../core/int64.ts';
import type { GuestMemory } from '../../memory/guest-memory.ts';

/** A translated function: the depth left for calls goes in, a code address comes out. */
export type GuestFunction = (depth: number) => number;

/**
 * What the functions of a unit use, by the names that their text has for it. V8 takes constants of the scope around a
 * function for constants, addresses of buffers included, while that scope exists once.
 */
export interface Environment {
  /** The memory's buffer as words, halves and bytes; register cells stand at the beginning. */
  readonly W: Int32Array;
  readonly H: Uint16Array;
  readonly B: Uint8Array;
  readonly V: DataView;
  /** Rights of its pages. */
  readonly R: Uint8Array;
  /** Bytes of it that the guest may use. */
  readonly Z: number;
  /** What is left of gas, and the number of the way by which code was left. */
  readonly N: Int32Array | Float64Array;
  /** Jump tables of the unit. */
  readonly J: Int16Array;
  /** Slots by code address. */
  readonly A: Int32Array;
  /** Functions by slot. */
  readonly T: GuestFunction[];
  readonly M: GuestMemory;
  /** Does what translated code leaves to others, for the site with this number; 0: go on, other: return. */
  readonly s: (site: number) => number;
}

const ARITHMETIC = {
  ...int64,
  imul: Math.imul,
  clz32: Math.clz32,
  /** See `highProduct` in values.ts. */
  SCALE: 2 ** -32,
  HALF: 0.5,
};

const NAMES: readonly string[] = [
  ...('W H B V R Z N J A T M s'.split(' ') satisfies string[]),
  ...Object.keys(ARITHMETIC),
];

/** Begins the text of a unit. */
export const PRELUDE: string = `'use strict';const{${NAMES.join(',')}}=E;\n`;

/** Names that may occur in the text of units, besides numbered ones. */
export const FIXED_NAMES: ReadonlySet<string> = new Set([...NAMES, 'E']);

/** An environment with the arithmetic that all units use. */
export const withArithmetic = (environment: Environment): Environment => ({ ...ARITHMETIC, ...environment });
