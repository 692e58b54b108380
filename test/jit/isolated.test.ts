import { describe, expect, test } from 'vitest';
import { Engine, type Instance, Linker } from '../../src/index.ts';
import { A0, A1, A2, assemble, RETURN, S0 } from '../vm/assemble.ts';
import { codeOf } from '../vm/error-code.ts';
import { nested } from './tiering-programs.ts';

const engine = new Engine({ tier: 'wasm' });
const isolated = { memory: 'isolated' } as const;

/** `poke(address, value)`: stores, loads again and returns what it finds. */
const poke = assemble({
  exports: ['poke'],
  imports: ['ask'],
  rwDataSize: 4096,
  roData: Uint8Array.of(1, 2, 3, 4),
  code: [
    'poke',
    ['move_reg', { a: S0, b: A0 }],
    ['store_indirect_u32', { a: A1, b: S0, x: 0 }],
    ['load_indirect_u32', { a: A2, b: S0, x: 0 }],
    ['move_reg', { a: A0, b: A2 }],
    ['ecalli', { x: 0 }],
    RETURN,
  ],
});

describe('isolated memory', () => {
  const linker = new Linker().define('ask', (caller) => caller.getRegister('a0') * 3n);
  const instanceOf = (bytes: Uint8Array, options = {}): Instance =>
    linker.instantiate(engine.compile(bytes, { ...isolated, ...options }));

  test('programs that stay within their memory run as ever', () => {
    const exact = linker.instantiate(engine.compile(nested, { gas: 'sync' }));
    const other = instanceOf(nested, { gas: 'sync' });
    for (const instance of [exact, other]) {
      instance.gas = 10_000_000n;
      instance.call('work', 500);
    }
    expect(other.call('visit', 300)).toBe(exact.call('visit', 300));
    expect([other.gas, other.executed]).toEqual([exact.gas, exact.executed]);
    expect(other.module).toMatchObject({ memoryMode: 'isolated', tier: 'wasm' });
  });

  test('a fault outside of the linear memory is a trap without an address', () => {
    const instance = instanceOf(poke);
    instance.prepareCall('poke', [0x7000_0000, 1]);
    const stop = instance.run();
    expect(stop).toEqual({ kind: 'trap', pc: expect.any(Number), reason: 'memory-access' });
    expect(instance.nextPc).toBeUndefined();
    expect(instance.pc).toBe(stop.kind === 'trap' ? stop.pc : -1);
    instance.reset();
    expect(instance.call('poke', 0x30000, 77)).toBe(231n);
  });

  test('gaps and read-only pages are not protected from the program itself', () => {
    const instance = instanceOf(poke);
    expect(instance.call('poke', 0x10000, 5)).toBe(15n);
    const exact = linker.instantiate(engine.compile(poke));
    exact.prepareCall('poke', [0x10000, 5]);
    expect(exact.run()).toMatchObject({ kind: 'trap', reason: 'memory-access', address: 0x10000 });
  });

  test('other instances cannot be reached', () => {
    const [a, b] = [instanceOf(poke), instanceOf(poke)];
    b.call('poke', 0x30000, 1);
    for (let address = 0; address < 2 ** 32; address += 0x0333_3000) {
      a.reset();
      a.prepareCall('poke', [address, 0xff]);
      a.run();
    }
    expect(b.memory.readU32(0x30000)).toBe(1);
  });

  test('a trap of a WebAssembly module that a host function runs is the host function’s', () => {
    const trapping = new Linker().define('ask', () => {
      throw new WebAssembly.RuntimeError('of another module');
    });
    const instance = trapping.instantiate(engine.compile(poke, isolated));
    expect(() => instance.call('poke', 0x30000, 1)).toThrow('of another module');
    expect(instance.nextPc).toBeDefined();
  });

  test('the interpreter stays exact', () => {
    const module = new Engine({ tier: 'interpreter' }).compile(poke, isolated);
    const instance = linker.instantiate(module);
    instance.prepareCall('poke', [0x10000, 5]);
    expect(instance.run()).toMatchObject({ kind: 'trap', reason: 'memory-access', address: 0x10000 });
  });

  test('options that do not go together are refused', () => {
    expect(codeOf(() => engine.compile(poke, { ...isolated, dynamicPaging: true }))).toBe('engine/option');
    expect(codeOf(() => engine.compile(poke, { memory: 'none' as never }))).toBe('engine/option');
  });
});
