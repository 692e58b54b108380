import { MAX_FRAMES } from '../../blob/line-program.ts';
import type { StringPlace } from './strings.ts';
import type { Unit } from './units.ts';

/** A namespace or type that names are in. */
export interface Scope {
  readonly parent: Scope | undefined;
  readonly name: StringPlace;
  readonly isNamespace: boolean;
}

/** A DW_TAG_subprogram: the declaration, abstract instance or definition of a function. */
export interface Subprogram {
  readonly unit: Unit;
  readonly scope: Scope | undefined;
  readonly name: StringPlace;
  readonly linkageName: StringPlace;
  /** Position in .debug_info of the entry that says the rest. */
  readonly origin: number | undefined;
  /** File 0 is a file from version 5 on; lines and columns 0 are unknown. */
  readonly file: number | undefined;
  readonly line: number;
  readonly column: number;
}

/** A function that code belongs to, or a call in it that was inlined: a node of the tree of calls. */
export interface FunctionNode {
  /** The function that this one was inlined into. */
  readonly parent: FunctionNode | undefined;
  /** Number of functions around this one. */
  readonly depth: number;
  /** Position in .debug_info of the Subprogram. */
  readonly definition: number;
  readonly unit: Unit;
  /** Where an inlined function is called, as in Subprogram. */
  readonly callFile: number | undefined;
  readonly callLine: number;
  readonly callColumn: number;
}

/** Calls inlined deeper than this do not fit the frames: one for the function, one for each call and one for the line. */
export const DEEPEST_CALL: number = MAX_FRAMES - 2;
