import { FORMS } from '../../src/isa/row.ts';
import { INVALID, ROWS } from '../../src/isa/table.ts';
import type { Random } from './random.ts';
import { LINE, type Line } from './source.ts';
import type { Operation, Target } from './target.ts';

/** Values where arithmetic and comparisons change. */
const EDGES: readonly number[] = [
  ...[0, 1, -1, 2, -2, 3, 4, 7, 8, 15, 16, 31, 32, 33, 63, 64, 65, 127, 128, 255, 256, -128, -129],
  ...[2047, 2048, -2048, 4095, 4096, 32767, 32768, -32768, 65535, 65536, 0x7fffff, -0x800000],
  ...[0x7fffffff, -0x80000000, -0x7fffffff, 0x12345678, 0x01010101, 0x55555555],
];

/** A signed 32-bit immediate. */
export const immediate = (random: Random): number => {
  if (random.chance(0.5)) return random.pick(EDGES);
  return random.chance(0.5) ? random.word() : random.word() >> random.range(8, 31);
};

/** A register value of `width` bits, unsigned. */
export const registerValue = (random: Random, width: number): bigint => {
  const value = random.chance(0.7)
    ? BigInt(immediate(random))
    : random.chance(0.3)
      ? random.pick([
          1n << 31n,
          1n << 32n,
          1n << 63n,
          (1n << 63n) - 1n,
          (1n << 32n) - 1n,
          0x8000000080000000n,
        ])
      : (BigInt(random.word()) << 32n) ^ BigInt(random.word());
  return BigInt.asUintN(width, value);
};

/** Which registers an instruction may name. */
export interface RegisterChoice {
  /** Registers that may be written. */
  readonly written: readonly number[];
  readonly read: readonly number[];
}

/** Numbers of the counters of Zicntr (RISC-V unprivileged ISA), which alone can be read. */
const COUNTERS: readonly number[] = [0xc00, 0xc01, 0xc02, 0xc80, 0xc81, 0xc82];

/**
 * An instruction of an operation with random operands that its encoding holds; `to` is left at -1. Operands that
 * must be something special for the program to go on (bases, targets) are the caller's to replace.
 */
export const randomLine = (
  random: Random,
  target: Target,
  { op, row }: Operation,
  registers: RegisterChoice,
): Line => {
  const form = FORMS[row.form];
  // Operand a is read by stores and branches; a value that goes nowhere is no loss there.
  const readsA = ['store', 'branch', 'jump-indirect'].includes(row.effect.kind) && !('link' in row.effect);
  const a = form.includes('a') ? random.pick(readsA ? registers.read : registers.written) : 0;
  const b = form.includes('b') ? random.pick(registers.read) : 0;
  const c = form.includes('c') ? random.pick(registers.read) : 0;
  const line = { ...LINE, op, a, b, c, short: target.riscv && random.chance(0.6) };
  if (!target.riscv) {
    return {
      ...line,
      x: form.includes('x') ? immediate(random) : 0,
      y: form.includes('y') ? immediate(random) : 0,
    };
  }
  const encoding = random.pick(target.encodings(row));
  const small = random.chance(0.5)
    ? random.range(-32, 31)
    : random.pick([-2048, 2047, random.range(-2048, 2047)]);
  switch (encoding.layout) {
    case 'shift':
      return { ...line, x: random.below(shiftLimit(target, row.name)) };
    case 'I':
    case 'load':
    case 'li':
    case 'jr':
    case 'S':
      return { ...line, x: small };
    case 'U':
      return { ...line, x: immediate(random) & 0xfffff000 };
    case 'pcrel':
      return { ...line, x: immediate(random) & 0xfffff000, pcRelative: true };
    case 'amo':
      // What lr has no field for must be 0.
      return row.effect.kind === 'load-reserved' ? { ...line, c: 0 } : line;
    case 'csr':
      return csrLine(random, line, (encoding.match >>> 12) & 7);
    default:
      return line;
  }
};

/** 32-bit shifts take five bits of distance. */
const shiftLimit = (target: Target, name: string): number =>
  target.width === 32 || name.endsWith('_32') ? 32 : 64;

const csrLine = (random: Random, line: Line, func: number): Line => {
  const reads = random.chance(0.95);
  const x = random.chance(0.95) ? random.pick(COUNTERS) : random.below(4096);
  return { ...line, b: reads ? 0 : random.below(16), x, y: func };
};

/** Whether an operation number is one of an instruction. */
export const isInstruction = (op: number): boolean => op !== INVALID && ROWS[op] !== undefined;
