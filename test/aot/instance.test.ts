import { describe, expect, test } from 'vitest';
import { program } from '../../examples/program.ts';
import type { AheadOptions } from '../../src/aot/compile.ts';
import { load } from '../../src/aot/load.ts';
import { Engine, instantiate, Linker } from '../../src/index.ts';
import { A0, assemble, RETURN } from '../vm/assemble.ts';
import { aheadOf, codeOf, programOf } from './guest.ts';

const METERINGS: readonly AheadOptions[] = [
  {},
  { gas: 'sync' },
  { gas: 'sync', gasGranularity: 'instruction' },
  { gas: 'async' },
  { gas: 'sync', gasModel: { costs: {}, otherwise: 3, invalid: 1 } },
  { gas: 'sync', gasModel: 'full-l1-hit' },
];

describe.each(METERINGS)('%j', (options) => {
  const imports = { get_third_number: () => 100, get_extra: () => 5 };

  test('exports give what the interpreter gives, at the same price', () => {
    const instance = programOf(program, options).instantiate(imports);
    const expected = instantiate(program, imports, { ...options, tier: 'interpreter' });
    instance.gas = 10n ** 9n;
    expected.instance.gas = 10n ** 9n;
    for (const [name, ...args] of [
      ['add_numbers', 1, 10],
      ['add_with_extra', -5, 3],
      // More than the first slices hold, so that the run is left in the middle and goes on there.
      ['sum', 2_000_000],
    ] as const) {
      expect(instance.exports[name]?.(...args)).toBe(expected.exports[name]?.(...args));
      expect(instance.gas).toBe(expected.instance.gas);
      expect(instance.executed).toBe(expected.instance.executed);
    }
  });

  test('a trap needs the interpreter: synchronous calls say so and go on when it is there', async () => {
    const ahead = programOf(program, options);
    const instance = ahead.instantiate(imports);
    const expected = instantiate(program, imports, { ...options, tier: 'interpreter' });
    instance.gas = 1000n;
    expected.instance.gas = 1000n;
    const { store } = instance.exports;
    expect(codeOf(() => store?.(16, 1))).toBe('aot/interpreter');
    await ahead.prepare();
    expect(codeOf(() => instance.continue())).toBe('call/trap');
    expect(codeOf(() => expected.exports.store?.(16, 1))).toBe('call/trap');
    expect([instance.gas, instance.executed]).toEqual([expected.instance.gas, expected.instance.executed]);
    expect(instance.exports.add_numbers?.(1, 10)).toBe(111);
  });

  test('asynchronous calls load it, and wait for host functions', async () => {
    const ahead = await load(aheadOf(program, options));
    const instance = ahead.instantiate({ ...imports, get_third_number: async () => 1000 });
    instance.gas = 1000n;
    await expect(instance.exports.add_numbers?.async(1, 10)).resolves.toBe(1011);
    await expect(instance.exports.store?.async(16, 1)).rejects.toMatchObject({
      code: 'call/trap',
      stop: { reason: 'memory-access', address: 16 },
    });
    await expect(instance.exports.add_numbers?.async(2, 10)).resolves.toBe(1012);
  });

  test('linkers of riscbox take the program, with all that their instances can do', async () => {
    const ahead = programOf(program, options);
    const linker = new Linker()
      .define('get_third_number', { params: [], result: 'u32' }, (caller) =>
        Number(caller.call('sum', 4) & 0xffn),
      )
      .define('get_extra', { params: [], result: 'u32' }, () => 5);
    const instance = linker.instantiate(ahead, { gas: 10_000 });
    const reference = linker.instantiate(new Engine({ tier: 'interpreter' }).compile(program, options), {
      gas: 10_000,
    });
    const signature = { params: ['u32', 'u32'], result: 'u32' } as const;
    expect(instance.export('add_numbers', signature)(1, 10)).toBe(21);
    expect(reference.export('add_numbers', signature)(1, 10)).toBe(21);
    expect([instance.gas, instance.executed]).toEqual([reference.gas, reference.executed]);
    await ahead.prepare();
    const saved = instance.snapshot();
    expect(saved).toEqual(reference.snapshot());
    expect(instance.export('add_numbers', signature)(2, 10)).toBe(22);
    instance.restore(saved);
    expect(instance.executed).toBe(reference.executed);
  });
});

test('gas that runs out is counted to the instruction', async () => {
  const ahead = programOf(program, { gas: 'sync' });
  const expected = instantiate(
    program,
    { get_third_number: () => 0, get_extra: () => 0 },
    {
      gas: 'sync',
      tier: 'interpreter',
    },
  );
  await ahead.prepare();
  for (const gas of [0n, 1n, 5n, 100n, 3_000_001n]) {
    const instance = ahead.instantiate({ get_third_number: () => 0, get_extra: () => 0 });
    instance.gas = gas;
    expected.instance.reset();
    expected.instance.gas = gas;
    expect(codeOf(() => instance.exports.sum?.(10_000_000))).toBe('call/out-of-gas');
    expect(codeOf(() => expected.exports.sum?.(10_000_000))).toBe('call/out-of-gas');
    expect([instance.gas, instance.executed]).toEqual([expected.instance.gas, expected.instance.executed]);
    instance.gas += 10n ** 9n;
    expect(instance.continue()).toBe(50000005000000);
    instance.dispose();
  }
});

test('budgets and deadlines of complete instances', async () => {
  const ahead = programOf(program);
  await ahead.prepare();
  const linker = new Linker().fallback(() => 0);
  const instance = linker.instantiate(ahead);
  const reference = linker.instantiate(new Engine({ tier: 'interpreter' }).compile(program));
  for (const one of [instance, reference]) {
    one.prepareCall('sum', [1_000_000]);
    expect(one.run({ budget: 1_234_567 })).toEqual({ kind: 'interrupted', reason: 'budget' });
  }
  expect(instance.executed).toBe(reference.executed);
  expect(instance.nextPc).toBe(reference.nextPc);
  expect(codeOf(() => instance.call('sum', 0, { deadline: 20 }))).toBe('call/interrupted');
});

test('what host functions are asked for and what they do wrong', () => {
  const ahead = programOf(program);
  expect(codeOf(() => ahead.instantiate())).toBe('linker/missing-imports');
  expect(codeOf(() => ahead.instantiate({ toString: () => 1 }))).toBe('linker/missing-imports');
  const byNumber = ahead.instantiate({ 0: () => 7, 1: () => true });
  expect(byNumber.exports.add_numbers?.(1, 1)).toBe(9);
  expect(byNumber.exports.add_with_extra?.(1, 1)).toBe(3);
  const asynchronous = ahead.instantiate({ 0: async () => 7, 1: () => 0 });
  expect(codeOf(() => asynchronous.exports.add_numbers?.(1, 1))).toBe('call/async-function');
  const throwing = ahead.instantiate({
    0: () => {
      throw new RangeError('mine');
    },
    1: () => 'text',
  });
  expect(() => throwing.exports.add_numbers?.(1, 1)).toThrow('mine');
  expect(codeOf(() => throwing.exports.add_with_extra?.(1, 1))).toBe('call/value');
  expect(throwing.exports.sum?.(3)).toBe(6);
  const nested = ahead.instantiate({ 0: () => nested.exports.sum?.(3), 1: () => 0 });
  expect(codeOf(() => nested.exports.add_numbers?.(1, 1))).toBe('instance/busy');
});

test('memory, registers, disposal', () => {
  const bytes = assemble({
    kind: 'latest64',
    exports: ['load', 'grow'],
    rwDataSize: 8192,
    code: [
      'load',
      ['load_indirect_u32', { a: A0, b: A0, x: 0 }],
      RETURN,
      'grow',
      ['sbrk', { a: A0, b: A0 }],
      RETURN,
    ],
  });
  const ahead = programOf(bytes);
  const instance = ahead.instantiate();
  const { start } = ahead.memoryMap.regions.find(({ name }) => name === 'read-write')!;
  instance.memory.writeU32(start, 0x12345678);
  expect(instance.exports.load?.(start)).toBe(0x12345678);
  expect(codeOf(() => instance.exports.load?.())).toBe('aot/interpreter');
  expect(codeOf(() => instance.exports.load?.(...Array(10).fill(1)))).toBe('call/argument-count');
  expect(codeOf(() => instance.memory.read(0, 1))).toBe('memory/out-of-range');
  instance.dispose();
  expect(codeOf(() => instance.exports.load?.(start))).toBe('instance/disposed');
  expect(codeOf(() => instance.memory.readU8(start))).toBe('instance/disposed');
  const next = ahead.instantiate();
  expect(next.exports.load?.(start)).toBe(0);
});
