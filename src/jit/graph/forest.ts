import { int32Nones, int32Zeros } from './small-arrays.ts';

/**
 * Trees that grow at their leaves and answer questions about ancestors in logarithmic time. Each node keeps one
 * jump to a far ancestor; the jumps' lengths follow the skew-binary numbers, so nodes of equal depth jump equally
 * far (Myers, "An applicative random-access stack", 1983).
 */
export class Forest {
  /** Parent of each node; -1 for roots and for nodes that have not been added. */
  readonly parent: Int32Array;
  /** Number of proper ancestors. */
  readonly depth: Int32Array;
  /** An ancestor, of roots the root itself. */
  readonly #jump: Int32Array;

  constructor(size: number) {
    this.parent = int32Nones(size);
    this.depth = int32Zeros(size);
    this.#jump = int32Zeros(size);
  }

  /** Adds a node under one that is there already, or as a root (-1). */
  add(node: number, parent: number): void {
    this.parent[node] = parent;
    if (parent === -1) {
      this.depth[node] = 0;
      this.#jump[node] = node;
      return;
    }
    const depth = this.depth;
    const jump = this.#jump;
    const far = jump[parent]!;
    const farther = jump[far]!;
    depth[node] = depth[parent]! + 1;
    jump[node] = depth[parent]! - depth[far]! === depth[far]! - depth[farther]! ? farther : parent;
  }

  /** The ancestor of `node`, or the node itself, that has this depth; at most the node's own. */
  ancestorAt(node: number, depth: number): number {
    let at = node;
    while (this.depth[at]! > depth) {
      const far = this.#jump[at]!;
      at = this.depth[far]! >= depth ? far : this.parent[at]!;
    }
    return at;
  }

  /** The deepest common ancestor of two nodes of one tree; a node counts as its own ancestor. */
  commonAncestor(one: number, other: number): number {
    let a = one;
    let b = other;
    if (this.depth[a]! > this.depth[b]!) a = this.ancestorAt(a, this.depth[b]!);
    else b = this.ancestorAt(b, this.depth[a]!);
    while (a !== b) {
      const farA = this.#jump[a]!;
      const farB = this.#jump[b]!;
      if (farA === farB) {
        a = this.parent[a]!;
        b = this.parent[b]!;
      } else {
        a = farA;
        b = farB;
      }
    }
    return a;
  }

  /** Whether `ancestor` is `node` or lies above it. */
  isAncestor(ancestor: number, node: number): boolean {
    const depth = this.depth[ancestor]!;
    return depth <= this.depth[node]! && this.ancestorAt(node, depth) === ancestor;
  }
}
