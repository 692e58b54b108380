import type { PolkaVmKind } from '../../../core/kind.ts';
import { type AccessSize, type Effect, FORMS, type Form } from '../../../isa/row.ts';
import { ROWS } from '../../../isa/table.ts';
import { TERM, TERM_ARITIES, type Term, termOf } from '../../../isa/term.ts';

/**
 * Which operation is another one with a constant for a register: found by comparing what the operations mean, so
 * that a new row of the instruction table takes part without being listed here.
 */

/** Operators whose operands may change places. */
export const COMMUTATIVE: ReadonlySet<number> = new Set([
  TERM.add,
  TERM.mul,
  TERM.mulh,
  TERM.mulhu,
  TERM.and,
  TERM.or,
  TERM.xor,
  TERM.eq,
  TERM.ne,
]);

/** A meaning as text that is equal for equal meanings, with operands renamed by `names`. */
const textOf = (term: Term, names: ReadonlyMap<number, number>): string => {
  if (term.op === TERM.imm) return `#${term.value}`;
  const arity = TERM_ARITIES[term.op] as number;
  if (arity === 0) return `${names.get(term.op) ?? term.op}`;
  const operands = [term.p, term.q, term.r].slice(0, arity).map((operand) => textOf(operand, names));
  if (COMMUTATIVE.has(term.op)) operands.sort();
  return `${term.op}(${operands.join()})`;
};

const UNCHANGED: ReadonlyMap<number, number> = new Map();

interface Meant {
  readonly op: number;
  readonly text: string;
}

const kindKey = (op: number): string => {
  const row = ROWS[op];
  return row === undefined ? '' : row.effect.kind;
};

/** Operations of a form, by effect and meaning. */
const byMeaning = (form: Form): ReadonlyMap<string, number> => {
  const found = new Map<string, number>();
  for (const { op, text } of meant(form)) found.set(`${kindKey(op)} ${text}`, op);
  return found;
};

const meant = (form: Form): readonly Meant[] =>
  ROWS.flatMap((row, op) => {
    const term = row.form === form && Object.keys(row.opcodes).length > 0 ? termOf(op) : undefined;
    return term === undefined ? [] : [{ op, text: textOf(term, UNCHANGED) }];
  });

/** For each operation of `from` the one of `to` that means the same when operands are renamed; -1 for none. */
const renamed = (from: Form, to: Form, names: ReadonlyMap<number, number>): Int16Array => {
  const targets = byMeaning(to);
  return Int16Array.from(ROWS, (row, op) => {
    const term = row.form === from ? termOf(op) : undefined;
    return term === undefined ? -1 : (targets.get(`${kindKey(op)} ${textOf(term, names)}`) ?? -1);
  });
};

interface Forms {
  readonly constantC: Int16Array;
  readonly constantB: Int16Array;
  readonly constantBranchB: Int16Array;
  readonly constantBranchA: Int16Array;
}

let forms: Forms | undefined;
const derived = (): Forms => {
  forms ??= {
    constantC: renamed('reg_reg_reg', 'reg_reg_imm', new Map([[TERM.c, TERM.x]])),
    constantB: renamed(
      'reg_reg_reg',
      'reg_reg_imm',
      new Map([
        [TERM.b, TERM.x],
        [TERM.c, TERM.b],
      ]),
    ),
    constantBranchB: renamed('reg_reg_offset', 'reg_imm_offset', new Map([[TERM.b, TERM.x]])),
    constantBranchA: renamed(
      'reg_reg_offset',
      'reg_imm_offset',
      new Map([
        [TERM.a, TERM.x],
        [TERM.b, TERM.a],
      ]),
    ),
  };
  return forms;
};

/** `a = op(b, c)` with c constant: the operation of `a = op(b, x)`; -1 when there is none. */
export const withConstantC = (op: number): number => derived().constantC[op] ?? -1;

/** `a = op(b, c)` with b constant: the operation whose b is the old c; -1 when there is none. */
export const withConstantB = (op: number): number => derived().constantB[op] ?? -1;

/** A branch on (a, b) with b constant: the one on (a, x); -1 when there is none. */
export const branchWithConstantB = (op: number): number => derived().constantBranchB[op] ?? -1;

/** A branch on (a, b) with a constant: the one whose a is the old b; -1 when there is none. */
export const branchWithConstantA = (op: number): number => derived().constantBranchA[op] ?? -1;

type Access = Extract<Effect, { kind: 'load' | 'store' }>;

const accessKey = (effect: Access, based: boolean, constant: boolean): string =>
  effect.kind === 'load'
    ? `load ${effect.size} ${effect.signed} ${based}`
    : `store ${effect.size} ${based} ${constant}`;

let accesses: ReadonlyMap<string, number> | undefined;
const accessOperation = (key: string): number => {
  accesses ??= new Map(
    ROWS.flatMap(({ effect }, op) =>
      effect.kind === 'load' || effect.kind === 'store'
        ? [
            [
              accessKey(effect, effect.base !== undefined, effect.kind === 'store' && effect.value === 'y'),
              op,
            ] as const,
          ]
        : [],
    ),
  );
  return accesses.get(key) ?? -1;
};

/** The load of that size: from register `b` plus x, or from x alone. */
export const loadOperation = (size: AccessSize, signed: boolean, based: boolean): number =>
  accessOperation(`load ${size} ${signed} ${based}`);

/**
 * The store of that size. Operands by case:
 * - based, register: value in `a`, base in `b`, offset x;
 * - based, constant: base in `a`, offset x, value y;
 * - absolute, register: value in `a`, address x;
 * - absolute, constant: address x, value y.
 */
export const storeOperation = (size: AccessSize, based: boolean, constant: boolean): number =>
  accessOperation(`store ${size} ${based} ${constant}`);

/** True when a kind of blob has the operation. */
export const kindHas = (kind: PolkaVmKind, op: number): boolean => ROWS[op]?.opcodes[kind] !== undefined;

/** By operation: its register operands, 1 for a, 2 for b, 4 for c. */
const REGISTER_OPERANDS: Uint8Array = Uint8Array.from(ROWS, ({ form }) => {
  const operands: string = FORMS[form];
  return [...'abc'].reduce((set, name, bit) => set | (operands.includes(name) ? 1 << bit : 0), 0);
});

/** The register operands of an operation, whatever it does with them: 1 for a, 2 for b, 4 for c. */
export const registerOperands = (op: number): number => REGISTER_OPERANDS[op] ?? 0;

/** True when operation `op` has an operand of that name. */
export const hasOperand = (op: number, operand: 'a' | 'b' | 'c' | 'x' | 'y'): boolean => {
  const row = ROWS[op];
  return row !== undefined && FORMS[row.form].includes(operand);
};
