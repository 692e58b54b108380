import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Width } from '../../../src/core/kind.ts';
import { Instruction } from '../../../src/decoder/instruction.ts';
import { FULL_ROWS } from '../../../src/isa/full-table.ts';
import { oracle } from '../../../src/isa/oracle.ts';
import type { Sem } from '../../../src/isa/sem.ts';
import { ROWS } from '../../../src/isa/table.ts';
import { TERM, TERM_ARITIES, TERM_NAMES, Term } from '../../../src/isa/term.ts';
import { LEAVES } from '../../../src/jit/graph/flow.ts';
import { EXIT, FunctionGraph } from '../../../src/jit/graph/function-graph.ts';
import { Instructions } from '../../../src/jit/graph/instructions.ts';
import { RegisterRanges, STATE_CELLS, TermRanges } from '../../../src/jit/graph/interval-terms.ts';
import { Intervals } from '../../../src/jit/graph/intervals.ts';
import { structureRepaired } from '../../../src/jit/graph/reducible.ts';
import { leavesTheCode } from '../../../src/jit/graph/registers.ts';

const WIDTHS: readonly Width[] = [32, 64];

/** Numbers at which something happens: powers of two and their neighbours, both signs. */
const EDGES: readonly bigint[] = [
  ...new Set(
    [0, 1, 2, 3, 4, 6, 7, 8, 12, 15, 16, 24, 30, 31, 32, 33, 48, 51, 52, 53, 54, 62, 63].flatMap((k) =>
      [-2n, -1n, 0n, 1n, 2n].flatMap((d) => [(1n << BigInt(k)) + d, -(1n << BigInt(k)) + d]),
    ),
  ),
];

const signed = (width: Width) => (v: bigint) => BigInt.asIntN(width, v);

const anyValue = (width: Width): fc.Arbitrary<bigint> =>
  fc
    .oneof(
      { weight: 3, arbitrary: fc.constantFrom(...EDGES) },
      { weight: 2, arbitrary: fc.bigInt({ min: -300n, max: 300n }) },
      { weight: 1, arbitrary: fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }) },
    )
    .map(signed(width));

const LARGEST = 2n ** 52n;

/** Ends of a range as the analysis has them: what is too large for it is infinite in 64-bit kinds. */
const ends = (low: bigint, high: bigint, width: Width): [number, number] => {
  if (width === 32) return [Number(low), Number(high)];
  return [
    low < -LARGEST ? -Infinity : low > LARGEST ? Number(LARGEST) : Number(low),
    high > LARGEST ? Infinity : high < -LARGEST ? -Number(LARGEST) : Number(high),
  ];
};

const isWithin = (value: bigint, low: number, high: number): boolean =>
  (low === -Infinity || value >= BigInt(low)) && (high === Infinity || value <= BigInt(high));

/** A range and values in it. */
const anyRange = (width: Width): fc.Arbitrary<{ low: bigint; high: bigint; values: bigint[] }> =>
  fc
    .tuple(
      anyValue(width),
      fc.oneof(anyValue(width), fc.constant(undefined)),
      fc.array(fc.nat(), { minLength: 2, maxLength: 4 }),
    )
    .map(([one, other, picks]) => {
      const two = other ?? one;
      const [low, high] = one < two ? [one, two] : [two, one];
      const inside = EDGES.filter((v) => v >= low && v <= high);
      const values = [low, high];
      for (const pick of picks) {
        if (inside.length > 0) values.push(inside[pick % inside.length] as bigint);
        values.push(low + ((BigInt(pick) * 0x9e3779b97f4a7c15n) % (high - low + 1n)));
      }
      return { low, high, values };
    });

/** Evaluates a term in a vocabulary. */
const evaluate = (t: Term, s: Sem<bigint>, leaf: (op: number) => bigint): bigint => {
  if (t.op === TERM.imm) return s.imm(t.value);
  if (t.op < TERM.imm) return leaf(t.op);
  const operands = [t.p, t.q, t.r].slice(0, TERM_ARITIES[t.op]).map((p) => evaluate(p, s, leaf));
  const operator = s[TERM_NAMES[t.op] as keyof Sem<bigint>] as (...values: bigint[]) => bigint;
  return operator(...operands);
};

const A = new Term(TERM.a, 0);
const B = new Term(TERM.b, 0);
const C = new Term(TERM.c, 0);

const OPERATORS = TERM_NAMES.map((_, op) => op).filter((op) => op > TERM.imm);

describe.each(WIDTHS)('ranges of terms, %i bits', (width) => {
  const s = oracle(width);
  const setUp = () => {
    const instructions = new Instructions();
    const decoded = new Instruction();
    Object.assign(decoded, { op: 0, a: 1, b: 2, c: 3, x: 0, y: 0 });
    instructions.push(0, decoded);
    const registers = new RegisterRanges(new Float64Array(STATE_CELLS));
    return { registers, terms: new TermRanges(width, instructions, registers) };
  };
  const { registers, terms } = setUp();

  const check = (term: Term, ranges: readonly { low: bigint; high: bigint; values: bigint[] }[]): void => {
    for (const [k, { low, high }] of ranges.entries()) {
      const [from, to] = ends(low, high, width);
      registers.assign(k + 1, from, to);
    }
    terms.of(term);
    const { low, high } = terms.result;
    for (let k = 0; k < 64; k++) {
      const values = ranges.map((range, n) => range.values[(k >> (2 * n)) % range.values.length] as bigint);
      const result = signed(width)(evaluate(term, s, (op) => BigInt.asUintN(width, values[op] as bigint)));
      if (!isWithin(result, low, high)) {
        expect.unreachable(`${TERM_NAMES[term.op]} of ${values}: ${result} is not in [${low}, ${high}]`);
      }
    }
    for (const end of [low, high]) {
      const isEnd = Number.isInteger(end) && !Object.is(end, -0) && Math.abs(end) <= 2 ** 52;
      if (!isEnd && Number.isFinite(end)) expect.unreachable(`${TERM_NAMES[term.op]}: ${end}`);
    }
    if (width === 32 && (low < -(2 ** 31) || high >= 2 ** 31)) expect.unreachable(`[${low}, ${high}]`);
  };

  test.each(OPERATORS.map((op) => [TERM_NAMES[op] as string, op]))('%s', (_, op) => {
    fc.assert(
      fc.property(anyRange(width), anyRange(width), anyRange(width), (p, q, r) => {
        check(new Term(op, 0, A, B, C), [p, q, r]);
      }),
      { numRuns: 250 },
    );
  });

  test('terms of terms', () => {
    const operator = fc.constantFrom(...OPERATORS);
    const leaf = fc.constantFrom(A, B, C, new Term(TERM.imm, -1), new Term(TERM.imm, 1));
    const inner = fc.tuple(operator, leaf, leaf, leaf).map(([op, p, q, r]) => new Term(op, 0, p, q, r));
    const operand = fc.oneof(leaf, inner);
    const term = fc
      .tuple(operator, operand, operand, operand)
      .map(([op, p, q, r]) => new Term(op, 0, p, q, r));
    fc.assert(
      fc.property(term, anyRange(width), anyRange(width), anyRange(width), (t, p, q, r) =>
        check(t, [p, q, r]),
      ),
      { numRuns: 3000 },
    );
  });
});

/** Operations that a random program is made of: what computes, loads, links or leaves the code. */
const PLAIN_OPERATIONS = FULL_ROWS.map((_, op) => op).filter((op) => {
  const { effect } = FULL_ROWS[op]!;
  return (
    effect.kind === 'value' ||
    effect.kind === 'load' ||
    effect.kind === 'store' ||
    (effect.kind === 'host-call' && leavesTheCode(op))
  );
});
const named = (pattern: RegExp): number[] => PLAIN_OPERATIONS.filter((op) => pattern.test(ROWS[op]!.name));
/** Those that counters and masks are made of come more often. */
const FREQUENT = named(/^(load_imm|move_reg|add_imm_(32|64)|add_(32|64)|sub_64|and_imm|shift_.*_imm_64)$/);
const BRANCHES = FULL_ROWS.map((_, op) => op).filter((op) => FULL_ROWS[op]!.effect.kind === 'branch');

interface PlainInstruction {
  readonly op: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly x: number;
  readonly y: number;
}

const REGISTER = fc.integer({ min: 0, max: 5 });
const IMMEDIATE = fc.oneof(
  fc.constantFrom(
    0,
    1,
    -1,
    2,
    4,
    8,
    31,
    32,
    33,
    48,
    63,
    100,
    255,
    256,
    65535,
    65536,
    -(2 ** 31),
    2 ** 31 - 1,
  ),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
);
const instruction = (operations: fc.Arbitrary<number>): fc.Arbitrary<PlainInstruction> =>
  fc.record({ op: operations, a: REGISTER, b: REGISTER, c: REGISTER, x: IMMEDIATE, y: IMMEDIATE });
const anyInstruction = instruction(
  fc.oneof(fc.constantFrom(...FREQUENT), fc.constantFrom(...PLAIN_OPERATIONS)),
);

interface PlainNode {
  readonly body: readonly PlainInstruction[];
  readonly branch: PlainInstruction;
  readonly to: readonly [number, number];
  readonly kind: 'branch' | 'next' | 'call';
}

const anyProgram = (most: number): fc.Arbitrary<readonly PlainNode[]> =>
  fc.integer({ min: 1, max: most }).chain((count) =>
    fc.array(
      fc.record({
        body: fc.array(anyInstruction, { maxLength: 8 }),
        branch: instruction(fc.constantFrom(...BRANCHES)),
        to: fc.tuple(fc.nat({ max: count - 1 }), fc.nat({ max: count - 1 })),
        kind: fc.oneof(
          { weight: 6, arbitrary: fc.constant('branch' as const) },
          { weight: 2, arbitrary: fc.constant('next' as const) },
          { weight: 1, arbitrary: fc.constant('call' as const) },
        ),
      }),
      { minLength: count, maxLength: count },
    ),
  );

/** The graph of a program; nodes are as in the program, `pc` is the number of an instruction times 4. */
const graphOf = (program: readonly PlainNode[]): FunctionGraph => {
  const graph = new FunctionGraph(0, new Instructions());
  const decoded = new Instruction();
  const push = (i: PlainInstruction): void => {
    Object.assign(decoded, i, { target: 0, length: 4, isLast: false });
    graph.instructions.push(4 * graph.instructions.count, decoded);
  };
  for (const { body, branch, kind } of program) {
    const first = graph.instructions.count;
    for (const i of body) push(i);
    if (kind === 'branch') push(branch);
    const exit = kind === 'branch' ? EXIT.branch : kind === 'call' ? EXIT.call : EXIT.next;
    graph.add(4 * first, first, graph.instructions.count, exit);
  }
  for (const [id, { kind, to }] of program.entries()) {
    graph.successors[id] = kind === 'branch' ? [...to] : [to[0]];
  }
  return graph;
};

/** Runs a graph with the oracle and tells what each instruction finds in the registers. */
const walk = (
  graph: FunctionGraph,
  width: Width,
  zeroRegister: boolean,
  values: readonly bigint[],
  steps: number,
  visit: (id: number, i: number, registers: readonly bigint[]) => void,
): void => {
  const s = oracle(width);
  const registers = values.map((v) => BigInt.asUintN(width, v));
  if (zeroRegister) registers[0] = 0n;
  let drawn = 0;
  const any = (): bigint => values[drawn++ % values.length] as bigint;
  const everything = (): void => {
    for (let r = zeroRegister ? 1 : 0; r < registers.length; r++) registers[r] = BigInt.asUintN(width, any());
  };
  const { op, a, b, c, x, y } = graph.instructions;
  let id = graph.entry;
  let selected = -1;
  for (let left = steps; left > 0; left--) {
    const node = graph.node(id);
    let edge = 0;
    for (let i = node.first; i < node.end; i++) {
      visit(id, i, registers);
      const row = FULL_ROWS[op[i] as number]!;
      const o = {
        get a() {
          return registers[a[i] as number] as bigint;
        },
        get b() {
          return registers[b[i] as number] as bigint;
        },
        get c() {
          return registers[c[i] as number] as bigint;
        },
        x: s.imm(x[i] as number),
        y: s.imm(y[i] as number),
      };
      const { effect } = row;
      let result: bigint | undefined;
      if (effect.kind === 'value') result = effect.value(s, o);
      else if (effect.kind === 'load') {
        const bits = 8 * effect.size;
        result = effect.signed ? BigInt.asIntN(bits, any()) : BigInt.asUintN(bits, any());
      } else if (effect.kind === 'branch') edge = effect.when(s, o) === 0n ? 1 : 0;
      else if (effect.kind === 'host-call') everything();
      if (result !== undefined && !(zeroRegister && a[i] === 0)) {
        registers[a[i] as number] = BigInt.asUintN(width, result);
      }
    }
    visit(id, node.end, registers);
    if (node.exit === EXIT.call) everything();
    if (node.exit === EXIT.dispatch) edge = selected;
    const chosen = graph.selection(id, edge);
    if (chosen >= 0) selected = chosen;
    id = (graph.successors[id] as number[])[edge] as number;
    if (id === LEAVES) return;
  }
};

/** Pairs of shifts, interleaved and interrupted, on few registers. */
const SHIFTS = named(/^(shift_.*_imm_64|load_indirect_(i16|u64)|move_reg)$/);
const anyShifts: fc.Arbitrary<readonly PlainNode[]> = fc
  .array(
    fc.record({
      op: fc.constantFrom(...SHIFTS),
      a: fc.integer({ min: 1, max: 2 }),
      b: fc.integer({ min: 1, max: 3 }),
      c: fc.constant(1),
      x: fc.constantFrom(1, 8, 31, 32, 48, 56, 60),
      y: fc.constant(0),
    }),
    { minLength: 4, maxLength: 30 },
  )
  .map((body) => [{ body, branch: body[0]!, to: [0, 0], kind: 'next' }]);

describe.each(WIDTHS)('ranges of registers, %i bits', (width) => {
  test.each([false, true])('hold in random programs, register 0 is zero: %s', (zeroRegister) => {
    let loops = 0;
    const values = fc.array(anyValue(width), { minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(fc.oneof(anyProgram(7), anyShifts), values, (program, registers) => {
        const graph = graphOf(program);
        const structure = structureRepaired(graph, { splitLimit: 64 });
        const intervals = new Intervals(graph, structure, width, zeroRegister);
        let at = -1;
        walk(graph, width, zeroRegister, registers, 60, (id, i, now) => {
          const { first } = graph.node(id);
          if (i === first) {
            if (at === id) loops++;
            at = id;
            intervals.begin(id);
          } else intervals.step(i - 1);
          for (let r = 0; r < 6; r++) {
            const value = signed(width)(now[r] as bigint);
            const low = intervals.low(r);
            const high = intervals.high(r);
            if (!isWithin(value, low, high)) {
              expect.unreachable(
                `node ${id}, instruction ${i}: r${r} = ${value} is not in [${low}, ${high}]`,
              );
            }
            const isNarrow = intervals.isNarrow(r);
            if (isNarrow && value !== BigInt.asIntN(32, value))
              expect.unreachable(`r${r} = ${value} is not narrow`);
            if (i === first && (((intervals.narrowIn(id) >>> r) & 1) === 1) !== isNarrow) {
              expect.unreachable(`r${r} is narrow: ${isNarrow}, otherwise in the set`);
            }
            if (i === first && !intervals.isReached(id)) expect.unreachable(`node ${id} is reached`);
          }
        });
      }),
      { numRuns: 400 },
    );
    expect(loops).toBeGreaterThan(0);
  });
});

const operationOf = (name: string): number => {
  const op = ROWS.findIndex((row) => row.name === name);
  if (op < 0) throw new Error(`no operation ${name}`);
  return op;
};

const at = (name: string, a: number, b = 0, c = 0, x = 0, y = 0): PlainInstruction => ({
  op: operationOf(name),
  a,
  b,
  c,
  x,
  y,
});

const analysed = (
  program: readonly PlainNode[],
  width: Width = 64,
): { graph: FunctionGraph; ranges: Intervals } => {
  const graph = graphOf(program);
  return { graph, ranges: new Intervals(graph, structureRepaired(graph, { splitLimit: 64 }), width, true) };
};

/** Nodes that end with the branch, or go on to the first target where there is none. */
const node = (
  to: readonly [number, number],
  body: readonly PlainInstruction[],
  branch?: PlainInstruction,
): PlainNode => ({
  body,
  branch: branch ?? at('branch_eq', 0, 0),
  to,
  kind: branch === undefined ? 'next' : 'branch',
});

/** The state behind the instructions of one node. */
const behind = (body: readonly PlainInstruction[], width: Width = 64): Intervals => {
  const { graph, ranges } = analysed([node([0, 0], body)], width);
  ranges.begin(0);
  for (let i = 0; i < graph.node(0).end; i++) ranges.step(i);
  return ranges;
};

describe('what ranges tell', () => {
  test('constants are exact', () => {
    const ranges = behind([
      at('load_imm', 1, 0, 0, 0x12345000),
      at('add_imm_64', 2, 1, 0, 0x678),
      at('load_imm', 3, 0, 0, -1),
      at('shift_logical_right_imm_64', 4, 3, 0, 32),
      at('mul_imm_32', 5, 2, 0, 0x1234567),
      at('xor_imm', 6, 2, 0, -1),
    ]);
    expect([2, 3, 4, 5, 6, 0].map((r) => ranges.constant(r))).toEqual([
      0x12345678,
      -1,
      2 ** 32 - 1,
      Math.imul(0x12345678, 0x1234567),
      ~0x12345678,
      0,
    ]);
    expect(ranges.constant(7)).toBe(undefined);
  });

  test('loads by size and sign', () => {
    const ranges = behind([
      at('load_indirect_u8', 1, 9),
      at('load_indirect_i16', 2, 9),
      at('load_indirect_u32', 3, 9),
      at('load_indirect_i32', 4, 9),
      at('load_indirect_u64', 5, 9),
      at('atomic_add_32', 6, 9, 8),
    ]);
    expect([1, 2, 3, 4, 5, 6].map((r) => [ranges.low(r), ranges.high(r)])).toEqual([
      [0, 255],
      [-32768, 32767],
      [0, 2 ** 32 - 1],
      [-(2 ** 31), 2 ** 31 - 1],
      [-Infinity, Infinity],
      [-(2 ** 31), 2 ** 31 - 1],
    ]);
    expect([1, 2, 3, 4, 5].map((r) => ranges.isNarrow(r))).toEqual([true, true, false, true, false]);
  });

  test('zero extensions by two shifts, with others in between', () => {
    const ranges = behind([
      at('load_indirect_u8', 1, 9),
      at('add_imm_64', 1, 1, 0, -3),
      at('and_imm', 2, 9, 0, 1023),
      at('shift_logical_left_imm_64', 3, 1, 0, 32),
      at('shift_logical_left_imm_64', 4, 2, 0, 56),
      at('shift_logical_right_imm_64', 3, 3, 0, 30),
      at('shift_logical_left_imm_64', 5, 1, 0, 48),
      at('shift_logical_right_imm_64', 4, 4, 0, 56),
      at('shift_arithmetic_right_imm_64', 5, 5, 0, 48),
    ]);
    // The first may be negative: then its low word is large.
    expect([3, 4, 5].map((r) => [ranges.low(r), ranges.high(r)])).toEqual([
      [0, 4 * (2 ** 32 - 1)],
      [0, 255],
      [-3, 252],
    ]);
  });

  test('a zero extension of what is not negative changes nothing', () => {
    const ranges = behind([
      at('load_indirect_u16', 1, 9),
      at('shift_logical_left_imm_64', 2, 1, 0, 49),
      at('shift_logical_left_imm_64', 3, 1, 0, 48),
      at('shift_logical_right_imm_64', 2, 2, 0, 49),
      at('shift_logical_right_imm_64', 3, 3, 0, 45),
    ]);
    expect([2, 3].map((r) => [ranges.low(r), ranges.high(r)])).toEqual([
      [0, 32767],
      [0, 65535 * 8],
    ]);
  });

  test('a register that is written again is not shifted any more', () => {
    const ranges = behind([
      at('load_indirect_u8', 1, 9),
      at('shift_logical_left_imm_64', 2, 1, 0, 60),
      at('load_indirect_u64', 2, 9),
      at('shift_logical_right_imm_64', 2, 2, 0, 60),
      at('shift_logical_left_imm_64', 3, 1, 0, 60),
      at('move_reg', 3, 9),
      at('shift_logical_right_imm_64', 3, 3, 0, 48),
    ]);
    expect([2, 3].map((r) => [ranges.low(r), ranges.high(r)])).toEqual([
      [0, 15],
      [0, 65535],
    ]);
  });

  test('nothing is known behind calls and host calls', () => {
    const set = at('load_imm', 5, 0, 0, 1);
    const { ranges } = analysed([{ ...node([1, 1], [set]), kind: 'call' }, node([1, 1], [])]);
    ranges.begin(1);
    expect([ranges.low(5), ranges.high(5), ranges.narrowIn(1)]).toEqual([-Infinity, Infinity, 1]);
    expect(behind([set, at('ecalli', 0)]).constant(5)).toBe(undefined);
  });

  test('loops end with the bounds of their counters', () => {
    for (const compare of ['branch_less_signed_imm', 'branch_less_unsigned_imm']) {
      const { ranges } = analysed([
        node([1, 1], [at('load_imm', 5, 0, 0, 0)]),
        node([1, 2], [at('add_imm_64', 5, 5, 0, 1)], at(compare, 5, 0, 0, 100)),
        node([LEAVES, LEAVES], []),
      ]);
      ranges.begin(1);
      expect([ranges.low(5), ranges.high(5)]).toEqual([0, 99]);
      ranges.begin(2);
      expect([ranges.low(5), ranges.high(5)]).toEqual([100, 100]);
    }
  });

  test('a counter of words stays narrow without a bound', () => {
    const { ranges } = analysed([
      node([1, 1], [at('load_imm', 5, 0, 0, 0)]),
      node([1, 2], [at('add_imm_32', 5, 5, 0, 1)], at('branch_not_eq', 5, 6)),
      node([LEAVES, LEAVES], []),
    ]);
    expect((ranges.narrowIn(1) >>> 5) & 1).toBe(1);
    expect((ranges.narrowIn(1) >>> 6) & 1).toBe(0);
  });

  test('addresses of accesses', () => {
    const ranges = behind([
      at('load_indirect_u8', 1, 9),
      at('load_imm', 2, 0, 0, 0x20000),
      at('add_64', 3, 1, 2),
      at('load_imm', 4, 0, 0, -256),
      at('add_64', 5, 1, 4),
      at('load_indirect_u32', 6, 9),
    ]);
    expect(ranges.addressBounds(3, -4, 8)).toEqual({ low: 0x1fffc, high: 0x20107 });
    expect(ranges.addressBounds(-1, 16, 20)).toEqual({ low: 16, high: 20 });
    expect(ranges.addressBounds(5, 0, 1)).toEqual({ low: 2 ** 32 - 256, high: 2 ** 32 });
    expect(ranges.addressBounds(5, 0, 2)).toBe(undefined);
    expect(ranges.addressBounds(6, 0, 1)).toEqual({ low: 0, high: 2 ** 32 });
    expect(ranges.addressBounds(6, 0, 2)).toBe(undefined);
    expect(ranges.addressBounds(9, 0, 1)).toBe(undefined);
    expect(behind([], 32).addressBounds(9, 0, 1)).toBe(undefined);
  });
});

describe('the analysis ends soon', () => {
  test('in deep nests of loops whose counters depend on each other', () => {
    const depth = 12;
    const chain = Array.from({ length: 14 }, (_, r) => at('add_64', 16 + r, 16 + r, 15 + r));
    const program: PlainNode[] = [
      node(
        [1, 1],
        [15, ...chain.map((i) => i.a)].map((r) => at('load_imm', r, 0, 0, 1)),
      ),
    ];
    for (let k = 0; k < depth; k++)
      program.push(node([k + 2, k + 2], [at('add_imm_64', 15 + k, 15 + k, 0, 1)]));
    program.push(node([depth + 2, depth + 2], chain));
    for (let k = depth; k > 0; k--) {
      const id = program.length;
      program.push(node([k, id + 1], chain.slice(0, k), at('branch_less_signed', 15 + k, 30)));
    }
    program.push(node([program.length, program.length], []));
    const { ranges } = analysed(program);
    // Each header may be widened some times for each loop around it.
    expect(ranges.visitedNodes).toBeLessThan(25 * program.length * depth);
  });

  test('in random programs', () => {
    fc.assert(
      fc.property(anyProgram(40), (program) => {
        const graph = graphOf(program);
        const structure = structureRepaired(graph, { splitLimit: 64 });
        const { visitedNodes } = new Intervals(graph, structure, 64, true);
        let deepest = 0;
        for (const id of structure.order) deepest = Math.max(deepest, structure.depthOf[id] as number);
        expect(visitedNodes).toBeLessThanOrEqual(structure.order.length * (4 + 25 * deepest));
      }),
      { numRuns: 200 },
    );
  });
});
