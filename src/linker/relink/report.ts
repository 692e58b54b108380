import type { ProgramGraph } from './graph/graph.ts';

/** What one pass did: sizes of the whole program before and after. */
export interface PassReport {
  readonly pass: string;
  /** Runs of the pass; it may be repeated until nothing changes. */
  readonly runs: number;
  /** Instructions and ends of reachable blocks that went (negative: came). */
  readonly instructionsSaved: number;
  /** Bytes of code as estimated before layout. */
  readonly bytesSaved: number;
  readonly dataBytesSaved: number;
  readonly milliseconds: number;
}

/** A step over the whole graph. Changes it in place; returns true when it changed anything. */
export interface Pass {
  readonly name: string;
  run(graph: ProgramGraph): boolean;
}
