import { expect, test } from 'vitest';
import { fuseCalls, splitCalls } from '../../../../src/linker/relink/optimise/calls.ts';
import { codeAfter } from './code-after.ts';

const REST = `b1:
  jump-indirect ra 0
b2 export g/0:
  jump-indirect ra 0
`;

test('calls are split and put together again', () => {
  const split = codeAfter(splitCalls, `b0 export f/0:\n  ra = call b2 back b1\n${REST}`);
  expect(split.slice(0, 3)).toEqual(['b0 export f/0:', 'ra = load_imm &b1', 'jump b2']);
  const code = 'b0 export f/0:\n  ra = load_imm &b1\n  a0 = load_imm 1\n  jump b2\n';
  expect(codeAfter(fuseCalls, code + REST).slice(0, 3)).toEqual([
    'b0 export f/0:',
    'a0 = load_imm 1',
    'ra = call b2 back b1',
  ]);
});

test('a return address that is read before the jump stays where it is', () => {
  const code = 'b0 export f/0:\n  ra = load_imm &b1\n  store_indirect_u64 ra sp 0\n  jump b2\n';
  expect(codeAfter(fuseCalls, code + REST)).toContain('jump b2');
});

test('dynamic jumps become dynamic calls, but not over their own register', () => {
  const dynamic = 'b0 export f/0:\n  ra = load_imm &b1\n  jump-indirect a0 0\n';
  expect(codeAfter(fuseCalls, dynamic + REST)).toContain('ra = call-indirect a0 0 back b1');
  const own = 'b0 export f/0:\n  ra = load_imm &b1\n  jump-indirect ra 0\n';
  expect(codeAfter(fuseCalls, own + REST)).toContain('ra = load_imm &b1');
});
