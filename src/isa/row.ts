import type { PolkaVmKind } from '../core/kind.ts';
import type { TrapReason } from '../core/stop.ts';
import type { Cost } from './cost.ts';
import type { Encoding } from './encoding.ts';
import type { Meaning } from './sem.ts';

/**
 * Operand forms. `a`, `b`, `c` are registers, `x`, `y` signed 32-bit immediates, `t` a jump target.
 * The first thirteen are PolkaVM's (its byte layouts are in decoder/polkavm.ts); `reg_offset` is RISC-V's `jal`.
 */
export const FORMS = {
  argless: '',
  imm: 'x',
  offset: 't',
  imm_imm: 'xy',
  reg_imm: 'ax',
  reg_imm_imm: 'axy',
  reg_imm_offset: 'axt',
  reg_imm64: 'axy',
  reg_reg: 'ab',
  reg_reg_imm: 'abx',
  reg_reg_offset: 'abt',
  reg_reg_reg: 'abc',
  reg_reg_imm_imm: 'abxy',
  reg_offset: 'at',
} as const;

export type Form = keyof typeof FORMS;
export type RegisterOperand = 'a' | 'b' | 'c';
export type ImmediateOperand = 'x' | 'y';
export type AccessSize = 1 | 2 | 4 | 8;

/**
 * What an instruction does, with control, memory and host calls as data.
 *
 * Order of effects on every engine: operands are read, memory is checked and accessed, the register is written
 * last; so a fault never leaves a half-done instruction.
 */
export type Effect =
  /** `a` = value. */
  | { readonly kind: 'value'; readonly value: Meaning }
  /** `a` = memory[base + x]. */
  | {
      readonly kind: 'load';
      readonly size: AccessSize;
      readonly signed: boolean;
      readonly base: 'b' | undefined;
    }
  /** memory[base + x] = low bytes of value. */
  | {
      readonly kind: 'store';
      readonly size: AccessSize;
      readonly base: 'a' | 'b' | undefined;
      readonly value: 'a' | 'y';
    }
  /** To `t` when the condition is not zero, else on to the next block. */
  | { readonly kind: 'branch'; readonly when: Meaning }
  /** To `t`; `link`: first `a` = x, or `a` = address of the following instruction. */
  | { readonly kind: 'jump'; readonly link: 'x' | 'return' | undefined }
  /** Dynamic jump to base + offset; base is read before `a` is written. */
  | {
      readonly kind: 'jump-indirect';
      readonly base: 'a' | 'b';
      readonly offset: 'x' | 'y';
      readonly link: 'x' | 'return' | undefined;
    }
  | { readonly kind: 'fallthrough' }
  | { readonly kind: 'trap'; readonly reason: TrapReason }
  /** Host call number x. */
  | { readonly kind: 'host-call' }
  | { readonly kind: 'nothing' }
  /** `a` = old memory[b]; memory[b] = value of (a: old, c: operand), sign-extended from `size`; b is aligned. */
  | { readonly kind: 'atomic'; readonly size: 4 | 8; readonly value: Meaning }
  | { readonly kind: 'load-reserved'; readonly size: 4 | 8 }
  | { readonly kind: 'store-conditional'; readonly size: 4 | 8 }
  /** What no vocabulary fits: every engine supplies it by hand. */
  | { readonly kind: 'custom'; readonly custom: Custom };

export type Custom = 'memset' | 'sbrk' | 'sbrk_gp07' | 'csr';

/** PolkaVM opcode per kind; a kind that is absent lacks the instruction. */
export type Opcodes = Readonly<Partial<Record<PolkaVmKind, number>>>;

/** One instruction of the table. */
export interface Row {
  readonly name: string;
  readonly form: Form;
  readonly opcodes: Opcodes;
  /** RISC-V encodings; several where two widths or a more special form share the meaning. */
  readonly encodings: readonly Encoding[];
  readonly effect: Effect;
  /**
   * Text of the PolkaVM listing: `{a}` register, `{x}` number, `{x:d}` signed decimal, `{x:u}` unsigned decimal,
   * `{t}` target, `{b+x}` base and offset, a leading `~` is `i32 ` in 64-bit kinds; the other tokens are explained
   * where they are printed, in decoder/text-polkavm.ts. Empty for RISC-V-only rows.
   */
  readonly text: string;
  /** Pipeline model of PolkaVM's full gas model; undefined for rows without a PolkaVM opcode. */
  readonly cost: Cost | undefined;
  /** Executed seldom: engines may place it out of line. */
  readonly rare: boolean;
}

export interface RowOptions {
  readonly opcodes?: Opcodes;
  readonly encodings?: readonly Encoding[];
  readonly text?: string;
  readonly cost?: Cost;
  readonly rare?: boolean;
}

export type RowBody = Omit<Row, 'name'>;

/** A part of the table, by name. */
export type Rows = Readonly<Record<string, RowBody>>;

/** A row of the table; its name is the key it is listed under. */
export const row = (form: Form, effect: Effect, options: RowOptions): RowBody => ({
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

/** Register operands written by an instruction. */
export const definitionsOf = ({ form, effect }: RowBody): readonly RegisterOperand[] => {
  switch (effect.kind) {
    case 'value':
    case 'load':
    case 'atomic':
    case 'load-reserved':
    case 'store-conditional':
      return ['a'];
    case 'jump':
    case 'jump-indirect':
      return effect.link === undefined ? [] : ['a'];
    case 'custom':
      return FORMS[form].includes('a') ? ['a'] : [];
    default:
      return [];
  }
};

/** Register operands read by an instruction. A conditional move also reads its destination. */
export const usesOf = (body: RowBody): readonly RegisterOperand[] => {
  const defined = definitionsOf(body);
  const operands = (['a', 'b', 'c'] as const).filter((r) => FORMS[body.form].includes(r));
  return operands.filter((r) => !defined.includes(r) || readsDestination(body));
};

const readsDestination = ({ effect }: RowBody): boolean => {
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

/** True when the instruction is the last of its basic block. */
export const endsBlock = ({ effect }: RowBody): boolean =>
  effect.kind === 'branch' ||
  effect.kind === 'jump' ||
  effect.kind === 'jump-indirect' ||
  effect.kind === 'fallthrough' ||
  effect.kind === 'trap';

/** True when control can go on to the following instruction. */
export const continues = (body: RowBody): boolean =>
  !endsBlock(body) || body.effect.kind === 'branch' || body.effect.kind === 'fallthrough';
