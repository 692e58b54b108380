import { expect, test } from 'vitest';
import { shorterForms } from '../../../../src/linker/relink/optimise/shorter-forms.ts';
import { codeAfter } from './code-after.ts';

const inBlock = (...lines: string[]): readonly string[] =>
  codeAfter(
    shorterForms(),
    `rw .data size 64 align 8\nb0 export f/2:\n${lines.join('\n')}\njump-indirect ra 0\n`,
  ).slice(1, -1);

test('numbers come from registers that hold them, or something near', () => {
  expect(inBlock('a0 = load_imm 70000', 'a1 = load_imm 70000')[1]).toBe('a1 = move_reg a0');
  expect(inBlock('a0 = load_imm &.data', 'a1 = load_imm &.data+16')[1]).toBe('a1 = add_imm_64 a0 16');
  expect(inBlock('a0 = load_imm 1', 'a1 = load_imm 2')[1]).toBe('a1 = load_imm 2');
});

test('accesses start from a register that holds an address nearby', () => {
  expect(inBlock('a0 = load_imm &.data', 'a1 = load_u64 &.data+8')[1]).toBe('a1 = load_indirect_u64 a0 8');
  expect(inBlock('a0 = load_imm &.data', 'store_imm_u8 &.data+8 5')[1]).toBe('store_imm_indirect_u8 a0 8 5');
});

test('long immediates become registers, distances of shifts do not', () => {
  expect(inBlock('a0 = load_imm 1000', 'a1 = and_imm a1 1000')[1]).toBe('a1 = and a1 a0');
  expect(inBlock('a0 = load_imm 5', 'a1 = shift_logical_left_imm_64 a1 5')[1]).toBe(
    'a1 = shift_logical_left_imm_64 a1 5',
  );
});
