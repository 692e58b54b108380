import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Discovery } from '../../../src/jit/graph/discover.ts';
import { EXIT, type FunctionGraph } from '../../../src/jit/graph/function-graph.ts';
import { inlineLeaves, LARGEST_LEAF } from '../../../src/jit/graph/inline.ts';
import { loadElf } from '../../../src/linker/index.ts';

const STACK_POINTER = 2;
const { program } = loadElf(
  new Uint8Array(readFileSync(new URL('../../../guests/bin/rv64im/lisp.elf', import.meta.url))),
);
const pricing = { costs: new Uint32Array(1024).fill(1), blockCost: undefined };
const discovery = new Discovery(program, pricing, 3000);
const callsIn = (graph: FunctionGraph): number => graph.nodes.filter(({ exit }) => exit === EXIT.call).length;

test('calls of single blocks that return become jumps to a copy, charged as the callee is', () => {
  let inlined = 0;
  for (const pc of discovery.landmarks.functions) {
    if (!program.code.isJumpTarget(pc)) continue;
    const graph = discovery.functionAt(pc);
    const before = graph.nodes.length;
    const calls = callsIn(graph);
    inlineLeaves(graph, STACK_POINTER, (callee) => discovery.functionAt(callee, LARGEST_LEAF));
    const made = graph.nodes.slice(before);
    expect(callsIn(graph)).toBe(calls - made.length);
    for (const node of made) {
      const callee = discovery.functionAt(node.pc, LARGEST_LEAF);
      const body = callee.node(callee.entry);
      // The return itself has no instruction in the copy, but is charged.
      expect(node.end - node.first).toBe(body.end - body.first - 1);
      expect([node.cost, node.count]).toEqual([body.cost, body.count]);
      expect(node.count).toBeLessThanOrEqual(LARGEST_LEAF);
    }
    inlined += made.length;
  }
  expect(inlined).toBeGreaterThan(10);
});
