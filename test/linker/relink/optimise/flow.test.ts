import { expect, test } from 'vitest';
import type { PolkaVmKind } from '../../../../src/core/kind.ts';
import { type Block, successorAt } from '../../../../src/linker/relink/graph/block.ts';
import type { ProgramGraph } from '../../../../src/linker/relink/graph/graph.ts';
import { GRAPH_REGISTERS } from '../../../../src/linker/relink/graph/registers.ts';
import { splitCalls } from '../../../../src/linker/relink/optimise/calls.ts';
import { constantPropagation } from '../../../../src/linker/relink/optimise/constant-propagation.ts';
import { deadCode } from '../../../../src/linker/relink/optimise/dead-code.ts';
import { eqCondition } from '../../../../src/linker/relink/optimise/equal-branches.ts';
import { type Flow, flowSource } from '../../../../src/linker/relink/optimise/flow.ts';
import { forwardSubstitution } from '../../../../src/linker/relink/optimise/forward-substitution.ts';
import { inlining } from '../../../../src/linker/relink/optimise/inlining.ts';
import { collectReachable } from '../../../../src/linker/relink/optimise/reachable.ts';
import { symbolsOf } from '../../../../src/linker/relink/optimise/transfer.ts';
import { graphOf } from './code-after.ts';
import { randomGraph } from './random-graph.ts';

const { FLOW_SEEDS = '150', FLOW_START = '0' } = process.env;
const SEEDS = Number(FLOW_SEEDS);
const START = Number(FLOW_START);

/** What registers hold behind a block's instructions, by what is known at its beginning now. */
const exitOf = (flow: Flow, block: Block): Int32Array => {
  const cells = new Int32Array(GRAPH_REGISTERS);
  flow.enter(block, cells);
  let symbol = flow.symbolsOf(block);
  for (const instruction of block.instructions) {
    flow.transfer.step(instruction, cells, symbol);
    symbol += symbolsOf(instruction);
  }
  return cells;
};

/** What a block is said to begin with has to be what each way brings, or something that nobody knows. */
const expectAgreed = (flow: Flow, from: Block, to: Block, isTaken: boolean | undefined): number => {
  const { values } = flow.transfer;
  const brought = exitOf(flow, from);
  const entry = new Int32Array(GRAPH_REGISTERS);
  flow.enter(to, entry);
  const isRoot = to.isAddressTaken;
  let known = 0;
  for (let r = 1; r < flow.registers; r++) {
    const value = entry[r] as number;
    if (value === values.symbol(to.id * GRAPH_REGISTERS + r)) continue;
    expect(isRoot, `b${to.id} can be jumped to`).toBe(false);
    known++;
    const { end } = from;
    // A comparison has proved it.
    if (end.kind === 'branch' && eqCondition(end.op) === isTaken && values.isImmediate(value)) continue;
    if (value !== brought[r]) expect([from.id, to.id, r, value]).toEqual([from.id, to.id, r, brought[r]]);
  }
  return known;
};

const expectNothingStale = (graph: ProgramGraph, flow: Flow): number => {
  let known = 0;
  for (const block of graph.blocks) {
    if (!flow.reaches(block)) continue;
    const { end } = block;
    const condition = end.kind === 'branch' ? flow.transfer.condition(end, exitOf(flow, block)) : undefined;
    for (const index of [0, 1] as const) {
      const target = successorAt(end, index);
      const isTaken = end.kind === 'branch' ? index === 0 : undefined;
      if (target === undefined || end.kind === 'call') continue;
      if (condition !== undefined && (condition === 1) !== isTaken) continue;
      expect(flow.reaches(target), `b${block.id} leads to b${target.id}`).toBe(true);
      known += expectAgreed(flow, block, target, isTaken);
    }
  }
  return known;
};

const KINDS: readonly PolkaVmKind[] = ['latest64', 'latest32'];

test.each(KINDS)('what is known of changed programs of %s is what all ways agree on', (kind) => {
  let facts = 0;
  for (let seed = START; seed < START + SEEDS; seed++) {
    const graph = randomGraph(seed, kind);
    const flowOf = flowSource();
    const passes = [
      splitCalls,
      constantPropagation(flowOf),
      inlining({ instructions: 2, growth: 3 }),
      deadCode(true),
      forwardSubstitution(),
      { name: 'reachability', run: () => collectReachable(graph, 2) },
    ];
    collectReachable(graph, 2);
    flowOf(graph);
    for (let step = 0; step < 8; step++) {
      passes[(seed * 7 + step * 5 + (step >> 1)) % passes.length]?.run(graph);
      if (step % 2 === 1) facts += expectNothingStale(graph, flowOf(graph));
    }
  }
  expect(facts).toBeGreaterThan(SEEDS);
});

test('a change is known wherever it leads, on both sides of branches, and nothing where jumps may come from elsewhere', () => {
  const graph = graphOf(`b0 export f/1:
  a1 = load_imm 5
  jump b1
b1:
  branch_eq_imm t0 0 then b2 else b3
b2:
  branch_eq_imm t1 0 then b4 else b5
b3:
  jump-indirect ra 0
b4:
  jump-indirect ra 0
b5:
  jump-indirect ra 0
`);
  const flowOf = flowSource();
  const known = (): readonly (number | undefined)[] => {
    const flow = flowOf(graph);
    const { values } = flow.transfer;
    const cells = new Int32Array(GRAPH_REGISTERS);
    return graph.blocks.slice(1).map((block) => {
      flow.enter(block, cells);
      return values.isNumber(cells[11] as number) ? values.lowOf(cells[11] as number) : undefined;
    });
  };
  expect(known()).toEqual([5, 5, 5, 5, 5]);
  const [first] = graph.blocks;
  first!.instructions[0]!.x = 6;
  first!.changed();
  expect(known()).toEqual([6, 6, 6, 6, 6]);
  // Passes look again at blocks that were solved again.
  const flow = flowOf(graph);
  first!.changed();
  flow.update();
  expect(graph.blocks.map((block) => flow.solvedAt(block) === flow.generation)).not.toContain(false);
  graph.blocks[2]!.isAddressTaken = true;
  expect(known()).toEqual([6, undefined, 6, undefined, undefined]);
});
