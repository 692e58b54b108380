import { definesA } from '../../../isa/term.ts';
import type { Block, End } from '../graph/block.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import type { GraphInstruction } from '../graph/instruction.ts';
import { writesOf } from '../graph/register-use.ts';
import type { Pass } from '../report.ts';
import { EndRewriter } from './end-rewriter.ts';
import { type Flow, type FlowSource, flowSource } from './flow.ts';
import { Holders } from './holders.ts';
import { InstructionRewriter } from './instruction-rewriter.ts';
import { symbolsOf } from './transfer.ts';

/**
 * Puts what is known of registers in place of computing it: numbers, addresses, copies, distances; folds branches on
 * known conditions and dynamic jumps to known blocks. Nothing gets longer by it but what computes a number: what it was
 * computed from is expected to go.
 */
export const constantPropagation = (flowOf: FlowSource = flowSource()): Pass => {
  let rewritten = 0;
  return {
    name: 'constant propagation',
    run(graph: ProgramGraph): boolean {
      const flow = flowOf(graph);
      const holders = new Holders(flow.transfer.values, flow.registers);
      const instructions = new InstructionRewriter(graph, flow.transfer, holders);
      const ends = new EndRewriter(graph, flow.transfer, holders);
      let changed = false;
      for (const block of graph.blocks) {
        // What is known of other blocks is as it was when they were rewritten.
        if (!flow.reaches(block) || flow.solvedAt(block) <= rewritten) continue;
        if (!rewrite(block, flow, holders, instructions, ends)) continue;
        block.changed();
        changed = true;
      }
      rewritten = flow.generation;
      return changed;
    },
  };
};

const rewrite = (
  block: Block,
  flow: Flow,
  holders: Holders,
  rewriter: InstructionRewriter,
  ends: EndRewriter,
): boolean => {
  const { cells } = holders;
  flow.enter(block, cells);
  holders.enter();
  let symbol = flow.symbolsOf(block);
  let changed = false;
  for (const instruction of block.instructions) {
    const symbols = symbolsOf(instruction);
    if (rewriter.rewrite(instruction)) changed = true;
    step(instruction, flow, holders, symbol);
    symbol += symbols;
  }
  const end: End = ends.rewrite(block.end);
  if (end === block.end) return changed;
  block.end = end;
  return true;
};

/** Carries an instruction out, and notes which registers hold something else now. */
const step = (instruction: GraphInstruction, flow: Flow, holders: Holders, symbol: number): void => {
  const { cells } = holders;
  const before = cells[instruction.a];
  flow.transfer.step(instruction, cells, symbol);
  if (definesA(instruction.op)) {
    if (cells[instruction.a] !== before) holders.written(instruction.a);
    return;
  }
  let written = writesOf(instruction);
  for (let register = 0; written !== 0; register++, written >>>= 1) {
    if ((written & 1) !== 0) holders.written(register);
  }
};
