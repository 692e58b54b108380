import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeBlob } from '../../src/blob/make.ts';
import { writeBlob } from '../../src/blob/write.ts';
import { guest, root } from './run-cli.ts';

const command = [`${root}node_modules/tsx/dist/cli.mjs`, `${root}src/cli/main.ts`];

const addi = (rd: number, rs: number, value: number): number => (value << 20) | (rs << 15) | (rd << 7) | 0x13;
const ECALL = 0x73;
const [A0, A1, A2, A7] = [10, 11, 12, 17] as const;

/** Copies stdin to stdout, then exits with 3. Encodings: RISC-V unprivileged ISA, RV32/64G instruction set listings. */
const code: Uint32Array = Uint32Array.of(
  addi(A0, 0, 0),
  (0x20 << 12) | (A1 << 7) | 0x37, // lui a1, 0x20
  addi(A2, 0, 1000),
  addi(A7, 0, 63), // read
  ECALL,
  0x00a05c63, // bge zero, a0, +24
  addi(A2, A0, 0),
  addi(A0, 0, 1),
  addi(A7, 0, 64), // write
  ECALL,
  0xfd9ff06f, // jal zero, -40
  addi(A0, 0, 3),
  addi(A7, 0, 93), // exit
  ECALL,
);

const cat = (): Uint8Array => {
  const data = new Uint8Array(code.buffer);
  const segments = [
    { address: 0x10000, memorySize: 64, data, readable: true, writable: false, executable: true },
    {
      address: 0x20000,
      memorySize: 4096,
      data: data.subarray(0, 0),
      readable: true,
      writable: true,
      executable: false,
    },
  ];
  return writeBlob(
    makeBlob({ kind: 'rv64', riscv: { embedded: false, entry: 0x10000, segments, extraStarts: [] } }),
  );
};

const directory = mkdtempSync(join(tmpdir(), 'riscbox-process-'));
afterAll(() => rmSync(directory, { recursive: true }));

test("binary stdin and stdout pass through unchanged, the exit code is the guest's", () => {
  const file = join(directory, 'cat.polkavm');
  writeFileSync(file, cat());
  const input = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7 + (i >> 8)) & 0xff));
  const { status, stdout } = spawnSync(process.execPath, [...command, 'run', file], { input });
  expect(status).toBe(3);
  expect(stdout.equals(input)).toBe(true);
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
