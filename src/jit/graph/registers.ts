import { ROWS } from '../../isa/table.ts';
import { definesA, usesOf } from '../../isa/term.ts';
import { LEAVES } from './flow.ts';
import { EXIT, type FunctionGraph } from './function-graph.ts';
import type { Structure } from './structure.ts';

/**
 * Operations that translated code leaves to somebody else: before them the registers go home to their cells, and
 * those that are needed afterwards come from there.
 */
const isSync = Uint8Array.from(ROWS, ({ effect: { kind } }) =>
  kind === 'host-call' || kind === 'custom' || kind === 'load-reserved' || kind === 'store-conditional'
    ? 1
    : 0,
);

export const leavesTheCode = (op: number): boolean => isSync[op] === 1;

const ALL = -1;

/** Bit r is set: register r. Register 0 of the RISC-V profile is never in a set. */
export type RegisterSet = number;

/** Which registers each node of a function reads and writes, and where they live at its beginning and end. */
export class Registers {
  /** Read before they are written in the node (up to its first sync point). */
  readonly exposed: Int32Array;
  /** Written in the node, behind its last sync point if there is one. */
  readonly written: Int32Array;
  /** 1 where a node contains a sync point: nothing is dirty behind it but what is written later. */
  readonly syncs: Uint8Array;
  /** Locals that may differ from their cells when the node begins, and when its last instruction has run. */
  readonly dirtyIn: Int32Array;
  readonly dirtyOut: Int32Array;
  /** Locals that must be valid when the node begins. */
  readonly liveIn: Int32Array;
  /** Read or written anywhere in the function. */
  readonly used: RegisterSet;
  /** Registers that the program may read before it writes them, where a node begins; all of them if dead ones count. */
  readonly #neededIn: Int32Array;
  readonly #exactDead: boolean;

  /** `exactDead`: exits store registers that the program will not read again as well. */
  constructor(graph: FunctionGraph, structure: Structure, zeroRegister: boolean, exactDead = true) {
    const count = graph.nodes.length;
    this.exposed = new Int32Array(count);
    this.written = new Int32Array(count);
    this.syncs = new Uint8Array(count);
    this.dirtyIn = new Int32Array(count);
    this.dirtyOut = new Int32Array(count);
    this.liveIn = new Int32Array(count);
    let used = 0;
    const usable = zeroRegister ? ~1 : ~0;
    const { op, a, b, c } = graph.instructions;
    for (const id of structure.order) {
      const { first, end } = graph.node(id);
      let exposed = 0;
      let written = 0;
      let synced = false;
      for (let i = first; i < end; i++) {
        const o = op[i] as number;
        const uses = usesOf(o);
        let reads = 0;
        if ((uses & 1) !== 0) reads |= 1 << (a[i] as number);
        if ((uses & 2) !== 0) reads |= 1 << (b[i] as number);
        if ((uses & 4) !== 0) reads |= 1 << (c[i] as number);
        used |= reads;
        if (leavesTheCode(o)) {
          synced = true;
          written = 0;
          continue;
        }
        if (!synced) exposed |= reads & ~written;
        if (definesA(o)) {
          written |= 1 << (a[i] as number);
          used |= 1 << (a[i] as number);
        }
      }
      this.exposed[id] = exposed & usable;
      this.written[id] = written & usable;
      this.syncs[id] = synced ? 1 : 0;
    }
    this.used = used & usable;
    this.#exactDead = exactDead;
    this.#neededIn = new Int32Array(count).fill(exactDead ? ALL : 0);
    if (!exactDead) this.#flowNeeded(graph, structure);
    this.#flowDirty(graph, structure);
    this.#flowLive(graph, structure);
  }

  #flowDirty(graph: FunctionGraph, { order, predecessors }: Structure): void {
    const { dirtyIn, dirtyOut, written, syncs } = this;
    for (let changed = true; changed; ) {
      changed = false;
      for (const id of order) {
        let dirty = 0;
        for (let k = predecessors.start[id] as number; k < (predecessors.start[id + 1] as number); k++) {
          const p = predecessors.nodes[k] as number;
          if (!isCall(graph, p)) dirty |= dirtyOut[p] as number;
        }
        const out = (syncs[id] === 1 ? 0 : dirty) | (written[id] as number);
        if (dirty !== dirtyIn[id] || out !== dirtyOut[id]) {
          dirtyIn[id] = dirty;
          dirtyOut[id] = out;
          changed = true;
        }
      }
    }
  }

  /** A dirty local must be valid wherever an exit may store it, which is everywhere in the node. */
  #flowLive(graph: FunctionGraph, { order }: Structure): void {
    const { liveIn, dirtyIn, exposed, written, syncs } = this;
    for (let changed = true; changed; ) {
      changed = false;
      for (let k = order.length - 1; k >= 0; k--) {
        const id = order[k] as number;
        let live = 0;
        if (syncs[id] === 0 && !isCall(graph, id)) {
          for (const s of graph.successors[id] as number[]) if (s !== LEAVES) live |= liveIn[s] as number;
          live &= ~(written[id] as number);
        }
        live |= (exposed[id] as number) | ((dirtyIn[id] as number) & (this.#neededIn[id] as number));
        if (live !== liveIn[id]) {
          liveIn[id] = live;
          changed = true;
        }
      }
    }
  }

  /** Whoever takes over behind a call, a sync point or the function's end may read every register. */
  #flowNeeded(graph: FunctionGraph, { order }: Structure): void {
    const needed = this.#neededIn;
    for (let changed = true; changed; ) {
      changed = false;
      for (let k = order.length - 1; k >= 0; k--) {
        const id = order[k] as number;
        const set = this.neededAt(graph, id, graph.node(id).first);
        if (set !== needed[id]) {
          needed[id] = set;
          changed = true;
        }
      }
    }
  }

  /** Registers that the program may read from instruction `at` of a node on, before it writes them. */
  neededAt(graph: FunctionGraph, id: number, at: number): RegisterSet {
    if (this.#exactDead) return ALL;
    const { op, a, b, c } = graph.instructions;
    const { end, exit } = graph.node(id);
    let exposed = 0;
    let written = 0;
    for (let i = at; i < end; i++) {
      const o = op[i] as number;
      if (leavesTheCode(o)) return exposed | ~written;
      const uses = usesOf(o);
      let reads = 0;
      if ((uses & 1) !== 0) reads |= 1 << (a[i] as number);
      if ((uses & 2) !== 0) reads |= 1 << (b[i] as number);
      if ((uses & 4) !== 0) reads |= 1 << (c[i] as number);
      exposed |= reads & ~written;
      if (definesA(o)) written |= 1 << (a[i] as number);
    }
    const successors = graph.successors[id] as number[];
    let behind = exit === EXIT.next || exit === EXIT.branch || successors.length > 1 ? 0 : ALL;
    if (isCall(graph, id) || exit === EXIT.switch) behind = ALL;
    for (const s of successors) behind |= s === LEAVES ? ALL : (this.#neededIn[s] as number);
    return exposed | (behind & ~written);
  }

  /** Registers to fetch from their cells where the function goes on behind the sync point at instruction `at`. */
  fetchedAfter(graph: FunctionGraph, id: number, at: number): RegisterSet {
    const { op, a, b, c } = graph.instructions;
    const { end } = graph.node(id);
    let exposed = 0;
    let written = 0;
    for (let i = at + 1; i < end; i++) {
      const o = op[i] as number;
      const uses = usesOf(o);
      let reads = 0;
      if ((uses & 1) !== 0) reads |= 1 << (a[i] as number);
      if ((uses & 2) !== 0) reads |= 1 << (b[i] as number);
      if ((uses & 4) !== 0) reads |= 1 << (c[i] as number);
      if (leavesTheCode(o)) return exposed & this.used;
      exposed |= reads & ~written;
      if (definesA(o)) written |= 1 << (a[i] as number);
    }
    if (!isCall(graph, id)) {
      for (const s of graph.successors[id] as number[]) {
        if (s !== LEAVES) exposed |= (this.liveIn[s] as number) & ~written;
      }
    }
    return exposed & this.used;
  }
}

const isCall = (graph: FunctionGraph, id: number): boolean => {
  const { exit } = graph.node(id);
  return exit === EXIT.call || exit === EXIT.callIndirect;
};
