import { cost } from '../cost.ts';
import { branch, csr, I, ignored, J, jr, jump, U, word } from '../encoding.ts';
import type { RowBody, Rows } from '../full-row.ts';
import { everywhere, row, wide } from '../full-row.ts';
import type { Meaning } from '../sem.ts';

const branchCost = cost('branch', 1, 'alu');
const jumpCost = cost(15, 1, 'none', { tracked: { uses: [], defines: false } });

/** Branch on two registers. */
const branchRegisters = (
  code: number,
  mnemonic: string,
  funct3: number,
  op: string,
  when: Meaning,
): RowBody =>
  row(
    'reg_reg_offset',
    { kind: 'branch', when },
    {
      opcodes: everywhere(code),
      encodings: [branch('both', mnemonic, funct3)],
      text: `jump {t} if {a} ${op} {b}`,
      cost: branchCost,
    },
  );

/** Branch on a register and an immediate. */
const branchImmediate = (code: number, op: string, when: Meaning): RowBody =>
  row(
    'reg_imm_offset',
    { kind: 'branch', when },
    { opcodes: everywhere(code), text: `jump {t} if {a} ${op} {x:d}`, cost: branchCost },
  );

/** Control flow, host calls, constants that exist for control flow, and what touches the machine as a whole. */
export const control: Rows = {
  trap: row(
    'argless',
    { kind: 'trap', reason: 'trap' },
    { opcodes: everywhere(0), text: 'trap', cost: cost(2, 1, 'none') },
  ),
  fallthrough: row(
    'argless',
    { kind: 'fallthrough' },
    { opcodes: everywhere(1), text: 'fallthrough', cost: cost(2, 1, 'none') },
  ),
  memset: row(
    'argless',
    { kind: 'custom', custom: 'memset' },
    {
      opcodes: { latest32: 2, latest64: 2 },
      text: '[a0..a0 + a2] = u8 a1',
      cost: cost(100, 4, 'alu'),
      rare: true,
    },
  ),
  unlikely: row(
    'argless',
    { kind: 'nothing' },
    { opcodes: { latest32: 3, latest64: 3, jam_v1: 2 }, text: 'unlikely', cost: cost(40, 1, 'none') },
  ),
  ecalli: row(
    'imm',
    { kind: 'host-call' },
    {
      opcodes: everywhere(10),
      encodings: [word('both', 'ecall', 0x00000073)],
      text: 'ecalli {x:u}',
      cost: cost(100, 4, 'alu'),
    },
  ),
  jump: row(
    'offset',
    { kind: 'jump', link: undefined },
    { opcodes: everywhere(40), encodings: [jump('both', 'j', 0x6f)], text: 'jump {t}', cost: jumpCost },
  ),
  jump_indirect: row(
    'reg_imm',
    { kind: 'jump-indirect', base: 'a', offset: 'x', link: undefined },
    {
      opcodes: everywhere(50),
      encodings: [jr('both', 'jr', 0x67)],
      text: 'jump [{a+x}]',
      cost: cost(22, 1, 'none'),
    },
  ),
  load_imm_and_jump: row(
    'reg_imm_offset',
    { kind: 'jump', link: 'x' },
    { opcodes: everywhere(80), text: '{a} = {x:d}, jump {t}', cost: jumpCost },
  ),
  load_imm_and_jump_indirect: row(
    'reg_reg_imm_imm',
    { kind: 'jump-indirect', base: 'b', offset: 'y', link: 'x' },
    {
      opcodes: everywhere(180),
      text: '{a} = {x:d}, jump [{b+y}]',
      cost: cost(22, 1, 'none', { tracked: { uses: ['b'], defines: false } }),
    },
  ),
  jal: row('reg_offset', { kind: 'jump', link: 'return' }, { encodings: [J('both', 'jal', 0x6f)] }),
  jalr: row(
    'reg_reg_imm',
    { kind: 'jump-indirect', base: 'b', offset: 'x', link: 'return' },
    { encodings: [I('both', 'jalr', 0x67, 0)] },
  ),

  branch_eq_imm: branchImmediate(81, '==', (s, o) => s.eq(o.a, o.x)),
  branch_not_eq_imm: branchImmediate(82, '!=', (s, o) => s.ne(o.a, o.x)),
  branch_less_unsigned_imm: branchImmediate(83, '<u', (s, o) => s.ltu(o.a, o.x)),
  branch_less_or_equal_unsigned_imm: branchImmediate(84, '<=u', (s, o) => s.geu(o.x, o.a)),
  branch_greater_or_equal_unsigned_imm: branchImmediate(85, '>=u', (s, o) => s.geu(o.a, o.x)),
  branch_greater_unsigned_imm: branchImmediate(86, '>u', (s, o) => s.ltu(o.x, o.a)),
  branch_less_signed_imm: branchImmediate(87, '<s', (s, o) => s.lt(o.a, o.x)),
  branch_less_or_equal_signed_imm: branchImmediate(88, '<=s', (s, o) => s.ge(o.x, o.a)),
  branch_greater_or_equal_signed_imm: branchImmediate(89, '>=s', (s, o) => s.ge(o.a, o.x)),
  branch_greater_signed_imm: branchImmediate(90, '>s', (s, o) => s.lt(o.x, o.a)),

  branch_eq: branchRegisters(170, 'beq', 0, '==', (s, o) => s.eq(o.a, o.b)),
  branch_not_eq: branchRegisters(171, 'bne', 1, '!=', (s, o) => s.ne(o.a, o.b)),
  branch_less_unsigned: branchRegisters(172, 'bltu', 6, '<u', (s, o) => s.ltu(o.a, o.b)),
  branch_less_signed: branchRegisters(173, 'blt', 4, '<s', (s, o) => s.lt(o.a, o.b)),
  branch_greater_or_equal_unsigned: branchRegisters(174, 'bgeu', 7, '>=u', (s, o) => s.geu(o.a, o.b)),
  branch_greater_or_equal_signed: branchRegisters(175, 'bge', 5, '>=s', (s, o) => s.ge(o.a, o.b)),

  load_imm64: row(
    'reg_imm64',
    { kind: 'value', value: (s, o) => s.join(o.x, o.y) },
    {
      opcodes: wide(20),
      encodings: [U(64, 'auipc', 0x17, 'pcrel')],
      text: '{a} = {xy}',
      cost: cost(1, 2, 'none'),
    },
  ),
  sbrk: row(
    'reg_reg',
    { kind: 'custom', custom: 'sbrk' },
    {
      opcodes: { latest32: 101, latest64: 101 },
      text: '{a} = sbrk {b}',
      cost: cost(100, 4, 'alu'),
      rare: true,
    },
  ),
  sbrk_gp07: row(
    'reg_reg',
    { kind: 'custom', custom: 'sbrk_gp07' },
    { opcodes: { jam_gp07: 101 }, text: '{a} = sbrk {b}', cost: cost(100, 4, 'alu'), rare: true },
  ),

  ebreak: row(
    'argless',
    { kind: 'trap', reason: 'ebreak' },
    { encodings: [word('both', 'ebreak', 0x00100073)] },
  ),
  fence: row(
    'argless',
    { kind: 'nothing' },
    { encodings: [ignored('both', 'fence', 0x0f, 0), ignored('both', 'fence.i', 0x0f, 1, 'Zifencei')] },
  ),
  csr: row(
    'reg_reg_imm_imm',
    { kind: 'custom', custom: 'csr' },
    {
      encodings: [
        csr('both', 'csrrw', 1),
        csr('both', 'csrrs', 2),
        csr('both', 'csrrc', 3),
        csr('both', 'csrrwi', 5),
        csr('both', 'csrrsi', 6),
        csr('both', 'csrrci', 7),
      ],
      rare: true,
    },
  ),
};
