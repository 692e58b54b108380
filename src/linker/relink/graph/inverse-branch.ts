import { ROWS } from '../../../isa/table.ts';
import { TERM, TERM_ARITIES, type Term, termOf } from '../../../isa/term.ts';

/** Comparisons and those that hold exactly when they do not. */
const PAIRS: readonly (readonly [number, number])[] = [
  [TERM.eq, TERM.ne],
  [TERM.lt, TERM.ge],
  [TERM.ltu, TERM.geu],
];

const INVERSE: ReadonlyMap<number, number> = new Map(
  PAIRS.flatMap(([p, q]) => [[p, q] as const, [q, p] as const]),
);

/** The meaning of a branch on plain operands as text; `op` in place of its own comparison. */
const comparisonText = (term: Term, op: number): string | undefined =>
  TERM_ARITIES[term.p.op] === 0 && TERM_ARITIES[term.q.op] === 0
    ? `${op} ${term.p.op} ${term.q.op}`
    : undefined;

const derive = (): Int16Array => {
  const branches = new Map<string, number>();
  for (const [op, { effect, form, opcodes }] of ROWS.entries()) {
    const term = effect.kind === 'branch' && Object.keys(opcodes).length > 0 ? termOf(op) : undefined;
    if (term !== undefined) branches.set(`${form} ${comparisonText(term, term.op)}`, op);
  }
  return Int16Array.from(ROWS, ({ effect, form }, op) => {
    const term = effect.kind === 'branch' ? termOf(op) : undefined;
    const inverse = term === undefined ? undefined : INVERSE.get(term.op);
    const text = term === undefined || inverse === undefined ? undefined : comparisonText(term, inverse);
    return text === undefined ? -1 : (branches.get(`${form} ${text}`) ?? -1);
  });
};

let inverses: Int16Array | undefined;

/**
 * The branch with the same operands that is taken exactly when `op` is not, found by what both mean; -1 when there is
 * none.
 */
export const inverseBranch = (op: number): number => {
  inverses ??= derive();
  return inverses[op] ?? -1;
};
