import { expect, test } from 'vitest';
import { writtenBlocks } from '../../../../src/linker/relink/graph/graph.ts';
import { placement } from '../../../../src/linker/relink/optimise/placement.ts';
import { graphOf } from './code-after.ts';

const orderAfter = (text: string): readonly number[] => {
  const graph = graphOf(text);
  placement.run(graph);
  return writtenBlocks(graph).map(({ id }) => id);
};

test('a block without a neighbour moves behind the one that jumps to it', () => {
  const code = `b0 export f/0:
  jump b2
b1 export g/0:
  trap
b2:
  jump-indirect ra 0
`;
  expect(orderAfter(code)).toEqual([0, 2, 1]);
});

test('neighbours that fall through stay together, circles stay open', () => {
  const code = `b0 export f/0:
  branch_eq_imm a0 0 then b2 else b1
b1:
  jump b0
b2:
  trap
`;
  expect(orderAfter(code)).toEqual([0, 1, 2]);
});
