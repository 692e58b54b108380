import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LEAVES } from '../../../src/jit/graph/flow.ts';
import { makeReducible, structureRepaired } from '../../../src/jit/graph/reducible.ts';
import { structure } from '../../../src/jit/graph/structure.ts';
import { StructuredProgram } from './structured-program.ts';
import { anyDecisions, anyShape, type FlowShape, TestFlow, type Trace } from './test-flow.ts';

const repaired = (shape: FlowShape, splitLimit: number): TestFlow => {
  const flow = new TestFlow(shape);
  const { copies, dispatches } = makeReducible(flow, { splitLimit });
  expect(copies).toBe(flow.copies);
  expect(dispatches).toBe(flow.origin.filter((origin) => origin === -1).length);
  return flow;
};

const walked = (shape: FlowShape, decisions: readonly number[]): Trace => {
  const flow = new TestFlow(shape);
  return flow.walk(decisions, (node, edge) => flow.successors[node]![edge]!);
};

describe('makeReducible', () => {
  test('any flow goes the same way as structured code', () => {
    fc.assert(
      fc.property(
        anyShape(16),
        fc.constantFrom(0, 3, 8, 64),
        fc.array(anyDecisions, { minLength: 1, maxLength: 5 }),
        (shape, splitLimit, runs) => {
          const flow = repaired(shape, splitLimit);
          const program = new StructuredProgram(structure(flow), flow);
          for (const decisions of runs) expect(program.run(decisions)).toEqual(walked(shape, decisions));
        },
      ),
      { numRuns: 1500 },
    );
  });

  test('larger flows, with everything in one knot', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 30, max: 200 }),
        fc.infiniteStream(fc.nat({ max: 0xffff })),
        fc.constantFrom(0, 64),
        anyDecisions,
        (count, random, splitLimit, decisions) => {
          const next = (): number => random.next().value;
          const shape: FlowShape = {
            successors: Array.from({ length: count }, (_, node) => [
              Math.min(node + 1, count - 1),
              next() % 4 === 0 ? next() % count : Math.max(0, Math.min(count - 1, node + (next() % 9) - 4)),
            ]),
          };
          const flow = repaired(shape, splitLimit);
          const program = new StructuredProgram(structure(flow), flow);
          expect(program.run(decisions)).toEqual(walked(shape, decisions));
          expect(flow.copies).toBeLessThanOrEqual(Math.max(count, splitLimit));
        },
      ),
      { numRuns: 100 },
    );
  });

  test('a reducible flow stays as it is', () => {
    const shape = { successors: [[1], [2, 3], [1, 2], [LEAVES, 0]] };
    const flow = repaired(shape, 64);
    expect(flow.successors).toEqual(shape.successors);
  });

  test('a small loop of two entries is split at the cheaper one', () => {
    const flow = repaired({ successors: [[1, 2], [2, LEAVES], [1]], weights: [1, 9, 2] }, 64);
    expect(flow.successors).toEqual([[1, 3], [2, LEAVES], [1], [1]]);
    expect(flow.origin[3]).toBe(2);
  });

  test('a large one gets a dispatch node', () => {
    const flow = repaired({ successors: [[1, 2], [2, LEAVES], [1]], weights: [1, 70, 65] }, 64);
    expect(flow.copies).toBe(0);
    expect(flow.isDispatch(3)).toBe(true);
    expect([...flow.successors[3]!].sort()).toEqual([1, 2]);
    expect(flow.successors.slice(0, 3)).toEqual([[3, 3], [3, LEAVES], [3]]);
  });

  test('the entry of the function remains, also when it is in a loop around an irreducible one', () => {
    const shape = { successors: [[1, 2], [2, LEAVES], [1, 0], [0]], entry: 0 };
    for (const splitLimit of [0, 64]) {
      const flow = repaired(shape, splitLimit);
      expect(flow.entry).toBe(0);
      expect(structure(flow).isHeader[0]).toBe(1);
      const program = new StructuredProgram(structure(flow), flow);
      const decisions = [1, 0, 0, 0, 1, 0, 0, 1];
      expect(program.run(decisions)).toEqual(walked(shape, decisions));
    }
  });

  test('tables into a loop', () => {
    const shape = {
      successors: [[1, 2, 3, 1, LEAVES], [2], [3], [1, LEAVES]],
      switches: new Set([0]),
    };
    for (const splitLimit of [0, 1, 2, 64]) {
      const flow = repaired(shape, splitLimit);
      const program = new StructuredProgram(structure(flow), flow);
      for (let first = 0; first < 5; first++) {
        const decisions = [first, 0, 0, 0, 0, 0, 0, 0];
        expect(program.run(decisions)).toEqual(walked(shape, decisions));
      }
    }
  });

  test('repairing and structuring in one', () => {
    fc.assert(
      fc.property(anyShape(12), (shape) => {
        const flow = new TestFlow(shape);
        const s = structureRepaired(flow, { splitLimit: 64 });
        const other = repaired(shape, 64);
        expect(flow.successors).toEqual(other.successors);
        expect([...s.order]).toEqual([...structure(other).order]);
      }),
    );
  });

  test('is deterministic', () => {
    fc.assert(
      fc.property(anyShape(16), fc.constantFrom(0, 64), (shape, splitLimit) => {
        const one = repaired(shape, splitLimit);
        const other = repaired(shape, splitLimit);
        expect(one.successors).toEqual(other.successors);
        expect(one.origin).toEqual(other.origin);
      }),
    );
  });
});
