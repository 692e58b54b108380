import type { PolkaVmKind } from '../core/kind.ts';
import type { TrapReason } from '../core/stop.ts';
import type { CostTraits } from './cost.ts';
import type { Encoding } from './encoding.ts';

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
 * What an instruction does, with control, memory and host calls as data. What it computes is not here but in the
 * full table (full-row.ts): engines have it compiled in.
 *
 * Order of effects on every engine: operands are read, memory is checked and accessed, the register is written
 * last; so a fault never leaves a half-done instruction.
 */
export type Effect =
  /** `a` = a value made from the operands. */
  | { readonly kind: 'value' }
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
  | { readonly kind: 'branch' }
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
  /** `a` = old memory[b]; memory[b] = a value of (a: old, c: operand), sign-extended from `size`; b is aligned. */
  | { readonly kind: 'atomic'; readonly size: 4 | 8 }
  | { readonly kind: 'load-reserved'; readonly size: 4 | 8 }
  | { readonly kind: 'store-conditional'; readonly size: 4 | 8 }
  /** What no vocabulary fits: every engine supplies it by hand. */
  | { readonly kind: 'custom'; readonly custom: Custom };

export type Custom = 'memset' | 'sbrk' | 'sbrk_gp07' | 'csr';

/** PolkaVM opcode per kind; a kind that is absent lacks the instruction. */
export type Opcodes = Readonly<Partial<Record<PolkaVmKind, number>>>;

/** What decoders, gas models and engines know of one instruction; the table of them is in table.ts. */
export interface Row {
  readonly name: string;
  readonly form: Form;
  readonly opcodes: Opcodes;
  /** RISC-V encodings; several where two widths or a more special form share the meaning. */
  readonly encodings: readonly Encoding[];
  readonly effect: Effect;
  /** Pipeline model of PolkaVM's full gas model; undefined for rows without a PolkaVM opcode. */
  readonly cost: CostTraits | undefined;
}

/** What control and register use follow from. */
type Shape = Pick<Row, 'form' | 'effect'>;

/** Register operands written by an instruction. */
export const definitionsOf = ({ form, effect }: Shape): readonly RegisterOperand[] => {
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

/** True when the instruction is the last of its basic block. */
export const endsBlock = ({ effect }: Pick<Row, 'effect'>): boolean =>
  effect.kind === 'branch' ||
  effect.kind === 'jump' ||
  effect.kind === 'jump-indirect' ||
  effect.kind === 'fallthrough' ||
  effect.kind === 'trap';

/** True when control can go on to the following instruction. */
export const continues = (body: Pick<Row, 'effect'>): boolean =>
  !endsBlock(body) || body.effect.kind === 'branch' || body.effect.kind === 'fallthrough';
