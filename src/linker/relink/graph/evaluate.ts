import type { Width } from '../../../core/kind.ts';
import { TERM_NAMES } from '../../../isa/operators.ts';
import { oracle } from '../../../isa/oracle.ts';
import type { Sem } from '../../../isa/sem.ts';
import { TERM, TERM_ARITIES, type Term, termOf } from '../../../isa/term.ts';

/** Operands of a `value` or `branch` operation: registers as unsigned values, immediates as signed 32-bit numbers. */
export interface Operands {
  readonly a: bigint;
  readonly b: bigint;
  readonly c: bigint;
  readonly x: number;
  readonly y: number;
}

const vocabularies = new Map<Width, Sem<bigint>>();

const vocabulary = (width: Width): Sem<bigint> => {
  const known = vocabularies.get(width);
  if (known !== undefined) return known;
  const made = oracle(width);
  vocabularies.set(width, made);
  return made;
};

type Operator = (...operands: bigint[]) => bigint;

const evaluateTerm = (term: Term, operands: Operands, sem: Sem<bigint>): bigint => {
  switch (term.op) {
    case TERM.a:
      return operands.a;
    case TERM.b:
      return operands.b;
    case TERM.c:
      return operands.c;
    case TERM.x:
      return sem.imm(operands.x);
    case TERM.y:
      return sem.imm(operands.y);
    case TERM.imm:
      return sem.imm(term.value);
  }
  const arity = TERM_ARITIES[term.op] as number;
  const values = [term.p, term.q, term.r].slice(0, arity).map((part) => evaluateTerm(part, operands, sem));
  return (sem[TERM_NAMES[term.op] as keyof Sem<bigint>] as Operator)(...values);
};

/**
 * What an operation computes, by the instruction table's own meaning: the value of a `value` operation, the condition
 * of a branch (0 or 1). Undefined for all others. Registers are `width` bits wide and unsigned.
 */
export const evaluate = (op: number, operands: Operands, width: Width): bigint | undefined => {
  const term = termOf(op);
  return term === undefined ? undefined : evaluateTerm(term, operands, vocabulary(width));
};
