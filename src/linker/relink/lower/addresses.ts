import { operation } from '../../../isa/table.ts';
import { definesA } from '../../../isa/term.ts';
import type { Link } from '../graph/link.ts';
import { TP, ZERO } from '../graph/registers.ts';
import type { CodeRelocation, Target } from '../input/link-input.ts';
import type { CodeInstruction } from './code-instruction.ts';
import { isAddressOfPc } from './decode.ts';
import { fail } from './errors.ts';
import { highOf } from './pointers.ts';
import type { Position } from './position.ts';

/**
 * Addresses that RISC-V forms in two steps become one operand where both steps are in sight of each other, and stay
 * correct where they are not:
 *
 * - `auipc` loads the whole address (or that of the slot that holds it), and what is added to it later adds nothing;
 * - `lui` and its low part keep their halves of the new address, as `Link` defines them;
 * - thread-local addresses are formed as by `lui`, with tp counted as 0: `tp-high` is the high half of the address of
 *   the initial copy, `tp-add` adds nothing, `tp-low` is the low half. Where tp is not constant, offsets from it stay
 *   as they are.
 */

/** An addend or address: register `base` (0 for none) plus the immediate. */
export interface Operand {
  readonly base: number;
  readonly value: number;
  readonly link: Link | undefined;
}

const LUI = operation('load_imm');
const MOVE = operation('move_reg');
const ADDITIONS: ReadonlySet<number> = new Set(
  ['add_imm_32', 'add_imm_64', 'move_reg', 'load_imm'].map(operation),
);

type HighRelocation = Exclude<CodeRelocation, { kind: 'pcrel-low' }>;

/** Base and offset of an access, addition or jump, with its relocation; a gp or tp that does not change is no base. */
export const operandOf = (
  position: Position,
  instruction: CodeInstruction,
  base: number,
  x: number,
): Operand => {
  const operand = relocatedOperand(position, instruction, base, x);
  const pointer = position.pointer(operand.base);
  if (pointer === undefined) return operand;
  if (operand.link !== undefined) return { ...operand, base: position.source(operand.base, instruction) };
  const { value, link } = position.address(pointer, instruction);
  return { base: ZERO, value: value + operand.value, link };
};

const relocatedOperand = (
  position: Position,
  instruction: CodeInstruction,
  base: number,
  x: number,
): Operand => {
  const { relocation } = instruction;
  if (relocation === undefined) return { base, value: x, link: undefined };
  const high = highOf(relocation, position.decoded);
  const known = position.known.get(base);
  switch (relocation.kind) {
    case 'pcrel-low':
      if (high?.kind !== 'pcrel-high' && high?.kind !== 'got-high') break;
      return known?.kind === 'whole' && known.auipc === relocation.high
        ? wholeAddress(position, instruction, high)
        : { base, value: 0, link: undefined };
    case 'gp-relative':
      return wholeAddress(position, instruction, relocation);
    case 'tp-low':
      if (!position.program.pointers.isTpOfInitialCopy) return { base, value: x, link: undefined };
      if (base === TP) return wholeAddress(position, instruction, relocation);
      return lowOperand(position, instruction, base, relocation);
    case 'low':
      return lowOperand(position, instruction, base, relocation);
  }
  relocationProblem(position, instruction, 'does not fit the instruction');
  return { base, value: x, link: undefined };
};

const lowOperand = (
  position: Position,
  instruction: CodeInstruction,
  base: number,
  relocation: HighRelocation,
): Operand => {
  const known = position.known.get(base);
  const isWhole = known?.kind === 'high' && known.section === relocation.target.section;
  if (base === ZERO || isWhole) return wholeAddress(position, instruction, relocation);
  const { value, link } = position.address(relocation.target, instruction);
  if (link === undefined) return { base, value: (value << 20) >> 20, link };
  return { base, value, link: { to: link.to, part: 'low' } };
};

/** The address that a first half begins: of its target, or of the slot that holds the target's address. */
const wholeAddress = (position: Position, instruction: CodeInstruction, high: HighRelocation): Operand => {
  const { slots } = position.program;
  if (high.kind === 'got-high')
    return { base: ZERO, value: slots.offsetOf(high.target), link: slots.section?.link };
  return { base: ZERO, ...position.address(high.target, instruction) };
};

/** Notes that a relocation is at an instruction that it cannot be about. */
export const relocationProblem = (
  position: Position,
  instruction: CodeInstruction,
  problem: string,
): void => {
  const kind = instruction.relocation?.kind ?? '';
  position.problem(fail('link/relocation-use', { place: position.place(instruction), kind, problem }));
};

/**
 * Lowers an instruction that forms an address; false when it does not. What the register holds then is in
 * `position.known`.
 */
export const lowerAddress = (position: Position, instruction: CodeInstruction): boolean => {
  const { relocation } = instruction;
  if (relocation === undefined) {
    if (!isAddressOfPc(instruction)) return false;
    position.problem(fail('link/auipc', { place: position.place(instruction) }));
    return true;
  }
  switch (relocation.kind) {
    case 'pcrel-high':
    case 'got-high':
      if (isAddressOfPc(instruction)) loadWhole(position, instruction, relocation);
      else relocationProblem(position, instruction, 'is not at an auipc');
      return true;
    case 'tp-high':
      if (!position.program.pointers.isTpOfInitialCopy) return false;
      loadHigh(position, instruction, relocation.target);
      return true;
    case 'high':
      loadHigh(position, instruction, relocation.target);
      return true;
    case 'tp-add':
      if (!position.program.pointers.isTpOfInitialCopy) return false;
      addNothing(position, instruction);
      return true;
    case 'call':
      relocationProblem(position, instruction, 'is not at an auipc with a jalr behind it');
      return true;
    default:
      if (ADDITIONS.has(instruction.op)) addLow(position, instruction);
      else relocationProblem(position, instruction, 'does not fit the instruction');
      return true;
  }
};

/** True when the next instruction overwrites what an `auipc` loads with what it makes of it. */
const isOverwritten = (position: Position, { offset, length, a }: CodeInstruction): boolean => {
  const next = position.decoded.at(offset + length);
  if (next?.relocation?.kind !== 'pcrel-low' || next.relocation.high !== offset) return false;
  return next.a === a && next.b === a && definesA(next.op) && !position.isBlockStart(next.offset);
};

const loadWhole = (position: Position, instruction: CodeInstruction, relocation: HighRelocation): void => {
  const { a, offset } = instruction;
  if (!isOverwritten(position, instruction))
    write(position, a, wholeAddress(position, instruction, relocation));
  position.known.set(a, { kind: 'whole', auipc: offset });
};

const loadHigh = (position: Position, instruction: CodeInstruction, target: Target): void => {
  const { a, op } = instruction;
  if (op !== LUI) {
    relocationProblem(position, instruction, 'is not at a lui');
    return;
  }
  const { value, link } = position.address(target, instruction);
  if (link === undefined) write(position, a, { base: ZERO, value: (value + 0x800) & ~0xfff, link });
  else write(position, a, { base: ZERO, value, link: { to: link.to, part: 'high' } });
  position.known.set(a, { kind: 'high', section: target.section });
};

/** `add rd, rs, tp` with a tp that counts as 0. */
const addNothing = ({ emitter, known }: Position, { a, b, c }: CodeInstruction): void => {
  const other = b === TP ? c : b;
  emitter.move(a, other);
  const part = known.get(other);
  if (part === undefined) known.forget(a);
  else known.set(a, part);
};

/** `addi` with a low part. */
const addLow = (position: Position, instruction: CodeInstruction): void => {
  const { op, a, b, x } = instruction;
  const isLoad = op === LUI;
  const operand = operandOf(position, instruction, isLoad ? ZERO : b, op === MOVE ? 0 : x);
  write(position, a, operand, isLoad || op === MOVE ? undefined : op);
  position.known.forget(a);
};

/** Register `to` = operand; by addition `op`, or that of the width. */
const write = (position: Position, to: number, operand: Operand, op?: number): void => {
  const { emitter, program } = position;
  const { base, value, link } = operand;
  if (position.pointer(to) !== undefined) return;
  if (base === ZERO) emitter.load(to, value, link);
  else if (link === undefined && value === 0) emitter.move(to, base);
  else emitter.add(op ?? program.addition, to, base, 0, value, 0, link);
};
