import { expect, test } from 'vitest';
import { tailMerging } from '../../../../src/linker/relink/optimise/tail-merging.ts';
import { codeAfter } from './code-after.ts';

const END = `  s0 = load_indirect_u64 sp 8
  ra = load_indirect_u64 sp 0
  sp = add_imm_64 sp 16
  jump-indirect ra 0
`;

test('ends of functions are shared', () => {
  const code = `b0 export f/1:\n  a0 = load_imm 1\n${END}b1 export g/1:\n  a0 = load_imm 2\n${END}`;
  expect(codeAfter(tailMerging, code)).toEqual([
    'b0 export f/1:',
    'a0 = load_imm 1',
    'jump b2',
    'b1 export g/1:',
    'a0 = load_imm 2',
    'jump b2',
    'b2:',
    ...END.trim()
      .split('\n')
      .map((line) => line.trim()),
  ]);
});

test('a block that consists of the shared end stands for it', () => {
  const code = `b0 export f/1:\n${END}b1 export g/1:\n  a0 = load_imm 2\n${END}`;
  expect(codeAfter(tailMerging, code)).toContain('jump b0');
});

test('longer ends are shared first, and share what is common with others', () => {
  const more = '  a1 = load_imm 100000\n';
  const code = `b0 export f/1:\n  a0 = load_imm 1\n${more}${END}b1 export g/1:\n  a0 = load_imm 2\n${more}${END}
b2 export h/1:\n  a0 = load_imm 3\n${END}`;
  const text = codeAfter(tailMerging, code).join('\n');
  expect(text.match(/load_imm 100000/g)).toHaveLength(1);
  expect(text.match(/jump-indirect/g)).toHaveLength(1);
});

test('what is shorter than a jump is not shared, and values between instructions are not torn from their use', () => {
  const short =
    'b0 export f/1:\n  a0 = load_imm 1\n  jump-indirect ra 0\nb1 export g/1:\n  a0 = load_imm 2\n  jump-indirect ra 0\n';
  expect(codeAfter(tailMerging, short)).not.toContain('jump b2');
  const torn = (x: number): string =>
    `  tmp0 = add_imm_64 a0 ${x}\n  a1 = load_imm 100000\n  a0 = add_64 a1 tmp0\n  jump-indirect ra 0\n`;
  const code = `b0 export f/1:\n${torn(1)}b1 export g/1:\n${torn(2)}`;
  expect(codeAfter(tailMerging, code)).not.toContain('jump b2');
});

test('ends that differ in any operand are not shared', () => {
  const stores = (value: number): string =>
    `  store_imm_indirect_u32 sp 8 ${value}\n  a1 = load_imm 1\n  jump-indirect ra 0\n`;
  expect(codeAfter(tailMerging, `b0 export f/1:\n${stores(7)}b1 export g/1:\n${stores(8)}`)).not.toContain(
    'jump b0',
  );
  expect(codeAfter(tailMerging, `b0 export f/1:\n${stores(7)}b1 export g/1:\n${stores(7)}`)).toContain(
    'jump b0',
  );
});
