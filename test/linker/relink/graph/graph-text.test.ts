import { expect, test } from 'vitest';
import { checkGraph } from '../../../../src/linker/relink/graph/check-graph.ts';
import { textOf } from '../../../../src/linker/relink/graph/graph-text.ts';
import { buildGraph } from '../build-graph.ts';

const EVERYTHING = `latest64 stack 4096 native
import putchar call 1 0
import clock ecall 0 1 index 7
ro .rodata size 16 align 8 = 0102
  0: u64 &b1+4
  8: u32 &b2 less &.rodata~1-8
ro .rodata~1 size 4 align 1
bss .bss size 4096 align 16 unreachable
b0 @0x1000 export main/1 export start/0 unlikely:
  a0 = load_imm &.rodata+4  ; 0x1000
  a1 = load_imm high(&.rodata+4)
  a1 = add_imm_64 a1 low(&.rodata+4)
  a2 = load_imm &heap-base
  a3 = load_imm64 0x8000000000000001
  tmp0 = add_64 a0 a1
  a4 = cmov_if_zero tmp0 a1
  store_imm_indirect_u8 a4 8 -1
  ecalli &putchar
  ecalli &clock
  branch_eq_imm a0 -5 then b1 else b2  ; 0x1008
b1 taken:
  ra = call b2 back b2
b2 taken:
  branch_less_unsigned a0 a1 then b3 else b4
b3:
  ra = call-indirect a0 4 back b2
b4:
  jump-indirect ra 0
b5 unreachable:
  jump b0
b6:
  trap
`;

test('what textOf writes is read to the same graph', () => {
  const graph = buildGraph(EVERYTHING);
  checkGraph(graph);
  expect(textOf(graph)).toBe(EVERYTHING);
});

const broken: readonly (readonly [what: string, text: string, message: RegExp])[] = [
  [
    'an operation that the kind lacks',
    'revive_v1 stack 0 native\nb0:\nmemset\ntrap',
    /revive_v1 does not have/,
  ],
  ['a terminator among the instructions', 'b0:\nfallthrough\ntrap', /ends a block/],
  ['x0', 'b0:\na0 = add_64 zero a1\ntrap', /register 0/],
  ['a register beyond the 13', 'b0:\na0 = add_64 s2 a1\ntrap', /s2 in code of 13 registers/],
  ['a temporary without a value', 'b0:\na0 = move_reg tmp0\ntrap', /temporary without a value/],
  [
    'a temporary that comes from before',
    'b0:\ntmp0 = move_reg a0\njump b1\nb1:\njump-indirect tmp0 0',
    /temporary/,
  ],
  ['a host call without an import', 'b0:\necalli 3\ntrap', /calls no import/],
  ['a way to what is not reachable', 'b0:\njump b1\nb1 unreachable:\ntrap', /not reachable/],
  ['a link to a block that is not taken', 'b0 taken:\na0 = load_imm &b1\ntrap\nb1:\ntrap', /not marked/],
  ['overlapping references', 'rw .d size 8 align 1\n0: u32 &.d\n2: u32 &.d\nb0:\ntrap', /overlap/],
];

for (const [what, text, message] of broken) {
  test(`checkGraph finds ${what}`, () => {
    expect(() => checkGraph(buildGraph(text))).toThrow(message);
  });
}

test('checkGraph finds an instruction that stands in two places', () => {
  const graph = buildGraph('b0:\na0 = move_reg a1\ntrap\nb1:\ntrap');
  graph.blocks[1]!.instructions = graph.blocks[0]!.instructions;
  expect(() => checkGraph(graph)).toThrow(/another place/);
});
