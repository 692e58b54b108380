import type { Cost } from './cost.ts';
import type { NamedEncoding } from './encoding.ts';
import { definitionsOf, type Effect, FORMS, type Form, type Opcodes, type RegisterOperand } from './row.ts';
import type { Meaning } from './sem.ts';

/** An effect together with what it computes. */
export type FullEffect =
  | Exclude<Effect, { readonly kind: 'value' | 'branch' | 'atomic' }>
  /** `a` = value. */
  | { readonly kind: 'value'; readonly value: Meaning }
  /** To `t` when the condition is not zero, else on to the next block. */
  | { readonly kind: 'branch'; readonly when: Meaning }
  /** `a` = old memory[b]; memory[b] = value of (a: old, c: operand), sign-extended from `size`; b is aligned. */
  | { readonly kind: 'atomic'; readonly size: 4 | 8; readonly value: Meaning };

/**
 * One instruction of the table as it is written down in rows/. The run-time table (table.ts) is generated from it
 * and leaves out what only generators, listings, documents and tests ask for.
 */
export interface FullRow {
  readonly name: string;
  readonly form: Form;
  readonly opcodes: Opcodes;
  readonly encodings: readonly NamedEncoding[];
  readonly effect: FullEffect;
  /**
   * Text of the PolkaVM listing: `{a}` register, `{x}` number, `{x:d}` signed decimal, `{x:u}` unsigned decimal,
   * `{t}` target, `{b+x}` base and offset, a leading `~` is `i32 ` in 64-bit kinds; the other tokens are explained
   * where they are printed, in decoder/text-polkavm.ts. Empty for RISC-V-only rows.
   */
  readonly text: string;
  /** Pipeline model of PolkaVM's full gas model; undefined for rows without a PolkaVM opcode. */
  readonly cost: Cost | undefined;
  /** Executed seldom: the generated loop has it out of line. */
  readonly rare: boolean;
}

export interface RowOptions {
  readonly opcodes?: Opcodes;
  readonly encodings?: readonly NamedEncoding[];
  readonly text?: string;
  readonly cost?: Cost;
  readonly rare?: boolean;
}

export type RowBody = Omit<FullRow, 'name'>;

/** A part of the table, by name. */
export type Rows = Readonly<Record<string, RowBody>>;

/** A row of the table; its name is the key it is listed under. */
export const row = (form: Form, effect: FullEffect, options: RowOptions): RowBody => ({
  form,
  effect,
  opcodes: options.opcodes ?? {},
  encodings: options.encodings ?? [],
  text: options.text ?? '',
  cost: options.cost,
  rare: options.rare ?? false,
});

/** `a` = value. */
export const value = (form: Form, options: RowOptions, meaning: Meaning): RowBody =>
  row(form, { kind: 'value', value: meaning }, options);

/** The same opcode in every PolkaVM kind. */
export const everywhere = (code: number): Opcodes => ({
  revive_v1: code,
  latest32: code,
  latest64: code,
  jam_v1: code,
  jam_gp07: code,
});

/** The same opcode in every 64-bit PolkaVM kind. */
export const wide = (code: number): Opcodes => ({
  revive_v1: code,
  latest64: code,
  jam_v1: code,
  jam_gp07: code,
});

/** The bit operations: jam_v1 numbers them one lower (it has no sbrk); `narrow`: also in latest32. */
export const shifted = (code: number, narrow: boolean): Opcodes => ({
  ...wide(code),
  ...(narrow ? { latest32: code } : {}),
  jam_v1: code - 1,
});

/** Register operands read by an instruction. A conditional move also reads its destination. */
export const usesOf = (body: Pick<FullRow, 'form' | 'effect'>): readonly RegisterOperand[] => {
  const defined = definitionsOf(body);
  const operands = (['a', 'b', 'c'] as const).filter((r) => FORMS[body.form].includes(r));
  return operands.filter((r) => !defined.includes(r) || readsDestination(body));
};

const readsDestination = ({ effect }: Pick<FullRow, 'effect'>): boolean => {
  if (effect.kind === 'jump-indirect') return effect.base === 'a';
  if (effect.kind !== 'value') return false;
  // Ask the meaning itself: a probe vocabulary whose operators do nothing, with `a` noticing that it is read.
  let read = false;
  const nothing = new Proxy({}, { get: () => () => undefined });
  effect.value(nothing as never, {
    get a() {
      read = true;
      return undefined;
    },
    b: undefined,
    c: undefined,
    x: undefined,
    y: undefined,
  });
  return read;
};
