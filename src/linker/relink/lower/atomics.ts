import type { AccessSize, Effect } from '../../../isa/row.ts';
import { TERM, termOf } from '../../../isa/term.ts';
import { ZERO } from '../graph/registers.ts';
import { addLoad, addStore } from './accesses.ts';
import { type Operand, operandOf, relocationProblem } from './addresses.ts';
import type { CodeInstruction } from './code-instruction.ts';
import type { Position } from './position.ts';

type Atomic = Extract<Effect, { kind: 'atomic' | 'load-reserved' | 'store-conditional' }>;

/**
 * Lowers an instruction of the A extension. There is one thread, so that a reservation is never lost and nothing comes
 * between a load and a store; addresses need not be aligned.
 */
export const lowerAtomic = (position: Position, instruction: CodeInstruction, effect: Atomic): void => {
  const { a, b, c } = instruction;
  const { size } = effect;
  // It has no immediate that one could be about.
  if (instruction.relocation !== undefined) {
    relocationProblem(position, instruction, 'does not fit the instruction');
    return;
  }
  const address = operandOf(position, instruction, b, 0);
  switch (effect.kind) {
    case 'load-reserved':
      if (a !== ZERO) addLoad(position, size, isSigned(position, size), a, address);
      break;
    case 'store-conditional':
      addStore(position, size, position.source(c, instruction), address);
      if (a !== ZERO) position.emitter.load(a, 0);
      break;
    case 'atomic':
      lowerExchange(position, instruction, size, address);
  }
  position.known.forget(a);
};

/** A load of a whole register is unsigned by name in 64-bit kinds and signed in 32-bit ones. */
const isSigned = ({ program }: Position, size: AccessSize): boolean =>
  size === 4 || 8 * size !== program.width;

/** Old value to `a`, a new one made of it and of `c` to memory. */
const lowerExchange = (
  position: Position,
  instruction: CodeInstruction,
  size: AccessSize,
  address: Operand,
): void => {
  const { emitter, program } = position;
  const { op, a } = instruction;
  const c = position.source(instruction.c, instruction);
  // The old value must not overwrite what is needed after it was loaded.
  const old = a === ZERO || a === address.base || a === c ? emitter.temporary() : a;
  const isSwap = termOf(op)?.op === TERM.c;
  if (!(isSwap && a === ZERO)) addLoad(position, size, isSigned(position, size), old, address);
  if (isSwap) addStore(position, size, c, address);
  else {
    const result = emitter.temporary();
    const registers = { a: result, b: 0, c, d: old };
    emitter.addAll(program.expander.atomic(op, registers, emitter.origin, emitter.freeTemporary));
    addStore(position, size, result, address);
  }
  if (a !== ZERO) emitter.move(a, old);
};
