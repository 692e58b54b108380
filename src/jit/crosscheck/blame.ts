import { Instruction } from '../../decoder/instruction.ts';
import type { Program } from '../../decoder/program.ts';
import { definitionsOf, type Effect } from '../../isa/row.ts';
import { ROWS } from '../../isa/table.ts';
import type { Comparison, Runner } from './side.ts';

/** Guest address and size of what an instruction is about to store; undefined if it stores nothing. */
const storedRange = (
  effect: Effect,
  { a, b, x }: Instruction,
  { execution }: Runner,
): readonly [address: number, size: number] | undefined => {
  const address = (base: number, offset: number): number => (execution.getRegister32(base) + offset) >>> 0;
  switch (effect.kind) {
    case 'store':
      if (effect.base === undefined) return [x >>> 0, effect.size];
      return [address(effect.base === 'a' ? a : b, x), effect.size];
    case 'atomic':
    case 'store-conditional':
      return [address(b, 0), effect.size];
    default:
      return undefined;
  }
};

/**
 * Which instruction of a stretch is to blame for the difference at its end, when single steps do not show it (a
 * tier may step in other code than it runs in): the first of those that were last to write a register or an
 * address that differs. Where nothing that was written differs it is the last instruction, or for gas alone
 * the first. The reference stands at the start of the stretch and is stepped to its end.
 */
export const blame = (
  program: Program,
  reference: Runner,
  end: number,
  { registers, memory, what }: Comparison,
): number | undefined => {
  const { execution } = reference;
  const instruction = new Instruction();
  const writers = new Map<string, { readonly index: number; readonly pc: number }>();
  let first: number | undefined;
  let last: number | undefined;
  reference.step();
  for (let index = 0; reference.outcome.kind === 'step'; index++) {
    const { pc } = reference.outcome;
    first ??= pc;
    if (execution.executed >= end) break;
    last = pc;
    program.code.decode(pc, instruction);
    const row = ROWS[instruction.op];
    if (row !== undefined) {
      for (const operand of definitionsOf(row))
        writers.set(`register ${instruction[operand]}`, { index, pc });
      const stored = storedRange(row.effect, instruction, reference);
      for (const { address } of stored === undefined ? [] : memory) {
        const [from, size] = stored as readonly [number, number];
        if (address >= from && address < from + size) writers.set(`address ${address}`, { index, pc });
      }
    }
    reference.step();
  }
  const suspects = [
    ...registers.map((register) => writers.get(`register ${register}`)),
    ...memory.map(({ address }) => writers.get(`address ${address}`)),
  ].filter((writer) => writer !== undefined);
  const [earliest] = suspects.sort((a, b) => a.index - b.index);
  if (earliest !== undefined) return earliest.pc;
  return what.length === 1 && what[0] === 'gas' ? first : (last ?? first);
};
