import type { Width } from '../../../core/kind.ts';
import { operation } from '../../../isa/table.ts';
import { TERM } from '../../../isa/term.ts';
import type { Expression, ExpressionBuilder } from './expression.ts';
import { immediateOf, type Patterns } from './patterns.ts';
import { rewritten } from './rewrite.ts';

/** One operation of an expansion; registers are those of the expression, or values from `FIRST_VALUE` on. */
export interface Step {
  readonly op: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly x: number;
  readonly y: number;
}

/** Numbers of intermediate values, above those of all registers. */
export const FIRST_VALUE = 64;

const LOAD_IMM = operation('load_imm');
const LOAD_IMM_64 = operation('load_imm64');
const MOVE = operation('move_reg');
const MOVE_IF_ZERO = operation('cmov_if_zero');
const MOVE_IF_NOT_ZERO = operation('cmov_if_not_zero');
const MOVE_IF_ZERO_IMM = operation('cmov_if_zero_imm');
const MOVE_IF_NOT_ZERO_IMM = operation('cmov_if_not_zero_imm');

const step = (op: number, a: number, b = 0, c = 0, x = 0, y = 0): Step => ({ op, a, b, c, x, y });

/** Finds operations that compute an expression. */
export class Selection {
  readonly #builder: ExpressionBuilder;
  readonly #patterns: Patterns;
  readonly #steps: Step[] = [];
  readonly #values: Map<Expression, number> = new Map();
  #nextValue = FIRST_VALUE;

  constructor(builder: ExpressionBuilder, patterns: Patterns) {
    this.#builder = builder;
    this.#patterns = patterns;
  }

  /**
   * The steps for register `destination` = expression. It is written last, so that it may be a source as well; except
   * by a conditional move, which has to know the sources that are the same register: `aliases`.
   */
  run(expression: Expression, destination: number, aliases: ReadonlySet<number>): readonly Step[] {
    if (isSelection(expression) && this.#patterns.find(expression) === undefined) {
      this.#select(expression, destination, aliases);
    } else this.#assign(destination, expression);
    return this.#steps;
  }

  get #width(): Width {
    return this.#builder.width;
  }

  /** The register or value that holds an expression. */
  #value(expression: Expression): number {
    if (expression.kind === 'register') return expression.register;
    const known = this.#values.get(expression);
    if (known !== undefined) return known;
    const value = this.#nextValue++;
    this.#assign(value, expression);
    this.#values.set(expression, value);
    return value;
  }

  #assign(to: number, expression: Expression): void {
    switch (expression.kind) {
      case 'register':
        if (to !== expression.register) this.#steps.push(step(MOVE, to, expression.register));
        return;
      case 'constant':
        this.#load(to, expression.value);
        return;
      case 'operator':
        this.#compute(to, expression);
    }
  }

  #load(to: number, value: bigint): void {
    const immediate = immediateOf(value, this.#width);
    if (immediate !== undefined) this.#steps.push(step(LOAD_IMM, to, 0, 0, immediate));
    else {
      const half = (bits: bigint): number => Number(BigInt.asIntN(32, bits));
      this.#steps.push(step(LOAD_IMM_64, to, 0, 0, half(value), half(value >> 32n)));
    }
  }

  #compute(to: number, expression: OperatorExpression): void {
    const match = this.#patterns.find(expression);
    if (match !== undefined) {
      const b = match.b === undefined ? 0 : this.#value(match.b);
      const c = match.c === undefined ? 0 : this.#value(match.c);
      this.#steps.push(step(match.op, to, b, c, match.x));
    } else if (isSelection(expression)) this.#select(expression, to, new Set());
    else this.#assign(to, rewritten(expression, this.#builder));
  }

  /** `to` = condition ? yes : no, by a move and a conditional move. */
  #select(expression: OperatorExpression, to: number, aliases: ReadonlySet<number>): void {
    const [condition, yes, no] = expression.operands as readonly [Expression, Expression, Expression];
    const test = this.#value(condition);
    const choice = { yes: this.#source(yes), no: this.#source(no) };
    const isTo = (source: Source): boolean =>
      source === to || (typeof source === 'number' && aliases.has(source));
    // What is moved first must not overwrite what is read after it.
    const isFirst = (first: Source, second: Source): boolean => isTo(first) || !(isTo(test) || isTo(second));
    if (isFirst(choice.no, choice.yes)) this.#moveIf(true, to, test, choice.no, choice.yes);
    else if (isFirst(choice.yes, choice.no)) this.#moveIf(false, to, test, choice.yes, choice.no);
    else {
      const value = this.#nextValue++;
      this.#moveIf(true, value, test, choice.no, choice.yes);
      this.#steps.push(step(MOVE, to, value));
    }
  }

  /** What a conditional move takes: a register, a value, or an immediate. */
  #source(expression: Expression): Source {
    const immediate = expression.kind === 'constant' ? immediateOf(expression.value, this.#width) : undefined;
    return immediate === undefined ? this.#value(expression) : { immediate };
  }

  /** `to` = first; then `to` = second if `test` is not zero, or if it is. */
  #moveIf(isNotZero: boolean, to: number, test: number, first: Source, second: Source): void {
    if (typeof first !== 'number') this.#steps.push(step(LOAD_IMM, to, 0, 0, first.immediate));
    else if (first !== to) this.#steps.push(step(MOVE, to, first));
    if (typeof second === 'number') {
      this.#steps.push(step(isNotZero ? MOVE_IF_NOT_ZERO : MOVE_IF_ZERO, to, second, test));
    } else {
      const op = isNotZero ? MOVE_IF_NOT_ZERO_IMM : MOVE_IF_ZERO_IMM;
      this.#steps.push(step(op, to, test, 0, second.immediate));
    }
  }
}

type Source = number | { readonly immediate: number };
type OperatorExpression = Extract<Expression, { kind: 'operator' }>;

const isSelection = (expression: Expression): expression is OperatorExpression =>
  expression.kind === 'operator' && expression.op === TERM.select;
