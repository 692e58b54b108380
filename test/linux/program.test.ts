import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { linkToBlob } from '../../src/linker/riscv-profile.ts';
import { MemoryFileSystem } from '../../src/linux/memory-file-system.ts';
import { LinuxProgram, type LinuxResult, runLinux, runLinuxAsync } from '../../src/linux/program.ts';
import { Module, type ModuleOptions } from '../../src/vm/module.ts';

const guest = (path: string, options: ModuleOptions = {}): Module => {
  const file = fileURLToPath(new URL(`../../guests/bin/${path}.elf`, import.meta.url));
  return Module.fromBlob(linkToBlob(new Uint8Array(readFileSync(file))), options);
};

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const state = ({ outcome, stdout, instructions, gas }: LinuxResult): unknown => ({
  outcome,
  stdout,
  instructions,
  gas,
});
const done = { kind: 'exit', code: 0, signal: undefined };

describe('running programs', () => {
  test('output and exit code; without callbacks they are collected', () => {
    const module = guest('rv64im/fibonacci');
    const result = runLinux(module, { args: ['fibonacci', '12'] });
    expect(result.outcome).toEqual(done);
    expect(text(result.stdout)).toContain('144');
    expect(result.instructions).toBeGreaterThan(1000);
    const parts: string[] = [];
    const called = runLinux(module, {
      args: ['fibonacci', '12'],
      stdout: (bytes) => parts.push(text(bytes)),
    });
    expect(called.stdout.length).toBe(0);
    expect(parts.join('')).toBe(text(result.stdout));
  });

  test('the same run twice is the same in every respect', () => {
    const module = guest('rv32em/lisp', { gas: 'sync' });
    const options = { args: ['lisp', '-e', '(map (lambda (x) (* x x)) (iota 20 1))'], gas: 10n ** 9n };
    expect(state(runLinux(module, options))).toEqual(state(runLinux(module, options)));
  });

  test('gas runs out, is added, and the end is the same as in one go', () => {
    const module = guest('rv64imac/library', { gas: 'sync' });
    const whole = runLinux(module, { gas: 10n ** 9n });
    expect(whole.outcome).toEqual(done);
    const program = new LinuxProgram(module);
    let result = program.run({ gas: 1000n });
    let pieces = 1;
    while (result.outcome.kind === 'out-of-gas') {
      result = program.run({ gas: 100_000n });
      pieces++;
    }
    expect(pieces).toBeGreaterThan(3);
    expect(result.outcome).toEqual(done);
    expect(result.stdout).toEqual(whole.stdout);
    expect(result.instructions).toBe(whole.instructions);
    expect(program.run().outcome).toEqual(done);
    program.dispose();
    program.dispose();
  });

  test('deadlines and budgets interrupt, and the run can go on', async () => {
    const module = guest('rv64imac/library');
    const program = new LinuxProgram(module);
    expect(program.run({ budget: 1000 }).outcome).toEqual({ kind: 'interrupted', reason: 'budget' });
    expect(program.run({ deadline: 0 }).outcome).toEqual({ kind: 'interrupted', reason: 'deadline' });
    const aborted = await program.runAsync({ signal: AbortSignal.abort() });
    expect(aborted.outcome).toEqual({ kind: 'interrupted', reason: 'aborted' });
    expect((await program.runAsync()).outcome).toEqual(done);
    program.dispose();
    expect((await runLinuxAsync(module)).outcome).toEqual(done);
  });

  test("an error of the host's own callback reaches the host", () => {
    const error = new Error('disk on fire');
    const stdout = (): never => {
      throw error;
    };
    expect(() => runLinux(guest('rv64im/hello'), { stdout })).toThrow(error);
  });

  test('collected output is limited', () => {
    const result = runLinux(guest('rv64im/hello'), { maxOutput: 5 });
    expect(result.stdout.length).toBeLessThanOrEqual(5);
    expect(result.outcome.kind).toBe('exit');
  });

  test('files: a program is read from the file system', () => {
    const fs = new MemoryFileSystem({ 'work/sum.lisp': '(display (+ 1 2))\n' });
    const result = runLinux(guest('rv32imac/lisp'), { args: ['lisp', 'sum.lisp'], fs, cwd: '/work' });
    expect(text(result.stdout)).toContain('3');
  });

  test('too many arguments for the stack are an error before anything runs', () => {
    const module = guest('rv64im/hello', { stackSize: 8192 });
    expect(() => runLinux(module, { args: ['x', 'y'.repeat(4000)] })).toThrowError(/larger stack/);
  });

  test('dynamic paging is refused with a reason', () => {
    expect(() => runLinux(guest('rv64im/hello', { dynamicPaging: true }))).toThrowError(
      /without dynamicPaging/,
    );
  });
});
