import { TERM } from '../../isa/term.ts';
import { I32, I64, type Opcode } from './encoder/opcodes.ts';

/** What a term of two operands is in WebAssembly. */
export interface Binary {
  readonly i32: Opcode;
  readonly i64: Opcode;
}

const two = (i32: Opcode, i64: Opcode): Binary => ({ i32, i64 });

const MODULAR = new Map<number, Binary>([
  [TERM.add, two(I32.add, I64.add)],
  [TERM.sub, two(I32.sub, I64.sub)],
  [TERM.mul, two(I32.mul, I64.mul)],
  [TERM.and, two(I32.and, I64.and)],
  [TERM.or, two(I32.or, I64.or)],
  [TERM.xor, two(I32.xor, I64.xor)],
]);

const COMPARISONS = new Map<number, Binary>([
  [TERM.eq, two(I32.eq, I64.eq)],
  [TERM.ne, two(I32.ne, I64.ne)],
  [TERM.lt, two(I32.ltS, I64.ltS)],
  [TERM.ltu, two(I32.ltU, I64.ltU)],
  [TERM.ge, two(I32.geS, I64.geS)],
  [TERM.geu, two(I32.geU, I64.geU)],
]);

/** In 32-bit kinds the operators without `32` are the same. */
const WORD_SHIFTS = new Map<number, Opcode>([
  [TERM.shl32, I32.shl],
  [TERM.shr32, I32.shrU],
  [TERM.sar32, I32.shrS],
  [TERM.rotl32, I32.rotl],
  [TERM.rotr32, I32.rotr],
]);

const SHIFTS = new Map<number, Binary>([
  [TERM.shl, two(I32.shl, I64.shl)],
  [TERM.shr, two(I32.shrU, I64.shrU)],
  [TERM.sar, two(I32.shrS, I64.shrS)],
  [TERM.rotl, two(I32.rotl, I64.rotl)],
  [TERM.rotr, two(I32.rotr, I64.rotr)],
]);

const COUNTS = new Map<number, Binary>([
  [TERM.clz, two(I32.clz, I64.clz)],
  [TERM.ctz, two(I32.ctz, I64.ctz)],
  [TERM.popcnt, two(I32.popcnt, I64.popcnt)],
]);

const WORD_COUNTS = new Map<number, Opcode>([
  [TERM.clz32, I32.clz],
  [TERM.ctz32, I32.ctz],
  [TERM.popcnt32, I32.popcnt],
]);

/** What a division is in WebAssembly, apart from the cases in which that traps. */
export interface Division {
  readonly i32: Opcode;
  readonly i64: Opcode;
  readonly signed: boolean;
  readonly remainder: boolean;
}

const division = (i32: Opcode, i64: Opcode, signed: boolean, remainder: boolean): Division => ({
  i32,
  i64,
  signed,
  remainder,
});

const DIVISIONS = new Map<number, Division>([
  [TERM.div, division(I32.divS, I64.divS, true, false)],
  [TERM.divu, division(I32.divU, I64.divU, false, false)],
  [TERM.rem, division(I32.remS, I64.remS, true, true)],
  [TERM.remu, division(I32.remU, I64.remU, false, true)],
]);
const WORD_DIVISIONS = new Map<number, Division>([
  [TERM.div32, division(I32.divS, I64.divS, true, false)],
  [TERM.divu32, division(I32.divU, I64.divU, false, false)],
  [TERM.rem32, division(I32.remS, I64.remS, true, true)],
  [TERM.remu32, division(I32.remU, I64.remU, false, true)],
]);

/** Indexed by term operator, for the one lookup per term that emission makes. */
export type Table<T> = readonly (T | undefined)[];

const table = <T>(map: ReadonlyMap<number, T>): Table<T> => {
  const list: (T | undefined)[] = [];
  for (let op = 0; op < 64; op++) list.push(map.get(op));
  return list;
};
/** Operators whose low 32 bits follow from the low 32 bits of the operands. */
export const MODULAR_OF: Table<Binary> = table(MODULAR);
/** Comparisons: 0 or 1. */
export const COMPARISON_OF: Table<Binary> = table(COMPARISONS);
/** Shifts of the low 32 bits. */
export const WORD_SHIFT_OF: Table<Opcode> = table(WORD_SHIFTS);
/** Shifts of whole registers. */
export const SHIFT_OF: Table<Binary> = table(SHIFTS);
/** Counts of bits in whole registers. */
export const COUNT_OF: Table<Binary> = table(COUNTS);
/** Counts of bits in the low 32 bits. */
export const WORD_COUNT_OF: Table<Opcode> = table(WORD_COUNTS);
/** Divisions of whole registers. */
export const DIVISION_OF: Table<Division> = table(DIVISIONS);
/** Divisions of the low 32 bits. */
export const WORD_DIVISION_OF: Table<Division> = table(WORD_DIVISIONS);

/** Registers and immediates: what costs nothing to push twice. */
export const isOperand = (op: number): boolean => op <= TERM.imm;
