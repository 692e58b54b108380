import { expect, test } from 'vitest';
import { inlining } from '../../../../src/linker/relink/optimise/inlining.ts';
import { codeAfter } from './code-after.ts';

const pass = (growth = 0): ReturnType<typeof inlining> => inlining({ instructions: 2, growth });

test('a block that only one jump leads to moves there', () => {
  const code = `b0 export f/1:
  a0 = load_imm 1
  jump b1
b1:
  a0 = add_imm_64 a0 1
  jump-indirect ra 0
`;
  expect(codeAfter(pass(), code)).toEqual([
    'b0 export f/1:',
    'a0 = load_imm 1',
    'a0 = add_imm_64 a0 1',
    'jump-indirect ra 0',
  ]);
});

const SHARED = `b0 export f/0:
  branch_eq_imm a0 0 then b1 else b2
b1:
  a1 = load_imm 1
  jump b3
b2:
  jump b3
b3 export g/0:
  a1 = load_imm 1000
  jump-indirect ra 0
`;

test('copies must not make the program longer than is allowed', () => {
  expect(codeAfter(pass(), SHARED)).toContain('jump b3');
  expect(codeAfter(pass(8), SHARED)).not.toContain('jump b3');
});

test('empty blocks are jumped over, also in a circle', () => {
  expect(codeAfter(pass(), SHARED)[1]).toBe('branch_eq_imm a0 0 then b1 else b3');
  const circle = 'b0 export f/0:\n  jump b1\nb1:\n  jump b2\nb2:\n  jump b1\n';
  expect(codeAfter(pass(), circle).length).toBeGreaterThan(0);
});

test('loops do not unroll for ever', () => {
  const code = `b0 export f/0:
  jump b1
b1 export g/0:
  a0 = add_imm_64 a0 1
  jump b2
b2 export h/0:
  a1 = add_imm_64 a1 1
  jump b1
`;
  const unlimited = pass(100);
  expect(codeAfter(unlimited, code).length).toBeLessThan(30);
});
