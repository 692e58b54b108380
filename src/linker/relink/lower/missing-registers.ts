import type { RiscboxError } from '../../../core/error.ts';
import { RISCV_REGISTER_NAMES } from '../../../isa/registers.ts';
import { FORMS } from '../../../isa/row.ts';
import { ROWS } from '../../../isa/table.ts';
import type { Block } from '../graph/block.ts';
import { NATIVE_REGISTERS, ZERO } from '../graph/registers.ts';
import type { LinkInput, NamedCode } from '../input/link-input.ts';
import type { CodeInstruction } from './code-instruction.ts';
import { fail } from './errors.ts';
import type { Position } from './position.ts';
import type { LoweredProgram } from './program.ts';

/** Register operands of each operation, as bits. */
const OPERANDS: Uint8Array = Uint8Array.from(ROWS, ({ form }) => {
  const operands: string = FORMS[form];
  return (
    Number(operands.includes('a')) |
    (2 * Number(operands.includes('b'))) |
    (4 * Number(operands.includes('c')))
  );
});

/** Notes registers of an instruction that a program of 13 registers cannot use. */
export const noteMissingRegisters = (position: Position, instruction: CodeInstruction): void => {
  const { a, b, c, d, op, special } = instruction;
  const operands = OPERANDS[op] ?? 0;
  if ((operands & 1) !== 0) note(position, a);
  // The base of a relocated access may be gp whatever gp is: the whole address is known.
  if ((operands & 2) !== 0 && instruction.relocation?.kind !== 'gp-relative') note(position, b);
  if ((operands & 4) !== 0) note(position, c);
  if (special === 'select') note(position, d);
};

const note = (position: Position, register: number): void => {
  if (register === ZERO || ((NATIVE_REGISTERS >>> register) & 1) === 1) return;
  if (position.pointer(register) !== undefined) return;
  const { missingRegisters } = position.program;
  const known = missingRegisters.get(position.block);
  if (known === undefined) missingRegisters.set(position.block, new Set([register]));
  else known.add(register);
};

/** One problem for each function that uses registers which are missing. */
export const missingRegisterProblems = (
  { input, missingRegisters }: LoweredProgram,
  isReachable: (block: Block) => boolean,
): readonly RiscboxError[] => {
  const byFunction = new Map<string, Set<number>>();
  for (const [block, registers] of missingRegisters) {
    if (!isReachable(block)) continue;
    const name = functionAt(input, block.address);
    const known = byFunction.get(name) ?? new Set();
    byFunction.set(name, known);
    for (const register of registers) known.add(register);
  }
  return [...byFunction].map(([name, registers]) =>
    fail('link/register', {
      function: name,
      registers: [...registers].sort((p, q) => p - q).map((register) => RISCV_REGISTER_NAMES[register] ?? ''),
    }),
  );
};

/** The name of the function, or of the label, at or before an address. */
const functionAt = ({ names }: LinkInput, address: number): string => {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((names[middle] as NamedCode).address <= address) low = middle + 1;
    else high = middle;
  }
  return names[low - 1]?.name ?? `the code at 0x${address.toString(16)}`;
};
