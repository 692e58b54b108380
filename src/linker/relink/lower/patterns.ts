import { type PolkaVmKind, type Width, widthOf } from '../../../core/kind.ts';
import type { Form } from '../../../isa/row.ts';
import { ROWS } from '../../../isa/table.ts';
import { TERM, TERM_ARITIES, type Term, termOf, usesOf } from '../../../isa/term.ts';
import { COMMUTATIVE, kindHas } from '../graph/forms.ts';
import { canonicalOperator, type Expression } from './expression.ts';

/** An operation that computes an expression from simpler ones. */
export interface Match {
  readonly op: number;
  readonly b: Expression | undefined;
  readonly c: Expression | undefined;
  readonly x: number;
}

/** What the operands of a row's meaning are, as far as it is known. */
interface Bound {
  readonly b: Expression | undefined;
  readonly c: Expression | undefined;
  readonly x: number | undefined;
  /** Operators of the expression that the row computes. */
  readonly covered: number;
}

const FREE: Bound = { b: undefined, c: undefined, x: undefined, covered: 0 };

const FORMS_OF_VALUES: ReadonlySet<Form> = new Set(['reg_reg', 'reg_reg_imm', 'reg_reg_reg']);

/** The constant as an immediate, if it is one. */
export const immediateOf = (value: bigint, width: Width): number | undefined => {
  const signed = BigInt.asIntN(width, value);
  return signed === BigInt.asIntN(32, signed) ? Number(signed) : undefined;
};

/** Finds operations of a kind by what they mean. */
export class Patterns {
  readonly #width: Width;
  /** Operations by the operator that their meaning begins with. */
  readonly #operations: Map<number, { readonly op: number; readonly term: Term }[]> = new Map();

  constructor(kind: PolkaVmKind) {
    this.#width = widthOf(kind);
    for (const [op, row] of ROWS.entries()) {
      const meaning = termOf(op);
      if (meaning === undefined || row.effect.kind !== 'value') continue;
      if (!kindHas(kind, op) || !FORMS_OF_VALUES.has(row.form) || (usesOf(op) & 1) !== 0) continue;
      const term = this.#canonical(meaning);
      const known = this.#operations.get(term.op);
      if (known === undefined) this.#operations.set(term.op, [{ op, term }]);
      else known.push({ op, term });
    }
  }

  /** The operation that does most of the work of an expression that begins with an operator. */
  find(expression: Expression): Match | undefined {
    if (expression.kind !== 'operator') return undefined;
    let best: Match | undefined;
    let bestScore = -Infinity;
    for (const { op, term } of this.#operations.get(expression.op) ?? []) {
      for (const { b, c, x, covered } of this.#match(term, expression, FREE, true)) {
        // A constant in a register has to be loaded there.
        const score = 2 * covered - Number(b?.kind === 'constant') - Number(c?.kind === 'constant');
        if (score <= bestScore) continue;
        best = { op, b, c, x: x ?? 0 };
        bestScore = score;
      }
    }
    return best;
  }

  /** Without the operators that do nothing in this width. */
  #canonical(term: Term): Term {
    const arity = TERM_ARITIES[term.op] as number;
    return arity > 0 && canonicalOperator(term.op, this.#width) === undefined
      ? this.#canonical(term.p)
      : term;
  }

  /** All ways in which a row's meaning is the expression. */
  #match(pattern: Term, expression: Expression, bound: Bound, isWhole: boolean): readonly Bound[] {
    const term = this.#canonical(pattern);
    switch (term.op) {
      case TERM.b:
        return bound.b === undefined || bound.b === expression ? [{ ...bound, b: expression }] : [];
      case TERM.c:
        return bound.c === undefined || bound.c === expression ? [{ ...bound, c: expression }] : [];
      case TERM.x: {
        const x = expression.kind === 'constant' ? immediateOf(expression.value, this.#width) : undefined;
        return x === undefined || (bound.x ?? x) !== x ? [] : [{ ...bound, x }];
      }
      case TERM.imm: {
        const value = BigInt.asUintN(this.#width, BigInt(term.value));
        return expression.kind === 'constant' && expression.value === value ? [bound] : [];
      }
    }
    return [
      ...this.#matchOperator(term, expression, bound),
      ...this.#matchSum(term, expression, bound, isWhole),
    ];
  }

  #matchOperator(term: Term, expression: Expression, bound: Bound): readonly Bound[] {
    if (expression.kind !== 'operator' || canonicalOperator(term.op, this.#width) !== expression.op)
      return [];
    const parts = [term.p, term.q, term.r];
    const orders = COMMUTATIVE.has(term.op)
      ? [expression.operands, [...expression.operands].reverse()]
      : [expression.operands];
    return orders.flatMap((operands) =>
      operands.reduce<readonly Bound[]>(
        (found, operand, i) => found.flatMap((each) => this.#match(parts[i] as Term, operand, each, false)),
        [{ ...bound, covered: bound.covered + 1 }],
      ),
    );
  }

  /** Inside of a meaning, `p + x` is anything: with x = 0. A sign extension is an addition of 32 bits that way. */
  #matchSum(term: Term, expression: Expression, bound: Bound, isWhole: boolean): readonly Bound[] {
    if (isWhole || term.op !== TERM.add || term.q.op !== TERM.x || (bound.x ?? 0) !== 0) return [];
    return this.#match(term.p, expression, { ...bound, x: 0 }, false);
  }
}
