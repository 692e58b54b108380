import { expect, test } from 'vitest';
import { forwardSubstitution } from '../../../../src/linker/relink/optimise/forward-substitution.ts';
import { codeAfter } from './code-after.ts';

const inBlock = (...lines: string[]): readonly string[] =>
  codeAfter(
    forwardSubstitution(),
    `rw .data size 64 align 8\nb0 export f/1:\n${lines.join('\n')}\njump-indirect ra 0\n`,
  ).slice(1, -1);

test('an address that few accesses need goes into them', () => {
  expect(inBlock('a1 = load_imm &.data+8', 'a0 = load_indirect_u64 a1 8')).toEqual([
    'a0 = load_u64 &.data+16',
  ]);
});

test('one that many need stays in its register', () => {
  const lines = [
    'a1 = load_imm &.data',
    ...[0, 8, 16, 24].map((offset) => `store_indirect_u64 sp a1 ${offset}`),
  ];
  expect(inBlock(...lines)).toEqual(lines);
});

test('what is needed behind the block stays', () => {
  const lines = ['a0 = load_imm &.data+8', 'a1 = load_indirect_u64 a0 8'];
  expect(inBlock(...lines)).toEqual(lines);
});

test('sums of registers go into offsets, but not over a write of the register', () => {
  expect(inBlock('a1 = add_imm_64 t0 8', 'a0 = load_indirect_u64 a1 8')).toEqual([
    'a0 = load_indirect_u64 t0 16',
  ]);
  const lines = [
    'a1 = add_imm_64 t0 8',
    't0 = load_imm 1',
    'a0 = load_indirect_u64 a1 8',
    'store_u64 t0 &.data',
  ];
  expect(inBlock(...lines)[0]).toBe(lines[0]);
});

test('chains of sums are not torn', () => {
  const lines = ['a1 = add_imm_64 t0 8', 'a2 = add_imm_64 a1 8', 'a0 = load_indirect_u64 a2 8'];
  const code = inBlock(...lines);
  expect(code.at(-1)).toMatch(/a0 = load_indirect_u64 (a2 8|t0 24)/);
});

test('branches compare with the number', () => {
  const code = codeAfter(
    forwardSubstitution(),
    `b0 export f/0:
  a1 = load_imm 5
  branch_less_unsigned a0 a1 then b1 else b2
b1:
  trap
b2:
  trap
`,
  );
  expect(code[1]).toBe('branch_less_unsigned_imm a0 5 then b1 else b2');
});
