import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Engine,
  type Instance,
  isRiscboxError,
  Linker,
  type Module,
  type ModuleOptions,
} from '../../src/index.ts';
import { addNumbers, workload } from './assemble.ts';
import { codeOf } from './error-code.ts';

const engine = new Engine();
const linker = new Linker().define('give', (caller) => caller.getRegister('a0') * 3n + 1n);
const GAS = 10_000_000;
const N = 60;

/** Everything that can be observed of an instance. */
const observe = (instance: Instance) => ({
  pc: instance.pc,
  nextPc: instance.nextPc,
  gas: instance.gas,
  executed: instance.executed,
  registers: Array.from({ length: instance.module.abi.names.length }, (_, i) => instance.getRegister(i)),
  heapEnd: instance.memory.heapEnd,
  size: instance.memory.size,
  snapshot: createHash('sha256').update(instance.snapshot()).digest('hex'),
});

/** Fills in the workload's pages as the high-level call would. */
const mapPages = (instance: Instance): void => {
  const { regions } = instance.module.memoryMap;
  for (const { start, size, data, writable } of regions) {
    if (size === 0) continue;
    instance.memory.zeroWithProtection(start, size, 'read-write');
    instance.memory.write(start, data);
    if (!writable) instance.memory.protect(start, size);
  }
};

const finish = (instance: Instance): ReturnType<typeof observe> => {
  for (;;) {
    const stop = instance.run();
    if (stop.kind === 'finished') return observe(instance);
    if (stop.kind === 'out-of-gas') instance.gas += BigInt(GAS);
    else if (stop.kind === 'segfault') {
      instance.memory.zeroWithProtection(stop.pageAddress, stop.pageSize, 'read-write');
    } else throw new Error(`unexpected ${stop.kind}`);
  }
};

const CONFIGURATIONS: readonly (readonly [string, ModuleOptions])[] = [
  ['without gas', {}],
  ['gas by block', { gas: 'sync' }],
  ['gas by instruction', { gas: 'sync', gasGranularity: 'instruction' }],
  ['pipeline gas', { gas: 'sync', gasModel: 'full-l2-hit' }],
  ['dynamic paging', { gas: 'sync', dynamicPaging: true }],
  ['large pages', { gas: 'sync', pageSize: 16384, auxDataSize: 5000 }],
];

const compile = (options: ModuleOptions): Module =>
  engine.compile(workload({ heap: options.dynamicPaging !== true }), options);

describe.each(CONFIGURATIONS)(
  '%s: a run cut anywhere and moved to another instance ends the same',
  (_name, options) => {
    const module = compile(options);

    const start = (): Instance => {
      const instance = linker.instantiate(module, { gas: GAS });
      if (options.dynamicPaging === true) mapPages(instance);
      instance.prepareCall('work', [N]);
      return instance;
    };
    const expected = finish(start());

    test('at instruction budgets', () => {
      fc.assert(
        fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 6 }), (budgets) => {
          let instance = start();
          for (const budget of budgets) {
            const stop = instance.run({ budget });
            if (stop.kind === 'finished') break;
            const snapshot = instance.snapshot();
            const moved = linker.instantiate(module);
            moved.restore(snapshot);
            expect(observe(moved)).toEqual(observe(instance));
            instance = moved;
          }
          if (instance.nextPc !== undefined) expect(finish(instance)).toEqual(expected);
        }),
        { numRuns: 40 },
      );
    });

    test('in the middle of blocks, by single steps', () => {
      const instance = start();
      const raw = module.instantiate();
      for (let i = 0; i < 45; i++) {
        const stop = instance.step();
        if (stop.kind === 'host-call') instance.setRegister('a0', instance.getRegister('a0') * 3n + 1n);
        raw.restore(instance.snapshot());
        expect(observe(raw)).toEqual(observe(instance));
        const moved = linker.instantiate(module);
        moved.restore(instance.snapshot());
        expect(finish(moved)).toEqual(expected);
      }
    });

    test('at host calls', () => {
      let instance = start();
      let raw = module.restore(instance.snapshot());
      for (let i = 0; i < 5; i++) {
        expect(raw.run()).toMatchObject({ kind: 'host-call' });
        raw.setRegister('a0', raw.getRegister('a0') * 3n + 1n);
        raw = module.restore(raw.snapshot());
      }
      instance = linker.instantiate(module);
      instance.restore(raw.snapshot());
      expect(finish(instance)).toEqual(expected);
    });

    if (options.gas === undefined) return;

    test('out of gas, also inside memset', () => {
      const reference = start();
      reference.gas = 0n;
      const places = new Set<number | undefined>();
      let instance = start();
      instance.gas = 0n;
      let given = 0n;
      for (let i = 0; ; i++) {
        const stop = instance.run();
        if (stop.kind === 'finished') break;
        expect(stop.kind).toBe('out-of-gas');
        places.add(instance.pc);
        const moved = linker.instantiate(module);
        moved.restore(instance.snapshot());
        moved.gas += 7n + BigInt(i % 5);
        given += 7n + BigInt(i % 5);
        instance = moved;
      }
      expect(places.size).toBeGreaterThan(1);
      expect(given - instance.gas).toBe(BigInt(GAS) - expected.gas);
      expect(instance.getRegister('a0')).toBe(expected.registers[7]);
    });
  },
);

test('dynamic paging: a fault is moved, and the page filled in the other instance', () => {
  const module = compile({ gas: 'sync', dynamicPaging: true });
  const whole = linker.instantiate(module, { gas: GAS });
  const result = whole.call('work', N);
  let instance = linker.instantiate(module, { gas: GAS });
  instance.prepareCall('work', [N]);
  let faults = 0;
  for (;;) {
    const stop = instance.run();
    if (stop.kind !== 'segfault') break;
    faults++;
    const moved = linker.instantiate(module);
    moved.restore(instance.snapshot());
    moved.memory.zeroWithProtection(stop.pageAddress, stop.pageSize, 'read-write');
    const region = module.memoryMap.regions.find(
      (r) => stop.pageAddress >= r.start && stop.pageAddress < r.start + r.size,
    );
    const from = stop.pageAddress - (region?.start ?? 0);
    moved.memory.write(stop.pageAddress, region?.data.slice(from, from + stop.pageSize) ?? new Uint8Array(0));
    instance = moved;
  }
  expect(faults).toBeGreaterThan(2);
  expect(instance.getRegister('a0')).toBe(result);
  expect(instance.gas).toBe(whole.gas);
});

describe('contents', () => {
  const module = engine.compile(workload(), { gas: 'sync' });

  test('pages as at the start are left out; a fresh snapshot is small', () => {
    expect(module.instantiate().snapshot().length).toBeLessThan(300);
    const used = linker.instantiate(module, { gas: GAS });
    used.call('work', 3);
    // Stack, two or three pages of data, one of heap.
    expect(used.snapshot().length).toBeLessThan(7 * 4100);
  });

  test('accessibility, heap, aux size and write protection come back', () => {
    const paged = engine.compile(workload(), { auxDataSize: 10_000 });
    const instance = paged.instantiate();
    const aux = instance.module.memoryMap.regions.find((r) => r.name === 'aux')?.start ?? 0;
    instance.memory.write(aux, Uint8Array.of(1, 2, 3));
    instance.memory.setAuxSize(5000);
    instance.memory.auxWriteProtected = true;
    instance.memory.sbrk(12_345);
    const moved = paged.restore(instance.snapshot());
    expect(moved.memory.heapSize).toBe(12_345);
    expect(moved.memory.size).toBe(instance.memory.size);
    expect(moved.memory.auxWriteProtected).toBe(true);
    expect(moved.memory.read(aux, 3)).toEqual(Uint8Array.of(1, 2, 3));
    expect(moved.memory.isAccessible(aux, 8192)).toBe(true);
    expect(moved.memory.isAccessible(aux, 8193)).toBe(false);
    expect(moved.memory.isAccessible(aux, 4, 'write')).toBe(false);
  });

  test('a failing restore leaves a fresh instance', () => {
    const instance = linker.instantiate(module, { gas: GAS });
    const first = instance.call('work', 5);
    expect(codeOf(() => instance.restore(new Uint8Array(10)))).toBe('snapshot/format');
    expect(instance.gas).toBe(BigInt(GAS));
    expect(instance.call('work', 5)).toBe(first);
  });
});

describe('refused', () => {
  const module = engine.compile(workload(), { gas: 'sync' });
  const snapshot = module.instantiate().snapshot();

  test('snapshots of other programs, options and formats', () => {
    expect(codeOf(() => engine.compile(addNumbers('latest64'), { gas: 'sync' }).restore(snapshot))).toBe(
      'snapshot/other-program',
    );
    expect(codeOf(() => engine.compile(workload()).restore(snapshot))).toBe('snapshot/other-options');
    const table = { costs: { trap: 2 }, otherwise: 1, invalid: 1 };
    expect(codeOf(() => engine.compile(workload(), { gas: 'sync', gasModel: table }).restore(snapshot))).toBe(
      'snapshot/other-options',
    );
    const changed = snapshot.slice();
    changed[4] = 2;
    expect(codeOf(() => module.restore(changed))).toBe('snapshot/format');
    expect(codeOf(() => module.restore(snapshot.subarray(0, -1)))).toBe('snapshot/format');
    expect(codeOf(() => module.restore(Uint8Array.of(...snapshot, 0)))).toBe('snapshot/format');
    // The same program from another file is the same program.
    expect(codeOf(() => engine.compile(workload(), { gas: 'sync' }).restore(snapshot))).toBe(
      'nothing thrown',
    );
  });

  test('any bytes give riscbox errors or a working instance, quickly', () => {
    const used = linker.instantiate(module, { gas: GAS });
    used.prepareCall('work', [5]);
    used.run({ budget: 50 });
    const seed = used.snapshot();
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(seed.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        fc.nat(400),
        fc.boolean(),
        (changes, tail, atTail) => {
          const bytes = seed.slice();
          // Behind the identities, where every byte has a meaning; half of the changes among the first 400 bytes.
          for (const [at, value] of changes)
            bytes[21 + (atTail ? at % (bytes.length - 21) : (at + tail) % 400)] = value;
          const started = performance.now();
          try {
            const instance = linker.instantiate(module);
            instance.restore(bytes);
            instance.run({ budget: 1000, gas: 1000 });
          } catch (error) {
            if (!isRiscboxError(error)) throw error;
          }
          expect(performance.now() - started).toBeLessThan(2000);
        },
      ),
      { numRuns: 1500 },
    );
  });

  test('a snapshot cannot ask for more memory than the limit', () => {
    const small = new Engine({ maxMemory: 1 << 20 }).compile(workload());
    const roomy = engine.compile(workload()).instantiate();
    roomy.memory.sbrk(32 << 20);
    expect(codeOf(() => small.restore(roomy.snapshot()))).toBe('memory/limit');
  });
});
