import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteWriter, sizeOfU32 } from '../../../src/jit/wasm/encoder/byte-writer.ts';
import type { FunctionBody } from '../../../src/jit/wasm/encoder/function-body.ts';
import {
  LimitExceeded,
  MAX_BRANCHES,
  MAX_FUNCTION_BYTES,
  MAX_LOCALS,
  MAX_TABLE_TARGETS,
} from '../../../src/jit/wasm/encoder/limits.ts';
import { ModuleBuilder } from '../../../src/jit/wasm/encoder/module-builder.ts';
import {
  ANY,
  I32,
  I64,
  LOAD,
  type LoadOpcode,
  type Opcode,
  STORE,
  type StoreOpcode,
} from '../../../src/jit/wasm/encoder/opcodes.ts';
import {
  EXTERNREF,
  FUNCREF,
  I32_TYPE,
  I64_TYPE,
  type ValueType,
} from '../../../src/jit/wasm/encoder/types.ts';

const i32 = I32_TYPE;
const i64 = I64_TYPE;

type Exports = Record<string, (...args: (number | bigint)[]) => number | bigint | undefined>;

const instantiate = (m: ModuleBuilder, imports: WebAssembly.Imports = {}): WebAssembly.Exports => {
  const bytes = m.finish();
  expect(WebAssembly.validate(bytes)).toBe(true);
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports;
};

/** The one function of a module. */
const compile = (
  params: readonly ValueType[],
  results: readonly ValueType[],
  write: (f: FunctionBody, m: ModuleBuilder) => void,
): Exports[string] => {
  const m = new ModuleBuilder();
  const index = m.declare(m.type(params, results));
  m.exportFunction('f', index);
  const f = m.begin(index);
  write(f, m);
  f.finish();
  return (instantiate(m) as Exports).f!;
};

const edges = (bits: number): fc.Arbitrary<bigint> => {
  const b = BigInt(bits);
  const list = [0n, 1n, -1n, 2n, 31n, 32n, 63n, 64n, 127n, 128n, 0x8000n, 0x7fff_ffffn, 0x8000_0000n];
  const most = [1n << (b - 1n), (1n << (b - 1n)) - 1n, -(1n << (b - 1n))];
  return fc
    .oneof(
      fc.constantFrom(...list, ...most),
      fc.bigInt({ min: -(1n << (b - 1n)), max: (1n << (b - 1n)) - 1n }),
    )
    .map((v) => BigInt.asIntN(bits, v));
};

/** What JavaScript hands to a parameter, and what a result is as a bigint. */
const toWasm = (v: bigint, type: ValueType): number | bigint => (type === i32 ? Number(v) : v);
const fromWasm = (v: number | bigint | undefined): bigint => BigInt(v as number | bigint);

const signed = BigInt.asIntN;
const unsigned = BigInt.asUintN;
const truth = (b: boolean): bigint => (b ? 1n : 0n);
const leading = (v: bigint, bits: number): number => bits - (v === 0n ? 0 : v.toString(2).length);
const trailing = (v: bigint, bits: number): number => (v === 0n ? bits : leading(v & -v, bits) ^ (bits - 1));

/** Binary operators on values of so many bits, given as signed; undefined where the instruction traps. */
type Binary = (a: bigint, b: bigint, bits: number) => bigint | undefined;
type Unary = (a: bigint, bits: number) => bigint;

const rotate = (a: bigint, n: bigint, bits: number): bigint => {
  const v = unsigned(bits, a);
  const distance = n & BigInt(bits - 1);
  return (v << distance) | (v >> (BigInt(bits) - distance));
};
const distanceOf = (b: bigint, bits: number): bigint => b & BigInt(bits - 1);
const u =
  (operator: (a: bigint, b: bigint) => boolean): Binary =>
  (a, b, bits) =>
    truth(operator(unsigned(bits, a), unsigned(bits, b)));
const s =
  (operator: (a: bigint, b: bigint) => boolean): Binary =>
  (a, b) =>
    truth(operator(a, b));

const COMPARISONS = {
  eq: s((a, b) => a === b),
  ne: s((a, b) => a !== b),
  ltS: s((a, b) => a < b),
  ltU: u((a, b) => a < b),
  gtS: s((a, b) => a > b),
  gtU: u((a, b) => a > b),
  leS: s((a, b) => a <= b),
  leU: u((a, b) => a <= b),
  geS: s((a, b) => a >= b),
  geU: u((a, b) => a >= b),
} satisfies Record<string, Binary>;

const ARITHMETIC = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  divS: (a, b, bits) => (b === 0n || (b === -1n && a === -(1n << BigInt(bits - 1))) ? undefined : a / b),
  divU: (a, b, bits) => (b === 0n ? undefined : unsigned(bits, a) / unsigned(bits, b)),
  remS: (a, b) => (b === 0n ? undefined : a % b),
  remU: (a, b, bits) => (b === 0n ? undefined : unsigned(bits, a) % unsigned(bits, b)),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shl: (a, b, bits) => a << distanceOf(b, bits),
  shrS: (a, b, bits) => a >> distanceOf(b, bits),
  shrU: (a, b, bits) => unsigned(bits, a) >> distanceOf(b, bits),
  rotl: rotate,
  rotr: (a, b, bits) => rotate(a, -b, bits),
} satisfies Record<string, Binary>;

const SAME_TYPE = {
  clz: (a, bits) => BigInt(leading(unsigned(bits, a), bits)),
  ctz: (a, bits) => BigInt(trailing(unsigned(bits, a), bits)),
  popcnt: (a, bits) => BigInt([...unsigned(bits, a).toString(2)].filter((digit) => digit === '1').length),
  extend8S: (a) => signed(8, a),
  extend16S: (a) => signed(16, a),
  extend32S: (a) => signed(32, a),
} satisfies Record<string, Unary>;

interface Reference {
  readonly opcode: Opcode;
  readonly params: readonly ValueType[];
  readonly result: ValueType;
  readonly compute: (a: bigint, b: bigint) => bigint | undefined;
}

/** What each instruction of a type does, by name. The names must be those of the table of opcodes, no more, no less. */
const referencesOf = (type: typeof i32 | typeof i64): Record<string, Reference> => {
  const bits = type === i32 ? 32 : 64;
  const opcodes = (type === i32 ? I32 : I64) as Readonly<Record<string, Opcode>>;
  const made: Record<string, Reference> = {};
  const add = (
    name: string,
    params: readonly ValueType[],
    result: ValueType,
    compute: Reference['compute'],
  ): void => {
    const opcode = opcodes[name];
    if (opcode !== undefined) made[name] = { opcode, params, result, compute };
  };
  for (const [name, f] of Object.entries(COMPARISONS)) add(name, [type, type], i32, (a, b) => f(a, b, bits));
  for (const [name, f] of Object.entries(ARITHMETIC)) {
    add(name, [type, type], type, (a, b) => (f as Binary)(a, b, bits));
  }
  for (const [name, f] of Object.entries(SAME_TYPE)) add(name, [type], type, (a) => (f as Unary)(a, bits));
  add('eqz', [type], i32, (a) => truth(a === 0n));
  add('wrapI64', [i64], i32, (a) => a);
  add('extendI32S', [i32], i64, (a) => a);
  add('extendI32U', [i32], i64, (a) => unsigned(32, a));
  return made;
};

describe.each([
  ['I32', i32, I32],
  ['I64', i64, I64],
] as const)('instructions of %s', (_, type, opcodes) => {
  const references = referencesOf(type);

  test('are all looked at', () => {
    expect(Object.keys(references).sort()).toEqual(Object.keys(opcodes).sort());
  });

  test.each(Object.entries(references))('%s', (_name, { opcode, params, result, compute }) => {
    const run = compile(params, [result], (f) => {
      for (const p of params.keys()) f.get(p);
      f.op(opcode);
    });
    const value = (p: number): fc.Arbitrary<bigint> => edges(params[p] === i64 ? 64 : 32);
    fc.assert(
      fc.property(value(0), value(1), (a, b) => {
        const args = [a, b].slice(0, params.length).map((v, p) => toWasm(v, params[p]!));
        const expected = compute(a, b);
        if (expected === undefined) expect(() => run(...args)).toThrow(WebAssembly.RuntimeError);
        else expect(fromWasm(run(...args))).toBe(signed(result === i32 ? 32 : 64, expected));
      }),
    );
  });
});

describe('instructions of any type', () => {
  test('select, drop, return, nop', () => {
    const run = compile([i64, i64, i32], [i64], (f) => {
      f.op(ANY.nop);
      for (const p of [0, 1, 2]) f.get(p);
      f.op(ANY.select);
      f.op(ANY.return);
      f.i64Const(0, 0);
      f.op(ANY.drop);
    });
    expect([run(5n, 6n, 1), run(5n, 6n, 0)]).toEqual([5n, 6n]);
  });

  test('unreachable', () => {
    const run = compile([], [i32], (f) => f.op(ANY.unreachable));
    expect(() => run()).toThrow(WebAssembly.RuntimeError);
  });
});

describe('memory', () => {
  const OFFSET = 1000;

  /** Name of a memory instruction: type, sign, bits in memory. */
  const partsOf = (name: string): { type: ValueType; isSigned: boolean; bits: number } => {
    const [, type, sign, bits] = /^i(32|64)(S|U|As)?(\d+)?$/.exec(name)!;
    return { type: type === '32' ? i32 : i64, isSigned: sign !== 'U', bits: Number(bits ?? type) };
  };

  test.each(Object.entries(LOAD) as [string, LoadOpcode][])('load %s', (name, opcode) => {
    const { type, isSigned, bits } = partsOf(name);
    const m = new ModuleBuilder();
    m.exportMemory('memory', m.memory({ initial: 1 }));
    const index = m.declare(m.type([i32], [type, type]));
    m.exportFunction('f', index);
    const f = m.begin(index);
    f.get(0);
    f.load(opcode, OFFSET);
    f.get(0);
    f.load(opcode, OFFSET, 0);
    f.finish();
    const exports = instantiate(m);
    const view = new DataView((exports.memory as WebAssembly.Memory).buffer);
    const run = exports.f as unknown as (address: number) => (number | bigint)[];
    fc.assert(
      fc.property(edges(64), fc.nat(60_000), (v, address) => {
        view.setBigInt64(address + OFFSET, v, true);
        const expected = isSigned ? signed(bits, v) : unsigned(bits, v);
        expect(run(address).map(BigInt)).toEqual([expected, expected]);
      }),
    );
  });

  test.each(Object.entries(STORE) as [string, StoreOpcode][])('store %s', (name, opcode) => {
    const { type, bits } = partsOf(name);
    const m = new ModuleBuilder();
    m.exportMemory('memory', m.memory({ initial: 1, maximum: 2 }));
    const index = m.declare(m.type([i32, type], []));
    m.exportFunction('f', index);
    const f = m.begin(index);
    f.get(0);
    f.get(1);
    f.store(opcode, OFFSET);
    f.finish();
    const exports = instantiate(m);
    const view = new DataView((exports.memory as WebAssembly.Memory).buffer);
    const run = (exports as Exports).f!;
    fc.assert(
      fc.property(edges(type === i32 ? 32 : 64), fc.nat(60_000), (v, address) => {
        view.setBigUint64(address + OFFSET, 0n);
        run(address, toWasm(v, type));
        expect(view.getBigUint64(address + OFFSET, true)).toBe(unsigned(bits, v));
      }),
    );
  });

  test('copy, fill, size, grow', () => {
    const m = new ModuleBuilder();
    m.exportMemory('memory', m.memory({ initial: 1 }));
    const three = m.type([i32, i32, i32], []);
    const [copy, fill, size, grow] = [
      m.declare(three),
      m.declare(three),
      m.declare(m.type([], [i32])),
      m.declare(m.type([i32], [i32])),
    ];
    for (const [index, write] of [
      [copy, (f: FunctionBody) => f.memoryCopy()],
      [fill, (f: FunctionBody) => f.memoryFill()],
      [size, (f: FunctionBody) => f.memorySize()],
      [grow, (f: FunctionBody) => f.memoryGrow()],
    ] as const) {
      m.exportFunction(`f${index}`, index);
      const f = m.begin(index);
      for (const p of f.type.params.keys()) f.get(p);
      write(f);
      f.finish();
    }
    const exports = instantiate(m) as Exports;
    exports[`f${fill}`]!(10, 7, 3);
    exports[`f${copy}`]!(20, 9, 5);
    const memory = (exports as unknown as { memory: WebAssembly.Memory }).memory;
    expect([...new Uint8Array(memory.buffer, 20, 5)]).toEqual([0, 7, 7, 7, 0]);
    expect([exports[`f${grow}`]!(2), exports[`f${size}`]!()]).toEqual([1, 3]);
  });
});

describe('constants', () => {
  const i64FromWords = (low: number, high: number): bigint =>
    (signed(32, BigInt(high)) << 32n) | unsigned(32, BigInt(low));

  test('i32, i64 in words, i64 of numbers', () => {
    const word = fc.oneof(
      fc.constantFrom(0, 1, -1, 63, 64, -64, -65, 0x7fff_ffff, -0x8000_0000, 0xffff_ffff),
      fc.integer(),
    );
    const number = fc.oneof(
      fc.constantFrom(2 ** 31, -(2 ** 31), 2 ** 32, -(2 ** 32), -(2 ** 32) - 1, 2 ** 53 - 1, -(2 ** 53) + 1),
      fc.maxSafeInteger(),
    );
    fc.assert(
      fc.property(word, word, number, (low, high, n) => {
        const values = compile([], [i32, i64, i64], (f) => {
          f.i32Const(low);
          f.i64Const(low, high);
          f.i64ConstNumber(n);
        })() as unknown as (number | bigint)[];
        expect(values).toEqual([low | 0, i64FromWords(low, high), BigInt(n)]);
      }),
    );
  });

  test('numbers that are no safe integers are refused', () => {
    for (const n of [2 ** 53, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => compile([], [i64], (f) => f.i64ConstNumber(n))).toThrow('safe integer');
    }
  });
});

describe('LEB128', () => {
  /** The shortest form, from the definition. */
  const leb = (value: bigint): number[] => {
    const bytes: number[] = [];
    for (let v = value; ; v >>= 7n) {
      const byte = Number(v & 0x7fn);
      const isLast = (v >> 7n === 0n && (byte & 0x40) === 0) || (v >> 7n === -1n && (byte & 0x40) !== 0);
      bytes.push(isLast ? byte : byte | 0x80);
      if (isLast) return bytes;
    }
  };
  const unsignedLeb = (value: bigint): number[] => {
    const bytes = leb(value);
    // The sign's bit may have needed a byte of its own.
    if (bytes.length > 1 && bytes.at(-1) === 0) {
      bytes.pop();
      bytes.push(bytes.pop()! & 0x7f);
    }
    return bytes;
  };
  const written = (write: (w: ByteWriter) => void): number[] => {
    const w = new ByteWriter(1, 100, 'bytes');
    write(w);
    return [...w.written];
  };
  /** Numbers around every power of two that fits. */
  const around = (bits: number): bigint[] =>
    Array.from({ length: bits }, (_, n) => 1n << BigInt(n)).flatMap((p) => [p - 1n, p, p + 1n, -p, -p - 1n]);

  const value = (bits: number): fc.Arbitrary<bigint> =>
    fc.oneof(edges(bits), fc.constantFrom(...around(bits))).map((v) => signed(bits, v));

  test('unsigned, 32-bit', () => {
    fc.assert(
      fc.property(value(32), (v) => {
        const bytes = written((w) => w.u32(Number(v)));
        expect(bytes).toEqual(unsignedLeb(unsigned(32, v)));
        expect(bytes.length).toBe(sizeOfU32(Number(unsigned(32, v))));
        expect(written((w) => w.u8u32(9, Number(v)))).toEqual([9, ...bytes]);
      }),
      { numRuns: 2000 },
    );
  });

  test('signed, 32-bit', () => {
    fc.assert(
      fc.property(value(32), (v) => {
        expect(written((w) => w.s32(Number(v)))).toEqual(leb(v));
      }),
      { numRuns: 2000 },
    );
  });

  test('signed, 64-bit, of words and of numbers', () => {
    fc.assert(
      fc.property(value(64), fc.nat(11), (v, shift) => {
        const [low, high] = [Number(v & 0xffff_ffffn), Number(v >> 32n)];
        expect(written((w) => w.s64(low, high))).toEqual(leb(v));
        const safe = signed(53, v >> BigInt(shift));
        if (Number.isSafeInteger(Number(safe))) {
          expect(written((w) => w.s64FromNumber(Number(safe)))).toEqual(leb(safe));
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('ByteWriter', () => {
  test('grows, and keeps what was written', () => {
    const w = new ByteWriter(0, 10_000, 'bytes');
    for (let i = 0; i < 3000; i++) w.u8(i);
    w.copy(Uint8Array.of(1, 2));
    w.name('ü');
    expect(w.length).toBe(3005);
    expect([...w.written.subarray(2998)]).toEqual([2998 & 255, 2999 & 255, 1, 2, 2, 0xc3, 0xbc]);
    w.clear();
    expect(w.written).toEqual(new Uint8Array(0));
  });

  test('holds as much as its limit, no more', () => {
    const w = new ByteWriter(1, 100, 'bytes');
    w.copy(new Uint8Array(99));
    w.u8(1);
    w.checkLimit();
    w.u8(1);
    expect(() => w.checkLimit()).toThrow(LimitExceeded);
    expect(() => {
      for (let i = 0; i < 100; i++) w.u32(0);
    }).toThrow('more than 100 bytes');
    expect(() => w.copy(new Uint8Array(1000))).toThrow(LimitExceeded);
  });

  test('writes sizes of parts before them', () => {
    const w = new ByteWriter(1, 1000, 'bytes');
    const start = w.beginSized();
    w.copy(new Uint8Array(300));
    w.endSized(start);
    expect([...w.written.subarray(0, 5)]).toEqual([0xac, 0x82, 0x80, 0x80, 0]);
  });
});

describe('control', () => {
  test('blocks, loops, ifs', () => {
    // Sum of the odd numbers below n.
    const run = compile([i32], [i32], (f) => {
      const sum = f.local(i32);
      const i = f.local(i32);
      const done = f.block();
      const again = f.loop();
      f.get(i);
      f.get(0);
      f.op(I32.geS);
      f.brIf(done);
      f.get(i);
      f.i32Const(1);
      f.op(I32.and);
      const odd = f.if(i32);
      f.get(i);
      f.else(odd);
      f.i32Const(0);
      f.end(odd);
      f.get(sum);
      f.op(I32.add);
      f.set(sum);
      f.get(i);
      f.i32Const(1);
      f.op(I32.add);
      f.set(i);
      f.br(again);
      f.end(again);
      f.end(done);
      f.get(sum);
    });
    expect(run(10)).toBe(25);
  });

  test('blocks that take and leave several values', () => {
    const run = compile([i32, i64], [i64], (f, m) => {
      f.get(0);
      f.get(1);
      const swap = f.block(m.type([i32, i64], [i64, i32]));
      const kept = f.local(i64);
      const other = f.local(i32);
      f.set(kept);
      f.set(other);
      f.get(kept);
      f.get(other);
      f.end(swap);
      f.op(I64.extendI32S);
      f.op(I64.sub);
    });
    expect(run(3, 10n)).toBe(7n);
  });

  test('tables of branches, by label and by depth', () => {
    for (const byDepth of [false, true]) {
      const run = compile([i32], [i32], (f) => {
        const outer = f.block();
        const middle = f.block();
        const inner = f.block();
        expect(f.depth).toBe(3);
        f.get(0);
        if (byDepth) f.brTableDepths(Uint32Array.of(0, 1), 2);
        else f.brTable([inner, middle], outer);
        f.end(inner);
        f.i32Const(10);
        f.op(ANY.return);
        f.end(middle);
        f.i32Const(20);
        f.op(ANY.return);
        f.end(outer);
        f.i32Const(30);
      });
      expect([run(0), run(1), run(2), run(-1)]).toEqual([10, 20, 30, 30]);
    }
  });

  test('branches by depth, also to the end of the function', () => {
    const run = compile([i32], [i32], (f) => {
      const block = f.block();
      f.get(0);
      f.brIfDepth(0);
      f.i32Const(1);
      f.brDepth(1);
      f.end(block);
      f.i32Const(2);
    });
    expect([run(0), run(1)]).toEqual([1, 2]);
  });

  test('misuse throws', () => {
    const body = (): FunctionBody => {
      const m = new ModuleBuilder();
      return m.begin(m.declare(m.type([], [])));
    };
    const misuses: ((f: FunctionBody) => void)[] = [
      (f) => {
        const outer = f.block();
        f.block();
        f.end(outer);
      },
      (f) => {
        f.block();
        f.finish();
      },
      (f) => {
        const closed = f.block();
        f.end(closed);
        f.br(closed);
      },
      (f) => {
        const closed = f.block();
        f.end(closed);
        f.block();
        f.brIf(closed);
      },
      (f) => f.br(body().block()),
      (f) => {
        const block = f.block();
        f.brTable([block], body().loop());
      },
      (f) => f.else(f.block()),
      (f) => {
        const both = f.if();
        f.else(both);
        f.else(both);
      },
      (f) => f.end(f.if(i32)),
      (f) => f.brDepth(1),
      (f) => f.brIfDepth(-1),
      (f) => f.brTableDepths([0, 1], 0),
      (f) => {
        f.finish();
        f.op(ANY.nop);
      },
      (f) => {
        f.finish();
        f.finish();
      },
      (f) => f.release(0),
      (f) => {
        const local = f.local(i32);
        f.release(local);
        f.release(local);
      },
    ];
    for (const misuse of misuses) {
      let thrown: unknown;
      try {
        misuse(body());
      } catch (error) {
        thrown = error;
      }
      expect(thrown, misuse.toString()).toBeInstanceOf(Error);
      expect(thrown, misuse.toString()).not.toBeInstanceOf(LimitExceeded);
    }
  });
});

describe('calls', () => {
  test('to functions declared later, and to imported ones', () => {
    const m = new ModuleBuilder();
    const unary = m.type([i32], [i32]);
    expect(m.type([i32], [i32])).toBe(unary);
    const double = m.importFunction('env', 'double', unary);
    const [first, second] = [m.declare(unary), m.declare(unary)];
    m.exportFunction('f', first);
    const f = m.begin(first);
    f.get(0);
    f.call(second);
    const g = m.begin(second);
    g.get(0);
    g.call(double);
    g.i32Const(1);
    g.op(I32.add);
    // The bodies end in the order that suits the caller.
    g.finish();
    f.finish();
    const exports = instantiate(m, { env: { double: (v: number) => 2 * v } }) as Exports;
    expect(exports.f!(20)).toBe(41);
  });

  test('tail calls do not use up the stack', () => {
    const m = new ModuleBuilder();
    const type = m.type([i32], [i32]);
    const table = m.table({ initial: 1 });
    const [even, odd] = [m.declare(type), m.declare(type)];
    m.elements(table, 0, [even]);
    m.exportFunction('isEven', even);
    for (const [index, atZero] of [
      [even, 1],
      [odd, 0],
    ] as const) {
      const f = m.begin(index);
      f.get(0);
      f.op(I32.eqz);
      const end = f.if();
      f.i32Const(atZero);
      f.op(ANY.return);
      f.end(end);
      f.get(0);
      f.i32Const(1);
      f.op(I32.sub);
      if (index === even) {
        f.returnCall(odd);
      } else {
        f.i32Const(0);
        f.returnCallIndirect(type);
      }
      f.finish();
    }
    const exports = instantiate(m) as Exports;
    expect([exports.isEven!(1_000_000), exports.isEven!(1_000_001)]).toEqual([1, 0]);
  });

  test('through tables, own and imported, with offsets', () => {
    const m = new ModuleBuilder();
    const getter = m.type([], [i32]);
    const shared = m.importTable('env', 'table', { initial: 4 });
    const base = m.importGlobal('env', 'base', i32, false);
    const own = m.table({ initial: 3, maximum: 3 });
    const functions = [10, 11, 12].map((value) => {
      const index = m.declare(getter);
      const f = m.begin(index);
      f.i32Const(value);
      f.finish();
      return index;
    });
    m.elements(shared, { global: base }, functions.slice(0, 2));
    m.elements(own, 1, functions.slice(1));
    for (const [name, table] of [
      ['shared', shared],
      ['own', own],
    ] as const) {
      const index = m.declare(m.type([i32], [i32]));
      m.exportFunction(name, index);
      const f = m.begin(index);
      f.get(0);
      f.callIndirect(getter, table);
      f.finish();
    }
    m.exportTable('table', own);
    const table = new WebAssembly.Table({ element: 'anyfunc', initial: 4 });
    const imports = { env: { table, base: new WebAssembly.Global({ value: 'i32' }, 2) } };
    const exports = instantiate(m, imports) as Exports;
    expect([exports.shared!(2), exports.shared!(3), exports.own!(1), exports.own!(2)]).toEqual([
      10, 11, 11, 12,
    ]);
    expect(() => exports.own!(0)).toThrow(WebAssembly.RuntimeError);
    expect(table.get(3)!()).toBe(11);
  });

  test('table entries are read, written, counted, added', () => {
    const m = new ModuleBuilder();
    const table = m.table({ initial: 2 }, EXTERNREF);
    const functions = m.table({ initial: 1 }, FUNCREF);
    const type = m.type([EXTERNREF], [EXTERNREF, i32, i32]);
    const index = m.declare(type);
    m.exportFunction('f', index);
    const f = m.begin(index);
    f.i32Const(1);
    f.get(0);
    f.tableSet(table);
    f.i32Const(0);
    f.refFunc(index);
    f.tableSet(functions);
    f.i32Const(1);
    f.tableGet(table);
    f.refNull(EXTERNREF);
    f.i32Const(5);
    f.tableGrow(table);
    f.tableSize(table);
    f.finish();
    const exports = instantiate(m) as unknown as { f: (value: unknown) => unknown };
    expect(exports.f('text')).toEqual(['text', 2, 7]);
  });
});

describe('modules', () => {
  test('globals, data, custom sections, imported memory', () => {
    const m = new ModuleBuilder();
    m.importMemory('env', 'memory', { initial: 1, maximum: 2, shared: true });
    const counter = m.globalI64(-1, 5, true);
    const fixed = m.globalI32(-7, false);
    m.exportGlobal('counter', counter);
    m.exportGlobal('fixed', fixed);
    m.data(100, Uint8Array.of(1, 2, 3));
    const index = m.declare(m.type([], []));
    m.exportFunction('f', index);
    const f = m.begin(index);
    f.globalGet(counter);
    f.globalGet(fixed);
    f.op(I64.extendI32S);
    f.op(I64.add);
    f.globalSet(counter);
    f.finish();
    m.custom('note', Uint8Array.of(9, 8));
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true });
    const exports = instantiate(m, { env: { memory } });
    const value = exports.counter as WebAssembly.Global;
    expect(value.value).toBe(0x5_ffff_ffffn);
    (exports as Exports).f!();
    expect([value.value, (exports.fixed as WebAssembly.Global).value]).toEqual([0x5_ffff_fff8n, -7]);
    expect([...new Uint8Array(memory.buffer, 99, 5)]).toEqual([0, 1, 2, 3, 0]);
    const [note] = WebAssembly.Module.customSections(new WebAssembly.Module(m.finish()), 'note');
    expect([...new Uint8Array(note!)]).toEqual([9, 8]);
  });

  test('an empty module', () => {
    expect(Object.keys(instantiate(new ModuleBuilder()))).toEqual([]);
  });

  test('a body that is dropped can be begun anew', () => {
    const m = new ModuleBuilder();
    const index = m.declare(m.type([], [i32]));
    m.exportFunction('f', index);
    m.begin(index).i32Const(1);
    const f = m.begin(index);
    f.i32Const(2);
    f.finish();
    expect((instantiate(m) as Exports).f!()).toBe(2);
  });

  test('misuse throws', () => {
    const m = new ModuleBuilder();
    const type = m.type([], []);
    const index = m.declare(type);
    expect(() => m.importFunction('env', 'f', type)).toThrow('imports');
    expect(() => m.finish()).toThrow('function 0 has no body');
    expect(() => m.begin(1)).toThrow('not declared');
    const dropped = m.begin(index);
    m.begin(index).finish();
    expect(() => m.begin(index)).toThrow('has a body');
    expect(() => dropped.finish()).toThrow('has a body');
  });
});

describe('locals', () => {
  test('are found by index behind the parameters, and reused', () => {
    const run = compile([i64], [i64], (f) => {
      const a = f.local(i64);
      const b = f.local(i32);
      expect([a, b]).toEqual([1, 2]);
      f.release(a);
      expect(f.local(i32)).toBe(3);
      expect(f.local(i64)).toBe(a);
      f.release(b);
      expect(f.local(i32)).toBe(b);
      f.get(0);
      f.tee(a);
      f.get(a);
      f.op(I64.add);
    });
    expect(run(4n)).toBe(8n);
  });

  test('as many as engines accept, no more', () => {
    const m = new ModuleBuilder();
    const index = m.declare(m.type([i32], []));
    const f = m.begin(index);
    for (let i = 1; i < MAX_LOCALS; i++) f.local(i % 1000 === 0 ? i64 : i32);
    expect(() => f.local(i32)).toThrow(LimitExceeded);
    f.finish();
    const bytes = m.finish();
    expect(WebAssembly.validate(bytes)).toBe(true);
    expect(bytes.length).toBeLessThan(1000);
  });
});

describe('limits', () => {
  const tableOf = (targets: number): Exports[string] =>
    compile([i32], [i32], (f) => {
      const outer = f.block();
      const inner = f.block();
      f.get(0);
      f.brTable(
        Array.from({ length: targets }, (_, i) => (i === targets - 1 ? inner : outer)),
        outer,
      );
      f.end(inner);
      f.i32Const(1);
      f.op(ANY.return);
      f.end(outer);
      f.i32Const(0);
    });

  test.each([60_000, MAX_TABLE_TARGETS])('a table of %i targets', (targets) => {
    const run = tableOf(targets);
    expect([run(targets - 2), run(targets - 1), run(targets)]).toEqual([0, 1, 0]);
  });

  test('a table of one target more', () => {
    expect(() => tableOf(MAX_TABLE_TARGETS + 1)).toThrow(LimitExceeded);
  });

  test.each([false, true])('more branches to one construct than V8 can count, by depth: %s', (byDepth) => {
    compile([i32], [], (f) => {
      const outer = f.block();
      const inner = f.block();
      const branch = (): void => {
        f.get(0);
        if (byDepth) f.brIfDepth(1);
        else f.brIf(outer);
      };
      for (let i = 0; i < MAX_BRANCHES - 2; i++) branch();
      f.get(0);
      if (byDepth) f.brTableDepths([1, 0], 1);
      else f.brTable([outer, inner], outer);
      expect(branch).toThrow(LimitExceeded);
      // Others can still be gone to; the refused branch has left its operand.
      f.op(ANY.drop);
      f.br(inner);
      f.end(inner);
      f.end(outer);
    });
  });

  /** A function of so many bytes: one local, one byte for each `nop`, and the end. */
  const functionOf = (bytes: number): Uint8Array => {
    const m = new ModuleBuilder();
    const f = m.begin(m.declare(m.type([], [])));
    f.local(i32);
    const declarations = 3;
    while (f.size < bytes - declarations - 1) f.op(ANY.nop);
    f.finish();
    return m.finish();
  };

  test('a function of as many bytes as engines accept, no more', () => {
    expect(WebAssembly.validate(functionOf(MAX_FUNCTION_BYTES) as BufferSource)).toBe(true);
    expect(() => functionOf(MAX_FUNCTION_BYTES + 1)).toThrow(LimitExceeded);
    expect(() => functionOf(2 * MAX_FUNCTION_BYTES)).toThrow(LimitExceeded);
  });
});
