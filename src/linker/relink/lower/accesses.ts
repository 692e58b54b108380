import type { AccessSize, Effect } from '../../../isa/row.ts';
import { Block } from '../graph/block.ts';
import { loadOperation, storeOperation } from '../graph/forms.ts';
import { ZERO } from '../graph/registers.ts';
import { type Operand, operandOf } from './addresses.ts';
import type { CodeInstruction } from './code-instruction.ts';
import { fail } from './errors.ts';
import type { Position } from './position.ts';

type Access = Extract<Effect, { kind: 'load' | 'store' }>;

/** Lowers a load or store. A load into x0 is nothing at all, as in PolkaVM 0.35. */
export const lowerAccess = (position: Position, instruction: CodeInstruction, access: Access): void => {
  const { a, b, x } = instruction;
  if (access.kind === 'load' && a === ZERO) return;
  const operand = operandOf(position, instruction, b, x);
  if (operand.base === ZERO && operand.link?.to instanceof Block) {
    position.problem(fail('link/code-access', { place: position.place(instruction) }));
  }
  if (access.kind === 'load') {
    addLoad(position, access.size, access.signed, a, operand);
    position.known.forget(a);
  } else addStore(position, access.size, position.source(a, instruction), operand);
};

/** Register `to` = memory at `address`. */
export const addLoad = (
  { emitter }: Position,
  size: AccessSize,
  isSigned: boolean,
  to: number,
  { base, value, link }: Operand,
): void => {
  emitter.add(loadOperation(size, isSigned, base !== ZERO), to, base, 0, value | 0, 0, link);
};

/** Memory at `address` = a register, which may be x0. */
export const addStore = (
  { emitter }: Position,
  size: AccessSize,
  from: number,
  { base, value, link }: Operand,
): void => {
  const op = storeOperation(size, base !== ZERO, from === ZERO);
  // The base is the first register of a store of a constant, else the second.
  if (from === ZERO) emitter.add(op, base, 0, 0, value | 0, 0, link);
  else emitter.add(op, from, base, 0, value | 0, 0, link);
};
