import { ALLOC, data, type ObjectRelocation, type ObjectSection } from '../input/object-file.ts';
import { type Accepted, AUIPC_A0, LUI_A0, patched, R, RETURN, type Refused, source } from './cases.ts';

const at = (offset: number, type: number, symbol: string, addend = 0): ObjectRelocation => ({
  at: offset,
  type,
  symbol,
  addend,
});

const NOTHING = 'add_imm_64 a0 a0 0';

/** Instructions that do nothing, with relocations. */
const inCode = (...relocations: readonly ObjectRelocation[]): Uint8Array =>
  source({
    lines: [NOTHING, NOTHING, NOTHING, RETURN],
    relocations,
    sections: { debug: data(4, { name: '.debug_x', flags: 0 }), data: data(16) },
    symbols: {
      missing: { section: 0 },
      'also missing': { section: 0 },
      debug: { section: 'debug' },
      chosen: { section: 'text', info: 0x1a },
      reserved: { section: 0xff20 },
      d: { section: 'data' },
    },
  });

/** A program whose `main` loads from data with relocations. */
const withData = (relocations: readonly ObjectRelocation[], init: Partial<ObjectSection> = {}): Uint8Array =>
  source({
    lines: [LUI_A0, 'load_indirect_u64 a0 a0 0', RETURN],
    relocations: [at(0, R.high, 'd'), at(4, R.low, 'd')],
    sections: {
      data: data(16, { relocations: [relocations], ...init }),
      more: data(0x200, { name: '.data.more', flags: ALLOC | 1 }),
    },
    symbols: {
      d: { section: 'data' },
      e: { section: 'more', value: 0x180 },
      far: { section: 'more', value: 0x20000 },
      g: { section: 'text', value: 4 },
    },
  });

const difference = (
  offset: number,
  [plus, minus]: readonly [number, number],
  p: string,
  m: string,
): readonly ObjectRelocation[] => [at(offset, plus, p), at(offset, minus, m)];

const ADD_64 = [R.add64, R.sub64] as const;
const ADD_32 = [R.add32, R.sub32] as const;
const ADD_8 = [R.add8, R.sub8] as const;
const ADD_16 = [R.add16, R.sub16] as const;

/** Something wrong with a relocation in code, at offset 4, and at 4 and 8. */
const badInCode = (
  subject: string,
  code: string,
  relocation: (offset: number) => ObjectRelocation,
  ...says: readonly string[]
): Refused => ({
  subject: `code: ${subject}`,
  file: inCode(relocation(4)),
  code,
  says: ['main+0x4 (section .text, offset 0x4)', ...says],
  detail: { place: { function: 'main', functionOffset: 4, section: '.text', offset: 4 } },
  twice: { file: inCode(relocation(4), relocation(8)), says: ['main+0x4', 'main+0x8'] },
});

const badInData = (
  subject: string,
  code: string,
  relocations: (offset: number) => readonly ObjectRelocation[],
  ...says: readonly string[]
): Refused => ({
  subject: `data: ${subject}`,
  file: withData(relocations(0)),
  code,
  says: ['section .data, offset 0x0', ...says],
  detail: { place: { section: '.data', offset: 0 } },
  twice: { file: withData([...relocations(0), ...relocations(8)]), says: ['offset 0x0', 'offset 0x8'] },
});

/** The index of a symbol stands in front of the addend. */
const withSymbol99 = (): Uint8Array => {
  const file = withData([at(0, R.abs64, 'd', 0x12345678)]);
  return patched(file, Buffer.from(file).indexOf(Buffer.of(0x78, 0x56, 0x34, 0x12)) - 4, 99, 0, 0, 0);
};

/** Group "relocations". */
export const relocationCases: readonly Refused[] = [
  {
    subject: 'undefined symbol',
    file: inCode(at(4, R.jal, 'missing')),
    code: 'link/undefined',
    says: [
      '"missing" is used in main+0x4 (section .text, offset 0x4)',
      'link the object or library that has it',
    ],
    detail: { symbol: '"missing"', place: { function: 'main', section: '.text', offset: 4 } },
    twice: {
      // Each symbol once, however often it is used.
      file: inCode(at(0, R.jal, 'missing'), at(4, R.jal, 'also missing'), at(8, R.jal, 'missing')),
      says: ['"missing" is used in main (', '"also missing" is used in main+0x4'],
    },
  },
  badInCode('unsupported symbol type', 'link/symbol', (o) => at(o, R.jal, 'chosen'), '"chosen"', 'IFUNC'),
  badInCode(
    'target without an address',
    'link/relocation',
    (o) => at(o, R.high, 'debug'),
    '"debug"',
    '.debug_x',
  ),
  badInCode(
    'target in a reserved section',
    'link/symbol',
    (o) => at(o, R.high, 'reserved'),
    '0xff20',
    'use ordinary sections',
  ),
  badInCode(
    'unsupported relocation',
    'link/relocation',
    (o) => at(o, R.tlsGd, 'main'),
    'R_RISCV_TLS_GD_HI20',
    '"main"',
    '-ftls-model=local-exec',
  ),
  badInCode(
    'a number that means nothing',
    'link/relocation',
    (o) => at(o, 77, 'main'),
    'relocation 77',
    'cannot be relinked',
  ),
  badInCode(
    'offset where none is expected',
    'link/relocation',
    (o) => at(o, R.add32, 'main'),
    'R_RISCV_ADD32',
    'is one of data, among instructions',
  ),
  badInCode(
    'low part without its high part',
    'link/relocation',
    (o) => at(o, R.pcrelLow, 'main'),
    'offset 0x0',
    'R_RISCV_PCREL_HI20',
    '--emit-relocs',
  ),
  badInCode(
    'low part whose label is elsewhere',
    'link/relocation',
    (o) => at(o, R.pcrelLow, 'd'),
    '"d"',
    '%pcrel_lo',
  ),
  {
    subject: 'code: wrong instructions for a pair',
    file: source({
      lines: [NOTHING, NOTHING, RETURN],
      relocations: [at(0, R.call, 'main')],
    }),
    code: 'link/relocation-use',
    says: ['main (section .text, offset 0x0)', 'not at an auipc with a jalr behind it', 'link it again'],
    detail: { kind: 'call' },
    twice: {
      file: source({
        lines: [NOTHING, 'add_64 a0 a0 a1', NOTHING, NOTHING, RETURN],
        relocations: [at(0, R.pcrelHigh, 'main'), at(4, R.low, 'main'), at(8, R.call, 'main')],
      }),
      says: ['is not at an auipc\n', 'main+0x4', 'does not fit the instruction', 'main+0x8'],
    },
  },
  {
    subject: 'code: a high part that is no lui',
    file: inCode(at(4, R.high, 'd')),
    code: 'link/relocation-use',
    says: ['main+0x4', 'is not at a lui'],
  },
  {
    subject: 'code: outside of its section',
    file: inCode(at(12, R.call, 'main')),
    code: 'link/relocation-range',
    says: ['R_RISCV_CALL_PLT in main+0xc', '16 bytes', 'link it again'],
    detail: { relocation: 'R_RISCV_CALL_PLT', size: 16 },
    twice: {
      file: inCode(at(14, R.jal, 'main'), at(99, R.jal, 'main')),
      says: ['offset 0xe', 'offset 0x63'],
    },
  },
  {
    subject: 'code: two for one instruction',
    file: inCode(at(4, R.jal, 'main'), at(4, R.branch, 'main')),
    code: 'link/relocation-overlap',
    says: ['R_RISCV_BRANCH in main+0x4', 'R_RISCV_JAL', 'assembly source'],
    detail: { relocation: 'R_RISCV_BRANCH', other: 'R_RISCV_JAL' },
  },
  {
    subject: 'a symbol beyond the symbol table',
    file: withSymbol99(),
    code: 'link/symbol',
    says: ['symbol 99', 'section .data, offset 0x0', 'is not in the symbol table', 'link it again'],
    detail: { symbol: 'symbol 99' },
  },
  badInData(
    '64-bit jump table',
    'link/difference',
    (o) => difference(o, ADD_64, 'g', 'd'),
    'jump table entry of 64 bits',
    '-fno-jump-tables',
  ),
  badInData(
    'two code addresses',
    'link/difference',
    (o) => difference(o, ADD_32, 'g', 'main'),
    'two code addresses',
    'store code pointers',
  ),
  badInData(
    'half a difference',
    'link/difference',
    (o) => [at(o, R.add32, 'd')],
    'has R_RISCV_ADD32 only',
    'two labels',
  ),
  badInData(
    'two sizes',
    'link/difference',
    (o) => [at(o, R.add32, 'd'), at(o, R.sub8, 'd')],
    'R_RISCV_ADD32 and R_RISCV_SUB8',
    'two labels',
  ),
  badInData(
    'six bits',
    'link/relocation',
    (o) => [at(o, R.set6, 'd')],
    'R_RISCV_SET6 against "d"',
    'only debug information has',
  ),
  badInData(
    'ULEB128',
    'link/relocation',
    (o) => [at(o, R.setUleb, 'd')],
    'R_RISCV_SET_ULEB128',
    'only debug information has',
  ),
  badInData(
    'of instructions',
    'link/relocation',
    (o) => [at(o, R.jal, 'd')],
    'R_RISCV_JAL',
    'has no meaning in data',
  ),
  {
    subject: 'value does not fit 8 bits',
    file: withData(difference(0, ADD_8, 'e', 'd')),
    code: 'link/value',
    says: ['section .data, offset 0x0', 'does not fit the 1 bytes', 'use a wider field'],
    detail: { section: '.data', offset: 0, size: 1 },
    twice: {
      file: withData([...difference(0, ADD_8, 'e', 'd'), ...difference(2, ADD_8, 'd', 'e')]),
      says: ['offset 0x0', 'offset 0x2'],
    },
  },
  {
    subject: 'value does not fit 16 bits',
    file: withData(difference(0, ADD_16, 'far', 'd')),
    code: 'link/value',
    says: ['section .data, offset 0x0', 'does not fit the 2 bytes'],
    detail: { section: '.data', offset: 0, size: 2 },
  },
  {
    subject: 'value does not fit 32 bits',
    file: withData([at(8, R.add32, 'd', -0x80000000), at(8, R.sub32, 'e')]),
    code: 'link/value',
    says: ['section .data, offset 0x8', 'does not fit the 4 bytes'],
    detail: { section: '.data', offset: 8, size: 4 },
  },
];

/** What is no error here. */
export const acceptedRelocations: readonly Accepted[] = [
  {
    subject: 'jump table entries of 32 bits',
    file: source({
      lines: [
        LUI_A0,
        'add_imm_64 a0 a0 0',
        'load_indirect_i32 a1 a0 0',
        'add_64 a0 a0 a1',
        'jump_indirect a0 0',
        'add_imm_64 a0 zero 21',
        RETURN,
      ],
      relocations: [at(0, R.high, 'd'), at(4, R.low, 'd')],
      sections: {
        data: data(4, { name: '.rodata', flags: ALLOC, relocations: [difference(0, ADD_32, 'case', 'd')] }),
      },
      symbols: { d: { section: 'data' }, case: { section: 'text', value: 20 } },
    }),
    call: [],
    result: 21n,
  },
  {
    subject: 'addresses by the table of position-independent code',
    file: source({
      lines: [AUIPC_A0, 'load_indirect_u64 a0 a0 0', 'load_indirect_u8 a0 a0 0', RETURN],
      relocations: [at(0, R.gotHigh, 'd'), at(4, R.pcrelLow, 'main')],
      sections: { data: data(1, { data: Uint8Array.of(88) }) },
      symbols: { d: { section: 'data' } },
    }),
    call: [],
    result: 88n,
  },
];
