import type { Width } from '../../../core/kind.ts';
import { INVALID, operation, ROWS } from '../../../isa/table.ts';
import { unsupportedInstruction } from '../../unsupported-code.ts';
import type { End } from '../graph/block.ts';
import { kindHas } from '../graph/forms.ts';
import { Import } from '../graph/import.ts';
import { A7, T0 } from '../graph/registers.ts';
import { CodeSection } from '../input/link-input.ts';
import { lowerAccess } from './accesses.ts';
import { lowerAtomic } from './atomics.ts';
import type { CodeInstruction } from './code-instruction.ts';
import { endOf } from './control.ts';
import { customMisuse } from './custom.ts';
import { fail } from './errors.ts';
import type { Position } from './position.ts';
import { lowerValue } from './values.ts';

const ECALLI = operation('ecalli');

/** Lowers one instruction; returns the end of the block when it is one. */
export const lowerInstruction = (position: Position, instruction: CodeInstruction): End | undefined => {
  const { emitter } = position;
  const { op } = instruction;
  const trap: End = { kind: 'trap', origin: emitter.origin };
  const effect = ROWS[op]?.effect;
  if (op === INVALID || effect === undefined) {
    const what = nameOf(instruction, position.program.width);
    refuse(position, instruction, what);
    // Behind what is an instruction, if not one of ours, there may be more of them.
    return what === undefined ? trap : undefined;
  }
  switch (effect.kind) {
    case 'value':
      lowerValue(position, instruction);
      return undefined;
    case 'load':
    case 'store':
      lowerAccess(position, instruction, effect);
      return undefined;
    case 'atomic':
    case 'load-reserved':
    case 'store-conditional':
      lowerAtomic(position, instruction, effect);
      return undefined;
    case 'branch':
    case 'jump':
    case 'jump-indirect':
      return endOf(position, instruction, effect);
    case 'trap':
      return trap;
    case 'host-call':
      lowerHostCall(position, instruction);
      return undefined;
    case 'custom':
      if (effect.custom === 'csr') refuse(position, instruction, CONTROL_REGISTER);
      else lowerCustom(position, instruction);
      return undefined;
    default:
      return undefined;
  }
};

const CONTROL_REGISTER = 'an access to a control register (extension Zicsr)';

/** What a word is that is no instruction here. */
const nameOf = ({ raw }: CodeInstruction, width: Width): string | undefined => {
  const unsupported = unsupportedInstruction(raw, width);
  return unsupported === undefined
    ? customMisuse(raw)
    : `${unsupported.mnemonic} (extension ${unsupported.extension})`;
};

const refuse = (position: Position, instruction: CodeInstruction, what: string | undefined): void => {
  const { raw } = instruction;
  const length = (raw & 3) === 3 ? 4 : 2;
  position.problem(
    fail('link/instruction', { place: position.place(instruction), raw: raw >>> 0, length, what }),
  );
};

const lowerHostCall = (position: Position, instruction: CodeInstruction): void => {
  const called = importOf(position, instruction);
  const { program, emitter } = position;
  // Before demotion the number is in a7; files of 16 registers have it in t0.
  if (called?.convention === 'ecall' && program.isDemoted && program.input.embedded) emitter.move(A7, T0);
  if (called !== undefined) emitter.add(ECALLI, 0, 0, 0, 0, 0, called.link);
  position.known.clear();
};

const importOf = (position: Position, instruction: CodeInstruction): Import | undefined => {
  const { program } = position;
  if (instruction.special !== 'import') return environmentCall(position);
  const { relocation } = instruction;
  if (relocation?.kind !== 'pointer') {
    position.problem(fail('link/import-pointer', { place: position.place(instruction) }));
    return undefined;
  }
  const { target } = relocation;
  if (target.section === undefined || target.section instanceof CodeSection) {
    position.problem(fail('link/import-pointer', { place: position.place(instruction) }));
    return undefined;
  }
  return program.input.importAt(target);
};

/** One import for all environment calls: what is called is in a register. */
const environmentCall = ({ program }: Position): Import => {
  program.environmentCall ??= new Import(new TextEncoder().encode('ecall'), 'ecall', 0, 1, undefined);
  return program.environmentCall;
};

/** `sbrk` and `memset`: not in every kind. */
const lowerCustom = (position: Position, instruction: CodeInstruction): void => {
  const { op, a, b } = instruction;
  const { kind } = position.program;
  if (kindHas(kind, op)) position.emitter.add(op, a, b);
  else {
    const place = position.place(instruction);
    position.problem(fail('link/unavailable', { place, operation: ROWS[op]?.name ?? '', kind }));
  }
  position.known.clear();
};
