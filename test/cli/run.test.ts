import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { program } from '../../examples/program.ts';
import { link } from '../../src/linker/index.ts';
import { relink } from '../../src/linker/relink/relink.ts';
import { guest, root, run } from './run-cli.ts';

const directory = mkdtempSync(join(tmpdir(), 'riscbox-run-'));
afterAll(() => rmSync(directory, { recursive: true }));

const fileOf = (name: string, bytes: Uint8Array | string): string => {
  const path = join(directory, name);
  writeFileSync(path, bytes);
  return path;
};

const lisp = guest('rv64imac/lisp');
const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

describe('a guest', () => {
  test('has stdout and exit code of the process', () => {
    expect(run(['run', guest('rv64imac/hello')])).toMatchObject({
      code: 0,
      stdout: 'Hello, world!\n',
      stderr: '',
    });
    // 1 + 10 - ENOSYS, as the low byte: nobody answers its host call.
    expect(run(['run', guest('rv32im/add_numbers')]).code).toBe(256 - 27);
  });

  test('runs from a linked blob, too', () => {
    const blob = fileOf('hello.polkavm', link(new Uint8Array(readFileSync(guest('rv32em/hello')))));
    expect(run(['run', blob])).toMatchObject({ code: 0, stdout: 'Hello, world!\n' });
  });

  test('runs as a process after relinking, too', () => {
    const file = new Uint8Array(readFileSync(guest('rv32im/perft')));
    const blob = fileOf('perft.polkavm', relink(file, { demote: true }));
    expect(run(['run', blob, '-d', '1'])).toMatchObject({ code: 0, stdout: expect.stringContaining('20') });
    expect(run(['run', blob, '99']).code).toBe(2);
    expect(run(['run', '--trace-syscalls', blob, '1']).stderr).toContain('exit(0) = 0');
  });

  test('gets everything behind FILE, also what looks like an option', () => {
    expect(run(['run', guest('rv32im/perft'), '-d', '1']).stdout).toContain('20');
    const { stderr, code } = run(['run', guest('rv32im/perft'), '--help']);
    expect(stderr).not.toContain('Usage: riscbox');
    expect(code).toBe(2);
    expect(run(['run', '--', guest('rv64imac/hello')]).code).toBe(0);
  });

  test('reads stdin', () => {
    expect(run(['run', lisp], { stdin: '(display (* 6 7))' }).stdout).toBe('42');
    const text = 'the cat\nand the dog\n';
    const words = run(['run', guest('rv64imac/words')], { stdin: text });
    expect(words.code).toBe(0);
    expect(words.stdout).toContain('the');
  });

  test('has the directories it was given and no others', () => {
    mkdirSync(join(directory, 'programs'));
    fileOf('programs/a.lisp', '(display "from a file")');
    const inside = run(['run', '--dir', `${directory}/programs::/data`, lisp, '/data/a.lisp']);
    expect(inside).toMatchObject({ code: 0, stdout: 'from a file' });
    const relative = run([
      'run',
      '--cwd',
      '/data',
      '--dir',
      `${directory}/programs::/data::ro`,
      lisp,
      'a.lisp',
    ]);
    expect(relative.stdout).toBe('from a file');
    expect(run(['run', lisp, join(directory, 'programs/a.lisp')])).toMatchObject({ code: 1, stdout: '' });
    const outside = run(['run', '--dir', `${directory}/programs::/data`, lisp, '/data/../a.lisp']);
    expect(outside.code).toBe(1);
  });

  test('that writes to nobody is ended', () => {
    const result = run(['run', guest('rv32im/perft')], { stdoutCloses: 1 });
    expect(result).toMatchObject({ code: 141, stderr: '' });
  });
});

describe('limits', () => {
  test('gas', () => {
    const { code, stderr } = run(['run', '--gas', '100', guest('rv64imac/hello')]);
    expect(code).toBe(152);
    expect(lines(stderr)).toHaveLength(1);
    expect(stderr).toMatch(/out of gas at \w+\+0x[\da-f]+ \(0x[\da-f]+\) after [\d]+ instructions.*--gas/);
  });

  test('time', () => {
    const { code, stderr } = run(['run', '--timeout', '50', guest('rv32im/perft')]);
    expect(code).toBe(124);
    expect(stderr).toContain('--timeout');
  });

  test('memory', () => {
    const { code, stderr } = run(['run', '--max-memory', '100k', lisp]);
    expect(code).toBe(1);
    expect(stderr).toContain('--max-memory');
  });

  test.each([
    ['--gas', '-1'],
    ['--gas', 'x'],
    ['--max-memory', '3Q'],
    ['--max-memory', '8G'],
    ['--stack-size', ''],
    ['--timeout', 'soon'],
    ['--tier', 'magic'],
    ['--gas-model', 'magic'],
    ['--gas-model', `${root}package.json`],
    ['--clock', 'sun'],
    ['--random', 'dice'],
    ['--seed', '1.5'],
    ['--dir', 'here'],
    ['--dir', 'a::b::c'],
    ['--env', 'NOT_SET_ANYWHERE'],
    ['--kind', 'rv64'],
    ['--container', 'zip'],
  ])('%s %s is wrong usage', (option, value) => {
    const { code, stderr, stdout } = run(['run', `${option}=${value}`, lisp]);
    expect(code).toBe(2);
    expect(lines(stderr)).toHaveLength(1);
    expect(stderr).toMatch(/^riscbox: /);
    expect(stdout).toBe('');
  });
});

test('--tier names the tiers there are', () => {
  expect(run(['run', '--tier', 'magic', lisp]).stderr).toMatch(/available are auto, interpreter/);
  expect(run(['run', '--tier', 'interpreter', guest('rv64imac/hello')]).code).toBe(0);
});

describe('--stats', () => {
  test('is one line of JSON on stderr', () => {
    const { stderr, stdout } = run(['run', '--stats', '--gas', '1000000', guest('rv64imac/hello')]);
    expect(stdout).toBe('Hello, world!\n');
    expect(lines(stderr)).toHaveLength(1);
    const stats = JSON.parse(stderr);
    expect(stats).toMatchObject({
      exitCode: 0,
      outcome: { kind: 'exit', code: 0 },
      kind: 'rv64',
      tier: 'interpreter',
      gasModel: 'naive',
      systemCalls: { unknownCalls: {}, callsByName: { exit: 1 } },
    });
    expect(stats.instructions).toBeGreaterThan(100);
    expect(stats.gas).toBe(stats.instructions);
    expect(stats.gas + stats.gasLeft).toBe(1_000_000);
    expect(stats.blocks).toBeGreaterThan(10);
    for (const phase of ['parse', 'translate', 'run', 'total']) {
      expect(stats.milliseconds[phase], phase).toBeGreaterThan(0);
    }
  });

  test('counts gas of a table', () => {
    const table = fileOf('table.json', '{ "costs": {}, "otherwise": 3, "invalid": 1 }');
    const stats = JSON.parse(run(['run', '--stats', '--gas-model', table, guest('rv64imac/hello')]).stderr);
    expect(stats.gas).toBe(3 * stats.instructions);
  });

  test('names unknown system calls', () => {
    const stats = JSON.parse(run(['run', '--stats', guest('rv32im/add_numbers')]).stderr);
    expect(Object.values(stats.systemCalls.unknownCalls)).toEqual([1]);
  });
});

test('--trace-syscalls', () => {
  const { stderr } = run(['run', '--trace-syscalls', guest('rv64imac/hello')]);
  expect(stderr).toMatch(/^write\(1, .*\) = 14\n/m);
  expect(stderr).toMatch(/^exit\(0\)/m);
});

describe('terminal control', () => {
  // The Lisp reader has no escapes in strings, so the bytes stand in its program.
  const nasty = '(display "a\x1b[31mb\x1b]0;title\x07c\u009b2Jd\x1b]52;c;AAAA\x1b\\\\e\x05f")';
  const shows = (args: readonly string[], terminal?: readonly (0 | 1 | 2)[]): string =>
    run(['run', ...args, lisp], { stdin: nasty, ...(terminal && { terminal }) }).stdout;

  test('is taken out for terminals only', () => {
    expect(shows([], [1])).toBe('abcdef');
    expect(shows([])).toContain('\x1b[31m');
    expect(shows([], [2])).toContain('\x1b[31m');
    expect(shows(['--allow-escapes'], [1])).toContain('\x1b[31m');
  });
});

describe('programs without system calls', () => {
  test('say what can be called', () => {
    const { code, stderr } = run(['run', fileOf('numbers.polkavm', program)]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/no entry point; it exports add_numbers.*riscbox call/);
  });

  test('JAM programs print their result', () => {
    // Gray Paper 0.7: load_imm a0, 42; jump_ind ra — opcode 51 and 50, no jump table, bitmask 0b1001.
    const raw = fileOf('answer.pvm', Uint8Array.of(0, 0, 5, 51, 7, 42, 50, 0, 0b01001));
    expect(run(['run', raw])).toMatchObject({ code: 0, stdout: '42\n' });
  });
});
