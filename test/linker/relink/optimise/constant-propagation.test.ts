import { expect, test } from 'vitest';
import { constantPropagation } from '../../../../src/linker/relink/optimise/constant-propagation.ts';
import { codeAfter } from './code-after.ts';

const inBlock = (...lines: string[]): readonly string[] =>
  codeAfter(constantPropagation(), `${DATA}b0 export f/2:\n${lines.join('\n')}\njump-indirect ra 0\n`).slice(
    1,
    -1,
  );

const DATA = `ro .rodata size 16 align 8 = ff01
  8: u64 &.data+4
rw .data size 16 align 8
`;

test('numbers and addresses fold', () => {
  expect(inBlock('a0 = load_imm 6', 'a1 = mul_imm_64 a0 7')).toContain('a1 = load_imm 42');
  expect(inBlock('a0 = load_imm &.data', 'a1 = add_imm_64 a0 8')).toContain('a1 = load_imm &.data+8');
  expect(inBlock('a0 = load_imm high(&.data+8)', 'a1 = add_imm_64 a0 low(&.data+8)')).toContain(
    'a1 = load_imm &.data+8',
  );
});

test('loads from read-only data fold to bytes and references, others do not', () => {
  expect(inBlock('a0 = load_u16 &.rodata')).toEqual(['a0 = load_imm 511']);
  expect(inBlock('a0 = load_i8 &.rodata')).toEqual(['a0 = load_imm -1']);
  expect(inBlock('a0 = load_u64 &.rodata+8')).toEqual(['a0 = load_imm &.data+4']);
  expect(inBlock('a0 = load_u32 &.rodata+8')).toEqual(['a0 = load_u32 &.rodata+8']);
  expect(inBlock('a0 = load_u64 &.data')).toEqual(['a0 = load_u64 &.data']);
});

test('copies are read from where they came', () => {
  expect(inBlock('a0 = move_reg t0', 'a1 = add_64 a0 a0')).toContain('a1 = add_64 t0 t0');
});

test('sums of sums and offsets start from the oldest register', () => {
  expect(inBlock('a0 = add_imm_64 t0 8', 'a1 = add_imm_64 a0 8')).toContain('a1 = add_imm_64 t0 16');
  expect(inBlock('a0 = add_imm_64 sp 8', 'a1 = load_indirect_u64 a0 4')).toContain(
    'a1 = load_indirect_u64 sp 12',
  );
});

test('operations get cheaper', () => {
  expect(inBlock('a0 = mul_imm_64 t0 8')).toEqual(['a0 = shift_logical_left_imm_64 t0 3']);
  expect(inBlock('a1 = load_imm 16', 'a0 = div_unsigned_64 t0 a1')).toContain(
    'a0 = shift_logical_right_imm_64 t0 4',
  );
  expect(inBlock('a1 = load_imm 3', 'a0 = sub_64 t0 a1')).toContain('a0 = add_imm_64 t0 -3');
  expect(inBlock('a1 = load_imm 0', 'a0 = cmov_if_zero t0 a1')).toContain('a0 = move_reg t0');
});

test('what ways to a block agree on is known in it', () => {
  const code = `b0 export f/1:
  a1 = load_imm 5
  branch_eq_imm t0 0 then b1 else b2
b1:
  jump b3
b2:
  jump b3
b3:
  a0 = add_imm_64 a1 1
  jump-indirect ra 0
`;
  expect(codeAfter(constantPropagation(), code)).toContain('a0 = load_imm 6');
});

test('what they disagree on is not', () => {
  const code = `b0 export f/1:
  a1 = load_imm 5
  branch_eq_imm t0 0 then b1 else b2
b1:
  a1 = load_imm 6
  jump b2
b2:
  a0 = add_imm_64 a1 1
  jump-indirect ra 0
`;
  expect(codeAfter(constantPropagation(), code)).toContain('a0 = add_imm_64 a1 1');
});

test('a comparison proves what is equal', () => {
  const code = `b0 export f/1:
  branch_eq_imm t0 7 then b1 else b2
b1:
  a0 = add_imm_64 t0 1
  jump-indirect ra 0
b2:
  a0 = add_imm_64 t0 1
  jump-indirect ra 0
`;
  const text = codeAfter(constantPropagation(), code);
  expect(text).toContain('a0 = load_imm 8');
  expect(text).toContain('a0 = add_imm_64 t0 1');
});

test('counters of loops are not taken for constants', () => {
  const code = `b0 export f/1:
  a0 = load_imm 0
  jump b1
b1:
  a0 = add_imm_64 a0 1
  branch_not_eq_imm a0 10 then b1 else b2
b2:
  jump-indirect ra 0
`;
  expect(codeAfter(constantPropagation(), code)).toContain('a0 = add_imm_64 a0 1');
});

test('branches on what is known become jumps, dynamic jumps to known blocks direct', () => {
  const code = `b0 export f/0:
  a0 = load_imm 1
  branch_eq_imm a0 1 then b1 else b2
b1:
  a1 = load_imm &b2
  jump-indirect a1 0
b2:
  trap
`;
  expect(codeAfter(constantPropagation(), code).filter((line) => line.startsWith('jump'))).toEqual([
    'jump b1',
    'jump b2',
  ]);
});
