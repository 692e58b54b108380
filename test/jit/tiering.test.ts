import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Engine, type Instance, Linker, type ModuleOptions } from '../../src/index.ts';
import { forgetWhatIsSupported } from '../../src/jit/probe.ts';
import { A0, A1, assemble, RA, RETURN, S0, S1, workload } from '../vm/assemble.ts';
import { codeOf } from '../vm/error-code.ts';
import { endless, nested, recursive } from './tiering-programs.ts';

const interpreter = new Engine({ tier: 'interpreter' });
const TIERS = ['auto', 'wasm'] as const;
/** Enough for everything to be translated and entered. */
const MANY = 2000;

/** Everything that can be observed of an instance, snapshots included. */
const observe = (instance: Instance) => ({
  pc: instance.pc,
  nextPc: instance.nextPc,
  gas: instance.gas,
  executed: instance.executed,
  registers: instance.module.abi.names.map((_, register) => instance.getRegister(register)),
  snapshot: createHash('sha256').update(instance.snapshot()).digest('hex'),
});

const GAS: readonly ModuleOptions[] = [
  { gas: 'sync' },
  { gas: 'async' },
  { gas: 'sync', gasGranularity: 'instruction' },
  { gas: 'sync', gasModel: 'full-l1-hit' },
];

describe.each(TIERS)('in the middle of code translated by %s', (tier) => {
  const engine = new Engine({ tier });
  const both = (bytes: Uint8Array, options: ModuleOptions, linker = new Linker()) =>
    [interpreter, engine].map((e) => linker.instantiate(e.compile(bytes, options))) as [Instance, Instance];
  const linker = (): Linker => new Linker().define('ask', (caller) => caller.getRegister('a0') * 3n);

  test.each(GAS)('gas ends in an inner loop, and more of it goes on: %o', (options) => {
    const [a, b] = both(nested, options, linker());
    for (const amount of [100_000, 1, 7, 30_001, 12, 50_000, 19, 23]) {
      for (const instance of [a, b]) {
        if (instance.nextPc === undefined) instance.prepareCall('work', [MANY]);
        instance.gas = BigInt(amount);
      }
      const stops = [a.run(), b.run()];
      expect(stops[0]?.kind).toBe('out-of-gas');
      expect(stops[1]).toEqual(stops[0]);
      expect(observe(b)).toEqual(observe(a));
    }
    expect(b.translatedInstructions).toBeGreaterThan(10_000);
  });

  test('budgets end runs at the same places', () => {
    const [a, b] = both(nested, {}, linker());
    for (const instance of [a, b]) instance.prepareCall('work', [MANY]);
    for (const budget of [9000, 1, 50, 333, 40_000, 2, 77_777]) {
      expect(b.run({ budget })).toEqual(a.run({ budget }));
      expect(observe(b)).toEqual(observe(a));
    }
    expect(b.translatedInstructions).toBeGreaterThan(10_000);
  });

  test('steps follow a run, and a run follows steps', () => {
    const [a, b] = both(nested, { gas: 'sync' }, linker());
    for (const instance of [a, b]) {
      instance.prepareCall('work', [MANY]);
      instance.gas = 10_000_000n;
    }
    for (let round = 0; round < 20; round++) {
      expect(b.run({ budget: 5000 + round })).toEqual(a.run({ budget: 5000 + round }));
      for (let i = 0; i < 15; i++) {
        expect(b.step()).toEqual(a.step());
        expect(observe(b)).toEqual(observe(a));
      }
    }
  });

  test('a snapshot goes on in another tier', () => {
    const expected = linker().instantiate(interpreter.compile(nested)).call('work', MANY);
    const [a, b] = both(nested, {}, linker());
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      from.reset();
      from.prepareCall('work', [MANY]);
      from.run({ budget: 123_457 });
      to.restore(from.snapshot());
      expect(to.run()).toEqual({ kind: 'finished' });
      expect(to.getRegister('a0')).toBe(expected);
    }
  });

  test('pages are filled in while a loop runs, or stop it', () => {
    const give = new Linker().define('give', (caller) => caller.getRegister('a0') + 1n);
    const bytes = workload({ heap: false });
    const [a, b] = both(bytes, { dynamicPaging: true }, give);
    expect(b.call('work', 3000)).toBe(a.call('work', 3000));
    const [c, d] = both(bytes, { dynamicPaging: true }, give);
    for (const instance of [c, d]) instance.prepareCall('work', [3000]);
    let segfaults = 0;
    for (;;) {
      const stop = c.run();
      expect(d.run()).toEqual(stop);
      expect(d.nextPc).toBe(c.nextPc);
      if (stop.kind !== 'segfault') break;
      segfaults++;
      for (const instance of [c, d])
        instance.memory.zeroWithProtection(stop.pageAddress, stop.pageSize, 'read-write');
    }
    expect(segfaults).toBeGreaterThan(2);
    expect(d.getRegister('a0')).toBe(c.getRegister('a0'));
  });

  test('a host function calls the guest, which calls the host', () => {
    const reentrant = new Linker().define('ask', (caller) => {
      const a0 = caller.getRegister('a0');
      return a0 % 5n === 0n && a0 > 0n && a0 < 100_000n ? caller.call('leaf', a0) : a0 + 1n;
    });
    const [a, b] = both(nested, { gas: 'sync' }, reentrant);
    for (const instance of [a, b]) {
      instance.gas = 10_000_000n;
      expect(instance.call('visit', 500)).toBeTypeOf('bigint');
    }
    expect(observe(b)).toEqual(observe(a));
    expect(b.translatedInstructions).toBeGreaterThan(10_000);
  });

  test('a host function in a loop waits', async () => {
    const waiting = new Linker().define('ask', async (caller) => {
      const value = caller.getRegister('a0') * 3n;
      await Promise.resolve();
      return value;
    });
    const [a, b] = both(nested, { gas: 'sync' }, waiting);
    for (const instance of [a, b]) instance.gas = 10_000_000n;
    expect(await b.callAsync('visit', 1000)).toBe(await a.callAsync('visit', 1000));
    expect(observe(b)).toEqual(observe(a));
    expect(b.translatedInstructions).toBeGreaterThan(10_000);
  });

  test('an error of a host function leaves a state to go on from', () => {
    let rounds = 0;
    const failing = new Linker().define('ask', (caller) => {
      if (++rounds % 100 === 0) throw new RangeError('not now');
      return caller.getRegister('a0');
    });
    const outcome = (instance: Instance): unknown[] => {
      rounds = 0;
      instance.prepareCall('visit', [MANY]);
      for (let i = 0; i < 4; i++) expect(() => instance.run()).toThrow('not now');
      return [observe(instance)];
    };
    const [a, b] = both(nested, { gas: 'none' }, failing);
    expect(outcome(b)).toEqual(outcome(a));
  });

  test('a deadline and a signal end an endless loop', async () => {
    const instance = engine.compile(endless).instantiate();
    instance.prepareCall('spin');
    expect(instance.run({ deadline: 40 })).toEqual({ kind: 'interrupted', reason: 'deadline' });
    const { executed } = instance;
    expect(instance.tier).toBe('wasm');
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 40);
    const stop = await instance.runAsync({ signal: controller.signal });
    expect(stop).toEqual({ kind: 'interrupted', reason: 'aborted' });
    expect(instance.executed).toBeGreaterThan(executed);
    expect(instance.run({ budget: 1000 })).toEqual({ kind: 'interrupted', reason: 'budget' });
  });

  test('a million frames of recursion', () => {
    const depth = 1_000_000;
    const [a, b] = both(recursive(depth), {});
    expect(b.call('down', depth)).toBe(a.call('down', depth));
    expect(observe(b)).toEqual(observe(a));
    expect(b.translatedInstructions).toBeGreaterThan(depth);
  });

  test('memory that has lost rights is left to the interpreter', () => {
    const module = engine.compile(nested, {});
    const plain = interpreter.compile(nested, {});
    const a = linker().instantiate(plain);
    const b = linker().instantiate(module);
    b.call('work', MANY);
    expect(b.tier).toBe('wasm');
    a.prepareCall('work', [MANY]);
    const snapshot = withoutRanges(a.snapshot());
    for (const instance of [a, b]) instance.restore(snapshot);
    expect(b.tier).toBe('interpreter');
    const stop = a.run();
    expect(stop.kind).toBe('trap');
    expect(b.run()).toEqual(stop);
    expect(observe(b)).toEqual(observe(a));
    for (const instance of [a, b]) instance.reset();
    expect(b.tier).not.toBe(tier === 'wasm' ? 'interpreter' : 'js');
    expect(b.call('work', 50)).toBe(a.call('work', 50));
  });

  test('functions that end in a jump to another one go on in it', () => {
    const bytes = assemble({
      exports: ['main'],
      jumpTable: ['back', 'second', 'third'],
      code: [
        'main',
        ['move_reg', { a: S0, b: A0 }],
        ['move_reg', { a: S1, b: RA }],
        ['jump', { to: 'loop' }],
        'loop',
        ['load_imm_and_jump', { a: RA, x: 2, to: 'first' }],
        'back',
        ['add_imm_64', { a: S0, b: S0, x: -1 }],
        ['branch_not_eq_imm', { a: S0, x: 0, to: 'loop' }],
        'end',
        ['jump_indirect', { a: S1 }],
        'first',
        ['add_imm_64', { a: A0, b: A0, x: 1 }],
        ['load_imm', { a: A1, x: 4 }],
        ['jump_indirect', { a: A1 }],
        'second',
        ['add_imm_64', { a: A0, b: A0, x: 10 }],
        ['load_imm', { a: A1, x: 6 }],
        ['jump_indirect', { a: A1 }],
        'third',
        ['add_imm_64', { a: A0, b: A0, x: 100 }],
        RETURN,
      ],
    });
    const [a, b] = both(bytes, { gas: 'sync' });
    for (const instance of [a, b]) {
      instance.gas = 200_000n;
      instance.prepareCall('main', [30_000]);
    }
    for (let i = 0; i < 2; i++) {
      const stop = a.run();
      expect(b.run()).toEqual(stop);
      expect(observe(b)).toEqual(observe(a));
      for (const instance of [a, b]) instance.gas += 123_456n;
    }
    expect(b.translatedInstructions).toBeGreaterThan(0.8 * b.executed);
  });

  test('the address whose complement is 0 leads nowhere', () => {
    const bytes = assemble({
      exports: ['main'],
      jumpTable: ['back'],
      code: [
        'main',
        ['load_imm', { a: A1, x: -1 }],
        ['load_imm', { a: S0, x: 5000 }],
        ['jump', { to: 'loop' }],
        'loop',
        ['add_imm_64', { a: S0, b: S0, x: -1 }],
        ['branch_not_eq_imm', { a: S0, x: 0, to: 'loop' }],
        'go',
        ['load_imm_and_jump_indirect', { a: RA, b: A1, x: 2, y: 0 }],
        'back',
        ['load_imm', { a: A0, x: 1 }],
        RETURN,
      ],
    });
    const [a, b] = both(bytes, {});
    for (const instance of [a, b]) instance.prepareCall('main');
    expect(a.run()).toMatchObject({ kind: 'trap', reason: 'invalid-jump', address: 0xffffffff });
    expect(b.run()).toMatchObject({ kind: 'trap', reason: 'invalid-jump', address: 0xffffffff });
    expect(observe(b)).toEqual(observe(a));
  });
});

/** A snapshot of a program with nothing but its registers: no page is accessible any more. */
const withoutRanges = (snapshot: Uint8Array): Uint8Array => {
  // Format in src/vm/snapshot.ts: behind 13 registers come heap end and the host's region, then ranges and pages.
  const at = 4 + 1 + 8 + 8 + 1 + 4 + 4 + 8 + 8 + 4 + 13 * 8 + 4 + 4;
  const changed = new Uint8Array(at + 8);
  changed.set(snapshot.subarray(0, at));
  return changed;
};

describe('which tier runs', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    forgetWhatIsSupported();
  });

  test('auto begins in the interpreter and goes on in WebAssembly', () => {
    const engine = new Engine();
    expect(engine.tier).toBe('wasm');
    const module = engine.compile(nested);
    expect(module.tier).toBe('wasm');
    const instance = module.instantiate();
    expect(instance.tier).toBe('interpreter');
    instance.call('work', 2);
    expect(instance.tier).toBe('interpreter');
    expect(instance.translatedInstructions).toBe(0);
    instance.call('work', MANY);
    expect(instance.tier).toBe('wasm');
    expect(instance.translatedInstructions).toBeGreaterThan(0.9 * instance.executed);
  });

  test('most of a program that calls much runs translated', () => {
    const instance = new Engine().compile(recursive(20)).instantiate();
    for (let i = 0; i < 2000; i++) instance.call('down', 20);
    expect(instance.translatedInstructions).toBeGreaterThan(0.9 * instance.executed);
  });

  test('a second instance of a hot module is in translated code at once, if there is memory for it', () => {
    const module = new Engine().compile(nested);
    const first = module.instantiate();
    first.call('work', MANY);
    first.dispose();
    const second = module.instantiate();
    expect(second.tier).toBe('wasm');
    second.call('work', 100);
    expect(second.translatedInstructions).toBeGreaterThan(0.5 * second.executed);
  });

  test('prices that translated code cannot count leave a program to the interpreter', () => {
    const gasModel = { costs: {}, otherwise: 0, invalid: 0 };
    const module = new Engine().compile(nested, { gas: 'sync', gasModel });
    expect(module.tier).toBe('interpreter');
    expect(module.instantiate().tier).toBe('interpreter');
  });

  const refusing = {
    'has no WebAssembly': () => vi.stubGlobal('WebAssembly', undefined),
    'refuses to compile': () =>
      vi.stubGlobal('WebAssembly', {
        ...WebAssembly,
        Module: class {
          constructor() {
            throw new WebAssembly.CompileError('blocked by a content security policy');
          }
        },
      }),
  };
  test.each(Object.keys(refusing) as (keyof typeof refusing)[])('a host that %s', (what) => {
    refusing[what]();
    forgetWhatIsSupported();
    for (const tier of TIERS) {
      const module = new Engine({ tier }).compile(nested);
      expect(module.tier).toBe('interpreter');
      expect(module.instantiate().call('work', 300)).toBe(
        interpreter.compile(nested).instantiate().call('work', 300),
      );
    }
    expect(new Engine().tier).toBe('interpreter');
  });

  test('a host that refuses to compile large modules at once gets them in the background', async () => {
    const { Module: Original } = WebAssembly;
    let waits = 0;
    vi.stubGlobal('WebAssembly', {
      ...WebAssembly,
      RuntimeError: WebAssembly.RuntimeError,
      compile: (bytes: BufferSource) => {
        waits++;
        return Promise.resolve().then(() => new Original(bytes));
      },
      Memory: WebAssembly.Memory,
      Table: WebAssembly.Table,
      Instance: WebAssembly.Instance,
      Module: class {
        constructor(bytes: Uint8Array<ArrayBuffer>) {
          if (bytes.length > 250) throw new RangeError('disallowed on the main thread');
          // biome-ignore lint/correctness/noConstructorReturn: what the real one gives
          return new Original(bytes);
        }
      },
    });
    const instance = new Engine({ slice: 10_000 }).compile(nested).instantiate();
    const expected = interpreter.compile(nested).instantiate().call('work', 20_000);
    expect(await instance.callAsync('work', 20_000)).toBe(expected);
    expect(waits).toBeGreaterThan(0);
    expect(instance.translatedInstructions).toBeGreaterThan(0);
  });

  test('translated code goes with its module', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const collected: string[] = [];
    const registry = new FinalizationRegistry<string>((what) => collected.push(what));
    const use = (): void => {
      const module = new Engine().compile(nested);
      registry.register(module, 'module');
      using instance = module.instantiate();
      instance.call('work', MANY);
      expect(instance.tier).toBe('wasm');
      registry.register(instance, 'instance');
    };
    use();
    await vi.waitFor(
      () => {
        collect();
        expect(collected.sort()).toEqual(['instance', 'module']);
      },
      { timeout: 20_000, interval: 50 },
    );
  });

  test('no more code is kept than allowed', () => {
    const none = new Engine({ codeLimit: 0 }).compile(nested).instantiate();
    none.call('work', MANY);
    expect(none.translatedInstructions).toBe(0);
    const little = new Engine({ tier: 'wasm', codeLimit: 100 }).compile(nested);
    const instance = new Linker().define('ask', () => 1n).instantiate(little);
    instance.call('work', 100);
    const { translatedBlocks } = little;
    instance.call('visit', 100);
    expect(instance.translatedInstructions).toBeGreaterThan(0);
    expect(little.translatedBlocks).toBeLessThan(2 * translatedBlocks + 20);
    expect(codeOf(() => new Engine({ codeLimit: -1 }))).toBe('engine/option');
  });
});
