import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { uniqueHash } from '../../src/blob/hash.ts';
import { makeBlob } from '../../src/blob/make.ts';
import { writeBlob } from '../../src/blob/write.ts';
import { toHex } from '../../src/core/bytes.ts';

/** Contents of a synthetic file: bytes, text, or a value to be written as JSON. */
export type Content = Uint8Array | string | object;

/** Runs with a folder that holds the files, and removes it. */
export const withFiles = <T>(files: Readonly<Record<string, Content>>, use: (folder: string) => T): T => {
  const folder = mkdtempSync(join(tmpdir(), 'riscbox-vectors-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      const isPlain = typeof content === 'string' || content instanceof Uint8Array;
      writeFileSync(path, isPlain ? content : exactJson(content));
    }
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** JSON with bigints as bare integers. */
export const exactJson = (value: object): string =>
  JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `int:${v}` : v)).replace(/"int:(-?\d+)"/g, '$1');

const BIG = 2n ** 63n;
/** The fields of a vector; tests change single ones. */
export type Vector = Readonly<Record<string, unknown>>;

const registers = (values: Readonly<Record<number, bigint>>): bigint[] =>
  Array.from({ length: 13 }, (_, i) => values[i] ?? 0n);

/** a2 = a0 + a1, then the end of the code. */
export const w3fVector: Vector = {
  name: 'sum',
  'initial-regs': registers({ 7: BIG, 8: 5n }),
  'initial-pc': 0,
  'initial-page-map': [{ address: 0x20000, length: 4096, 'is-writable': false }],
  'initial-memory': [{ address: 0x20010, contents: [7] }],
  'initial-gas': 10000,
  program: [0, 0, 3, 200, 0x87, 9, 1],
  'expected-status': 'panic',
  'expected-regs': registers({ 7: BIG, 8: 5n, 9: BIG + 5n }),
  'expected-pc': 3,
  'expected-memory': [{ address: 0x20010, contents: [7] }],
  'expected-gas': 9998,
};

/** The same sum with a trap behind it, as a conversation with a host. */
export const stepsVector: Vector = {
  name: 'sum',
  'initial-pc': 0,
  'initial-gas': 10,
  program: [0, 0, 4, 200, 0x87, 9, 0, 0b1001],
  steps: [
    { 'set-reg': { reg: 7, value: BIG } },
    { map: { address: 0x20000, length: 4096, 'is-writable': true } },
    { write: { address: 0x20000, contents: [1, 2] } },
    { run: {} },
    {
      assert: {
        status: 'panic',
        gas: 8,
        pc: 3,
        regs: registers({ 7: BIG, 9: BIG }),
        memory: [{ address: 0x20000, contents: [1, 2] }],
      },
    },
  ],
  'block-gas-costs': [{ pc: 0, cost: 2 }],
};

/** A standard program: ecalli 5, then return. */
export const serviceFile: Uint8Array = Uint8Array.of(
  ...[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  ...[8, 0, 0, 0],
  ...[0, 0, 4, 10, 5, 50, 0, 0b0101],
);

export const traceVector: Vector & { readonly events: readonly Vector[] } = {
  program: 'service.jam',
  events: [
    { op: 'memwrite', addr: '0xfeff0000', len: 2, data: '0x0102' },
    { op: 'start', pc: 0, gas: 100, regs: { r00: '0xffff0000' } },
    { op: 'ecalli', index: 5, pc: 0, gas: 99, regs: { r00: '0xffff0000' } },
    { op: 'memread', addr: '0xfeff0000', len: 2, data: '0x0102' },
    { op: 'setreg', reg: 'r07', value: '0xffffffffffffffff' },
    { op: 'setgas', value: 50 },
    { op: 'end', status: 'halt', pc: 2, gas: 49, regs: { r00: '0xffff0000', r07: '0xffffffffffffffff' } },
  ],
};

/** One trap, as a blob. */
const trapBlob = makeBlob({
  kind: 'latest64',
  rwDataSize: 2,
  rwData: Uint8Array.of(0, 9),
  code: Uint8Array.of(0),
  bitmask: Uint8Array.of(1),
});
export const trapFile: Uint8Array = writeBlob(trapBlob);

export const differentialLine: Vector & { readonly events: readonly Vector[] } = {
  n: 0,
  isa: 'latest64',
  blob: toHex(trapFile),
  hash: toHex(uniqueHash(trapBlob, { debug: true })),
  listing: '0:1:trap',
  costs: [[0, 1, 2, 2, 2]],
  cost_model: 'full-l2-hit',
  dynamic_paging: false,
  init_regs: registers({ 3: BIG }).map((value) => value.toString(16)),
  init_gas: 10,
  init_pc: 0,
  events: [
    { kind: 'trap', pc: 0, next_pc: null, gas: 8, regs: registers({ 3: BIG }).map((v) => v.toString(16)) },
  ],
  heap_size: 0,
  memory: [[0x20001, '09']],
};

export const jsonLines = (...lines: readonly object[]): Uint8Array =>
  new Uint8Array(gzipSync(lines.map((line) => `${exactJson(line)}\n`).join('')));
