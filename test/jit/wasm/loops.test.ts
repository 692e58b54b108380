import { beforeAll, describe, expect, test } from 'vitest';
import { Engine, type Instance } from '../../../src/index.ts';
import { A0, A1, A2, A3, assemble, type Line, RETURN, S0, S1, SP, T0 } from '../../vm/assemble.ts';

/*
 * Loops that get a fast version, at all the borders where it must not be taken or must end: regions of memory, bounds,
 * gas. Each run is compared with the interpreter: stop, gas, registers, memory.
 */

const KINDS = ['latest32', 'latest64'] as const;
type LoopKind = (typeof KINDS)[number];

const RW_BYTES = 4096;
const STACK_BYTES = 4096;

/** Where memory lies: found from an instance, not assumed. */
interface Places {
  readonly rw: number;
  readonly stackTop: number;
}

interface Form {
  readonly name: string;
  /** `w` is the suffix of operations as wide as registers; `bytes` their size. */
  readonly code: (w: 32 | 64) => readonly Line[];
  readonly args: (p: Places) => readonly (readonly number[])[];
}

const BORDERS = [-3, -2, -1, 0, 1, 2];

/** Loads and stores of registers. */
const load = (w: 32 | 64): string => (w === 32 ? 'load_indirect_i32' : 'load_indirect_u64');
const store = (w: 32 | 64): string => `store_indirect_u${w}`;

const FORMS: readonly Form[] = [
  {
    name: 'words copied upwards until the source pointer is at its end',
    code: () => [
      'loop',
      ['load_indirect_i32', { a: T0, b: A0, x: 0 }],
      ['store_indirect_u32', { a: T0, b: A1, x: 0 }],
      ['add_imm_32', { a: A0, b: A0, x: 4 }],
      ['add_imm_32', { a: A1, b: A1, x: 4 }],
      ['branch_not_eq', { a: A0, b: A2, to: 'loop' }],
    ],
    args: ({ rw }) =>
      [4, 5, 6, 7, 8, 9, 21].flatMap((n) =>
        BORDERS.flatMap((d) => [
          [rw + RW_BYTES - 4 * n + 4 * d, rw, rw + RW_BYTES + 4 * d],
          [rw, rw + RW_BYTES - 4 * n + 4 * d, rw + 4 * n],
          [rw + 4 * d, rw + 100, rw + 4 * d + 4 * n],
          // The two overlap; an end that is never met exactly.
          [rw + 8, rw + 8 + 4 * d, rw + 8 + 4 * n],
          [rw, rw + 200, rw + 4 * n + 2],
        ]),
      ),
  },
  {
    name: 'bytes stored downwards while the pointer is above a bound',
    code: (w) => [
      'loop',
      [`add_imm_${w}`, { a: A0, b: A0, x: -1 }],
      ['store_indirect_u8', { a: A2, b: A0, x: 0 }],
      [`add_imm_${w}`, { a: A2, b: A2, x: 7 }],
      ['branch_less_unsigned', { a: A1, b: A0, to: 'loop' }],
    ],
    args: ({ rw }) =>
      BORDERS.flatMap((d) => [
        [rw + 20, rw + d],
        [rw + 7, rw - 5 + d],
        [rw + RW_BYTES + d, rw + RW_BYTES - 30],
        [rw + 9, 0],
      ]),
  },
  {
    name: 'a stride from a register, tested twice in a body',
    code: () => [
      'loop',
      ['add_imm_32', { a: T0, b: A0, x: 3 }],
      ['store_indirect_u8', { a: A2, b: T0, x: -3 }],
      ['add_32', { a: A0, b: A0, c: A3 }],
      ['branch_less_unsigned', { a: A1, b: A0, to: 'end' }],
      'second',
      ['store_indirect_u8', { a: A0, b: A0, x: 0 }],
      ['add_32', { a: A0, b: A0, c: A3 }],
      ['branch_greater_or_equal_unsigned', { a: A1, b: A0, to: 'loop' }],
    ],
    args: ({ rw }) =>
      [0, 1, 3, 64, 100, -1, 2 ** 20, 2 ** 20 + 1].flatMap((step) =>
        BORDERS.map((d) => [rw + 5, rw + RW_BYTES + d, 0x5a, step]),
      ),
  },
  {
    name: 'an index counted in 32 bits, tested before the body',
    code: (w) => [
      'loop',
      ['branch_greater_or_equal_signed', { a: A1, b: A2, to: 'end' }],
      'body',
      [`shift_logical_left_imm_${w}`, { a: T0, b: A1, x: 3 }],
      [`add_${w}`, { a: T0, b: T0, c: A0 }],
      [load(w), { a: S0, b: T0, x: 0 }],
      [`add_${w}`, { a: S1, b: S1, c: S0 }],
      [store(w), { a: S1, b: T0, x: 0 }],
      ['add_imm_32', { a: A1, b: A1, x: 1 }],
      ['jump', { to: 'loop' }],
    ],
    args: ({ rw }) =>
      [-5, 0, 1, 4, 5, 30].flatMap((n) =>
        BORDERS.flatMap((d) => [
          [rw + RW_BYTES - 8 * n + 8 * d, 0, n],
          [rw + 8 * d, 0, n],
          [rw + 64, d, n],
          [rw + 64, d, 0x7fffffff],
          [rw, -0x80000000, n],
        ]),
      ),
  },
  {
    name: 'variables on the stack beside stores that may hit them',
    code: (w) => [
      'loop',
      [load(w), { a: T0, b: SP, x: -64 }],
      ['load_indirect_i32', { a: S0, b: SP, x: -48 }],
      [`add_imm_${w}`, { a: T0, b: T0, x: 3 }],
      [store(w), { a: T0, b: SP, x: -64 }],
      ['add_32', { a: S0, b: S0, c: T0 }],
      ['store_indirect_u32', { a: S0, b: A0, x: 0 }],
      ['store_indirect_u32', { a: S0, b: SP, x: -48 }],
      [`add_imm_${w}`, { a: A0, b: A0, x: 4 }],
      ['branch_not_eq', { a: A0, b: A1, to: 'loop' }],
    ],
    args: ({ rw, stackTop }) =>
      [4, 6, 9].flatMap((n) =>
        [-72, -66, -64, -60, -52, -48, -44, -40, -20, -90].flatMap((d) => [
          [stackTop + d, stackTop + d + 4 * n],
          [stackTop + d - 4 * n, stackTop + d],
          [rw + RW_BYTES + d, rw + RW_BYTES + d + 4 * n],
        ]),
      ),
  },
  {
    name: 'counters near the ends of 32 bits',
    code: () => [
      'loop',
      ['add_imm_32', { a: A0, b: A0, x: 5 }],
      ['add_32', { a: S0, b: S0, c: A0 }],
      ['branch_less_unsigned', { a: A0, b: A1, to: 'loop' }],
    ],
    args: () =>
      [0, 1, 2, 3, 4, 5, 6].flatMap((d) => [
        [-100, -d],
        [-100 - d, -1],
        [0x7fffffff - 80, 0x7fffffff - d],
        [0x7fffffff - 80, -0x80000000 + d],
        [d, 100],
        [100, d],
      ]),
  },
  {
    name: 'signed counters downwards to a negative bound',
    code: () => [
      'loop',
      ['add_imm_32', { a: A0, b: A0, x: -3 }],
      ['add_32', { a: S0, b: S0, c: A0 }],
      ['branch_less_or_equal_signed_imm', { a: A0, x: -0x7ffffffe, to: 'end' }],
      'next',
      ['branch_greater_or_equal_signed', { a: A0, b: A1, to: 'loop' }],
    ],
    args: () =>
      [0, 1, 2, 3, 4].flatMap((d) => [
        [30, -d],
        [-0x7fffff00, -0x80000000 + d],
        [-0x7ffffff0 + d, -0x80000000],
        [d, 30],
      ]),
  },
  {
    name: 'a table indexed with a masked value, sums in wide registers',
    code: (w) => [
      'loop',
      ['load_indirect_u8', { a: T0, b: A0, x: 0 }],
      ['xor', { a: T0, b: T0, c: S0 }],
      ['and_imm', { a: T0, b: T0, x: 0xff }],
      [`shift_logical_left_imm_${w}`, { a: T0, b: T0, x: 2 }],
      [`add_${w}`, { a: T0, b: T0, c: A2 }],
      ['load_indirect_i32', { a: T0, b: T0, x: 0 }],
      [`add_${w}`, { a: S0, b: S0, c: T0 }],
      [`add_imm_${w}`, { a: A0, b: A0, x: 1 }],
      ['branch_not_eq', { a: A0, b: A1, to: 'loop' }],
    ],
    args: ({ rw }) =>
      BORDERS.flatMap((d) => [
        [rw, rw + 40, rw + RW_BYTES - 1024 + 4 * d],
        [rw + 4 * d, rw + 40, rw],
        [rw + RW_BYTES - 20, rw + RW_BYTES + d, rw + 512],
      ]),
  },
];

const program = (kind: LoopKind, code: readonly Line[]): Uint8Array =>
  assemble({
    kind,
    exports: ['work'],
    roData: Uint8Array.from({ length: 4096 }, (_, i) => i * 3),
    rwData: Uint8Array.from({ length: RW_BYTES }, (_, i) => (i * 11) >> 2),
    rwDataSize: RW_BYTES,
    stackSize: STACK_BYTES,
    code: [
      'work',
      ['load_imm', { a: S0, x: 1 }],
      ['load_imm', { a: S1, x: 2 }],
      ['jump', { to: 'loop' }],
      ...code,
      'end',
      ['move_reg', { a: A3, b: S0 }],
      RETURN,
    ],
  });

const interpreter = new Engine({ tier: 'interpreter' });
const wasm = new Engine({ tier: 'wasm' });

const placesOf = (instance: Instance): Places => {
  const { regions, stackPointer } = instance.module.memoryMap;
  const rw = regions.find(({ name }) => name === 'read-write');
  if (rw === undefined) throw new Error('no read-write region');
  return { rw: rw.start, stackTop: stackPointer };
};

const observe = (instance: Instance, places: Places, args: readonly number[], gas: number): unknown => {
  instance.reset();
  instance.gas = BigInt(gas);
  instance.prepareCall('work', args);
  const stop = instance.run();
  const registers: bigint[] = [];
  for (let r = 0; r < 13; r++) registers.push(instance.getRegister(r));
  return {
    stop,
    gas: instance.gas,
    registers,
    data: Buffer.from(instance.memory.read(places.rw, RW_BYTES)).toString('latin1'),
    stack: Buffer.from(instance.memory.read(places.stackTop - STACK_BYTES, STACK_BYTES)).toString('latin1'),
  };
};

describe.each(KINDS)('%s: loops end where they do in the interpreter', (kind) => {
  const w = kind === 'latest32' ? 32 : 64;
  describe.each(FORMS.map((form) => [form.name, form] as const))('%s', (_, { code, args }) => {
    let want: Instance;
    let got: Instance;
    let places: Places;
    beforeAll(() => {
      const bytes = program(kind, code(w));
      want = interpreter.compile(bytes, { gas: 'sync' }).instantiate();
      got = wasm.compile(bytes, { gas: 'sync' }).instantiate();
      places = placesOf(want);
    });
    const same = (given: readonly number[], gas: number): void => {
      const expected = observe(want, places, given, gas);
      expect(observe(got, places, given, gas), `work(${given.join(', ')}) with gas ${gas}`).toEqual(expected);
    };

    test('at the borders of memory and of their bounds', () => {
      for (const given of args(places)) same(given, 3000);
    });

    if (w === 64) {
      test('with registers whose high halves are no sign', () => {
        const all = args(places);
        const high = [2 ** 32, -(2 ** 32), 2 ** 52, 2 ** 31];
        for (const [k, given] of all.entries()) {
          const by = high[k % high.length] as number;
          const which = (k >> 2) % 4;
          same(
            given.map((value, at) => (at === which || (which === 3 && at < 2) ? value + by : value)),
            3000,
          );
        }
      });
    }

    test('with gas that ends anywhere in them', () => {
      const all = args(places);
      for (let gas = 0; gas < 260; gas++) same(all[(gas * 7) % all.length] as readonly number[], gas);
      // Loops that run to their ends, with every amount that is spent in them or right behind them.
      for (const given of all.slice(0, 40)) {
        const { gas: left } = observe(want, places, given, 3000) as { gas: bigint };
        const spent = 3000 - Number(left);
        if (spent > 400) continue;
        for (let gas = Math.max(spent - 8, 0); gas < spent + 2; gas++) same(given, gas);
      }
    });
  });
});
