import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { LinkReport } from '../../src/linker/relink/explain.ts';
import { source } from '../linker/relink/errors/cases.ts';
import { FUNC } from '../linker/relink/input/object-file.ts';
import { guest, type Outcome, run } from './run-cli.ts';

const directory = mkdtempSync(join(tmpdir(), 'riscbox-link-'));
afterAll(() => rmSync(directory, { recursive: true }));

const place = (name: string): string => join(directory, name);
const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

const greet = guest('rv32emac/kit_greet');
const sha256 = guest('rv64emac/kit_sha256');
const demoted = guest('rv64imac/perft');

/** Links, and tells what `riscbox info` says of the output. */
const infoOf = (
  input: string,
  ...options: readonly string[]
): { kind: string; exports: readonly string[] } => {
  const output = place('info.polkavm');
  const { code, stderr } = run(['link', input, '-o', output, ...options]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { kind, exports } = JSON.parse(run(['info', '--json', output]).stdout);
  return { kind, exports: exports.map(({ name }: { name: string }) => name) };
};

const sizeOf = (input: string, ...options: readonly string[]): number =>
  run(['link', input, '-o', '-', ...options]).bytes.length;

describe('the profile', () => {
  test('is what the file is made for, or what an option asks for', () => {
    expect(infoOf(sha256).kind).toBe('latest64');
    expect(infoOf(guest('rv64imac/lisp')).kind).toBe('rv64');
    expect(infoOf(sha256, '--profile', 'riscv').kind).toBe('rv64');
    expect(infoOf(sha256, '--symbols').kind).toBe('rv64');
    expect(infoOf(demoted).kind).toBe('rv64');
    expect(infoOf(demoted, '--demote').kind).toBe('latest64');
    expect(infoOf(greet, '--profile', 'polkavm').kind).toBe('latest32');
  });

  test('is PolkaVM for object files', () => {
    const object = place('object.o');
    writeFileSync(object, source({}));
    expect(infoOf(object, '--exports', 'main')).toEqual({ kind: 'latest64', exports: ['main'] });
  });
});

describe('options of PolkaVM code', () => {
  test('--container jam-spi is enough for a standard program', () => {
    const output = place('program.jam');
    expect(run(['link', sha256, '--container', 'jam-spi', '-o', output]).code).toBe(0);
    const info = JSON.parse(
      run(['info', '--json', '--container', 'jam-spi', '--kind', 'jam_v1', output]).stdout,
    );
    expect(info.kind).toBe('jam_v1');
  });

  test('--plain-gas leaves out hints that only one gas model rewards', () => {
    const program = guest('rv32em/deflate');
    expect(sizeOf(program, '--profile', 'polkavm', '--plain-gas')).toBeLessThan(
      sizeOf(program, '--profile', 'polkavm'),
    );
  });

  test('--target', () => {
    for (const kind of ['latest64', 'revive_v1', 'jam_v1'])
      expect(infoOf(sha256, '--target', kind).kind).toBe(kind);
    const wrong = run(['link', sha256, '-o', place('x'), '--target', 'latest32']);
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain(`${sha256}: target latest32 cannot be made from a 64-bit ELF file`);
  });

  test('--container', () => {
    const output = place('program.jam');
    const options = ['--container', 'jam-spi', '--target', 'jam_v1'];
    expect(run(['link', sha256, '-o', output, ...options])).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(output).subarray(0, 4).toString()).not.toBe('PVM\0');
  });

  test('-O and --level', () => {
    const sizes = [0, 1, 2].map((level) => sizeOf(sha256, '-s', '-O', `${level}`));
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    expect(sizes[2]).toBe(sizeOf(sha256, '-s'));
    expect(sizeOf(sha256, '-s', '--level=0')).toBe(sizes[0]);
    expect(sizeOf(sha256, '-s', '-O3')).toBeGreaterThan(0);
  });

  test('--strip', () => {
    expect(sizeOf(sha256, '--strip')).toBeLessThan(sizeOf(sha256));
  });

  test('--exports adds to what the file declares', () => {
    expect(infoOf(sha256).exports.toSorted()).toEqual(['buffer', 'finish', 'start', 'update']);
    expect(infoOf(sha256, '--exports', 'add').exports).toContain('add');
  });

  test('--dispatch-table puts jumps in front', () => {
    const output = place('dispatch.polkavm');
    run(['link', sha256, '-o', output, '--dispatch-table', 'finish,start']);
    const code = lines(run(['disasm', output, '--json']).stdout).map((line) => JSON.parse(line));
    const { exports } = JSON.parse(run(['info', '--json', output]).stdout);
    const pcOf = (wanted: string): number => exports.find((e: { name: string }) => e.name === wanted).pc;
    expect(code.slice(0, 2)).toMatchObject([
      { pc: 0, text: `jump ${pcOf('finish')}` },
      { pc: 5, text: `jump ${pcOf('start')}` },
    ]);
  });

  test('--min-stack-size', () => {
    const output = place('stack.polkavm');
    const stackOf = (...options: readonly string[]): number => {
      run(['link', sha256, '-o', output, ...options]);
      return JSON.parse(run(['info', '--json', output]).stdout).stackSize;
    };
    expect([stackOf(), stackOf('--min-stack-size', '9k'), stackOf('--min-stack-size=1M')]).toEqual([
      8192, 12288, 1048576,
    ]);
  });
});

describe('--explain', () => {
  const explained = (...args: readonly string[]): Outcome => run(['link', ...args, '--explain']);

  test('prints tables whose columns are straight', () => {
    const { code, stdout, stderr } = explained(greet, '-o', place('greet.polkavm'), '--profile', 'polkavm');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const tables = stdout.split('\n\n').slice(1);
    expect(tables.map((table) => table.split('\n', 1)[0])).toEqual([
      'Bytes of the file by part',
      'Bytes of code by function',
      'Bytes of memory by section of data',
      'What each pass saved (less than 0: what it added)',
      'Left out, because nothing leads to it',
    ]);
    const [, functions = ''] = tables;
    const [, head = '', ...rows] = functions.split('\n');
    expect(head).toMatch(/^ +bytes {2}function +why it is there$/);
    const column = head.indexOf('why');
    for (const row of rows) {
      expect(row.slice(column - 2, column)).toBe('  ');
      expect(row.slice(column)).toMatch(/^(exported as|called by|inlined into|its address|it is in)/);
    }
  });

  test('tells the price of 13 registers', () => {
    const { stdout } = explained(demoted, '-o', place('perft.polkavm'), '--demote');
    expect(stdout).toMatch(/What it took to use 13 registers\n {2}inserted: [\d,]+ loads, [\d,]+ stores, /);
    expect(stdout).toMatch(/\n {2}in memory \(some for a while only\): .*s10/);
  });

  test('goes where the blob does not', () => {
    const { bytes, stderr, code } = explained(sha256, '-o', '-');
    expect(code).toBe(0);
    expect(Buffer.from(bytes.subarray(0, 4)).toString()).toBe('PVM\0');
    expect(stderr).toContain('Bytes of code by function');
  });

  test('as JSON it is complete', () => {
    const { stdout } = explained(
      sha256,
      '-o',
      place('json.polkavm'),
      '--json',
      '--why',
      'add',
      '--why',
      'no',
    );
    expect(lines(stdout)).toHaveLength(1);
    const report = JSON.parse(stdout) as { explanation: LinkReport; why: object; sizes: { code: number } };
    const { parts, functions, files, data, left, passes, registers } = report.explanation;
    expect(functions.reduce((sum, { codeBytes }) => sum + codeBytes, 0)).toBe(report.sizes.code);
    for (const list of [parts, functions, data, passes]) expect(list.length).toBeGreaterThan(0);
    expect([files, left.functions, left.data].every(Array.isArray)).toBe(true);
    expect(registers).toMatchObject({ loads: 0, stores: 0 });
    expect(report.why).toEqual({ add: ['finish: exported as "finish"', 'add: called by finish'], no: [] });
  });

  test('names cannot command terminals', () => {
    const object = place('escape.o');
    const symbols = { 'evil\u001b[2J': { section: 'text', value: 4, size: 4, info: FUNC } };
    writeFileSync(object, source({ lines: ['jump_indirect ra 0', 'jump_indirect ra 0'], symbols }));
    const { code, stdout } = explained(object, '-o', place('escape.polkavm'), '--exports', 'main', '-O0');
    expect(code).toBe(0);
    expect(stdout).toContain('evil');
    expect(stdout).not.toContain('\u001b');
  });
});

describe('--why', () => {
  const why = (...names: readonly string[]): string[] =>
    lines(
      run(['link', sha256, '-o', place('why.polkavm'), ...names.flatMap((name) => ['--why', name])]).stdout,
    );

  test('prints the way from an export, and not all the rest', () => {
    expect(why('.rodata', 'start').slice(1)).toEqual([
      'Why .rodata is there',
      '  finish: exported as "finish"',
      '  add: called by finish',
      '  .rodata: used by add',
      'Why start is there',
      '  start: exported as "start"',
    ]);
  });

  test('names that are left out or unknown', () => {
    expect(why('.rodata.riscbox', 'finnish', 'nothing_like_it').slice(1)).toEqual([
      '.rodata.riscbox is left out: nothing leads to it',
      'finnish is neither a function nor a section of data of the file; did you mean finish?',
      'nothing_like_it is neither a function nor a section of data of the file; name a function or a section',
    ]);
  });
});

describe('wrong usage is exit code 2, and says what to do', () => {
  test.each([
    [['--target', 'latest16'], '--target latest16 is none of latest, latest32'],
    [['--container', 'zip'], '--container zip is none of polkavm, jam-spi'],
    [['-O', '4'], '--level 4 is none of 0, 1, 2, 3'],
    [['--profile', 'wasm'], '--profile wasm is none of auto, riscv, polkavm'],
    [['--min-stack-size', 'large'], '--min-stack-size large is no size'],
    [['--min-stack-size', '8G'], 'option --min-stack-size is 8589934592, expected'],
    [['--profile', 'riscv', '--demote'], '--demote is for PolkaVM code and does not go with --profile riscv'],
    [['--profile', 'riscv', '--why', 'x'], '--why is for PolkaVM code'],
    [['--profile', 'polkavm', '--symbols'], '--symbols is for the RISC-V profile'],
    [['--explain', '--float-traps'], '--explain is for PolkaVM code and does not go with --float-traps'],
    [['--symbols', '--strip'], '--strip and --symbols exclude each other'],
    [['--stack-size', 'x'], '--stack-size x is no size'],
    [['--explian'], 'did you mean --explain?'],
    [['--why'], '--why needs a value'],
    [['another.elf'], 'one operand too many'],
  ])('%j', (options, text) => {
    const output = place('never');
    const { code, stdout, stderr } = run(['link', sha256, '-o', output, ...options]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(lines(stderr)).toHaveLength(1);
    expect(stderr).toContain(text);
    expect(stderr).toContain('(see riscbox link --help)');
    expect(() => readFileSync(output)).toThrow();
  });

  test('no output, no input', () => {
    expect(run(['link', sha256])).toMatchObject({ code: 2, stderr: expect.stringContaining('-o FILE') });
    expect(run(['link', '-o', 'x'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('IN.elf is missing'),
    });
    expect(run(['link', sha256, '-o', sha256]).stderr).toContain('the output is the input');
  });
});

describe('what cannot be linked is exit code 1, and each problem a line with the name of the file', () => {
  const problemsOf = (input: string, ...options: readonly string[]): readonly string[] => {
    const { code, stdout, stderr } = run(['link', input, '-o', place('never'), ...options]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const found = lines(stderr);
    for (const line of found) expect(line).toMatch(`riscbox: ${input}: `);
    return found.map((line) => line.slice(`riscbox: ${input}: `.length));
  };

  test('exports that the file lacks', () => {
    expect(problemsOf(sha256, '--profile', 'polkavm', '--exports', 'ad,strat,nothing_like_it')).toEqual([
      'cannot export "ad": no function or label of the file has that name; did you mean "add"?',
      'cannot export "strat": no function or label of the file has that name; did you mean "start"?',
      'cannot export "nothing_like_it": no function or label of the file has that name; name a function of the file, which must not be stripped',
    ]);
    expect(problemsOf(sha256, '--dispatch-table', 'strat')).toEqual([
      'the dispatch table names "strat", which is not exported; did you mean "start"?',
    ]);
  });

  test('registers, some functions and how many more', () => {
    const problems = problemsOf(demoted, '--profile', 'polkavm');
    expect(problems).toHaveLength(21);
    expect(problems[0]).toMatch(/^\S+ \(section \.text, offset 0x[\da-f]+\) uses .*a6/);
    expect(problems.filter((line) => line.includes('--demote'))).toHaveLength(1);
    expect(problems.at(-1)).toMatch(/^\d+ more problems$/);
  });

  test('no ELF file, no relocations', () => {
    const text = place('text');
    writeFileSync(text, 'hello');
    expect(problemsOf(text)[0]).toContain('not an ELF file');
    const stripped = guest('rv64imac/lisp_stripped');
    expect(problemsOf(stripped, '--demote')[0]).toContain('link it again with --emit-relocs');
  });
});

test('--help names every option', () => {
  const { code, stdout } = run(['link', '--help']);
  expect(code).toBe(0);
  const options =
    'output profile exports strip target container level demote min-stack-size dispatch-table explain why';
  for (const name of [...options.split(' '), 'symbols', 'stack-size', 'float-traps', 'json', 'help'])
    expect(stdout).toContain(`--${name}`);
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});
