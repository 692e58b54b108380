import { describe, expect, test } from 'vitest';
import type { Blob } from '../../src/blob/blob.ts';
import { DebugInfo, DebugWriter } from '../../src/blob/debug.ts';
import { uniqueHash } from '../../src/blob/hash.ts';
import { readJamProgram, readSpi } from '../../src/blob/jam.ts';
import { makeBlob } from '../../src/blob/make.ts';
import { readBlob } from '../../src/blob/read.ts';
import { hasBlobMagic } from '../../src/blob/sections.ts';
import { writeBlob } from '../../src/blob/write.ts';
import { isRiscboxError } from '../../src/core/error.ts';
import { eachVector, listVectors, readVector } from '../vectors-path.ts';

/** Mutants per seed; the long run of releases asks for more. */
const MUTANTS = Number(process.env.RISCBOX_MUTANTS ?? 300);

/** No mutant may take longer than this beyond three times the seed's own time. */
const LIMIT_MS = 250;

/** Regions looked at per blob: line programs are lazy, and a host that lists them all chooses to. */
const MAX_REGIONS = 2000;

/** xorshift32: the same mutants in every run. */
const randomFrom = (seed: number): ((below: number) => number) => {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
};

const INTERESTING = [0x00, 0x01, 0x7f, 0x80, 0xbf, 0xc0, 0xf0, 0xf7, 0xf8, 0xff];

/** Changes a few bytes (mostly near the front, where counts and lengths are), or cuts or repeats a piece. */
const mutate = (seed: Uint8Array, random: (below: number) => number): Uint8Array => {
  let bytes = seed.slice();
  for (let edits = 1 + random(4); edits > 0; edits--) {
    const near = random(2) === 0 ? Math.min(bytes.length, 200) : bytes.length;
    const at = random(Math.max(near, 1));
    const kind = random(8);
    if (kind < 3) bytes[at] = INTERESTING[random(INTERESTING.length)]!;
    else if (kind < 6) bytes[at] = random(256);
    else if (kind === 6) bytes = bytes.slice(0, bytes.length - random(Math.min(64, bytes.length)));
    else bytes.copyWithin(at, random(bytes.length), random(bytes.length));
  }
  // With a stale length field most mutants would go no further than the header.
  if (hasBlobMagic(bytes) && bytes.length >= 13 && random(16) !== 0) {
    new DataView(bytes.buffer).setBigUint64(5, BigInt(bytes.length), true);
  }
  return bytes;
};

/** Does with a blob what its users do. */
const useAll = (blob: Blob): void => {
  for (let i = 0; i < blob.imports.count; i++) blob.imports.symbol(i);
  for (const _ of blob.exports);
  for (const _ of blob.riscv?.symbols ?? []);
  for (let i = 0; i < blob.jumpTable.count; i++) blob.jumpTable.target(i);
  if (blob.container === 'polkavm' || blob.container === 'riscv')
    expect(writeBlob(blob).length).toBeGreaterThan(0);
  const info = new DebugInfo(blob.debug);
  let regions = 0;
  for (let i = 0; i < info.rangeCount && regions < MAX_REGIONS; i++) {
    info.lookup(info.range(i).begin);
    for (const _ of info.regions(info.range(i))) if (regions++ >= MAX_REGIONS) break;
  }
};

const milliseconds = (action: () => void): number => {
  const start = performance.now();
  action();
  return performance.now() - start;
};

const attack = (seed: Uint8Array, read: (bytes: Uint8Array) => Blob): void => {
  const random = randomFrom(seed.length);
  const own = milliseconds(() => useAll(read(seed)));
  let refused = 0;
  for (let i = 0; i < MUTANTS; i++) {
    const bytes = mutate(seed, random);
    const spent = milliseconds(() => {
      try {
        useAll(read(bytes));
      } catch (error) {
        if (!isRiscboxError(error)) throw error;
        refused++;
      }
    });
    expect(spent, `mutant ${i}`).toBeLessThan(3 * own + LIMIT_MS);
  }
  expect(refused).toBeGreaterThan(0);
};

const line = { kind: 'line', namespace: 'n', function: 'f', path: 'p', line: 3, column: 4 } as const;
const debug = new DebugWriter()
  .range([
    { begin: 0, end: 2, frames: [line] },
    { begin: 2, end: 9, frames: [line, { ...line, kind: 'call', line: 9 }] },
  ])
  .finish();

describe('mutants of our own blobs', () => {
  test('PolkaVM', () => {
    const blob = makeBlob({
      kind: 'latest64',
      roData: new Uint8Array(40),
      rwData: new Uint8Array(10),
      stackSize: 8192,
      imports: ['get_third_number', 'log'],
      exports: [{ offset: 0, symbol: 'main' }],
      jumpTable: [0, 5, 300],
      code: new Uint8Array(20),
      bitmask: new Uint8Array(3),
      debug,
    });
    attack(writeBlob(blob), readBlob);
  });

  test('RISC-V profile', () => {
    const flags = { readable: true, writable: false, executable: true };
    const blob = makeBlob({
      kind: 'rv32',
      exports: [{ offset: 0x10000, symbol: 'main' }],
      debug,
      riscv: {
        embedded: false,
        entry: 0x10000,
        segments: [
          { address: 0x10000, memorySize: 400, data: new Uint8Array(400), ...flags },
          {
            address: 0x20000,
            memorySize: 4000,
            data: new Uint8Array(4),
            ...flags,
            writable: true,
            executable: false,
          },
        ],
        extraStarts: [0x10008, 0x10020, 0x10120],
        programHeaders: { address: 0x10000, count: 2, entrySize: 32 },
        symbols: [{ address: 0x10000, size: 20, name: 'main' }],
      },
    });
    attack(writeBlob(blob), readBlob);
  });
});

describe('mutants of real files', () => {
  const blobs = [
    ...listVectors('polkavm/blobs', '.polkavm'),
    ...listVectors('polkavm/linked', '.polkavm').filter((path) => !path.includes('riscv-tests')),
    ...listVectors('solidity', '.polkavm'),
  ];
  const bare = [...listVectors('jam/pvm-debugger', '.pvm'), ...listVectors('jam/pvm-debugger', 'doom.bin')];
  eachVector('blob', blobs, (path) => attack(readVector(path), readBlob));
  eachVector('SPI', listVectors('jam', '.jam'), (path) => attack(readVector(path), readSpi));
  eachVector('bare', bare, (path) => attack(readVector(path), readJamProgram));
});

test('hashing never fails for what was read', () => {
  const random = randomFrom(7);
  const seed = writeBlob(
    makeBlob({ kind: 'latest64', code: Uint8Array.of(0), bitmask: Uint8Array.of(1), debug }),
  );
  let hashed = 0;
  for (let i = 0; i < 500; i++) {
    try {
      hashed += uniqueHash(readBlob(mutate(seed, random)), { debug: true }).length;
    } catch (error) {
      expect(isRiscboxError(error)).toBe(true);
    }
  }
  expect(hashed).toBeGreaterThan(0);
});
