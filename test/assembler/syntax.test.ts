import { describe, expect, test } from 'vitest';
import { type AssembleOptions, assemble } from '../../src/assembler/assemble.ts';
import type { Blob } from '../../src/blob/blob.ts';
import { toHex } from '../../src/core/bytes.ts';
import { isRiscboxError } from '../../src/core/error.ts';
import type { PolkaVmKind } from '../../src/core/kind.ts';
import { disassemble } from '../../src/disassembler.ts';

const program = (text: string, kind: PolkaVmKind = 'latest64', options: AssembleOptions = {}): Blob =>
  assemble(`%isa = ${kind}\n${text}`, options);

/** The instructions of a program as a listing shows them. */
const listing = (blob: Blob): string[] =>
  [...disassemble(blob, { offsets: false })].filter(
    (line) => line !== '' && !/^\/\/|^@|^\[export/.test(line),
  );

const one = (text: string, kind: PolkaVmKind = 'latest64', options: AssembleOptions = {}): string =>
  listing(program(`${text}\ntrap`, kind, options))[0] as string;

const problemOf = (
  text: string,
): { code: string; message: string; detail: Readonly<Record<string, unknown>> } => {
  try {
    assemble(text);
  } catch (error) {
    if (isRiscboxError(error)) return error;
    throw error;
  }
  throw new Error('it was assembled');
};

describe('directives', () => {
  test('sizes and data', () => {
    const blob = program(
      '%ro_data_size = 16\n%rw_data_size = 0x20\n%stack_size = 0b1000\n%ro_data = 00 01 0aFF\n%rw_data = 0102\ntrap',
    );
    expect(blob).toMatchObject({ roDataSize: 16, rwDataSize: 32, stackSize: 8 });
    expect([toHex(blob.roData), toHex(blob.rwData)]).toEqual(['00010aff', '0102']);
  });

  test('sizes default to the length of the data; a second line replaces it, += goes on with it', () => {
    const blob = program('%ro_data = 0102\n%ro_data = 0304\n%ro_data += 05 // more\n%rw_data = 01\ntrap');
    expect(blob).toMatchObject({ roDataSize: 3, rwDataSize: 1, stackSize: 0 });
    expect(toHex(blob.roData)).toBe('030405');
  });

  test.each(['revive_v1', 'latest32', 'latest64', 'jam_v1', 'jam_gp07'] as const)('%%isa = %s', (kind) => {
    expect(program('trap', kind).kind).toBe(kind);
  });

  test('the instruction set may come from outside', () => {
    expect(assemble('trap', { kind: 'jam_v1' }).kind).toBe('jam_v1');
    expect(assemble('%isa = latest32\ntrap', { kind: 'jam_v1' }).kind).toBe('latest32');
  });

  test('comments, blanks and line ends', () => {
    expect(listing(program('\r\n// a comment\r\n\t a0 = 1 // set\r\n  // trap\r\n\n  ret\r\n'))).toEqual([
      'a0 = 0x1',
      'ret',
    ]);
  });
});

describe('labels', () => {
  test('jumps forward and back', () => {
    const blob = program('@start:\na0 = a0 - 1\njump @start if a0 != 0\njump @end\n@end:\nret');
    expect(listing(blob)).toEqual(['a0 = a0 - 1', 'jump @0 if a0 != 0', 'jump @2', 'ret']);
  });

  test('a fallthrough is put in front of a label that is no block start', () => {
    expect(listing(program('a0 = 1\n@x:\nret\n@y:\nret'))).toEqual(['a0 = 0x1', 'fallthrough', 'ret', 'ret']);
  });

  test('%no_fallthrough exports the middle of a block', () => {
    const blob = program('a0 = 1\npub @x: %no_fallthrough\nret');
    expect(listing(blob)).toEqual(['a0 = 0x1', 'ret']);
    expect([...blob.exports].map(({ offset }) => offset)).toEqual([3]);
  });

  test('exports are in the order of their names', () => {
    const blob = program('pub @b:\nret\npub @a:\nret\npub @B:\nret\npub @a1:\nret');
    expect([...blob.exports].map(({ symbol, offset }) => `${Buffer.from(symbol)} ${offset}`)).toEqual([
      'B 4',
      'a 2',
      'a1 6',
      'b 0',
    ]);
  });

  test('code addresses', () => {
    const blob = program('a0 = @f\nra = @g, jump @f\n@f:\nret\n@g:\nret');
    expect(listing(blob)).toEqual(['a0 = 0x2', 'ra = 4, jump @1', 'ret', 'ret']);
    expect([blob.jumpTable.target(0), blob.jumpTable.target(1)]).toEqual([7, 9]);
  });

  test('each use of a code address adds an entry, unless %jump_table states one', () => {
    expect(program('a0 = @f\na1 = @f\n@f: %no_fallthrough\nret').jumpTable.count).toBe(2);
    const blob = program('a0 = @f\na1 = @g\n@f: %no_fallthrough\nret\n@g:\nret\n%jump_table = @g @f');
    expect(listing(blob).slice(0, 2)).toEqual(['a0 = 0x4', 'a1 = 0x2']);
    expect(blob.jumpTable.count).toBe(2);
  });

  test('jumps to code offsets', () => {
    expect(listing(program('jump 3\ntrap\nret'))).toEqual(['jump @2', 'trap', 'ret']);
  });

  test('a label at the end of the code', () => {
    expect(toHex(program('jump @end\n@end:').code)).toBe('2802');
  });

  test('distances beyond each size of offset', () => {
    for (const count of [126, 127, 128, 32_760, 32_770]) {
      const blob = program(`jump @far\n${'trap\n'.repeat(count)}@far:\nret\njump @far`);
      expect(listing(blob)[0]).toBe(`jump @${count + 1}`);
      expect(listing(blob).at(-1)).toBe(`jump @${count + 1}`);
    }
  });
});

describe('instructions', () => {
  test.each([
    ['jump @l if 5 <u a0\n@l:', 'jump @1 if a0 >u 5'],
    ['jump @l if a0 >u 5\n@l:', 'jump @1 if a0 >u 5'],
    ['jump @l if -5 >=s a0\n@l:', 'jump @1 if a0 <=s -5'],
    ['jump @l if 0 == a0\n@l:', 'jump @1 if a0 == 0'],
    ['jump @l if a0 <=u a1\n@l:', 'jump @1 if a1 >=u a0'],
    ['jump @l if a0 >s a1\n@l:', 'jump @1 if a1 <s a0'],
    ['a0 = a1 >u a2', 'a0 = a2 <u a1'],
    ['a0 = 5 <s a1', 'a0 = a1 >s 0x5'],
    ['i32 a0 = a1 + a2', 'i32 a0 = a1 + a2'],
    ['i32 a0 = a1 + 0xffffffff', 'i32 a0 = a1 - 1'],
    ['a0 = a1 - 5', 'a0 = a1 - 5'],
    ['a0 = a1 - 5000', 'a0 = a1 + 0xffffffffffffec78'],
    ['a0 = a1 + -5', 'a0 = a1 - 5'],
    ['a0 = -a1', 'a0 = -a1'],
    ['a0 = 5 - a1', 'a0 = 0x5 - a1'],
    ['a0 = -5', 'a0 = 0xfffffffffffffffb'],
    ['a0 = 0b101', 'a0 = 0x5'],
    ['a0 = 0xFFFFFFFFFFFFFFFB', 'a0 = 0xfffffffffffffffb'],
    ['a0 = 0xdeadbeef', 'a0 = 0xdeadbeef'],
    ['a0 = 0xdeadbeefdeadbeef', 'a0 = 0xdeadbeefdeadbeef'],
    ['i64 a0 = 0x5', 'a0 = 0x5'],
    ['nop', 'ra = ra'],
    ['ret', 'ret'],
    ['jump [ra]', 'ret'],
    ['jump [a0 + 4]', 'jump [a0 + 0x4]'],
    ['jump [a0 - 4]', 'jump [a0 + 0xfffffffffffffffc]'],
    ['tmp = a0, a0 = 5, jump [tmp + 8]', 'tmp = a0, a0 = 5, jump [tmp + 0x8]'],
    ['a0 = 5, jump [a1]', 'a0 = 5, jump [a1]'],
    ['u8 [a0] = 1', 'u8 [a0 + 0] = 0x1'],
    ['u32 [0xfffe0000] = a0', 'u32 [0xfffffffffffe0000] = a0'],
    ['u32 [a0 + 4] = 0xffffffff', 'u32 [a0 + 4] = 0xffffffffffffffff'],
    ['a0 = u16 [a1]', 'a0 = u16 [a1 ]'],
    ['a0 = u16 [a1 + 2]', 'a0 = u16 [a1 + 0x2]'],
    ['a0 = a1 if a2 == 0', 'a0 = a1 if a2 == 0'],
    ['a0 = a1 if a2 != 0', 'a0 = a1 if a2 != 0'],
    ['a0 = 7 if a2 != 0', 'a0 = 0x7 if a2 != 0'],
    ['a0=a1+a2', 'a0 = a1 + a2'],
    ['a0   =  ~( a1^a2 )', 'a0 = ~(a1 ^ a2)'],
    ['[a0..a0 + a2] = u8 a1', '[a0..a0 + a2] = u8 a1'],
    ['ecalli 4294967295', 'ecalli 4294967295 // INVALID'],
  ])('%s', (text, expected) => {
    expect(one(text)).toBe(expected);
  });

  test('i64 asks for the long constant', () => {
    expect(program('i64 a0 = 5').code.length).toBe(10);
    expect(program('a0 = 5').code.length).toBe(3);
  });

  test('kinds of 32 bits need no mark', () => {
    expect(one('a0 = a1 + a2', 'latest32')).toBe('a0 = a1 + a2');
    expect(one('i32 a0 = a1 + a2', 'latest32')).toBe('a0 = a1 + a2');
    expect(one('a0 = 0xffffffff', 'latest32')).toBe('a0 = 0xffffffff');
    expect(toHex(program('a0 = a1 >>r 3', 'latest32').code)).toBe(toHex(Uint8Array.of(160, 0x87, 3)));
    expect(toHex(program('a0 = a1 >> 3', 'latest32').code)).toBe(toHex(Uint8Array.of(139, 0x87, 3)));
  });

  test('upstreamCmov has the conditions of PolkaVM 0.35', () => {
    const options = { upstreamCmov: true };
    expect(one('a0 = a1 if a2 != 0', 'latest64', options)).toBe('a0 = a1 if a2 == 0');
    expect(one('a0 = 7 if a2 != 0', 'latest64', options)).toBe('a0 = 0x7 if a2 == 0');
    expect(one('a0 = 7 if a2 == 0', 'latest64', options)).toBe('a0 = 0x7 if a2 == 0');
    expect(one('jump @l if a2 != 0\n@l:', 'latest64', options)).toBe('jump @1 if a2 != 0');
  });
});

describe('problems', () => {
  const isa = '%isa = latest64\n';

  test.each([
    ['trap', 'asm/no-isa', 'no ISA was declared in the program'],
    [`${isa}\n  frobnicate a0 // x`, 'asm/line', 'cannot parse line 3: "frobnicate a0"'],
    [`${isa}a0 = a1 +`, 'asm/line', 'cannot parse line 2: "a0 = a1 +"'],
    [`${isa}a0 = ! a1`, 'asm/line', 'cannot parse line 2: "a0 = ! a1"'],
    [`${isa}a0 = 0xzz`, 'asm/line', 'cannot parse line 2: "a0 = 0xzz"'],
    [`${isa}@x:\ntrap\n@x:`, 'asm/duplicate-label', 'duplicate label "x" on line 4'],
    [`${isa}jump @nowhere`, 'asm/undefined-label', 'label is not defined: "nowhere"'],
    [`${isa}a0 = @nowhere`, 'asm/undefined-label', 'label is not defined: "nowhere"'],
    [`${isa}%jump_table = @nowhere\ntrap`, 'asm/undefined-label', 'label is not defined: "nowhere"'],
    [`${isa}a0 = a1 & 0xffffffff`, 'asm/number', '0xffffffff does not fit'],
    [`${isa}a0 = 0x10000000000000000`, 'asm/number', '0x10000000000000000 does not fit'],
    [`${isa}a0 = a1 if a2 == 1`, 'asm/line', 'cannot parse line 2: "a0 = a1 if a2 == 1"'],
    [`${isa}a0 = 5, jump [a0]`, 'asm/line', 'write tmp = X, X = N, jump [tmp]'],
    [
      '%isa = jam_v1\na0 = sbrk a1',
      'asm/unavailable',
      "the instruction 'sbrk' is not available in the 'jam_v1'",
    ],
    ['%isa = latest32\na0 = u64 [a1]', 'asm/unavailable', "'load_indirect_u64' is not available"],
    [`${isa}jump @x %length 2\n${'trap\n'.repeat(200)}@x:`, 'asm/length', 'the instruction takes 3 bytes'],
    [`${isa}trap %length 26`, 'asm/line', 'from 1 to 25'],
    [`${isa}@a b:`, 'asm/line', 'a label has the form @name: or pub @name:'],
    [`${isa}pub x:`, 'asm/line', 'a label has the form @name: or pub @name:'],
    [`${isa}@x: %fallthrough`, 'asm/line', 'a label has the form'],
    [`${isa}%what = 1`, 'asm/directive', 'there is no directive %what'],
    [`${isa}%toString = 1`, 'asm/directive', 'there is no directive'],
    [`${isa}%stack_size`, 'asm/directive', 'a directive has the form %name = value'],
    [`${isa}%stack_size = many`, 'asm/directive', 'expected a number'],
    [`${isa}%stack_size += 1`, 'asm/directive', '%stack_size takes no +='],
    [`${isa}%stack_size x = 1`, 'asm/directive', 'expected %stack_size = value'],
    [`${isa}%ro_data = 0`, 'asm/directive', 'pairs of hexadecimal digits'],
    [`${isa}%ro_data = 0 0`, 'asm/directive', 'pairs of hexadecimal digits'],
    [`${isa}%import = "x"`, 'asm/directive', '%import needs an argument'],
    [`${isa}%import 1024 = "x"`, 'asm/directive', 'from 0 to 1023'],
    [`${isa}%import 0 = x`, 'asm/directive', 'a name in quotes'],
    [`${isa}%import 0 = "x" y`, 'asm/directive', 'a name in quotes'],
    [`${isa}%import 0 = "\\q"`, 'asm/directive', 'a name in quotes'],
    [`${isa}%export "a" = x`, 'asm/directive', 'expected a number'],
    ['%isa = z80\ntrap', 'asm/directive', 'cannot parse line 1: "%isa = z80"'],
    [`${isa}%isa = latest32\ntrap`, 'asm/directive', 'the program is for latest64 already'],
    [`${isa}%container = zip\ntrap`, 'asm/directive', 'the containers are'],
    ['%isa = rv64\ntrap', 'asm/line', 'RISC-V code is stated as %bytes'],
    ['%isa = rv64\n@x:', 'asm/line', 'RISC-V programs have no labels'],
    ['%isa = rv64\n%bytes = 00', 'asm/directive', 'behind the %segment'],
    ['%isa = rv64\n%segment = 0 1 rwxx', 'asm/directive', 'a segment has'],
    [isa, 'blob/no-code', 'no code'],
    [`${isa}%ro_data_size = 1\n%ro_data = 0102\ntrap`, 'blob/data-too-long', 'more than the declared 1'],
    [`${isa}%segment = 0 1 rwx\ntrap`, 'blob/kind', 'latest64'],
    ['%isa = rv64\n%segment = 0 1 rwx\n%jump_table = 1', 'blob/part', 'jumpTable'],
    [`${isa}%container = jam-raw\n%stack_size = 1\ntrap`, 'blob/part', 'stackSize'],
    [`${isa}%jump_table_entry_size = 1\n%jump_table = 256\ntrap`, 'blob/field-range', '256'],
    [`${isa}%jump_table_entry_size = 5\n%jump_table = 0\ntrap`, 'blob/jump-table-entry-size', '5'],
  ])('%j', (text, code, message) => {
    const problem = problemOf(text);
    expect(problem.code).toBe(code);
    expect(problem.message).toContain(message);
  });

  test('all at once, in the order of the lines', () => {
    const problem = problemOf(`${isa}bad\ntrap\n@x:\n@x:\n%no = 1\njump @y`);
    const problems = problem.detail.problems as { code: string; detail: { line: number } }[];
    expect(problems.map(({ code, detail }) => `${detail.line} ${code}`)).toEqual([
      '2 asm/line',
      '5 asm/duplicate-label',
      '6 asm/directive',
      '7 asm/undefined-label',
    ]);
    expect(problem.message.split('\n')).toHaveLength(4);
  });

  test('a file that is no assembly is given up early', () => {
    const problem = problemOf(`${isa}${'nonsense\n'.repeat(100_000)}`);
    expect(problem.message).toContain('and at least 980 more problems');
    expect(problem.detail.problems).toHaveLength(1000);
  });
});
