import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { program } from '../../examples/program.ts';
import { assembleToBytes } from '../../src/assembler/assemble.ts';
import { assemblyText } from '../../src/assembler/writer.ts';
import type { Blob } from '../../src/blob/blob.ts';
import { readJamProgram } from '../../src/blob/jam.ts';
import { makeBlob } from '../../src/blob/make.ts';
import { readBlob } from '../../src/blob/read.ts';
import { HEADER_LENGTH } from '../../src/blob/sections.ts';
import { PackedExportTable } from '../../src/blob/tables.ts';
import { writeBlob } from '../../src/blob/write.ts';
import { writeFile } from '../../src/blob/write-file.ts';
import { isRiscboxError } from '../../src/core/error.ts';
import { link } from '../../src/linker/riscv-profile.ts';
import { readProgramFile } from '../../src/vm/container.ts';
import { guest } from '../cli/run-cli.ts';
import { eachVector, listVectors, readVector, readVectorLines, vectorTest } from '../vectors-path.ts';

/** The text of a program assembles to its file. */
const check = (blob: Blob, file: Uint8Array = writeFile(blob), name = ''): string => {
  const text = assemblyText(blob);
  expect(Buffer.compare(assembleToBytes(text), file), name).toBe(0);
  return text;
};

const attempt = (bytes: Uint8Array): Blob | undefined => {
  try {
    return readBlob(bytes);
  } catch (error) {
    if (isRiscboxError(error)) return undefined;
    throw error;
  }
};

const sample = <T>(all: readonly T[], step: number): readonly T[] =>
  all.filter((_, index) => index % step === 0);

describe('real programs', () => {
  const linked = listVectors('polkavm/linked/riscv-tests', '.polkavm');
  const large = [
    ...listVectors('polkavm/blobs', '.polkavm'),
    ...listVectors('polkavm/linked', '.polkavm').filter(
      // With debug sections it is there, too.
      (path) => !linked.includes(path) && !path.endsWith('doom_64.polkavm'),
    ),
    ...listVectors('solidity', '.polkavm', '.pvm'),
  ];

  eachVector('PolkaVM blob', large, (path) => {
    const bytes = readVector(path);
    // Even where a jump could be shorter, it is as long as PolkaVM's own linker made it.
    expect(check(readBlob(bytes), bytes)).not.toContain('%length');
  });

  vectorTest('linked RISC-V tests (a sample)', linked, () => {
    for (const path of sample(linked, 12)) {
      const bytes = readVector(path);
      check(readBlob(bytes), bytes, path);
    }
  });

  const jam = listVectors('jam', '.jam', '.pvm', '.bin').filter((path) => !path.includes('malformed'));
  eachVector('JAM program', jam, (path) => {
    const bytes = readVector(path);
    check(readProgramFile(bytes, {}), bytes);
  });

  const json = [
    ...listVectors('jam/w3f-v0.4-64bit', '.json'),
    ...listVectors('polkavm/spec-vectors', '.json'),
  ];
  vectorTest('programs of JSON vectors (a sample)', json, () => {
    for (const path of sample(json, 8)) {
      const bytes = Uint8Array.from(JSON.parse(readFileSync(path, 'utf8')).program as number[]);
      const kind = path.includes('spec-vectors') ? 'jam_v1' : 'jam_gp07';
      check(readJamProgram(bytes, { kind }), bytes, path);
    }
  });

  for (const path of listVectors('polkavm/differential', '.jsonl.gz')) {
    vectorTest(`random programs of ${basename(path)} (a sample)`, [path], () => {
      for (const line of sample(readVectorLines(path), 20)) {
        const { n, blob } = JSON.parse(line) as { n: number; blob: string };
        const bytes = new Uint8Array(Buffer.from(blob, 'hex'));
        check(readBlob(bytes), bytes, `line ${n}`);
      }
    });
  }

  test.each(['rv64im/hello', 'rv64imac/hello', 'rv64im/add_numbers'])('guest %s', (name) => {
    const bytes = link(readFileSync(guest(name)), { exports: 'public', symbols: true });
    const text = check(readBlob(bytes), bytes);
    expect(text).toMatch(/^ {4}%bytes = [0-9a-f]{4,8} \/\/ [0-9a-f]+: \w/m);
  });
});

test('damaged blobs that can still be read', () => {
  const seeds = [program, link(readFileSync(guest('rv64im/hello_bare')), { symbols: true })];
  const change = fc.tuple(fc.nat(1_000_000), fc.nat(255));
  let readable = 0;
  const run = (seed: Uint8Array, changes: readonly (readonly [number, number])[]): void => {
    const bytes = seed.slice();
    for (const [at, byte] of changes) bytes[HEADER_LENGTH + (at % (bytes.length - HEADER_LENGTH))] = byte;
    const blob = attempt(bytes);
    if (blob === undefined) return;
    readable++;
    check(blob, writeBlob(blob));
  };
  fc.assert(fc.property(fc.constantFrom(...seeds), fc.array(change, { minLength: 1, maxLength: 4 }), run), {
    numRuns: 600,
  });
  expect(readable).toBeGreaterThan(100);
});

describe('what upstream’s syntax cannot say', () => {
  /** `a0 = 1`, `a0 = 2`, `ret`. */
  const code = Uint8Array.of(51, 7, 1, 51, 7, 2, 50, 0);
  const bitmask = Uint8Array.of(0b0100_1001);
  const bytes = (...all: number[]): Uint8Array => Uint8Array.from(all);
  const textOf = (init: Partial<Parameters<typeof makeBlob>[0]>): string => {
    const blob = makeBlob({ kind: 'latest64', code, bitmask, ...init });
    return check(blob);
  };

  test('imports with holes, empty names at the end and names of any bytes', () => {
    const text = textOf({ imports: ['a', '', 'x"\\\n\u202e', bytes(0xff, 0x41), ''] });
    expect(text).toContain(
      '%import 0 = "a"\n%import 2 = "x\\"\\\\\\u{a}\\u{202e}"\n%import 3 = "\\xffA"\n%import 4 = ""\n',
    );
  });

  test('import tables with broken ranges', () => {
    const file = writeBlob(makeBlob({ kind: 'latest64', code, bitmask, imports: ['ab', 'c'] }));
    const at = Buffer.from(file).indexOf(Buffer.from([2, 0, 0, 0, 0, 2, 0, 0, 0]));
    file[at + 1] = 9;
    expect(check(readBlob(file), file)).toContain('%raw_imports = 020900000002000000616263\n');
  });

  test('exports in the order of their names need only pub', () => {
    expect(
      textOf({
        exports: [
          { offset: 3, symbol: 'a' },
          { offset: 0, symbol: 'b' },
        ],
      }),
    ).toContain('pub @b:\n    a0 = 0x1\npub @a: %no_fallthrough\n    a0 = 0x2\n');
  });

  test('exports in another order, outside of instructions, twice, with names that are no labels', () => {
    const exports = [
      { offset: 3, symbol: 'b' },
      { offset: 3, symbol: 'b' },
      { offset: 1, symbol: 'a' },
      { offset: 0, symbol: '7' },
      { offset: 0, symbol: 'a b' },
      { offset: 0, symbol: '' },
    ];
    expect(textOf({ exports })).toContain(
      '%export "b" = @b\n%export "b" = @b\n%export "a" = 1\n%export "7" = @0\n%export "a b" = @0\n%export "" = @0\n',
    );
  });

  test('malformed export sections', () => {
    expect(textOf({ exports: new PackedExportTable(bytes(2, 0, 1, 65)) })).toContain(
      '%raw_exports = 02000141\n',
    );
  });

  test('jump tables in any order, with entries that lead nowhere and wider than needed', () => {
    expect(textOf({ jumpTable: [6, 1, 0, 6, 70000] })).toContain('%jump_table = @1 1 @0 @1 70000\n');
    const table = { entrySize: 4, count: 1, declaredCount: 1, bytes: bytes(6, 0, 0, 0), target: () => 6 };
    expect(textOf({ jumpTable: table })).toContain('%jump_table_entry_size = 4\n%jump_table = @0\n');
    const hidden = { entrySize: 0, count: 0, declaredCount: 5, bytes: bytes(), target: () => 0 };
    expect(textOf({ jumpTable: hidden })).toContain('%jump_table_entry_size = 0\n%jump_table_count = 5\n');
  });

  test.each<[string, number[], number[], string[]]>([
    ['junk in a register nibble', [51, 0x1d, 1], [1], ['    %bytes = 331d01 // a5 = 0x1']],
    ['an unknown opcode', [255, 1, 50, 0], [0b101], ['    %bytes = ff01 // invalid', '    ret']],
    ['bytes in front', [9, 9, 50, 0], [0b100], ['%gap = 0909', '    ret']],
    ['no instruction at all', [9, 9], [0], ['%gap = 0909']],
    ['a longer immediate', [51, 7, 1, 0, 0], [1], ['    a0 = 0x1 %length 5']],
    ['a longer negative immediate', [51, 7, 255, 255], [1], ['    a0 = 0xffffffffffffffff %length 4']],
    ['a longer first immediate', [30, 2, 1, 0, 5], [1], ['    %bytes = 1e02010005 // u8 [0x1] = 0x5']],
    [
      'a padded dispatch table',
      [40, 5, 0, 0, 0, 50, 0],
      [0b100001],
      ['    jump @0 %length 5', '@0:', '    ret'],
    ],
    ['a jump into the middle', [40, 1], [1], ['    jump 1']],
    ['a jump out of the code', [40, 0x80], [1], ['    jump 4294967168']],
    ['a short constant in the long form', [20, 7, 5, 0, 0, 0, 0, 0, 0, 0], [1, 0], ['    i64 a0 = 0x5']],
    ['a label that is fallen into', [100, 0x77, 40, 254], [0b101], ['@0:', '    a0 = a0', '    jump @0']],
  ])('%s', (_, code, bitmask, expected) => {
    const lines = textOf({ code: bytes(...code), bitmask: bytes(...bitmask) })
      .trimEnd()
      .split('\n');
    expect(lines.slice(lines.indexOf('') + 1)).toEqual(expected);
  });

  test('an instruction longer than any has rows', () => {
    const long = new Uint8Array(80).fill(7);
    const mask = new Uint8Array(10);
    mask[0] = 1;
    expect(textOf({ code: long, bitmask: mask }).match(/^ *%(bytes|gap) = /gm)).toHaveLength(3);
  });

  test('a jump that is long because it is long', () => {
    // 126 instructions of one byte behind a jump of 3 bytes: from 2 bytes on, 1 byte of offset would do.
    const skipped = new Uint8Array(125);
    const code = bytes(40, 128, 0, ...skipped, 50, 0);
    const bitmask = new Uint8Array(17).fill(0xff);
    bitmask[0] = 0b1111_1001;
    bitmask[16] = 0b01;
    expect(textOf({ code, bitmask })).toContain('    jump @0 %length 3\n');
  });

  test('debug sections, skipped sections, empty sections and bytes behind the end', () => {
    const strings = bytes(0, 2, 65, 66);
    const debug = { strings, linePrograms: bytes(1, 2, 3), lineRanges: new Uint8Array(40).fill(7) };
    const unknown = [
      { id: 200, bytes: bytes(1, 2) },
      { id: 200, bytes: bytes() },
      { id: 255, bytes: new Uint8Array(50) },
    ];
    const blob = makeBlob({ kind: 'revive_v1', code, bitmask, debug, unknown });
    const text = check({ ...blob, framing: { emptySections: [2, 5], trailing: bytes(9) } });
    expect(text).toContain('%debug_string = ""\n%debug_string = "AB"\n%debug_line_programs = 010203\n');
    expect(text).toContain('%section 200 = 0102\n%section 200 =\n%section 255 = ');
    expect(text).toContain('%empty_sections = 2 5\n%trailing = 09\n');
    expect(textOf({ debug: { strings: bytes(9, 65) } })).toContain('%debug_strings = 0941\n');
  });

  test('containers of JAM', () => {
    const program = { code, bitmask, jumpTable: [3] };
    const raw = check(makeBlob({ kind: 'jam_gp07', ...program }));
    expect(raw).toContain('%isa = jam_gp07\n%container = jam-raw\n');
    const spi = { heapPages: 3, metadata: bytes() };
    const parts = { kind: 'jam_gp07', stackSize: 9, roData: bytes(1), rwData: bytes(2, 3), spi } as const;
    expect(check(makeBlob({ ...parts, ...program }))).toContain(
      '%heap_pages = 3\n%metadata =\n%ro_data = 01\n',
    );
    check(makeBlob({ ...parts, spi: { heapPages: 0 }, ...program }));
  });

  test('data shorter than its section, in rows', () => {
    const text = textOf({ roData: new Uint8Array(40).fill(0xab), roDataSize: 100, rwDataSize: 7 });
    expect(text).toContain(`%ro_data = ${'ab'.repeat(32)}\n%ro_data += ${'ab'.repeat(8)}\n`);
    expect(text).toContain('%ro_data_size = 100\n%rw_data_size = 7\n');
  });

  test('RISC-V profile: all parts', () => {
    const segments = [
      {
        address: 0x1000,
        memorySize: 8,
        data: bytes(1, 0, 0x13, 0, 0, 0, 7),
        readable: true,
        writable: false,
        executable: true,
      },
      { address: 0x2000, memorySize: 100, data: bytes(9), readable: true, writable: true, executable: false },
      {
        address: 0xffff_f000,
        memorySize: 0x1000,
        data: bytes(),
        readable: false,
        writable: false,
        executable: false,
      },
    ];
    const riscv = {
      embedded: true,
      entry: 0x1000,
      segments,
      extraStarts: [0x1002],
      programHeaders: { address: 0x2000, count: 1, entrySize: 56 },
      symbols: [{ address: 0x1000, size: 2, name: bytes(0xff) }],
    };
    const text = check(
      makeBlob({ kind: 'rv64', riscv, stackSize: 4096, exports: [{ offset: 0x1000, symbol: 'f' }] }),
    );
    expect(text).toContain(
      '    %bytes = 0100 // 1000: c.addi zero,0\n    %bytes = 13000000 // 1002: addi zero,zero,0\n',
    );
    expect(text).toContain('%symbol 0x1000 2 = "\\xff"\n');
    check(makeBlob({ kind: 'rv32', riscv: { ...riscv, symbols: undefined } }));
  });
});

test('offsets in comments do not change what is assembled', () => {
  const blob = makeBlob({
    kind: 'latest64',
    code: Uint8Array.of(0, 1, 50, 0),
    bitmask: Uint8Array.of(0b111),
  });
  const text = assemblyText(blob, { offsets: true });
  expect(text).toContain('    trap // 0\n    fallthrough // 1\n    ret // 2\n');
  expect(assembleToBytes(text)).toEqual(writeBlob(blob));
});
