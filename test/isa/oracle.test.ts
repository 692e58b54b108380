import { describe, expect, test } from 'vitest';
import type { Width } from '../../src/core/kind.ts';
import type { FullEffect } from '../../src/isa/full-row.ts';
import { FULL_ROWS } from '../../src/isa/full-table.ts';
import { oracle } from '../../src/isa/oracle.ts';
import type { Values } from '../../src/isa/sem.ts';
import { operation } from '../../src/isa/table.ts';

type Operands = Partial<Record<keyof Values<bigint>, bigint>>;

/** The value an instruction computes, or a branch's condition; operands are given as signed numbers. */
const compute = (name: string, width: Width, operands: Operands): bigint => {
  const effect: FullEffect = FULL_ROWS[operation(name)]!.effect;
  const meaning = effect.kind === 'branch' ? effect.when : 'value' in effect ? effect.value : undefined;
  if (typeof meaning !== 'function') throw new Error(`${name} computes nothing`);
  const unsigned = (v: bigint | undefined): bigint => BigInt.asUintN(width, v ?? 0n);
  const { a, b, c, x, y } = operands;
  return meaning(oracle(width), {
    ...{ a: unsigned(a), b: unsigned(b), c: unsigned(c) },
    ...{ x: unsigned(x), y: unsigned(y) },
  });
};

const MIN32 = -(2n ** 31n);
const MIN64 = -(2n ** 63n);

describe('meaning, 64-bit', () => {
  // What the PolkaVM and RISC-V manuals say about edges.
  test.each<readonly [name: string, operands: Operands, result: bigint]>([
    ['add_32', { b: 0x7fff_ffffn, c: 1n }, MIN32],
    ['add_64', { b: -1n, c: 1n }, 0n],
    ['add_imm_32', { b: 0x1_0000_0000n, x: -1n }, -1n],
    ['negate_and_add_imm_32', { b: 1n, x: MIN32 }, 0x7fff_ffffn],
    ['negate_and_add_imm_64', { b: 5n, x: 3n }, -2n],
    ['sub_32', { b: 0n, c: 1n }, -1n],
    ['mul_32', { b: 0x1_0001n, c: 0x1_0001n }, 0x2_0001n],
    ['mul_upper_signed_signed', { b: -1n, c: -1n }, 0n],
    ['mul_upper_unsigned_unsigned', { b: -1n, c: -1n }, -2n],
    ['mul_upper_signed_unsigned', { b: -1n, c: -1n }, -1n],
    // Division by zero and overflow.
    ['div_unsigned_32', { b: 7n, c: 0n }, -1n],
    ['div_unsigned_32', { b: -1n, c: 1n }, -1n],
    ['div_unsigned_32', { b: -2n, c: 2n }, 0x7fff_ffffn],
    ['div_signed_32', { b: 7n, c: 0n }, -1n],
    ['div_signed_32', { b: MIN32, c: -1n }, MIN32],
    ['div_signed_32', { b: -7n, c: 2n }, -3n],
    ['rem_unsigned_32', { b: 0x8000_0001n, c: 0n }, -0x7fff_ffffn],
    ['rem_signed_32', { b: MIN32, c: -1n }, 0n],
    ['rem_signed_32', { b: -7n, c: 2n }, -1n],
    ['div_unsigned_64', { b: 7n, c: 0n }, -1n],
    ['div_signed_64', { b: MIN64, c: -1n }, MIN64],
    ['div_signed_64', { b: 7n, c: 0n }, -1n],
    ['rem_unsigned_64', { b: -5n, c: 0n }, -5n],
    ['rem_signed_64', { b: MIN64, c: -1n }, 0n],
    // Distances are masked; 32-bit results are sign-extended, also of logical shifts.
    ['shift_logical_left_32', { b: 1n, c: 63n }, MIN32],
    ['shift_logical_right_32', { b: MIN32, c: 32n }, MIN32],
    ['shift_logical_right_imm_32', { b: -1n, x: 4n }, 0x0fff_ffffn],
    ['shift_arithmetic_right_32', { b: 0x8000_0000n, c: 31n }, -1n],
    ['shift_logical_left_64', { b: 1n, c: 127n }, MIN64],
    ['shift_logical_right_imm_alt_64', { b: 60n, x: -1n }, 15n],
    ['shift_arithmetic_right_imm_alt_32', { b: 33n, x: -4n }, -2n],
    ['rotate_left_64', { b: MIN64 + 1n, c: 1n }, 3n],
    ['rotate_right_32', { b: 1n, c: 1n }, MIN32],
    ['rotate_right_imm_alt_32', { b: 4n, x: 0x10n }, 1n],
    ['rotate_left_32', { b: 0x1_8000_0000n, c: 1n }, 1n],
    // Comparisons and selections.
    ['set_less_than_unsigned_imm', { b: 1n, x: -1n }, 1n],
    ['set_less_than_signed_imm', { b: 1n, x: -1n }, 0n],
    ['set_greater_than_unsigned_imm', { b: -1n, x: 1n }, 1n],
    ['set_greater_than_signed_imm', { b: -1n, x: 1n }, 0n],
    ['cmov_if_zero', { a: 1n, b: 2n, c: 0n }, 2n],
    ['cmov_if_zero', { a: 1n, b: 2n, c: 3n }, 1n],
    ['cmov_if_not_zero_imm', { a: 1n, b: 2n ** 32n, x: -9n }, -9n],
    ['branch_less_or_equal_signed_imm', { a: -1n, x: -1n }, 1n],
    ['branch_greater_unsigned_imm', { a: -1n, x: 1n }, 1n],
    ['branch_less_unsigned', { a: -1n, b: 1n }, 0n],
    ['branch_greater_or_equal_signed', { a: -1n, b: 1n }, 0n],
    ['maximum', { b: -1n, c: 1n }, 1n],
    ['maximum_unsigned', { b: -1n, c: 1n }, -1n],
    ['minimum', { b: -1n, c: 1n }, -1n],
    ['minimum_unsigned', { b: -1n, c: 1n }, 1n],
    ['czero_eqz', { b: 5n, c: 0n }, 0n],
    ['czero_nez', { b: 5n, c: 0n }, 5n],
    // Bits.
    ['and_inverted', { b: -1n, c: 0xfn }, -16n],
    ['or_inverted', { b: 1n, c: -2n }, 1n],
    ['xnor', { b: 5n, c: 5n }, -1n],
    ['count_leading_zero_bits_64', { b: 0n }, 64n],
    ['count_leading_zero_bits_32', { b: 2n ** 32n }, 32n],
    ['count_trailing_zero_bits_64', { b: 0n }, 64n],
    ['count_trailing_zero_bits_32', { b: 2n ** 32n }, 32n],
    ['count_set_bits_32', { b: -1n }, 32n],
    ['count_set_bits_64', { b: -1n }, 64n],
    ['sign_extend_8', { b: 0x180n }, -128n],
    ['sign_extend_16', { b: 0x1_8000n }, -32768n],
    ['zero_extend_16', { b: -1n }, 0xffffn],
    ['reverse_byte', { b: 0x0102_0304_0506_0708n }, 0x0807_0605_0403_0201n],
    ['or_combine_bytes', { b: 0x0100_0000_0000_8000n }, BigInt.asIntN(64, 0xff00_0000_0000_ff00n)],
    ['load_imm64', { x: -1n, y: 1n }, 0x1_ffff_ffffn],
    ['load_imm', { x: -1n }, -1n],
    // Zba, Zbs.
    ['shift_2_add', { b: 3n, c: 1n }, 13n],
    ['add_unsigned_word', { b: -1n, c: 1n }, 2n ** 32n],
    ['shift_3_add_unsigned_word', { b: -1n, c: 0n }, 0x7_ffff_fff8n],
    ['shift_left_unsigned_word', { b: -1n, x: 4n }, 0xf_ffff_fff0n],
    ['bit_clear', { b: -1n, c: 64n }, -2n],
    ['bit_extract_imm', { b: MIN64, x: 63n }, 1n],
    ['bit_invert', { b: 1n, c: 0n }, 0n],
    ['bit_set_imm', { b: 0n, x: 63n }, MIN64],
    // Atomics compute the new memory value from the old one (a) and the operand (c).
    ['atomic_add_32', { a: 0x7fff_ffffn, c: 1n }, 2n ** 31n],
    ['atomic_min_32', { a: 1n, c: 0xffff_ffffn }, -1n],
    ['atomic_maxu_32', { a: 1n, c: 0xffff_ffffn }, -1n],
    ['atomic_swap_64', { a: 1n, c: 2n }, 2n],
  ])('%s of %o', (name, operands, result) => {
    expect(BigInt.asIntN(64, compute(name, 64, operands))).toBe(result);
  });
});

describe('meaning, 32-bit', () => {
  test.each<readonly [name: string, operands: Operands, result: bigint]>([
    ['add_32', { b: -1n, c: 1n }, 0n],
    ['mul_upper_signed_signed', { b: MIN32, c: MIN32 }, 2n ** 30n],
    ['mul_upper_unsigned_unsigned', { b: -1n, c: -1n }, -2n],
    ['div_signed_32', { b: MIN32, c: -1n }, MIN32],
    ['rem_unsigned_32', { b: -1n, c: 0n }, -1n],
    ['shift_logical_right_32', { b: -1n, c: 31n }, 1n],
    ['maximum_unsigned', { b: -1n, c: 1n }, -1n],
    ['reverse_byte', { b: 0x0102_0304n }, 0x0403_0201n],
    ['count_leading_zero_bits_32', { b: 1n }, 31n],
    ['xnor', { b: 0n, c: 0n }, -1n],
    ['bit_set', { b: 0n, c: 33n }, 2n],
    ['shift_1_add', { b: MIN32, c: 1n }, 1n],
  ])('%s of %o', (name, operands, result) => {
    expect(BigInt.asIntN(32, compute(name, 32, operands))).toBe(result);
  });
});
