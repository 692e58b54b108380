import { isRiscvKind } from '../../core/kind.ts';
import { type Code, PolkaVmCode } from '../../decoder/code.ts';
import { Instruction } from '../../decoder/instruction.ts';
import type { Program } from '../../decoder/program.ts';
import { INVALID, isTerminator, mayContinue, ROWS } from '../../isa/table.ts';

/** RISC-V: return addresses are kept in ra and, by the millicode routines, in t0 (RISC-V ELF psABI). */
const RISCV_LINKS = [1, 5];
/** PolkaVM: ra and t0, which relinked programs call the functions that save registers with. */
const POLKAVM_LINKS = [0, 2];

export const isLinkRegister = (program: Program, register: number): boolean =>
  (isRiscvKind(program.kind) ? RISCV_LINKS : POLKAVM_LINKS).includes(register);

/** Operations that leave a return address. */
const LINKS = Uint8Array.from(ROWS, ({ effect }) =>
  (effect.kind === 'jump' || effect.kind === 'jump-indirect') && effect.link !== undefined ? 1 : 0,
);

/**
 * What one walk over all code of a program tells: where functions begin, and which places a dynamic jump that is
 * no return may lead to. Both are used to make better code only; nothing depends on their being complete.
 */
export class Landmarks {
  /** Program counters that calls name, ascending. */
  readonly functions: Uint32Array;
  /** Code addresses that are neither return points nor, in the RISC-V profile, only reached directly; ascending. */
  readonly indirectTargets: Uint32Array;

  constructor(program: Program) {
    const { code } = program;
    const functions = new Set<number>();
    const returns = new Set<number>();
    const direct = new Set<number>();
    const behind = new Set<number>();
    const instruction = new Instruction();
    const links = isRiscvKind(program.kind) ? RISCV_LINKS : POLKAVM_LINKS;
    let ended = false;
    // In PolkaVM code only calls say anything, and an opcode is a byte.
    const decoder = code instanceof PolkaVmCode ? code.decoder : undefined;
    for (let index = 0; index < code.count; index++) {
      const pc = code.pcOf(index);
      if (decoder !== undefined && (index === code.count - 1 || LINKS[decoder.operationAt(pc)] !== 1))
        continue;
      code.decode(pc, instruction);
      if (instruction.op === INVALID) continue;
      if (ended) behind.add(pc);
      ended = isTerminator(instruction.op) && !mayContinue(instruction.op);
      const effect = ROWS[instruction.op]?.effect;
      if (effect === undefined) continue;
      if (effect.kind === 'branch') direct.add(instruction.target);
      else if (effect.kind === 'jump') {
        const calls = effect.link !== undefined && links.includes(instruction.a);
        (calls ? functions : direct).add(instruction.target);
        if (effect.link === 'x') returns.add(instruction.x >>> 0);
        else if (calls) returns.add(pc + instruction.length);
      } else if (effect.kind === 'jump-indirect' && effect.link !== undefined) {
        returns.add(effect.link === 'x' ? instruction.x >>> 0 : pc + instruction.length);
      }
    }
    for (const { pc } of program.exports) functions.add(pc);
    if (program.riscv !== undefined) functions.add(program.riscv.entry);
    this.functions = sorted(functions);
    this.indirectTargets =
      code instanceof PolkaVmCode
        ? jumpTable(code, returns)
        : codePointers(program, code, behind, (pc) => returns.has(pc) || direct.has(pc) || functions.has(pc));
  }

  /** The first function behind `pc`. */
  functionAfter(pc: number): number {
    return this.functions[firstAbove(this.functions, pc)] ?? Number.POSITIVE_INFINITY;
  }
}

const sorted = (set: Iterable<number>): Uint32Array => Uint32Array.from(set).sort();

/** Index of the first element above `value` in an ascending list. */
export const firstAbove = (list: Uint32Array, value: number): number => {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle] as number) > value) high = middle;
    else low = middle + 1;
  }
  return low;
};

const jumpTable = (code: PolkaVmCode, returns: ReadonlySet<number>): Uint32Array => {
  const { first, end } = code.codeAddresses;
  const found: number[] = [];
  for (let address = first; address < end; address += 2) if (!returns.has(address)) found.push(address);
  return sorted(found);
};

/**
 * Words of read-only memory that are addresses of instructions (absolute jump tables), and block starts that no
 * direct jump explains (relative jump tables, addresses formed by code): those that the blob stores, and
 * instructions behind an unconditional end of a block.
 */
const codePointers = (
  program: Program,
  code: Code,
  behind: ReadonlySet<number>,
  isExplained: (pc: number) => boolean,
): Uint32Array => {
  const found = new Set<number>();
  const image = program.riscv;
  if (image === undefined) return new Uint32Array(0);
  for (const start of image.extraStarts) if (!isExplained(start)) found.add(start);
  for (const start of behind) if (!isExplained(start)) found.add(start);
  const { first, end } = code.codeAddresses;
  for (const { data, writable, address } of image.segments) {
    if (writable) continue;
    for (let at = -address & 3; at + 4 <= data.length; at += 4) {
      const word =
        ((data[at] as number) |
          ((data[at + 1] as number) << 8) |
          ((data[at + 2] as number) << 16) |
          ((data[at + 3] as number) << 24)) >>>
        0;
      if (word >= first && word < end && (word & 1) === 0 && code.indexOf(word) >= 0) found.add(word);
    }
  }
  return sorted(found);
};
