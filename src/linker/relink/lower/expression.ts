import type { Width } from '../../../core/kind.ts';
import { TERM_NAMES } from '../../../isa/operators.ts';
import { oracle } from '../../../isa/oracle.ts';
import type { Sem } from '../../../isa/sem.ts';
import { TERM, TERM_ARITIES, type Term } from '../../../isa/term.ts';

/** A value that is computed from registers and constants. Equal expressions of one builder are the same object. */
export type Expression =
  | { readonly kind: 'register'; readonly id: number; readonly register: number }
  | { readonly kind: 'constant'; readonly id: number; readonly value: bigint }
  | {
      readonly kind: 'operator';
      readonly id: number;
      readonly op: number;
      readonly operands: readonly Expression[];
    };

/** What the operands of a meaning stand for. */
export type Binding = Readonly<Partial<Record<number, Expression>>>;

type WithoutId<T> = T extends { readonly id: number } ? Omit<T, 'id'> : never;
type Operator = (...operands: bigint[]) => bigint;

/**
 * Operators on 32 bits that are the same as those on the whole register where registers have 32 bits. Rows of 32-bit
 * kinds are written with either.
 */
const NARROW = [
  [TERM.shl, TERM.shl32],
  [TERM.shr, TERM.shr32],
  [TERM.sar, TERM.sar32],
  [TERM.rotl, TERM.rotl32],
  [TERM.rotr, TERM.rotr32],
  [TERM.div, TERM.div32],
  [TERM.divu, TERM.divu32],
  [TERM.rem, TERM.rem32],
  [TERM.remu, TERM.remu32],
  [TERM.clz, TERM.clz32],
  [TERM.ctz, TERM.ctz32],
  [TERM.popcnt, TERM.popcnt32],
] as const;

const NARROWED: ReadonlyMap<number, number> = new Map(NARROW);

/** The operator that stands for another one where registers have `width` bits; undefined for those that do nothing. */
export const canonicalOperator = (op: number, width: Width): number | undefined => {
  if (width === 64) return op;
  return op === TERM.sx32 || op === TERM.zx32 ? undefined : (NARROWED.get(op) ?? op);
};

/** A constant on one side of an operator. */
interface Constant {
  /** -1: all bits set. */
  readonly value: 0 | -1;
  readonly side: 'left' | 'right' | 'either';
}

const zeroRight: Constant = { value: 0, side: 'right' };
const zeroEither: Constant = { value: 0, side: 'either' };

const SHIFTS = [TERM.shl, TERM.shr, TERM.sar, TERM.rotl, TERM.rotr] as const;
const NARROW_SHIFTS = [TERM.shl32, TERM.shr32, TERM.sar32, TERM.rotl32, TERM.rotr32] as const;

/** Constants that make an operator give its other operand. */
const NEUTRAL: ReadonlyMap<number, Constant> = new Map<number, Constant>([
  [TERM.add, zeroEither],
  [TERM.or, zeroEither],
  [TERM.xor, zeroEither],
  [TERM.sub, zeroRight],
  [TERM.and, { value: -1, side: 'either' }],
  ...SHIFTS.map((op) => [op, zeroRight] as const),
]);

/** The same where registers have 32 bits. */
const NEUTRAL_32: ReadonlyMap<number, Constant> = new Map<number, Constant>([
  ...NEUTRAL,
  ...NARROW_SHIFTS.map((op) => [op, zeroRight] as const),
]);

/** Constants that an operator gives whatever the other operand is. */
const ABSORBING: ReadonlyMap<number, Constant> = new Map<number, Constant>([
  ...[TERM.and, TERM.mul, TERM.mulh, TERM.mulhu, TERM.mulhsu].map((op) => [op, zeroEither] as const),
  [TERM.or, { value: -1, side: 'either' }],
  ...[...SHIFTS, ...NARROW_SHIFTS].map((op) => [op, { value: 0, side: 'left' }] as const),
]);

/** Builds expressions, folding what is constant already. */
export class ExpressionBuilder {
  readonly width: Width;
  readonly #sem: Sem<bigint>;
  readonly #known: Map<string, Expression> = new Map();

  constructor(width: Width) {
    this.width = width;
    this.#sem = oracle(width);
  }

  register(register: number): Expression {
    return this.#share(`r${register}`, { kind: 'register', register });
  }

  /** A constant, of which the low bits count. */
  constant(value: bigint): Expression {
    const unsigned = BigInt.asUintN(this.width, value);
    return this.#share(`#${unsigned}`, { kind: 'constant', value: unsigned });
  }

  apply(operator: number, ...operands: readonly Expression[]): Expression {
    const op = canonicalOperator(operator, this.width);
    if (op === undefined) return operands[0] as Expression;
    return this.#simplified(op, operands) ?? this.#operator(op, operands);
  }

  /** A meaning with its operands filled in. */
  fromTerm(term: Term, binding: Binding): Expression {
    if (term.op === TERM.imm) return this.constant(BigInt(term.value));
    const arity = TERM_ARITIES[term.op] as number;
    if (arity === 0) return binding[term.op] as Expression;
    const parts = [term.p, term.q, term.r].slice(0, arity).map((part) => this.fromTerm(part, binding));
    return this.apply(term.op, ...parts);
  }

  #operator(op: number, operands: readonly Expression[]): Expression {
    return this.#share(`${op}(${operands.map(({ id }) => id).join()})`, { kind: 'operator', op, operands });
  }

  #share(key: string, made: WithoutId<Expression>): Expression {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const expression = { ...made, id: this.#known.size } as Expression;
    this.#known.set(key, expression);
    return expression;
  }

  #simplified(op: number, operands: readonly Expression[]): Expression | undefined {
    const values = operands.flatMap((operand) => (operand.kind === 'constant' ? [operand.value] : []));
    if (values.length === operands.length) {
      return this.constant((this.#sem[TERM_NAMES[op] as keyof Sem<bigint>] as Operator)(...values));
    }
    const [left, right, other] = operands as [Expression, Expression, Expression];
    if (op === TERM.select) {
      if (left.kind === 'constant') return left.value !== 0n ? right : other;
      return right === other ? right : undefined;
    }
    if (right === undefined) return undefined;
    const neutral = (this.width === 32 ? NEUTRAL_32 : NEUTRAL).get(op);
    if (neutral !== undefined) {
      if (neutral.side !== 'left' && this.#is(right, neutral.value)) return left;
      if (neutral.side !== 'right' && this.#is(left, neutral.value)) return right;
    }
    const absorbing = ABSORBING.get(op);
    if (absorbing === undefined) return undefined;
    if (absorbing.side !== 'left' && this.#is(right, absorbing.value)) return right;
    return absorbing.side !== 'right' && this.#is(left, absorbing.value) ? left : undefined;
  }

  #is(expression: Expression, value: 0 | -1): boolean {
    return expression === this.constant(BigInt(value));
  }
}
