import { ET_EXEC } from '../../../../src/linker/elf-format.ts';
import { ALLOC, code, data, EXEC, NOBITS, objectFile, WRITE } from '../input/object-file.ts';
import {
  type Accepted,
  AUIPC_A0,
  bytesOfCode,
  LUI_A0,
  patched,
  R,
  RETURN,
  type Refused,
  source,
} from './cases.ts';

const plain = source({});
const OS_ABI = 7;

const high = (symbol: string) => ({ at: 0, type: R.high, symbol });

const linked = (sections: Parameters<typeof objectFile>[0]): Uint8Array =>
  objectFile(sections, {}, { type: ET_EXEC, entry: 0x10000 });
const text = code(1, { address: 0x10000, data: bytesOfCode([RETURN], 64) });

/** Groups "ELF", "program" and "size". */
export const fileCases: readonly Refused[] = [
  {
    subject: 'not little endian',
    file: patched(plain, 5, 2),
    code: 'elf/big-endian',
    says: ['offset 0x5', 'build for little-endian RISC-V'],
    detail: { data: 2 },
  },
  {
    subject: 'wrong ABI',
    file: patched(plain, OS_ABI, 9),
    code: 'link/os-abi',
    says: ['ABI 9', 'compile for a bare-metal or Linux RISC-V target'],
    detail: { osAbi: 9 },
  },
  {
    subject: 'wrong kind of file',
    file: source({ init: { type: 4 } }),
    code: 'link/file-type',
    says: ['ELF type 4', 'link the program again'],
    detail: { type: 4 },
    twice: {
      file: patched(source({ init: { type: 4 } }), OS_ABI, 9),
      says: ['ELF type 4', 'ABI 9'],
    },
  },
  {
    subject: 'not RISC-V',
    file: source({ init: { machine: 62 } }),
    code: 'linker/machine',
    says: ['machine 62', 'compile for a riscv32 or riscv64 target'],
    detail: { machine: 62 },
  },
  {
    subject: 'section out of range',
    file: source({ sections: { data: data(4, { size: 4000 }) } }),
    code: 'elf/outside-file',
    says: ['section .data', '4000 bytes', 'get a complete copy'],
    detail: { what: 'section .data', size: 4000 },
    twice: {
      file: source({
        sections: { data: data(4, { size: 4000 }), more: data(4, { name: '.data.more', size: 5000 }) },
      }),
      says: ['section .data ', 'section .data.more'],
    },
  },
  {
    subject: 'sections that share the bytes of the file',
    file: source({
      sections: Object.fromEntries(
        Array.from({ length: 9 }, (_, i) => [`d${i}`, data(4, { name: `.data.${i}`, size: 700 })]),
      ),
    }),
    code: 'link/section-bytes',
    says: ['more than the file has', 'link it again'],
  },
  {
    subject: 'relocations that cannot be parsed',
    file: source({ sections: { rel: { name: '.rel.text', type: 9, info: 1 } as never } }),
    code: 'link/relocation-format',
    says: ['.rel.text', 'SHT_REL', 'link it again'],
    detail: { section: '.rel.text' },
  },
  {
    subject: 'relocations without their symbols',
    file: source({ sections: { rela: { name: '.rela.text', type: 4, info: 1 } as never } }),
    code: 'link/no-symbols',
    says: ['.rela.text', 'do not strip it'],
    detail: { section: '.rela.text' },
  },
  {
    subject: 'no relocations kept',
    file: linked({ text: { ...text, data: bytesOfCode([AUIPC_A0, RETURN], 64) } }),
    code: 'link/no-relocations',
    says: ['--emit-relocs'],
  },
  {
    subject: 'no code',
    file: objectFile({ data: data(4) }),
    code: 'link/no-code',
    says: ['no section of code', '-Wl,--no-gc-sections'],
  },
  {
    subject: 'nothing to call',
    file: source({}),
    options: { exports: [] },
    code: 'link/no-exports',
    says: ['no exports and has no entry point', '.polkavm_exports'],
  },
  {
    subject: 'ReviveV1 or JamV1 with a 32-bit file',
    file: source({ width: 32 }),
    options: { target: 'revive_v1' },
    code: 'link/target-width',
    says: ['target revive_v1', '32-bit', 'choose another target'],
    detail: { target: 'revive_v1', width: 32 },
  },
  {
    subject: 'wrong flags of a section',
    file: source({ sections: { ro: data(4, { name: '.rodata' }) } }),
    code: 'link/section-flags',
    says: ['section .rodata is expected to be not writable', 'correct its flags'],
    detail: { section: '.rodata', expected: 'not writable' },
    twice: {
      file: source({ text: { flags: EXEC | 1 }, sections: { rw: data(4, { flags: ALLOC }) } }),
      says: ['.text is expected to be executable and not writable', '.data is expected to be writable'],
    },
  },
  {
    subject: 'code of an odd number of bytes',
    file: source({ text: { data: new Uint8Array(3) } }),
    code: 'link/section-size',
    says: ['.text (3 bytes)', '.balign 2'],
    detail: { section: '.text', size: 3 },
    twice: {
      file: source({
        text: { data: new Uint8Array(3) },
        sections: { more: code(0, { name: '.text.more', data: new Uint8Array(5) }) },
      }),
      says: ['.text (3 bytes)', '.text.more (5 bytes)'],
    },
  },
  {
    subject: 'alignment of a section',
    file: source({ symbols: { c: { section: 0xfff2, value: 3, size: 8 } }, relocations: [high('c')] }),
    code: 'link/section-alignment',
    says: ['alignment 3', '"c"', 'power of two'],
    detail: { alignment: 3 },
  },
  {
    subject: 'two pieces of code at one place',
    file: linked({ text, more: code(1, { name: '.text.more', address: 0x10000 }) }),
    code: 'link/section-address',
    says: ['.text.more at 0x10000', 'overlaps section .text', 'correct the linker script'],
    detail: { section: '.text.more', address: 0x10000 },
    twice: {
      file: linked({
        text,
        a: code(1, { name: '.text.a', address: 0x10000 }),
        b: code(1, { name: '.text.b', address: 0x10002 }),
      }),
      says: ['.text.a at 0x10000', '.text.b at 0x10002'],
    },
  },
  {
    subject: 'addresses overflow',
    file: linked({ text, data: data(8, { address: 0xfffffffc }) }),
    code: 'link/section-address',
    says: ['.data at 0xfffffffc', 'is not below 4 GiB', 'correct the linker script'],
    detail: { section: '.data', address: 0xfffffffc },
  },
  {
    subject: 'stack requests of other than 4 bytes',
    file: source({ sections: { stack: data(3, { name: '.polkavm_min_stack_size' }) } }),
    code: 'link/stack-words',
    says: ['.polkavm_min_stack_size', '3 bytes', '.4byte'],
    detail: { size: 3 },
  },
  {
    subject: 'stack out of range, in the file',
    file: source({ init: { segments: [{ type: 0x6474e551, memorySize: 2 ** 32 }] } }),
    code: 'link/stack-size',
    says: ['4294967296 bytes', '-z stack-size'],
    detail: { size: 2 ** 32 },
  },
  {
    subject: 'stack out of range, by option',
    file: plain,
    options: { minStackSize: 2 ** 32 },
    code: 'link/option',
    says: ['option minStackSize is 4294967296', 'from 0 to 4294967295', 'leave it out'],
    detail: { option: 'minStackSize', value: 2 ** 32 },
    twice: { options: { minStackSize: -1, level: 7 as never }, says: ['minStackSize is -1', 'level is 7'] },
  },
  {
    subject: 'memory map too large',
    file: source({
      lines: [LUI_A0, RETURN],
      relocations: [high('zeros')],
      sections: { bss: { name: '.bss', type: NOBITS, flags: WRITE, size: 0xffff0000 } },
      symbols: { zeros: { section: 'bss' } },
    }),
    code: 'link/memory-map',
    says: ['4294901760 of read-write data', 'make data or the stack smaller'],
    detail: { rwSize: 0xffff0000 },
  },
  {
    subject: 'data that 64-bit code cannot address',
    file: source({
      lines: [LUI_A0, RETURN],
      relocations: [high('zeros')],
      sections: { bss: { name: '.bss', type: NOBITS, flags: WRITE, size: 0x80000000 } },
      symbols: { zeros: { section: 'bss' } },
    }),
    code: 'link/memory-map',
    says: ['above 2 GiB'],
  },
  {
    subject: 'JAM standard programs of another kind',
    file: plain,
    options: { container: 'jam-spi', target: 'latest' },
    code: 'link/standard-program-kind',
    says: ['jam_v1, not latest64', 'link for target jam_v1'],
    detail: { kind: 'latest64' },
  },
  {
    subject: 'JAM standard programs with more pages than they can have',
    file: source({
      lines: [LUI_A0, RETURN],
      relocations: [high('zeros')],
      sections: { bss: { name: '.bss', type: NOBITS, flags: WRITE, size: 8192 } },
      symbols: { zeros: { section: 'bss' } },
    }),
    options: { container: 'jam-spi', target: 'jam_v1', heapPages: 65535 },
    code: 'link/standard-program-size',
    says: ['65537 heap pages', 'at most 65535', 'make them smaller'],
    detail: { size: 65537, limit: 65535 },
  },
];

/** What is no error here. */
export const acceptedFiles: readonly Accepted[] = [
  {
    subject: 'sections of any name, which are used by their flags',
    file: source({
      lines: [LUI_A0, 'load_indirect_u8 a0 a0 0', RETURN],
      relocations: [high('d'), { at: 4, type: R.low, symbol: 'd' }],
      sections: { own: data(1, { name: 'mine', flags: ALLOC, data: Uint8Array.of(77) }) },
      symbols: { d: { section: 'own' } },
    }),
    call: [],
    result: 77n,
  },
  {
    subject: 'relocations to absolute symbols',
    file: source({
      lines: [LUI_A0, 'add_imm_64 a0 a0 0', RETURN],
      relocations: [high('number'), { at: 4, type: R.low, symbol: 'number' }],
      symbols: { number: { section: 0xfff1, value: 12345 } },
    }),
    call: [],
    result: 12345n,
  },
];
