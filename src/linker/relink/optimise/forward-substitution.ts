import { operation } from '../../../isa/table.ts';
import { definesA } from '../../../isa/term.ts';
import type { Block, End } from '../graph/block.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import type { GraphInstruction } from '../graph/instruction.ts';
import { type BlockUses, Liveness } from '../graph/liveness.ts';
import { endReads, endTemporaryReads, readsOf, temporaryReadsOf, writesOf } from '../graph/register-use.ts';
import { FIRST_TEMPORARY, GRAPH_REGISTERS } from '../graph/registers.ts';
import type { Pass } from '../report.ts';
import { encodedSize, endSize } from './encoded-size.ts';
import { SHAPE, shapesIn } from './shapes.ts';
import { type Source, Substitution } from './substitution.ts';

const LOAD_IMM = operation('load_imm');

/** A number, address or sum in a register, and those that read it. */
interface Candidate {
  readonly index: number;
  readonly source: Source;
  /** What readers become, by position; the end is behind the last instruction. */
  readonly readers: { readonly index: number; readonly becomes: GraphInstruction | End }[];
  /** Bytes that readers get longer. */
  growth: number;
}

/**
 * Puts numbers and addresses that only few instructions of a block read into those instead of into a register, where
 * that makes the program shorter or as short with less to do.
 */
export const forwardSubstitution = (uses?: BlockUses): Pass => ({
  name: 'forward substitution',
  run(graph: ProgramGraph): boolean {
    const liveness = new Liveness(graph, uses);
    const substitution = new Substitution(graph);
    let changed = false;
    for (const block of graph.blocks) {
      if (block.isReachable && new BlockSubstitution(graph, block, substitution).run(liveness))
        changed = true;
    }
    return changed;
  },
});

class BlockSubstitution {
  readonly #block: Block;
  readonly #shapes: Uint8Array;
  readonly #substitution: Substitution;
  /** By register; undefined where nothing may be substituted. */
  readonly #candidates: (Candidate | undefined)[] = new Array(GRAPH_REGISTERS).fill(undefined);
  #changed = false;

  constructor(graph: ProgramGraph, block: Block, substitution: Substitution) {
    this.#block = block;
    this.#shapes = shapesIn(graph.width);
    this.#substitution = substitution;
  }

  run(liveness: Liveness): boolean {
    const { instructions, end } = this.#block;
    for (let index = 0; index < instructions.length; index++) this.#visit(index);
    this.#visitEnd(end, instructions.length);
    const live = liveness.liveBeforeEnd(this.#block) & ~endReads(end);
    const after = live | (end.kind === 'branch' ? this.#liveBehind(liveness, end) : 0);
    for (let register = 1; register < GRAPH_REGISTERS; register++) {
      if (register < FIRST_TEMPORARY && (after & (1 << register)) !== 0) continue;
      this.#settle(register);
    }
    if (!this.#changed) return false;
    this.#block.instructions = instructions.filter((instruction) => instruction.op >= 0);
    this.#block.changed();
    return true;
  }

  #liveBehind(liveness: Liveness, { taken, next }: Extract<End, { kind: 'branch' }>): number {
    return liveness.liveIn(taken) | liveness.liveIn(next);
  }

  #visit(index: number): void {
    const instruction = this.#block.instructions[index] as GraphInstruction;
    const read = readsOf(instruction);
    const temporaries = temporaryReadsOf(instruction);
    for (let register = 1; register < GRAPH_REGISTERS; register++) {
      const candidate = this.#candidates[register];
      if (candidate === undefined) continue;
      const isRead =
        register < FIRST_TEMPORARY
          ? (read & (1 << register)) !== 0
          : (temporaries & (1 << (register - FIRST_TEMPORARY))) !== 0;
      if (isRead) this.#read(register, candidate, index, instruction);
    }
    this.#written(instruction);
    this.#define(index, instruction);
  }

  #read(register: number, candidate: Candidate, index: number, instruction: GraphInstruction): void {
    // An instruction can be rewritten once.
    const becomes = this.#isPending(index)
      ? undefined
      : this.#substitution.inInstruction(instruction, register, candidate.source);
    if (becomes === undefined) {
      this.#candidates[register] = undefined;
      return;
    }
    candidate.readers.push({ index, becomes });
    candidate.growth += encodedSize(becomes) - encodedSize(instruction);
  }

  /** True when another register's candidate would rewrite the instruction too. */
  #isPending(index: number): boolean {
    return this.#candidates.some((candidate) => candidate?.readers.at(-1)?.index === index);
  }

  #visitEnd(end: End, index: number): void {
    const read = endReads(end);
    const temporaries = endTemporaryReads(end);
    for (let register = 1; register < GRAPH_REGISTERS; register++) {
      const candidate = this.#candidates[register];
      if (candidate === undefined) continue;
      const isRead =
        register < FIRST_TEMPORARY
          ? (read & (1 << register)) !== 0
          : (temporaries & (1 << (register - FIRST_TEMPORARY))) !== 0;
      if (!isRead) continue;
      const becomes = this.#isPending(index)
        ? undefined
        : this.#substitution.inEnd(end, register, candidate.source);
      if (becomes === undefined) this.#candidates[register] = undefined;
      else {
        candidate.readers.push({ index, becomes });
        candidate.growth += endSize(this.#block, becomes, undefined) - endSize(this.#block, end, undefined);
      }
    }
  }

  /** Candidates of what is written end; those that are relative to it cannot be moved behind it. */
  #written(instruction: GraphInstruction): void {
    const written = definesA(instruction.op) ? 0 : writesOf(instruction);
    for (let register = 1; register < GRAPH_REGISTERS; register++) {
      const isWritten = definesA(instruction.op)
        ? instruction.a === register
        : register < FIRST_TEMPORARY && (written & (1 << register)) !== 0;
      if (isWritten) this.#overwrite(register);
    }
  }

  #overwrite(register: number): void {
    this.#settle(register);
    for (let other = 1; other < GRAPH_REGISTERS; other++) {
      // What has been read up to here could go, but not what is read from here on.
      if (this.#candidates[other]?.source.base === register) this.#candidates[other] = undefined;
    }
  }

  #define(index: number, { op, a, b, x, xLink }: GraphInstruction): void {
    if (op === LOAD_IMM) {
      this.#candidates[a] = { index, source: { base: 0, x, link: xLink }, readers: [], growth: 0 };
    } else if (this.#shapes[op] === SHAPE.addConstant && a !== b && xLink === undefined) {
      // Readers would become readers of b, which then could not go itself.
      if (this.#candidates[b] !== undefined) return;
      this.#candidates[a] = { index, source: { base: b, x, link: undefined }, readers: [], growth: 0 };
    }
  }

  /** Nothing reads the register any more: now it is known what substitution costs. */
  #settle(register: number): void {
    const candidate = this.#candidates[register];
    this.#candidates[register] = undefined;
    if (candidate === undefined) return;
    const { instructions } = this.#block;
    const definition = instructions[candidate.index] as GraphInstruction;
    if (candidate.growth > encodedSize(definition)) return;
    for (const { index, becomes } of candidate.readers) {
      if (index === instructions.length) this.#block.end = becomes as End;
      else instructions[index] = becomes as GraphInstruction;
    }
    definition.op = REMOVED;
    this.#changed = true;
  }
}

/** Marks definitions that nobody reads any more, until the block has been walked. */
const REMOVED = -1;
