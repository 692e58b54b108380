import { describe, expect, test } from 'vitest';
import { Engine } from '../../../../src/index.ts';
import { Discovery } from '../../../../src/jit/graph/discover.ts';
import { EXIT, type FunctionGraph } from '../../../../src/jit/graph/function-graph.ts';
import { plansOf } from '../../../../src/jit/graph/loops/candidates.ts';
import type { Machine } from '../../../../src/jit/graph/loops/cycle.ts';
import type { LoopPlan } from '../../../../src/jit/graph/loops/plan.ts';
import { versionLoops } from '../../../../src/jit/graph/loops/version.ts';
import { structureRepaired } from '../../../../src/jit/graph/reducible.ts';
import { structure } from '../../../../src/jit/graph/structure.ts';
import { A0, A1, A2, A3, assemble, type Line, RETURN, S0, SP, T0 } from '../../../vm/assemble.ts';

const MACHINE: Machine = { width: 64, zeroRegister: false, stackPointer: SP };

const graphOf = (code: readonly Line[]): FunctionGraph => {
  const bytes = assemble({
    kind: 'latest64',
    exports: ['work'],
    code: ['work', ['load_imm', { a: S0, x: 0 }], ['jump', { to: 'loop' }], ...code, 'end', RETURN],
  });
  const { program } = new Engine({ tier: 'interpreter' }).compile(bytes);
  return new Discovery(program, { costs: undefined, blockCost: undefined }, 1000).functionAt(0);
};

const plans = (code: readonly Line[]): LoopPlan[] => {
  const graph = graphOf(code);
  return plansOf(graph, structureRepaired(graph, { splitLimit: 64 }), MACHINE);
};

const COUNTED: readonly Line[] = [
  'loop',
  ['load_indirect_u64', { a: T0, b: A0, x: 8 }],
  ['add_64', { a: S0, b: S0, c: T0 }],
  ['store_indirect_u64', { a: S0, b: A0, x: -8 }],
  ['add_imm_64', { a: A0, b: A0, x: 8 }],
  ['branch_not_eq', { a: A0, b: A1, to: 'loop' }],
];

describe('plans of loops', () => {
  test('have the bound, the addresses with their extent, and what is written', () => {
    const [plan] = plans(COUNTED);
    expect(plan?.bounds).toHaveLength(1);
    expect(plan?.bounds[0]).toMatchObject({
      order: 'equality',
      strict: true,
      word: false,
      step: { register: -1, factor: 8 },
    });
    expect(plan?.bounds[0]?.smaller).toMatchObject({ summands: [{ register: A0, factor: 1 }], constant: 8 });
    expect(plan?.groups).toHaveLength(1);
    expect(plan?.groups[0]).toMatchObject({
      first: { summands: [{ register: A0, factor: 1 }], constant: -8 },
      span: 24,
      step: { register: -1, factor: 8 },
      writes: true,
    });
  });

  test('know steps in registers, which are to be looked at', () => {
    const [plan] = plans([
      'loop',
      ['store_indirect_u8', { a: A3, b: A0, x: 0 }],
      ['add_32', { a: A0, b: A0, c: A2 }],
      ['branch_greater_or_equal_unsigned', { a: A1, b: A0, to: 'loop' }],
    ]);
    expect(plan?.steps).toEqual([A2]);
    expect(plan?.bounds[0]).toMatchObject({ order: 'unsigned', strict: false, word: true });
    expect(plan?.bounds[0]?.step).toEqual({ register: A2, factor: 1 });
    // The bound is a 64-bit register: only if it is a word is the comparison one of words.
    expect(plan?.words.flatMap(({ summands }) => summands.map(({ register }) => register))).toEqual([A1]);
  });

  test('make variables of words on the stack', () => {
    const [plan] = plans([
      'loop',
      ['load_indirect_u64', { a: T0, b: SP, x: -16 }],
      ['add_imm_64', { a: T0, b: T0, x: 1 }],
      ['store_indirect_u64', { a: T0, b: SP, x: -16 }],
      ['load_indirect_u64', { a: A1, b: SP, x: -24 }],
      ['branch_less_unsigned', { a: T0, b: A1, to: 'loop' }],
    ]);
    expect(plan?.cycle.slots).toEqual([
      { offset: -24, bytes: 8, stored: false },
      { offset: -16, bytes: 8, stored: true },
    ]);
    expect(plan?.groups).toEqual([]);
  });

  const REFUSED: readonly (readonly [string, readonly Line[]])[] = [
    [
      'a test of a loaded value',
      [
        'loop',
        ['load_indirect_u8', { a: T0, b: A0, x: 0 }],
        ['add_imm_64', { a: A0, b: A0, x: 1 }],
        ['branch_not_eq', { a: T0, b: A1, to: 'loop' }],
      ],
    ],
    [
      'an address that is loaded',
      [
        'loop',
        ['load_indirect_u64', { a: A0, b: A0, x: 0 }],
        ['add_imm_64', { a: A2, b: A2, x: 1 }],
        ['branch_not_eq', { a: A2, b: A1, to: 'loop' }],
      ],
    ],
    [
      'a counter that goes away from its bound',
      [
        'loop',
        ['add_imm_64', { a: A0, b: A0, x: -1 }],
        ['branch_less_unsigned', { a: A0, b: A1, to: 'loop' }],
      ],
    ],
    [
      'a counter that stands still',
      ['loop', ['add_64', { a: S0, b: S0, c: A0 }], ['branch_less_unsigned', { a: A0, b: A1, to: 'loop' }]],
    ],
    [
      'a bound that moves with the counter',
      [
        'loop',
        ['add_imm_64', { a: A0, b: A0, x: 2 }],
        ['add_imm_64', { a: A1, b: A1, x: 1 }],
        ['branch_less_unsigned', { a: A0, b: A1, to: 'loop' }],
      ],
    ],
    [
      'two ways through the body',
      [
        'loop',
        ['add_imm_64', { a: A0, b: A0, x: 1 }],
        ['branch_eq_imm', { a: A2, x: 0, to: 'other' }],
        'one',
        ['add_imm_64', { a: A2, b: A2, x: 1 }],
        ['branch_not_eq', { a: A0, b: A1, to: 'loop' }],
        'leave',
        ['jump', { to: 'end' }],
        'other',
        ['branch_not_eq', { a: A0, b: A1, to: 'loop' }],
      ],
    ],
    [
      'a host that is called',
      [
        'loop',
        ['sbrk', { a: T0, b: A3 }],
        ['add_imm_64', { a: A0, b: A0, x: 1 }],
        ['branch_not_eq', { a: A0, b: A1, to: 'loop' }],
      ],
    ],
  ];
  test.each(REFUSED)('there is none for %s', (_, code) => {
    expect(plans(code)).toEqual([]);
  });
});

test('a versioned loop is entered by its preheader, and leads from its last copy to the original', () => {
  const graph = graphOf(COUNTED);
  const before = graph.nodes.length;
  const repaired = structureRepaired(graph, { splitLimit: 64 });
  expect(versionLoops(graph, repaired, MACHINE, () => true)).toBe(true);
  const s = structure(graph);
  const preheader = graph.nodes.findIndex(({ exit }) => exit === EXIT.preheader);
  const [, header] = graph.successors[preheader] as [number, number];
  const entries = [...s.order].filter((id) => (graph.successors[id] as number[]).includes(header));
  expect(entries.filter((id) => id < before)).toEqual([header]);
  expect(entries.filter((id) => id >= before)).toEqual([
    preheader,
    graph.nodes.findIndex(({ last }) => last),
  ]);
  // Four bodies at once, what is left of them one by one, and the last.
  const copies = graph.nodes.filter(({ mirrors, first, end }) => mirrors === header && end > first);
  expect(copies).toHaveLength(6);
});

test('loops that cannot be paid at once stay as they are', () => {
  const graph = graphOf(COUNTED);
  const before = graph.nodes.length;
  expect(versionLoops(graph, structureRepaired(graph, { splitLimit: 64 }), MACHINE, () => false)).toBe(false);
  expect(graph.nodes).toHaveLength(before);
});
