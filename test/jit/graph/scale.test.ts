import { describe, expect, test } from 'vitest';
import { LEAVES } from '../../../src/jit/graph/flow.ts';
import { makeReducible } from '../../../src/jit/graph/reducible.ts';
import { emit, naturalLoops, type StructureVisitor, structure } from '../../../src/jit/graph/structure.ts';
import { StructuredProgram } from './structured-program.ts';
import { TestFlow } from './test-flow.ts';

type Family = (size: number) => number[][];

const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

const chain: Family = (size) => numbers(size).map((node) => [node + 1 < size ? node + 1 : LEAVES]);

/** Two rows; from each place both rows go on. */
const ladder: Family = (size) => {
  const to = (node: number): number => (node < size ? node : LEAVES);
  return numbers(size).map((node) => [to((node | 1) + 1), to((node | 1) + 2)]);
};

/** Loops in loops, and a latch behind the other. */
const nest: Family = (size) => {
  const depth = size >> 1;
  const latch = (level: number): number => (level < 0 ? LEAVES : 2 * depth - 1 - level);
  return numbers(2 * depth).map((node) =>
    node < depth ? [node + 1] : [2 * depth - 1 - node, latch(2 * depth - 2 - node)],
  );
};

/** A nest with a way out of all loops at each level. */
const nestWithExits: Family = (size) => [
  ...nest(size).map((nexts, node) => (node < size >> 1 ? [nexts[0]!, size & ~1] : nexts)),
  [LEAVES],
];

/** Two chains, each node of which also leads to a common end. */
const combs: Family = (size) => {
  const end = size - 1;
  return numbers(size).map((node) => {
    if (node === end) return [LEAVES];
    return node === 0 ? [1, 2] : [Math.min(node + 2, end), end];
  });
};

/** Loops in loops, each of which has two entries. */
const knots: Family = (size) => {
  const depth = Math.floor(size / 3);
  const latch = (level: number): number => (level < 0 ? LEAVES : 3 * depth - 1 - level);
  return [
    ...numbers(2 * depth).map((node) => {
      const level = node >> 1;
      return level + 1 < depth ? [2 * level + 2, 2 * level + 3] : [latch(level)];
    }),
    ...numbers(depth).map((at) => [2 * (depth - 1 - at) + (at & 1), latch(depth - 2 - at)]),
  ];
};

/** Jumps to anywhere. */
const spaghetti: Family = (size) => {
  let state = 12345;
  const random = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % size;
  };
  return numbers(size).map((node) => [Math.min(node + 1, size - 1), random()]);
};

/** Counts how often its edges are read. */
class CountingFlow extends TestFlow {
  reads = 0;
  override readonly successors: number[][];

  constructor(successors: number[][]) {
    super({ successors });
    const count = (list: number[]): number[] =>
      new Proxy(list, {
        get: (target, key, receiver) => {
          if (typeof key === 'string' && /^\d/.test(key)) this.reads++;
          return Reflect.get(target, key, receiver);
        },
      });
    this.successors = new Proxy(successors.map(count), {
      set: (target, key, value, receiver) => {
        const isList = typeof key === 'string' && /^\d/.test(key);
        return Reflect.set(target, key, isList ? count(value) : value, receiver);
      },
    });
  }
}

/** Counts calls. */
class CountingVisitor implements StructureVisitor {
  nodes = 0;
  opened = 0;
  closed = 0;
  exits = 0;
  openBlock(): void {
    this.opened++;
  }
  openLoop(): void {
    this.opened++;
  }
  close(): void {
    this.closed++;
  }
  node(): void {
    this.nodes++;
  }
  exit(): void {
    this.exits++;
  }
  openIf(): void {
    this.opened++;
    this.exits++;
  }
  otherwise(): void {}
}

const families: Readonly<Record<string, readonly [Family, size: number]>> = {
  chain: [chain, 100_000],
  ladder: [ladder, 5000],
  'loops in loops': [nest, 20_000],
  'loops in loops, left at each level': [nestWithExits, 20_000],
  combs: [combs, 100_000],
  knots: [knots, 6000],
  spaghetti: [spaghetti, 6000],
};

describe.for(Object.entries(families))('%s', ([, [family, size]]) => {
  test('is structured whole', () => {
    const flow = new TestFlow({ successors: family(size) });
    makeReducible(flow, { splitLimit: 64 });
    const s = structure(flow);
    const visitor = new CountingVisitor();
    emit(s, visitor);
    expect(visitor.nodes).toBe(s.order.length);
    expect(visitor.exits).toBe(s.order.length);
    expect(visitor.closed).toBe(visitor.opened);
    expect(visitor.opened).toBeLessThanOrEqual(3 * s.order.length);
    expect(flow.successors.length).toBeLessThanOrEqual(3 * size);
  });

  test('goes the way of the flow', () => {
    const shape = { successors: family(1000) };
    const flow = new TestFlow(shape);
    makeReducible(flow, { splitLimit: 64 });
    const program = new StructuredProgram(structure(flow), flow);
    let state = 1;
    const decisions = numbers(5000).map(() => {
      state = (Math.imul(state, 69069) + 1) >>> 0;
      return state >>> 16;
    });
    const plain = new TestFlow(shape);
    expect(program.run(decisions)).toEqual(
      plain.walk(decisions, (node, edge) => plain.successors[node]![edge]!),
    );
  });

  test('twice the nodes are twice the work', () => {
    const reads = (count: number): number => {
      const flow = new CountingFlow(family(count));
      makeReducible(flow, { splitLimit: 64 });
      emit(structure(flow), new CountingVisitor());
      return flow.reads;
    };
    expect(reads(4000) / reads(2000)).toBeLessThan(2.5);
  });
});

test('depth of a loop nest', () => {
  const s = structure(new TestFlow({ successors: nest(2000) }));
  expect(Math.max(...s.depthOf)).toBe(1000);
  const loops = naturalLoops(s);
  expect(loops.map(({ header }) => header)).toEqual(numbers(1000).reverse());
  expect(loops.map(({ nodes }) => nodes.length)).toEqual(numbers(1000).map((at) => 2 * at + 2));
});
