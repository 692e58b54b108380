import { ROWS } from '../../../isa/table.ts';
import { TERM, termOf } from '../../../isa/term.ts';

let conditions: Int8Array | undefined;

/** True for branches on equality, false for those on inequality, undefined for all others. */
export const eqCondition = (op: number): boolean | undefined => {
  conditions ??= Int8Array.from(ROWS, ({ effect }, branch) => {
    const term = effect.kind === 'branch' ? termOf(branch)?.op : undefined;
    return term === TERM.eq ? 1 : term === TERM.ne ? 0 : -1;
  });
  const condition = conditions[op];
  return condition === 1 ? true : condition === 0 ? false : undefined;
};
