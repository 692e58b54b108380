/**
 * Every code block of README.md and docs/ is run, and what it prints is compared with what it says.
 *
 * `ts` and `js` blocks are modules of their own; `continues` behind the language puts the block before in front.
 * `sh` blocks run in a shell whose `riscbox` is this one. What a block prints stands in `// → ` (`# → `) comments,
 * or in a `text` block with the tag `output` behind it. `needs=PROGRAM` skips a block where the program is not
 * installed; `not-run` blocks are counted, and each says in its tags why: `browser`, `installs`, `excerpt`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Block, blocksIn, DOCUMENTS, expectedLines, nameOf, ROOT, readDocument } from './blocks.ts';
import { type PackageExports, sourceOf } from './bundle.ts';
import { type Outcome, Workplace } from './run-block.ts';

const packageExports: PackageExports = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).exports;
const workplace = new Workplace(packageExports);

const SCRIPTS = ['ts', 'js'];
const REASONS = ['browser', 'installs', 'excerpt'];

interface Runnable {
  readonly block: Block;
  readonly text: string;
  readonly expected: readonly string[];
}

const isShown = ({ tags }: Block): boolean => tags.includes('not-run');

const isInstalled = (program: string): boolean =>
  (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, program)));

const runnable: Runnable[] = [];
const shown: Block[] = [];
const lacking: Block[] = [];

for (const file of DOCUMENTS) {
  let before = '';
  let last: { expected: string[] } | undefined;
  for (const block of blocksIn(file, readDocument(file))) {
    if (isShown(block)) {
      shown.push(block);
      continue;
    }
    if (block.language === 'text' && block.tags.includes('output')) {
      if (last === undefined) throw new Error(`${nameOf(block)}: the output of no block`);
      last.expected.push(...block.text.trimEnd().split('\n'));
      continue;
    }
    if (!SCRIPTS.includes(block.language) && block.language !== 'sh') {
      throw new Error(`${nameOf(block)}: blocks are ts, js, sh, output of one of them, or tagged not-run`);
    }
    const text = block.tags.includes('continues') ? before + block.text : block.text;
    if (block.language !== 'sh') before = text;
    last = { expected: expectedLines(text) };
    const need = block.tags.find((tag) => tag.startsWith('needs='))?.slice('needs='.length);
    if (need !== undefined && !isInstalled(need)) lacking.push(block);
    else runnable.push({ block, text, expected: last.expected });
  }
}

afterAll(() => {
  workplace.remove();
  const why = REASONS.map((reason) => `${shown.filter((b) => b.tags.includes(reason)).length} ${reason}`);
  console.log(
    `docs: ${DOCUMENTS.length} documents, ${runnable.length} blocks run, ` +
      `${lacking.length} skipped for want of a tool, ${shown.length} not to be run (${why.join(', ')})`,
  );
});

/** A block prints what it says, all of it, and ends well. */
const check = ({ status, stdout, stderr }: Outcome, expected: readonly string[]): void => {
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout.trimEnd()).toBe(expected.join('\n'));
};

describe('scripts', () => {
  for (const { block, text, expected } of runnable.filter(({ block }) => block.language !== 'sh')) {
    test(nameOf(block), async () => check(await workplace.runScript(text), expected));
  }
});

describe('shell', () => {
  beforeAll(() => workplace.installCommand());
  for (const { block, text, expected } of runnable.filter(({ block }) => block.language === 'sh')) {
    test(nameOf(block), () => check(workplace.runShell(text), expected));
  }
});

test('blocks that are not run say why', () => {
  const silent = shown.filter(({ tags }) => !REASONS.some((reason) => tags.includes(reason)));
  expect(silent.map(nameOf)).toEqual([]);
});

test('the scripts type-check as strict TypeScript of a user', () => {
  const files = [...runnable, ...shown.map((block) => ({ block, text: block.text }))]
    .filter(({ block }) => block.language === 'ts')
    .map(({ block, text }, index) => {
      const name = `typed-${index}.ts`;
      // The name of the document stands in the file, so that a message leads to it.
      writeFileSync(join(workplace.directory, name), `${text}\nexport {}; // ${nameOf(block)}\n`);
      return name;
    });
  const paths = Object.fromEntries(
    Object.keys(packageExports)
      .map((entry): [string, string | undefined] => {
        const specifier = entry.replace(/^\./, 'riscbox');
        return [specifier, sourceOf(specifier, packageExports)];
      })
      .filter((pair): pair is [string, string] => pair[1] !== undefined)
      .map(([specifier, source]) => [specifier, [join(ROOT, source)]]),
  );
  const config = {
    compilerOptions: {
      target: 'es2022',
      lib: ['es2023', 'esnext.disposable', 'dom'],
      module: 'esnext',
      moduleResolution: 'bundler',
      types: ['node'],
      typeRoots: [join(ROOT, 'node_modules/@types')],
      paths,
      strict: true,
      noUncheckedIndexedAccess: true,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      noEmit: true,
    },
    files,
  };
  writeFileSync(join(workplace.directory, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(ROOT, 'node_modules/.bin/tsc');
  const { stdout, status } = spawnSync(tsc, ['-p', workplace.directory], { encoding: 'utf8' });
  const ours = stdout.split('\n').filter((line) => line.includes('typed-'));
  expect(ours).toEqual([]);
  // Errors in the sources themselves are the business of `npm run types`.
  expect(status === 0 || ours.length === 0).toBe(true);
});

test('links lead to files and headings that exist', () => {
  const documents = [...DOCUMENTS, 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SPEC.md', 'CHANGELOG.md'];
  const broken: string[] = [];
  for (const file of documents) {
    const text = readDocument(file).replace(/^```[\s\S]*?^```/gm, '');
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path = '', anchor] = target.split('#');
      const at = path === '' ? file : join(file, '..', path);
      if (!existsSync(join(ROOT, at))) broken.push(`${file}: ${target}`);
      else if (anchor !== undefined && !anchorsOf(at).has(anchor)) broken.push(`${file}: ${target}`);
    }
  }
  expect(broken).toEqual([]);
});

/** Anchors as GitHub makes them of headings. */
const anchorsOf = (file: string): Set<string> =>
  new Set(
    [...readDocument(file).matchAll(/^#+ (.*)$/gm)].map((match) =>
      (match[1] as string)
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
