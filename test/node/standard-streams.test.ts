import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { hostClock } from '../../src/node/host-clock.ts';

const source = fileURLToPath(new URL('../../src/node/standard-streams.ts', import.meta.url));

const run = (script: string, input: string): { stdout: string; stderr: string; status: number | null } =>
  spawnSync(
    process.execPath,
    [
      '--import',
      'tsx',
      '--input-type=module',
      '-e',
      `import { standardStreams } from ${JSON.stringify(source)};${script}`,
    ],
    {
      input,
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    },
  );

test('bytes go through unchanged, in pieces and large', () => {
  const { stdout, stderr, status } = run(
    `const s = standardStreams();
     let total = 0;
     for (;;) {
       const bytes = s.stdin(1000);
       if (typeof bytes === 'number' || bytes.length === 0) break;
       total += bytes.length;
       s.stdout(bytes);
     }
     s.stdout(new Uint8Array(3_000_000).fill(65));
     s.stderr(new TextEncoder().encode(String(total) + ' ' + String(s.terminal)));`,
    'ü'.repeat(50_000),
  );
  expect(status).toBe(0);
  expect(stderr).toBe('100000 undefined');
  expect(stdout).toBe('ü'.repeat(50_000) + 'A'.repeat(3_000_000));
});

test('the host clock has nanoseconds', () => {
  const clock = hostClock();
  const samples = Array.from({ length: 100 }, () => clock.monotonic() % 1000n);
  expect(new Set(samples).size).toBeGreaterThan(5);
  expect(Math.abs(Number(clock.realtime() / 1_000_000n) - Date.now())).toBeLessThan(1000);
});
