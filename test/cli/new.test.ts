import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { haveRust } from '../../scripts/guests/rust.ts';
import { haveCompiler } from '../../scripts/guests/toolchain.ts';
import { bundle } from '../docs/bundle.ts';
import { root, run } from './run-cli.ts';

const directory = mkdtempSync(join(tmpdir(), 'riscbox-new-'));
afterAll(() => rmSync(directory, { recursive: true }));

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();

const SHARED = ['.gitignore', 'README.md', 'build.sh', 'guest.ld', 'host.mjs', 'package.json'];
const crate = ['Cargo.toml', ...['allocator', 'lib', 'machine', 'records'].map((name) => `src/${name}.rs`)];

const projects = [
  {
    language: 'c',
    target: 'rv32e',
    isBuildable: haveCompiler.gcc,
    files: ['library.c', 'main.c', 'riscbox.h'],
  },
  {
    language: 'c',
    target: 'rv64e',
    isBuildable: haveCompiler.clang,
    files: ['main.c', 'memory.c', 'riscbox.h'],
  },
  ...['rv32e', 'rv64e'].map((target) => ({
    language: 'rust',
    target,
    isBuildable: haveRust && haveCompiler.clang,
    files: [
      '.cargo/config.toml',
      'Cargo.toml',
      'src/main.rs',
      ...crate.map((path) => `riscbox-guest/${path}`),
      `targets/${target}mac-riscbox.json`,
      `targets/before-1.91/${target}mac-riscbox.json`,
    ],
  })),
];

const lacking = projects.filter(({ isBuildable }) => !isBuildable).length;
if (lacking > 0) console.log(`riscbox new: ${lacking} builds skipped for want of a compiler`);

const packageExports = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).exports;

const call = (folder: string, command: string, args: readonly string[]): string => {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    // Cargo's cache: core and alloc are compiled once, which takes most of a minute.
    env: { ...process.env, CARGO_TARGET_DIR: join(root, 'guests/build/rust-projects') },
  });
  expect(status, stderr).toBe(0);
  return stdout;
};

describe.each(projects)('a project in $language for $target', ({ language, target, isBuildable, files }) => {
  const name = `${language}-${target}`;
  const folder = join(directory, name);

  test('has all its files, without a word left to fill in', () => {
    const { code, stdout, stderr } = run(['new', language, folder, '--target', target]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const expected = [...SHARED, ...files].sort();
    expect(filesIn(folder)).toEqual(expected);
    expect(stdout.trimEnd().split('\n')).toEqual(expected.map((path) => join(folder, path)));
    for (const path of expected) expect(readFileSync(join(folder, path), 'utf8')).not.toMatch(/\{\{\w+\}\}/);
    expect(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).name).toBe(name);
  });

  test.skipIf(!isBuildable)(
    'is built by its script, and runs in its host',
    async () => {
      call(folder, 'sh', ['build.sh']);
      await bundle(join(folder, 'host.mjs'), join(folder, 'bundled.mjs'), packageExports);
      expect(call(folder, process.execPath, ['bundled.mjs', 'Ada'])).toBe('Hello, Ada!\n40 + 2 = 42\n');
    },
    300_000,
  );
});

test('the files that a project is made of are in the package', () => {
  const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
  });
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  const packed = files.map(({ path }) => path).filter((path) => path.startsWith('guests/'));
  const kit = filesIn(join(root, 'guests/sdk')).filter((path) => !path.startsWith('target/'));
  expect(packed.sort()).toEqual(kit.map((path) => `guests/sdk/${path}`));
});

describe('what is refused', () => {
  test('a name that is taken: nothing is overwritten', () => {
    const file = join(directory, 'taken');
    writeFileSync(file, 'mine');
    const { code, stderr } = run(['new', 'c', file]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `riscbox: ${file}: exists already; choose another name, or remove it\n`,
    });
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  test('a folder that is not there', () => {
    const { code, stderr } = run(['new', 'c', join(directory, 'no/such/place')]);
    expect(code).toBe(1);
    expect(stderr).toContain('cannot be made (ENOENT)');
  });

  test.each(['Big', '1st', 'a b', 'a$(b)', '..', `a${'b'.repeat(64)}`])('the name %j', (name) => {
    const { code, stderr } = run(['new', 'c', `${directory}/names/${name}`]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/cannot be the name of a project/);
    expect(existsSync(join(directory, 'names'))).toBe(false);
  });

  test.each([
    [['new'], 'the language (c or rust) is missing'],
    [['new', 'c'], 'NAME is missing'],
    [['new', 'go', 'x'], 'the language go is unknown; use c or rust'],
    [['new', 'c', 'x', '--target', 'rv128'], '--target rv128 is unknown; use rv32e or rv64e'],
  ])('%j', (args, message) => {
    expect(run(args)).toMatchObject({ code: 2, stderr: `riscbox: ${message} (see riscbox new --help)\n` });
  });
});
