import { expect, test } from 'vitest';
import { unlikely } from '../../../../src/linker/relink/optimise/unlikely.ts';
import { graphOf } from './code-after.ts';

const marked = (text: string, prices = false): readonly number[] => {
  const graph = graphOf(text);
  unlikely(prices).run(graph);
  return graph.blocks.filter(({ isUnlikely }) => isUnlikely).map(({ id }) => id);
};

test('a side that ends in a trap by all ways', () => {
  const code = `b0 export f/0:
  branch_eq_imm a0 0 then b2 else b1
b1:
  jump-indirect ra 0
b2:
  a0 = load_imm 1
  jump b3
b3:
  trap
`;
  expect(marked(code)).toEqual([2]);
});

test('not a trap itself, which is cold without it', () => {
  const code = `b0 export f/0:
  branch_eq_imm a0 0 then b2 else b1
b1:
  jump-indirect ra 0
b2:
  trap
`;
  expect(marked(code, true)).toEqual([]);
});

test('the way out of a loop', () => {
  const code = `b0 export f/0:
  jump b1
b1:
  a0 = add_imm_64 a0 -1
  branch_not_eq_imm a0 0 then b1 else b2
b2:
  jump-indirect ra 0
`;
  expect(marked(code)).toEqual([2]);
});

test('a side that costs no more with the mark', () => {
  const side = (id: number): string => `b${id}:
  a0 = load_indirect_u64 a0 0
  a0 = load_indirect_u64 a0 0
  jump-indirect ra 0
`;
  const code = `b0 export f/0:\n  branch_eq_imm a0 0 then b2 else b1\n${side(1)}${side(2)}`;
  expect(marked(code)).toEqual([]);
  expect(marked(code, true)).toEqual([2]);
});
