/**
 * Costs of many instances: made and dropped, made and called, reset, saved and restored, alive at once.
 * `npx tsx --expose-gc bench/instances.ts [count] [--tier TIER]`
 */

import { writeSpi } from '../src/blob/jam.ts';
import { makeBlob } from '../src/blob/make.ts';
import { readBlob } from '../src/blob/read.ts';
import { Engine, type Instance, Linker, type Module } from '../src/index.ts';
import { addNumbers, workload } from '../test/vm/assemble.ts';
import { benchArguments, Report } from './report.ts';

const count = Number(process.argv[2] ?? 100_000);
const collect = (globalThis as { gc?: () => void }).gc ?? (() => {});
const mib = (bytes: number): [number, number] => [bytes / 2 ** 20, 0];
const results = new Report();
results.table('Instances (memory of the process in MiB)', [
  '',
  'times',
  'us each',
  'before',
  'after',
  'collected',
]);

const report = (what: string, times: number, run: () => void): void => {
  collect();
  const before = process.memoryUsage().rss;
  const started = performance.now();
  run();
  const microseconds = ((performance.now() - started) * 1000) / times;
  const after = process.memoryUsage().rss;
  collect();
  const kept = process.memoryUsage().rss;
  results.row(what, times, [microseconds, 1], mib(before), mib(after), mib(kept));
};

const engine = new Engine({ tier: benchArguments().tier });
const small = engine.compile(addNumbers('latest64'));
const large = engine.compile(workload(), { gas: 'sync' });
const { code, bitmask } = readBlob(addNumbers('latest64'));
// A JAM standard program: its memory spans the 16 MiB of address space between stack and arguments.
const spi = engine.compile(
  writeSpi(
    makeBlob({
      kind: 'jam_gp07',
      container: 'jam-spi',
      code,
      bitmask,
      stackSize: 65536,
      spi: { heapPages: 16 },
    }),
  ),
);
const linker = new Linker()
  .define('get_third_number', { params: [], result: 'u32' }, () => 100)
  .define('give', (caller) => caller.getRegister('a0'))
  .fallback(() => 100);

const make = (module: Module): Instance => linker.instantiate(module, { gas: 10n ** 12n });

report('made and dropped, small', count, () => {
  for (let i = 0; i < count; i++) make(small);
});
report('made, called, disposed, small', count, () => {
  for (let i = 0; i < count; i++) {
    const instance = make(small);
    if (instance.call('add_numbers', i, 1) !== BigInt(i + 101)) throw new Error('wrong sum');
    instance.dispose();
  }
});
report('made, called and dropped, 36 KiB', count / 10, () => {
  for (let i = 0; i < count / 10; i++) make(large).call('work', 10);
});
report('made, called and dropped, JAM', count / 10, () => {
  for (let i = 0; i < count / 10; i++) make(spi).call(0);
});
const one = make(small);
report('call of an existing instance, one host call', 10 * count, () => {
  for (let i = 0; i < 10 * count; i++) one.call('add_numbers', i, 1);
});
const add = one.export('add_numbers', { params: ['u32', 'u32'], result: 'u32' });
report('typed call, one host call', 10 * count, () => {
  for (let i = 0; i < 10 * count; i++) add(i, 1);
});
const used = make(large);
report('call and reset, 36 KiB', count / 10, () => {
  for (let i = 0; i < count / 10; i++) {
    used.call('work', 10);
    used.reset();
  }
});
used.call('work', 10);
const snapshot = used.snapshot();
report(`snapshot (${snapshot.length} bytes)`, count / 100, () => {
  for (let i = 0; i < count / 100; i++) used.snapshot();
});
report('restore', count / 100, () => {
  for (let i = 0; i < count / 100; i++) used.restore(snapshot);
});
const big = make(large);
big.memory.sbrk(64 << 20);
report('snapshot of 64 MiB, clean', 10, () => {
  for (let i = 0; i < 10; i++) big.snapshot();
});
report('reset of 64 MiB', 10, () => {
  for (let i = 0; i < 10; i++) {
    big.reset();
    big.memory.sbrk(64 << 20);
  }
});
const alive: Instance[] = [];
report('1,000 alive at once, 36 KiB', 1000, () => {
  for (let i = 0; i < 1000; i++) alive.push(make(large));
  for (const instance of alive) instance.call('work', 10);
});
report('1,000 alive at once, JAM', 1000, () => {
  alive.length = 0;
  for (let i = 0; i < 1000; i++) alive.push(make(spi));
  for (const instance of alive) instance.call(0);
});
results.finish();
