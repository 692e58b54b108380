import { spawn, spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { guest, root } from './run-cli.ts';

const command = [`${root}node_modules/tsx/dist/cli.mjs`, `${root}src/cli/main.ts`];

test("binary stdin and stdout pass through unchanged, the exit code is the guest's", () => {
  const input = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7 + (i >> 8)) & 0xff));
  const args = [...command, 'run', guest('rv64imac/lisp')];
  const { status, stdout } = spawnSync(process.execPath, args, { input: '(display "\u00ff")(exit 3)' });
  expect(stdout.toString()).toBe('\u00ff');
  expect(status).toBe(3);
  const words = spawnSync(process.execPath, [...command, 'run', guest('rv64imac/words')], { input });
  expect(words.status).toBe(0);
});

test('a program that reads nothing does not wait for stdin', async () => {
  const child = spawn(process.execPath, [...command, 'run', guest('rv64imac/hello')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  // stdin stays open.
  const code = await new Promise((resolve) => child.on('exit', resolve));
  child.stdin.destroy();
  expect(code).toBe(0);
});

test('a closed stdout ends a long listing without a word', async () => {
  const child = spawn(process.execPath, [...command, 'disasm', guest('rv64imac/words')], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (data) => {
    complaints += data;
  });
  child.stdout.once('data', () => child.stdout.destroy());
  await new Promise((resolve) => child.on('exit', resolve));
  expect(complaints).toBe('');
});
