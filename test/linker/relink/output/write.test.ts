import { describe, expect, test } from 'vitest';
import type { Blob } from '../../../../src/blob/blob.ts';
import { readSpi } from '../../../../src/blob/jam.ts';
import { readBlob } from '../../../../src/blob/read.ts';
import { toHex } from '../../../../src/core/bytes.ts';
import { checkProgramBlob } from '../../../../src/decoder/check-blob.ts';
import { disassemble } from '../../../../src/disassembler.ts';
import { instantiate, Module } from '../../../../src/index.ts';
import { operation, ROWS } from '../../../../src/isa/table.ts';
import type { ProgramGraph } from '../../../../src/linker/relink/graph/graph.ts';
import { Import } from '../../../../src/linker/relink/graph/import.ts';
import { inverseBranch } from '../../../../src/linker/relink/graph/inverse-branch.ts';
import { writeProgram } from '../../../../src/linker/relink/output/write.ts';
import { buildGraph } from '../build-graph.ts';
import { blobOf, fileOf } from './blob-of.ts';

const listing = (blob: Blob): readonly string[] =>
  [...disassemble(blob)]
    .filter((line) => /^ *\d+: /.test(line))
    .map((line) => line.replace(/^ *(\d+): /, '$1 ').trim());

const nameOf = (symbol: Uint8Array): string => new TextDecoder().decode(symbol);

describe('order of blocks', () => {
  test('a block that leads to the next one falls through, if others lead there as well', () => {
    const blob = blobOf(`
      b0 export main/1:
        a0 = add_imm_64 a0 -1
        jump b1
      b1:
        a1 = add_imm_64 a1 2
        branch_eq_imm a0 0 then b2 else b0
      b2:
        jump b1`);
    expect(listing(blob)).toStrictEqual([
      '0 a0 = a0 - 1',
      '3 fallthrough',
      '4 a1 = a1 + 0x2',
      '7 jump @1 if a0 == 0',
      '10 jump @0',
    ]);
  });

  test('a block that only the one before leads to becomes one with it, but at level 0', () => {
    const text = 'b0 export main/1:\na0 = load_imm 1\njump b1\nb1:\na1 = load_imm 2\ntrap';
    expect(listing(blobOf(text))).toStrictEqual(['0 a0 = 0x1', '3 a1 = 0x2', '6 trap']);
    expect(listing(blobOf(text, { level: 0 }))).toHaveLength(4);
  });

  test('a branch whose other side does not follow is turned round, or gets a jump', () => {
    const far = blobOf(`
      b0 export main/1:
        branch_less_unsigned a0 a1 then b1 else b2
      b1:
        a0 = load_imm 1
        trap
      b2:
        a0 = load_imm 2
        branch_eq_imm a0 7 then b0 else b1`);
    expect(listing(far).map((line) => line.replace(/^\d+ /, ''))).toStrictEqual([
      'jump @2 if a0 >=u a1',
      'a0 = 0x1',
      'trap',
      'a0 = 0x2',
      'jump @0 if a0 == 7',
      'jump @1',
    ]);
  });

  test('circles of empty blocks stay circles', () => {
    const blob = blobOf('b0 export main/0:\njump b1\nb1:\njump b2\nb2:\njump b1');
    expect(blob.code).toStrictEqual(Uint8Array.of(40));
  });

  test('what is not reachable is left out', () => {
    const blob = blobOf(
      'b0 unreachable:\ntrap\nb1 export main/0:\njump b3\nb2 unreachable:\njump b0\nb3:\ntrap',
    );
    expect(listing(blob)).toStrictEqual(['0 trap']);
  });

  test('unlikely stands at the beginning of a block that is not just a trap, where the kind has it', () => {
    const text = (kind: string): string => `${kind} stack 0 native
      b0 export main/0:
        branch_eq_imm a0 1 then b1 else b2
      b1 unlikely:
        trap
      b2 unlikely:
        jump-indirect ra 0`;
    expect(listing(blobOf(text('latest64'))).slice(-2)).toStrictEqual(['5 unlikely', '6 ret']);
    expect(listing(blobOf(text('revive_v1'))).slice(-1)).toStrictEqual(['5 ret']);
  });

  test('each branch of PolkaVM has an inverse, whose inverse it is', () => {
    const branches = ROWS.flatMap((row, op) =>
      row.effect.kind === 'branch' && row.opcodes.latest64 !== undefined ? [op] : [],
    );
    expect(branches.length).toBe(16);
    for (const op of branches) {
      expect(inverseBranch(op), ROWS[op]!.name).not.toBe(-1);
      expect(inverseBranch(inverseBranch(op))).toBe(op);
    }
    expect(inverseBranch(operation('add_64'))).toBe(-1);
  });
});

const SUM = `latest64 stack 100 native
  import get call 1 1
  import put call 2 0
  ro .rodata size 5 align 1 = 0102030405
  ro .got size 8 align 8
    0: u64 &b3
  rw .regspill size 8 align 8
  rw .data size 24 align 8 = 00000000000000000000000000000000ffff
    0: u64 &.rodata+2
    8: u32 &b3 less &.data+8
  bss .bss size 100 align 16
  b0 export second/1:
    a0 = load_imm &.bss
    jump-indirect ra 0
  b1 export first/1 export also/1:
    sp = add_imm_64 sp -16
    store_indirect_u64 ra sp 0
    a1 = load_u64 &.data
    a0 = load_indirect_u8 a1 0
    ecalli &put
    ecalli &get
    a1 = load_u64 &.got
    ra = call-indirect a1 0 back b2
  b2 taken:
    ra = load_indirect_u64 sp 0
    sp = add_imm_64 sp 16
    jump-indirect ra 0
  b3 taken:
    a1 = load_imm high(&.data+16)
    a1 = load_indirect_u16 a1 low(&.data+16)
    a0 = add_64 a0 a1
    jump-indirect ra 0`;

describe('a program with data, imports and exports', () => {
  const blob = readBlob(fileOf(SUM));

  test('has its data where the memory map has it', () => {
    expect({ ro: blob.roDataSize, rw: blob.rwDataSize, stack: blob.stackSize }).toStrictEqual({
      ro: 16,
      rw: 8 + 24 + 100,
      stack: 4096,
    });
    expect(toHex(blob.roData)).toBe('010203040500000004');
    expect(toHex(blob.rwData)).toBe(`${'00'.repeat(8)}0200010000000000f4fffcff00000000ffff`);
  });

  test('has exports in the order of their blocks and imports in the order of their names', () => {
    expect([...blob.exports].map(({ symbol }) => nameOf(symbol))).toStrictEqual(['second', 'first', 'also']);
    expect([0, 1].map((index) => nameOf(blob.imports.symbol(index)!))).toStrictEqual(['get', 'put']);
    expect(blob.jumpTable.count).toBe(2);
  });

  test('breaks no rule', () => {
    expect(checkProgramBlob(fileOf(SUM))).toStrictEqual([]);
  });

  test('runs', () => {
    const put: unknown[] = [];
    const { exports } = instantiate(Module.fromBlob(blob), {
      put: (value: number) => {
        put.push(value);
      },
      get: () => 1000,
    });
    expect(exports.first?.()).toBe(1000 + 0xffff);
    expect(put).toStrictEqual([3]);
    expect(exports.second?.()).toBe(0x30000 + 32);
  });
});

describe('places', () => {
  test('the heap begins behind the last byte of data', () => {
    const text = (kind: string): string => `${kind} stack 0 native
      rw .data size 9 align 1 = 01
      b0 export main/1:
        a0 = load_imm &heap-base+1
        jump-indirect ra 0`;
    for (const kind of ['latest32', 'latest64', 'revive_v1', 'jam_v1']) {
      expect(instantiate(Module.fromBlob(blobOf(text(kind)))).exports.main?.()).toBe(0x20000 + 10);
    }
  });

  test('sections keep their alignment, and read-write data a distance from read-only data', () => {
    const graph = buildGraph(
      `
      ro .a size 0x10001 align 1
      ro .b size 4 align 64
      bss .c size 8 align 131072
      rw .d size 8 align 8
      b0 export main/0:
        trap`.replace('0x10001', '65537'),
    );
    const { blob } = writeProgram(graph, {});
    expect(graph.data.map(({ address }) => address)).toStrictEqual([0x10000, 0x20040, 0x60000, 0x40000]);
    expect([blob.roDataSize, blob.rwDataSize]).toStrictEqual([0x10044, 0x20008]);
  });
});

describe('imports', () => {
  const calls = (imports: string): string => {
    const names = [...imports.matchAll(/import (\S+)/g)].map(([, name]) => `ecalli &${name}`);
    return `${imports}\nb0 export main/0:\n${names.join('\n')}\ntrap`;
  };

  test('keep the numbers that they ask for', () => {
    const { imports } = blobOf(calls('import b call 0 0 index 0\nimport a call 0 0 index 3'));
    expect(Array.from({ length: imports.count }, (_, i) => nameOf(imports.symbol(i)!))).toStrictEqual([
      ...['b', '', '', 'a'],
    ]);
  });

  test.each([
    ['link/import-without-index', 'import a call 0 0 index 0\nimport b call 0 0'],
    ['link/import-index', 'import a call 0 0 index 1\nimport b call 0 0 index 1'],
    ['link/too-many-imports', 'import a call 0 0 index 1024'],
  ])('%s', (code, imports) => {
    expect(() => blobOf(calls(imports))).toThrow(expect.objectContaining({ code }));
  });

  test('records that say the same are one import, others are refused', () => {
    const graphOf = (inputs: number): ProgramGraph => {
      const graph = buildGraph(calls('import a call 1 0\nimport b call 0 0'));
      const [first, second] = graph.blocks[0]!.instructions;
      const { symbol } = first!.xLink!.to as Import;
      second!.xLink = new Import(symbol, 'call', inputs, 0, undefined).link;
      return graph;
    };
    expect(writeProgram(graphOf(1), {}).blob.imports.count).toBe(1);
    expect(() => writeProgram(graphOf(2), {})).toThrow(
      expect.objectContaining({ code: 'link/import-twice' }),
    );
  });
});

describe('dispatch tables', () => {
  const TEXT = `
    b0 export one/1:
      a0 = load_imm 1
      jump-indirect ra 0
    b1 export two/1:
      a0 = load_imm 2
      jump-indirect ra 0`;

  test('lead from 5 · i to the exports', () => {
    const { exports } = instantiate(Module.fromBlob(blobOf(TEXT, { dispatchTable: ['two', 'one'] })));
    expect(exports.one?.()).toBe(1);
    expect(exports.two?.()).toBe(2);
    const instance = Module.fromBlob(blobOf(TEXT, { dispatchTable: ['two', 'one'] })).instantiate();
    expect(instance.call(0)).toBe(2n);
    expect(instance.call(5)).toBe(1n);
    const rules = checkProgramBlob(fileOf(TEXT, { dispatchTable: ['two', 'one'] })).map(({ rule }) => rule);
    expect(rules).toStrictEqual(['long-distance']);
  });

  test('refuse what is not exported', () => {
    expect(() => blobOf(TEXT, { dispatchTable: ['one', 'three'] })).toThrow(
      expect.objectContaining({ code: 'link/dispatch', detail: { symbol: 'three' } }),
    );
  });
});

describe('JAM standard programs', () => {
  const TEXT = `jam_v1 stack 0 native
    ro .rodata size 3 align 1 = 010203
    rw .data size 8 align 8 = 0500000000000000
    bss .bss size 100000 align 8
    b0:
      trap
    b1 export accumulate/2:
      a1 = load_u64 &.data
      a0 = load_imm &.rodata
      t0 = load_u8 &.rodata+2
      store_u8 t0 &.bss+99999
      t0 = load_u8 &.bss+99999
      t0 = count_set_bits_64 t0
      a1 = sub_64 a1 t0
      jump-indirect ra 0`;

  test('run in our own reader, with the data where the map has it', () => {
    const options = { container: 'jam-spi', heapPages: 2 } as const;
    const file = fileOf(TEXT, options);
    const blob = readSpi(file, { kind: 'jam_v1' });
    // 100,008 bytes of data are 25 pages, the first of which is stored.
    expect(blob.spi!.heapPages).toBe(24 + 2);
    expect(blob.rwData.length).toBe(1);
    const instance = Module.fromBlob(blob).instantiate({ gas: 1000n });
    expect(instance.call(0)).toBe(0x10000n);
    expect(instance.getRegister('a1')).toBe(3n);
  });

  test('are jam_v1', () => {
    expect(() => blobOf('b0 export main/0:\ntrap', { container: 'jam-spi' })).toThrow(
      expect.objectContaining({ code: 'link/standard-program-kind' }),
    );
  });
});

describe('errors', () => {
  test.each([
    ['link/nothing-reachable', 'b0 unreachable:\ntrap'],
    ['link/memory-map', 'bss .bss size 4294000000 align 8\nb0 export main/0:\ntrap'],
    ['link/memory-map', 'bss .bss size 2147483648 align 8\nb0 export main/0:\ntrap'],
    ['link/value', 'rw .data size 8 align 8\n0: u16 &.data\nb0 export main/0:\ntrap'],
    [
      'link/data-padding',
      'rw .a size 200000000 align 8 = 01\nrw .b size 1 align 8 = 01\nb0 export main/0:\ntrap',
    ],
  ])('%s', (code, text) => {
    expect(() => blobOf(text)).toThrow(expect.objectContaining({ code }));
  });

  test('registers that are left over are our own slip', () => {
    expect(() => blobOf('b0 export main/0:\ntmp0 = load_imm 1\ntrap')).toThrow(/tmp0/);
  });
});
