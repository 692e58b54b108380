import { describe, expect, test } from 'vitest';
import { CallStopped, Engine, GuestTrap, instantiate, Linker } from '../../src/index.ts';
import { readVector, vectorPath, vectorTest } from '../vectors-path.ts';
import { A0, A1, addNumbers, assemble, RA, RETURN, S0, SP, workload } from './assemble.ts';
import { codeOf, rejection } from './error-code.ts';

const engine = new Engine();

const HELLO = vectorPath('polkavm', 'blobs', 'example-hello-world.polkavm');

vectorTest("the shortcut runs upstream's hello world: 1 + 10 + 100 is 111", [HELLO], () => {
  const { exports } = instantiate(readVector(HELLO), { get_third_number: () => 100 });
  expect(exports.add_numbers?.(1, 10)).toBe(111);
});

describe.each(['latest32', 'latest64'] as const)('add_numbers in %s', (kind) => {
  const module = engine.compile(addNumbers(kind));

  test('has its import and export', () => {
    expect(module.kind).toBe(kind);
    expect(module.imports).toEqual(['get_third_number']);
    expect(module.exports).toEqual([{ name: 'add_numbers', pc: 0 }]);
  });

  test('by the shortcut', () => {
    const { exports } = instantiate(module, { get_third_number: () => 100 });
    expect(exports.add_numbers?.(1, 10)).toBe(111);
    expect(exports.add_numbers?.(-1, -200)).toBe(-101);
    expect(exports.add_numbers?.(1n, 10)).toBe(111);
  });

  test('untyped', () => {
    const linker = new Linker().define('get_third_number', () => 100);
    const instance = linker.instantiate(module);
    expect(instance.call('add_numbers', 1, 10)).toBe(111n);
    expect(instance.call(0, 1, 10)).toBe(111n);
  });

  test('typed on both sides', () => {
    const linker = new Linker<number>().define(
      'get_third_number',
      { params: [], result: 'i32' },
      (caller) => {
        const third: number = caller.userData;
        return third;
      },
    );
    const instance = linker.instantiate(module, { userData: -5 });
    const add = instance.export('add_numbers', { params: ['i32', 'i32'], result: 'i32' });
    const sum: number = add(1, 2);
    expect(sum).toBe(-2);
  });

  test('step by step on the machine level', () => {
    const instance = module.instantiate();
    instance.prepareCall('add_numbers', [1, 10]);
    expect(instance.run()).toEqual({ kind: 'host-call', number: 0, pc: instance.pc });
    // What has run, not what the block still holds.
    expect(instance.executed).toBe(2);
    instance.setRegister('a0', 100);
    expect(instance.run()).toEqual({ kind: 'finished' });
    expect(instance.getRegister('a0')).toBe(111n);
    expect(instance.getRegister(A0)).toBe(111n);
  });
});

describe('values', () => {
  /** Passes its arguments on to `show` and returns what that returns. */
  const pass = (kind: 'latest32' | 'latest64') =>
    engine.compile(
      assemble({ kind, imports: ['show'], exports: ['pass'], code: ['pass', ['ecalli', { x: 0 }], RETURN] }),
    );

  test('of 64 bits take two registers in 32-bit programs', () => {
    const seen: unknown[] = [];
    const linker = new Linker().define(
      'show',
      { params: ['i64', 'u32', 'u64'], result: 'i64' },
      (_caller, a, b, c) => {
        seen.push(a, b, c);
        return -2n;
      },
    );
    for (const kind of ['latest32', 'latest64'] as const) {
      const instance = linker.instantiate(pass(kind));
      const call = instance.export('pass', { params: ['i64', 'u32', 'u64'], result: 'i64' });
      expect(call(-(2n ** 40n), 0xffffffff, 2n ** 64n - 1n)).toBe(-2n);
      const registers = [0, 1, 2, 3, 4].map((i) => instance.getRegister(`a${i}`));
      expect(registers.slice(0, 2)).toEqual(
        kind === 'latest32' ? [0xfffffffen, 0xffffffffn] : [2n ** 64n - 2n, 0xffffffffn],
      );
    }
    expect(seen).toEqual([
      -(2n ** 40n),
      0xffffffff,
      2n ** 64n - 1n,
      -(2n ** 40n),
      0xffffffff,
      2n ** 64n - 1n,
    ]);
  });

  test('i32 is sign-extended, u32 and pointers are zero-extended in 64-bit PolkaVM programs', () => {
    const linker = new Linker().define('show', () => undefined);
    const instance = linker.instantiate(pass('latest64'));
    instance.export('pass', { params: ['i32', 'u32', 'pointer'] })(-1, 0xffffffff, 0xfffe0000);
    expect(['a0', 'a1', 'a2'].map((r) => instance.getRegister(r))).toEqual([
      0xffffffffffffffffn,
      0xffffffffn,
      0xfffe0000n,
    ]);
  });

  test('that are none are refused, on both sides', () => {
    const module = pass('latest64');
    const linker = new Linker().define('show', { params: [], result: 'u32' }, () => 1.5);
    const instance = linker.instantiate(module);
    expect(codeOf(() => instance.call('pass'))).toBe('call/value');
    expect(codeOf(() => instance.call('pass', 0.5))).toBe('call/value');
    expect(codeOf(() => instance.call('pass', 2n ** 64n))).toBe('call/value');
    expect(codeOf(() => instance.export('pass', { params: ['u32'] })(2 ** 32))).toBe('call/value');
    expect(codeOf(() => instance.export('pass', { params: ['i64'] })(1 as unknown as bigint))).toBe(
      'call/value',
    );
  });

  test('of untyped results are numbers up to 53 bits, else bigints', () => {
    const results = [1n, -1n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n, -(2n ** 63n)];
    const { exports } = instantiate(pass('latest64'), { show: () => results.shift() });
    expect(Array.from({ length: 6 }, () => exports.pass?.())).toEqual([
      1,
      -1,
      2 ** 53 - 1,
      2n ** 53n,
      -(2n ** 63n),
      -(2n ** 63n),
    ]);
  });

  test('arguments are counted', () => {
    const instance = new Linker().fallback(() => 0).instantiate(pass('latest32'));
    expect(instance.call('pass', 1, 2, 3, 4, 5, 6, 7, 8, 9)).toBe(0n);
    expect(codeOf(() => instance.call('pass', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10))).toBe('call/argument-count');
    const typed = instance.export('pass', { params: ['u32'] });
    expect(codeOf(() => (typed as (...a: number[]) => void)(1, 2))).toBe('call/argument-count');
    const wide = { params: ['u64', 'u64', 'u64', 'u64', 'u64'] } as const;
    expect(codeOf(() => instance.export('pass', wide))).toBe('call/argument-count');
  });
});

describe('linking', () => {
  const module = engine.compile(
    assemble({
      imports: ['get_number', 'put_number', ''],
      exports: ['f'],
      code: ['f', ['ecalli', { x: 1 }], RETURN],
    }),
  );

  test('lists all missing imports at once, with similar names', () => {
    const linker = new Linker().define('getNumber', () => 0);
    expect(linker.missing(module)).toEqual([
      { number: 0, name: 'get_number', similar: 'getNumber' },
      { number: 1, name: 'put_number' },
      { number: 2, name: '' },
    ]);
    expect(() => linker.instantiate(module)).toThrow(
      "missing host functions: 'get_number' (similar: 'getNumber'), 'put_number', ''; define them, or a fallback",
    );
  });

  test('a fallback answers everything else, by number', () => {
    const numbers: number[] = [];
    const linker = new Linker().fallback((_caller, number) => {
      numbers.push(number);
      return 7;
    });
    expect(linker.instantiate(module).call('f')).toBe(7n);
    expect(numbers).toEqual([1]);
  });

  test('functions by number come before those by name', () => {
    const linker = new Linker()
      .define('get_number', () => 1)
      .define('put_number', () => 2)
      .defineNumber(2, () => 3);
    expect(linker.instantiate(module).call('f')).toBe(2n);
    linker.defineNumber(1, { params: [], result: 'u32' }, () => 4);
    expect(linker.instantiate(module).call('f')).toBe(4n);
  });

  test('definitions are checked', () => {
    const linker = new Linker()
      .define('x', () => 0)
      .defineNumber(3, () => 0)
      .fallback(() => 0);
    expect(codeOf(() => linker.define('x', () => 0))).toBe('linker/duplicate');
    expect(codeOf(() => linker.defineNumber(3, () => 0))).toBe('linker/duplicate');
    expect(codeOf(() => linker.fallback(() => 0))).toBe('linker/duplicate');
    expect(codeOf(() => linker.defineNumber(-1, () => 0))).toBe('linker/number');
    expect(codeOf(() => linker.define('y', { params: ['f32' as 'u32'] }, () => {}))).toBe('linker/signature');
    const instance = new Linker().fallback(() => 0).instantiate(module);
    expect(codeOf(() => instance.export('f', undefined as never))).toBe('linker/signature');
    const seven = { params: ['u32', 'u32', 'u32', 'u32', 'u32', 'u32', 'u32'] } as const;
    expect(codeOf(() => linker.define('z', seven, () => {}))).toBe('linker/signature');
  });

  test('unanswered host calls come out of run and trap a call', () => {
    const instance = module.instantiate();
    instance.prepareCall('f');
    expect(instance.run()).toMatchObject({ kind: 'host-call', number: 1 });
    expect(() => instance.call('f')).toThrow(CallStopped);
    expect(codeOf(() => instance.call('f'))).toBe('call/trap');
    expect(codeOf(() => instance.call('g'))).toBe('call/unknown-export');
    expect(codeOf(() => instance.call(-1))).toBe('call/entry');
  });
});

describe('host functions that end or fail', () => {
  const module = engine.compile(addNumbers('latest64'), { gas: 'sync' });

  test('a thrown error reaches the embedder as it is; the call can go on', () => {
    const error = new Error('out of paper');
    let broken = true;
    const linker = new Linker().define('get_third_number', () => {
      if (broken) throw error;
      return 100;
    });
    const instance = linker.instantiate(module, { gas: 1000 });
    expect(() => instance.call('add_numbers', 1, 10)).toThrow(error);
    // Behind the host call, its result register as the function left it.
    expect(instance.getRegister('s0')).toBe(11n);
    instance.setRegister('a0', 30);
    expect(instance.continue()).toBe(41n);
    broken = false;
    expect(instance.call('add_numbers', 1, 10)).toBe(111n);
  });

  test('a GuestTrap traps the guest', () => {
    const linker = new Linker().define('get_third_number', (caller) => caller.trap('no third number'));
    const instance = linker.instantiate(module, { gas: 1000 });
    instance.prepareCall('add_numbers', [1, 10]);
    const stop = instance.run();
    expect(stop).toMatchObject({ kind: 'trap', reason: 'host', pc: 3 });
    expect(instance.pc).toBe(3);
    expect(instance.nextPc).toBeUndefined();
    try {
      instance.call('add_numbers', 1, 10);
      expect.unreachable();
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(CallStopped);
      expect((thrown as CallStopped).cause).toBeInstanceOf(GuestTrap);
      expect((thrown as CallStopped).stop).toEqual(stop);
    }
    expect(codeOf(() => instance.continue())).toBe('call/nothing-to-continue');
  });

  test('finish ends the run as a return would', () => {
    const linker = new Linker().define('get_third_number', (caller) => {
      caller.setRegister('a0', 5);
      caller.finish();
    });
    const instance = linker.instantiate(module, { gas: 1000 });
    expect(instance.call('add_numbers', 1, 10)).toBe(5n);
    instance.prepareCall('add_numbers', [1, 10]);
    expect(instance.run()).toEqual({ kind: 'finished' });
  });
});

describe('gas', () => {
  const module = engine.compile(addNumbers('latest64'), { gas: 'sync' });
  const linker = new Linker().define('get_third_number', () => 100);

  test('is charged by block, and can be added at a stop', () => {
    const instance = linker.instantiate(module, { gas: 3 });
    expect(module.gasCostAt(0)).toBe(4);
    expect(codeOf(() => instance.call('add_numbers', 1, 10))).toBe('call/out-of-gas');
    expect(instance.gas).toBe(3n);
    expect(instance.continue({ gas: 1 })).toBe(111n);
    expect(instance.gas).toBe(0n);
    expect(instance.call('add_numbers', 2, 10, { gas: 5n })).toBe(112n);
    expect(instance.gas).toBe(1n);
  });

  test('can be read and set by host functions', () => {
    const generous = new Linker().define('get_third_number', (caller) => {
      caller.gas += 1000n;
      return 0;
    });
    const instance = generous.instantiate(module, { gas: 10 });
    instance.call('add_numbers');
    expect(instance.gas).toBe(1006n);
    instance.gas = -(2n ** 63n);
    expect(instance.gas).toBe(-(2n ** 63n));
    expect(codeOf(() => instance.call('add_numbers'))).toBe('call/out-of-gas');
  });

  test('per instruction stops anywhere', () => {
    const single = engine.compile(addNumbers('latest64'), { gas: 'sync', gasGranularity: 'instruction' });
    const instance = linker.instantiate(single, { gas: 3 });
    expect(codeOf(() => instance.call('add_numbers', 1, 10))).toBe('call/out-of-gas');
    expect(instance.gas).toBe(0n);
    expect(instance.getRegister('a0')).toBe(111n);
    expect(instance.continue({ gas: 1 })).toBe(111n);
  });
});

describe('calls back into the guest', () => {
  // outer(n): host; returns a0 + s0 where s0 = n. inner(n): writes below its stack pointer and returns n + 1.
  const module = engine.compile(
    assemble({
      imports: ['host'],
      exports: ['outer', 'inner', 'bad'],
      code: [
        'outer',
        ['add_imm_64', { a: SP, b: SP, x: -16 }],
        ['store_indirect_u64', { a: RA, b: SP, x: 8 }],
        ['move_reg', { a: S0, b: A0 }],
        ['ecalli', { x: 0 }],
        ['add_64', { a: A0, b: A0, c: S0 }],
        ['load_indirect_u64', { a: RA, b: SP, x: 8 }],
        ['add_imm_64', { a: SP, b: SP, x: 16 }],
        RETURN,
        'inner',
        ['store_indirect_u64', { a: A0, b: SP, x: -8 }],
        ['load_imm', { a: S0, x: 77 }],
        ['add_imm_64', { a: A0, b: A0, x: 1 }],
        RETURN,
        'bad',
        ['load_imm', { a: A1, x: 5 }],
        ['trap'],
      ],
    }),
    { gas: 'sync' },
  );

  test('leave registers, program counter and stack of the outer call alone, and share its gas', () => {
    const linker = new Linker().define('host', { params: ['u32'], result: 'u64' }, (caller, n) => {
      const before = caller.getRegister('sp');
      const result = caller.callTyped('inner', { params: ['u32'], result: 'u64' }, n * 2);
      expect(caller.getRegister('sp')).toBe(before);
      return result;
    });
    const instance = linker.instantiate(module, { gas: 100 });
    expect(instance.call('outer', 10)).toBe(31n);
    expect(instance.gas).toBe(100n - 8n - 4n);
  });

  test('nest up to the limit', () => {
    let deepest = 0;
    const linker = new Linker<{ depth: number }>().define('host', (caller): bigint => {
      caller.userData.depth++;
      deepest = Math.max(deepest, caller.userData.depth);
      const result = caller.userData.depth > 20 ? 1n : caller.call('outer', 1);
      caller.userData.depth--;
      return result;
    });
    const instance = linker.instantiate(module, { userData: { depth: 0 }, gas: 10_000 });
    expect(instance.call('outer', 1)).toBe(22n);
    expect(deepest).toBe(21);

    const endless = new Linker().define('host', (caller) => caller.call('outer', 1));
    const other = endless.instantiate(module, { gas: 10_000 });
    expect(codeOf(() => other.call('outer', 1))).toBe('call/too-deep');
    // 32 calls back into the guest within the first call, then the error.
    expect(other.gas).toBe(10_000n - 33n * 8n);
  });

  test('a trap inside ends only that call', () => {
    const linker = new Linker().define('host', (caller) => {
      expect(codeOf(() => caller.call('bad'))).toBe('call/trap');
      return 1000;
    });
    const instance = linker.instantiate(module, { gas: 100 });
    expect(instance.call('outer', 10)).toBe(1010n);
  });

  test('out of gas inside leaves the outer call able to continue', () => {
    const linker = new Linker().define('host', (caller) => caller.call('inner', 1));
    const instance = linker.instantiate(module, { gas: 10 });
    expect(codeOf(() => instance.call('outer', 10))).toBe('call/out-of-gas');
    expect(instance.gas).toBe(2n);
    instance.setRegister('a0', 5);
    expect(instance.continue()).toBe(15n);
  });

  test('only while the host function runs, and not by the instance', () => {
    let kept: { call(name: string): bigint } | undefined;
    const linker = new Linker().define('host', (caller) => {
      kept = caller;
      expect(codeOf(() => caller.instance.call('inner'))).toBe('instance/busy');
      expect(codeOf(() => caller.instance.reset())).toBe('instance/busy');
      expect(codeOf(() => caller.instance.snapshot())).toBe('instance/busy');
      return 0;
    });
    const instance = linker.instantiate(module, { gas: 100 });
    instance.call('outer', 1);
    expect(codeOf(() => kept?.call('inner'))).toBe('call/caller-expired');
  });

  test('asynchronously too', async () => {
    const linker = new Linker().define('host', async (caller) => {
      await Promise.resolve();
      return caller.callAsync('inner', 4);
    });
    const instance = linker.instantiate(module, { gas: 100 });
    expect(await instance.callAsync('outer', 10)).toBe(15n);
  });
});

describe('promises', () => {
  const module = engine.compile(addNumbers('latest64'));
  const linker = new Linker().define('get_third_number', { params: [], result: 'u32' }, async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return 100;
  });

  test('are awaited by callAsync, runAsync and typed functions', async () => {
    const instance = linker.instantiate(module);
    expect(await instance.callAsync('add_numbers', 1, 10)).toBe(111n);
    const add = instance.export('add_numbers', { params: ['u32', 'u32'], result: 'u32' });
    expect(await add.async(1, 20)).toBe(121);
    instance.prepareCall('add_numbers', [5, 5]);
    expect(await instance.runAsync()).toEqual({ kind: 'finished' });
    expect(instance.getRegister('a0')).toBe(110n);
  });

  test('are an error in synchronous calls', () => {
    expect(codeOf(() => linker.instantiate(module).call('add_numbers', 1, 10))).toBe('call/async-function');
  });

  test('one run at a time', async () => {
    const instance = linker.instantiate(module);
    const first = instance.callAsync('add_numbers', 1, 10);
    expect(await rejection(instance.callAsync('add_numbers', 1, 10))).toBe('instance/busy');
    expect(codeOf(() => instance.call('add_numbers', 1, 10))).toBe('instance/busy');
    expect(codeOf(() => instance.step())).toBe('instance/busy');
    expect(await first).toBe(111n);
  });

  test('a rejection reaches the embedder', async () => {
    const failing = new Linker().define('get_third_number', () => Promise.reject(new Error('offline')));
    const instance = failing.instantiate(module);
    await expect(instance.callAsync('add_numbers', 1, 10)).rejects.toThrow('offline');
    expect(codeOf(() => instance.reset())).toBe('nothing thrown');
  });

  test('an instance disposed while waiting stops', async () => {
    const instance = linker.instantiate(module);
    const call = instance.callAsync('add_numbers', 1, 10);
    instance.dispose();
    expect(await rejection(call)).toBe('instance/disposed');
  });
});

describe('limits of a run', () => {
  const endless = engine.compile(
    assemble({ exports: ['f'], code: ['f', ['add_imm_64', { a: A0, b: A0, x: 1 }], ['jump', { to: 'f' }]] }),
  );

  test('an instruction budget interrupts at a block end; continue goes on', () => {
    const instance = endless.instantiate();
    instance.prepareCall('f');
    expect(instance.run({ budget: 1001 })).toEqual({ kind: 'interrupted', reason: 'budget' });
    expect(instance.executed).toBe(1002);
    expect(instance.getRegister('a0')).toBe(501n);
    expect(instance.run({ budget: 0 })).toEqual({ kind: 'interrupted', reason: 'budget' });
    expect(instance.run({ budget: 10 })).toEqual({ kind: 'interrupted', reason: 'budget' });
    expect(instance.executed).toBe(1012);
  });

  test('a deadline interrupts synchronous runs', () => {
    const instance = endless.instantiate();
    const started = performance.now();
    expect(codeOf(() => instance.call('f', { deadline: 50 }))).toBe('call/interrupted');
    expect(performance.now() - started).toBeLessThan(1000);
    const limited = new Engine({ deadline: 20 }).compile(endless.bytes as Uint8Array).instantiate();
    limited.prepareCall('f');
    expect(limited.run()).toEqual({ kind: 'interrupted', reason: 'deadline' });
  });

  test('an AbortSignal interrupts asynchronous runs', async () => {
    const instance = endless.instantiate();
    instance.prepareCall('f');
    expect(await instance.runAsync({ signal: AbortSignal.timeout(30) })).toEqual({
      kind: 'interrupted',
      reason: 'aborted',
    });
    expect(await instance.runAsync({ signal: AbortSignal.abort() })).toEqual({
      kind: 'interrupted',
      reason: 'aborted',
    });
  });

  test('host calls in a loop are interrupted too, also by the host function itself', () => {
    const module = engine.compile(
      assemble({ imports: ['h'], exports: ['f'], code: ['f', ['ecalli', { x: 0 }], ['jump', { to: 'f' }]] }),
    );
    const abort = new AbortController();
    let calls = 0;
    const linker = new Linker().define('h', () => {
      if (++calls === 100) abort.abort();
    });
    const instance = linker.instantiate(module);
    instance.prepareCall('f');
    expect(instance.run({ signal: abort.signal })).toEqual({ kind: 'interrupted', reason: 'aborted' });
    expect(calls).toBe(100);
    expect(instance.run({ deadline: 10 })).toEqual({ kind: 'interrupted', reason: 'deadline' });
    expect(instance.run({ budget: 50 })).toEqual({ kind: 'interrupted', reason: 'budget' });
  });

  test('options are checked', () => {
    const instance = endless.instantiate();
    expect(codeOf(() => instance.call('f', { deadline: Number.NaN }))).toBe('call/option');
    expect(codeOf(() => instance.call('f', { budget: -1 }))).toBe('call/option');
    expect(codeOf(() => instance.call('f', { gas: 0.5 }))).toBe('call/option');
  });
});

describe('stepping', () => {
  test('stops before each instruction; host calls come out', () => {
    const instance = engine.compile(addNumbers('latest64'), { gas: 'sync' }).instantiate({ gas: 100 });
    instance.prepareCall('add_numbers', [1, 10]);
    const kinds: string[] = [];
    for (let stop = instance.step(); ; stop = instance.step()) {
      kinds.push(stop.kind);
      if (stop.kind === 'finished') break;
    }
    expect(kinds).toEqual(['step', 'step', 'host-call', 'step', 'step', 'finished']);
    expect(instance.gas).toBe(96n);
  });
});

describe('life of an instance', () => {
  test('dispose twice is fine; use afterwards is an error', async () => {
    const instance = engine.compile(workload()).instantiate();
    instance.dispose();
    instance.dispose();
    instance[Symbol.dispose]();
    for (const use of [
      () => instance.run(),
      () => instance.call('work', 1),
      () => instance.gas,
      () => instance.memory.readU8(0x20000),
      () => instance.reset(),
      () => instance.snapshot(),
      () => instance.getRegister(0),
      () => instance.step(),
    ]) {
      expect(codeOf(use)).toBe('instance/disposed');
    }
    expect(await rejection(instance.runAsync())).toBe('instance/disposed');
    expect(await rejection(instance.callAsync('work'))).toBe('instance/disposed');
  });

  test('the memory of a disposed instance is clean in the next', () => {
    const module = engine.compile(workload());
    const host = new Linker().define('give', () => 9);
    const first = host.instantiate(module);
    const snapshot = first.snapshot();
    const result = first.call('work', 20);
    first.memory.sbrk(10);
    first.dispose();
    const second = host.instantiate(module);
    expect(second.snapshot()).toEqual(snapshot);
    expect(second.call('work', 20)).toBe(result);
  });

  test('disposing in a host function ends the run', () => {
    const module = engine.compile(workload());
    const host = new Linker().define('give', (caller) => caller.instance.dispose());
    expect(codeOf(() => host.instantiate(module).call('work', 20))).toBe('instance/disposed');
  });

  test('reset brings back the first state', () => {
    const linker = new Linker().define('give', (caller) => Number(caller.getRegister('a0')) * 3);
    const instance = linker.instantiate(engine.compile(workload(), { gas: 'sync' }), { gas: 1_000_000 });
    const first = instance.call('work', 100);
    expect(instance.memory.heapSize).toBe(50_000);
    const left = instance.gas;
    const other = instance.call('work', 100);
    expect(other).not.toBe(first);
    instance.reset();
    expect(instance.memory.heapSize).toBe(0);
    expect(instance.executed).toBe(0);
    expect(instance.gas).toBe(1_000_000n);
    expect(instance.getRegister('s0')).toBe(0n);
    expect(instance.memory.readU8(0x20001)).toBe(7);
    expect(instance.call('work', 100)).toBe(first);
    expect(instance.gas).toBe(left);
  });

  test('running without a program counter is an error; registers are checked', () => {
    const instance = engine.compile(workload()).instantiate();
    expect(codeOf(() => instance.run())).toBe('run/no-program-counter');
    expect(codeOf(() => instance.getRegister('x10'))).toBe('instance/register');
    expect(codeOf(() => instance.getRegister(13))).toBe('instance/register');
    expect(codeOf(() => instance.setRegister('a0', 0.5))).toBe('call/value');
  });
});
