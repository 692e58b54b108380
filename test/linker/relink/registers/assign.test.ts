import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORMS } from '../../../../src/isa/row.ts';
import { ROWS } from '../../../../src/isa/table.ts';
import { checkGraph } from '../../../../src/linker/relink/graph/check-graph.ts';
import type { ProgramGraph } from '../../../../src/linker/relink/graph/graph.ts';
import { isNative } from '../../../../src/linker/relink/graph/registers.ts';
import { assignRegisters } from '../../../../src/linker/relink/registers/assign.ts';
import { GraphMachine, type Observation } from '../graph-machine.ts';
import { type GeneratedProgram, generatedProgram, makeGraph } from './random-graph.ts';

const BLOCKS = 60;
const ARGUMENTS: readonly bigint[] = [3n, 1n << 40n, 0n, 77n, 0xffffffffn, 5n, 6n, 7n, 2n];

/** @param counted blocks that the program had before */
const observe = (graph: ProgramGraph, counted = graph.blocks.length): Observation => {
  const run = { outputs: 2, fuel: BLOCKS, args: ARGUMENTS };
  return new GraphMachine(graph, counted).run(graph.exports[0]!.block, run);
};

const isAssigned = (graph: ProgramGraph): boolean =>
  graph.blocks.every(({ instructions, end }) =>
    [
      ...instructions.flatMap((i) => {
        const operands: string = FORMS[ROWS[i.op]!.form];
        return (['a', 'b', 'c'] as const).filter((name) => operands.includes(name)).map((name) => i[name]);
      }),
      ...(end.kind === 'branch' ? [end.a, ...(end.b === 0 ? [] : [end.b])] : []),
      ...('base' in end ? [end.base] : []),
      ...('link' in end ? [end.link] : []),
    ].every(isNative),
  );

const keepsMeaning = (program: GeneratedProgram): void => {
  const before = observe(makeGraph(program));
  const graph = makeGraph(program);
  const counted = graph.blocks.length;
  checkGraph(graph);
  // What guards of exports do can be seen from inside: ra and sp are others.
  assignRegisters(graph, undefined, false);
  checkGraph(graph);
  expect(isAssigned(graph)).toBe(true);
  expect(observe(graph, counted)).toEqual(before);
};

describe('assignRegisters', () => {
  it('keeps what programs of 13 registers with temporaries do', () => {
    fc.assert(fc.property(generatedProgram(false), keepsMeaning), { numRuns: 500 });
  });

  it('keeps what programs of 31 registers do', () => {
    fc.assert(fc.property(generatedProgram(true), keepsMeaning), { numRuns: 500 });
  });
});
