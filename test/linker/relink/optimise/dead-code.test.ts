import { expect, test } from 'vitest';
import { deadCode } from '../../../../src/linker/relink/optimise/dead-code.ts';
import { codeAfter } from './code-after.ts';

const CODE = `b0 export f/1:
  a1 = load_imm 1
  a2 = load_indirect_u64 sp 8
  store_indirect_u64 a1 sp 0
  a1 = load_imm 2
  tmp0 = load_imm 3
  jump-indirect ra 0
`;

test('what nobody reads goes; stores stay', () => {
  expect(codeAfter(deadCode(true), CODE)).toEqual([
    'b0 export f/1:',
    'a1 = load_imm 1',
    'store_indirect_u64 a1 sp 0',
    'jump-indirect ra 0',
  ]);
});

test('loads stay where they may trap', () => {
  expect(codeAfter(deadCode(false), CODE)).toContain('a2 = load_indirect_u64 sp 8');
});
