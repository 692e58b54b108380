import fc from 'fast-check';
import { LEAVES, type MutableFlow } from '../../../src/jit/graph/flow.ts';

/** A flow as plain data. */
export interface FlowShape {
  readonly successors: readonly (readonly number[])[];
  readonly switches?: ReadonlySet<number>;
  readonly weights?: readonly number[];
  readonly entry?: number;
}

/** What a walk did: visited nodes, each followed by the edge that was taken, until it left or decisions ran out. */
export type Trace = readonly number[];

/** Flow whose nodes remember what they are copies of, and whose dispatch nodes can be walked. */
export class TestFlow implements MutableFlow {
  entry: number;
  readonly successors: number[][];
  /** The node that each node is a copy of; -1 for dispatch nodes. */
  readonly origin: number[];
  copies = 0;
  readonly #switches: Set<number>;
  readonly #weights: number[];
  /** Selected targets by `node:edge`. */
  readonly #selected = new Map<string, number>();

  constructor(shape: FlowShape) {
    this.entry = shape.entry ?? 0;
    this.successors = shape.successors.map((nexts) => [...nexts]);
    this.origin = this.successors.map((_, node) => node);
    this.#switches = new Set(shape.switches);
    this.#weights = shape.successors.map((_, node) => shape.weights?.[node] ?? 1);
  }

  isSwitch(node: number): boolean {
    return this.#switches.has(node);
  }

  isDispatch(node: number): boolean {
    return this.origin[node] === -1;
  }

  weight(node: number): number {
    return this.#weights[node]!;
  }

  copy(node: number): number {
    if (this.isDispatch(node)) throw new Error('a dispatch node was copied');
    this.copies++;
    return this.#add([...this.successors[node]!], this.origin[node]!, this.weight(node), this.isSwitch(node));
  }

  addDispatch(targets: readonly number[]): number {
    return this.#add([...targets], -1, 0, true);
  }

  select(node: number, index: number, target: number): void {
    this.#selected.set(`${node}:${index}`, target);
  }

  /**
   * Goes through the flow. `decide` gives the edge at each node that is no dispatch node; `arrive` is told each
   * node, dispatch nodes too.
   */
  walk(decisions: readonly number[], next: (node: number, edge: number) => number): Trace {
    const trace: number[] = [];
    let variable: number | undefined;
    let at = this.entry;
    let used = 0;
    for (;;) {
      const count = this.successors[at]!.length;
      let edge: number;
      if (this.isDispatch(at)) {
        if (variable === undefined || variable >= count) throw new Error('a dispatch node without selection');
        edge = variable;
        variable = undefined;
      } else {
        trace.push(this.origin[at]!);
        if (count === 0 || used === decisions.length) return trace;
        edge = decisions[used++]! % count;
        trace.push(edge);
        const to = this.successors[at]![edge]!;
        if (to !== LEAVES && this.isDispatch(to)) {
          variable = this.#selected.get(`${at}:${edge}`);
        }
      }
      at = next(at, edge);
      if (at === LEAVES) return trace;
    }
  }

  #add(successors: number[], origin: number, weight: number, isSwitch: boolean): number {
    const node = this.successors.length;
    this.successors.push(successors);
    this.origin.push(origin);
    this.#weights.push(weight);
    if (isSwitch) this.#switches.add(node);
    return node;
  }
}

/** Any graph: self loops, doubled edges, unreachable nodes, tables; edges to neighbours are as frequent as all others. */
export const anyShape = (most: number): fc.Arbitrary<FlowShape> =>
  fc.integer({ min: 1, max: most }).chain((count) => {
    const edge = (node: number): fc.Arbitrary<number> =>
      fc.oneof(
        fc.integer({ min: 0, max: count - 1 }),
        fc.integer({ min: node - 1, max: node + 2 }).map((to) => (to < 0 || to >= count ? LEAVES : to)),
        fc.constant(Math.min(node + 1, count - 1)),
      );
    const node = (index: number) =>
      fc.record({
        nexts: fc.oneof(
          { weight: 6, arbitrary: fc.array(edge(index), { minLength: 1, maxLength: 2 }) },
          { weight: 1, arbitrary: fc.array(edge(index), { maxLength: 5 }) },
        ),
        isSwitch: fc.boolean(),
        weight: fc.integer({ min: 0, max: 9 }),
      });
    return fc
      .record({
        nodes: fc.tuple(...Array.from({ length: count }, (_, index) => node(index))),
        entry: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: count - 1 })),
      })
      .map(({ nodes, entry }) => ({
        successors: nodes.map(({ nexts }) => nexts),
        switches: new Set(
          nodes.flatMap(({ nexts, isSwitch }, at) => (isSwitch && nexts.length !== 2 ? [at] : [])),
        ),
        weights: nodes.map(({ weight }) => weight),
        entry,
      }));
  });

/** Edges to take, one number for each node on the way. */
export const anyDecisions: fc.Arbitrary<number[]> = fc.array(fc.nat({ max: 59 }), {
  minLength: 0,
  maxLength: 60,
  size: 'max',
});
