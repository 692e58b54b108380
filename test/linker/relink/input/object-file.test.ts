import { expect, test } from 'vitest';
import { isRiscboxError, type RiscboxError } from '../../../../src/core/error.ts';
import { readElf } from '../../../../src/linker/elf.ts';
import { ET_EXEC } from '../../../../src/linker/elf-format.ts';
import type { LinkInput, Target } from '../../../../src/linker/relink/input/link-input.ts';
import { readLinkInput } from '../../../../src/linker/relink/input/read.ts';
import type { RelinkOptions } from '../../../../src/linker/relink/options.ts';
import { concat } from '../../elf-image.ts';
import {
  ALLOC,
  code,
  data,
  EXEC,
  FUNC,
  NOBITS,
  objectFile,
  PROGBITS,
  TLS,
  WEAK,
  WRITE,
} from './object-file.ts';

const R = {
  none: 0,
  abs32: 1,
  abs64: 2,
  jal: 17,
  call: 19,
  got: 20,
  tlsGd: 22,
  pcrelHigh: 23,
  pcrelLow: 24,
  high: 26,
  low: 27,
  add32: 35,
  add64: 36,
  sub32: 39,
  sub64: 40,
  relax: 51,
  set6: 53,
  pcrel32: 57,
} as const;

const read = (file: Uint8Array, options: RelinkOptions = {}): LinkInput =>
  readLinkInput(readElf(file), options);

const errorOf = (file: Uint8Array, options?: RelinkOptions): RiscboxError => {
  try {
    read(file, options);
  } catch (error) {
    if (isRiscboxError(error)) return error;
    throw error;
  }
  throw new Error('no error');
};

const place = (target: Target | undefined): unknown =>
  target?.section === undefined ? target?.value : [target.section.name, target.offset];

test('sections are sorted by what they are for, and code of objects gets addresses apart from each other', () => {
  const input = read(
    objectFile({
      text: code(2),
      other: code(3, { name: '.text' }),
      ro: data(8, { name: '.rodata.x', flags: ALLOC }),
      rw: data(4, { name: '.sdata' }),
      tdata: data(4, { name: '.tdata', flags: TLS }),
      bss: { name: '.bss', type: NOBITS, flags: WRITE, size: 100 },
      relro: data(8, { name: '.data.rel.ro.local' }),
      unwind: data(8, { name: '.eh_frame', flags: ALLOC }),
      debug: data(8, { name: '.debug_info', flags: 0 }),
      stack: data(8, {
        name: '.polkavm_min_stack_size',
        flags: 0,
        data: Uint8Array.of(0, 1, 0, 0, 0, 0, 1, 0),
      }),
    }),
  );
  expect(input.data.map(({ kind, name, size, bytes }) => [kind, name, size, bytes.length])).toEqual([
    ['ro', '.rodata.x', 8, 8],
    ['rw', '.sdata', 4, 4],
    ['rw', '.tdata', 4, 4],
    ['bss', '.bss', 100, 0],
    ['ro', '.data.rel.ro.local', 8, 8],
  ]);
  const [first, second] = input.code;
  expect(first!.address % 2).toBe(0);
  expect(second!.address).toBeGreaterThan(first!.address + first!.bytes.length);
  expect(input.stackSize).toBe(0x10000);
  expect(place(input.threadPointer)).toEqual(['.tdata', 0]);
});

test('symbols stand for places, numbers, zeros and common variables', () => {
  const targets = ['inText', 'end', 'number', 'weak', 'common', 'common'];
  const file = objectFile(
    {
      text: code(2 * targets.length, {
        relocations: [
          targets.map((symbol, i) => ({ at: 8 * i, type: R.call, symbol, addend: i === 0 ? -2 : 0 })),
        ],
      }),
      bss: { name: '.bss', type: NOBITS, flags: WRITE, size: 100 },
    },
    {
      inText: { section: 'text', value: 8 },
      end: { section: 'bss', value: 100 },
      number: { section: 0xfff1, value: 1234 },
      weak: { section: 0, info: WEAK },
      common: { section: 0xfff2, value: 16, size: 40 },
    },
  );
  const input = read(file);
  const found = input.code[0]!.relocations.map((r) => (r.kind === 'call' ? place(r.target) : r.kind));
  expect(found).toEqual([['.text', 6], ['.bss', 100], 1234, 0, ['COMMON', 0], ['COMMON', 0]]);
  const common = input.data.filter(({ name }) => name === 'COMMON');
  expect(common.map(({ kind, size, alignment }) => [kind, size, alignment])).toEqual([['bss', 40, 16]]);
});

test.each([
  ['link/section-size', { value: 16, size: 2 ** 32 + 1 }],
  ['link/section-alignment', { value: 24, size: 8 }],
])('%s of a common variable', (error, init) => {
  const text = code(2, { relocations: [[{ at: 0, type: R.call, symbol: 'common' }]] });
  const file = objectFile({ text }, { common: { section: 0xfff2, ...init } });
  expect(() => read(file)).toThrow(expect.objectContaining({ code: error }));
});

test('several tables for one section are joined and sorted; hints are left out', () => {
  const at = (offset: number) => ({ at: offset, type: R.jal, symbol: 'f' });
  const file = objectFile(
    {
      text: code(4, {
        relocations: [
          [at(8), { at: 8, type: R.relax }],
          [at(0), at(12), { at: 4, type: R.none }],
        ],
      }),
    },
    { f: { section: 'text' } },
  );
  expect(read(file).code[0]!.relocations.map(({ offset }) => offset)).toEqual([0, 8, 12]);
});

test('low parts are joined with the auipc that their label marks', () => {
  const relocations = [
    { at: 0, type: R.got, symbol: 'v' },
    { at: 4, type: R.pcrelLow, symbol: 'label' },
  ];
  const symbols = {
    v: { section: 'data' },
    label: { section: 'text' },
    wrong: { section: 'text', value: 4 },
  };
  const file = (records: typeof relocations) =>
    objectFile({ text: code(3, { relocations: [records] }), data: data(4) }, symbols);
  expect(read(file(relocations)).code[0]!.relocations[1]).toEqual({ kind: 'pcrel-low', offset: 4, high: 0 });
  const lacking = errorOf(file([{ at: 8, type: R.pcrelLow, symbol: 'wrong' }]));
  expect(lacking.code).toBe('link/relocation');
  expect(lacking.message).toContain('R_RISCV_PCREL_HI20');
});

test('data refers to places and differences; numbers are written to its bytes', () => {
  const file = objectFile(
    {
      text: code(2),
      data: data(40, {
        relocations: [
          [
            { at: 0, type: R.abs64, symbol: 'f', addend: 4 },
            { at: 8, type: R.add32, symbol: 'f' },
            { at: 8, type: R.sub32, symbol: 'd' },
            { at: 12, type: R.pcrel32, symbol: 'd', addend: 7 },
            { at: 16, type: R.abs64, symbol: 'number', addend: -1 },
            { at: 24, type: R.sub32, symbol: 'number' },
            { at: 24, type: R.add32, symbol: 'd' },
          ],
        ],
      }),
    },
    { f: { section: 'text' }, d: { section: 'data', value: 8 }, number: { section: 0xfff1, value: 0 } },
  );
  const input = read(file);
  const references = input.references.get(input.data[0]!)!;
  expect(references.map(({ offset, size, to, minus }) => [offset, size, place(to), place(minus)])).toEqual([
    [0, 8, ['.text', 4], undefined],
    [8, 4, ['.text', 0], ['.data', 8]],
    [12, 4, ['.data', 15], ['.data', 12]],
    [24, 4, ['.data', 8], undefined],
  ]);
  expect([...input.data[0]!.bytes.subarray(16, 24)]).toEqual(Array(8).fill(255));
});

const inData = (...relocations: { at: number; type: number; symbol: string }[]): Uint8Array =>
  objectFile(
    { text: code(2), data: data(16, { relocations: [relocations] }) },
    { f: { section: 'text' }, g: { section: 'text', value: 4 }, d: { section: 'data' } },
  );

test.each([
  ['half a difference', [{ at: 0, type: R.add32, symbol: 'f' }], 'link/difference'],
  [
    'one of two code addresses',
    [R.add32, R.sub32].map((type, i) => ({ at: 0, type, symbol: 'fg'[i]! })),
    'link/difference',
  ],
  [
    'a jump table of 64 bits',
    [R.add64, R.sub64].map((type, i) => ({ at: 0, type, symbol: 'fd'[i]! })),
    'link/difference',
  ],
  [
    'fields on top of each other',
    [0, 4].map((at) => ({ at, type: R.abs64, symbol: 'f' })),
    'link/relocation-overlap',
  ],
  ['fields outside the section', [{ at: 12, type: R.abs64, symbol: 'f' }], 'link/relocation-range'],
  ['six bits', [{ at: 0, type: R.set6, symbol: 'f' }], 'link/relocation'],
])('data is refused: %s', (_, relocations, expected) => {
  expect(errorOf(inData(...relocations)).code).toBe(expected);
});

const inCode = (...relocations: { at: number; type: number; symbol: string }[]): Uint8Array =>
  objectFile(
    { text: code(4, { relocations: [relocations] }), debug: data(4, { name: '.debug_x', flags: 0 }) },
    {
      f: { section: 'text', info: FUNC, size: 16 },
      missing: { section: 0 },
      debug: { section: 'debug' },
      chosen: { section: 'text', info: 0x1a },
    },
  );

test.each([
  [
    'an undefined symbol',
    [{ at: 0, type: R.jal, symbol: 'missing' }],
    'link/undefined',
    '"missing" is used in f',
  ],
  [
    'debug data',
    [{ at: 4, type: R.high, symbol: 'debug' }],
    'link/relocation',
    '.debug_x, which is not loaded',
  ],
  ['an indirect function', [{ at: 4, type: R.jal, symbol: 'chosen' }], 'link/symbol', 'IFUNC'],
  [
    'dynamic thread-locals',
    [{ at: 8, type: R.tlsGd, symbol: 'f' }],
    'link/relocation',
    '-ftls-model=local-exec',
  ],
  ['a number without a meaning', [{ at: 8, type: 77, symbol: 'f' }], 'link/relocation', 'f+0x8'],
  ['a call at the end', [{ at: 12, type: R.call, symbol: 'f' }], 'link/relocation-range', '16 bytes'],
  [
    'two for one instruction',
    [0, 0].map((at) => ({ at, type: R.jal, symbol: 'f' })),
    'link/relocation-overlap',
    'R_RISCV_JAL',
  ],
  ['a pointer of the other width', [{ at: 0, type: R.abs32, symbol: 'f' }], 'link/relocation', 'R_RISCV_32'],
])('code is refused: %s', (_, relocations, expected, text) => {
  const { code: found, message } = errorOf(inCode(...relocations));
  expect(found).toBe(expected);
  expect(message).toContain(text);
});

test('all problems are told at once, an undefined symbol once', () => {
  const jumps = [0, 4, 8].map((at) => ({ at, type: R.jal, symbol: 'missing' }));
  const { detail } = errorOf(inCode(...jumps, { at: 12, type: 77, symbol: 'f' }));
  expect((detail.problems as RiscboxError[]).map(({ code: found }) => found)).toEqual([
    'link/undefined',
    'link/relocation',
  ]);
});

test.each([
  ['_Unwind_Resume', '-fno-exceptions'],
  ['__gxx_personality_v0', '-fno-exceptions'],
  ['memcpy', "the guest kit's memory.c"],
  ['__udivdi3', '-lgcc'],
  ['__floatunsidf', '-lgcc'],
  ['__negation', 'link the object or library that has it'],
])('what compilers use on their own comes with advice: %s', (symbol, advice) => {
  const imported = objectFile(
    { text: code(1, { relocations: [[{ at: 0, type: R.jal, symbol }]] }) },
    { [symbol]: { section: 0 } },
  );
  expect(errorOf(imported).message).toContain(advice);
});

test.each([
  ['no code', { data: data(4) }, {}, 'link/no-code'],
  [
    'intermediate code',
    { text: code(0), lto: data(4, { name: '.gnu.lto_.inline' }) },
    {},
    'link/intermediate-code',
  ],
  ['code of odd length', { text: code(0, { data: new Uint8Array(3) }) }, {}, 'link/section-size'],
  ['writable code', { text: code(1, { flags: EXEC | 1 }) }, {}, 'link/section-flags'],
  ['writable constants', { text: code(1), ro: data(4, { name: '.rodata' }) }, {}, 'link/section-flags'],
  ['constant variables', { text: code(1), rw: data(4, { flags: ALLOC }) }, {}, 'link/section-flags'],
  ['the wrong machine', { text: code(1) }, { machine: 62 }, 'linker/machine'],
  ['a core file', { text: code(1) }, { type: 4 }, 'link/file-type'],
  [
    'a stack request of three bytes',
    { text: code(1), stack: data(3, { name: '.polkavm_min_stack_size' }) },
    {},
    'link/stack-words',
  ],
  [
    'overlapping code',
    { text: code(4), more: code(4, { address: 8 }) },
    { type: ET_EXEC },
    'link/section-address',
  ],
])('files are refused: %s', (_, sections, init, expected) => {
  expect(errorOf(objectFile(sections, {}, init)).code).toBe(expected);
});

test('linked files without relocations are refused, if their code has addresses', () => {
  const auipc = code(0, { address: 0x10000, data: Uint8Array.of(0x17, 5, 0, 0, 0x67, 0x80, 0, 0) });
  expect(errorOf(objectFile({ text: auipc }, {}, { type: ET_EXEC })).code).toBe('link/no-relocations');
  const exports = data(9, { address: 0x20000, name: '.polkavm_exports' });
  const stripped = objectFile({ text: code(2, { address: 0x10000 }), exports }, {}, { type: ET_EXEC });
  expect(errorOf(stripped).code).toBe('link/no-relocations');
  const plain = code(2, { address: 0x10000 });
  expect(read(objectFile({ text: plain }, {}, { type: ET_EXEC, entry: 0x10004 })).entry?.offset).toBe(4);
});

test('the target must have the width of the file', () => {
  const file = objectFile({ text: code(1) }, {}, { width: 32 });
  expect(errorOf(file, { target: 'jam_v1' }).code).toBe('link/target-width');
  expect(read(file, { target: 'latest32' }).width).toBe(32);
});

test('linked files: symbols at the end of sections, absolute ones, and those just in front of a section', () => {
  const jump = (symbol: string, at: number) => ({ at, type: R.high, symbol });
  const names = ['end', 'absoluteEnd', 'constant', 'bssStart', 'pointer'];
  const file = objectFile(
    {
      text: code(8, {
        address: 0x10000,
        relocations: [names.map((symbol, i) => jump(symbol, 0x10000 + 4 * i))],
      }),
      data: data(12, { address: 0x20000 }),
      bss: { name: '.bss', type: NOBITS, flags: WRITE, address: 0x2000c, size: 32 },
    },
    {
      end: { section: 'bss', value: 0x2002c },
      absoluteEnd: { section: 0xfff1, value: 0x2002c },
      constant: { section: 0xfff1, value: 0x5000 },
      bssStart: { section: 'bss', value: 0x20004 },
      pointer: { section: 'data', value: 0x20800 },
    },
    { type: ET_EXEC },
  );
  const found = read(file).code[0]!.relocations.map((r) => (r.kind === 'high' ? place(r.target) : r.kind));
  expect(found).toEqual([['.bss', 32], ['.bss', 32], 0x5000, ['.data', 4], ['.data', 0x800]]);
});

test('sections for unwinders and loaders are loaded as zeros once something refers to them', () => {
  const unwind = data(8, { name: '.eh_frame', flags: ALLOC, data: new Uint8Array(8).fill(9) });
  const relocations = [[{ at: 0, type: R.high, symbol: 'frames' }]];
  const input = read(
    objectFile({ text: code(1, { relocations }), unwind }, { frames: { section: 'unwind' } }),
  );
  expect(input.data.map(({ name, kind, size, bytes }) => [name, kind, size, bytes.length])).toEqual([
    ['.eh_frame', 'ro', 8, 0],
  ]);
});

test('functions are exported by name', () => {
  const file = objectFile({ text: code(4) }, { f: { section: 'text', value: 8, info: FUNC, size: 4 } });
  const [found] = read(file, { exports: ['f'] }).exports;
  expect([
    new TextDecoder().decode(found!.symbol),
    place(found!.place),
    found!.inputs,
    found!.outputs,
  ]).toEqual(['f', ['.text', 8], 9, 2]);
  expect(errorOf(file, { exports: ['f', 'g'] }).code).toBe('link/no-export');
});

/** ecalli with a pointer to a record, and that record. */
const importing = (record: readonly number[], options: { withSymbol?: boolean } = {}): Uint8Array => {
  const { withSymbol = true } = options;
  const stub = concat(Uint8Array.of(0x0b, 0, 0, 0), new Uint8Array(8), Uint8Array.of(0x67, 0x80, 0, 0));
  return objectFile(
    {
      text: code(0, {
        data: concat(stub, stub),
        relocations: [[4, 20].map((at) => ({ at, type: R.abs64, symbol: 'record' }))],
      }),
      records: {
        name: '.polkavm_metadata',
        type: PROGBITS,
        flags: ALLOC,
        data: Uint8Array.from(record),
        relocations: withSymbol ? [[{ at: 9, type: R.abs64, symbol: 'name' }]] : [],
      },
      names: data(5, { name: '.rodata', flags: ALLOC, data: new TextEncoder().encode('hello') }),
    },
    { record: { section: 'records' }, name: { section: 'names' } },
  );
};
const VERSION1 = [1, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 1];
const VERSION2 = [2, ...VERSION1.slice(1), 1, 42, 0, 0, 0];

test.each([
  [VERSION1, undefined],
  [VERSION2, 42],
  [[...VERSION2.slice(0, 19), 0, 42, 0, 0, 0], undefined],
])('imports: record %#', (record, index) => {
  const input = read(importing(record));
  const [first, second] = input.code[0]!.relocations.map((r) =>
    r.kind === 'pointer' && r.target.section !== undefined ? input.importAt(r.target) : undefined,
  );
  expect(first).toBe(second);
  expect(new TextDecoder().decode(first!.symbol)).toBe('hello');
  expect([first!.inputs, first!.outputs, first!.index, first!.convention]).toEqual([3, 1, index, 'call']);
  expect(input.data.map(({ name }) => name)).toEqual(['.rodata']);
});

test.each([
  ['version', [3, ...VERSION1.slice(1)], {}],
  ['flags', [1, 1, ...VERSION1.slice(2)], {}],
  ['input registers', [...VERSION1.slice(0, 17), 10, 0], {}],
  ['output registers', [...VERSION1.slice(0, 17), 0, 3], {}],
  ['outside section', [...VERSION1.slice(0, 5), 6, ...VERSION1.slice(6)], {}],
  ['ends early', VERSION1.slice(0, 18), {}],
  ['ends early', VERSION2.slice(0, 20), {}],
  ['no relocation to its symbol', VERSION1, { withSymbol: false }],
])('imports are refused: %s', (text, record, options) => {
  const error = errorOf(importing(record, options));
  expect(error.code).toBe('link/metadata');
  expect(error.message).toContain(text);
});
