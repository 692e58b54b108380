import type { Width } from '../../core/kind.ts';
import type { FunctionGraph } from '../graph/function-graph.ts';
import type { FunctionBody } from './encoder/function-body.ts';
import type { FunctionType } from './encoder/types.ts';
import type { Territory } from './territory.ts';

/** A function that translated code can call: of the same module, or whatever is in a slot of the table. */
export type Callee = { readonly index: number } | { readonly slot: number };

export type Quality = 'quick' | 'full';

/** What the emitter of a function asks of the module that the function becomes part of. */
export interface Unit {
  readonly width: Width;
  readonly riscv: boolean;
  /** Dynamic paging: every access goes through the page table. */
  readonly paged: boolean;
  /** No checks: accesses stay within the linear memory, that is all. */
  readonly isolated: boolean;
  /** How much is done about code: what pays for all of it, or what pays for hot code. */
  readonly quality: Quality;
  /** Exits store registers that the program will not read again as well. */
  readonly exactDeadRegisters: boolean;
  readonly territory: Territory;
  /** The type of all functions that guest functions become. */
  readonly type: FunctionType;
  /** Index of the imported function that does what translated code does not. */
  readonly servant: number;
  readonly pack: (gas: number, instructions: number) => number;
  /** Undefined where a call has to leave. */
  functionAt(pc: number): Callee | undefined;
  emitCall(f: FunctionBody, callee: Callee): void;
  /** Index of a function `(depth, counter, address, end)` that calls what is at `address`, and where that goes, to `end`. */
  follow(): number;
  /** A number for the instruction of a graph, which the servant gets; `need`: see Site. */
  siteOf(graph: FunctionGraph, instruction: number, need: number): number;
  /** Puts bytes into the tier's part of linear memory; their offset there, or undefined when there is no room. */
  addTable(bytes: Uint8Array): number | undefined;
}
