import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { FULL_ROWS } from '../../src/isa/full-table.ts';
import { COMPRESSED_ROWS } from '../../src/isa/rows/compressed.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));

const sources: string[] = [
  `${folder}framework.h`,
  ...readdirSync(`${folder}src`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.S'))
    .map((file) => `${folder}src/${file}`),
];

/** Without comments: a name in a headline tests nothing. */
const text: string = sources
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n')
  .replace(/#.*$/gm, '')
  .replace(/\/\*[\s\S]*?\*\//g, '');

/** Instructions that a program which goes on to exit cannot contain, and a second name. */
const elsewhere: ReadonlySet<string> = new Set([
  'ebreak',
  'c.ebreak',
  // The counters are read-only: a write ends the program.
  'csrrw',
  'csrrwi',
  // jalr without a link
  'jr',
]);

const mnemonics: readonly string[] = [
  ...new Set([
    ...FULL_ROWS.flatMap(({ encodings }) => encodings.map(({ mnemonic }) => mnemonic)),
    ...COMPRESSED_ROWS.map(({ mnemonic }) => mnemonic),
  ]),
];

describe('every RISC-V instruction of the table has a test in assembly', () => {
  for (const mnemonic of mnemonics.filter((name) => !elsewhere.has(name))) {
    test(mnemonic, () => {
      expect(text).toMatch(new RegExp(`(?<![\\w.])${mnemonic.replaceAll('.', '\\.')}(?![\\w.])`));
    });
  }
});
