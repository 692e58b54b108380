import { describe, expect, test } from 'vitest';
import { textOf } from '../../../../src/linker/relink/graph/graph-text.ts';
import { assignRegisters } from '../../../../src/linker/relink/registers/assign.ts';
import { buildGraph } from '../build-graph.ts';

const LINE_END = /\s*\n\s*/;

/** The program's lines behind its header, after registers were assigned. */
const assigned = (text: string): readonly string[] => {
  const graph = buildGraph(text);
  assignRegisters(graph);
  return textOf(graph).trim().split(LINE_END).slice(1);
};

const ALL = ['ra', 'sp', 't0', 't1', 't2', 's0', 's1', 'a0', 'a1', 'a2', 'a3', 'a4', 'a5'];
/** Needs all 13 registers, and then returns. */
const USE_ALL = [...ALL.map((name, i) => `store_indirect_u64 ${name} sp ${8 * i}`), 'jump-indirect ra 0'];

describe('temporaries', () => {
  test('get a register whose value is not needed any more', () => {
    expect(
      assigned(`latest64 stack 0 native
        b0 export f/1:
        tmp0 = add_64 a0 a1
        a0 = xor tmp0 a2
        jump-indirect ra 0`),
    ).toEqual(['b0 export f/1:', 't2 = add_64 a0 a1', 'a0 = xor t2 a2', 'jump-indirect ra 0']);
  });

  test('get the register that is written last when all are written before they are read', () => {
    const lines = assigned(`latest64 stack 0 native
      b0 export f/1:
      tmp0 = add_64 a0 a1
      ${ALL.slice(2)
        .map((name) => `${name} = load_imm 1`)
        .join('\n')}
      a0 = xor tmp0 a0
      ra = xor sp ra
      ${USE_ALL.join('\n')}`);
    expect(lines).toContain('a5 = add_64 a0 a1');
    expect(lines.filter((line) => line.includes(' &.regspill')).length).toBe(4);
  });

  test('take a register for a while when all are needed, which waits in memory', () => {
    expect(
      assigned(`latest64 stack 0 native
        rw .data size 8 align 8
        b0 export f/1:
        tmp0 = load_u64 &.data
        tmp0 = add_imm_64 tmp0 1
        store_u64 tmp0 &.data
        ${USE_ALL.join('\n')}`),
    ).toEqual([
      'rw .regspill size 8 align 8',
      'rw .data size 8 align 8',
      'b0 export f/1:',
      'store_u64 a5 &.regspill',
      'a5 = load_u64 &.data',
      'a5 = add_imm_64 a5 1',
      'store_u64 a5 &.data',
      ...USE_ALL.slice(0, 12),
      'a5 = load_u64 &.regspill',
      'store_indirect_u64 a5 sp 96',
      'jump-indirect ra 0',
    ]);
  });

  test('leave a host call its stack pointer', () => {
    const others = ALL.filter((name) => name !== 'sp');
    const lines = assigned(`latest64 stack 0 native
      import host call 9 1
      b0 export f/1:
      tmp0 = load_u64 4096
      tmp1 = load_u64 8192
      tmp2 = add_64 tmp0 tmp1
      ${others.map((name) => `${name} = add_64 ${name} tmp2`).join('\n')}
      ecalli &host
      jump-indirect ra 0`);
    expect(lines).toContain('store_u64 sp &.regspill');
    expect(lines.slice(-3)).toEqual(['sp = load_u64 &.regspill', 'ecalli &host', 'jump-indirect ra 0']);
  });

  test('of a branch cannot have one that is needed behind it', () => {
    const program = `latest64 stack 0 native
      b0 export f/1:
      tmp0 = load_u64 4096
      branch_eq_imm tmp0 0 then b1 else b1  ; 0x1004
      b1:
      ${USE_ALL.join('\n')}`;
    expect(() => assigned(program)).toThrow(
      expect.objectContaining({ code: 'link/no-free-register', detail: { place: '0x1004' } }),
    );
  });
});

describe('32 registers', () => {
  test('that are not more than 13 at once are renamed', () => {
    const lines = assigned(`latest32 stack 0 all
      b0 export f/1:
      s2 = add_32 a0 a1
      t6 = xor s2 a2
      a0 = or t6 s2
      jump-indirect ra 0`);
    expect(lines.length).toBe(5);
    expect(lines.join()).not.toMatch(/regspill|s2|t6/);
  });

  test('have the number of an environment call in t0', () => {
    expect(
      assigned(`latest64 stack 0 all
        import ecall ecall 0 1
        b0 export f/1:
        a7 = load_imm 93
        ecalli &ecall
        trap`),
    ).toEqual([
      'import ecall ecall 0 1',
      'b0 export f/1:',
      expect.stringMatching(/= load_imm 93$/),
      expect.stringMatching(/^t0 = move_reg/),
      'ecalli &ecall',
      'trap',
    ]);
  });

  test('pass arguments on that arrive in registers which became other ones', () => {
    const names = ['s2', 's3', 's4', 's5', 's6', 's7', 's8', 's9', 's10', 's11', 't3', 't4'];
    const lines = assigned(`latest64 stack 0 all
      b0 export f/1:
      ${names.map((name) => `${name} = load_imm 1`).join('\n')}
      jump b1
      b1:
      ${names.map((name) => `${name} = add_64 ${name} ${name}`).join('\n')}
      branch_eq s2 s3 then b1 else b2
      b2:
      ${names.map((name) => `store_indirect_u64 ${name} sp 8`).join('\n')}
      store_indirect_u64 a5 sp 8
      store_indirect_u64 t2 sp 8
      jump-indirect ra 0`);
    const stub = lines.findIndex((line) => line.includes('export f/1'));
    expect(lines[stub + 1]).toMatch(/^store_u64 t2 &\.regspill/);
    expect(lines.slice(stub)).toContain('jump b0');
  });

  test('stay in registers in a loop that uses few of them, whatever the rest of the program does', () => {
    const crowd = ['s2', 's3', 's4', 's5', 's6', 's7', 's8', 's9', 's10', 's11', 't0', 't1', 't2', 'a5'];
    const lines = assigned(`latest64 stack 0 all
      b0 export f/1:
      ${crowd.map((name) => `${name} = add_64 ${name} a0`).join('\n')}
      ${crowd.map((name) => `${name} = add_64 ${name} a1`).join('\n')}
      t5 = load_imm 0
      t6 = load_imm 0
      jump b1
      b1:
      t6 = add_64 t6 t5
      t5 = add_imm_64 t5 1
      branch_not_eq_imm t5 100 then b1 else b2
      b2:
      ${crowd.map((name) => `store_indirect_u64 ${name} sp 8`).join('\n')}
      store_indirect_u64 t6 sp 8
      jump-indirect ra 0`);
    const loop = lines.slice(lines.indexOf('b1:') + 1, lines.indexOf('b2:'));
    expect(loop.length).toBe(3);
    expect(lines.join()).toContain('.regspill');
  });

  test('that a call links may live in memory', () => {
    const crowd = ['s2', 's3', 's4', 's5', 's6', 's7', 's8', 's9', 's10', 's11', 't0', 't1', 't2', 'a5'];
    const lines = assigned(`latest32 stack 0 all
      b0 export f/1:
      ${crowd.map((name) => `${name} = add_32 a0 a0`).join('\n')}
      t6 = call b1 back b2
      b1:
      jump-indirect t6 0
      b2 taken:
      ${crowd.map((name) => `store_indirect_u32 ${name} sp 8`).join('\n')}
      jump-indirect ra 0`);
    const slot = lines.find((line) => line.startsWith('store_imm_u32'));
    expect(slot).toMatch(/^store_imm_u32 &\.regspill(\+\d+)? &b2$/);
    expect(lines).toContain('jump b1');
  });
});
