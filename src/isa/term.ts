import { DEFINES, OPERAND_BITS } from './cost.ts';
import { MEANINGS } from './meanings.generated.ts';
import { FIRST_CHARACTER, LEAST_IMMEDIATE, TERM, TERM_ARITIES } from './operators.ts';
import { definitionsOf, FORMS, type Row } from './row.ts';
import { ROWS } from './table.ts';

export { TERM, TERM_ARITIES, TERM_NAMES, type TermName } from './operators.ts';

/**
 * A meaning as data: what an engine that translates at run time walks over. All terms have one shape, and terms of
 * equal leaves are the same object.
 */
export class Term {
  /** What the term begins with, a number of `TERM`. */
  readonly op: number;
  /** The value of `imm`, a signed 32-bit number; 0 elsewhere. */
  readonly value: number;
  /** The operands, in order: as many as `TERM_ARITIES` says; what is more than that is a leaf without meaning. */
  readonly p: Term;
  readonly q: Term;
  readonly r: Term;

  constructor(op: number, value: number, p?: Term, q?: Term, r?: Term) {
    this.op = op;
    this.value = value;
    this.p = p ?? UNUSED ?? this;
    this.q = q ?? UNUSED ?? this;
    this.r = r ?? UNUSED ?? this;
  }
}

/** The one leaf that stands for operands that are not there; its own are itself. */
let UNUSED: Term | undefined;
UNUSED = new Term(TERM.imm, 0);

/** Reads MEANINGS from the beginning to the end. */
class Unpacker {
  #at = 0;
  readonly #leaves = new Map<number, Term>();

  term(): Term {
    const op = this.#number();
    if (op === TERM.imm) return this.#leaf(op, this.#number() + LEAST_IMMEDIATE);
    const arity = TERM_ARITIES[op] as number;
    if (arity === 0) return this.#leaf(op, 0);
    const p = this.term();
    const q = arity > 1 ? this.term() : undefined;
    return new Term(op, 0, p, q, arity > 2 ? this.term() : undefined);
  }

  #number(): number {
    return MEANINGS.charCodeAt(this.#at++) - FIRST_CHARACTER;
  }

  #leaf(op: number, value: number): Term {
    const key = op + TERM_ARITIES.length * (value - LEAST_IMMEDIATE);
    const leaf = this.#leaves.get(key) ?? new Term(op, value);
    this.#leaves.set(key, leaf);
    return leaf;
  }
}

const hasTerm = ({ effect: { kind } }: Row): boolean =>
  kind === 'value' || kind === 'branch' || kind === 'atomic';

const mentionsA = (term: Term): boolean => {
  if (term.op === TERM.a) return true;
  const arity = TERM_ARITIES[term.op] as number;
  return (
    (arity > 0 && mentionsA(term.p)) || (arity > 1 && mentionsA(term.q)) || (arity > 2 && mentionsA(term.r))
  );
};

/** As `usesOf` in full-row.ts, from what the run-time table has; and `DEFINES`. */
const traitsOf = (row: Row, term: Term | undefined): number => {
  const { effect } = row;
  const defines = definitionsOf(row).length > 0;
  let bits = defines ? DEFINES : 0;
  for (const operand of ['a', 'b', 'c'] as const) {
    if (FORMS[row.form].includes(operand)) bits |= OPERAND_BITS[operand];
  }
  // A register that is written is read as well by a conditional move, and by an indirect jump that links.
  const reads =
    (effect.kind === 'jump-indirect' && effect.base === 'a') ||
    (effect.kind === 'value' && term !== undefined && mentionsA(term));
  return defines && !reads ? bits & ~OPERAND_BITS.a : bits;
};

interface Unpacked {
  readonly terms: readonly (Term | undefined)[];
  readonly traits: Uint8Array;
}

const unpack = (): Unpacked => {
  const unpacker = new Unpacker();
  const terms = ROWS.map((row) => (hasTerm(row) ? unpacker.term() : undefined));
  return { terms, traits: Uint8Array.from(ROWS, (row, operation) => traitsOf(row, terms[operation])) };
};

/** Unpacked when it is needed first: who only interprets or links never does. */
let unpacked: Unpacked | undefined;
const table = (): Unpacked => {
  unpacked ??= unpack();
  return unpacked;
};

/**
 * What an operation computes: the value of a `value` row, the condition of a `branch`, the new memory value of an
 * `atomic` (of `a`: the old one, and `c`). Undefined for all others, and for `INVALID`.
 */
export const termOf = (operation: number): Term | undefined => table().terms[operation];

/**
 * The register operands an operation reads, as bits: 1 is `a`, 2 is `b`, 4 is `c`. A conditional move reads `a`, its
 * old destination. Registers that are no operands are not in it, see `touchesOtherRegisters`.
 */
export const usesOf = (operation: number): number =>
  ((table().traits[operation] as number | undefined) ?? 0) & ~DEFINES;

/** True when an operation writes its register operand `a`; no operation writes another operand. */
export const definesA = (operation: number): boolean =>
  (((table().traits[operation] as number | undefined) ?? 0) & DEFINES) !== 0;

/**
 * True when an operation may read and write registers that are not among its operands: a host call, whose host sees
 * all of them, and custom operations without operands, which work on registers of the calling convention (`memset`).
 */
export const touchesOtherRegisters = (operation: number): boolean => {
  const row = ROWS[operation];
  if (row === undefined) return false;
  return row.effect.kind === 'host-call' || (row.effect.kind === 'custom' && FORMS[row.form] === '');
};
