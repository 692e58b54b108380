import { TERM, TERM_ARITIES, type Term } from '../../isa/term.ts';
import { LARGEST } from './interval.ts';
import type { RegisterRanges, TermRanges } from './interval-terms.ts';

/** The comparison that holds where another one does not; 0 for what is no comparison. */
const OPPOSITES = new Uint8Array(TERM_ARITIES.length);
for (const [one, other] of [
  [TERM.eq, TERM.ne],
  [TERM.lt, TERM.ge],
  [TERM.ltu, TERM.geu],
] as const) {
  OPPOSITES[one] = other;
  OPPOSITES[other] = one;
}

/** What the two sides of a branch know of the registers that it compares. */
export class Comparison {
  readonly #terms: TermRanges;
  readonly #registers: RegisterRanges;
  readonly #zeroRegister: boolean;
  /** The comparison, 0 when the condition is none of two operands, and the registers that it compares; -1 for constants. */
  #op = 0;
  #one = -1;
  #other = -1;
  /** Ends of the ranges of the two, as they are without the comparison. */
  readonly #ends = new Float64Array(4);
  /** Whether the side that is looked at may be taken. */
  #possible = true;

  constructor(terms: TermRanges, registers: RegisterRanges, zeroRegister: boolean) {
    this.#terms = terms;
    this.#registers = registers;
    this.#zeroRegister = zeroRegister;
  }

  /** Takes the condition of the branch `i` and the registers as they are before it. */
  begin(condition: Term, i: number): void {
    const { op, p, q } = condition;
    const terms = this.#terms;
    terms.at = i;
    this.#op = OPPOSITES[op] === 0 || p.op > TERM.imm || q.op > TERM.imm ? 0 : op;
    if (this.#op === 0) return;
    this.#one = terms.registerOf(p.op);
    this.#other = terms.registerOf(q.op);
    const ends = this.#ends;
    terms.of(p);
    ends[0] = terms.result.low;
    ends[1] = terms.result.high;
    terms.of(q);
    ends[2] = terms.result.low;
    ends[3] = terms.result.high;
  }

  /** Sets the registers to what is known where the condition holds, or not; false when that cannot be. */
  side(holds: boolean): boolean {
    if (this.#op === 0) return true;
    const ends = this.#ends;
    if (this.#one >= 0) this.#registers.set(this.#one, ends[0] as number, ends[1] as number);
    if (this.#other >= 0) this.#registers.set(this.#other, ends[2] as number, ends[3] as number);
    this.#possible = true;
    // Nothing is learned from a register that is compared with itself.
    if (this.#one !== this.#other || this.#one < 0) {
      this.#narrow(holds ? this.#op : (OPPOSITES[this.#op] as number));
    }
    return this.#possible;
  }

  /** Narrows the ranges of two registers (-1: a constant) to where a comparison of them holds. */
  #narrow(op: number): void {
    const one = this.#one;
    const other = this.#other;
    const pl = this.#ends[0] as number;
    const ph = this.#ends[1] as number;
    const ql = this.#ends[2] as number;
    const qh = this.#ends[3] as number;
    switch (op) {
      case TERM.lt:
        this.#limit(one, pl, ph, -Infinity, qh - 1);
        this.#limit(other, ql, qh, pl + 1, Infinity);
        return;
      case TERM.ge:
        this.#limit(one, pl, ph, ql, Infinity);
        this.#limit(other, ql, qh, -Infinity, ph);
        return;
      case TERM.ltu:
        if (ql >= 0) {
          this.#limit(one, pl, ph, 0, qh - 1);
          this.#limit(other, ql, qh, Math.max(pl, 0) + 1, Infinity);
        } else if (ph < 0) {
          this.#limit(one, pl, ph, -Infinity, Math.min(qh, -1) - 1);
          this.#limit(other, ql, qh, pl + 1, -1);
        }
        return;
      case TERM.geu:
        if (pl >= 0) {
          this.#limit(one, pl, ph, Math.max(ql, 0), Infinity);
          this.#limit(other, ql, qh, 0, ph);
        } else if (qh < 0) {
          this.#limit(one, pl, ph, ql, -1);
          this.#limit(other, ql, qh, -Infinity, Math.min(ph, -1));
        }
        return;
      case TERM.eq:
        this.#limit(one, pl, ph, ql, qh);
        this.#limit(other, ql, qh, pl, ph);
        return;
      case TERM.ne:
        if (ql === qh) this.#limit(one, pl, ph, pl === ql ? pl + 1 : pl, ph === qh ? ph - 1 : ph);
        if (pl === ph) this.#limit(other, ql, qh, ql === pl ? ql + 1 : ql, qh === ph ? qh - 1 : qh);
    }
  }

  /** The part of a register's range that is within another one; where nothing is left, the edge is not taken. */
  #limit(register: number, low: number, high: number, least: number, most: number): void {
    const from = Math.max(low, least);
    const to = Math.min(high, most);
    if (from > to) this.#possible = false;
    else if (register > 0 || (register === 0 && !this.#zeroRegister)) {
      this.#registers.set(register, Math.min(from, LARGEST), Math.max(to, -LARGEST));
    }
  }
}
