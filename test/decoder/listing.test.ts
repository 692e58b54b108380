import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DebugWriter, type Frame } from '../../src/blob/debug.ts';
import { type BlobInit, makeBlob } from '../../src/blob/make.ts';
import { readBlob } from '../../src/blob/read.ts';
import { isRiscboxError } from '../../src/core/error.ts';
import { KINDS, type PolkaVmKind } from '../../src/core/kind.ts';
import { disassemble, type ListingOptions } from '../../src/disassembler.ts';
import { listVectors, readVector, readVectorLines, vectorPath, vectorTest } from '../vectors-path.ts';

const listing = (init: BlobInit, options?: ListingOptions): string =>
  [...disassemble(makeBlob(init), options)].join('\n');

/** Joins instructions; the bitmask marks where each of them starts. */
const program = (
  ...instructions: readonly (readonly number[])[]
): { code: Uint8Array; bitmask: Uint8Array } => {
  const code = Uint8Array.from(instructions.flat());
  const bitmask = new Uint8Array(Math.ceil(code.length / 8));
  let offset = 0;
  for (const bytes of instructions) {
    bitmask[offset >> 3]! |= 1 << (offset & 7);
    offset += bytes.length;
  }
  return { code, bitmask };
};

const loop = program(
  [51, 7, 5], // 0: a0 = 5
  [10, 0], // 3: ecalli 0
  [10, 9], // 5: ecalli 9
  [40, 0xfc], // 7: jump 3, which is no block
  [149, 0x77, 0xff], // 9: a0 = a0 - 1
  [82, 7, 0xfd], // 12: jump 9 if a0 != 0
  [50, 0], // 15: ret
);

describe('PolkaVM listing', () => {
  const init: BlobInit = {
    ...{ kind: 'latest64', ...loop },
    ...{ roData: Uint8Array.of(1, 2), roDataSize: 16, rwDataSize: 8, stackSize: 4096 },
    imports: ['put\u001b[31m'],
    exports: [
      { offset: 9, symbol: 'again' },
      { offset: 0, symbol: 'main' },
      { offset: 9, symbol: Uint8Array.of(0xff, 0x00) },
    ],
    jumpTable: [15, 9, 9, 3],
  };

  test('labels, host calls, jump table entries, exports', () => {
    expect(listing(init)).toBe(`// RO data = 2/16 bytes
// RW data = 0/8 bytes
// Stack size = 4096 bytes

// Instructions = 7
// Code size = 17 bytes

      : @0 [export #1: 'main']
     0: a0 = 0x5
     3: ecalli 0 // 'put\\u{1b}[31m'
     5: ecalli 9 // INVALID
     7: jump 3
      : @1 [@dyn 2] [@dyn 3] [export #0: 'again'] [export #2: 0xff00]
     9: a0 = a0 - 1
    12: jump @1 if a0 != 0
      : @2 [@dyn 1]
    15: ret`);
  });

  test('costs, bytes, no offsets', () => {
    const text = listing(init, { gas: 'naive', bytes: true, offsets: false });
    expect(text.split('\n').slice(7)).toEqual([
      "@0 [export #1: 'main'] (gas: 4)",
      '33 07 05                a0 = 0x5',
      "0a 00                   ecalli 0 // 'put\\u{1b}[31m'",
      '0a 09                   ecalli 9 // INVALID',
      '28 fc                   jump 3',
      "@1 [@dyn 2] [@dyn 3] [export #0: 'again'] [export #2: 0xff00] (gas: 2)",
      '95 77 ff                a0 = a0 - 1',
      '52 07 fd                jump @1 if a0 != 0',
      '@2 [@dyn 1] (gas: 1)',
      '32 00                   ret',
    ]);
  });

  test('functions and source lines', () => {
    const frame = (kind: Frame['kind'], name: string, line: number): Frame => ({
      ...{ kind, namespace: 'app', function: name, path: 'src/app.c', line, column: 2 },
    });
    const outer = frame('enter', 'main', 1);
    const debug = new DebugWriter()
      .range([
        { begin: 0, end: 3, frames: [outer, frame('line', 'main', 4)] },
        { begin: 3, end: 9, frames: [outer, frame('call', 'main', 5), frame('line', 'inlined', 9)] },
      ])
      .range([{ begin: 9, end: 15, frames: [frame('enter', 'again', 20), frame('line', 'again', 21)] }])
      .finish();
    const lines = listing({ ...init, debug })
      .split('\n')
      .slice(7);
    expect(lines).toEqual([
      '<app::main>:',
      "      : @0 [export #1: 'main']",
      '        // src/app.c:4:2',
      '     0: a0 = 0x5',
      '        // src/app.c:5:2',
      '        // src/app.c:9:2 in app::inlined',
      "     3: ecalli 0 // 'put\\u{1b}[31m'",
      '     5: ecalli 9 // INVALID',
      '     7: jump 3',
      '',
      '<app::again>:',
      "      : @1 [@dyn 2] [@dyn 3] [export #0: 'again'] [export #2: 0xff00]",
      '        // src/app.c:21:2',
      '     9: a0 = a0 - 1',
      '    12: jump @1 if a0 != 0',
      '',
      '      : @2 [@dyn 1]',
      '    15: ret',
    ]);
    expect(listing({ ...init, debug }, { debug: false })).toBe(listing(init));
  });

  test('an export in the middle of a block has a label line of its own', () => {
    const text = listing({ kind: 'latest64', ...loop, exports: [{ offset: 5, symbol: 'middle' }] });
    expect(text).toContain("\n      : [export #0: 'middle']\n     5: ecalli 9");
  });

  const doom = [
    vectorPath('polkavm/tables/gas_doom.tsv.gz'),
    vectorPath('polkavm/blobs/doom.polkavm'),
  ] as const;
  vectorTest('every block of a real program, with its cost', doom, () => {
    const costs = readVectorLines(doom[0]).map((line) => line.split('\t')[3]);
    const lines = [...disassemble(readBlob(readVector(doom[1])), { gas: 'full-l2-hit' })];
    const listed = lines.flatMap((line) => /^ {6}: @\d+.* \(gas: (\d+)\)$/.exec(line)?.[1] ?? []);
    expect(listed).toEqual(costs);
  });

  const debugBlobs = listVectors('polkavm', '.polkavm').filter((path) => !path.includes('riscv-tests'));
  vectorTest('real programs list from end to end', debugBlobs, () => {
    for (const path of debugBlobs) {
      const blob = readBlob(readVector(path));
      const lines = [...disassemble(blob)];
      const instructions = lines.filter((line) => /^ *\d+: /.test(line)).length;
      expect(lines, path).toContain(`// Instructions = ${instructions}`);
    }
  });
});

describe('RISC-V listing', () => {
  const words = Uint32Array.of(
    0x00500513, // 1000: addi a0,zero,5
    0xfff50513, // 1004: addi a0,a0,-1
    0xfe051ee3, // 1008: bne a0,zero,1004
    0x00008067, // 100c: jalr zero,0(ra)
  );
  const data = new Uint8Array([...new Uint8Array(words.buffer), 0x82, 0x80, 0x13, 0x05]);
  const flags = { readable: true, writable: false, executable: true };
  const init: BlobInit = {
    kind: 'rv32',
    exports: [{ offset: 0x1000, symbol: 'count' }],
    riscv: {
      ...{ embedded: false, entry: 0x1000, extraStarts: [0x1004] },
      segments: [{ address: 0x1000, memorySize: 32, data, ...flags }],
      symbols: [{ address: 0x1000, size: 12, name: 'count' }],
    },
  };

  test('segments, blocks, functions, costs', () => {
    expect(listing(init, { gas: 'naive' })).toBe(`// Kind = rv32
// Entry = 0x1000
// Segment 0x1000 to 0x1020 r-x, 20/32 bytes
// Stack size = 0 bytes

// Instructions = 6
// Code size = 20 bytes

<count>:
        : @0 [entry] [export #0: 'count'] (gas: 3)
    1000: addi a0,zero,5
        : @1 (gas: 2)
    1004: addi a0,a0,-1
    1008: bne a0,zero,0x1004 <count+0x4>
        : @2 (gas: 1)
    100c: jalr zero,0(ra)
        : @3 (gas: 1)
    1010: c.jr ra
        : @4 (gas: 1)
    1012: .2byte 0x513`);
  });

  test('full gas models do not exist', () => {
    expect(() => listing(init, { gas: 'full-l1-hit' })).toThrow(/does not exist for rv32/);
  });
});

describe('damaged programs', () => {
  test.each(KINDS.filter((kind): kind is PolkaVmKind => kind !== 'rv32' && kind !== 'rv64'))(
    '%s: any bytes have a listing that covers all code',
    (kind) => {
      const bytes = fc.uint8Array({ minLength: 1, maxLength: 120 });
      fc.assert(
        fc.property(bytes, fc.infiniteStream(fc.nat({ max: 255 })), (code, masks) => {
          const bitmask = Uint8Array.from(
            { length: Math.ceil(code.length / 8) },
            () => masks.next().value as number,
          );
          if (code.length % 8 !== 0) bitmask[bitmask.length - 1]! &= (1 << (code.length % 8)) - 1;
          const blob = makeBlob({
            kind,
            code,
            bitmask,
            container: kind === 'jam_gp07' ? 'jam-raw' : 'polkavm',
          });
          const lines = [...disassemble(blob, { gas: 'full-l3-hit', bytes: true })];
          const offsets = lines.flatMap((line) => /^ *(\d+): /.exec(line)?.[1] ?? []).map(Number);
          expect(offsets[0]).toBe(0);
          expect(offsets).toEqual([...new Set(offsets)].sort((p, q) => p - q));
        }),
        { numRuns: 150 },
      );
    },
  );

  test('damaged debug sections are named as the cause, and can be left out', () => {
    const debug = {
      lineRanges: Uint8Array.of(0, 0, 0, 0, 17, 0, 0, 0, 1, 0, 0, 0),
      linePrograms: Uint8Array.of(1, 99),
    };
    const init: BlobInit = { kind: 'latest64', ...loop, debug };
    let thrown: unknown;
    try {
      listing(init);
    } catch (error) {
      thrown = error;
    }
    expect(isRiscboxError(thrown) && thrown.code.startsWith('blob/debug-')).toBe(true);
    expect(listing(init, { debug: false })).toContain('     0: a0 = 0x5');
  });
});
