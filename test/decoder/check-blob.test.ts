import { describe, expect, test } from 'vitest';
import { type BlobInit, makeBlob } from '../../src/blob/make.ts';
import { readBlob } from '../../src/blob/read.ts';
import { HEADER_LENGTH, SECTION } from '../../src/blob/sections.ts';
import { PackedExportTable, PackedImportTable, PackedJumpTable } from '../../src/blob/tables.ts';
import { writeBlob } from '../../src/blob/write.ts';
import { type BlobRule, checkProgramBlob } from '../../src/decoder/check-blob.ts';
import { eachVector, listVectors, readVector } from '../vectors-path.ts';

const NOT_ANY_MORE = 'quake.polkavm';

describe('programs of PolkaVM 0.35', () => {
  const files = [...listVectors('polkavm/blobs', '.polkavm'), ...listVectors('polkavm/linked', '.polkavm')];
  eachVector(
    'nothing is wrong',
    files.filter((path) => !path.endsWith(NOT_ANY_MORE)),
    (path) => {
      const found = checkProgramBlob(readVector(path));
      // A table whose only entry is 0 loses it in PolkaVM's writer.
      expect(found.filter(({ rule }) => rule !== 'jump-table-lost')).toStrictEqual([]);
    },
  );
  eachVector(
    'an instruction that the kind no longer has',
    files.filter((path) => path.endsWith(NOT_ANY_MORE)),
    (path) => {
      expect(checkProgramBlob(readVector(path)).map(({ rule }) => rule)).toStrictEqual([
        'unknown-instruction',
        'unknown-instruction',
      ]);
    },
  );
});

const TRAP = 0;
const FALLTHROUGH = 1;

/** A bitmask with the given instruction starts. */
const startsAt = (length: number, ...offsets: number[]): Uint8Array => {
  const bitmask = new Uint8Array(Math.ceil(length / 8));
  for (const offset of offsets) bitmask[offset >>> 3]! |= 1 << (offset & 7);
  return bitmask;
};

const withCode = (
  code: readonly number[],
  starts: readonly number[],
  rest: Partial<BlobInit> = {},
): Uint8Array =>
  writeBlob(
    makeBlob({
      kind: 'latest64',
      code: Uint8Array.from(code),
      bitmask: startsAt(code.length, ...starts),
      ...rest,
    }),
  );

const TWO_TRAPS = [TRAP, TRAP] as const;
const rulesOf = (bytes: Uint8Array): readonly BlobRule[] => checkProgramBlob(bytes).map(({ rule }) => rule);

const strings = Uint8Array.of(0, 2, 0x68, 0x69);
const u32 = (...values: number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer);

const cases: readonly (readonly [what: string, bytes: Uint8Array, rules: readonly BlobRule[]])[] = [
  ['a correct program', withCode(TWO_TRAPS, [0, 1]), []],
  ['a program that cannot be read', withCode([TRAP], [0]).subarray(1), ['unreadable']],
  ['no start at 0', withCode(TWO_TRAPS, [1]), ['first-start']],
  ['an unknown opcode', withCode([255], [0]), ['unknown-instruction']],
  ['a register above 12', withCode([100, 0xd1, TRAP], [0, 2]), ['register']],
  ['an immediate with a byte too many', withCode([51, 7, 1, 0, TRAP], [0, 4]), ['encoding']],
  ['bytes behind an instruction', withCode([TRAP, 9, TRAP], [0, 2]), ['encoding']],
  ['operands that reach into the next instruction', withCode([100, TRAP], [0, 1]), ['encoding']],
  [
    'a distance with a byte too many',
    withCode([40, 5, 0, TRAP, TRAP, TRAP], [0, 3, 4, 5]),
    ['long-distance'],
  ],
  ['the padding of dispatch tables', withCode([40, 5, 0, 0, 0, TRAP], [0, 5]), ['long-distance']],
  ['a distance of five bytes', withCode([40, 6, 0, 0, 0, 0, TRAP], [0, 6]), ['encoding']],
  ['code that falls off its end', withCode([TRAP, FALLTHROUGH], [0, 1]), ['falls-off']],
  ['a jump into a basic block', withCode([100, 0x87, 100, 0x87, 40, 0xfe], [0, 2, 4]), ['jump-target']],
  ['a jump out of the code', withCode([40, 2], [0]), ['jump-target']],
  ['a host call without an import', withCode([10, TRAP], [0, 1]), ['host-call']],
  ['a branch at the end', withCode([TRAP, 170, 0x87, 0xff], [0, 1]), ['falls-off', 'jump-target']],
  ['a gap without a start', withCode([...new Array(30).fill(0)], [0]), ['encoding', 'code-gap']],
  [
    'a jump table entry inside of an instruction',
    withCode([51, 7, 1, TRAP], [0, 3], { jumpTable: [0, 1] }),
    ['jump-table-entry'],
  ],
  [
    'jump table entries that are too wide',
    withCode(TWO_TRAPS, [0, 1], { jumpTable: new PackedJumpTable(1, 2, Uint8Array.of(1, 0)) }),
    ['jump-table-size'],
  ],
  [
    'jump table entries of no bytes',
    withCode(TWO_TRAPS, [0, 1], { jumpTable: new PackedJumpTable(1, 0, new Uint8Array(0)) }),
    ['jump-table-lost'],
  ],
  ['an import twice', withCode(TWO_TRAPS, [0, 1], { imports: ['a', '', 'b', '', 'a'] }), ['import-twice']],
  [
    'imports whose symbols do not ascend',
    withCode(TWO_TRAPS, [0, 1], { imports: new PackedImportTable(2, u32(1, 0), Uint8Array.of(97, 98)) }),
    ['import-gap', 'import-range'],
  ],
  [
    'an import that is not text',
    withCode(TWO_TRAPS, [0, 1], { imports: [Uint8Array.of(0xff)] }),
    ['symbol-text'],
  ],
  [
    'exports twice',
    withCode(TWO_TRAPS, [0, 1], {
      exports: [
        { offset: 0, symbol: 'a' },
        { offset: 1, symbol: 'a' },
      ],
    }),
    ['export-twice'],
  ],
  [
    'an export outside of the code, and one inside of a block',
    withCode([100, 0x87, TRAP], [0, 2], {
      exports: [
        { offset: 7, symbol: 'a' },
        { offset: 2, symbol: 'b' },
      ],
    }),
    ['export-offset', 'export-inside'],
  ],
  [
    'exports that are cut off',
    withCode(TWO_TRAPS, [0, 1], { exports: new PackedExportTable(Uint8Array.of(2, 0, 1, 97)) }),
    ['export-list'],
  ],
  [
    'exports with bytes behind them',
    withCode(TWO_TRAPS, [0, 1], { exports: new PackedExportTable(Uint8Array.of(1, 0, 1, 97, 5)) }),
    ['export-list'],
  ],
  ['too much memory', withCode(TWO_TRAPS, [0, 1], { rwDataSize: 2 ** 32 - 1 }), ['memory-map', 'memory-map']],
  ['a stack of odd size', withCode(TWO_TRAPS, [0, 1], { stackSize: 100 }), ['stack-size']],
  [
    'an unknown section',
    withCode(TWO_TRAPS, [0, 1], { unknown: [{ id: 200, bytes: strings }] }),
    ['unknown-section'],
  ],
  [
    'debug strings that are cut off',
    withCode(TWO_TRAPS, [0, 1], { debug: { strings: Uint8Array.of(0, 5, 97) } }),
    ['debug-strings'],
  ],
  [
    'debug ranges of an odd size',
    withCode(TWO_TRAPS, [0, 1], { debug: { strings, lineRanges: Uint8Array.of(1) } }),
    ['debug-ranges'],
  ],
  [
    'debug ranges that overlap and leave the code',
    withCode(TWO_TRAPS, [0, 1], {
      debug: { strings, linePrograms: Uint8Array.of(1, 14, 0), lineRanges: u32(0, 1, 1, 0, 1, 1, 1, 3, 1) },
    }),
    ['debug-range', 'debug-range'],
  ],
  [
    'line programs that share their bytes',
    withCode(TWO_TRAPS, [0, 1], {
      debug: {
        strings,
        linePrograms: Uint8Array.of(1, 14, 0),
        lineRanges: u32(0, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1),
      },
    }),
    ['debug-range', 'debug-range', 'debug-range', 'debug-line-program'],
  ],
  [
    'a line program that ends behind its range, one that is unknown, and one with a wrong string',
    withCode(TWO_TRAPS, [0, 1], {
      debug: {
        strings,
        linePrograms: Uint8Array.of(1, 15, 2, 0, 99, 10, 1, 6, 2, 14, 0),
        lineRanges: u32(0, 1, 1, 1, 2, 4, 1, 2, 5),
      },
    }),
    ['debug-line-program', 'debug-line-program', 'debug-range', 'debug-line-program'],
  ],
];

describe('rules', () => {
  test.each(cases)('%s', (_what, bytes, rules) => {
    expect(rulesOf(bytes)).toStrictEqual(rules);
  });

  test('numbers in a longer form than needed', () => {
    const header = withCode(TWO_TRAPS, [0, 1]).subarray(0, HEADER_LENGTH);
    // Number of jump table entries, their size, length of the code; code, bitmask.
    const payload = [0x80, 0, 0, 0xc0, 2, 0, TRAP, TRAP, 3];
    const bytes = Uint8Array.of(...header, SECTION.code, payload.length, ...payload, SECTION.endOfFile);
    bytes[5] = bytes.length;
    expect(checkProgramBlob(bytes)).toMatchObject([
      { level: 'wrong', rule: 'varint-form', at: HEADER_LENGTH + 2 },
      { level: 'wrong', rule: 'varint-form', at: HEADER_LENGTH + 5 },
    ]);
  });

  test('offsets are those in the file, also of a view into a larger buffer', () => {
    const bytes = withCode([255], [0]);
    const inside = new Uint8Array(100 + bytes.length);
    inside.set(bytes, 100);
    const [problem] = checkProgramBlob(inside.subarray(100));
    expect(bytes[problem!.at]).toBe(255);
  });
});

describe('whatever the bytes are', () => {
  const seeds = listVectors('polkavm/linked', '_debug.polkavm', 'example.polkavm', 'o2/rv64uc_rvc.polkavm');
  eachVector(
    'nothing is thrown, and it takes no longer than for the program itself',
    seeds.filter((path) => !path.includes('doom')),
    (path) => {
      const original = readVector(path);
      let state = 1;
      const random = (below: number): number => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
        return (state >>> 8) % below;
      };
      let readable = 0;
      for (let run = 0; run < 400; run++) {
        const mutant = original.slice();
        for (let change = 0; change <= random(3); change++)
          mutant[13 + random(mutant.length - 13)] = random(256);
        const started = performance.now();
        const problems = checkProgramBlob(mutant);
        expect(performance.now() - started).toBeLessThan(250);
        if (problems[0]?.rule !== 'unreadable') readable++;
        for (const { at } of problems) expect(at >= 0 && at <= mutant.length).toBe(true);
      }
      expect(readable).toBeGreaterThan(10);
      expect(() => readBlob(original)).not.toThrow();
    },
  );
});
