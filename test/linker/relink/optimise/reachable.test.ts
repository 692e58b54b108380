import { expect, test } from 'vitest';
import { collectReachable } from '../../../../src/linker/relink/optimise/reachable.ts';
import { buildGraph } from '../build-graph.ts';

const TEXT = `latest64 stack 0 native
ro .table size 8 align 8
  0: u64 &b3
ro .alone size 8 align 8
  0: u64 &b4
b0 export f/0:
  a0 = load_indirect_u64 a1 0
  ra = call b1 back b2
b1:
  a0 = load_u64 &.table
  jump-indirect a0 0
b2:
  jump-indirect ra 0
b3:
  jump b5
b4:
  trap
b5:
  trap
`;

const marksOf = (level: 0 | 1): unknown => {
  const graph = buildGraph(TEXT);
  collectReachable(graph, level);
  return {
    reachable: graph.blocks.filter(({ isReachable }) => isReachable).map(({ id }) => id),
    taken: graph.blocks.filter(({ isAddressTaken }) => isAddressTaken).map(({ id }) => id),
    data: graph.data.filter(({ isReachable }) => isReachable).map(({ name }) => name),
  };
};

test('exports lead to blocks, return addresses and data, and those to more', () => {
  expect(marksOf(1)).toEqual({ reachable: [0, 1, 2, 3, 5], taken: [2, 3], data: ['.table'] });
});

test('level 0 keeps everything, and takes each block for one that may be jumped to', () => {
  expect(marksOf(0)).toEqual({
    reachable: [0, 1, 2, 3, 4, 5],
    taken: [0, 1, 2, 3, 4, 5],
    data: ['.table', '.alone'],
  });
});

test('says whether anything is no longer reachable', () => {
  const graph = buildGraph(TEXT);
  expect(collectReachable(graph, 1)).toBe(true);
  expect(collectReachable(graph, 1)).toBe(false);
});
