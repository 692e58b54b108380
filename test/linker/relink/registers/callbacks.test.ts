import { expect, test } from 'vitest';
import { writeBlob } from '../../../../src/blob/write.ts';
import { Engine, Linker } from '../../../../src/index.ts';
import { checkGraph } from '../../../../src/linker/relink/graph/check-graph.ts';
import { writeProgram } from '../../../../src/linker/relink/output/write.ts';
import { assignRegisters } from '../../../../src/linker/relink/registers/assign.ts';
import { buildGraph } from '../build-graph.ts';

const KEPT = Array.from({ length: 12 }, (_, i) => `s${i}`);

/** A function that keeps twelve values in registers while it calls the host. */
const functionOf = (first: number): readonly string[] => [
  'sp = add_imm_32 sp -64',
  'store_indirect_u32 ra sp 0',
  ...KEPT.map((name, i) => `store_indirect_u32 ${name} sp ${4 * (i + 1)}`),
  ...KEPT.map((name, i) => `${name} = mul_imm_32 a0 ${first + i}`),
  'ecalli &ask',
  ...KEPT.map((name) => `a0 = add_32 a0 ${name}`),
  ...KEPT.map((name, i) => `${name} = load_indirect_i32 sp ${4 * (i + 1)}`),
  'ra = load_indirect_i32 sp 0',
  'sp = add_imm_32 sp 64',
  'jump-indirect ra 0',
];

test('host functions may call back into programs of 32 registers', () => {
  const graph = buildGraph(`latest32 stack 65536 all
    import ask call 1 1
    b0 export outer/1:
    ${functionOf(3).join('\n')}
    b1 export inner/1:
    ${functionOf(50).join('\n')}`);
  assignRegisters(graph);
  checkGraph(graph);
  expect(graph.data.map(({ name }) => name)).toEqual(['.regspill']);
  const module = new Engine().compile(writeBlob(writeProgram(graph, {}).blob));
  const outerOf = (callsBack: boolean): unknown =>
    new Linker()
      .define('ask', { params: ['u32'], result: 'u32' }, (caller, value) => {
        if (callsBack && value === 5) caller.call('inner', 1000);
        return 7;
      })
      .instantiate(module)
      .call('outer', 5);
  const sum = KEPT.reduce((total, _, i) => total + 5 * (3 + i), 7);
  expect(outerOf(false)).toBe(BigInt(sum));
  expect(outerOf(true)).toBe(BigInt(sum));
});
