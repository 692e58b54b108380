/** A successor that is no node: control leaves the function there. */
export const LEAVES = -1;

/**
 * The control flow of one function, as structuring sees it: nodes are numbers from 0, each with its successors in
 * the order of its exit. Passes may add nodes; none is ever removed, what nothing reaches is not emitted.
 */
export interface Flow {
  entry: number;
  /** Successors of each node; LEAVES where an edge leaves the function. */
  readonly successors: number[][];
  /** True when all edges of a node go through one table of labels, so that its successors need labels. */
  isSwitch(node: number): boolean;
}

/** A flow that irreducible loops can be repaired in. */
export interface MutableFlow extends Flow {
  /** Instructions of a node: what copying it costs. */
  weight(node: number): number;
  /** A copy of a node with the same successors; its number. */
  copy(node: number): number;
  /**
   * A node that goes to the target whose index a local variable of its own holds; its number. Whoever redirects an
   * edge to it calls `select` for that edge.
   */
  addDispatch(targets: readonly number[]): number;
  /** Edge `index` of `node`, which leads to a dispatch node, goes on to the target with this index. */
  select(node: number, index: number, target: number): void;
}
