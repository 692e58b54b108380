import { basename } from 'node:path';
import { expect } from 'vitest';
import { Elf } from '../../../../src/linker/elf.ts';
import { checkGraph } from '../../../../src/linker/relink/graph/check-graph.ts';
import { readLinkInput } from '../../../../src/linker/relink/input/read.ts';
import { lowerProgram } from '../../../../src/linker/relink/lower/lower.ts';
import { collectReachable } from '../../../../src/linker/relink/optimise/reachable.ts';
import { listVectors, readVector, vectorTest } from '../../../vectors-path.ts';
import { GraphMachine } from '../graph-machine.ts';

const files = listVectors('polkavm/elf/riscv-tests', '.elf');

/** The tests trap where something is wrong. The longest runs some thousand blocks. */
const FUEL = 100_000;

vectorTest('the tests of the RISC-V project finish as block graphs, native and demoted', files, () => {
  const wrong: string[] = [];
  for (const file of files) {
    for (const demote of [false, true]) {
      const options = { demote };
      const graph = lowerProgram(readLinkInput(new Elf(readVector(file)), options), options);
      collectReachable(graph, 1);
      checkGraph(graph);
      for (const [index, block] of graph.blocks.entries()) block.jumpIndex = index;
      const main = graph.exports.find(({ symbol }) => new TextDecoder().decode(symbol) === 'main');
      const stop = main && new GraphMachine(graph).run(main.block, { outputs: 0, fuel: FUEL }).stop;
      if (stop !== 'finished') wrong.push(`${basename(file)} ${demote} ${stop}`);
    }
  }
  expect(wrong).toEqual([]);
});
