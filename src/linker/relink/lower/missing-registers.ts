import type { RiscboxError } from '../../../core/error.ts';
import { RISCV_REGISTER_NAMES } from '../../../isa/registers.ts';
import type { Block } from '../graph/block.ts';
import { registerOperands } from '../graph/forms.ts';
import { isNative, ZERO } from '../graph/registers.ts';
import type { CodeInstruction } from './code-instruction.ts';
import { fail } from './errors.ts';
import type { Position } from './position.ts';
import type { LoweredProgram, MissingRegisters } from './program.ts';

/** Notes registers of an instruction that a program of 13 registers cannot use. */
export const noteMissingRegisters = (position: Position, instruction: CodeInstruction): void => {
  const { a, b, c, d, op, special } = instruction;
  const operands = registerOperands(op);
  if ((operands & 1) !== 0) note(position, instruction, a);
  // The base of a relocated access may be gp whatever gp is: the whole address is known.
  if ((operands & 2) !== 0 && instruction.relocation?.kind !== 'gp-relative') note(position, instruction, b);
  if ((operands & 4) !== 0) note(position, instruction, c);
  if (special === 'select') note(position, instruction, d);
};

const note = (position: Position, instruction: CodeInstruction, register: number): void => {
  if (register === ZERO || isNative(register)) return;
  if (position.pointer(register) !== undefined) return;
  const { missingRegisters } = position.program;
  const known = missingRegisters.get(position.block);
  if (known !== undefined) known.registers.add(register);
  else {
    const place = position.place(instruction);
    missingRegisters.set(position.block, { place, registers: new Set([register]) });
  }
};

/** One problem for each function that uses registers which are missing, with the first place where it does. */
export const missingRegisterProblems = (
  { missingRegisters }: LoweredProgram,
  isReachable: (block: Block) => boolean,
): readonly RiscboxError[] => {
  const byFunction = new Map<unknown, MissingRegisters>();
  for (const [block, { place, registers }] of missingRegisters) {
    if (!isReachable(block)) continue;
    const name = (typeof place === 'string' ? undefined : place.function) ?? block;
    const known = byFunction.get(name);
    if (known === undefined) byFunction.set(name, { place, registers: new Set(registers) });
    else for (const register of registers) known.registers.add(register);
  }
  return [...byFunction.values()].map(({ place, registers }) =>
    fail('link/register', {
      place,
      registers: [...registers].sort((p, q) => p - q).map((register) => RISCV_REGISTER_NAMES[register] ?? ''),
    }),
  );
};
