import { isRiscvKind } from '../../core/kind.ts';
import { Instruction } from '../../decoder/instruction.ts';
import type { Program } from '../../decoder/program.ts';
import { POLKAVM_REGISTER_NAMES, RISCV_REGISTER_NAMES } from '../../isa/registers.ts';
import { FORMS } from '../../isa/row.ts';
import { INVALID, ROWS } from '../../isa/table.ts';

/** Names of a program's registers by number. */
export const registerNames = ({ kind }: Program): readonly string[] =>
  isRiscvKind(kind) ? RISCV_REGISTER_NAMES : POLKAVM_REGISTER_NAMES;

/**
 * An instruction by its name in the table and its operands: `add_imm_64 a0, a1, -1`. Short of a disassembler,
 * whose texts engines do not carry.
 */
export const instructionText = (program: Program, pc: number): string => {
  const instruction = new Instruction();
  program.code.decode(pc, instruction);
  const row = ROWS[instruction.op];
  if (instruction.op === INVALID || row === undefined) return 'invalid';
  const names = registerNames(program);
  const operands = [...FORMS[row.form]].map((operand) => {
    switch (operand) {
      case 'a':
      case 'b':
      case 'c':
        return names[instruction[operand]];
      case 't':
        return `0x${instruction.target.toString(16)}`;
      default:
        return `${instruction[operand as 'x' | 'y']}`;
    }
  });
  return operands.length === 0 ? row.name : `${row.name} ${operands.join(', ')}`;
};
