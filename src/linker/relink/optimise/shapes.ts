import type { Width } from '../../../core/kind.ts';
import { ROWS } from '../../../isa/table.ts';
import { TERM, type Term, termOf } from '../../../isa/term.ts';

/** What passes know operations by that they treat apart from others. */
export const SHAPE = {
  /** Computes a value in another way. */
  other: 0,
  /** a = x */
  constant: 1,
  /** a = x and y joined */
  wideConstant: 2,
  /** a = b */
  copy: 3,
  /** a = b + x, in full width */
  addConstant: 4,
  /** a = b + c, in full width */
  add: 5,
  /** a = b - c, in full width */
  subtract: 6,
  /** Does nothing. */
  nothing: 7,
  /** a = one of two operands, by a third one */
  select: 8,
  /** a = what memory holds */
  load: 9,
  /** Gives no register a value that anything is known of: stores and host calls. */
  effect: 10,
} as const;

/** The meaning without a sign extension that does nothing in that width. */
export const inWidth = (term: Term, width: Width): Term =>
  width === 32 && term.op === TERM.sx32 ? term.p : term;

const isLeaf = ({ op }: Term): boolean => op <= TERM.x;

const shapeOf = (term: Term): number => {
  if (term.op === TERM.x) return SHAPE.constant;
  if (term.op === TERM.join) return SHAPE.wideConstant;
  if (term.op === TERM.b) return SHAPE.copy;
  if (term.op === TERM.select && isLeaf(term.p)) return SHAPE.select;
  if (term.p.op !== TERM.b) return SHAPE.other;
  if (term.op === TERM.add) return term.q.op === TERM.x ? SHAPE.addConstant : SHAPE.add;
  return term.op === TERM.sub && term.q.op === TERM.c ? SHAPE.subtract : SHAPE.other;
};

const tables = new Map<Width, Uint8Array>();

/** Shapes of operations, by operation number. */
export const shapesIn = (width: Width): Uint8Array => {
  let table = tables.get(width);
  if (table === undefined) {
    table = Uint8Array.from(ROWS, ({ effect }, op) => {
      if (effect.kind === 'nothing') return SHAPE.nothing;
      if (effect.kind === 'load') return SHAPE.load;
      if (effect.kind !== 'value') return SHAPE.effect;
      const term = termOf(op);
      return term === undefined ? SHAPE.other : shapeOf(inWidth(term, width));
    });
    tables.set(width, table);
  }
  return table;
};
