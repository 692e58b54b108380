import { operation } from '../../../isa/table.ts';
import type { Block, End } from '../graph/block.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import type { GraphInstruction } from '../graph/instruction.ts';
import { type BlockUses, Liveness } from '../graph/liveness.ts';
import {
  endReads,
  endTemporaryReads,
  type RegisterSet,
  readsOf,
  temporaryReadsOf,
  temporaryWritesOf,
  writesOf,
} from '../graph/register-use.ts';
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
    const [first] = graph.blocks;
    if (first === undefined) return false;
    const substitution = new BlockSubstitution(graph, first);
    let changed = false;
    for (const block of graph.blocks) {
      if (block.isReachable && substitution.run(block, liveness)) changed = true;
    }
    return changed;
  },
});

/** Registers with candidates: bit n of `low` for register n, of `temporaries` for register 32 + n. */
interface OpenSets {
  low: RegisterSet;
  temporaries: RegisterSet;
}

class BlockSubstitution {
  readonly #shapes: Uint8Array;
  readonly #substitution: Substitution;
  #block: Block;
  /** By register; undefined where nothing may be substituted. */
  readonly #candidates: (Candidate | undefined)[] = new Array(GRAPH_REGISTERS).fill(undefined);
  readonly #open: OpenSets = { low: 0, temporaries: 0 };
  #changed = false;

  constructor(graph: ProgramGraph, first: Block) {
    this.#block = first;
    this.#shapes = shapesIn(graph.width);
    this.#substitution = new Substitution(graph);
  }

  run(block: Block, liveness: Liveness): boolean {
    this.#block = block;
    this.#changed = false;
    const { instructions, end } = block;
    for (let index = 0; index < instructions.length; index++) this.#visit(index);
    this.#visitEnd(end, instructions.length);
    const live = liveness.liveBeforeEnd(block) & ~endReads(end);
    const after = live | (end.kind === 'branch' ? liveness.liveAfter(block) : 0);
    this.#eachOpen(-1, -1, (register) => {
      if (register < FIRST_TEMPORARY && (after & (1 << register)) !== 0) this.#close(register);
      else this.#settle(register);
    });
    if (!this.#changed) return false;
    block.instructions = instructions.filter((instruction) => instruction.op >= 0);
    block.changed();
    return true;
  }

  /** Those of some registers that have candidates, in ascending order. */
  #eachOpen(low: RegisterSet, temporaries: RegisterSet, visit: (register: number) => void): void {
    for (let left = low & this.#open.low; left !== 0; left &= left - 1) visit(lowest(left));
    for (let left = temporaries & this.#open.temporaries; left !== 0; left &= left - 1) {
      visit(FIRST_TEMPORARY + lowest(left));
    }
  }

  #openFor(register: number, candidate: Candidate): void {
    this.#candidates[register] = candidate;
    if (register < FIRST_TEMPORARY) this.#open.low |= 1 << register;
    else this.#open.temporaries |= 1 << (register - FIRST_TEMPORARY);
  }

  #close(register: number): void {
    this.#candidates[register] = undefined;
    if (register < FIRST_TEMPORARY) this.#open.low &= ~(1 << register);
    else this.#open.temporaries &= ~(1 << (register - FIRST_TEMPORARY));
  }

  #visit(index: number): void {
    const instruction = this.#block.instructions[index] as GraphInstruction;
    if ((this.#open.low | this.#open.temporaries) !== 0) {
      this.#eachOpen(readsOf(instruction), temporaryReadsOf(instruction), (register) => {
        this.#read(register, this.#candidates[register] as Candidate, index, instruction);
      });
      this.#eachOpen(writesOf(instruction), temporaryWritesOf(instruction), (register) =>
        this.#settle(register),
      );
      this.#dropRelativeTo(writesOf(instruction), temporaryWritesOf(instruction));
    }
    this.#define(index, instruction);
  }

  #read(register: number, candidate: Candidate, index: number, instruction: GraphInstruction): void {
    // An instruction can be rewritten once.
    const becomes = this.#isPending(index)
      ? undefined
      : this.#substitution.inInstruction(instruction, register, candidate.source);
    if (becomes === undefined) {
      this.#close(register);
      return;
    }
    candidate.readers.push({ index, becomes });
    candidate.growth += encodedSize(becomes) - encodedSize(instruction);
  }

  /** True when another register's candidate would rewrite the instruction too. */
  #isPending(index: number): boolean {
    let isPending = false;
    this.#eachOpen(-1, -1, (register) => {
      if (this.#candidates[register]?.readers.at(-1)?.index === index) isPending = true;
    });
    return isPending;
  }

  #visitEnd(end: End, index: number): void {
    this.#eachOpen(endReads(end), endTemporaryReads(end), (register) => {
      const candidate = this.#candidates[register] as Candidate;
      const becomes = this.#isPending(index)
        ? undefined
        : this.#substitution.inEnd(end, register, candidate.source);
      if (becomes === undefined) this.#close(register);
      else {
        candidate.readers.push({ index, becomes });
        candidate.growth += endSize(this.#block, becomes, undefined) - endSize(this.#block, end, undefined);
      }
    });
  }

  /** What has been read up to here from a register that is written could go, but not what is read from here on. */
  #dropRelativeTo(written: RegisterSet, temporary: RegisterSet): void {
    this.#eachOpen(-1, -1, (register) => {
      const base = this.#candidates[register]?.source.base ?? 0;
      const isWritten =
        base < FIRST_TEMPORARY
          ? base !== 0 && (written & (1 << base)) !== 0
          : (temporary & (1 << (base - FIRST_TEMPORARY))) !== 0;
      if (isWritten) this.#close(register);
    });
  }

  #define(index: number, { op, a, b, x, xLink }: GraphInstruction): void {
    if (op === LOAD_IMM) {
      this.#openFor(a, { index, source: { base: 0, x, link: xLink }, readers: [], growth: 0 });
    } else if (this.#shapes[op] === SHAPE.addConstant && a !== b && xLink === undefined) {
      // Readers would become readers of b, which then could not go itself.
      if (this.#candidates[b] !== undefined) return;
      this.#openFor(a, { index, source: { base: b, x, link: undefined }, readers: [], growth: 0 });
    }
  }

  /** Nothing reads the register any more: now it is known what substitution costs. */
  #settle(register: number): void {
    const candidate = this.#candidates[register] as Candidate;
    this.#close(register);
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

const lowest = (set: RegisterSet): number => 31 - Math.clz32(set & -set);
