import { type RiscvKind, widthOf } from '../core/kind.ts';
import type { Encoding } from '../isa/encoding.ts';
import { RISCV_REGISTER_NAMES } from '../isa/registers.ts';
import { describeRiscv, type RiscvDescription } from './describe-riscv.ts';
import { riscvLength } from './riscv.ts';

/** The unprivileged counters (RISC-V unprivileged ISA, "Zicntr"); others print as numbers. */
const CSR_NAMES: ReadonlyMap<number, string> = new Map([
  [0xc00, 'cycle'],
  [0xc01, 'time'],
  [0xc02, 'instret'],
  [0xc80, 'cycleh'],
  [0xc81, 'timeh'],
  [0xc82, 'instreth'],
]);

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;
const register = (number: number): string => RISCV_REGISTER_NAMES[number] as string;

/** How a jump target prints; `Listing` shows labels, the default is the hexadecimal address. */
export type RiscvTarget = (address: number) => string;

const bareAddress: RiscvTarget = hex;

/**
 * The instruction word `w` at guest address `pc` as assembler text, in the plain spelling without aliases
 * (`addi a0,zero,5`, not `li a0,5`) which names each encoding by one mnemonic. Bytes that are no instruction
 * print as data.
 *
 * @param registers 32, or 16 in E files
 */
export const formatRiscv = (
  w: number,
  pc: number,
  kind: RiscvKind,
  registers: number,
  target: RiscvTarget = bareAddress,
): string => {
  const isShort = riscvLength(w) === 2;
  const found = describeRiscv(w, widthOf(kind), registers);
  if (found === undefined) return isShort ? `.2byte ${hex(w & 0xffff)}` : `.4byte ${hex(w)}`;
  const operands = isShort ? shortOperands(found, pc, target) : wordOperands(found, w, pc, target);
  const mnemonic = mnemonicOf(found, w);
  return operands === '' ? mnemonic : `${mnemonic} ${operands}`;
};

const isAtomic = ({ layout }: Encoding): boolean => layout === 'amo';

/** The ordering bits of atomics and the named fences are part of the mnemonic. */
const mnemonicOf = ({ mnemonic, encoding }: RiscvDescription, w: number): string => {
  if (isAtomic(encoding)) return mnemonic + ['', '.rl', '.aq', '.aqrl'][(w >>> 25) & 3];
  return FENCES.get(w | 0) ?? mnemonic;
};

/** Fences with a name of their own (RISC-V unprivileged ISA, "Memory Ordering Instructions", "Zihintpause"). */
const FENCES: ReadonlyMap<number, string> = new Map([
  [0x8330000f | 0, 'fence.tso'],
  [0x0100000f, 'pause'],
]);

const wordOperands = (
  { mnemonic, encoding, fields }: RiscvDescription,
  w: number,
  pc: number,
  target: RiscvTarget,
): string => {
  const rd = register(fields.rd);
  const rs1 = register(fields.rs1);
  const rs2 = register(fields.rs2);
  const { imm } = fields;
  switch (encoding.layout) {
    case 'R':
      return `${rd},${rs1},${rs2}`;
    case 'I':
    case 'li':
      return mnemonic === 'jalr' ? `${rd},${imm}(${rs1})` : `${rd},${rs1},${imm}`;
    case 'jr':
      return `${rd},${imm}(${rs1})`;
    case 'load':
      return `${rd},${imm}(${rs1})`;
    case 'S':
      return `${rs2},${imm}(${rs1})`;
    case 'shift':
      return `${rd},${rs1},${hex(imm)}`;
    case 'unary':
      return `${rd},${rs1}`;
    case 'U':
    case 'pcrel':
      return `${rd},${hex(imm >>> 12)}`;
    case 'B':
      return `${rs1},${rs2},${target((pc + imm) >>> 0)}`;
    case 'J':
    case 'j':
      return `${rd},${target((pc + imm) >>> 0)}`;
    case 'amo':
      return mnemonic.startsWith('lr.') ? `${rd},(${rs1})` : `${rd},${rs2},(${rs1})`;
    case 'csr': {
      const csr = CSR_NAMES.get(imm) ?? hex(imm);
      return `${rd},${csr},${mnemonic.endsWith('i') ? fields.rs1 : rs1}`;
    }
    case 'none':
      return mnemonic === 'fence' && !FENCES.has(w | 0) ? fenceOperands(w) : '';
  }
};

/** Predecessor and successor sets of a fence. */
const fenceOperands = (w: number): string => `${accessSet(w >>> 24)},${accessSet(w >>> 20)}`;

const accessSet = (bits: number): string =>
  (bits & 15) === 0 ? 'unknown' : [...'iorw'].filter((_, index) => bits & (8 >> index)).join('');

/** Compressed forms leave out the operands that the form fixes: a source that is also the destination, sp, x0. */
const shortOperands = (
  { mnemonic, encoding, fields }: RiscvDescription,
  pc: number,
  target: RiscvTarget,
): string => {
  const rd = register(fields.rd);
  const rs1 = register(fields.rs1);
  const rs2 = register(fields.rs2);
  const { imm } = fields;
  switch (encoding.layout) {
    case 'R':
      return `${rd},${rs2}`;
    case 'I':
      if (mnemonic === 'c.jalr') return rs1;
      return mnemonic === 'c.addi4spn' ? `${rd},${rs1},${imm}` : `${rd},${imm}`;
    case 'li':
      return `${rd},${imm}`;
    case 'shift':
      return `${rd},${hex(imm)}`;
    case 'U':
      return `${rd},${hex(imm >>> 12)}`;
    case 'load':
      return `${rd},${imm}(${rs1})`;
    case 'S':
      return `${rs2},${imm}(${rs1})`;
    case 'unary':
      return `${rd},${rs1}`;
    case 'B':
      return `${rs1},${target((pc + imm) >>> 0)}`;
    case 'J':
    case 'j':
      return target((pc + imm) >>> 0);
    case 'jr':
      return rs1;
    default:
      return '';
  }
};
