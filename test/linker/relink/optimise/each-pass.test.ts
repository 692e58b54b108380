import { expect, test } from 'vitest';
import type { PolkaVmKind } from '../../../../src/core/kind.ts';
import type { Block } from '../../../../src/linker/relink/graph/block.ts';
import { checkGraph } from '../../../../src/linker/relink/graph/check-graph.ts';
import type { ProgramGraph } from '../../../../src/linker/relink/graph/graph.ts';
import { collectReachable } from '../../../../src/linker/relink/optimise/reachable.ts';
import type { Pass } from '../../../../src/linker/relink/report.ts';
import { runWritten } from './blob-machine.ts';
import { EVERY_PASS } from './every-pass.ts';
import { randomGraph } from './random-graph.ts';
import { expectSameBehaviour } from './same-behaviour.ts';

const { PASS_SEEDS = '40', PASS_START = '0' } = process.env;
const SEEDS = Number(PASS_SEEDS);
const START = Number(PASS_START);
const TIMEOUT = 10_000 + SEEDS * 200;

const KINDS: readonly PolkaVmKind[] = ['latest64', 'latest32', 'jam_v1', 'revive_v1'];

/** A program as it may be in front of a pass: as it was made, or changed by some of the others. */
const programFor = (seed: number, kind: PolkaVmKind): ProgramGraph => {
  const graph = randomGraph(seed, kind);
  collectReachable(graph, 1);
  for (const [index, make] of EVERY_PASS.entries()) if ((seed >>> index) % 3 === 1) make().run(graph);
  collectReachable(graph, 1);
  return graph;
};

/** What a block does, for finding out whether it was changed. */
const contentOf = ({ instructions, end }: Block): string =>
  JSON.stringify([instructions, end], (key, value: unknown) =>
    key === 'to' || key === 'target' || key === 'taken' || key === 'next' || key === 'back'
      ? ((value as Partial<Block>).id ?? (value as { name?: string }).name)
      : value,
  );

/** Passes have to tell which blocks they changed: others go by that. */
const expectTold = (graph: ProgramGraph, pass: Pass): void => {
  const before = graph.blocks.map((block) => [block.revision, contentOf(block)] as const);
  const changed = pass.run(graph);
  for (const block of graph.blocks) {
    const [revision, content] = before[block.id] ?? [-1, ''];
    if (revision < 0) continue;
    if (block.revision === revision) expect(contentOf(block)).toBe(content);
    else expect(changed).toBe(true);
  }
};

for (const make of EVERY_PASS) {
  const { name } = make();
  test(
    `${name} by itself changes nothing that can be seen`,
    () => {
      let ended = 0;
      for (let seed = START; seed < START + SEEDS; seed++) {
        for (const kind of KINDS) {
          const graph = programFor(seed, kind);
          ended += expectSameBehaviour(graph, () => {
            expectTold(graph, make());
            checkGraph(graph);
          });
        }
      }
      expect(ended).toBeGreaterThan(SEEDS);
    },
    TIMEOUT,
  );

  test(
    `${name} by itself changes nothing that can be seen of the written program`,
    () => {
      let compared = 0;
      for (let seed = START; seed < START + SEEDS / 4; seed++) {
        for (const kind of KINDS) {
          const graph = programFor(seed, kind);
          const before = runWritten(graph);
          make().run(graph);
          for (const [index, after] of runWritten(graph).entries()) {
            if (before[index] === undefined) continue;
            expect(after, `seed ${seed}, ${kind}`).toBe(before[index]);
            compared++;
          }
        }
      }
      expect(compared).toBeGreaterThan(SEEDS / 4);
    },
    TIMEOUT,
  );
}
