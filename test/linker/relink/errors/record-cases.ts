import {
  ALLOC,
  code,
  data,
  type ObjectRelocation,
  type ObjectSection,
  PROGBITS,
} from '../input/object-file.ts';
import { type Accepted, bytesOfCode, R, RETURN, type Refused, source } from './cases.ts';

const ECALLI = 0x0000000b;
const ECALL = 0x00000073;

interface Record {
  readonly symbol: string;
  readonly version?: number;
  readonly flags?: number;
  readonly length?: number;
  readonly inputs?: number;
  readonly outputs?: number;
  readonly index?: number;
  /** What its symbol's pointer is relocated by; default R_RISCV_64. */
  readonly pointer?: readonly number[];
}

const RECORD_SIZE = 24;

/** A metadata record of 24 bytes: version 1 has 19. */
const bytesOf = (record: Record): Uint8Array => {
  const { symbol, flags = 0, length = symbol.length, inputs = 0, outputs = 1, index } = record;
  const bytes = new Uint8Array(RECORD_SIZE);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, record.version ?? (index === undefined ? 1 : 2));
  view.setUint32(1, flags, true);
  view.setUint32(5, length, true);
  view.setUint8(17, inputs);
  view.setUint8(18, outputs);
  if (index !== undefined) {
    view.setUint8(19, 1);
    view.setUint32(20, index, true);
  }
  return bytes;
};

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
};

const NAME_ROOM = 16;

/** Records, and the names that they point to. */
const recordSections = (records: readonly Record[]): { records: ObjectSection; names: ObjectSection } => ({
  records: {
    name: '.polkavm_metadata',
    type: PROGBITS,
    flags: ALLOC,
    data: joined(records.map(bytesOf)),
    relocations: [
      records.flatMap(({ pointer = [R.abs64] }, i) =>
        pointer.map((type) => ({ at: RECORD_SIZE * i + 9, type, symbol: 'names', addend: NAME_ROOM * i })),
      ),
    ],
  },
  names: data(0, {
    name: '.rodata',
    flags: ALLOC,
    data: joined(
      records.map(({ symbol }) =>
        new TextEncoder().encode(symbol.padEnd(NAME_ROOM, '\0')).slice(0, NAME_ROOM),
      ),
    ),
  }),
});

/** `main` calls an import per record. */
const importing = (
  records: readonly Record[],
  {
    pointer = R.abs64 as number,
    section = undefined as string | undefined,
    last = [] as readonly number[],
  } = {},
): Uint8Array => {
  const lines = records.flatMap(() => [ECALLI, 0, 0]);
  const relocations = records.map((_, i) => ({
    at: 12 * i + 4,
    type: pointer,
    symbol: section ?? 'records',
    addend: (section === undefined ? RECORD_SIZE : 12) * i,
  }));
  return source({
    lines: [...lines, ...last, RETURN],
    relocations,
    sections: recordSections(records),
    symbols: { records: { section: 'records' }, names: { section: 'names' } },
  });
};

const EXPORT_SIZE = 17;

/** Exports of `main` by records of version 1. */
const exporting = (
  count: number,
  pointers: readonly ObjectRelocation[],
  init: { readonly version?: number; readonly bytes?: number } = {},
): Uint8Array => {
  const bytes = new Uint8Array(init.bytes ?? EXPORT_SIZE * count);
  for (let i = 0; i < count; i++) bytes[EXPORT_SIZE * i] = init.version ?? 1;
  return source({
    lines: ['add_imm_64 a0 zero 7', RETURN],
    sections: {
      ...recordSections([{ symbol: 'seven', outputs: 1 }]),
      exports: {
        name: '.polkavm_exports',
        type: PROGBITS,
        flags: ALLOC,
        data: bytes,
        relocations: [pointers],
      },
      other: code(0, { name: '.text.other', data: bytesOfCode([RETURN], 64) }),
    },
    symbols: {
      records: { section: 'records' },
      names: { section: 'names' },
    },
  });
};

const pointersOf = (index: number, to = 'main', addend = 0): readonly ObjectRelocation[] => [
  { at: EXPORT_SIZE * index + 1, type: R.abs64, symbol: 'records' },
  { at: EXPORT_SIZE * index + 9, type: R.abs64, symbol: to, addend },
];

/** Something wrong with a record, in one of one and in two of two. */
const badRecord = (subject: string, wrong: Partial<Record>, problem: string): Refused => ({
  subject: `metadata: ${subject}`,
  file: importing([{ symbol: 'host', ...wrong }]),
  code: 'link/metadata',
  says: ['section .polkavm_metadata, offset 0x0', problem, "declare it with PolkaVM's macros"],
  detail: { place: { section: '.polkavm_metadata', offset: 0 } },
  twice: {
    file: importing([
      { symbol: 'host', ...wrong },
      { symbol: 'other', ...wrong },
    ]),
    says: ['offset 0x0', 'offset 0x18'],
  },
});

const badExport = (
  subject: string,
  pointers: (index: number) => readonly ObjectRelocation[],
  problem: string,
): Refused => ({
  subject: `exports: ${subject}`,
  file: exporting(1, pointers(0)),
  options: { exports: [] },
  code: 'link/export',
  says: ['section .polkavm_exports, offset 0x0', problem, "declare it with PolkaVM's macros"],
  detail: { place: { section: '.polkavm_exports', offset: 0 } },
  twice: {
    file: exporting(2, [...pointers(0), ...pointers(1)]),
    says: ['offset 0x0', 'offset 0x11'],
  },
});

/** Groups "metadata", "imports" and "exports". */
export const recordCases: readonly Refused[] = [
  badRecord('version', { version: 3 }, 'version 3'),
  badRecord('flags', { flags: 0x10 }, 'flags 0x10'),
  badRecord('input registers', { inputs: 10 }, '10 input registers, at most 9'),
  badRecord('output registers', { outputs: 3 }, '3 output registers, at most 2'),
  badRecord('symbol out of bounds', { length: 99 }, 'symbol of 99 bytes outside section .rodata'),
  badRecord('no relocation of the symbol', { pointer: [] }, 'no relocation to its symbol'),
  badRecord('a difference for the symbol', { pointer: [R.add64, R.sub64] }, 'no relocation to its symbol'),
  {
    subject: 'metadata: a record that is among code',
    file: importing([{ symbol: 'host' }], { section: 'main' }),
    code: 'link/metadata',
    says: ['main (section .text, offset 0x0) is among code', "declare it with PolkaVM's macros"],
    detail: { place: { function: 'main', section: '.text', offset: 0 } },
    twice: {
      file: importing([{ symbol: 'host' }, { symbol: 'other' }], { section: 'main' }),
      says: ['main (', 'main+0xc ('],
    },
  },
  {
    subject: 'metadata: ecalli without a relocation',
    file: importing([{ symbol: 'host' }], { pointer: R.none }),
    code: 'link/import-pointer',
    says: ['main (section .text, offset 0x0)', '--emit-relocs'],
  },
  {
    subject: 'metadata: truncated ecalli',
    file: source({ lines: [ECALLI] }),
    code: 'link/instruction',
    says: [
      'main (section .text, offset 0x0)',
      '0x0000000b is a host call whose pointer to its metadata is cut off',
    ],
    detail: { raw: ECALLI, length: 4, place: { function: 'main' } },
  },
  {
    subject: 'imports: one symbol, two prototypes',
    file: importing([
      { symbol: 'host', inputs: 1 },
      { symbol: 'host', inputs: 2, outputs: 0 },
    ]),
    code: 'link/import-conflict',
    says: ['import host', '1 inputs, 1 outputs', '2 inputs, 0 outputs', 'declare it once'],
    detail: { symbol: 'host' },
    twice: {
      file: importing([
        { symbol: 'host', inputs: 1 },
        { symbol: 'host', inputs: 2 },
        { symbol: 'other', inputs: 1 },
        { symbol: 'other', inputs: 2 },
      ]),
      says: ['import host', 'import other'],
    },
  },
  {
    subject: 'imports: one index for two',
    file: importing([
      { symbol: 'host', index: 1 },
      { symbol: 'other', index: 1 },
    ]),
    code: 'link/import-index',
    says: ['host', 'other', 'index 1', 'give each its own'],
    detail: { index: 1 },
    twice: {
      file: importing([
        { symbol: 'a', index: 1 },
        { symbol: 'b', index: 1 },
        { symbol: 'c', index: 2 },
        { symbol: 'd', index: 2 },
      ]),
      says: ['a and b', 'c and d'],
    },
  },
  {
    subject: 'imports: some have an index',
    file: importing([{ symbol: 'host' }, { symbol: 'other', index: 1 }]),
    code: 'link/import-without-index',
    says: ['import host has no index', 'give all imports an index or none'],
    detail: { symbol: 'host' },
    twice: {
      file: importing([{ symbol: 'host' }, { symbol: 'more' }, { symbol: 'other', index: 1 }]),
      says: ['import host', 'import more'],
    },
  },
  {
    subject: 'imports: an index beyond all tables',
    file: importing([{ symbol: 'host', index: 0xffffffff }]),
    code: 'link/too-many-imports',
    says: ['4294967296 host-call numbers', 'use smaller indexes'],
  },
  {
    subject: 'an environment call and an import of its name',
    file: importing([{ symbol: 'ecall', inputs: 2 }], { last: [ECALL] }),
    code: 'link/import-twice',
    says: ['import ecall', '2 inputs, 1 outputs', 'an environment call', 'declare it once'],
    detail: { symbol: 'ecall' },
  },
  badExport(
    'no relocation of the metadata',
    (i) => pointersOf(i).slice(1),
    'has no relocation to its metadata',
  ),
  badExport(
    'no relocation of the function',
    (i) => pointersOf(i).slice(0, 1),
    'has no relocation to its function',
  ),
  badExport('a function that is data', (i) => pointersOf(i, 'names'), 'does not lead to code but to .rodata'),
  badExport('a function beyond its section', (i) => pointersOf(i, 'main', 400), 'does not lead to code'),
  {
    subject: 'exports: version',
    file: exporting(1, pointersOf(0), { version: 2 }),
    code: 'link/export',
    says: ['offset 0x0', 'version 2'],
  },
  {
    subject: 'exports: a record that ends early',
    file: exporting(1, pointersOf(0), { bytes: EXPORT_SIZE + 3 }),
    code: 'link/export',
    says: ['offset 0x11', 'ends early'],
  },
  {
    subject: 'exports: one name for two functions',
    file: exporting(2, [...pointersOf(0), ...pointersOf(1, 'main', 4)]),
    options: { exports: [] },
    code: 'link/export-twice',
    says: ['"seven"', 'main (', 'main+0x4 (', 'its own name'],
    detail: { name: 'seven' },
  },
  {
    subject: 'exports: a name that the file lacks',
    file: source({}),
    options: { exports: ['mian'] },
    code: 'link/no-export',
    says: ['"mian"', 'did you mean "main"?'],
    detail: { name: 'mian', similar: 'main' },
    twice: {
      options: { exports: ['mian', 'other_function'] },
      says: ['"mian"', '"other_function"', 'name a function of the file'],
    },
  },
  {
    subject: 'exports: a label that is no block start',
    file: source({
      lines: ['add_imm_64 a0 a0 1', RETURN],
      symbols: { inside: { section: 'text', value: 3 } },
    }),
    options: { exports: ['inside'] },
    code: 'link/no-export',
    says: ['"inside"', 'not that of an instruction'],
  },
  {
    subject: 'exports: dispatch table',
    file: source({}),
    options: { dispatchTable: ['mayn'] },
    code: 'link/dispatch',
    says: ['"mayn"', 'is not exported', 'did you mean "main"?'],
    detail: { symbol: 'mayn', similar: 'main' },
    twice: {
      options: { dispatchTable: ['mayn', 'main', 'nothing_like_it'] },
      says: ['"mayn"', '"nothing_like_it"', 'leave it out'],
    },
  },
];

/** Declarations that work. */
export const acceptedRecords: readonly Accepted[] = [
  {
    subject: 'exports: one function declared twice',
    file: exporting(2, [...pointersOf(0), ...pointersOf(1)]),
    call: [],
    result: 7n,
  },
  {
    subject: 'exports: records with both pointers',
    file: exporting(1, pointersOf(0)),
    call: [],
    result: 7n,
  },
];
