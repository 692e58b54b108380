import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { program } from '../../examples/program.ts';
import { differenceJson, differenceLines } from '../../src/cli/difference-text.ts';
import { toJson } from '../../src/cli/io.ts';
import { Engine, isRiscboxError, Module, type TierDifference } from '../../src/index.ts';
import { crosscheck } from '../../src/jit/crosscheck.ts';
import { loadElf } from '../../src/linker/index.ts';
import { tierNamed } from '../../src/vm/tiers.ts';
import { A0, assemble, type Line, RETURN, SP } from '../vm/assemble.ts';
import { guest, run } from './run-cli.ts';

const directory = mkdtempSync(join(tmpdir(), 'riscbox-diff-'));
afterAll(() => rmSync(directory, { recursive: true }));
const fileOf = (name: string, bytes: Uint8Array): string => {
  const path = join(directory, name);
  writeFileSync(path, bytes);
  return path;
};

const numbers = fileOf('numbers.polkavm', program);
const TIERS = ['--tiers', 'interpreter,interpreter'];

describe('diff of tiers that agree', () => {
  test('an ELF program under the Linux personality, whose output is not shown', () => {
    const { code, stdout, stderr } = run(['diff', ...TIERS, guest('rv64imac/lisp')], {
      stdin: '(display 1)',
    });
    expect(stderr).toBe('');
    expect(stdout).toMatch(
      /^equal: [\d,]+ instructions, gas [\d,]+, exit code 0 \(interpreter, interpreter; 0\.0 % translated\)\n$/,
    );
    expect(code).toBe(0);
  });

  test('the same numbers as run, at any interval', () => {
    const stats = JSON.parse(run(['run', '--stats', guest('rv64im/fibonacci'), '12']).stderr);
    for (const interval of ['1', '37', '1000000']) {
      const args = ['diff', ...TIERS, '--json', '--interval', interval, guest('rv64im/fibonacci'), '12'];
      expect(JSON.parse(run(args).stdout)).toMatchObject({
        equal: true,
        tiers: ['interpreter', 'interpreter'],
        instructions: stats.instructions,
        gas: stats.gas,
        outcome: { kind: 'exit', code: 0 },
      });
    }
  });

  test('a call, with negative numbers and host functions', () => {
    const args = [
      'diff',
      ...TIERS,
      '--call',
      'add_numbers',
      '--import',
      'get_third_number=1',
      numbers,
      '-5',
      '7',
    ];
    expect(run(args)).toMatchObject({
      code: 0,
      stdout: 'equal: 4 instructions, gas 4, finished (interpreter, interpreter; 0.0 % translated)\n',
    });
    expect(run(['diff', '--call', 'sum', '--gas', '1000', numbers, '-1']).stdout).toMatch(/out of gas/);
    expect(run(['diff', '--call', 'store', numbers, '16', '1']).stdout).toMatch(/bad memory access/);
  });

  test('usage', () => {
    expect(run(['diff'])).toMatchObject({ code: 2 });
    expect(run(['diff', '--tiers', 'interpreter', numbers])).toMatchObject({ code: 2 });
    expect(run(['diff', '--tiers', 'a,b', numbers])).toMatchObject({ code: 2 });
    expect(run(['diff', '--interval', '0', numbers])).toMatchObject({ code: 2 });
    expect(run(['diff', numbers]).stderr).toContain('use riscbox diff --call EXPORT');
    expect(run(['diff', '--call', 'summ', numbers]).stderr).toContain("exports no 'summ'");
    expect(run(['diff', join(directory, 'none')])).toMatchObject({ code: 1 });
    expect(run(['--help']).stdout).toMatch(/diff +Compares two tiers\n/);
  });
});

describe('a difference as text and JSON', () => {
  const interpreter = tierNamed('interpreter');
  const engine = new Engine({ tier: 'interpreter' });
  const store = (y: number): Line => ['store_imm_indirect_u8', { a: SP, x: -16, y }];
  const right = (): Module => engine.compile(code(1));
  const code = (y: number): Uint8Array =>
    assemble({
      exports: ['main'],
      code: ['main', ['add_imm_64', { a: A0, b: A0, x: 2 }], store(y), RETURN],
    });

  const differenceOf = (module: Module, wrong: Module, entry: string): TierDifference => {
    const tier = crosscheck(interpreter, {
      name: 'interpreter',
      translate: (_, metering) => interpreter.translate(wrong.program, metering),
    });
    const instance = Module.fromBlob(module.program.blob, {}, { tier, limits: {} }).instantiate();
    try {
      instance.call(entry, 40, 0);
    } catch (error) {
      if (isRiscboxError(error, 'crosscheck/difference')) return error.detail as unknown as TierDifference;
      throw error;
    }
    throw new Error('the difference was not found');
  };

  test('both states stand side by side, and what differs is marked', () => {
    const module = right();
    const lines = differenceLines(module.program, differenceOf(module, engine.compile(code(7)), 'main'));
    const address = module.memoryMap.stackPointer - 16;
    const page = address - (address % 4096);
    expect(lines.slice(0, 3)).toEqual([
      'different: interpreter and interpreter at 0x3: u8 [sp + -16] = 0x1',
      'equal up to 0x3, after 1 instructions',
      `bytes of the page at 0x${page.toString(16)} that differ: 1`,
    ]);
    expect(lines.filter((line) => line.startsWith('*'))).toEqual([
      `* at 0x${address.toString(16)}  ${'01'.padEnd(32, '0')}  ${'07'.padEnd(32, '0')}`,
    ]);
    expect(lines.find((line) => line.startsWith('  a0 '))).toMatch(/^ {2}a0 +0x2a +0x2a$/);
    expect(lines.find((line) => line.startsWith('  executed'))).toMatch(/2 +2$/);
  });

  test('JSON has registers by name and no value that a reader would round', () => {
    const module = right();
    const difference = differenceOf(module, engine.compile(code(7)), 'main');
    const json = JSON.parse(toJson(differenceJson(module.program, difference)));
    expect(json).toMatchObject({
      tiers: ['interpreter', 'interpreter'],
      pc: 3,
      instruction: 'u8 [sp + -16] = 0x1',
      exact: true,
      what: ['memory'],
      from: { pc: 3, executed: 1 },
      first: { stop: { kind: 'step', pc: expect.any(Number) }, executed: 2, registers: { a0: 42 } },
      memory: [{ bytes: 1, contents: ['01'.padEnd(32, '0'), '07'.padEnd(32, '0')] }],
    });
  });

  test('instructions of RISC-V programs print as listings do, places by function', () => {
    const bytes = readFileSync(guest('rv32im/add_numbers'));
    const module = loadElf(new Uint8Array(bytes), { symbols: true });
    const wrong = loadElf(new Uint8Array(bytes));
    const pc = module.entryPoint('add_numbers');
    const segment = wrong.program.blob.riscv?.segments.find(({ executable }) => executable);
    if (segment === undefined) throw new Error('no code');
    // The sign of the immediate of addi sp,sp,-16.
    const at = pc - segment.address + 3;
    segment.data[at] = (segment.data[at] as number) ^ 0x80;
    const [first, second, ...rest] = differenceLines(
      module.program,
      differenceOf(module, wrong, 'add_numbers'),
    );
    expect(first).toBe(
      `different: interpreter and interpreter at add_numbers (0x${pc.toString(16)}): addi sp,sp,-16`,
    );
    expect(second).toBe(`equal up to 0x${pc.toString(16)}, after 0 instructions`);
    expect(rest.filter((line) => line.startsWith('*'))).toHaveLength(1);
    expect(rest.find((line) => line.startsWith('*'))).toMatch(/^\* sp /);
  });
});
