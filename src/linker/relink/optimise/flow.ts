import { type Block, type End, successorAt } from '../graph/block.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import { FIRST_TEMPORARY, GRAPH_REGISTERS } from '../graph/registers.ts';
import { Ways } from '../graph/ways.ts';
import { BlockSymbols } from './block-symbols.ts';
import { eqCondition } from './equal-branches.ts';
import { type BlockQueue, orderOf } from './order.ts';
import { Region } from './region.ts';
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
  readonly #graph: ProgramGraph;
  readonly #symbols: BlockSymbols;
  readonly #roots: Uint8Array;
  readonly #region: Region;
  #ways: Ways;
  /** How often `update` was called. */
  generation = 0;
  /** By block id: the generation in which it was solved last. */
  readonly #solvedAt: Int32Array;

  constructor(graph: ProgramGraph) {
    this.#values = new Values(graph.width);
    this.transfer = new Transfer(this.#values);
    this.registers = graph.registers === 'native' ? NATIVE : FIRST_TEMPORARY;
    const count = graph.blocks.length;
    this.#entries = new Int32Array(count * this.registers).fill(UNVISITED);
    this.#exits = new Int32Array(count * this.registers).fill(UNVISITED);
    this.#edges = new Uint8Array(count);
    this.#graph = graph;
    this.#symbols = new BlockSymbols(count);
    this.#roots = new Uint8Array(count);
    this.#region = new Region(count);
    this.#ways = new Ways([], 0);
    this.#solvedAt = new Int32Array(count);
  }

  /** Finds out anew what depends on what was changed since the last time. */
  update(): void {
    const { blocks, exports } = this.#graph;
    const reachable = blocks.filter(({ isReachable }) => isReachable);
    this.#ways = new Ways(reachable, blocks.length);
    for (const { id, isAddressTaken } of blocks) this.#roots[id] = isAddressTaken ? 1 : 0;
    for (const { block } of exports) this.#roots[block.id] = 1;
    this.generation++;
    const region = this.#region.update(blocks, this.#roots);
    for (const block of region) this.#forget(block);
    this.#solve(region);
  }

  /** True when control can get to a block at all. */
  reaches(block: Block): boolean {
    return block.isReachable && this.#entries[block.id * this.registers] !== UNVISITED;
  }

  /** The generation in which it was last found out what is known in a block. */
  solvedAt({ id }: Block): number {
    return this.#solvedAt[id] as number;
  }

  #forget(block: Block): void {
    const { id } = block;
    const first = id * this.registers;
    this.#entries.fill(UNVISITED, first, first + this.registers);
    this.#exits.fill(UNVISITED, first, first + this.registers);
    this.#edges[id] = EDGES.all;
    this.#symbols.renew(block);
    this.#solvedAt[id] = this.generation;
  }

  /** What registers hold at the beginning of a block, by register; temporaries hold symbols. */
  enter(block: Block, cells: Int32Array): void {
    const first = block.id * this.registers;
    for (let r = 0; r < this.registers; r++) cells[r] = this.#entries[first + r] as Value;
    for (let r = FIRST_TEMPORARY; r < GRAPH_REGISTERS; r++) cells[r] = this.#own(block, r);
  }

  /** The first symbol for what a block's instructions make. */
  symbolsOf(block: Block): number {
    return this.#symbols.first(block);
  }

  #own(block: Block, register: number): Value {
    return this.#values.symbol(block.id * GRAPH_REGISTERS + register);
  }

  /** True for symbols of a block, whose meaning changes when it is entered again. */
  #isOwned(value: Value, block: Block): boolean {
    const symbol = this.#values.symbolOf(value);
    if (symbol < 0) return false;
    const entry = symbol - block.id * GRAPH_REGISTERS;
    return (entry >= 0 && entry < GRAPH_REGISTERS) || this.#symbols.has(block, symbol);
  }

  #solve(region: readonly Block[]): void {
    const { blocks } = this.#graph;
    const starts = region.filter((block) => this.#isStart(block));
    const queue = orderOf(starts, blocks);
    const cells = new Int32Array(GRAPH_REGISTERS);
    const visits = new Uint8Array(blocks.length);
    for (const block of starts) queue.add(block);
    for (let block = queue.take(); block !== undefined; block = queue.take()) {
      const isFirst = visits[block.id] === 0;
      if (visits[block.id]! < PATIENCE) visits[block.id]!++;
      const changed = this.#meet(block, visits[block.id] === PATIENCE);
      if (!changed && !isFirst) continue;
      this.#run(block, cells);
      this.#follow(block, queue);
    }
  }

  /** True when control gets to a block of the region from outside of it. */
  #isStart(block: Block): boolean {
    if (this.#roots[block.id] === 1) return true;
    for (let way = this.#ways.begin(block); way < this.#ways.end(block); way++) {
      if (this.#brought(this.#ways.from(way), block, 0) !== UNVISITED) return true;
    }
    return false;
  }

  /** Runs a block on what it begins with, and keeps what it ends with. */
  #run(block: Block, cells: Int32Array): void {
    const { transfer, registers } = this;
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
    const first = block.id * registers;
    for (let r = 0; r < registers; r++) this.#exits[first + r] = cells[r] as Value;
  }

  #follow({ id, end }: Block, queue: BlockQueue): void {
    const edges = this.#edges[id];
    const taken = edges === EDGES.next ? undefined : successorAt(end, 0);
    const next = edges === EDGES.taken ? undefined : successorAt(end, 1);
    if (taken !== undefined && this.#roots[taken.id] === 0) queue.add(taken);
    if (next !== undefined && this.#roots[next.id] === 0) queue.add(next);
  }

  /** Joins what the ways to a block bring. Returns true when anything is different from before. */
  #meet(block: Block, isFinal: boolean): boolean {
    const first = block.id * this.registers;
    const knowsNothing = isFinal || this.#roots[block.id] === 1;
    let changed = false;
    for (let r = 0; r < this.registers; r++) {
      const before = this.#entries[first + r] as Value;
      const own = this.#own(block, r);
      if (before === own) continue;
      const value = knowsNothing ? own : this.#joined(block, r, own);
      if (value === before) continue;
      this.#entries[first + r] = value;
      changed = true;
    }
    return changed;
  }

  #joined(block: Block, register: number, own: Value): Value {
    let joined: Value = UNVISITED;
    const end = this.#ways.end(block);
    for (let way = this.#ways.begin(block); way < end; way++) {
      const value = this.#brought(this.#ways.from(way), block, register);
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

/** Where passes that need what is known of registers get it from. */
export type FlowSource = (graph: ProgramGraph) => Flow;

/** What is known of one program, up to date whenever it is asked for. */
export const flowSource = (): FlowSource => {
  let flow: Flow | undefined;
  return (graph) => {
    flow ??= new Flow(graph);
    flow.update();
    return flow;
  };
};
