import type { ProgramGraph } from '../graph/graph.ts';
import type { RelinkOptions } from '../options.ts';
import type { Pass, PassReport } from '../report.ts';
import { constantPropagation } from './constant-propagation.ts';
import { deadCode } from './dead-code.ts';
import { noOps } from './no-ops.ts';
import { PassRunner } from './pass-runner.ts';
import { collectReachable } from './reachable.ts';

/** What was done. */
export interface OptimiseResult {
  readonly passes: readonly PassReport[];
}

/** Most programs need three or four; each later one finds less. */
const ROUNDS = 6;

/** Optimises a program in place, and finds out what of it is reachable. */
export const optimise = (graph: ProgramGraph, options: RelinkOptions = {}): OptimiseResult => {
  const { level = 2, elideUnnecessaryLoads = true } = options;
  const runner = new PassRunner(graph);
  const reachable: Pass = { name: 'reachability', run: () => collectReachable(graph, level) };
  runner.run(reachable);
  runner.run(noOps);
  if (level < 2) return { passes: runner.reports };

  const dead = deadCode(elideUnnecessaryLoads);
  for (let round = 0; round < ROUNDS; round++) {
    const changed = [constantPropagation, noOps, reachable, dead].map((pass) => runner.run(pass));
    if (!changed.includes(true)) break;
  }
  return { passes: runner.reports };
};
