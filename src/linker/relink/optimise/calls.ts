import { operation } from '../../../isa/table.ts';
import { Block, type End } from '../graph/block.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import { GraphInstruction } from '../graph/instruction.ts';
import { endReads, endTemporaryReads, readsOf, setOf, writesOf } from '../graph/register-use.ts';
import type { Pass } from '../report.ts';

const LOAD_IMM = operation('load_imm');

/** Calls become a load of the return address and a jump, so that each half can be changed by itself. */
export const splitCalls: Pass = {
  name: 'call splitting',
  run(graph: ProgramGraph): boolean {
    let changed = false;
    for (const block of graph.blocks) {
      const { end } = block;
      if (!block.isReachable || end.kind !== 'call') continue;
      const { link, target, back, origin } = end;
      block.instructions.push(new GraphInstruction(LOAD_IMM, origin, link, 0, 0, 0, 0, back.link));
      block.end = { kind: 'jump', target, origin };
      block.changed();
      changed = true;
    }
    return changed;
  },
};

/** Jumps with a load of a code address in front of them become calls, which are one instruction. */
export const fuseCalls: Pass = {
  name: 'call fusion',
  run(graph: ProgramGraph): boolean {
    let changed = false;
    for (const block of graph.blocks) if (block.isReachable && fuse(block)) changed = true;
    return changed;
  },
};

const fuse = (block: Block): boolean => {
  const { end, instructions } = block;
  if (end.kind !== 'jump' && end.kind !== 'jump-indirect') return false;
  if (endTemporaryReads(end) !== 0) return false;
  // Registers that something behind the load reads or writes.
  let touched = endReads(end);
  for (let i = instructions.length - 1; i >= 0; i--) {
    const instruction = instructions[i] as GraphInstruction;
    const to = instruction.xLink?.to;
    if (instruction.op === LOAD_IMM && to instanceof Block && instruction.x === 0) {
      if ((touched & setOf([instruction.a])) === 0 && setOf([instruction.a]) !== 0) {
        block.end = called(end, instruction.a, to);
        instructions.splice(i, 1);
        block.changed();
        return true;
      }
    }
    touched |= readsOf(instruction) | writesOf(instruction);
  }
  return false;
};

const called = (end: Extract<End, { kind: 'jump' | 'jump-indirect' }>, link: number, back: Block): End =>
  end.kind === 'jump' ? { ...end, kind: 'call', link, back } : { ...end, kind: 'call-indirect', link, back };
