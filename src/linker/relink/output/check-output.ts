import { Problems } from '../../../core/problems.ts';
import { similarName } from '../../../core/similar-name.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import type { RelinkOptions } from '../options.ts';
import { exportsByName } from './dispatch.ts';
import { fail } from './errors.ts';

/**
 * Refuses options that this program cannot be written with. Known as soon as the program is lowered, so that nobody
 * waits for optimisation to hear of a misspelt name.
 *
 * @throws RiscboxError `link/dispatch`, `link/standard-program-kind`
 */
export const checkOutput = (graph: ProgramGraph, { container, dispatchTable = [] }: RelinkOptions): void => {
  const problems = new Problems();
  if (container === 'jam-spi' && graph.kind !== 'jam_v1') {
    problems.add(fail('link/standard-program-kind', { kind: graph.kind }));
  }
  const blocks = exportsByName(graph);
  for (const symbol of dispatchTable) {
    if (blocks.has(symbol)) continue;
    const similar = similarName(symbol, blocks.keys());
    problems.add(fail('link/dispatch', { symbol, ...(similar === undefined ? {} : { similar }) }));
  }
  problems.check();
};
