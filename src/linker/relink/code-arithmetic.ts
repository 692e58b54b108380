import { TERM, type Term, termOf } from '../../isa/term.ts';
import { Block } from './graph/block.ts';
import { DataSection } from './graph/data-section.ts';
import type { ProgramGraph } from './graph/graph.ts';
import type { GraphInstruction } from './graph/instruction.ts';
import { isLoad, type RegisterSet, readsOf, setOf, writesOf } from './graph/register-use.ts';

/**
 * Finds code that adds to the address of code, which relinking cannot translate: code addresses become indices of a
 * table, and a distance between two labels that the assembler has computed is a number like any other. Compilers do
 * this for `goto *(&&a + table[i])` with a table of label distances; where the assembler leaves the distance to the
 * linker, the file has a relocation and is refused.
 *
 * What comes out is a suspicion: the sum may not be jumped to, and a distance may be one of relinked addresses.
 *
 * @returns ELF addresses of the additions, ascending
 */
export const codeArithmetic = (graph: ProgramGraph): readonly number[] => {
  const holding = new Int32Array(graph.blocks.length);
  const found = new Set<number>();
  const queue = [...graph.blocks];
  const queued = new Uint8Array(graph.blocks.length).fill(1);
  for (let block = queue.pop(); block !== undefined; block = queue.pop()) {
    queued[block.id] = 0;
    const after = walk(block, holding[block.id] as number, found);
    for (const next of followers(block)) {
      const before = holding[next.id] as number;
      if ((before | after) === before) continue;
      holding[next.id] = before | after;
      if (queued[next.id] === 0) queue.push(next);
      queued[next.id] = 1;
    }
  }
  return [...found].sort((a, b) => a - b);
};

/** Where registers that a function has set may still hold what they held; callees are not looked into. */
const followers = ({ end }: Block): readonly Block[] => {
  switch (end.kind) {
    case 'jump':
      return [end.target];
    case 'branch':
      return [end.taken, end.next];
    case 'call':
    case 'call-indirect':
      return [end.back];
    default:
      return [];
  }
};

/** What calls keep by the calling convention: sp, gp, tp, s0 to s11. Good enough for a suspicion. */
const KEPT_BY_CALLS: RegisterSet = setOf([2, 3, 4, 8, 9, ...Array.from({ length: 10 }, (_, i) => 18 + i)]);

/** Which registers may hold the address of code behind a block, if `holding` do before it. */
const walk = ({ instructions, end }: Block, holding: RegisterSet, found: Set<number>): RegisterSet => {
  let registers = holding;
  for (const instruction of instructions) {
    const reads = (readsOf(instruction) & registers) !== 0;
    const writes = writesOf(instruction);
    // Forming an address from its halves is a sum, too.
    const forms = loadsCodeAddress(instruction);
    if (reads && !forms && isSum(instruction)) found.add(instruction.origin);
    const isAddress = forms || (reads && isMove(instruction));
    registers = isAddress ? registers | writes : registers & ~writes;
  }
  return end.kind === 'call' || end.kind === 'call-indirect' ? registers & KEPT_BY_CALLS : registers;
};

const isMove = ({ op }: GraphInstruction): boolean => termOf(op)?.op === TERM.b;

/** An addition or subtraction at the root, also of 32 bits. */
const isSum = ({ op }: GraphInstruction): boolean => {
  const term = termOf(op);
  const isSumTerm = (t: Term): boolean => t.op === TERM.add || t.op === TERM.sub;
  return term !== undefined && (isSumTerm(term) || (term.op === TERM.sx32 && isSumTerm(term.p)));
};

const loadsCodeAddress = (instruction: GraphInstruction): boolean => {
  const to = instruction.xLink?.to;
  if (to instanceof Block) return true;
  const isSlot =
    to instanceof DataSection && to.kind === 'ro' && isLoad(instruction) && readsOf(instruction) === 0;
  if (!isSlot) return false;
  // A slot of the table of addresses.
  const reference = to.referenceNear(instruction.x, 1);
  return reference?.offset === instruction.x && reference.to instanceof Block;
};
