import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { program } from '../../examples/program.ts';
import { guest, run, runAsync } from './run-cli.ts';

const directory = mkdtempSync(join(tmpdir(), 'riscbox-compile-'));
afterAll(() => rmSync(directory, { recursive: true }));

const place = (name: string): string => join(directory, name);
const numbers = place('numbers.polkavm');
writeFileSync(numbers, program);

describe('compile', () => {
  test('makes a file that run takes', () => {
    const output = place('hello.wasm');
    const { code, stdout } = run(['compile', guest('rv64im/hello'), '-o', output, '--gas', 'sync', '--json']);
    expect(code).toBe(0);
    const { sizes, functions, kind } = JSON.parse(stdout);
    expect(kind).toBe('rv64');
    expect(sizes.output).toBe(readFileSync(output).length);
    expect(functions).toBeGreaterThan(5);
    const direct = run(['run', guest('rv64im/hello')]);
    expect(run(['run', output])).toMatchObject({ code: 0, stdout: direct.stdout, stderr: '' });
    const stats = JSON.parse(run(['run', '--stats', output]).stderr);
    expect(stats).toMatchObject({ tier: 'wasm', exitCode: 0 });
    expect(stats.gas).toBe(JSON.parse(run(['run', '--stats', guest('rv64im/hello')]).stderr).gas);
    expect(run(['run', '--gas', '100', output])).toMatchObject({ code: 152 });
  });

  test('and call, which says where a function trapped', () => {
    const output = place('numbers.wasm');
    expect(run(['compile', numbers, '-o', output]).stdout).toMatch(/157 bytes of program → .*functions/);
    expect(run(['call', output, 'add_numbers', '1', '10', '--import', 'get_third_number=100']).stdout).toBe(
      '111\n',
    );
    expect(run(['call', output, 'store', '16', '1']).stderr).toMatch(
      /bad memory access at 0x2a: store to 0x10, a null pointer\n$/,
    );
    expect(run(['info', output]).stdout).toContain('latest64');
    expect(run(['compile', output, '-o', place('twice.wasm')])).toMatchObject({ code: 1 });
  });

  test('metering is what the file was made with', () => {
    const output = place('unmetered.wasm');
    run(['compile', numbers, '-o', output]);
    const { code, stderr } = run(['call', '--gas', '10', output, 'sum', '10']);
    expect(code).toBe(2);
    expect(stderr).toContain('gas is sync, the program was translated for none');
    expect(run(['call', '--tier', 'wasm', output, 'sum', '10'])).toMatchObject({ code: 2 });
    expect(run(['compile', numbers, '-o', output, '--gas', 'some'])).toMatchObject({ code: 2 });
    const free = place('free.json');
    writeFileSync(free, '{ "costs": {}, "otherwise": 0, "invalid": 0 }');
    expect(run(['compile', numbers, '-o', output, '--gas', 'sync', '--gas-model', free])).toMatchObject({
      code: 1,
    });
  });

  test('--no-embed, --loader', () => {
    const output = place('bare.wasm');
    run(['compile', numbers, '-o', output, '--no-embed', '--loader']);
    const { code, stderr } = run(['call', output, 'sum', '10']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('the file was made without its program')]);
    expect(readFileSync(place('bare.js'), 'utf8')).toContain("new URL('./bare.wasm', import.meta.url)");
    expect(run(['compile', numbers, '-o', '-', '--loader'])).toMatchObject({ code: 2 });
    const { bytes } = run(['compile', numbers, '-o', '-', '--no-embed']);
    expect(bytes).toEqual(new Uint8Array(readFileSync(output)));
  });

  test('damaged files', () => {
    const output = place('damaged.wasm');
    run(['compile', numbers, '-o', output]);
    const bytes = readFileSync(output);
    bytes[100]! ^= 1;
    writeFileSync(output, bytes);
    expect(run(['call', output, 'sum', '10'])).toMatchObject({ code: 1 });
  });

  test('--optimize names the package that it needs', async () => {
    const installed = existsSync(new URL('../../node_modules/binaryen', import.meta.url));
    const output = place('optimized.wasm');
    const { code, stderr, stdout } = await runAsync(['compile', numbers, '-o', output, '--optimize']);
    if (installed) {
      expect(stdout).toMatch(/binaryen: [\d,]+ → [\d,]+ bytes of code/);
      expect(run(['call', output, 'sum', '10']).stdout).toBe('55\n');
    } else {
      expect([code, stderr]).toEqual([2, expect.stringContaining('npm install binaryen')]);
    }
  });
});
