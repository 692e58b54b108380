import { expect, test } from 'vitest';
import type { PolkaVmKind } from '../../../../src/core/kind.ts';
import { checkGraph } from '../../../../src/linker/relink/graph/check-graph.ts';
import { optimise } from '../../../../src/linker/relink/optimise/optimise.ts';
import { collectReachable } from '../../../../src/linker/relink/optimise/reachable.ts';
import type { OptimisationLevel } from '../../../../src/linker/relink/options.ts';
import { randomGraph } from './random-graph.ts';
import { expectSameBehaviour } from './same-behaviour.ts';

const { OPTIMISE_SEEDS = '120', OPTIMISE_START = '0' } = process.env;
const SEEDS = Number(OPTIMISE_SEEDS);
const START = Number(OPTIMISE_START);

const kinds: readonly PolkaVmKind[] = ['latest64', 'latest32', 'jam_v1', 'revive_v1'];
const levels: readonly OptimisationLevel[] = [0, 1, 2, 3];

for (const kind of kinds) {
  test.each(levels)(`random programs of ${kind} do the same at level %i`, (level) => {
    let ended = 0;
    for (let seed = START; seed < START + SEEDS; seed++) {
      const graph = randomGraph(seed, kind);
      collectReachable(graph, 1);
      ended += expectSameBehaviour(graph, () => {
        optimise(graph, { level });
        checkGraph(graph);
      });
    }
    expect(ended).toBeGreaterThan(SEEDS / 4);
  });
}
