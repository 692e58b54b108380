import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyse } from '../../../src/jit/graph/dominators.ts';
import { type Flow, LEAVES } from '../../../src/jit/graph/flow.ts';
import {
  dominatedBy,
  emit,
  NEXT,
  naturalLoops,
  type StructureVisitor,
  structure,
} from '../../../src/jit/graph/structure.ts';
import { StructuredProgram } from './structured-program.ts';
import { anyDecisions, anyShape, type FlowShape, TestFlow } from './test-flow.ts';

/** Nodes that are reached without passing one of them, straight from the definition. */
const reachedWithout = (flow: Flow, avoided: number): Set<number> => {
  const reached = new Set<number>();
  const pending = [flow.entry];
  for (const node of pending) {
    if (node === LEAVES || node === avoided || reached.has(node)) continue;
    reached.add(node);
    pending.push(...flow.successors[node]!);
  }
  return reached;
};

const reducibleShape = (most: number): fc.Arbitrary<FlowShape> =>
  anyShape(most).filter((shape) => analyse(new TestFlow(shape)).isReducible);

/** A structured program as text: what the visitor was told. */
const told = (flow: Flow): string => {
  const lines: string[] = [];
  const way = (to: number): string => (to === LEAVES ? 'leave' : to === NEXT ? 'next' : `${to}`);
  const visitor: StructureVisitor = {
    openBlock: (target) => lines.push(`block ${target}`),
    openLoop: (header) => lines.push(`loop ${header}`),
    close: () => lines.push('close'),
    node: (node) => lines.push(`node ${node}`),
    exit: (_, ways) => lines.push(`exit ${ways.map(way).join(' ')}`.trim()),
    openIf: () => lines.push('if'),
    otherwise: () => lines.push('else'),
  };
  emit(structure(flow), visitor);
  return lines.join('; ');
};

describe('structure', () => {
  test('dominators are what every path passes', () => {
    fc.assert(
      fc.property(reducibleShape(10), (shape) => {
        const flow = new TestFlow(shape);
        const { order, dominators } = structure(flow);
        for (const node of order) {
          const without = reachedWithout(flow, node);
          for (const other of order) expect(dominators.isAncestor(node, other)).toBe(!without.has(other));
        }
      }),
    );
  });

  test('a flow is reducible if each jump back leads to a dominator', () => {
    fc.assert(
      fc.property(anyShape(10), (shape) => {
        const flow = new TestFlow(shape);
        const { order, isReducible } = analyse(flow);
        let expected = true;
        for (const node of order.nodes) {
          for (const next of flow.successors[node]!) {
            if (next === LEAVES || order.number[next]! > order.number[node]!) continue;
            if (next !== node && reachedWithout(flow, next).has(node)) expected = false;
          }
        }
        expect(isReducible).toBe(expected);
      }),
    );
  });

  test('each node comes behind its forward predecessors, its children in the tree in order', () => {
    fc.assert(
      fc.property(reducibleShape(12), (shape) => {
        const flow = new TestFlow(shape);
        const s = structure(flow);
        const reached = reachedWithout(flow, -2);
        expect(new Set(s.order)).toEqual(reached);
        const children = dominatedBy(s);
        for (const [node, nexts] of flow.successors.entries()) {
          expect(s.number[node]).toBe(s.order.indexOf(node));
          const before = [
            ...s.predecessors.nodes.subarray(s.predecessors.start[node], s.predecessors.start[node + 1]),
          ];
          const expected = [...reached].filter((other) => flow.successors[other]!.includes(node));
          expect(before.sort()).toEqual(expected.sort());
          const below = [...children.nodes.subarray(children.start[node], children.start[node + 1])];
          expect(below).toEqual([...s.order].filter((other) => s.idom[other] === node));
          if (!reached.has(node)) continue;
          for (const next of nexts) {
            if (next !== LEAVES && s.number[next]! <= s.number[node]!) expect(s.isHeader[next]).toBe(1);
          }
        }
      }),
    );
  });

  test('loops are the nodes that reach a latch without passing the header', () => {
    fc.assert(
      fc.property(reducibleShape(12), (shape) => {
        const flow = new TestFlow(shape);
        const s = structure(flow);
        const depth = new Map<number, number>();
        const found = naturalLoops(s);
        for (const [at, { header, nodes, latches }] of found.entries()) {
          const expected = new Set([header]);
          const pending = s.order.length === 0 ? [] : [...latches];
          for (const node of pending) {
            if (expected.has(node)) continue;
            expected.add(node);
            for (let i = s.predecessors.start[node]!; i < s.predecessors.start[node + 1]!; i++) {
              pending.push(s.predecessors.nodes[i]!);
            }
          }
          expect(new Set(nodes)).toEqual(expected);
          expect(nodes[0]).toBe(header);
          expect(s.isHeader[header]).toBe(1);
          for (const latch of latches) expect(flow.successors[latch]).toContain(header);
          for (const node of nodes) {
            if (!depth.has(node)) expect(s.loopOf[node]).toBe(header);
            depth.set(node, (depth.get(node) ?? 0) + 1);
          }
          const isInner = found.slice(at + 1).some((outer) => outer.nodes.includes(header));
          if (!isInner) for (const node of nodes) expect(s.outermostHeader[node]).toBe(header);
        }
        for (const node of s.order) expect(s.depthOf[node]).toBe(depth.get(node) ?? 0);
        const jumpsBack = [...s.order].flatMap((node) =>
          flow.successors[node]!.filter((next) => next !== LEAVES && s.number[next]! <= s.number[node]!),
        );
        expect(new Set(jumpsBack)).toEqual(new Set(found.map(({ header }) => header)));
      }),
    );
  });

  test('structured code goes where the flow goes', () => {
    fc.assert(
      fc.property(
        reducibleShape(14),
        fc.array(anyDecisions, { minLength: 1, maxLength: 4 }),
        (shape, runs) => {
          const flow = new TestFlow(shape);
          const s = structure(flow);
          const program = new StructuredProgram(s, flow);
          expect(new Set(program.emitted)).toEqual(new Set(s.order));
          expect(program.emitted.length).toBe(s.order.length);
          for (const decisions of runs) {
            const expected = new TestFlow(shape);
            expect(program.run(decisions)).toEqual(
              expected.walk(decisions, (node, edge) => expected.successors[node]![edge]!),
            );
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test('an if of two arms that meet', () => {
    const flow = new TestFlow({ successors: [[1, 2], [3], [3], [LEAVES]] });
    expect(told(flow)).toBe(
      'block 3; node 0; if; node 1; exit next; else; node 2; exit next; close; close; node 3; exit leave',
    );
  });

  test('an exit of a loop comes behind the loop', () => {
    const flow = new TestFlow({ successors: [[1], [2, 3], [1], [LEAVES]] });
    expect(told(flow)).toBe(
      'node 0; exit next; block 3; loop 1; node 1; exit next 1; node 2; exit 0; close; close; node 3; exit leave',
    );
  });

  test('what a table leads to has labels, also if only the table leads there', () => {
    const flow = new TestFlow({ successors: [[1, 2, LEAVES, 2], [], []], switches: new Set([0]) });
    expect(told(flow)).toBe(
      'block 2; block 1; node 0; exit 0 1 leave 1; close; node 1; exit; close; node 2; exit',
    );
  });

  test('both edges to one node', () => {
    const flow = new TestFlow({
      successors: [
        [1, 1],
        [1, 1],
      ],
    });
    expect(told(flow)).toBe('node 0; exit next next; loop 1; node 1; exit 0 0; close');
  });

  test('a branch that leaves on one side', () => {
    const flow = new TestFlow({
      successors: [
        [LEAVES, 1],
        [LEAVES, LEAVES],
      ],
    });
    expect(told(flow)).toBe('node 0; exit leave next; node 1; exit leave leave');
  });

  test('a loop of several entries is refused', () => {
    expect(() => structure(new TestFlow({ successors: [[1, 2], [2], [1]] }))).toThrow('several entries');
  });
});
