import { describe, expect, test } from 'vitest';
import { firstBlock, type Line, lowered } from './program.ts';

const RETURN = 'jump_indirect ra 0';
const END = 'jump-indirect ra 0';

describe('instructions', () => {
  test('that compute are taken over, and x0 becomes a constant', () => {
    const lines = [
      'add_64 a0 a1 a2',
      'add_imm_64 a0 a0 -5',
      'move_reg a1 a0',
      'load_imm a2 7',
      'sub_64 a0 zero a1',
      'set_less_than_unsigned a0 zero a1',
      'add_64 zero a0 a1',
      'add_imm_32 a3 a3 0',
      'fence',
      RETURN,
    ];
    expect(firstBlock({ lines })).toEqual([
      'a0 = add_64 a1 a2',
      'a0 = add_imm_64 a0 -5',
      'a1 = move_reg a0',
      'a2 = load_imm 7',
      'a0 = negate_and_add_imm_64 a1 0',
      'a0 = set_greater_than_unsigned_imm a1 0',
      'a3 = add_imm_32 a3 0',
      END,
    ]);
  });

  test('that load and store take x0 as base and as value', () => {
    const lines = [
      'load_indirect_u64 a0 a1 8',
      'load_indirect_i32 zero a1 8',
      'load_indirect_u8 a0 zero 16',
      'store_indirect_u16 zero a1 4',
      'store_indirect_u32 a2 zero 4',
      'store_indirect_u8 zero zero 4',
      RETURN,
    ];
    expect(firstBlock({ lines })).toEqual([
      'a0 = load_indirect_u64 a1 8',
      'a0 = load_u8 16',
      'store_imm_indirect_u16 a1 4 0',
      'store_u32 a2 4',
      'store_imm_u8 4 0',
      END,
    ]);
  });

  test('of PolkaVM in custom-0', () => {
    const lines = [
      0x0005150b | (1 << 12), // sbrk a0, a0
      0x0000200b, // memset
      0x0000350b, // a0 = heap base
      0x40b6150b, // th.mveqz a0, a2, a1
      0x42b6150b, // th.mvnez a0, a2, a1
      0x6ec5b50b, // mips.ccmov a0, a2, a1, a3
      RETURN,
    ];
    expect(firstBlock({ lines })).toEqual([
      'a0 = sbrk a0',
      'memset',
      'a0 = load_imm &heap-base',
      'a0 = cmov_if_zero a2 a1',
      'a0 = cmov_if_not_zero a2 a1',
      'a0 = move_reg a3',
      'a0 = cmov_if_not_zero a1 a2',
      END,
    ]);
  });

  test('that call the host', () => {
    const target = { section: undefined, value: 0 };
    const lines: Line[] = ['ecalli', 0x0000000b, [0, { kind: 'pointer', target }], 0, RETURN];
    expect(() => lowered({ lines })).toThrow(/not followed by a relocated pointer/);
    expect(firstBlock({ lines: ['ecalli', RETURN] })).toEqual(['ecalli &ecall', END]);
  });

  test('that are atomic, whichever registers are the same', () => {
    expect(firstBlock({ lines: ['atomic_add_32 a0 a1 a2', RETURN] })).toEqual([
      'a0 = load_indirect_i32 a1 0',
      'tmp0 = add_64 a0 a2',
      'store_indirect_u32 tmp0 a1 0',
      END,
    ]);
    expect(firstBlock({ lines: ['atomic_max_32 a0 a0 a0', RETURN] })).toEqual([
      'tmp0 = load_indirect_i32 a0 0',
      'tmp2 = add_imm_32 a0 0',
      'tmp1 = maximum tmp0 tmp2',
      'store_indirect_u32 tmp1 a0 0',
      'a0 = move_reg tmp0',
      END,
    ]);
    expect(firstBlock({ lines: ['atomic_swap_64 a0 a1 a0', RETURN] })).toEqual([
      'tmp0 = load_indirect_u64 a1 0',
      'store_indirect_u64 a0 a1 0',
      'a0 = move_reg tmp0',
      END,
    ]);
    expect(
      firstBlock({ lines: ['load_reserved_32 a0 a1', 'store_conditional_32 a0 a1 a0', RETURN] }),
    ).toEqual(['a0 = load_indirect_i32 a1 0', 'store_indirect_u32 a0 a1 0', 'a0 = load_imm 0', END]);
  });
});

describe('control', () => {
  test('blocks begin at targets and behind branches and calls', () => {
    const lines = ['branch_eq a0 zero 12', 'jal ra 12', 'jump 0', 'branch_less_signed zero a0 4', RETURN];
    expect(lowered({ lines })).toBe(
      [
        'b0 export main/1:',
        '  branch_eq_imm a0 0 then b3 else b1',
        'b1:',
        '  ra = call b3 back b2',
        'b2:',
        '  jump b0',
        'b3:',
        '  branch_greater_signed_imm a0 0 then b1 else b4',
        'b4:',
        '  jump-indirect ra 0',
      ].join('\n'),
    );
  });

  test('a branch on x0 alone is decided', () => {
    expect(lowered({ lines: ['branch_eq zero zero 4', RETURN] })).toContain('b0 export main/1:\n  jump b1');
    expect(lowered({ lines: ['branch_not_eq zero zero 0', RETURN] })).toContain(
      'b0 export main/1:\n  jump b1',
    );
  });

  test('what runs off the end of a section traps', () => {
    expect(lowered({ lines: ['load_imm a0 1'] })).toBe(
      'b0 export main/1:\n  a0 = load_imm 1\n  jump b1\nb1:\n  trap',
    );
    expect(lowered({ lines: ['jal ra 0'] })).toContain('b1:\n  trap');
  });

  test('jumps out of the section need a relocation', () => {
    expect(() => lowered({ lines: ['jump 64', RETURN] })).toThrow(
      /refers to \.text\+64, where no instruction/,
    );
    expect(() => lowered({ lines: ['jump -8', RETURN] })).toThrow(/where no instruction begins/);
    expect(lowered({ lines: [RETURN, 'jump -8'] })).toContain(END);
  });

  test('auipc and jalr are one jump, with a relocation or without', () => {
    const lines = [0x00000317, 'jump_indirect t1 8', 0x00000097, 'jalr ra ra 0'];
    expect(lowered({ lines })).toBe(
      ['b0 export main/1:', '  jump b1', 'b1:', '  ra = call b1 back b2', 'b2:', '  trap'].join('\n'),
    );
    const call: Line = [0x00000097, { kind: 'call', target: { section: undefined, value: 0 } }];
    expect(firstBlock({ lines: [call, 'jalr ra ra 0', RETURN] })).toEqual(['ra = call b2 back b1']);
    expect(() => lowered({ lines: [call, 'jump_indirect a0 0'] })).toThrow(/not at an auipc with a jalr/);
    expect(() => lowered({ lines: [0x00000317, RETURN] })).toThrow(/auipc without a relocation/);
  });

  test('indirect jumps keep their offset', () => {
    expect(firstBlock({ lines: ['jump_indirect a0 4'] })).toEqual(['jump-indirect a0 4']);
    expect(firstBlock({ lines: ['jalr ra ra 0', RETURN] })).toEqual(['ra = call-indirect ra 0 back b1']);
  });
});

describe('what is not there', () => {
  test('is a problem where something leads to it', () => {
    expect(() => lowered({ lines: [0x02a5f553, RETURN] })).toThrow(/fadd\.d \(extension D\)/);
    expect(() => lowered({ lines: [0xc0002573, RETURN] })).toThrow(/control register/);
    expect(lowered({ lines: [RETURN, 0x02a5f553] })).toBe('b0 export main/1:\n  jump-indirect ra 0');
  });

  test('traps as itself', () => {
    for (const word of [0xc0001073, 0x00100073, 0]) {
      expect(lowered({ lines: [word, RETURN] })).toBe('b0 export main/1:\n  trap');
    }
  });

  test('registers: all of a function at once', () => {
    const lines = ['add_64 a7 s11 a0', 'add_64 a0 gp a7', RETURN];
    expect(() => lowered({ lines })).toThrow(/^\.text\+0 uses gp, a7, s11; .*--demote$/);
    expect(lowered({ lines, options: { demote: true } })).toContain('a7 = add_64 s11 a0');
  });

  test('operations of the kind', () => {
    const options = { target: 'jam_v1' } as const;
    expect(() => lowered({ lines: [0x0000200b, RETURN], options })).toThrow(
      /memset does not exist in jam_v1/,
    );
    expect(lowered({ lines: [RETURN, 0x0000200b], options })).toContain(END);
  });

  test('exports', () => {
    expect(() => lowered({ lines: [RETURN], input: () => ({ exports: [] }) })).toThrow(/no entry point/);
    const entry = lowered({
      lines: [RETURN],
      input: (section) => ({ exports: [], entry: { section, offset: 0 } }),
    });
    expect(entry).toContain('export _start/2');
  });
});
