import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SYSTEM_CALLS } from '../../src/linux/calls/table.ts';
import { MemoryFileSystem } from '../../src/linux/memory-file-system.ts';
import { AT_FDCWD, DATA, DATA_SIZE, LAYOUT, TEXT, TestProcess } from './fake-guest.ts';

const PAGE = 4096;

/** Values that are likely to get somewhere, and any others. */
const argument = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -1, max: 12 }).map(BigInt) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...[AT_FDCWD, 0x22, 0x32, 0x1000, 0o102, 0o2101, 0o200000].map(BigInt)),
  },
  { weight: 4, arbitrary: fc.integer({ min: DATA, max: DATA + DATA_SIZE }).map(BigInt) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(0, 1, TEXT, DATA, LAYOUT.stackStart, LAYOUT.stackEnd, LAYOUT.heapStart, LAYOUT.mapEnd)
      .map(BigInt),
  },
  {
    weight: 2,
    arbitrary: fc.integer({ min: 0, max: LAYOUT.mapEnd / PAGE }).map((page) => BigInt(page * PAGE)),
  },
  { weight: 1, arbitrary: fc.constantFrom(2n ** 31n, 2n ** 32n - 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) },
);

/** Numbers of the table, without those that end the run, and some others. */
const number = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.constantFrom(
      ...SYSTEM_CALLS.filter((row) => !row.name.startsWith('exit')).map((row) => row.number),
    ),
  },
  { weight: 1, arbitrary: fc.integer({ min: -5, max: 3000 }) },
);

const steps = fc.array(fc.tuple(number, fc.array(argument, { minLength: 6, maxLength: 6 })), {
  maxLength: 120,
});

/** Fills the data segment with short paths, iovecs and small numbers. */
const seed = (t: TestProcess): void => {
  for (let at = 0; at < DATA_SIZE; at += 16) {
    t.view.setUint32(DATA + at, DATA + ((at * 7) % DATA_SIZE), true);
    t.view.setUint32(DATA + at + 8, at % 257, true);
  }
  const paths = ['a', '/d/e', '..', 'd/../x', '/dev/null', 'link', '/', '.'];
  for (let i = 0; i < 64; i++) t.put(paths[i % paths.length] as string);
};

test.each([32, 64] as const)('any system calls with any arguments answer a value, rv%i', (width) => {
  fc.assert(
    fc.property(steps, (calls) => {
      const fs = new MemoryFileSystem(
        { a: 'contents', 'd/e': 'more', x: '' },
        { maxBytes: 2 ** 20, maxNodes: 100 },
      );
      const t = new TestProcess(width, { fs, stdin: 'input' });
      seed(t);
      for (const [call, values] of calls) {
        for (const [i, value] of values.entries()) t.guest.setRegister(10 + i, value);
        // The fake memory throws on every access that wasn't checked before.
        const result = t.callNumber(BigInt.asUintN(width, BigInt(call)));
        if (t.outcome !== 'continue') return;
        expect(Number.isSafeInteger(result)).toBe(true);
        // A negative result is an errno, or an address or mask above 2^31 on rv32.
        if (width === 64) expect(result).toBeGreaterThanOrEqual(-4095);
      }
      t.process.close();
    }),
    { numRuns: 500 },
  );
});

test('lengths that a guest invents allocate nothing', () => {
  const t = new TestProcess(64, { fs: { f: 'abc' } });
  const fd = t.call('openat', AT_FDCWD, '/f', 2, 0);
  const before = process.memoryUsage().arrayBuffers;
  for (const length of [2 ** 31, 2 ** 40, 2 ** 53]) {
    expect(t.call('read', fd, DATA, length)).toBeLessThanOrEqual(3);
    expect(t.call('pread64', fd, DATA, length, 0)).toBe(3);
    expect(t.call('write', fd, DATA, length)).toBeLessThanOrEqual(DATA_SIZE);
    expect(t.call('pwrite64', fd, DATA, 1, length)).toBeLessThan(0);
    expect(t.call('ftruncate', fd, length)).toBeLessThan(0);
    expect(t.call('getrandom', DATA, length, 0)).toBeLessThanOrEqual(DATA_SIZE);
    expect(t.call('mmap', 0, length, 3, 0x22, -1, 0)).toBeLessThan(0);
    expect(t.call('readv', fd, DATA, length)).toBeLessThan(0);
    expect(t.call('getdents64', t.call('openat', AT_FDCWD, '/', 0, 0), DATA, length)).toBeLessThan(200);
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
});
