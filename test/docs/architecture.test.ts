import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, readDocument } from './blocks.ts';

/** Folders and what they may import, as scripts/check-imports.ts enforces it. */
const enforced = (): Map<string, string> => {
  const source = readDocument('scripts/check-imports.ts');
  const table = /const mayImport[^{]*\{([\s\S]*?)\n\};/.exec(source)?.[1] ?? '';
  return new Map(
    [...table.matchAll(/^ {2}(\w+): (?:\[(.*)\]|'(\*)'),$/gm)].map(
      ([, folder, list, all]): [string, string] => [
        folder as string,
        all === '*' ? 'everything' : (list ?? '').replaceAll("'", '') || '–',
      ],
    ),
  );
};

/** The first two columns of the table behind the mark in ARCHITECTURE.md. */
const documented = (): Map<string, string> => {
  const text = readDocument('ARCHITECTURE.md').split('<!-- imports -->')[1] ?? '';
  const table = /(?:^\|.*\n)+/m.exec(text)?.[0] ?? '';
  const rows = table.trim().split('\n').slice(2);
  return new Map(
    rows.map((row): [string, string] => {
      const [, folder = '', list = ''] = row.split('|').map((cell) => cell.trim());
      return [folder, list];
    }),
  );
};

test('ARCHITECTURE.md has the directions of imports that are enforced, for all folders', () => {
  const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect([...enforced().keys()].sort()).toEqual(folders.sort());
  expect([...documented()]).toEqual([...enforced()]);
});

test('files that ARCHITECTURE.md and CONTRIBUTING.md name exist', () => {
  const folders = ['src', 'scripts', 'test', 'bench', 'examples', 'docs'];
  const files = [
    ...readdirSync(ROOT),
    ...folders.flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map(
        (path) => `${folder}/${path}`,
      ),
    ),
  ];
  const missing = ['ARCHITECTURE.md', 'CONTRIBUTING.md', 'SPEC.md'].flatMap((document) =>
    [...readDocument(document).matchAll(/`((?:[\w-]+\/)*[\w.-]+\.(?:ts|md|json))`/g)]
      .map(([, path]) => path as string)
      // Paths within src are written from there.
      .filter((path) => !files.some((file) => file === path || file.endsWith(`/${path}`)))
      .map((path) => `${document}: ${path}`),
  );
  expect(missing).toEqual([]);
});
