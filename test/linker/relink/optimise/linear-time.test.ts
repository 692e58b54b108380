import { expect, test } from 'vitest';
import { operation } from '../../../../src/isa/table.ts';
import { Block, type End } from '../../../../src/linker/relink/graph/block.ts';
import type { ProgramGraph } from '../../../../src/linker/relink/graph/graph.ts';
import { GraphInstruction } from '../../../../src/linker/relink/graph/instruction.ts';
import { RA } from '../../../../src/linker/relink/graph/registers.ts';
import { optimise } from '../../../../src/linker/relink/optimise/optimise.ts';

const BLOCKS = 10_000;
/** Some hundred milliseconds on an idle machine; anything quadratic takes a minute. */
const LIMIT = 5000;

const LOAD_IMM = operation('load_imm');
const ADD = operation('add_imm_64');
const NOT_EQUAL = operation('branch_not_eq_imm');

const RETURN: End = { kind: 'jump-indirect', base: RA, offset: 0, origin: -1 };
const jump = (target: Block): End => ({ kind: 'jump', target, origin: -1 });
const branch = (a: number, x: number, taken: Block, next: Block): End => ({
  kind: 'branch',
  op: NOT_EQUAL,
  a,
  b: 0,
  x,
  xLink: undefined,
  taken,
  next,
  origin: -1,
});

const register = (index: number): number => 5 + (index % 11);
const load = (a: number, x: number): GraphInstruction => new GraphInstruction(LOAD_IMM, -1, a, 0, 0, x);
const add = (a: number, b: number, x: number): GraphInstruction => new GraphInstruction(ADD, -1, a, b, 0, x);

type Fill = (block: Block, index: number, at: (index: number) => Block) => void;

const graphOf = (fill: Fill): ProgramGraph => {
  const blocks = Array.from({ length: BLOCKS }, (_, id) => new Block(id, 2 * id, RETURN));
  const at = (index: number): Block => blocks[(index + BLOCKS) % BLOCKS] as Block;
  for (const [index, block] of blocks.entries()) fill(block, index, at);
  return {
    kind: 'latest64',
    width: 64,
    blocks,
    data: [],
    exports: [{ symbol: Uint8Array.of(102), block: at(0), outputs: 1 }],
    stackSize: 0,
    registers: 'native',
  };
};

const SHAPES: { readonly [name: string]: Fill } = {
  'a chain of jumps forwards': (block, index, at) => {
    block.instructions = [add(10, 10, index)];
    if (index + 1 < BLOCKS) block.end = jump(at(index + 1));
  },
  'a chain of jumps backwards': (block, index, at) => {
    block.instructions = [add(10, 10, index)];
    if (index === 0) block.end = branch(10, 0, at(-1), at(1));
    else if (index > 1) block.end = jump(at(index - 1));
  },
  'a chain of known conditions': (block, index, at) => {
    block.instructions = [load(register(index), index)];
    if (index > 2) block.end = branch(register(index), index, at(index + 1), at(index - 3));
    else block.end = jump(at(index + 1));
  },
  'one block that all lead to': (block, index, at) => {
    block.instructions = [load(register(index), index)];
    if (index + 1 < BLOCKS) block.end = branch(register(index + 1), 0, at(-1), at(index + 1));
  },
  'branches from anywhere to anywhere': (block, index, at) => {
    block.instructions = [add(register(index), register(index + 1), index)];
    block.end = branch(register(index), 0, at((index * 7919) % BLOCKS), at(index + 1));
  },
  'addresses of all blocks': (block, index, at) => {
    const link = at(index + 1).link;
    block.instructions = [new GraphInstruction(LOAD_IMM, -1, RA, 0, 0, 0, 0, link)];
  },
  'blocks that end alike': (block, index, at) => {
    block.instructions = Array.from({ length: 6 }, (_, k) => load(register(k), k < 2 ? index : 1000 * k));
    if (index % 2 === 0) block.end = branch(10, 0, at(index + 1), at(index + 2));
  },
};

test.each(Object.entries(SHAPES))(
  '%s',
  (_name, fill) => {
    const graph = graphOf(fill);
    const start = performance.now();
    optimise(graph, { level: 3 });
    expect(performance.now() - start).toBeLessThan(LIMIT);
  },
  2 * LIMIT,
);

test('one huge block', () => {
  const graph = graphOf((block, index) => {
    if (index > 0) return;
    block.instructions = Array.from({ length: 8 * BLOCKS }, (_, k) =>
      k % 2 === 0 ? load(register(k), k) : add(register(k), register(7 * k), k),
    );
  });
  const start = performance.now();
  optimise(graph, { level: 3 });
  expect(performance.now() - start).toBeLessThan(LIMIT);
});
