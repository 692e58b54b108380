import type { ProgramGraph } from '../graph/graph.ts';
import type { RelinkOptions } from '../options.ts';
import type { Pass, PassReport } from '../report.ts';
import { deadCode } from './dead-code.ts';
import { noOps } from './no-ops.ts';
import { PassRunner } from './pass-runner.ts';
import { collectReachable } from './reachable.ts';

/** What was done. */
export interface OptimiseResult {
  readonly passes: readonly PassReport[];
}

/** Optimises a program in place, and finds out what of it is reachable. */
export const optimise = (graph: ProgramGraph, options: RelinkOptions = {}): OptimiseResult => {
  const { level = 2, elideUnnecessaryLoads = true } = options;
  const runner = new PassRunner(graph);
  const reachable: Pass = { name: 'reachability', run: () => collectReachable(graph, level) };
  runner.run(reachable);
  runner.run(noOps);
  if (level < 2) return { passes: runner.reports };

  runner.run(deadCode(elideUnnecessaryLoads));
  runner.run(reachable);
  return { passes: runner.reports };
};
