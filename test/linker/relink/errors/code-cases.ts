import { code, data, FUNC, NOBITS, type ObjectRelocation, TLS, WRITE } from '../input/object-file.ts';
import { type Accepted, AUIPC_A0, bytesOfCode, LUI_A0, R, RETURN, type Refused, source } from './cases.ts';

const FADD = 0x00b57553;
const CSR = 0xc0002573;
const SBRK_ZERO = 0x0000150b;
const MEMSET_A0 = 0x0000250b;
const ECALLI_A0 = 0x0000050b;
const SBRK = 0x0005150b;
const ECALL = 0x00000073;
const MOVE_GP = 0x00018513;
const AUIPC_TO_GP = 0x00000197;

const at = (offset: number, type: number, symbol: string, addend = 0): ObjectRelocation => ({
  at: offset,
  type,
  symbol,
  addend,
});

/** Group "code". */
export const codeCases: readonly Refused[] = [
  {
    subject: 'unsupported instruction',
    file: source({ lines: ['add_imm_64 a0 a0 1', FADD, RETURN] }),
    code: 'link/instruction',
    says: [
      'main+0x4 (section .text, offset 0x4)',
      '0x00b57553 is fadd.s (extension F)',
      'rebuild with an -march',
    ],
    detail: {
      raw: FADD,
      length: 4,
      place: { function: 'main', functionOffset: 4, section: '.text', offset: 4 },
    },
    // In one block.
    twice: {
      file: source({ lines: [FADD, CSR, FADD, RETURN] }),
      says: ['main (', 'main+0x4', 'Zicsr', 'main+0x8'],
    },
  },
  {
    subject: 'no instruction at all',
    file: source({ lines: [0xffffffff] }),
    code: 'link/instruction',
    says: ['main (section .text, offset 0x0)', '0xffffffff is no known instruction'],
  },
  {
    subject: 'sbrk with x0',
    file: source({ lines: [SBRK_ZERO, RETURN] }),
    code: 'link/instruction',
    says: ['main (section .text, offset 0x0)', '0x0000150b is sbrk with x0'],
    twice: {
      file: source({ lines: [SBRK_ZERO, MEMSET_A0, ECALLI_A0, RETURN] }),
      says: ['sbrk with x0', 'main+0x4', 'memset with registers', 'main+0x8', 'a host call with registers'],
    },
  },
  {
    subject: 'an operation that the target lacks',
    file: source({ lines: [SBRK, RETURN] }),
    options: { target: 'jam_v1' },
    code: 'link/unavailable',
    says: ['main (section .text, offset 0x0)', 'sbrk does not exist in jam_v1', 'link for target latest'],
    detail: { operation: 'sbrk', kind: 'jam_v1' },
    twice: { file: source({ lines: [SBRK, SBRK, RETURN] }), says: ['main (', 'main+0x4'] },
  },
  {
    subject: 'unsupported register',
    file: source({ lines: ['add_imm_64 a0 a7 1', 'add_64 s5 a0 a6', RETURN] }),
    code: 'link/register',
    says: ['main (section .text, offset 0x0) uses a6, a7, s5', '-mabi=ilp32e or lp64e', '--demote'],
    detail: { registers: ['a6', 'a7', 's5'], place: { function: 'main', offset: 0 } },
    twice: {
      file: source({
        lines: ['jump 8', RETURN, 'add_64 a0 a0 s5', RETURN, 'add_64 a0 a0 s6', RETURN],
        symbols: {
          main: { section: 'text', info: FUNC, size: 8 },
          second: { section: 'text', value: 8, info: FUNC, size: 8 },
          third: { section: 'text', value: 16, info: FUNC, size: 8 },
        },
      }),
      options: { exports: ['main', 'second', 'third'] },
      says: ['second (section .text, offset 0x8) uses s5', 'third (section .text, offset 0x10) uses s6'],
    },
  },
  {
    subject: 'unrelocated auipc',
    file: source({ lines: [AUIPC_A0, RETURN] }),
    code: 'link/auipc',
    says: ['main (section .text, offset 0x0)', '--emit-relocs'],
    twice: { file: source({ lines: [AUIPC_A0, AUIPC_A0, RETURN] }), says: ['main (', 'main+0x4 ('] },
  },
  {
    subject: 'jump out of range',
    file: source({ lines: ['jump 2048'] }),
    code: 'link/code-target',
    says: [
      'main (section .text, offset 0x0) refers to',
      'section .text, offset 0x800',
      'where no instruction begins',
    ],
    detail: { place: { function: 'main' }, target: { section: '.text', offset: 0x800 } },
    twice: {
      file: source({ lines: ['branch_eq a0 a1 2048', 'jump 1024'] }),
      says: ['main (', 'offset 0x800', 'main+0x4 (', 'offset 0x400'],
    },
  },
  {
    subject: 'branch into an instruction',
    file: source({ lines: ['branch_eq a0 a1 6', RETURN] }),
    code: 'link/code-target',
    says: ['main (section .text, offset 0x0)', 'offset 0x6', 'where no instruction begins'],
  },
  {
    subject: 'jump to data',
    file: source({
      lines: ['jump 0', RETURN],
      relocations: [at(0, R.jal, 'd')],
      sections: { data: data(4) },
      symbols: { d: { section: 'data' } },
    }),
    code: 'link/code-target',
    says: [
      'main (section .text, offset 0x0)',
      'refers to section .data, offset 0x0, where no instruction begins',
      'keep code in sections of its own',
    ],
  },
  {
    subject: 'indirect jump with an offset to a code address',
    file: source({
      lines: [AUIPC_A0, 'add_imm_64 a0 a0 0', 'jump_indirect a0 4', RETURN, RETURN],
      relocations: [at(0, R.pcrelHigh, 'f'), at(4, R.pcrelLow, 'main')],
      symbols: { f: { section: 'text', value: 12 } },
    }),
    code: 'link/code-offset',
    says: ['main+0x8 (section .text, offset 0x8) jumps 4 bytes away', 'jump to a label of its own'],
    detail: { offset: 4 },
  },
  {
    subject: 'code that is read as data',
    file: source({
      lines: [LUI_A0, 'load_indirect_u8 a0 a0 0', RETURN],
      relocations: [at(0, R.high, 'main'), at(4, R.low, 'main')],
    }),
    code: 'link/code-access',
    says: ['main+0x4 (section .text, offset 0x4)', '.rodata'],
  },
];

/** What is no error here. */
export const acceptedCode: readonly Accepted[] = [
  {
    subject: 'what has no instruction, but nothing leads there',
    file: source({ lines: ['add_imm_64 a0 a0 1', RETURN, FADD, 0xffffffff] }),
    call: [1],
    result: 2n,
  },
  {
    subject: 'unrelocated auipc for an address in the section',
    file: source({
      lines: [AUIPC_A0, 'add_imm_64 a0 a0 12', 'jump_indirect a0 0', 'add_imm_64 a0 zero 9', RETURN],
    }),
    call: [],
    result: 9n,
  },
  {
    subject: 'unrelocated jalr: a call by pointer',
    file: source({
      lines: [
        'add_64 t1 ra zero',
        LUI_A0,
        'load_indirect_u64 a0 a0 0',
        'jalr ra a0 0',
        'jump_indirect t1 0',
        'add_imm_64 a0 zero 5',
        RETURN,
      ],
      relocations: [at(4, R.high, 'pointer'), at(8, R.low, 'pointer')],
      sections: { data: data(8, { relocations: [[at(0, R.abs64, 'five')]] }) },
      symbols: { pointer: { section: 'data' }, five: { section: 'text', value: 20 } },
    }),
    call: [],
    result: 5n,
  },
  {
    subject: 'code that falls through the end of its section traps',
    file: source({
      lines: ['add_imm_64 a0 a0 1'],
      sections: { next: code(0, { name: '.text.next', data: bytesOfCode([RETURN], 64) }) },
    }),
    call: [1],
    result: 'trap',
  },
  {
    subject: 'gp that is constant',
    file: source({
      lines: [AUIPC_TO_GP, 'add_imm_64 gp gp 0', MOVE_GP, 'load_indirect_u8 a0 a0 0', RETURN],
      relocations: [at(0, R.pcrelHigh, '__global_pointer$'), at(4, R.pcrelLow, 'main')],
      sections: { data: data(1, { data: Uint8Array.of(55) }) },
      symbols: { __global_pointer$: { section: 'data' } },
    }),
    call: [],
    result: 55n,
  },
  {
    subject: 'tp of a program of one thread',
    file: source({
      lines: [LUI_A0, 'add_64 a0 a0 tp', 'load_indirect_u8 a0 a0 0', RETURN],
      relocations: [at(0, 29, 'local'), at(4, 32, 'local'), at(8, 30, 'local')],
      sections: {
        tdata: data(8, { name: '.tdata', flags: TLS, data: Uint8Array.of(0, 0, 0, 0, 66, 0, 0, 0) }),
        tbss: { name: '.tbss', type: NOBITS, flags: TLS | WRITE, size: 8 },
      },
      symbols: { local: { section: 'tdata', value: 4, info: 0x16 } },
    }),
    call: [],
    result: 66n,
  },
  {
    subject: 'an undefined weak function that is never called',
    file: source({
      lines: ['add_imm_64 a0 zero 3', RETURN, 'jump 0'],
      relocations: [at(8, R.jal, 'weak')],
      symbols: { weak: { section: 0, info: 0x20 } },
    }),
    call: [],
    result: 3n,
  },
  {
    subject: 'bare ecall in code that does not run',
    file: source({ lines: ['branch_eq a0 zero 8', ECALL, RETURN] }),
    call: [0],
    result: 0n,
  },
];
