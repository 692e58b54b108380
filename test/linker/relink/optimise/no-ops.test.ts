import { expect, test } from 'vitest';
import { noOps } from '../../../../src/linker/relink/optimise/no-ops.ts';
import { codeAfter } from './code-after.ts';

test('copies of a register to itself and additions of 0 go, extensions stay', () => {
  const code = `b0 export f/0:
  a0 = move_reg a0
  a1 = add_imm_64 a1 0
  a1 = add_imm_32 a1 0
  a2 = add_imm_64 a1 0
  jump-indirect ra 0
`;
  expect(codeAfter(noOps(), code)).toEqual([
    'b0 export f/0:',
    'a1 = add_imm_32 a1 0',
    'a2 = add_imm_64 a1 0',
    'jump-indirect ra 0',
  ]);
});
