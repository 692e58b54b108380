import type { Width } from '../core/kind.ts';
import type { Row } from '../isa/row.ts';
import { operation, ROWS } from '../isa/table.ts';
import { FIRST_PAIR_LABEL, labelOf } from './records.ts';

/**
 * Pairs of operations that are one case of the loop, chosen by how often they run one after the other
 * (bench/profile-pairs.ts over the benchmark kernels and the guests; see bench/results.md).
 */
export const FUSED_PAIRS: Readonly<Record<Width, readonly (readonly [string, string])[]>> = {
  32: [],
  64: [],
};

/** Label of a pair by `65536 * first label + second label`. */
export const pairLabels = (width: Width): ReadonlyMap<number, number> => {
  const known = labels.get(width);
  if (known !== undefined) return known;
  const label = (name: string): number => labelOf(ROWS[operation(name)] as Row);
  const made = new Map(
    FUSED_PAIRS[width].map(([first, second], index) => [
      label(first) * 65536 + label(second),
      FIRST_PAIR_LABEL + index,
    ]),
  );
  labels.set(width, made);
  return made;
};

const labels = new Map<Width, ReadonlyMap<number, number>>();
