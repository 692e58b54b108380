import { expect } from 'vitest';
import type { ProgramGraph } from '../../../../src/linker/relink/graph/graph.ts';
import { textOf } from '../../../../src/linker/relink/graph/graph-text.ts';
import { GraphMachine, type Observation } from '../graph-machine.ts';

const FUEL = 300;

/** Stores are told by what they leave in memory: passes may join them. */
const observe = (graph: ProgramGraph): readonly Omit<Observation, 'events'>[] =>
  graph.exports.map(({ block, outputs }) => {
    const { events: _, ...seen } = new GraphMachine(graph).run(block, { outputs, fuel: FUEL });
    return seen;
  });

/**
 * Changes a program and expects that nothing of it can be told from outside. Of runs that do not end only the
 * beginning is compared.
 *
 * @returns how many runs ended
 */
export const expectSameBehaviour = (graph: ProgramGraph, change: (graph: ProgramGraph) => void): number => {
  const before = observe(graph);
  const text = textOf(graph);
  change(graph);
  const after = observe(graph);
  let ended = 0;
  for (const [index, expected] of before.entries()) {
    const found = after[index] as Omit<Observation, 'events'>;
    const message = (): string => `before:\n${text}\nafter:\n${textOf(graph)}`;
    if (expected.stop === 'fuel' || found.stop === 'fuel') {
      const shared = Math.min(expected.calls.length, found.calls.length);
      if (expected.calls.slice(0, shared).join() !== found.calls.slice(0, shared).join()) {
        expect(found.calls, message()).toEqual(expected.calls);
      }
      continue;
    }
    ended++;
    if (JSON.stringify(expected, replacer) !== JSON.stringify(found, replacer)) {
      expect(found, message()).toEqual(expected);
    }
  }
  return ended;
};

const replacer = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;
