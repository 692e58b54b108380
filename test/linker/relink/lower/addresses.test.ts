import { describe, expect, test } from 'vitest';
import type { CodeSection, LinkInput } from '../../../../src/linker/relink/input/link-input.ts';
import { DATA, firstBlock, type Line, lowered } from './program.ts';

const RETURN = 'jump_indirect ra 0';
const END = 'jump-indirect ra 0';
const AUIPC = 0x00000517; // auipc a0, 0
const target = { section: DATA, offset: 24 };

describe('auipc', () => {
  test('and what overwrites it are one instruction', () => {
    const lines: Line[] = [
      [AUIPC, { kind: 'pcrel-high', target }],
      ['add_imm_64 a0 a0 1', { kind: 'pcrel-low', high: 0 }],
      [AUIPC, { kind: 'pcrel-high', target }],
      ['load_indirect_i32 a0 a0 0', { kind: 'pcrel-low', high: 8 }],
      RETURN,
    ];
    expect(firstBlock({ lines })).toEqual(['a0 = load_imm &.data+24', 'a0 = load_i32 &.data+24', END]);
  });

  test('holds the whole address for whoever comes later', () => {
    const lines: Line[] = [
      [AUIPC, { kind: 'pcrel-high', target }],
      ['load_indirect_i32 a1 a0 0', { kind: 'pcrel-low', high: 0 }],
      ['store_indirect_u8 zero a0 0', { kind: 'pcrel-low', high: 0 }],
      'add_64 a0 a0 a2',
      ['store_indirect_u8 a1 a0 0', { kind: 'pcrel-low', high: 0 }],
      ['add_imm_64 a3 a0 9', { kind: 'pcrel-low', high: 0 }],
      RETURN,
    ];
    expect(firstBlock({ lines })).toEqual([
      'a0 = load_imm &.data+24',
      'a1 = load_i32 &.data+24',
      'store_imm_u8 &.data+24 0',
      'a0 = add_64 a0 a2',
      'store_indirect_u8 a1 a0 0',
      'a3 = move_reg a0',
      END,
    ]);
  });

  test('of a slot: one for each target, behind all other read-only data', () => {
    const lines: Line[] = [
      [AUIPC, { kind: 'got-high', target }],
      ['load_indirect_u64 a0 a0 0', { kind: 'pcrel-low', high: 0 }],
      [AUIPC, { kind: 'got-high', target: { section: DATA, offset: 0 } }],
      ['load_indirect_u64 a1 a0 0', { kind: 'pcrel-low', high: 8 }],
      [AUIPC, { kind: 'got-high', target }],
      ['load_indirect_u64 a2 a0 0', { kind: 'pcrel-low', high: 16 }],
      RETURN,
    ];
    expect(firstBlock({ lines })).toEqual([
      'a0 = load_u64 &.got',
      'a0 = load_imm &.got+8',
      'a1 = load_u64 &.got+8',
      'a0 = load_imm &.got',
      'a2 = load_u64 &.got',
      END,
    ]);
  });

  test('of a label without a relocation is the label', () => {
    const lines: Line[] = [AUIPC, 'add_imm_64 a0 a0 12', 'jump_indirect a0 0', RETURN];
    expect(lowered({ lines })).toContain('a0 = load_imm &b1\n  jump-indirect a0 0\nb1:');
  });

  test('of a number and jalr jump to it', () => {
    const lines: Line[] = [
      [0x00000317, { kind: 'pcrel-high', target: { section: undefined, value: 0 } }],
      ['jump_indirect t1 0', { kind: 'pcrel-low', high: 0 }],
    ];
    expect(lowered({ lines })).toContain('jump-indirect tmp0 0');
  });
});

test('loads from code are refused', () => {
  const lines: Line[] = [AUIPC, 'add_imm_64 a0 a0 12', 'load_indirect_i32 a1 a0 0', RETURN];
  expect(firstBlock({ lines })).toContain('a1 = load_indirect_i32 a0 0');
  const input = (section: CodeSection): Partial<LinkInput> => {
    section.relocations = [
      { kind: 'pcrel-high', offset: 0, target: { section, offset: 12 } },
      { kind: 'pcrel-low', offset: 4, high: 0 },
    ];
    return {};
  };
  expect(() => lowered({ lines: [AUIPC, 'load_indirect_i32 a1 a0 0', RETURN, RETURN], input })).toThrow(
    /^\.text\+4 loads from code/,
  );
});

describe('lui', () => {
  test('and its low part in one block are the whole address', () => {
    const lines: Line[] = [
      ['load_imm a0 0x1000', { kind: 'high', target }],
      ['add_imm_64 a1 a0 4', { kind: 'low', target }],
      ['load_indirect_i32 a2 a0 4', { kind: 'low', target: { section: DATA, offset: 28 } }],
      RETURN,
    ];
    expect(firstBlock({ lines })).toEqual([
      'a0 = load_imm high(&.data+24)',
      'a1 = load_imm &.data+24',
      'a2 = load_i32 &.data+28',
      END,
    ]);
  });

  test('and its low part elsewhere keep their halves', () => {
    const lines: Line[] = [
      ['load_imm a0 0x1000', { kind: 'high', target }],
      'add_64 a0 a0 a1',
      ['load_indirect_i32 a2 a0 4', { kind: 'low', target }],
      ['add_imm_32 a2 a0 4', { kind: 'low', target }],
      ['load_indirect_i32 a3 zero 4', { kind: 'low', target }],
      RETURN,
    ];
    expect(firstBlock({ lines })).toEqual([
      'a0 = load_imm high(&.data+24)',
      'a0 = add_64 a0 a1',
      'a2 = load_indirect_i32 a0 low(&.data+24)',
      'a2 = add_imm_32 a0 low(&.data+24)',
      'a3 = load_i32 &.data+24',
      END,
    ]);
  });

  test('of a number is split as lui needs it', () => {
    const absolute = { section: undefined, value: 0x12fff };
    const lines: Line[] = [
      ['load_imm a0 0x1000', { kind: 'high', target: absolute }],
      ['load_indirect_i32 a0 a1 0', { kind: 'low', target: absolute }],
      RETURN,
    ];
    expect(firstBlock({ lines })).toEqual(['a0 = load_imm 77824', 'a0 = load_indirect_i32 a1 -1', END]);
  });
});

describe('gp and tp', () => {
  const gp = { globalPointer: { section: DATA, offset: 32 } };
  const setting: Line[] = [
    [0x00000197, { kind: 'pcrel-high', target: gp.globalPointer }],
    ['add_imm_64 gp gp 0', { kind: 'pcrel-low', high: 0 }],
  ];

  test('relative to gp is the whole address, whatever gp holds', () => {
    const lines: Line[] = [
      ['load_indirect_i32 a0 gp -8', { kind: 'gp-relative', target }],
      ['add_imm_64 a1 gp -8', { kind: 'gp-relative', target }],
      RETURN,
    ];
    expect(firstBlock({ lines })).toEqual(['a0 = load_i32 &.data+24', 'a1 = load_imm &.data+24', END]);
  });

  test('a gp that is set once is a constant', () => {
    const lines: Line[] = [
      ...setting,
      'add_64 a0 a0 gp',
      'add_imm_64 a1 gp 4',
      'store_indirect_u64 gp sp 0',
      'load_indirect_u64 a1 gp 8',
      'atomic_max_32 a0 gp gp',
      RETURN,
    ];
    expect(firstBlock({ lines, input: () => gp })).toEqual([
      'tmp0 = load_imm &.data+32',
      'a0 = add_64 a0 tmp0',
      'a1 = load_imm &.data+36',
      'tmp0 = load_imm &.data+32',
      'store_indirect_u64 tmp0 sp 0',
      'a1 = load_u64 &.data+40',
      'tmp0 = load_imm &.data+32',
      'a0 = load_i32 &.data+32',
      'tmp2 = add_imm_32 tmp0 0',
      'tmp1 = maximum a0 tmp2',
      'store_u32 tmp1 &.data+32',
      END,
    ]);
  });

  test('a gp that is set to anything else is a register', () => {
    const lines: Line[] = [...setting, 'move_reg gp a0', 'add_64 a0 a0 gp', RETURN];
    expect(() => lowered({ lines, input: () => gp })).toThrow(/^\.text\+\d+ uses gp/);
    const demoted = firstBlock({ lines, input: () => gp, options: { demote: true } });
    expect(demoted).toEqual(['gp = load_imm &.data+32', 'gp = move_reg a0', 'a0 = add_64 a0 gp', END]);
  });

  const tp = { threadPointer: { section: DATA, offset: 16 } };
  const local: Line[] = [
    ['load_imm a0 0', { kind: 'tp-high', target }],
    ['add_64 a1 a0 tp', { kind: 'tp-add', target }],
    ['load_indirect_i32 a2 a1 8', { kind: 'tp-low', target }],
    'add_64 a1 a1 a3',
    ['store_indirect_u32 a2 a1 8', { kind: 'tp-low', target }],
    ['load_indirect_i32 a2 tp 8', { kind: 'tp-low', target }],
    RETURN,
  ];

  test('thread-local data of one thread is data', () => {
    expect(firstBlock({ lines: local, input: () => tp })).toEqual([
      'a0 = load_imm high(&.data+24)',
      'a1 = move_reg a0',
      'a2 = load_i32 &.data+24',
      'a1 = add_64 a1 a3',
      'store_indirect_u32 a2 a1 low(&.data+24)',
      'a2 = load_i32 &.data+24',
      END,
    ]);
  });

  test('offsets from a tp that changes stay', () => {
    const lines: Line[] = ['move_reg tp a0', ...local];
    expect(firstBlock({ lines, input: () => tp, options: { demote: true } })).toEqual([
      'tp = move_reg a0',
      'a0 = load_imm 0',
      'a1 = add_64 a0 tp',
      'a2 = load_indirect_i32 a1 8',
      'a1 = add_64 a1 a3',
      'store_indirect_u32 a2 a1 8',
      'a2 = load_indirect_i32 tp 8',
      END,
    ]);
  });
});
