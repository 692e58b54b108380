import { type PolkaVmKind, type Width, widthOf } from '../../../core/kind.ts';
import { ROWS } from '../../../isa/table.ts';
import { TERM, type Term, termOf } from '../../../isa/term.ts';
import { kindHas, withConstantB, withConstantC } from '../graph/forms.ts';

/** What an operation on register b and a number amounts to. */
export type Simpler =
  /** a = op(b, x) */
  | { readonly kind: 'operation'; readonly op: number; readonly x: number }
  /** a = b */
  | { readonly kind: 'copy' }
  | { readonly kind: 'number'; readonly value: number };

const COPY: Simpler = { kind: 'copy' };
const number = (value: number): Simpler => ({ kind: 'number', value });

/** Operators that look at 32 bits, by those that look at all. */
const NARROW: ReadonlyMap<number, number> = new Map([
  [TERM.shl, TERM.shl32],
  [TERM.shr, TERM.shr32],
  [TERM.sar, TERM.sar32],
  [TERM.rotr, TERM.rotr32],
]);
const NARROW_OPERATORS: ReadonlySet<number> = new Set([
  ...NARROW.values(),
  TERM.rotl32,
  TERM.divu32,
  TERM.remu32,
]);

/** A meaning apart from the width it works in. */
interface Core {
  readonly term: Term;
  /** It works on 32 bits of more. */
  readonly isNarrow: boolean;
}

const coreOf = (op: number, width: Width): Core | undefined => {
  const term = termOf(op);
  if (term === undefined || ROWS[op]?.effect.kind !== 'value') return undefined;
  if (term.op === TERM.sx32) return { term: term.p, isNarrow: width === 64 };
  return { term, isNarrow: width === 64 && NARROW_OPERATORS.has(term.op) };
};

/** Simpler ways to compute, for one kind of blob. */
export class Strength {
  readonly #kind: PolkaVmKind;
  readonly #width: Width;
  /** Of `simplify`, by operation and x; most numbers come again and again. */
  readonly #known = new Map<number, Simpler | undefined>();

  constructor(kind: PolkaVmKind) {
    this.#kind = kind;
    this.#width = widthOf(kind);
  }

  /** `a = op(b, x)`, if it can be had simpler. */
  simplify(op: number, x: number): Simpler | undefined {
    const key = op * 2 ** 32 + (x >>> 0);
    if (this.#known.has(key)) return this.#known.get(key);
    const core = coreOf(op, this.#width);
    const { p, q } = core?.term ?? {};
    const found =
      core !== undefined && p?.op === TERM.b && q?.op === TERM.x ? this.#rule(core, x) : undefined;
    this.#known.set(key, found);
    return found;
  }

  /** `a = op(b, c)` with a number for c. */
  withNumberC(op: number, c: number): Simpler | undefined {
    const immediate = withConstantC(op);
    if (immediate >= 0 && kindHas(this.#kind, immediate)) return this.#simplified(immediate, c);
    const core = coreOf(op, this.#width);
    if (core === undefined || core.term.p.op === TERM.c) return undefined;
    return this.#registerRule(core, c);
  }

  /** `a = op(b, c)` with a number for b; the result's b is the old c. */
  withNumberB(op: number, b: number): Simpler | undefined {
    const immediate = withConstantB(op);
    return immediate >= 0 && kindHas(this.#kind, immediate) ? this.#simplified(immediate, b) : undefined;
  }

  #simplified(op: number, x: number): Simpler {
    return this.simplify(op, x) ?? { kind: 'operation', op, x };
  }

  #rule(core: Core, x: number): Simpler | undefined {
    switch (core.term.op) {
      case TERM.add:
        return x === 0 ? this.#same(core) : undefined;
      case TERM.and:
        return x === 0 ? number(0) : x === -1 ? COPY : undefined;
      case TERM.or:
        return x === 0 ? COPY : x === -1 ? number(-1) : undefined;
      case TERM.xor:
        return x === 0 ? COPY : undefined;
      case TERM.mul:
        return this.#multiplied(core, x);
      case TERM.ltu:
        return x === 0 ? number(0) : undefined;
      case TERM.shl:
      case TERM.shr:
      case TERM.sar:
      case TERM.rotr:
      case TERM.shl32:
      case TERM.shr32:
      case TERM.sar32:
      case TERM.rotr32:
        return this.#shifted(core, x);
      default:
        return undefined;
    }
  }

  /** b itself, or the low half of it. */
  #same(core: Core): Simpler | undefined {
    if (!core.isNarrow) return COPY;
    return core.term.op === TERM.add ? undefined : this.#operation({ ...core, op: TERM.add, x: 0 });
  }

  #multiplied(core: Core, x: number): Simpler | undefined {
    if (x === 0) return number(0);
    if (x === 1) return this.#same(core);
    return x > 0 && isPowerOfTwo(x) ? this.#operation({ ...core, op: TERM.shl, x: log2(x) }) : undefined;
  }

  #shifted(core: Core, x: number): Simpler | undefined {
    const distance = x & (core.isNarrow || this.#width === 32 ? 31 : 63);
    if (distance === 0) return this.#same(core);
    return distance === x ? undefined : this.#operation({ ...core, op: core.term.op, x: distance });
  }

  #registerRule(core: Core, c: number): Simpler | undefined {
    switch (core.term.op) {
      case TERM.sub:
        return c === -0x80000000 ? undefined : this.#operation({ ...core, op: TERM.add, x: -c | 0 });
      case TERM.and:
      case TERM.or:
        // With c inverted; the plain ones have a form of their own.
        return this.#operation({ ...core, op: core.term.op, x: ~c });
      case TERM.xor:
        return this.#operation({ ...core, op: TERM.xor, x: ~c });
      case TERM.rotl:
      case TERM.rotl32:
        return this.#operation({ ...core, op: TERM.rotr, x: -c | 0 });
      case TERM.divu:
      case TERM.divu32:
        return c > 0 && isPowerOfTwo(c) ? this.#operation({ ...core, op: TERM.shr, x: log2(c) }) : undefined;
      case TERM.remu:
      case TERM.remu32:
        return c > 0 && isPowerOfTwo(c)
          ? this.#operation({ ...core, isNarrow: false, op: TERM.and, x: c - 1 })
          : undefined;
      default:
        return undefined;
    }
  }

  /** `b op x`, simplified again. */
  #operation({ op, x, isNarrow }: { op: number; x: number; isNarrow: boolean }): Simpler | undefined {
    const found = this.#find(op, isNarrow);
    return found < 0 ? undefined : this.#simplified(found, x);
  }

  #find(operator: number, isNarrow: boolean): number {
    const narrow = isNarrow || this.#width === 32;
    const wanted = narrow ? (NARROW.get(operator) ?? operator) : operator;
    return ROWS.findIndex((row, op) => {
      if (row.form !== 'reg_reg_imm' || !kindHas(this.#kind, op)) return false;
      const core = coreOf(op, this.#width);
      if (core?.term.op !== wanted || core.isNarrow !== isNarrow) return false;
      return core.term.p.op === TERM.b && core.term.q.op === TERM.x;
    });
  }
}

const isPowerOfTwo = (x: number): boolean => (x & (x - 1)) === 0;
const log2 = (x: number): number => 31 - Math.clz32(x);
