import { readdirSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { program } from '../../examples/program.ts';
import { exampleProgram } from './example-program.ts';

/** What each example prints; every script in examples/ but the program has an entry. Pages are folders: test/browser. */
const PRINTED: Readonly<Record<string, readonly unknown[]>> = {
  'add-numbers': [111],
  'add-with-extra': ['Ada', 307n, 'Grace', 3007n],
  'typed-exports': [19, -9],
  gas: [{ kind: 'out-of-gas', pc: 26 }, 2n, { kind: 'finished' }, 5050n, 744n, 'call/out-of-gas', 10n],
  paging: ['page 123000, write-protected: false', 'page 123000, write-protected: true', 42],
  snapshots: [{ kind: 'interrupted', reason: 'budget' }, { kind: 'finished' }, 500000500000n, true],
};

const EXAMPLES = new URL('../../examples/', import.meta.url);

test('every example is run here', () => {
  const names = readdirSync(EXAMPLES)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.replace(/\.ts$/, ''));
  expect(names.filter((name) => name !== 'program').sort()).toEqual(Object.keys(PRINTED).sort());
});

test('the bytes of the program are those of its assembler text', () => {
  expect(program).toEqual(exampleProgram());
});

for (const [name, expected] of Object.entries(PRINTED)) {
  test(`example ${name}`, async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    try {
      await import(new URL(`${name}.ts`, EXAMPLES).href);
      expect(log.mock.calls.flat()).toEqual(expected);
    } finally {
      log.mockRestore();
    }
  });
}
