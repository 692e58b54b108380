import { hex } from '../../../core/error.ts';
import type { Effect } from '../../../isa/row.ts';
import { definesA } from '../../../isa/term.ts';
import { Block, type End } from '../graph/block.ts';
import { evaluate } from '../graph/evaluate.ts';
import { branchWithConstantA, branchWithConstantB } from '../graph/forms.ts';
import { ZERO } from '../graph/registers.ts';
import { operandOf } from './addresses.ts';
import type { CodeInstruction } from './code-instruction.ts';
import { blockAt, targetOf } from './code-map.ts';
import { fail } from './errors.ts';
import { isCode } from './places.ts';
import type { Position } from './position.ts';
import { trapBlock } from './program.ts';

type Transfer = Extract<Effect, { kind: 'branch' | 'jump' | 'jump-indirect' }>;

/** The end of a block that a jump or branch is. */
export const endOf = (position: Position, instruction: CodeInstruction, effect: Transfer): End => {
  switch (effect.kind) {
    case 'branch':
      return branchEnd(position, instruction);
    case 'jump':
      return directEnd(position, instruction, effect.link === undefined ? ZERO : instruction.a);
    case 'jump-indirect': {
      const base = instruction[effect.base];
      const offset = effect.offset === 'x' ? instruction.x : instruction.y;
      return indirectEnd(
        position,
        instruction,
        base,
        offset,
        effect.link === undefined ? ZERO : instruction.a,
      );
    }
  }
};

/** The block behind an instruction: the next one, or the one that traps at the end of the section. */
const followingBlock = ({ program, decoded }: Position, { offset, length }: CodeInstruction): Block =>
  blockAt(program.code, decoded.section, offset + length) ?? trapBlock(program.code);

/** The block that a jump or branch leads to. */
const targetBlock = (position: Position, instruction: CodeInstruction): Block => {
  const { program, decoded } = position;
  const target = targetOf(decoded.section, instruction);
  if (target !== undefined && isCode(target) && target.offset > target.section.bytes.length) {
    const beyond = program.input.describe(target.section, target.offset);
    position.problem(fail('link/code-target', { place: position.place(instruction), target: beyond }));
    return trapBlock(program.code);
  }
  const address = target && position.address(target, instruction);
  if (address?.link?.to instanceof Block) return address.link.to;
  // A call of an undefined weak function is a call of address 0: it is guarded by a comparison, and never made.
  if (target?.section !== undefined || address?.value !== 0) {
    const place = position.place(instruction);
    const to =
      target?.section === undefined
        ? `the fixed address ${hex((target?.value ?? 0) >>> 0)}`
        : program.input.describe(target.section, target.offset);
    position.problem(fail('link/code-target', { place, target: to }));
  }
  return trapBlock(program.code);
};

const directEnd = (position: Position, instruction: CodeInstruction, link: number): End => {
  const { origin } = position.emitter;
  const target = targetBlock(position, instruction);
  if (link === ZERO) return { kind: 'jump', target, origin };
  return { kind: 'call', link, target, back: followingBlock(position, instruction), origin };
};

/** True when a register holds the address of code that this block loads. */
const isLabel = ({ emitter }: Position, register: number): boolean => {
  const written = emitter.instructions.findLast(({ op, a }) => a === register && definesA(op));
  return written?.xLink?.to instanceof Block;
};

const indirectEnd = (
  position: Position,
  instruction: CodeInstruction,
  base: number,
  x: number,
  link: number,
): End => {
  const { emitter, program } = position;
  const { origin } = emitter;
  const operand = operandOf(position, instruction, base, x);
  const back = (): Block => followingBlock(position, instruction);
  if (operand.base === ZERO && operand.link?.to instanceof Block && operand.value === 0) {
    const target = operand.link.to;
    return link === ZERO
      ? { kind: 'jump', target, origin }
      : { kind: 'call', link, target, back: back(), origin };
  }
  let from = operand.base;
  let offset = operand.value;
  if (offset !== 0 && isLabel(position, from)) {
    position.problem(fail('link/code-offset', { place: position.place(instruction), offset }));
  }
  if (from === ZERO || operand.link !== undefined) {
    const sum = emitter.temporary();
    if (from === ZERO) emitter.load(sum, operand.value, operand.link);
    else emitter.add(program.addition, sum, from, 0, operand.value, 0, operand.link);
    from = sum;
    offset = 0;
  }
  return link === ZERO
    ? { kind: 'jump-indirect', base: from, offset, origin }
    : { kind: 'call-indirect', link, base: from, offset, back: back(), origin };
};

const branchEnd = (position: Position, instruction: CodeInstruction): End => {
  const { origin } = position.emitter;
  const { op } = instruction;
  const taken = targetBlock(position, instruction);
  const next = followingBlock(position, instruction);
  const a = position.source(instruction.a, instruction);
  const b = position.source(instruction.b, instruction);
  if (a === ZERO && b === ZERO) {
    const operands = { a: 0n, b: 0n, c: 0n, x: 0, y: 0 };
    const isTaken = evaluate(op, operands, position.program.width) !== 0n;
    return { kind: 'jump', target: isTaken ? taken : next, origin };
  }
  const branch = (operation: number, left: number, right: number): End => ({
    kind: 'branch',
    op: operation,
    a: left,
    b: right,
    x: 0,
    xLink: undefined,
    taken,
    next,
    origin,
  });
  if (b === ZERO) return branch(branchWithConstantB(op), a, 0);
  if (a === ZERO) return branch(branchWithConstantA(op), b, 0);
  return branch(op, a, b);
};
