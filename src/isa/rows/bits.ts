import { cost } from '../cost.ts';
import { R, shift, unary } from '../encoding.ts';
import type { Rows } from '../full-row.ts';
import { everywhere, shifted, value, wide } from '../full-row.ts';

const bit = cost(1, 1, 'alu');
const trailing = cost(2, 1, 'alu2');
const rotate = cost(1, 1, 'alu', { copySlot: 'all' });
const rotate32 = cost(1, 1, 'alu', { copySlot: 'all', wideSlot: true, wideLatency: true });
const rotateAlt = cost(1, 3, 'alu');
const rotateAlt32 = cost(2, 4, 'alu');
const rotateRegister = cost(1, 2, 'alu', { copySlot: 'first' });
const rotateRegister32 = cost(1, 2, 'alu', { copySlot: 'first', wideSlot: true, wideLatency: true });
const inverted = cost(2, 3, 'alu');
const minMax = cost(3, 2, 'alu', { copySlot: 'all' });

const OP_IMM = 0x13;
const OP_IMM_32 = 0x1b;
const OP = 0x33;
const OP_32 = 0x3b;

/** Counting, extension, rotation, inverted logic, minimum and maximum; RISC-V's Zba, Zbb and Zbs. */
export const bits: Rows = {
  count_set_bits_64: value(
    'reg_reg',
    {
      opcodes: shifted(102, false),
      encodings: [unary(64, 'cpop', OP_IMM, 1, 0x602)],
      text: '{a} = cpop {b}',
      cost: bit,
      rare: true,
    },
    (s, o) => s.popcnt(o.b),
  ),
  count_set_bits_32: value(
    'reg_reg',
    {
      opcodes: shifted(103, true),
      encodings: [unary(32, 'cpop', OP_IMM, 1, 0x602), unary(64, 'cpopw', OP_IMM_32, 1, 0x602)],
      text: '~{a} = cpop {b}',
      cost: bit,
      rare: true,
    },
    (s, o) => s.popcnt32(o.b),
  ),
  count_leading_zero_bits_64: value(
    'reg_reg',
    {
      opcodes: shifted(104, false),
      encodings: [unary(64, 'clz', OP_IMM, 1, 0x600)],
      text: '{a} = clz {b}',
      cost: bit,
      rare: true,
    },
    (s, o) => s.clz(o.b),
  ),
  count_leading_zero_bits_32: value(
    'reg_reg',
    {
      opcodes: shifted(105, true),
      encodings: [unary(32, 'clz', OP_IMM, 1, 0x600), unary(64, 'clzw', OP_IMM_32, 1, 0x600)],
      text: '~{a} = clz {b}',
      cost: bit,
      rare: true,
    },
    (s, o) => s.clz32(o.b),
  ),
  count_trailing_zero_bits_64: value(
    'reg_reg',
    {
      opcodes: shifted(106, false),
      encodings: [unary(64, 'ctz', OP_IMM, 1, 0x601)],
      text: '{a} = ctz {b}',
      cost: trailing,
      rare: true,
    },
    (s, o) => s.ctz(o.b),
  ),
  count_trailing_zero_bits_32: value(
    'reg_reg',
    {
      opcodes: shifted(107, true),
      encodings: [unary(32, 'ctz', OP_IMM, 1, 0x601), unary(64, 'ctzw', OP_IMM_32, 1, 0x601)],
      text: '~{a} = ctz {b}',
      cost: trailing,
      rare: true,
    },
    (s, o) => s.ctz32(o.b),
  ),
  sign_extend_8: value(
    'reg_reg',
    {
      opcodes: shifted(108, true),
      encodings: [unary('both', 'sext.b', OP_IMM, 1, 0x604)],
      text: '{a} = sext8 {b}',
      cost: bit,
    },
    (s, o) => s.sx8(o.b),
  ),
  sign_extend_16: value(
    'reg_reg',
    {
      opcodes: shifted(109, true),
      encodings: [unary('both', 'sext.h', OP_IMM, 1, 0x605)],
      text: '{a} = sext16 {b}',
      cost: bit,
    },
    (s, o) => s.sx16(o.b),
  ),
  zero_extend_16: value(
    'reg_reg',
    {
      opcodes: shifted(110, true),
      encodings: [unary(32, 'zext.h', OP, 4, 0x080), unary(64, 'zext.h', OP_32, 4, 0x080)],
      text: '{a} = zext16 {b}',
      cost: bit,
    },
    (s, o) => s.zx16(o.b),
  ),
  reverse_byte: value(
    'reg_reg',
    {
      opcodes: shifted(111, true),
      encodings: [unary(32, 'rev8', OP_IMM, 5, 0x698), unary(64, 'rev8', OP_IMM, 5, 0x6b8)],
      text: '{a} = reverse {b}',
      cost: cost(1, 1, 'alu', { copySlot: 'all' }),
      rare: true,
    },
    (s, o) => s.bswap(o.b),
  ),
  or_combine_bytes: value(
    'reg_reg',
    { encodings: [unary('both', 'orc.b', OP_IMM, 5, 0x287)], rare: true },
    (s, o) => s.orcb(o.b),
  ),

  rotate_right_imm_64: value(
    'reg_reg_imm',
    {
      opcodes: wide(158),
      encodings: [shift(64, 'rori', OP_IMM, 5, 0x30, true, 'Zbb')],
      text: '{a} = {b} >>r {x}',
      cost: rotate,
    },
    (s, o) => s.rotr(o.b, o.x),
  ),
  rotate_right_imm_alt_64: value(
    'reg_reg_imm',
    { opcodes: wide(159), text: '{a} = {x} >>r {b}', cost: rotateAlt, rare: true },
    (s, o) => s.rotr(o.x, o.b),
  ),
  rotate_right_imm_32: value(
    'reg_reg_imm',
    {
      opcodes: everywhere(160),
      encodings: [
        shift(32, 'rori', OP_IMM, 5, 0x30, false, 'Zbb'),
        shift(64, 'roriw', OP_IMM_32, 5, 0x30, false, 'Zbb'),
      ],
      // latest32 lists it and the next one as plain shifts: a slip of upstream's printer that listings have to share.
      text: '~{a} = {b} {>>r} {x}',
      cost: rotate32,
    },
    (s, o) => s.rotr32(o.b, o.x),
  ),
  rotate_right_imm_alt_32: value(
    'reg_reg_imm',
    { opcodes: everywhere(161), text: '~{a} = {x} {>>r} {b}', cost: rotateAlt32, rare: true },
    (s, o) => s.rotr32(o.x, o.b),
  ),
  rotate_left_64: value(
    'reg_reg_reg',
    {
      opcodes: wide(220),
      encodings: [R(64, 'rol', OP, 1, 0x30, 'Zbb')],
      text: '{a} = {b} <<r {c}',
      cost: rotateRegister,
      rare: true,
    },
    (s, o) => s.rotl(o.b, o.c),
  ),
  rotate_left_32: value(
    'reg_reg_reg',
    {
      opcodes: everywhere(221),
      encodings: [R(32, 'rol', OP, 1, 0x30, 'Zbb'), R(64, 'rolw', OP_32, 1, 0x30, 'Zbb')],
      text: '~{a} = {b} <<r {c}',
      cost: rotateRegister32,
    },
    (s, o) => s.rotl32(o.b, o.c),
  ),
  rotate_right_64: value(
    'reg_reg_reg',
    {
      opcodes: wide(222),
      encodings: [R(64, 'ror', OP, 5, 0x30, 'Zbb')],
      text: '{a} = {b} >>r {c}',
      cost: rotateRegister,
      rare: true,
    },
    (s, o) => s.rotr(o.b, o.c),
  ),
  rotate_right_32: value(
    'reg_reg_reg',
    {
      opcodes: everywhere(223),
      encodings: [R(32, 'ror', OP, 5, 0x30, 'Zbb'), R(64, 'rorw', OP_32, 5, 0x30, 'Zbb')],
      text: '~{a} = {b} >>r {c}',
      cost: rotateRegister32,
    },
    (s, o) => s.rotr32(o.b, o.c),
  ),

  and_inverted: value(
    'reg_reg_reg',
    {
      opcodes: everywhere(224),
      encodings: [R('both', 'andn', OP, 7, 0x20, 'Zbb')],
      text: '{a} = {b} & ~{c}',
      cost: inverted,
    },
    (s, o) => s.and(o.b, s.xor(o.c, s.imm(-1))),
  ),
  or_inverted: value(
    'reg_reg_reg',
    {
      opcodes: everywhere(225),
      encodings: [R('both', 'orn', OP, 6, 0x20, 'Zbb')],
      text: '{a} = {b} | ~{c}',
      cost: inverted,
    },
    (s, o) => s.or(o.b, s.xor(o.c, s.imm(-1))),
  ),
  xnor: value(
    'reg_reg_reg',
    {
      opcodes: everywhere(226),
      encodings: [R('both', 'xnor', OP, 4, 0x20, 'Zbb')],
      text: '{a} = ~({b} ^ {c})',
      cost: cost(2, 2, 'alu', { copySlot: 'all' }),
    },
    (s, o) => s.xor(s.xor(o.b, o.c), s.imm(-1)),
  ),
  maximum: value(
    'reg_reg_reg',
    {
      opcodes: everywhere(227),
      encodings: [R('both', 'max', OP, 6, 0x05, 'Zbb')],
      text: '{a} = maxs({b}, {c})',
      cost: minMax,
    },
    (s, o) => s.select(s.lt(o.b, o.c), o.c, o.b),
  ),
  maximum_unsigned: value(
    'reg_reg_reg',
    {
      opcodes: everywhere(228),
      encodings: [R('both', 'maxu', OP, 7, 0x05, 'Zbb')],
      text: '{a} = maxu({b}, {c})',
      cost: minMax,
    },
    (s, o) => s.select(s.ltu(o.b, o.c), o.c, o.b),
  ),
  minimum: value(
    'reg_reg_reg',
    {
      opcodes: everywhere(229),
      encodings: [R('both', 'min', OP, 4, 0x05, 'Zbb')],
      text: '{a} = mins({b}, {c})',
      cost: minMax,
    },
    (s, o) => s.select(s.lt(o.b, o.c), o.b, o.c),
  ),
  minimum_unsigned: value(
    'reg_reg_reg',
    {
      opcodes: everywhere(230),
      encodings: [R('both', 'minu', OP, 5, 0x05, 'Zbb')],
      text: '{a} = minu({b}, {c})',
      cost: minMax,
    },
    (s, o) => s.select(s.ltu(o.b, o.c), o.b, o.c),
  ),

  shift_1_add: value('reg_reg_reg', { encodings: [R('both', 'sh1add', OP, 2, 0x10, 'Zba')] }, (s, o) =>
    s.add(s.shl(o.b, s.imm(1)), o.c),
  ),
  shift_2_add: value('reg_reg_reg', { encodings: [R('both', 'sh2add', OP, 4, 0x10, 'Zba')] }, (s, o) =>
    s.add(s.shl(o.b, s.imm(2)), o.c),
  ),
  shift_3_add: value('reg_reg_reg', { encodings: [R('both', 'sh3add', OP, 6, 0x10, 'Zba')] }, (s, o) =>
    s.add(s.shl(o.b, s.imm(3)), o.c),
  ),
  add_unsigned_word: value('reg_reg_reg', { encodings: [R(64, 'add.uw', OP_32, 0, 0x04, 'Zba')] }, (s, o) =>
    s.add(s.zx32(o.b), o.c),
  ),
  shift_1_add_unsigned_word: value(
    'reg_reg_reg',
    { encodings: [R(64, 'sh1add.uw', OP_32, 2, 0x10, 'Zba')] },
    (s, o) => s.add(s.shl(s.zx32(o.b), s.imm(1)), o.c),
  ),
  shift_2_add_unsigned_word: value(
    'reg_reg_reg',
    { encodings: [R(64, 'sh2add.uw', OP_32, 4, 0x10, 'Zba')] },
    (s, o) => s.add(s.shl(s.zx32(o.b), s.imm(2)), o.c),
  ),
  shift_3_add_unsigned_word: value(
    'reg_reg_reg',
    { encodings: [R(64, 'sh3add.uw', OP_32, 6, 0x10, 'Zba')] },
    (s, o) => s.add(s.shl(s.zx32(o.b), s.imm(3)), o.c),
  ),
  shift_left_unsigned_word: value(
    'reg_reg_imm',
    { encodings: [shift(64, 'slli.uw', OP_IMM_32, 1, 0x04, true, 'Zba')] },
    (s, o) => s.shl(s.zx32(o.b), o.x),
  ),

  bit_clear: value(
    'reg_reg_reg',
    { encodings: [R('both', 'bclr', OP, 1, 0x24, 'Zbs')], rare: true },
    (s, o) => s.and(o.b, s.xor(s.shl(s.imm(1), o.c), s.imm(-1))),
  ),
  bit_clear_imm: value(
    'reg_reg_imm',
    {
      encodings: [
        shift(32, 'bclri', OP_IMM, 1, 0x24, false, 'Zbs'),
        shift(64, 'bclri', OP_IMM, 1, 0x24, true, 'Zbs'),
      ],
      rare: true,
    },
    (s, o) => s.and(o.b, s.xor(s.shl(s.imm(1), o.x), s.imm(-1))),
  ),
  bit_extract: value(
    'reg_reg_reg',
    { encodings: [R('both', 'bext', OP, 5, 0x24, 'Zbs')], rare: true },
    (s, o) => s.and(s.shr(o.b, o.c), s.imm(1)),
  ),
  bit_extract_imm: value(
    'reg_reg_imm',
    {
      encodings: [
        shift(32, 'bexti', OP_IMM, 5, 0x24, false, 'Zbs'),
        shift(64, 'bexti', OP_IMM, 5, 0x24, true, 'Zbs'),
      ],
      rare: true,
    },
    (s, o) => s.and(s.shr(o.b, o.x), s.imm(1)),
  ),
  bit_invert: value(
    'reg_reg_reg',
    { encodings: [R('both', 'binv', OP, 1, 0x34, 'Zbs')], rare: true },
    (s, o) => s.xor(o.b, s.shl(s.imm(1), o.c)),
  ),
  bit_invert_imm: value(
    'reg_reg_imm',
    {
      encodings: [
        shift(32, 'binvi', OP_IMM, 1, 0x34, false, 'Zbs'),
        shift(64, 'binvi', OP_IMM, 1, 0x34, true, 'Zbs'),
      ],
      rare: true,
    },
    (s, o) => s.xor(o.b, s.shl(s.imm(1), o.x)),
  ),
  bit_set: value('reg_reg_reg', { encodings: [R('both', 'bset', OP, 1, 0x14, 'Zbs')], rare: true }, (s, o) =>
    s.or(o.b, s.shl(s.imm(1), o.c)),
  ),
  bit_set_imm: value(
    'reg_reg_imm',
    {
      encodings: [
        shift(32, 'bseti', OP_IMM, 1, 0x14, false, 'Zbs'),
        shift(64, 'bseti', OP_IMM, 1, 0x14, true, 'Zbs'),
      ],
      rare: true,
    },
    (s, o) => s.or(o.b, s.shl(s.imm(1), o.x)),
  ),
};
