import type { ProgramGraph } from '../graph/graph.ts';
import type { RelinkOptions } from '../options.ts';
import type { Pass, PassReport } from '../report.ts';
import { BlockSummaries } from './block-summaries.ts';
import { fuseCalls, splitCalls } from './calls.ts';
import { constantPropagation } from './constant-propagation.ts';
import { deadCode } from './dead-code.ts';
import { flowSource } from './flow.ts';
import { forwardSubstitution } from './forward-substitution.ts';
import { inlining } from './inlining.ts';
import { noOps } from './no-ops.ts';
import { PassRunner } from './pass-runner.ts';
import { placement } from './placement.ts';
import { collectReachable } from './reachable.ts';
import { shorterForms } from './shorter-forms.ts';
import { tailMerging } from './tail-merging.ts';
import { unlikely } from './unlikely.ts';
import { wideConstants } from './wide-constants.ts';

/** What was done. */
export interface OptimiseResult {
  readonly passes: readonly PassReport[];
}

/** The passes that make work for each other are run again up to so often … */
const ROUNDS = 8;
/** … as long as they change more than this part of the blocks: what changes few is hardly ever worth a round. */
const LEAST_CHANGE = 0.002;

/**
 * Bytes that a copy of a block may cost. Chosen by trying 0 to 5 and 8 on the Doom guest of PolkaVM's test data (505,263
 * bytes of code with 0): with 1 it is smallest, 503,675, because more is known behind a copy; 3 makes 504,538, and from 4
 * on it is larger than with 0.
 */
const GROWTH = 1;

/** Optimises a program in place, and finds out what of it is reachable. */
export const optimise = (graph: ProgramGraph, options: RelinkOptions = {}): OptimiseResult => {
  const { level = 2, elideUnnecessaryLoads = true, inlineThreshold = 2, gasModelAware = true } = options;
  const summaries = new BlockSummaries(graph);
  const runner = new PassRunner(graph, summaries);
  const reachable: Pass = { name: 'reachability', run: () => collectReachable(graph, level, summaries) };
  const nothing = noOps();
  runner.run(reachable);
  runner.run(nothing);
  if (level < 2) return { passes: runner.reports };

  const flow = flowSource();
  const constants = constantPropagation(flow);
  const dead = deadCode(elideUnnecessaryLoads, summaries);
  const inline = inlining({ instructions: inlineThreshold, growth: GROWTH });
  const simplify = (): void => {
    for (let round = 0; round < ROUNDS; round++) {
      const before = revisionsOf(graph);
      for (const pass of [splitCalls, inline, constants, nothing, reachable, dead]) runner.run(pass);
      if (revisionsOf(graph) - before <= LEAST_CHANGE * graph.blocks.length) break;
    }
  };
  simplify();
  for (const pass of [
    forwardSubstitution(summaries),
    dead,
    shorterForms(flow),
    nothing,
    dead,
    wideConstants,
    fuseCalls,
    ...(level === 3 ? [tailMerging] : []),
    reachable,
    placement,
    unlikely(gasModelAware),
  ]) {
    runner.run(pass);
  }
  return { passes: runner.reports };
};

const revisionsOf = ({ blocks }: ProgramGraph): number =>
  blocks.reduce((sum, { revision }) => sum + revision, 0);
