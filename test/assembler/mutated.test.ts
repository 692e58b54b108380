import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assembleToBytes } from '../../src/assembler/assemble.ts';
import { assemblyText } from '../../src/assembler/writer.ts';
import { makeBlob } from '../../src/blob/make.ts';
import { isRiscboxError } from '../../src/core/error.ts';
import { linkToBlob } from '../../src/linker/riscv-profile.ts';
import { guest } from '../cli/run-cli.ts';

/** Bytes or a riscbox error, and soon. */
const attack = (text: string): void => {
  const started = performance.now();
  try {
    assembleToBytes(text);
  } catch (error) {
    if (!isRiscboxError(error))
      throw new Error(`${String(error)} for ${JSON.stringify(text)}`, { cause: error });
  }
  expect(performance.now() - started).toBeLessThan(5000);
};

const SEEDS: readonly string[] = [
  assemblyText(
    makeBlob({
      kind: 'latest64',
      code: Uint8Array.of(40, 5, 0, 0, 0, 51, 7, 1, 50, 0, 255, 9, 9, 81, 0x17, 5, 0xf0, 10, 1),
      bitmask: Uint8Array.of(0b0010_0001, 0b0010_0101, 0b010),
      roData: Uint8Array.of(1, 2, 3),
      imports: ['a', '', 'b"'],
      exports: [
        { offset: 5, symbol: 'main' },
        { offset: 1, symbol: 'x y' },
      ],
      jumpTable: [5, 8, 99],
      debug: { strings: Uint8Array.of(0, 1, 65), linePrograms: Uint8Array.of(1, 2) },
      unknown: [{ id: 200, bytes: Uint8Array.of(7) }],
    }),
  ),
  assemblyText(
    makeBlob({ kind: 'jam_gp07', code: Uint8Array.of(0), bitmask: Uint8Array.of(1), spi: { heapPages: 3 } }),
  ),
  '%isa = latest32\n%stack_size = 4096\npub @main: %no_fallthrough\nra = @x, jump @main if 5 <u a0\n@x:\ntmp = a0, a0 = 1, jump [tmp + 4]\n',
  assemblyText(linkToBlob(readFileSync(guest('rv64im/hello_bare'))))
    .split('\n')
    .slice(0, 60)
    .join('\n'),
];

const WORDS: readonly string[] = [
  ...[
    '%',
    '=',
    '+=',
    '"',
    '\\',
    '@',
    ':',
    '//',
    '\n',
    ' ',
    ',',
    '[',
    ']',
    '-',
    '0x',
    '4294967296',
    '18446744073709551616',
  ],
  ...[
    'pub ',
    '@main',
    ' %no_fallthrough',
    ' %length 25',
    'i64 ',
    'i32 ',
    'ra',
    'tmp',
    '-1',
    '\u0000',
    '\ud800',
    '__proto__',
  ],
  ...[
    '%bytes = 00\n',
    '%gap = 00\n',
    '%jump_table = @x 7\n',
    '%jump_table_entry_size = 0\n',
    '%segment = 0 4294967296 rwx\n',
  ],
  ...[
    '%isa = rv32\n',
    '%container = jam-spi\n',
    '%raw_imports = ff\n',
    '%section 0 = 00\n',
    '%symbol 1 2 = "x"\n',
    '%entry = 2\n',
  ],
];

test('mutated texts give bytes or riscbox errors', () => {
  const edit = fc.record({
    at: fc.nat(1_000_000),
    remove: fc.nat(12),
    insert: fc.oneof(fc.constantFrom(...WORDS), fc.string({ maxLength: 4 })),
  });
  const run = (seed: string, edits: readonly { at: number; remove: number; insert: string }[]): void => {
    let text = seed;
    for (const { at, remove, insert } of edits) {
      const from = at % (text.length + 1);
      text = text.slice(0, from) + insert + text.slice(from + remove);
    }
    attack(text);
  };
  fc.assert(fc.property(fc.constantFrom(...SEEDS), fc.array(edit, { minLength: 1, maxLength: 6 }), run), {
    numRuns: 4000,
  });
});

test('lines of all texts in any order', () => {
  const lines = SEEDS.flatMap((seed) => seed.split('\n'));
  const run = (some: readonly string[]): void => attack(some.join('\n'));
  fc.assert(fc.property(fc.subarray(lines), run), { numRuns: 1000 });
  fc.assert(fc.property(fc.array(fc.constantFrom(...lines), { maxLength: 40 }), run), { numRuns: 2000 });
});

test.each<[string, string]>([
  [
    'jumps that lengthen each other',
    Array.from({ length: 20_000 }, (_, k) => `@a${k}:\njump @a${k + 60}`).join('\n'),
  ],
  [
    'jumps that lengthen one by one',
    Array.from({ length: 20_000 }, (_, k) => `jump ${127 + 2 * k}`).join('\n'),
  ],
  [
    'many code addresses',
    `%jump_table = ${'@x '.repeat(50_000)}\n@x:\n${'a0 = @x\na0 = @y\n'.repeat(20_000)}@y:`,
  ],
  ['a long line', `a0 = ${'('.repeat(1_000_000)}`],
  ['a long label', `@${'x'.repeat(1_000_000)}:\njump @${'y'.repeat(1_000_000)}`],
  ['a long string', `%import 0 = "${'\\x00'.repeat(300_000)}`],
  ['a long number', `a0 = 0b${'1'.repeat(900)}`],
  ['many labels that are not defined', Array.from({ length: 50_000 }, (_, k) => `jump @n${k}`).join('\n')],
  ['many exports', Array.from({ length: 50_000 }, (_, k) => `pub @n${k}: %no_fallthrough`).join('\n')],
  ['many sections', '%section 200 =\n'.repeat(100_000)],
])('time stays in bounds: %s', (_, text) => {
  attack(`%isa = latest64\n${text}\ntrap\n`);
});
