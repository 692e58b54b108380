import { cost } from '../cost.ts';
import type { NamedEncoding } from '../encoding.ts';
import { amo, load, store } from '../encoding.ts';
import type { RowBody, Rows } from '../full-row.ts';
import { everywhere, row, wide } from '../full-row.ts';
import type { AccessSize, Opcodes } from '../row.ts';
import type { Meaning, Sem } from '../sem.ts';

const loadCost = cost('load', 1, 'load');
/** Store latency is the same in every cache model. */
const storeCost = cost(25, 1, 'store');

const loadAbsolute = (opcodes: Opcodes, type: string, size: AccessSize, signed: boolean): RowBody =>
  row(
    'reg_imm',
    { kind: 'load', size, signed, base: undefined },
    { opcodes, text: `{a} = ${type} [{x}]`, cost: loadCost },
  );

const loadIndirect = (
  opcodes: Opcodes,
  type: string,
  size: AccessSize,
  signed: boolean,
  encodings: readonly NamedEncoding[],
  text = `{a} = ${type} [{b+x}]`,
): RowBody =>
  row('reg_reg_imm', { kind: 'load', size, signed, base: 'b' }, { opcodes, encodings, text, cost: loadCost });

/** The four addressing forms of a store. */
const storeImmediate = (opcodes: Opcodes, type: string, size: AccessSize): RowBody =>
  row(
    'imm_imm',
    { kind: 'store', size, base: undefined, value: 'y' },
    { opcodes, text: `${type} [{x}] = {y}`, cost: storeCost },
  );

const storeAbsolute = (opcodes: Opcodes, type: string, size: AccessSize): RowBody =>
  row(
    'reg_imm',
    { kind: 'store', size, base: undefined, value: 'a' },
    { opcodes, text: `${type} [{x}] = {a}`, cost: storeCost },
  );

const storeImmediateIndirect = (opcodes: Opcodes, type: string, size: AccessSize): RowBody =>
  row(
    'reg_imm_imm',
    { kind: 'store', size, base: 'a', value: 'y' },
    { opcodes, text: `${type} [{a} + {x:d}] = {y}`, cost: storeCost },
  );

const storeIndirect = (opcodes: Opcodes, type: string, size: AccessSize, encoding: NamedEncoding): RowBody =>
  row(
    'reg_reg_imm',
    { kind: 'store', size, base: 'b', value: 'a' },
    { opcodes, encodings: [encoding], text: `${type} [{b+x}] = {a}`, cost: storeCost },
  );

/** An atomic operation in both sizes: word everywhere, doubleword in 64-bit kinds. */
const atomic = (mnemonic: string, funct5: number, size: 4 | 8, value: Meaning): RowBody =>
  row(
    'reg_reg_reg',
    { kind: 'atomic', size, value },
    {
      encodings: [size === 4 ? amo('both', `${mnemonic}.w`, funct5, 2) : amo(64, `${mnemonic}.d`, funct5, 3)],
      rare: true,
    },
  );

const swap: Meaning = (_s, o) => o.c;
const add: Meaning = (s, o) => s.add(o.a, o.c);
const and: Meaning = (s, o) => s.and(o.a, o.c);
const or: Meaning = (s, o) => s.or(o.a, o.c);
const xor: Meaning = (s, o) => s.xor(o.a, o.c);
// The old value arrives sign-extended; so must the operand be for a comparison of words.
const min = <V>(s: Sem<V>, a: V, c: V): V => s.select(s.lt(a, c), a, c);
const max = <V>(s: Sem<V>, a: V, c: V): V => s.select(s.lt(a, c), c, a);
const minu = <V>(s: Sem<V>, a: V, c: V): V => s.select(s.ltu(a, c), a, c);
const maxu = <V>(s: Sem<V>, a: V, c: V): V => s.select(s.ltu(a, c), c, a);

/** Loads, stores and atomics. */
export const memory: Rows = {
  store_imm_u8: storeImmediate(everywhere(30), 'u8', 1),
  store_imm_u16: storeImmediate(everywhere(31), 'u16', 2),
  store_imm_u32: storeImmediate(everywhere(32), 'u32', 4),
  store_imm_u64: storeImmediate(wide(33), 'u64', 8),

  load_u8: loadAbsolute(everywhere(52), 'u8', 1, false),
  load_i8: loadAbsolute(everywhere(53), 'i8', 1, true),
  load_u16: loadAbsolute(everywhere(54), 'u16', 2, false),
  load_i16: loadAbsolute(everywhere(55), 'i16', 2, true),
  load_u32: loadAbsolute(wide(56), 'u32', 4, false),
  load_i32: loadAbsolute(everywhere(57), 'i32', 4, true),
  load_u64: loadAbsolute(wide(58), 'u64', 8, false),

  store_u8: storeAbsolute(everywhere(59), 'u8', 1),
  store_u16: storeAbsolute(everywhere(60), 'u16', 2),
  store_u32: storeAbsolute(everywhere(61), 'u32', 4),
  store_u64: storeAbsolute(wide(62), 'u64', 8),

  store_imm_indirect_u8: storeImmediateIndirect(everywhere(70), 'u8', 1),
  store_imm_indirect_u16: storeImmediateIndirect(everywhere(71), 'u16', 2),
  store_imm_indirect_u32: storeImmediateIndirect(everywhere(72), 'u32', 4),
  store_imm_indirect_u64: storeImmediateIndirect(wide(73), 'u64', 8),

  store_indirect_u8: storeIndirect(everywhere(120), 'u8', 1, store('both', 'sb', 0)),
  store_indirect_u16: storeIndirect(everywhere(121), 'u16', 2, store('both', 'sh', 1)),
  store_indirect_u32: storeIndirect(everywhere(122), 'u32', 4, store('both', 'sw', 2)),
  store_indirect_u64: storeIndirect(wide(123), 'u64', 8, store(64, 'sd', 3)),

  load_indirect_u8: loadIndirect(everywhere(124), 'u8', 1, false, [load('both', 'lbu', 4)]),
  load_indirect_i8: loadIndirect(everywhere(125), 'i8', 1, true, [load('both', 'lb', 0)]),
  // Upstream prints a blank where the zero offset was left out, in this one instruction only.
  load_indirect_u16: loadIndirect(
    everywhere(126),
    'u16',
    2,
    false,
    [load('both', 'lhu', 5)],
    '{a} = u16 [{b +x}]',
  ),
  load_indirect_i16: loadIndirect(everywhere(127), 'i16', 2, true, [load('both', 'lh', 1)]),
  load_indirect_u32: loadIndirect(wide(128), 'u32', 4, false, [load(64, 'lwu', 6)]),
  load_indirect_i32: loadIndirect(everywhere(129), 'i32', 4, true, [load('both', 'lw', 2)]),
  load_indirect_u64: loadIndirect(wide(130), 'u64', 8, false, [load(64, 'ld', 3)]),

  load_reserved_32: row(
    'reg_reg_reg',
    { kind: 'load-reserved', size: 4 },
    { encodings: [amo('both', 'lr.w', 2, 2, true)], rare: true },
  ),
  load_reserved_64: row(
    'reg_reg_reg',
    { kind: 'load-reserved', size: 8 },
    { encodings: [amo(64, 'lr.d', 2, 3, true)], rare: true },
  ),
  store_conditional_32: row(
    'reg_reg_reg',
    { kind: 'store-conditional', size: 4 },
    { encodings: [amo('both', 'sc.w', 3, 2)], rare: true },
  ),
  store_conditional_64: row(
    'reg_reg_reg',
    { kind: 'store-conditional', size: 8 },
    { encodings: [amo(64, 'sc.d', 3, 3)], rare: true },
  ),
  atomic_swap_32: atomic('amoswap', 1, 4, swap),
  atomic_swap_64: atomic('amoswap', 1, 8, swap),
  atomic_add_32: atomic('amoadd', 0, 4, add),
  atomic_add_64: atomic('amoadd', 0, 8, add),
  atomic_xor_32: atomic('amoxor', 4, 4, xor),
  atomic_xor_64: atomic('amoxor', 4, 8, xor),
  atomic_and_32: atomic('amoand', 12, 4, and),
  atomic_and_64: atomic('amoand', 12, 8, and),
  atomic_or_32: atomic('amoor', 8, 4, or),
  atomic_or_64: atomic('amoor', 8, 8, or),
  atomic_min_32: atomic('amomin', 16, 4, (s, o) => min(s, o.a, s.sx32(o.c))),
  atomic_min_64: atomic('amomin', 16, 8, (s, o) => min(s, o.a, o.c)),
  atomic_max_32: atomic('amomax', 20, 4, (s, o) => max(s, o.a, s.sx32(o.c))),
  atomic_max_64: atomic('amomax', 20, 8, (s, o) => max(s, o.a, o.c)),
  atomic_minu_32: atomic('amominu', 24, 4, (s, o) => minu(s, o.a, s.sx32(o.c))),
  atomic_minu_64: atomic('amominu', 24, 8, (s, o) => minu(s, o.a, o.c)),
  atomic_maxu_32: atomic('amomaxu', 28, 4, (s, o) => maxu(s, o.a, s.sx32(o.c))),
  atomic_maxu_64: atomic('amomaxu', 28, 8, (s, o) => maxu(s, o.a, o.c)),
};
