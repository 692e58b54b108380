import { TERM, TERM_NAMES } from '../../../isa/term.ts';
import type { Expression, ExpressionBuilder } from './expression.ts';

type Rewrite = (builder: ExpressionBuilder, ...operands: readonly Expression[]) => Expression;

/** A constant of equal bytes. */
const repeated = (builder: ExpressionBuilder, byte: bigint): Expression =>
  builder.constant(byte * 0x01_01_01_01_01_01_01_01n);

/** Low 32 bits of a register of 64, by shifting the others out. */
const zeroExtend: Rewrite = (builder, value) => {
  const distance = builder.constant(32n);
  return builder.apply(TERM.shr, builder.apply(TERM.shl, value as Expression, distance), distance);
};

/**
 * `orc.b`: 0x80 in each byte that is not 0, then 0xff for 0x80. The low seven bits of a byte plus 0x7f carry into its
 * highest bit exactly when they are not 0, and never beyond it. 0x80 · 2 − 0x80 / 128 = 0xff, and no byte borrows from
 * another.
 */
const combineBytes: Rewrite = (builder, value) => {
  const low = repeated(builder, 0x7fn);
  const sum = builder.apply(TERM.add, builder.apply(TERM.and, value as Expression, low), low);
  const any = builder.apply(TERM.or, sum, value as Expression);
  const inverted = builder.apply(TERM.xor, low, builder.constant(-1n));
  const high = builder.apply(TERM.and, any, inverted);
  const twice = builder.apply(TERM.shl, high, builder.constant(1n));
  return builder.apply(TERM.sub, twice, builder.apply(TERM.shr, high, builder.constant(7n)));
};

/** Operators that PolkaVM has no operation for, in terms of others. */
const REWRITES: ReadonlyMap<number, Rewrite> = new Map([
  [TERM.zx32, zeroExtend],
  [TERM.orcb, combineBytes],
]);

/** An expression whose operator no operation begins with, by others. */
export const rewritten = (
  expression: Extract<Expression, { kind: 'operator' }>,
  builder: ExpressionBuilder,
): Expression => {
  const rewrite = REWRITES.get(expression.op);
  // A slip in our own table: a test goes through all of it.
  if (rewrite === undefined) throw new Error(`no operation computes ${TERM_NAMES[expression.op]}`);
  return rewrite(builder, ...expression.operands);
};
