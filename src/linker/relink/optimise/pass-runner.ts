import type { ProgramGraph } from '../graph/graph.ts';
import type { Pass, PassReport } from '../report.ts';
import type { BlockSummaries } from './block-summaries.ts';
import { type GraphSize, sizeOf } from './graph-size.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Runs passes and notes what each of them did; runs of one name are added up. */
export class PassRunner {
  readonly #graph: ProgramGraph;
  readonly #reports = new Map<string, Mutable<PassReport>>();
  readonly #summaries: BlockSummaries;
  #size: GraphSize;

  constructor(graph: ProgramGraph, summaries: BlockSummaries) {
    this.#graph = graph;
    this.#summaries = summaries;
    this.#size = sizeOf(graph, summaries);
  }

  get reports(): readonly PassReport[] {
    return [...this.#reports.values()];
  }

  /** Returns true when the pass changed anything. */
  run(pass: Pass): boolean {
    const before = this.#size;
    const start = performance.now();
    const changed = pass.run(this.#graph);
    const milliseconds = performance.now() - start;
    const after = changed ? sizeOf(this.#graph, this.#summaries) : before;
    this.#size = after;
    const report = this.#reportOf(pass.name);
    report.runs++;
    report.instructionsSaved += before.instructions - after.instructions;
    report.bytesSaved += before.codeBytes - after.codeBytes;
    report.dataBytesSaved += before.dataBytes - after.dataBytes;
    report.milliseconds += milliseconds;
    return changed;
  }

  #reportOf(pass: string): Mutable<PassReport> {
    let report = this.#reports.get(pass);
    if (report === undefined) {
      report = { pass, runs: 0, instructionsSaved: 0, bytesSaved: 0, dataBytesSaved: 0, milliseconds: 0 };
      this.#reports.set(pass, report);
    }
    return report;
  }
}
