import { cost } from '../cost.ts';
import { I, li, moveOf, R, shift, U } from '../encoding.ts';
import type { Rows } from '../full-row.ts';
import { everywhere, value, wide } from '../full-row.ts';

/** Costs of the pipeline model by class. */
const alu = cost(1, 1, 'alu', { copySlot: 'all' });
const alu32 = cost(1, 1, 'alu', { copySlot: 'all', wideSlot: true, wideLatency: true });
const shiftAlt = cost(1, 3, 'alu');
const shiftAlt32 = cost(2, 4, 'alu');
const shiftRegister = cost(1, 2, 'alu', { copySlot: 'first' });
const shiftRegister32 = cost(1, 2, 'alu', { copySlot: 'first', wideSlot: true, wideLatency: true });
const compare = cost(3, 3, 'alu');
const multiply = cost(3, 1, 'mul', { copySlot: 'all' });
const multiply32 = cost(4, 2, 'mul', { copySlot: 'all' });
const multiplyUpper = cost(4, 4, 'mul');
const divide = cost(60, 4, 'div');
// The old destination of a conditional move is no dependency in this model.
const conditionalMove = cost(2, 2, 'alu', { tracked: { uses: ['b', 'c'], defines: true } });
const conditionalMoveImmediate = cost(2, 3, 'alu', { tracked: { uses: ['b'], defines: true } });

/** RISC-V opcode fields. */
const OP_IMM = 0x13;
const OP_IMM_32 = 0x1b;
const OP = 0x33;
const OP_32 = 0x3b;

/** Moves, additions, logic, shifts, comparisons, multiplication and division. */
export const arithmetic: Rows = {
  load_imm: value(
    'reg_imm',
    {
      opcodes: everywhere(51),
      encodings: [U('both', 'lui', 0x37, 'U'), li('both', 'li', OP_IMM, 0), U(32, 'auipc', 0x17, 'pcrel')],
      text: '{a} = {x}',
      cost: cost(1, 1, 'none'),
    },
    (_s, o) => o.x,
  ),
  move_reg: value(
    'reg_reg',
    {
      opcodes: everywhere(100),
      encodings: [moveOf('both', 'mv', OP_IMM, 0)],
      text: '{a} = {b}',
      cost: cost('rename', 1, 'none'),
    },
    (_s, o) => o.b,
  ),

  add_imm_32: value(
    'reg_reg_imm',
    {
      opcodes: everywhere(131),
      encodings: [I(32, 'addi', OP_IMM, 0), I(64, 'addiw', OP_IMM_32, 0)],
      text: '~{a} = {b} {+x}',
      cost: alu32,
    },
    (s, o) => s.sx32(s.add(o.b, o.x)),
  ),
  add_imm_64: value(
    'reg_reg_imm',
    { opcodes: wide(149), encodings: [I(64, 'addi', OP_IMM, 0)], text: '{a} = {b} {+x}', cost: alu },
    (s, o) => s.add(o.b, o.x),
  ),
  and_imm: value(
    'reg_reg_imm',
    {
      opcodes: everywhere(132),
      encodings: [I('both', 'andi', OP_IMM, 7)],
      text: '{a} = {b} & {x}',
      cost: alu,
    },
    (s, o) => s.and(o.b, o.x),
  ),
  xor_imm: value(
    'reg_reg_imm',
    {
      opcodes: everywhere(133),
      encodings: [I('both', 'xori', OP_IMM, 4)],
      text: '{a} = {b} ^ {x}',
      cost: alu,
    },
    (s, o) => s.xor(o.b, o.x),
  ),
  or_imm: value(
    'reg_reg_imm',
    {
      opcodes: everywhere(134),
      encodings: [I('both', 'ori', OP_IMM, 6)],
      text: '{a} = {b} | {x}',
      cost: alu,
    },
    (s, o) => s.or(o.b, o.x),
  ),
  mul_imm_32: value(
    'reg_reg_imm',
    { opcodes: everywhere(135), text: '~{a} = {b} * {x}', cost: multiply32 },
    (s, o) => s.sx32(s.mul(o.b, o.x)),
  ),
  mul_imm_64: value('reg_reg_imm', { opcodes: wide(150), text: '{a} = {b} * {x}', cost: multiply }, (s, o) =>
    s.mul(o.b, o.x),
  ),
  set_less_than_unsigned_imm: value(
    'reg_reg_imm',
    {
      opcodes: everywhere(136),
      encodings: [I('both', 'sltiu', OP_IMM, 3)],
      text: '{a} = {b} <u {x}',
      cost: compare,
    },
    (s, o) => s.ltu(o.b, o.x),
  ),
  set_less_than_signed_imm: value(
    'reg_reg_imm',
    {
      opcodes: everywhere(137),
      encodings: [I('both', 'slti', OP_IMM, 2)],
      text: '{a} = {b} <s {x}',
      cost: compare,
    },
    (s, o) => s.lt(o.b, o.x),
  ),
  set_greater_than_unsigned_imm: value(
    'reg_reg_imm',
    { opcodes: everywhere(142), text: '{a} = {b} >u {x}', cost: compare },
    (s, o) => s.ltu(o.x, o.b),
  ),
  set_greater_than_signed_imm: value(
    'reg_reg_imm',
    { opcodes: everywhere(143), text: '{a} = {b} >s {x}', cost: compare },
    (s, o) => s.lt(o.x, o.b),
  ),
  negate_and_add_imm_32: value(
    'reg_reg_imm',
    { opcodes: everywhere(141), text: '~{a} = {x-b}', cost: cost(3, 4, 'alu') },
    (s, o) => s.sx32(s.sub(o.x, o.b)),
  ),
  negate_and_add_imm_64: value(
    'reg_reg_imm',
    { opcodes: wide(154), text: '{a} = {x-b}', cost: cost(2, 3, 'alu') },
    (s, o) => s.sub(o.x, o.b),
  ),

  shift_logical_left_imm_32: value(
    'reg_reg_imm',
    {
      opcodes: everywhere(138),
      encodings: [shift(32, 'slli', OP_IMM, 1, 0x00, false), shift(64, 'slliw', OP_IMM_32, 1, 0x00, false)],
      text: '~{a} = {b} << {x}',
      cost: alu32,
    },
    (s, o) => s.shl32(o.b, o.x),
  ),
  shift_logical_right_imm_32: value(
    'reg_reg_imm',
    {
      opcodes: everywhere(139),
      encodings: [shift(32, 'srli', OP_IMM, 5, 0x00, false), shift(64, 'srliw', OP_IMM_32, 5, 0x00, false)],
      text: '~{a} = {b} >> {x}',
      cost: alu32,
    },
    (s, o) => s.shr32(o.b, o.x),
  ),
  shift_arithmetic_right_imm_32: value(
    'reg_reg_imm',
    {
      opcodes: everywhere(140),
      encodings: [shift(32, 'srai', OP_IMM, 5, 0x20, false), shift(64, 'sraiw', OP_IMM_32, 5, 0x20, false)],
      text: '~{a} = {b} >>a {x}',
      cost: alu32,
    },
    (s, o) => s.sar32(o.b, o.x),
  ),
  shift_logical_left_imm_64: value(
    'reg_reg_imm',
    {
      opcodes: wide(151),
      encodings: [shift(64, 'slli', OP_IMM, 1, 0x00, true)],
      text: '{a} = {b} << {x}',
      cost: alu,
    },
    (s, o) => s.shl(o.b, o.x),
  ),
  shift_logical_right_imm_64: value(
    'reg_reg_imm',
    {
      opcodes: wide(152),
      encodings: [shift(64, 'srli', OP_IMM, 5, 0x00, true)],
      text: '{a} = {b} >> {x}',
      cost: alu,
    },
    (s, o) => s.shr(o.b, o.x),
  ),
  shift_arithmetic_right_imm_64: value(
    'reg_reg_imm',
    {
      opcodes: wide(153),
      encodings: [shift(64, 'srai', OP_IMM, 5, 0x20, true)],
      text: '{a} = {b} >>a {x}',
      cost: alu,
    },
    (s, o) => s.sar(o.b, o.x),
  ),
  shift_logical_left_imm_alt_32: value(
    'reg_reg_imm',
    { opcodes: everywhere(144), text: '~{a} = {x} << {b}', cost: shiftAlt32, rare: true },
    (s, o) => s.shl32(o.x, o.b),
  ),
  shift_logical_right_imm_alt_32: value(
    'reg_reg_imm',
    { opcodes: everywhere(145), text: '~{a} = {x} >> {b}', cost: shiftAlt32, rare: true },
    (s, o) => s.shr32(o.x, o.b),
  ),
  shift_arithmetic_right_imm_alt_32: value(
    'reg_reg_imm',
    { opcodes: everywhere(146), text: '~{a} = {x} >>a {b}', cost: shiftAlt32, rare: true },
    (s, o) => s.sar32(o.x, o.b),
  ),
  shift_logical_left_imm_alt_64: value(
    'reg_reg_imm',
    { opcodes: wide(155), text: '{a} = {x} << {b}', cost: shiftAlt, rare: true },
    (s, o) => s.shl(o.x, o.b),
  ),
  shift_logical_right_imm_alt_64: value(
    'reg_reg_imm',
    { opcodes: wide(156), text: '{a} = {x} >> {b}', cost: shiftAlt, rare: true },
    (s, o) => s.shr(o.x, o.b),
  ),
  shift_arithmetic_right_imm_alt_64: value(
    'reg_reg_imm',
    { opcodes: wide(157), text: '{a} = {x} >>a {b}', cost: shiftAlt, rare: true },
    (s, o) => s.sar(o.x, o.b),
  ),
  cmov_if_zero_imm: value(
    'reg_reg_imm',
    { opcodes: everywhere(147), text: '{a} = {x} if {b} == 0', cost: conditionalMoveImmediate },
    (s, o) => s.select(o.b, o.a, o.x),
  ),
  cmov_if_not_zero_imm: value(
    'reg_reg_imm',
    { opcodes: everywhere(148), text: '{a} = {x} if {b} != 0', cost: conditionalMoveImmediate },
    (s, o) => s.select(o.b, o.x, o.a),
  ),

  add_32: value(
    'reg_reg_reg',
    {
      opcodes: everywhere(190),
      encodings: [R(32, 'add', OP, 0, 0x00), R(64, 'addw', OP_32, 0, 0x00)],
      text: '~{a} = {b} + {c}',
      cost: alu32,
    },
    (s, o) => s.sx32(s.add(o.b, o.c)),
  ),
  sub_32: value(
    'reg_reg_reg',
    {
      opcodes: everywhere(191),
      encodings: [R(32, 'sub', OP, 0, 0x20), R(64, 'subw', OP_32, 0, 0x20)],
      text: '~{a} = {b} - {c}',
      cost: alu32,
    },
    (s, o) => s.sx32(s.sub(o.b, o.c)),
  ),
  add_64: value(
    'reg_reg_reg',
    { opcodes: wide(200), encodings: [R(64, 'add', OP, 0, 0x00)], text: '{a} = {b} + {c}', cost: alu },
    (s, o) => s.add(o.b, o.c),
  ),
  sub_64: value(
    'reg_reg_reg',
    { opcodes: wide(201), encodings: [R(64, 'sub', OP, 0, 0x20)], text: '{a} = {b} - {c}', cost: alu },
    (s, o) => s.sub(o.b, o.c),
  ),
  and: value(
    'reg_reg_reg',
    {
      opcodes: everywhere(210),
      encodings: [R('both', 'and', OP, 7, 0x00)],
      text: '{a} = {b} & {c}',
      cost: alu,
    },
    (s, o) => s.and(o.b, o.c),
  ),
  xor: value(
    'reg_reg_reg',
    {
      opcodes: everywhere(211),
      encodings: [R('both', 'xor', OP, 4, 0x00)],
      text: '{a} = {b} ^ {c}',
      cost: alu,
    },
    (s, o) => s.xor(o.b, o.c),
  ),
  or: value(
    'reg_reg_reg',
    {
      opcodes: everywhere(212),
      encodings: [R('both', 'or', OP, 6, 0x00)],
      text: '{a} = {b} | {c}',
      cost: alu,
    },
    (s, o) => s.or(o.b, o.c),
  ),
  set_less_than_unsigned: value(
    'reg_reg_reg',
    {
      opcodes: everywhere(216),
      encodings: [R('both', 'sltu', OP, 3, 0x00)],
      text: '{a} = {b} <u {c}',
      cost: compare,
    },
    (s, o) => s.ltu(o.b, o.c),
  ),
  set_less_than_signed: value(
    'reg_reg_reg',
    {
      opcodes: everywhere(217),
      encodings: [R('both', 'slt', OP, 2, 0x00)],
      text: '{a} = {b} <s {c}',
      cost: compare,
    },
    (s, o) => s.lt(o.b, o.c),
  ),
  cmov_if_zero: value(
    'reg_reg_reg',
    { opcodes: everywhere(218), text: '{a} = {b} if {c} == 0', cost: conditionalMove },
    (s, o) => s.select(o.c, o.a, o.b),
  ),
  cmov_if_not_zero: value(
    'reg_reg_reg',
    { opcodes: everywhere(219), text: '{a} = {b} if {c} != 0', cost: conditionalMove },
    (s, o) => s.select(o.c, o.b, o.a),
  ),
  czero_eqz: value('reg_reg_reg', { encodings: [R('both', 'czero.eqz', OP, 5, 0x07, 'Zicond')] }, (s, o) =>
    s.select(o.c, o.b, s.imm(0)),
  ),
  czero_nez: value('reg_reg_reg', { encodings: [R('both', 'czero.nez', OP, 7, 0x07, 'Zicond')] }, (s, o) =>
    s.select(o.c, s.imm(0), o.b),
  ),

  shift_logical_left_32: value(
    'reg_reg_reg',
    {
      opcodes: everywhere(197),
      encodings: [R(32, 'sll', OP, 1, 0x00), R(64, 'sllw', OP_32, 1, 0x00)],
      text: '~{a} = {b} << {c}',
      cost: shiftRegister32,
    },
    (s, o) => s.shl32(o.b, o.c),
  ),
  shift_logical_right_32: value(
    'reg_reg_reg',
    {
      opcodes: everywhere(198),
      encodings: [R(32, 'srl', OP, 5, 0x00), R(64, 'srlw', OP_32, 5, 0x00)],
      text: '~{a} = {b} >> {c}',
      cost: shiftRegister32,
    },
    (s, o) => s.shr32(o.b, o.c),
  ),
  shift_arithmetic_right_32: value(
    'reg_reg_reg',
    {
      opcodes: everywhere(199),
      encodings: [R(32, 'sra', OP, 5, 0x20), R(64, 'sraw', OP_32, 5, 0x20)],
      text: '~{a} = {b} >>a {c}',
      cost: shiftRegister32,
    },
    (s, o) => s.sar32(o.b, o.c),
  ),
  shift_logical_left_64: value(
    'reg_reg_reg',
    {
      opcodes: wide(207),
      encodings: [R(64, 'sll', OP, 1, 0x00)],
      text: '{a} = {b} << {c}',
      cost: shiftRegister,
    },
    (s, o) => s.shl(o.b, o.c),
  ),
  shift_logical_right_64: value(
    'reg_reg_reg',
    {
      opcodes: wide(208),
      encodings: [R(64, 'srl', OP, 5, 0x00)],
      text: '{a} = {b} >> {c}',
      cost: shiftRegister,
    },
    (s, o) => s.shr(o.b, o.c),
  ),
  shift_arithmetic_right_64: value(
    'reg_reg_reg',
    {
      opcodes: wide(209),
      encodings: [R(64, 'sra', OP, 5, 0x20)],
      text: '{a} = {b} >>a {c}',
      cost: shiftRegister,
    },
    (s, o) => s.sar(o.b, o.c),
  ),

  mul_32: value(
    'reg_reg_reg',
    {
      opcodes: everywhere(192),
      encodings: [R(32, 'mul', OP, 0, 0x01, 'M'), R(64, 'mulw', OP_32, 0, 0x01, 'M')],
      text: '~{a} = {b} * {c}',
      cost: multiply32,
    },
    (s, o) => s.sx32(s.mul(o.b, o.c)),
  ),
  mul_64: value(
    'reg_reg_reg',
    {
      opcodes: wide(202),
      encodings: [R(64, 'mul', OP, 0, 0x01, 'M')],
      text: '{a} = {b} * {c}',
      cost: multiply,
    },
    (s, o) => s.mul(o.b, o.c),
  ),
  mul_upper_signed_signed: value(
    'reg_reg_reg',
    {
      opcodes: everywhere(213),
      encodings: [R('both', 'mulh', OP, 1, 0x01, 'M')],
      text: '{a} = {b} mulh {c}',
      cost: multiplyUpper,
      rare: true,
    },
    (s, o) => s.mulh(o.b, o.c),
  ),
  mul_upper_unsigned_unsigned: value(
    'reg_reg_reg',
    {
      opcodes: everywhere(214),
      encodings: [R('both', 'mulhu', OP, 3, 0x01, 'M')],
      text: '{a} = {b} mulhu {c}',
      cost: multiplyUpper,
    },
    (s, o) => s.mulhu(o.b, o.c),
  ),
  mul_upper_signed_unsigned: value(
    'reg_reg_reg',
    {
      opcodes: everywhere(215),
      encodings: [R('both', 'mulhsu', OP, 2, 0x01, 'M')],
      text: '{a} = {b} mulhsu {c}',
      cost: cost(6, 4, 'mul'),
      rare: true,
    },
    (s, o) => s.mulhsu(o.b, o.c),
  ),
  div_unsigned_32: value(
    'reg_reg_reg',
    {
      opcodes: everywhere(193),
      encodings: [R(32, 'divu', OP, 5, 0x01, 'M'), R(64, 'divuw', OP_32, 5, 0x01, 'M')],
      text: '~{a} = {b} /u {c}',
      cost: divide,
    },
    (s, o) => s.divu32(o.b, o.c),
  ),
  div_signed_32: value(
    'reg_reg_reg',
    {
      opcodes: everywhere(194),
      encodings: [R(32, 'div', OP, 4, 0x01, 'M'), R(64, 'divw', OP_32, 4, 0x01, 'M')],
      text: '~{a} = {b} /s {c}',
      cost: divide,
    },
    (s, o) => s.div32(o.b, o.c),
  ),
  rem_unsigned_32: value(
    'reg_reg_reg',
    {
      opcodes: everywhere(195),
      encodings: [R(32, 'remu', OP, 7, 0x01, 'M'), R(64, 'remuw', OP_32, 7, 0x01, 'M')],
      text: '~{a} = {b} %u {c}',
      cost: divide,
    },
    (s, o) => s.remu32(o.b, o.c),
  ),
  rem_signed_32: value(
    'reg_reg_reg',
    {
      opcodes: everywhere(196),
      encodings: [R(32, 'rem', OP, 6, 0x01, 'M'), R(64, 'remw', OP_32, 6, 0x01, 'M')],
      text: '~{a} = {b} %s {c}',
      cost: divide,
    },
    (s, o) => s.rem32(o.b, o.c),
  ),
  div_unsigned_64: value(
    'reg_reg_reg',
    {
      opcodes: wide(203),
      encodings: [R(64, 'divu', OP, 5, 0x01, 'M')],
      text: '{a} = {b} /u {c}',
      cost: divide,
      rare: true,
    },
    (s, o) => s.divu(o.b, o.c),
  ),
  div_signed_64: value(
    'reg_reg_reg',
    {
      opcodes: wide(204),
      encodings: [R(64, 'div', OP, 4, 0x01, 'M')],
      text: '{a} = {b} /s {c}',
      cost: divide,
      rare: true,
    },
    (s, o) => s.div(o.b, o.c),
  ),
  rem_unsigned_64: value(
    'reg_reg_reg',
    {
      opcodes: wide(205),
      encodings: [R(64, 'remu', OP, 7, 0x01, 'M')],
      text: '{a} = {b} %u {c}',
      cost: divide,
      rare: true,
    },
    (s, o) => s.remu(o.b, o.c),
  ),
  rem_signed_64: value(
    'reg_reg_reg',
    {
      opcodes: wide(206),
      encodings: [R(64, 'rem', OP, 6, 0x01, 'M')],
      text: '{a} = {b} %s {c}',
      cost: divide,
      rare: true,
    },
    (s, o) => s.rem(o.b, o.c),
  ),
};
