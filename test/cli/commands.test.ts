import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { program } from '../../examples/program.ts';
import { guest, root, run } from './run-cli.ts';

const directory = mkdtempSync(join(tmpdir(), 'riscbox-cli-'));
afterAll(() => rmSync(directory, { recursive: true }));

const place = (name: string): string => join(directory, name);
const fileOf = (name: string, bytes: Uint8Array | string): string => {
  writeFileSync(place(name), bytes);
  return place(name);
};

const numbers = fileOf('numbers.polkavm', program);
const lisp = guest('rv64imac/lisp');
const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

describe('call', () => {
  test('prints the result', () => {
    expect(run(['call', numbers, 'sum', '1000'])).toMatchObject({ code: 0, stdout: '500500\n', stderr: '' });
    expect(
      run(['call', numbers, 'add_numbers', '-5', '0x10', '--import', 'get_third_number=100']).stdout,
    ).toBe('111\n');
    const minus = ['call', numbers, 'add_numbers', '1', '10', '--import', 'get_third_number=-100'];
    expect(run(minus).stdout).toBe('-89\n');
    expect(run([...minus, '--unsigned']).stdout).toBe(`${2n ** 64n - 89n}\n`);
  });

  test('lists the host functions that are missing', () => {
    const { code, stderr } = run(['call', numbers, 'add_numbers', '1', '10']);
    expect(code).toBe(1);
    expect(lines(stderr)).toHaveLength(1);
    expect(stderr).toContain('get_third_number, get_extra');
  });

  test('calls functions of ELF files; names of host functions come from the symbols', () => {
    const elf = guest('rv32im/add_numbers');
    expect(run(['call', elf, 'add_numbers', '1', '10']).stderr).toContain('get_third_number (10000)');
    expect(run(['call', elf, 'add_numbers', '1', '10', '--import', 'get_third_number=100']).stdout).toBe(
      '111\n',
    );
    expect(run(['call', elf, 'add_numbers', '1', '10', '--import', '10000=100']).stdout).toBe('111\n');
  });

  test('--json', () => {
    expect(JSON.parse(run(['call', '--json', numbers, 'sum', '10']).stdout)).toMatchObject({
      export: 'sum',
      result: 55,
      outcome: { kind: 'finished' },
      instructions: 36,
      gas: 36,
    });
  });

  test('tells where and why a function stopped', () => {
    const trap = run(['call', numbers, 'store', '16', '1']);
    expect(trap).toMatchObject({ code: 139, stdout: '' });
    expect(trap.stderr).toMatch(/bad memory access at 0x2a: store to 0x10, a null pointer\n$/);
    expect(run(['call', '--gas', '1000', numbers, 'sum', '-1']).code).toBe(152);
    expect(run(['call', '--timeout', '30', numbers, 'sum', '0']).code).toBe(124);
  });

  test('refuses what it cannot call', () => {
    expect(run(['call', numbers, 'summ']).stderr).toMatch(/exports no 'summ'; it exports add_numbers/);
    expect(run(['call', numbers, 'sum', 'many'])).toMatchObject({ code: 2 });
    expect(run(['call', numbers, 'sum', '0x10000000000000000'])).toMatchObject({ code: 2 });
    expect(run(['call', numbers])).toMatchObject({ code: 2 });
    expect(run(['call', numbers, 'sum', '1', '--import', 'x'])).toMatchObject({ code: 2 });
  });
});

describe('link', () => {
  test('makes a blob that runs and has the size it says', () => {
    const output = place('lisp.polkavm');
    const { code, stdout } = run(['link', lisp, '-o', output, '--json']);
    expect(code).toBe(0);
    const { sizes } = JSON.parse(stdout);
    expect(sizes.output).toBe(readFileSync(output).length);
    expect(sizes.output).toBeLessThanOrEqual(1.05 * sizes.loadable);
    expect(run(['run', output], { stdin: '(display (+ 1 2))' }).stdout).toBe('3');
    expect(run(['link', lisp, '-o', output]).stdout).toContain('lisp.polkavm');
  });

  test('--exports, --symbols and --strip say which names stay', () => {
    const exportsOf = (...options: string[]): string[] => {
      const output = place('add.polkavm');
      expect(run(['link', guest('rv64im/add_numbers'), '-o', output, ...options]).code).toBe(0);
      return JSON.parse(run(['info', '--json', output]).stdout).exports.map((e: { name: string }) => e.name);
    };
    expect(exportsOf()).toEqual([]);
    expect(exportsOf('--exports', 'add_numbers,main')).toEqual(['add_numbers', 'main']);
    expect(exportsOf('--exports=public')).toContain('add_with_extra');
    expect(exportsOf('--strip', '--exports=main')).toEqual(['main']);
    const named = run(['link', lisp, '-o', '-', '--symbols']).bytes;
    expect(named.length).toBeGreaterThan(run(['link', lisp, '-o', '-']).bytes.length);
  });

  test('refuses to do harm', () => {
    expect(run(['link', lisp])).toMatchObject({ code: 2 });
    expect(run(['link', numbers, '-o', numbers])).toMatchObject({ code: 2 });
    expect(run(['link', numbers, '-o', place('x')])).toMatchObject({ code: 1 });
    expect(run(['link', lisp, '-o', place('no/such/place')])).toMatchObject({ code: 1 });
    expect(run(['link', lisp, '-o', place('x'), '--exports', 'nothing_like_it'])).toMatchObject({ code: 1 });
  });
});

describe('disasm, gas and info', () => {
  test('disasm lists functions, blocks and instructions', () => {
    const listing = run(['disasm', lisp, '--gas', '--bytes']).stdout;
    expect(listing).toMatch(/^<main>:$/m);
    expect(listing).toMatch(/: @\d+ .*\(gas: \d+\)/);
    expect(run(['disasm', numbers]).stdout).toMatch(/ecalli 0 .*get_third_number/);
  });

  test('disasm --json has one object per instruction', () => {
    const text = run(['disasm', '--json', numbers]).stdout;
    const rows = lines(text).map((line) => JSON.parse(line));
    expect(rows[0]).toMatchObject({ pc: 0, gas: 4 });
    expect(rows).toContainEqual(expect.objectContaining({ text: 'ret' }));
    const riscv = lines(run(['disasm', '--json', guest('rv64imac/hello')]).stdout).map((line) =>
      JSON.parse(line),
    );
    expect(riscv.length).toBe(
      JSON.parse(run(['info', '--json', guest('rv64imac/hello')]).stdout).instructions,
    );
  });

  test('disasm --asm prints what asm makes the same file of', () => {
    const text = run(['disasm', '--asm', numbers]).stdout;
    expect(text).toMatch(/^%isa = latest64\n/);
    expect(text).toMatch(/ecalli 0 \/\/ "get_third_number"/);
    const { code, bytes, stderr } = run(['asm', '-', '-o', '-'], { stdin: text });
    expect({ code, same: Buffer.compare(bytes, readFileSync(numbers)) }).toEqual({ code: 0, same: 0 });
    expect(stderr).toMatch(/^- → -: \d+ bytes \(latest64, polkavm\)\n$/);
    const source = fileOf('numbers.s', Buffer.from(text));
    const { stdout } = run(['asm', source, '-o', place('again.polkavm'), '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'latest64', container: 'polkavm', size: bytes.length });
    expect(Buffer.compare(readFileSync(place('again.polkavm')), readFileSync(numbers))).toBe(0);
    expect(run(['disasm', '--asm', '--gas', numbers])).toMatchObject({ code: 2 });
  });

  test('asm names every problem on a line of its own', () => {
    const bad = fileOf('bad.s', Buffer.from('%isa = latest64\nbad \u001b\njump @y\n'));
    const { code, stderr } = run(['asm', bad, '-o', place('bad')]);
    expect(code).toBe(1);
    expect(lines(stderr)).toEqual([
      expect.stringContaining(`${bad}: cannot parse line 2: "bad \\u{1b}"`),
      expect.stringContaining(`${bad}: label is not defined: "y"`),
    ]);
    const many = Buffer.from(`%isa = latest64\n${'bad\n'.repeat(500)}`);
    expect(lines(run(['asm', fileOf('many.s', many), '-o', place('bad')]).stderr).at(-1)).toMatch(
      /480 more problems$/,
    );
  });

  test('asm: options and files that do not go', () => {
    const source = fileOf('trap.s', Buffer.from('trap\na0 = a1 if a2 != 0\n'));
    expect(run(['asm', source])).toMatchObject({ code: 2 });
    expect(run(['asm', source, '-o', source, '--kind', 'latest64'])).toMatchObject({ code: 2 });
    expect(run(['asm', source, '-o', '-', '--kind', 'z80'])).toMatchObject({ code: 2 });
    expect(run(['asm', source, '-o', '-'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no ISA'),
    });
    expect(run(['asm', numbers, '-o', place('bad')])).toMatchObject({ code: 1 });
    const plain = run(['asm', source, '-o', '-', '--kind', 'jam_gp07']).bytes;
    const upstream = run(['asm', source, '-o', '-', '--kind', 'jam_gp07', '--upstream-cmov']).bytes;
    expect([plain[4], upstream[4]]).toEqual([219, 218]);
  });

  test('gas lists every block once', () => {
    const { blocks, gasModel } = JSON.parse(run(['gas', '--json', lisp]).stdout);
    expect(gasModel).toBe('naive');
    expect(blocks.length).toBe(JSON.parse(run(['info', '--json', lisp]).stdout).blocks);
    const pcs = blocks.map(({ pc }: { pc: number }) => pc);
    expect(pcs).toEqual([...new Set(pcs)].sort((a, b) => Number(a) - Number(b)));
    for (const { gas } of blocks) expect(gas).toBeGreaterThan(0);
    expect(run(['gas', numbers, '--model', 'full-l2-hit']).stdout).toMatch(
      /blocks, gas model full-l2-hit\n$/,
    );
    expect(run(['gas', lisp, '--model', 'full-l2-hit'])).toMatchObject({ code: 1 });
  });

  test('info tells what a file is', () => {
    expect(JSON.parse(run(['info', '--json', numbers]).stdout)).toMatchObject({
      format: 'polkavm',
      kind: 'latest64',
      hash: expect.stringMatching(/^[\da-f]{64}$/),
      imports: [
        { number: 0, name: 'get_third_number' },
        { number: 1, name: 'get_extra' },
      ],
      exports: [{ name: 'add_numbers' }, { name: 'add_with_extra' }, { name: 'sum' }, { name: 'store' }],
    });
    const elf = JSON.parse(run(['info', '--json', guest('rv32em/lisp')]).stdout);
    expect(elf).toMatchObject({ format: 'elf', kind: 'rv32', embedded: true, elf: { class: 32 } });
    expect(elf.elf.sections.map((s: { name: string }) => s.name)).toContain('.text');
    const text = run(['info', lisp]).stdout;
    expect(text).toMatch(/^format +ELF executable/m);
    expect(text).toMatch(/^segment +r-x 0x/m);
  });

  test('a reader that stops early is no error', () => {
    expect(run(['disasm', lisp], { stdoutCloses: 1 })).toMatchObject({ code: 141, stderr: '' });
  });
});

describe('files that are no programs', () => {
  const elf = readFileSync(lisp);
  const noise = Uint8Array.from({ length: 5000 }, (_, i) => (i * i * 31 + i * 7) >>> 3);
  const files: Readonly<Record<string, string>> = {
    missing: place('missing'),
    directory,
    empty: fileOf('empty', ''),
    text: `${root}package.json`,
    noise: fileOf('noise', noise),
    'a piece of an ELF file': fileOf('piece.elf', elf.subarray(0, elf.length >> 4)),
    'an ELF header': fileOf('header.elf', elf.subarray(0, 70)),
    'half a blob': fileOf('half.polkavm', program.subarray(0, 80)),
  };

  for (const [what, path] of Object.entries(files)) {
    test.each([['run'], ['call'], ['disasm'], ['info'], ['gas'], ['link']])(`%s: ${what}`, (command) => {
      const extra = { call: ['main'], link: ['-o', place('out')] }[command] ?? [];
      const { code, stdout, stderr } = run([command, path, ...extra]);
      expect(code).toBe(1);
      expect(stdout).toBe('');
      expect(lines(stderr)).toHaveLength(1);
      expect(stderr).toMatch(/^riscbox: /);
      expect(stderr).toContain(path);
    });
  }
});

describe('usage', () => {
  test('every command has a help text', () => {
    const overview = run(['--help']);
    expect(overview.code).toBe(0);
    for (const command of ['run', 'call', 'link', 'disasm', 'asm', 'info', 'gas']) {
      expect(overview.stdout).toContain(`  ${command}`);
      const help = run([command, '--help']);
      expect(help.code).toBe(0);
      expect(help.stdout).toContain(`Usage: riscbox ${command}`);
      expect(run(['help', command]).stdout).toBe(help.stdout);
      for (const line of lines(help.stdout)) expect(line.length, line).toBeLessThanOrEqual(80);
    }
  });

  test('wrong commands and options get advice', () => {
    expect(run([])).toMatchObject({ code: 2, stdout: '' });
    expect(run(['rnu'])).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean run?') });
    expect(run(['fly'])).toMatchObject({ code: 2, stderr: expect.stringContaining('run, call, new, link') });
    expect(run(['run', '--gaz', '1', lisp])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean --gas?'),
    });
    expect(run(['info', lisp, lisp])).toMatchObject({ code: 2 });
    expect(run(['gas'])).toMatchObject({ code: 2 });
  });

  test('names from files cannot control the terminal', () => {
    const evil = fileOf(
      'evil.polkavm',
      program.map((byte, i) => (i > 90 && byte === 0x75 ? 0x1b : byte)),
    );
    for (const command of ['info', 'gas', 'disasm'])
      expect(run([command, evil]).stdout).not.toContain('\x1b');
    expect(run(['call', evil, 'nothing']).stderr).not.toContain('\x1b');
    expect(run(['info', `${directory}/\x1b[2J`]).stderr).not.toContain('\x1b');
  });
});
