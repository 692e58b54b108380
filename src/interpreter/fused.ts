import type { Width } from '../core/kind.ts';
import { FUSED } from './fused.generated.ts';
import { FIRST_FUSED_LABEL, LABELS } from './records.ts';

/** A node of the search for the longest sequence: the next label leads on. */
export interface FusedNode {
  readonly next: Map<number, FusedNode>;
  /** Label of the sequence that ends here, 0 if none does. */
  label: number;
}

/** The sequences of a width as a tree over record labels. */
export const fusedTree = (width: Width): FusedNode => {
  const known = trees.get(width);
  if (known !== undefined) return known;
  const root: FusedNode = { next: new Map(), label: 0 };
  for (const [index, sequence] of FUSED[width].entries()) {
    let node = root;
    for (const label of labelsOf(sequence)) {
      let next = node.next.get(label);
      if (next === undefined) {
        next = { next: new Map(), label: 0 };
        node.next.set(label, next);
      }
      node = next;
    }
    node.label = FIRST_FUSED_LABEL + index;
  }
  trees.set(width, root);
  return root;
};

const trees = new Map<Width, FusedNode>();

/** Record labels of the operations of a sequence. */
const labelsOf = (sequence: readonly number[]): number[] => sequence.map((op) => LABELS[op] as number);

/** The label of the first operation of each fused label. */
export const firstLabels = (width: Width): ReadonlyMap<number, number> =>
  new Map(
    FUSED[width].map((sequence, index) => [FIRST_FUSED_LABEL + index, labelsOf(sequence)[0] as number]),
  );
