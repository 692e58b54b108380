import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { Engine, Linker } from '../../src/index.ts';
import { A0, assemble, RA, RETURN, SP } from '../vm/assemble.ts';
import { recursive } from './tiering-programs.ts';

const DEPTH = 20_000;
const expected = String(
  new Engine({ tier: 'interpreter' }).compile(recursive(DEPTH)).instantiate().call('down', DEPTH),
);

const BOOTSTRAP = `import('tsx/esm/api').then(({ tsImport }) =>
  tsImport(${JSON.stringify(new URL('./stack-worker.ts', import.meta.url).href)}, ${JSON.stringify(import.meta.url)}))`;

const inWorker = (stackSizeMb: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(BOOTSTRAP, {
      eval: true,
      workerData: { depth: DEPTH, tier: 'wasm' },
      resourceLimits: { stackSizeMb },
    });
    worker.once('message', (message: string) => {
      resolve(message);
      void worker.terminate();
    });
    worker.once('error', reject);
  });

test('recursion of functions that use all registers fits the stack that hosts have', async () => {
  expect(await inWorker(4)).toBe(expected);
  expect(await inWorker(1)).toBe(expected);
});

test('where the stack is used up, the error is one of ours', async () => {
  expect([expected, 'run/stack-overflow']).toContain(await inWorker(0.4));
});

test('host calls that re-enter the guest in the middle of recursion', () => {
  const bytes = assemble({
    imports: ['again'],
    exports: ['deep'],
    jumpTable: ['up'],
    stackSize: 1 << 22,
    code: [
      'deep',
      ['branch_eq_imm', { a: A0, x: 0, to: 'bottom' }],
      'down',
      ['add_imm_64', { a: SP, b: SP, x: -16 }],
      ['store_indirect_u64', { a: RA, b: SP, x: 0 }],
      ['add_imm_64', { a: A0, b: A0, x: -1 }],
      ['load_imm_and_jump', { a: RA, x: 2, to: 'deep' }],
      'up',
      ['load_indirect_u64', { a: RA, b: SP, x: 0 }],
      ['add_imm_64', { a: SP, b: SP, x: 16 }],
      ['add_imm_64', { a: A0, b: A0, x: 1 }],
      RETURN,
      'bottom',
      ['ecalli', { x: 0 }],
      RETURN,
    ],
  });
  for (const tier of ['wasm', 'auto'] as const) {
    let depth = 0;
    const linker = new Linker().define('again', (caller) => (++depth < 30 ? caller.call('deep', 3000) : 0n));
    const instance = linker.instantiate(new Engine({ tier }).compile(bytes));
    expect(instance.call('deep', 3000)).toBe(90_000n);
  }
});
