import type { Block, End } from '../graph/block.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import { predecessorsOf } from '../graph/liveness.ts';
import { FIRST_TEMPORARY, GRAPH_REGISTERS } from '../graph/registers.ts';
import { eqCondition } from './equal-branches.ts';
import { orderOf } from './order.ts';
import { symbolsOf, Transfer } from './transfer.ts';
import { UNVISITED, type Value, Values } from './values.ts';

/** Registers up to this number are native. */
const NATIVE = 16;

/** A block that is visited so often gives up all that is known of its beginning: this bounds the time. */
const PATIENCE = 24;

/** Which ways a branch may go. */
const EDGES = { all: 0, taken: 1, next: 2 } as const;

/**
 * What registers hold where blocks begin, over all ways that lead there.
 *
 * Where ways disagree, a register gets a symbol of the block: as a symbol is the same value wherever it occurs, copies
 * and constant distances are known across blocks too. A symbol stands for what was there when its block was entered
 * last; so none of a block's own may come in from outside when it is entered again.
 */
export class Flow {
  readonly transfer: Transfer;
  readonly #values: Values;
  /** Registers that live from block to block are below this number. */
  readonly registers: number;
  readonly #entries: Int32Array;
  readonly #exits: Int32Array;
  readonly #edges: Uint8Array;
  /** The first symbol of each block's instructions. */
  readonly #symbols: Int32Array;
  /** Blocks by symbol of an instruction, counted from the first of those. */
  readonly #owners: Int32Array;
  readonly #firstOwned: number;
  readonly #predecessors: readonly (readonly Block[])[];
  readonly #roots: Uint8Array;

  constructor(graph: ProgramGraph) {
    this.#values = new Values(graph.width);
    this.transfer = new Transfer(this.#values);
    this.registers = graph.registers === 'native' ? NATIVE : FIRST_TEMPORARY;
    const count = graph.blocks.length;
    this.#entries = new Int32Array(count * this.registers).fill(UNVISITED);
    this.#exits = new Int32Array(count * this.registers).fill(UNVISITED);
    this.#edges = new Uint8Array(count);
    this.#firstOwned = count * GRAPH_REGISTERS;
    this.#symbols = new Int32Array(count);
    this.#owners = this.#distribute(graph.blocks);
    const blocks = graph.blocks.filter(({ isReachable }) => isReachable);
    this.#predecessors = predecessorsOf(blocks, count);
    this.#roots = new Uint8Array(count);
    for (const block of blocks) if (block.isAddressTaken) this.#roots[block.id] = 1;
    for (const { block } of graph.exports) this.#roots[block.id] = 1;
    this.#solve(graph.blocks);
  }

  /** True when control can get to a block at all. */
  reaches(block: Block): boolean {
    return this.#entries[block.id * this.registers] !== UNVISITED;
  }

  /** What registers hold at the beginning of a block, by register; temporaries hold symbols. */
  enter(block: Block, cells: Int32Array): void {
    const first = block.id * this.registers;
    for (let r = 0; r < this.registers; r++) cells[r] = this.#entries[first + r] as Value;
    for (let r = FIRST_TEMPORARY; r < GRAPH_REGISTERS; r++) cells[r] = this.#own(block, r);
  }

  /** The first symbol for what a block's instructions make. */
  symbolsOf(block: Block): number {
    return this.#symbols[block.id] as number;
  }

  #distribute(blocks: readonly Block[]): Int32Array {
    let next = this.#firstOwned;
    for (const block of blocks) {
      this.#symbols[block.id] = next;
      for (const instruction of block.instructions) next += symbolsOf(instruction);
    }
    const owners = new Int32Array(next - this.#firstOwned);
    for (const block of blocks) {
      const first = this.symbolsOf(block) - this.#firstOwned;
      const end = block.id + 1 < blocks.length ? this.symbolsOf(blocks[block.id + 1] as Block) : next;
      owners.fill(block.id, first, end - this.#firstOwned);
    }
    return owners;
  }

  #own(block: Block, register: number): Value {
    return this.#values.symbol(block.id * GRAPH_REGISTERS + register);
  }

  /** True for symbols of a block, whose meaning changes when it is entered again. */
  #isOwned(value: Value, { id }: Block): boolean {
    const symbol = this.#values.symbolOf(value);
    if (symbol < 0) return false;
    return symbol < this.#firstOwned
      ? Math.floor(symbol / GRAPH_REGISTERS) === id
      : this.#owners[symbol - this.#firstOwned] === id;
  }

  #solve(blocks: readonly Block[]): void {
    const roots = blocks.filter(({ id, isReachable }) => isReachable && this.#roots[id] === 1);
    const queue = orderOf(roots, blocks.length);
    const cells = new Int32Array(GRAPH_REGISTERS);
    const visits = new Uint16Array(blocks.length);
    for (const block of roots) queue.add(block);
    for (let block = queue.take(); block !== undefined; block = queue.take()) {
      const isFirst = visits[block.id] === 0;
      if (visits[block.id]! < PATIENCE) visits[block.id]!++;
      const changed = this.#meet(block, visits[block.id] === PATIENCE);
      if (!changed && !isFirst) continue;
      this.#run(block, cells);
      for (const successor of this.#successors(block)) {
        if (this.#roots[successor.id] === 0) queue.add(successor);
      }
    }
  }

  /** Runs a block on what it begins with, and keeps what it ends with. */
  #run(block: Block, cells: Int32Array): void {
    const { transfer } = this;
    const { instructions, end } = block;
    this.enter(block, cells);
    let symbol = this.symbolsOf(block);
    for (const instruction of instructions) {
      transfer.step(instruction, cells, symbol);
      symbol += symbolsOf(instruction);
    }
    if (end.kind === 'call') cells[end.link] = this.#values.immediate(0, end.back.link);
    if (end.kind === 'branch') {
      const condition = transfer.condition(end, cells);
      this.#edges[block.id] =
        condition === undefined ? EDGES.all : condition === 1 ? EDGES.taken : EDGES.next;
    }
    this.#exits.set(cells.subarray(0, this.registers), block.id * this.registers);
  }

  #successors({ id, end }: Block): readonly Block[] {
    switch (end.kind) {
      case 'jump':
      case 'call':
        return [end.target];
      case 'branch':
        return this.#edges[id] === EDGES.all
          ? [end.taken, end.next]
          : [this.#edges[id] === EDGES.taken ? end.taken : end.next];
      default:
        return [];
    }
  }

  /** Joins what the ways to a block bring. Returns true when anything is different from before. */
  #meet(block: Block, isFinal: boolean): boolean {
    const first = block.id * this.registers;
    let changed = false;
    for (let r = 0; r < this.registers; r++) {
      const before = this.#entries[first + r] as Value;
      const own = this.#own(block, r);
      if (before === own) continue;
      const value = isFinal || this.#roots[block.id] === 1 ? own : this.#joined(block, r, own);
      if (value === before) continue;
      this.#entries[first + r] = value;
      changed = true;
    }
    return changed;
  }

  #joined(block: Block, register: number, own: Value): Value {
    let joined: Value = UNVISITED;
    for (const predecessor of this.#predecessors[block.id] as readonly Block[]) {
      const value = this.#brought(predecessor, block, register);
      if (value === UNVISITED || value === joined) continue;
      if (joined !== UNVISITED || this.#isOwned(value, block)) return own;
      joined = value;
    }
    return joined === UNVISITED ? own : joined;
  }

  /** What a register holds on the way from one block to another; UNVISITED when nothing goes there. */
  #brought(from: Block, to: Block, register: number): Value {
    const value = this.#exits[from.id * this.registers + register] as Value;
    const { end } = from;
    if (value === UNVISITED || end.kind !== 'branch' || end.taken === end.next) return value;
    const edges = this.#edges[from.id];
    const isTaken = end.taken === to;
    if (edges !== EDGES.all && (edges === EDGES.taken) !== isTaken) return UNVISITED;
    return eqCondition(end.op) === isTaken ? this.#equal(end, from, value) : value;
  }

  /** What a comparison has proved of a value: that it is the other side. */
  #equal({ a, b, x, xLink }: Extract<End, { kind: 'branch' }>, { id }: Block, value: Value): Value {
    if (a >= this.registers || b >= this.registers) return value;
    const left = this.#exits[id * this.registers + a] as Value;
    if (b === 0) {
      if (value !== left) return value;
      const number = this.#values.immediate(x, xLink);
      return this.#values.isImmediate(number) ? number : value;
    }
    const right = this.#exits[id * this.registers + b] as Value;
    if (value === left && this.#values.isImmediate(right)) return right;
    return value === right && this.#values.isImmediate(left) ? left : value;
  }
}
