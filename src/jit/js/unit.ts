import type { Width } from '../../core/kind.ts';
import type { FunctionGraph } from '../graph/function-graph.ts';
import type { Left } from '../wasm/exits.ts';
import type { Territory } from '../wasm/territory.ts';

/** What the printer of a function asks of the text that the function becomes part of. */
export interface Unit {
  readonly width: Width;
  readonly riscv: boolean;
  /** Dynamic paging: every access goes through the memory's own methods. */
  readonly paged: boolean;
  readonly territory: Territory;
  /** The counter is an int32, not a double. */
  readonly wholeCounter: boolean;
  /** Where dynamic jumps lead, as `Code` says. */
  readonly codeAddresses: { readonly first: number; readonly end: number };
  readonly pack: (gas: number, instructions: number) => number;
  /** The function entered at `pc`, as what stands before the arguments of a call. */
  calleeOf(pc: number): string;
  /** A number for a way out; `amount`: what the counter is too high by there. */
  exitOf(kind: Left, pc: number, amount: number): number;
  /** A number for the instruction of a graph that somebody else does; `need`: see Site. */
  siteOf(graph: FunctionGraph, instruction: number, need: number): number;
  /** Puts a jump table among those of the unit; where it begins. */
  tableOf(entries: readonly number[]): number;
}

/** A function nests deeper than engines parse without risk to their stack. */
export class TooDeep extends Error {}
