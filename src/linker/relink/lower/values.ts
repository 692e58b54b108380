import { operation } from '../../../isa/table.ts';
import { usesOf } from '../../../isa/term.ts';
import { hasOperand, kindHas } from '../graph/forms.ts';
import { HEAP_BASE } from '../graph/link.ts';
import { ZERO } from '../graph/registers.ts';
import { lowerAddress, operandOf } from './addresses.ts';
import type { CodeInstruction } from './code-instruction.ts';
import type { Position } from './position.ts';

const LOAD_IMM = operation('load_imm');
const LOAD_IMM_64 = operation('load_imm64');
const MOVE = operation('move_reg');

const USES_B = 2;
const USES_C = 4;

/** Lowers an instruction that computes a value. */
export const lowerValue = (position: Position, instruction: CodeInstruction): void => {
  const { emitter, known } = position;
  const { op, a, special } = instruction;
  if (a === ZERO) return;
  if (special === 'heap-base') emitter.add(LOAD_IMM, a, 0, 0, 0, 0, { to: HEAP_BASE, part: 'whole' });
  else if (special === 'select') lowerSelect(position, instruction);
  else if (lowerAddress(position, instruction)) return;
  else if (op === LOAD_IMM || op === LOAD_IMM_64) emitter.load(a, instruction.x);
  else if (position.pointer(instruction.b) !== undefined && isAddition(position, op)) {
    addToPointer(position, instruction);
  } else compute(position, instruction);
  known.forget(a);
};

const isAddition = ({ program }: Position, op: number): boolean => op === MOVE || op === program.addition;

/** `addi` to a gp or tp that does not change. */
const addToPointer = (position: Position, instruction: CodeInstruction): void => {
  const { op, a, b, x } = instruction;
  const { value, link } = operandOf(position, instruction, b, op === MOVE ? 0 : x);
  position.emitter.load(a, value, link);
};

const compute = (position: Position, instruction: CodeInstruction): void => {
  const { emitter, program } = position;
  const { op, a } = instruction;
  const uses = usesOf(op);
  const b = (uses & USES_B) !== 0 ? position.source(instruction.b, instruction) : 0;
  const c = (uses & USES_C) !== 0 ? position.source(instruction.c, instruction) : 0;
  const x = hasOperand(op, 'x') ? instruction.x : 0;
  const readsZero = ((uses & USES_B) !== 0 && b === ZERO) || ((uses & USES_C) !== 0 && c === ZERO);
  if (!readsZero && kindHas(program.kind, op)) {
    if (op === MOVE) emitter.move(a, b);
    else emitter.add(op, a, b, c, x);
    return;
  }
  const registers = { a, b, c, d: 0 };
  emitter.addAll(program.expander.value(op, registers, x, emitter.origin, emitter.freeTemporary));
};

const lowerSelect = (position: Position, instruction: CodeInstruction): void => {
  const { emitter, program } = position;
  const b = position.source(instruction.b, instruction);
  const c = position.source(instruction.c, instruction);
  const d = position.source(instruction.d, instruction);
  const registers = { a: instruction.a, b, c, d };
  emitter.addAll(program.expander.select(registers, emitter.origin, emitter.freeTemporary));
};
