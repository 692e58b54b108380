import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { gasModel } from '../../src/decoder/gas/models.ts';
import { programFrom } from '../../src/decoder/program.ts';
import {
  Engine,
  type Instance,
  isRiscboxError,
  Linker,
  Module,
  type ModuleOptions,
  type RiscboxError,
  type TierDifference,
} from '../../src/index.ts';
import { crosscheck } from '../../src/jit/crosscheck.ts';
import type { Execution, Tier } from '../../src/jit/tier.ts';
import { link } from '../../src/linker/index.ts';
import { runLinux } from '../../src/linux/index.ts';
import { tierNamed } from '../../src/vm/tiers.ts';
import { A0, A1, A2, assemble, type Line, RETURN, S1, SP, T0, workload } from '../vm/assemble.ts';
import { codeOf } from '../vm/error-code.ts';

const interpreter = tierNamed('interpreter');
const plain = new Engine({ tier: 'interpreter' });
const checked = new Engine({ crosscheck: { tiers: ['interpreter', 'interpreter'], interval: 500 } });

/** Everything that can be observed of an instance, snapshots included. */
const observe = (instance: Instance) => ({
  pc: instance.pc,
  nextPc: instance.nextPc,
  gas: instance.gas,
  executed: instance.executed,
  registers: instance.module.abi.names.map((_, register) => instance.getRegister(register)),
  snapshot: createHash('sha256').update(instance.snapshot()).digest('hex'),
});

describe('tiers that agree: programs run as on one of them', () => {
  const linker = new Linker().define('give', (caller) => {
    const { memory } = caller;
    if (memory.isAccessible(0x20010, 8, 'write')) memory.writeU32(0x20010, memory.readU32(0x20014) + 1);
    return caller.getRegister('a0') * 3n + 1n;
  });
  const both = (options: ModuleOptions): readonly [Instance, Instance] => {
    const bytes = workload({ heap: options.dynamicPaging !== true });
    const [a, b] = [plain, checked].map((engine) =>
      linker.instantiate(engine.compile(bytes, options), { gas: 10_000_000 }),
    );
    return [a as Instance, b as Instance];
  };
  const OPTIONS: readonly (readonly [string, ModuleOptions])[] = [
    ['without gas', {}],
    ['gas by block', { gas: 'sync' }],
    ['gas by instruction', { gas: 'sync', gasGranularity: 'instruction' }],
    ['asynchronous gas', { gas: 'async' }],
    ['pipeline gas', { gas: 'sync', gasModel: 'full-l2-hit' }],
    ['gas that costs nothing', { gas: 'sync', gasModel: { costs: {}, otherwise: 0, invalid: 0 } }],
    ['large pages', { gas: 'sync', pageSize: 16384, auxDataSize: 5000 }],
  ];

  test.each(OPTIONS)('%s: host calls that write memory, heap growth, budgets', (_name, options) => {
    const [a, b] = both(options);
    for (const instance of [a, b]) instance.prepareCall('work', [300]);
    for (;;) {
      const stop = a.run({ budget: 700 });
      expect(b.run({ budget: 700 })).toEqual(stop);
      expect(observe(b)).toEqual(observe(a));
      if (stop.kind === 'finished') break;
    }
  });

  test('steps', () => {
    const [a, b] = both({ gas: 'sync' });
    for (const instance of [a, b]) instance.prepareCall('work', [1]);
    for (let i = 0; i < 200; i++) {
      if (a.nextPc === undefined) break;
      expect(b.step()).toEqual(a.step());
    }
    expect(observe(b)).toEqual(observe(a));
  });

  test('running out of gas and going on', () => {
    const [a, b] = both({ gas: 'sync' });
    for (const instance of [a, b]) {
      instance.gas = 500n;
      instance.prepareCall('work', [300]);
    }
    for (;;) {
      const stop = a.run({ gas: 333 });
      expect(b.run({ gas: 333 })).toEqual(stop);
      expect(observe(b)).toEqual(observe(a));
      if (stop.kind === 'finished') break;
    }
  });

  test('pages that a call fills in, and pages that the host maps', () => {
    const [a, b] = both({ gas: 'sync', dynamicPaging: true });
    expect(b.call('work', 50)).toBe(a.call('work', 50));
    expect(observe(b)).toEqual(observe(a));
    for (const instance of [a, b]) {
      instance.reset();
      instance.memory.zeroWithProtection(0x20000, 4096, 'read-write');
      instance.prepareCall('work', [50]);
    }
    for (;;) {
      const stop = a.run();
      expect(b.run()).toEqual(stop);
      expect(observe(b)).toEqual(observe(a));
      if (stop.kind !== 'segfault') break;
      for (const { memory } of [a, b]) {
        memory.zeroWithProtection(stop.pageAddress, stop.pageSize, 'read-write');
      }
    }
  });

  test('snapshots go from a checked instance to a plain one and back', () => {
    const [a, b] = both({ gas: 'sync' });
    const expected = a.call('work', 100);
    b.prepareCall('work', [100]);
    expect(b.run({ budget: 1500 }).kind).toBe('interrupted');
    const middle = b.snapshot();
    b.run();
    expect(b.getRegister('a0')).toBe(expected);
    for (const instance of [a, b]) {
      instance.restore(middle);
      expect(instance.run().kind).toBe('finished');
      expect(instance.getRegister('a0')).toBe(expected);
    }
    expect(observe(b)).toEqual(observe(a));
  });

  test('asynchronous host functions, and calls back into the guest', async () => {
    const waiting = new Linker().define('give', async (caller) => {
      await Promise.resolve();
      const left = caller.getRegister('a0');
      return left === 7n ? caller.callAsync('work', 3) : left * 5n;
    });
    const results = await Promise.all(
      [plain, checked].map(async (engine) => {
        const instance = waiting.instantiate(engine.compile(workload(), { gas: 'sync' }), { gas: 1_000_000 });
        return [await instance.callAsync('work', 20), observe(instance)];
      }),
    );
    expect(results[1]).toEqual(results[0]);
  });

  test('the host moves the program counter, grows the heap, traps the guest', () => {
    const [a, b] = both({ gas: 'sync' });
    for (const instance of [a, b]) {
      instance.prepareCall('work', [9]);
      instance.run({ budget: 40 });
      instance.memory.sbrk(100_000);
      instance.nextPc = instance.module.entryPoint('work');
      instance.setRegister('a0', 4);
      expect(instance.run().kind).toBe('finished');
    }
    expect(observe(b)).toEqual(observe(a));
  });

  test('a program of the Linux personality', () => {
    const bytes = new Uint8Array(
      readFileSync(new URL('../../guests/bin/rv64imac/lisp.elf', import.meta.url)),
    );
    const stdin = new TextEncoder().encode('(display (* 6 7))');
    const module = checked.compile(link(bytes));
    const { outcome, stdout } = runLinux(module, { args: ['lisp'], stdin });
    expect(outcome).toMatchObject({ kind: 'exit', code: 0 });
    expect(new TextDecoder().decode(stdout)).toContain('42');
  });

  test('faults of the host come through, and the engine names its options', () => {
    const [, b] = both({});
    b.nextPc = undefined;
    expect(codeOf(() => b.run())).toBe('run/no-program-counter');
    expect(codeOf(() => b.step())).toBe('run/no-program-counter');
    expect(checked.tier).toBe('interpreter');
    expect(codeOf(() => new Engine({ crosscheck: { interval: 0 } }))).toBe('engine/option');
    expect(codeOf(() => new Engine({ crosscheck: { tiers: ['interpreter'] as never } }))).toBe(
      'engine/option',
    );
    expect(codeOf(() => new Engine({ crosscheck: { tiers: ['interpreter', 'none' as never] } }))).toBe(
      'engine/tier',
    );
  });
});

/** 100,000 rounds of a loop; in round 99,500 it goes over `rare`, in which `line` is one of the instructions. */
const program = (line: Line): Uint8Array =>
  assemble({
    exports: ['work', 'rare', 'place'],
    code: [
      'work',
      ['load_imm', { a: S1, x: 1 }],
      ['load_imm', { a: T0, x: 3 }],
      ['fallthrough'],
      'loop',
      ['branch_eq_imm', { a: A0, x: 500, to: 'rare' }],
      'back',
      ['mul_imm_64', { a: S1, b: S1, x: 31 }],
      ['add_64', { a: S1, b: S1, c: A0 }],
      ['store_indirect_u64', { a: S1, b: SP, x: -64 }],
      ['add_imm_64', { a: A0, b: A0, x: -1 }],
      ['branch_not_eq_imm', { a: A0, x: 0, to: 'loop' }],
      'end',
      RETURN,
      'rare',
      ['add_imm_64', { a: A1, b: A1, x: 9 }],
      ['xor', { a: A2, b: A1, c: S1 }],
      'place',
      line,
      ['sub_64', { a: A1, b: A2, c: A1 }],
      ['jump', { to: 'back' }],
    ],
  });

/** Runs other code than it is given. */
const running = (line: Line): Tier => ({
  name: 'interpreter',
  translate: (_program, metering) => interpreter.translate(plain.compile(program(line)).program, metering),
});

/** Two executions on one memory, of which one runs and the other steps and does short runs, as tiers do. */
const split = (runs: Tier, steps: Tier, least = 0): Tier => ({
  name: 'interpreter',
  translate(of, metering) {
    const [a, b] = [runs.translate(of, metering), steps.translate(of, metering)];
    return {
      blocks: 0,
      execution(memory): Execution {
        const runner = a.execution(memory);
        const stepper = b.execution(memory);
        const run: Execution['run'] = (budget = Number.POSITIVE_INFINITY) => {
          if (budget < least) return stepper.run(budget);
          runner.state = stepper.state;
          const stop = runner.run(budget);
          stepper.state = runner.state;
          return stop;
        };
        return new Proxy(stepper, {
          get: (target, name) => {
            const value = name === 'run' ? run : Reflect.get(target, name, target);
            return typeof value === 'function' ? value.bind(target) : value;
          },
          set: (target, name, value) => Reflect.set(target, name, value, target),
        });
      },
    };
  },
});

/** Runs right code against a wrong tier; the error, with its detail's own type. */
const differenceOf = (
  line: Line,
  wrong: Tier,
  run: (instance: Instance) => unknown = (instance) => instance.run(),
): { readonly error: RiscboxError; readonly detail: TierDifference; readonly instance: Instance } => {
  const tier = crosscheck(interpreter, wrong);
  const { blob } = plain.compile(program(line)).program;
  const instance = Module.fromBlob(blob, { gas: 'sync' }, { tier, limits: {} }).instantiate({
    gas: 10_000_000,
  });
  instance.prepareCall('work', [100_000]);
  try {
    run(instance);
  } catch (error) {
    if (!isRiscboxError(error, 'crosscheck/difference')) throw error;
    return { error, detail: error.detail as unknown as TierDifference, instance };
  }
  throw new Error('the difference was not found');
};

describe('a tier that is wrong in one place of a long run is found there', () => {
  const add: Line = ['add_imm_64', { a: A1, b: A1, x: 5 }];
  const place = (line: Line): number => plain.compile(program(line)).entryPoint('place');
  /** Instructions up to the place, which is in round 99,500 of six instructions each. */
  const before = 3 + 99_500 * 6 + 1 + 2;

  test('a wrong register', () => {
    const { detail, error, instance } = differenceOf(add, running(['add_imm_64', { a: A1, b: A1, x: 6 }]));
    expect(detail).toMatchObject({
      pc: place(add),
      instruction: 'add_imm_64 a1, a1, 5',
      exact: true,
      reproduced: true,
      what: ['a1'],
      tiers: ['interpreter', 'interpreter'],
      from: { pc: place(add), executed: before },
      memory: [],
    });
    expect([detail.first.registers[A1], detail.second.registers[A1]]).toEqual([14n, 15n]);
    expect(detail.first.state.executed).toBe(before + 1);
    expect(error.message).toContain(`at 0x${place(add).toString(16)} (add_imm_64 a1, a1, 5) in a1;`);
    // The instance stands where both were the same.
    expect(instance.executed).toBe(before);
    expect(instance.nextPc).toBe(place(add));
  });

  test('a wrong byte in memory', () => {
    const store = (y: number): Line => ['store_imm_indirect_u8', { a: SP, x: -37, y }];
    const { detail, instance } = differenceOf(store(1), running(store(2)));
    const address = Number(instance.getRegister('sp')) - 37;
    expect(detail).toMatchObject({ pc: place(store(1)), exact: true, what: ['memory'] });
    expect(detail.memory).toMatchObject([
      { page: address & -4096 ? (address & -4096) >>> 0 : 0, address, bytes: 1 },
    ]);
    expect(detail.memory).toMatchObject([{ contents: [{ 0: 1 }, { 0: 2 }] }]);
  });

  test('a wrong stop', () => {
    const { detail } = differenceOf(['fallthrough'], running(['trap']));
    expect(detail).toMatchObject({ pc: place(['fallthrough']), instruction: 'fallthrough', exact: true });
    expect(detail.what).toContain('stop');
    expect(detail.second.outcome).toEqual({ kind: 'trap', pc: detail.pc, reason: 'trap' });
  });

  test('wrong gas: the block that was charged', () => {
    const wrong: Tier = {
      name: 'interpreter',
      translate: (of, metering) =>
        interpreter.translate(of, {
          ...metering,
          model: gasModel({ costs: { sub_64: 2 }, otherwise: 1, invalid: 1 }, of.kind),
        }),
    };
    const { detail } = differenceOf(add, wrong);
    expect(detail).toMatchObject({
      what: ['gas'],
      exact: true,
      pc: plain.compile(program(add)).entryPoint('rare'),
    });
    expect(detail.first.state.gas - detail.second.state.gas).toBe(1n);
  });

  test('an error of the engine is a difference, too', () => {
    const broken: Tier = {
      name: 'interpreter',
      translate: (of, metering) => {
        const translated = interpreter.translate(of, metering);
        const run = (): never => {
          throw new RangeError('out of bounds');
        };
        return { blocks: 0, execution: (memory) => Object.assign(translated.execution(memory), { run }) };
      },
    };
    const { detail } = differenceOf(add, broken);
    expect(detail.what).toContain('stop');
    expect(detail).toMatchObject({ reproduced: true, from: { executed: 0 } });
    expect(detail.second.outcome).toMatchObject({ kind: 'error', message: 'RangeError: out of bounds' });
  });

  test('in single steps', () => {
    const wrong = running(['add_imm_64', { a: A1, b: A1, x: 6 }]);
    const { detail } = differenceOf(add, wrong, (instance) => {
      instance.setRegister('a0', 500);
      for (;;) instance.step();
    });
    expect(detail).toMatchObject({ pc: place(add), exact: true, what: ['a1'] });
  });

  const store: Line = ['store_imm_indirect_u8', { a: SP, x: -37, y: 1 }];

  /** Changes one byte of the instruction at the place, if that is still there: a translator's error. */
  const miscompiling = (line: Line, byte: number, before: number, after: number): Tier => ({
    name: 'interpreter',
    translate: (of, metering) => {
      const code = of.blob.code.slice();
      const at = place(line) + byte;
      if (code[at] === before && code[place(line)] !== TRAP) code[at] = after;
      return interpreter.translate(programFrom({ ...of.blob, code }), metering);
    },
  });
  const TRAP = 0;
  const wrongAdd = miscompiling(add, 2, 5, 6);
  const wrongStore = miscompiling(store, 3, 1, 2);

  test('where steps show nothing, breakpoints do', () => {
    for (const [line, wrong, what] of [
      [add, wrongAdd, 'a1'],
      [store, wrongStore, 'memory'],
    ] as const) {
      const { detail } = differenceOf(line, split(wrong, interpreter));
      expect(detail).toMatchObject({ pc: place(line), exact: true, reproduced: true, what: [what] });
      expect(detail.first.outcome).toMatchObject({ kind: 'trap', pc: place(line) + (line === add ? 3 : 4) });
    }
  });

  test.each([100, 5_000, 90_000])('code that runs for budgets of %d and more only', (least) => {
    const { detail } = differenceOf(add, split(wrongAdd, interpreter, least));
    expect(detail).toMatchObject({ pc: place(add), exact: true, reproduced: true, what: ['a1'] });
    expect(detail.from.executed).toBeLessThanOrEqual(before);
  });

  test('where nothing shows it, the writer of what differs is named', () => {
    const original = (line: Line): string => plain.compile(program(line)).program.blob.code.join();
    /** Has its error in the very program only. */
    const fragile = (line: Line, wrong: Tier): Tier => ({
      name: 'interpreter',
      translate: (of, metering) =>
        (of.blob.code.join() === original(line) ? wrong : interpreter).translate(of, metering),
    });
    const register = differenceOf(add, split(fragile(add, wrongAdd), interpreter)).detail;
    // `sub_64` writes the register once more: all that can be known is its value at the end of the block.
    expect(register).toMatchObject({ exact: false, reproduced: true, what: ['a1'] });
    expect(register.instruction).toBe('sub_64 a1, a2, a1');
    const memory = differenceOf(store, split(fragile(store, wrongStore), interpreter)).detail;
    expect(memory).toMatchObject({ pc: place(store), exact: false, what: ['memory'] });
  });

  test('a difference that does not come again is told as it was', () => {
    let runs = 0;
    const flaky: Tier = {
      name: 'interpreter',
      translate: (of, metering) => {
        const translated = interpreter.translate(of, metering);
        return {
          blocks: 0,
          execution: (memory) => {
            const one = translated.execution(memory);
            const run = one.run.bind(one);
            return Object.assign(one, {
              run: (budget?: number) => {
                const stop = run(budget);
                if (runs++ === 2) one.setRegister(A2, 77);
                return stop;
              },
            });
          },
        };
      },
    };
    const { detail } = differenceOf(add, flaky);
    expect(detail).toMatchObject({ exact: false, reproduced: false, what: ['a2'] });
    expect(detail.second.registers[A2]).toBe(77n);
  });
});
