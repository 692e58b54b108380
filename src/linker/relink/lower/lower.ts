import type { PolkaVmKind } from '../../../core/kind.ts';
import { Problems } from '../../../core/problems.ts';
import { operation } from '../../../isa/table.ts';
import { definesA } from '../../../isa/term.ts';
import type { Block } from '../graph/block.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import { GP, TP } from '../graph/registers.ts';
import type { LinkInput } from '../input/link-input.ts';
import { collectReachable } from '../optimise/reachable.ts';
import type { RelinkOptions } from '../options.ts';
import { AddressSlots } from './address-slots.ts';
import type { CodeInstruction } from './code-instruction.ts';
import { type MappedSection, mapCode } from './code-map.ts';
import { lowerData } from './data.ts';
import { Expander } from './expand.ts';
import { lowerExports } from './exports.ts';
import { lowerInstruction } from './instructions.ts';
import { missingRegisterProblems, noteMissingRegisters } from './missing-registers.ts';
import { constantPointers } from './pointers.ts';
import { Position } from './position.ts';
import type { LoweredProgram } from './program.ts';

/** Stack of programs that say nothing: PolkaVM 0.35's default, and what programs made for Linux expect. */
const NATIVE_STACK = 8192;
const STOCK_STACK = 1 << 20;

/**
 * Turns a RISC-V program into a graph of blocks of PolkaVM's operations.
 * @throws RiscboxError `link/…` with all problems of code that something leads to
 */
export const lowerProgram = (input: LinkInput, options: RelinkOptions): ProgramGraph => {
  const problems = new Problems();
  const kind = kindOf(input, options);
  const code = mapCode(input);
  const program: LoweredProgram = {
    input,
    kind,
    width: input.width,
    addition: operation(`add_imm_${input.width}`),
    isDemoted: options.demote === true,
    code,
    slots: new AddressSlots(input),
    pointers: constantPointers(input, code),
    expander: new Expander(kind),
    problems: new Map(),
    missingRegisters: new Map(),
    environmentCall: undefined,
  };
  for (const section of code.sections.values()) lowerSection(program, section);
  const graph: ProgramGraph = {
    kind,
    width: input.width,
    data: lowerData(program, problems),
    exports: lowerExports(program, problems),
    blocks: code.blocks,
    stackSize: Math.max(
      input.stackSize,
      options.minStackSize ?? (isStock(program) ? STOCK_STACK : NATIVE_STACK),
    ),
    registers: program.isDemoted ? 'all' : 'native',
  };
  checkBlocks(program, graph, problems);
  problems.check();
  return graph;
};

/** The reader has made sure that the target is for programs of this width. */
const kindOf = ({ width }: LinkInput, { target = 'latest' }: RelinkOptions): PolkaVmKind =>
  target !== 'latest' ? target : width === 32 ? 'latest32' : 'latest64';

/** True for programs that were not written for PolkaVM: of 32 registers, or with environment calls. */
const isStock = ({ isDemoted, environmentCall }: LoweredProgram): boolean =>
  isDemoted || environmentCall !== undefined;

const lowerSection = (program: LoweredProgram, { decoded, blocks }: MappedSection): void => {
  const first = blocks[0];
  if (first === undefined) return;
  const position = new Position(program, decoded, first);
  const { emitter, known } = position;
  let isEnded = true;
  for (const instruction of decoded.instructions) {
    const block = blocks[instruction.offset / 2];
    if (block !== undefined) {
      if (!isEnded) position.block.end = { kind: 'jump', target: block, origin: emitter.origin };
      emitter.instructions = block.instructions;
      known.clear();
      position.block = block;
      isEnded = false;
    }
    if (!isEnded) isEnded = lowerAt(position, instruction);
  }
  const last = blocks[blocks.length - 1];
  if (!isEnded && last !== undefined)
    position.block.end = { kind: 'jump', target: last, origin: emitter.origin };
};

/** Lowers an instruction into the block that the position is in; true when it ends the block. */
const lowerAt = (position: Position, instruction: CodeInstruction): boolean => {
  const { program, decoded, emitter, block } = position;
  emitter.begin(decoded.section.address + instruction.offset);
  if (!program.isDemoted) noteMissingRegisters(position, instruction);
  if (isDropped(position, instruction)) return false;
  const end = lowerInstruction(position, instruction);
  if (end === undefined) return false;
  block.end = end;
  return true;
};

/** A write of a gp or tp that holds the same all the time. */
const isDropped = (position: Position, { op, a }: CodeInstruction): boolean =>
  (a === GP || a === TP) && definesA(op) && position.pointer(a) !== undefined;

/**
 * Reports the problems of blocks that something leads to, and makes the others trap: they are data, or dead, and stay
 * only in programs that are not optimised.
 */
const checkBlocks = (program: LoweredProgram, graph: ProgramGraph, problems: Problems): void => {
  const suspects = new Set<Block>([...program.problems.keys(), ...program.missingRegisters.keys()]);
  if (suspects.size === 0) return;
  collectReachable(graph, 1);
  for (const [block, found] of program.problems)
    if (block.isReachable) for (const problem of found) problems.add(problem);
  for (const problem of missingRegisterProblems(program, ({ isReachable }) => isReachable))
    problems.add(problem);
  for (const block of suspects) {
    block.instructions = [];
    block.end = { kind: 'trap', origin: block.address };
  }
  // Whoever works on the graph next finds out for himself.
  for (const block of graph.blocks) {
    block.isReachable = true;
    block.isAddressTaken = false;
  }
  for (const section of graph.data) section.isReachable = true;
};
