import type { Width } from '../../core/kind.ts';
import type { Effect } from '../../isa/row.ts';
import { ROWS } from '../../isa/table.ts';
import { definesA, TERM, TERM_ARITIES, type Term, termOf } from '../../isa/term.ts';
import { EXIT_CELL, LEFT_CELL } from '../../memory/linear-layout.ts';
import { type AccessGroup, type AccessShape, accessOf, groupAccesses } from '../graph/accesses.ts';
import { ADDRESS_STEP } from '../graph/discover.ts';
import { LEAVES } from '../graph/flow.ts';
import {
  CALLER_SELECTS,
  EXIT,
  type FastLoop,
  type FunctionGraph,
  type Node,
} from '../graph/function-graph.ts';
import { GasPlan } from '../graph/gas.ts';
import { Intervals } from '../graph/intervals.ts';
import type { Machine } from '../graph/loops/cycle.ts';
import type { SharedAddress } from '../graph/loops/shared-addresses.ts';
import { versionLoops } from '../graph/loops/version.ts';
import { leavesTheCode, type RegisterSet, Registers } from '../graph/registers.ts';
import { emit, NEXT, type Structure, type StructureVisitor, structure } from '../graph/structure.ts';
import { emitPageLookup, emitRangeCheck } from './checks.ts';
import type { FunctionBody, Label } from './encoder/function-body.ts';
import { ANY, I32, I64, LOAD, type LoadOpcode, STORE, type StoreOpcode } from './encoder/opcodes.ts';
import { I32_TYPE, I64_TYPE, type ValueType } from './encoder/types.ts';
import { LEFT, type Left, NO_ADDRESS } from './exits.ts';
import { emitLookup } from './function-table.ts';
import { type EntryValues, emitLowForm, emitPreheader, isPayable, type LoopLocals } from './loops.ts';
import { Pointers } from './pointers.ts';
import { isWorthTable } from './switch-table.ts';
import type { Unit } from './unit.ts';
import { type Operands, Values } from './values.ts';

/** Parameters of every function. */
const DEPTH = 0;
const COUNTER = 1;

/** Instructions that are looked at for a use of a low word. */
const LOOK_AHEAD = 12;
/** Bytes of a register cell. */
const CELL = 8;

const LOADS_32: Readonly<Record<string, LoadOpcode>> = {
  '1s': LOAD.i32S8,
  '1u': LOAD.i32U8,
  '2s': LOAD.i32S16,
  '2u': LOAD.i32U16,
  '4s': LOAD.i32,
  '4u': LOAD.i32,
};
const LOADS_64: Readonly<Record<string, LoadOpcode>> = {
  '1s': LOAD.i64S8,
  '1u': LOAD.i64U8,
  '2s': LOAD.i64S16,
  '2u': LOAD.i64U16,
  '4s': LOAD.i64S32,
  '4u': LOAD.i64U32,
  '8s': LOAD.i64,
  '8u': LOAD.i64,
};

const loadOf = (width: Width, { bytes, signed }: AccessShape): LoadOpcode =>
  (width === 32 ? LOADS_32 : LOADS_64)[`${bytes}${signed ? 's' : 'u'}`] as LoadOpcode;

const storeOf = (bytes: number): StoreOpcode =>
  bytes === 1 ? STORE.i32As8 : bytes === 2 ? STORE.i32As16 : bytes === 4 ? STORE.i32 : STORE.i64;

/**
 * Prints one function graph as a WebAssembly function `(depth, counter) -> (code address, counter)`.
 *
 * Guest registers are locals. A local that may differ from its cell is *dirty*; exits, calls and sync points store
 * the dirty ones. Exits with the same dirty registers share their code: it stands behind the function's body, each in
 * a block of its own around everything, that takes the value for EXIT_CELL.
 */
export class FunctionEmitter implements StructureVisitor, Operands {
  readonly #unit: Unit;
  readonly #graph: FunctionGraph;
  readonly #structure: Structure;
  readonly #f: FunctionBody;
  readonly #registers: Registers;
  readonly #gas: GasPlan;
  readonly #pointers: Pointers;
  readonly #values: Values;
  readonly #type: ValueType;
  /** Ranges of registers, in full quality. */
  readonly #intervals: Intervals | undefined;
  /** The local of each register, or -1; and in 64-bit kinds the 32-bit one that it is in while it is narrow. */
  readonly #locals = new Int32Array(32).fill(-1);
  readonly #narrowLocals = new Int32Array(32).fill(-1);
  /** Registers that are in their narrow locals here: 64-bit ones that are the sign extension of 32 bits. */
  #narrow: RegisterSet = 0;
  /** Wide registers whose low words are in the narrow locals as well. */
  #lowWords: RegisterSet = 0;
  /** Registers that hold what a local has, shifted left by 32: half of a zero extension. */
  readonly #shifted = new Map<number, number>();
  readonly #variables: number[] = [];
  readonly #loops = new Map<FastLoop, LoopLocals>();
  readonly #shared = new Map<SharedAddress, number>();
  /** Registers that are narrow at the end of nodes whose other side is still to come. */
  readonly #ends = new Map<number, RegisterSet>();
  readonly #labels: Label[] = [];
  /** Dirty registers of the exits that share code, and which of them are narrow; their blocks from the inside. */
  readonly #classes: ExitClass[] = [];
  #dirty: RegisterSet = 0;
  /** Registers whose value is known here, and what it is: constants that fit signed 32 bits. */
  #known: RegisterSet = 0;
  readonly #constants = new Int32Array(32);
  /** In an atomic operation: the local with the old value, which is operand `a` there; else -1. */
  #old = -1;
  /** The instruction at hand. */
  #at = 0;
  #id = 0;

  constructor(unit: Unit, graph: FunctionGraph, repaired: Structure, f: FunctionBody) {
    const s = withFastLoops(unit, graph, repaired);
    this.#unit = unit;
    this.#graph = graph;
    this.#structure = s;
    this.#f = f;
    this.#registers = new Registers(graph, s, unit.riscv, unit.exactDeadRegisters);
    this.#gas = new GasPlan(graph, s, unit.pack);
    this.#pointers = new Pointers(
      graph,
      s,
      unit.territory,
      unit.riscv,
      unit.quality === 'full' ? undefined : 0,
    );
    this.#intervals = unit.quality === 'full' ? new Intervals(graph, s, unit.width, unit.riscv) : undefined;
    this.#values = new Values(f, unit.width, this);
    this.#type = unit.width === 32 ? I32_TYPE : I64_TYPE;
  }

  run(): void {
    const f = this.#f;
    const { graph } = { graph: this.#graph };
    f.get(DEPTH);
    f.i32Const(0);
    f.op(I32.ltS);
    const deep = f.if();
    this.#leave(LEFT.block, graph.pc, 0);
    f.end(deep);
    for (let v = 0; v < graph.variables; v++) this.#variables.push(f.local(I32_TYPE));
    if (graph.selectedAtEntry >= 0) {
      f.i32Const(graph.selectedAtEntry);
      f.set(this.#variables[graph.node(graph.entry).variable] as number);
    } else if (graph.selectedAtEntry === CALLER_SELECTS) {
      f.i32Const(0);
      f.load(LOAD.i32, EXIT_CELL);
      f.set(this.#variables[graph.node(graph.entry).variable] as number);
    }
    this.#fetch(this.#registers.liveIn[graph.entry] as number, this.#narrowIn(graph.entry));
    emit(this.#structure, this);
    f.op(ANY.unreachable);
    const value = f.local(I64_TYPE);
    f.surround(I64_TYPE, this.#classes.length, (k) => {
      f.set(value);
      const { dirty, narrow } = this.#classes[k] as ExitClass;
      this.#store(dirty, narrow);
      f.i32Const(0);
      f.get(value);
      f.store(STORE.i64, EXIT_CELL);
      f.i32Const(NO_ADDRESS);
      f.get(COUNTER);
      f.op(ANY.return);
    });
    f.finish();
  }

  // Registers

  #local(register: number): number {
    let local = this.#locals[register] as number;
    if (local < 0) {
      local = this.#f.local(this.#type);
      this.#locals[register] = local;
    }
    return local;
  }

  #narrowLocal(register: number): number {
    let local = this.#narrowLocals[register] as number;
    if (local < 0) {
      local = this.#f.local(I32_TYPE);
      this.#narrowLocals[register] = local;
    }
    return local;
  }

  /** Registers that are in their narrow locals when a node begins. */
  #narrowIn(id: number): RegisterSet {
    return this.#unit.width === 64 && this.#intervals !== undefined ? this.#intervals.narrowIn(id) : 0;
  }

  #fetch(set: RegisterSet, narrow: RegisterSet): void {
    const f = this.#f;
    for (let r = 0; r < 32; r++) {
      if (((set >>> r) & 1) === 0) continue;
      const isNarrow = ((narrow >>> r) & 1) === 1;
      f.i32Const(0);
      f.load(this.#unit.width === 32 || isNarrow ? LOAD.i32 : LOAD.i64, CELL * r);
      f.set(isNarrow ? this.#narrowLocal(r) : this.#local(r));
    }
  }

  #store(set: RegisterSet, narrow: RegisterSet = this.#narrow): void {
    const f = this.#f;
    for (let r = 0; r < 32; r++) {
      if (((set >>> r) & 1) === 0) continue;
      f.i32Const(0);
      this.#push(r, narrow);
      f.store(this.#unit.width === 32 ? STORE.i32 : STORE.i64, CELL * r);
    }
  }

  /** Pushes a register, as wide as registers are. */
  #push(register: number, narrow: RegisterSet = this.#narrow): void {
    const f = this.#f;
    if (((narrow >>> register) & 1) === 0) f.get(this.#local(register));
    else {
      f.get(this.#narrowLocal(register));
      f.op(I64.extendI32S);
    }
  }

  /** Brings registers into the locals in which a node expects them. */
  #convert(to: number): void {
    const wanted = this.#narrowIn(to);
    const change = (this.#narrow ^ wanted) & (this.#registers.liveIn[to] as number);
    if (change === 0) return;
    const f = this.#f;
    for (let r = 0; r < 32; r++) {
      if (((change >>> r) & 1) === 0) continue;
      if (((wanted >>> r) & 1) === 0) {
        this.#push(r);
        f.set(this.#local(r));
      } else if (((this.#lowWords >>> r) & 1) === 0) {
        f.get(this.#local(r));
        f.op(I32.wrapI64);
        f.set(this.#narrowLocal(r));
      }
    }
  }

  #registerOf(operand: number): number {
    const { a, b, c } = this.#graph.instructions;
    return (operand === TERM.a ? a : operand === TERM.b ? b : c)[this.#at] as number;
  }

  #constantOf(register: number): number | undefined {
    if (register === 0 && this.#unit.riscv) return 0;
    if (this.#intervals !== undefined) {
      const constant = this.#intervals.constant(register);
      return constant === undefined || constant !== (constant | 0) ? undefined : constant;
    }
    return ((this.#known >>> register) & 1) === 1 ? this.#constants[register] : undefined;
  }

  wide(operand: number): void {
    if (operand === TERM.a && this.#old >= 0) {
      this.#f.get(this.#old);
      return;
    }
    this.#push(this.#registerOf(operand));
  }

  low(operand: number): void {
    if (operand === TERM.a && this.#old >= 0) {
      this.#f.get(this.#old);
      if (this.#unit.width === 64) this.#f.op(I32.wrapI64);
      return;
    }
    this.#lowOf(this.#registerOf(operand));
  }

  #lowOf(register: number): void {
    const f = this.#f;
    const constant = this.#constantOf(register);
    if (constant !== undefined) {
      f.i32Const(constant);
      return;
    }
    if ((((this.#narrow | this.#lowWords) >>> register) & 1) === 1) {
      f.get(this.#narrowLocal(register));
      return;
    }
    f.get(this.#local(register));
    if (this.#unit.width === 64) f.op(I32.wrapI64);
  }

  isNarrow(operand: number): boolean {
    if (operand > TERM.c) return true;
    if (operand === TERM.a && this.#old >= 0) return false;
    const register = this.#registerOf(operand);
    return ((this.#narrow >>> register) & 1) === 1 || this.#constantOf(register) !== undefined;
  }

  isNatural(operand: number): boolean {
    const constant = this.constant(operand);
    if (constant !== undefined) return constant >= 0;
    return (
      operand <= TERM.c &&
      this.isNarrow(operand) &&
      this.#intervals !== undefined &&
      this.#intervals.low(this.#registerOf(operand)) >= 0
    );
  }

  constant(operand: number): number | undefined {
    const { x, y } = this.#graph.instructions;
    if (operand === TERM.x) return x[this.#at];
    if (operand === TERM.y) return y[this.#at];
    if (operand === TERM.a && this.#old >= 0) return undefined;
    return this.#constantOf(this.#registerOf(operand));
  }

  /** Takes the value on the stack into a register: 32 bits that it is the sign extension of, or the whole of it. */
  #write(register: number, narrow = false): void {
    const bit = 1 << register;
    this.#dirty |= bit;
    this.#known &= ~bit;
    this.#lowWords &= ~bit;
    if (narrow) {
      this.#f.set(this.#narrowLocal(register));
      this.#narrow |= bit;
    } else {
      this.#f.set(this.#local(register));
      this.#narrow &= ~bit;
    }
    const shifted = this.#shifted.get(register);
    if (shifted !== undefined) {
      this.#shifted.delete(register);
      this.#f.release(shifted);
    }
  }

  #writeConstant(register: number, value: number): void {
    if (register === 0 && this.#unit.riscv) return;
    const narrow = this.#unit.width === 64 && this.#intervals !== undefined;
    if (this.#unit.width === 32 || narrow) this.#f.i32Const(value);
    else this.#f.i64ConstNumber(value);
    this.#write(register, narrow);
    this.#known |= 1 << register;
    this.#constants[register] = value;
  }

  // Leaving

  #charge(amount: number): void {
    if (amount === 0) return;
    const f = this.#f;
    f.get(COUNTER);
    f.i64ConstNumber(amount);
    f.op(I64.sub);
    f.set(COUNTER);
  }

  /** Leaves the function; `amount` is what the counter is too high by. */
  #leave(kind: Left, pc: number, amount: number): void {
    const f = this.#f;
    this.#charge(amount);
    const dirty = this.#dirty;
    const narrow = this.#narrow & dirty;
    let k = this.#classes.findIndex((c) => c.dirty === dirty && c.narrow === narrow);
    if (k < 0) k = this.#classes.push({ dirty, narrow }) - 1;
    f.i64Const(pc | 0, kind);
    f.brOutside(k);
  }

  /** Leaves to the interpreter at an instruction of this node, which is paid. */
  #leaveInside(at: number): void {
    const { pc } = this.#graph.instructions;
    const dirty = this.#dirty;
    this.#dirty &= this.#registers.neededAt(this.#graph, this.#id, at);
    this.#leave(LEFT.inside, pc[at] as number, this.#gas.atExit(this.#id, true));
    this.#dirty = dirty;
  }

  /** Returns the code address in a local, having come to a dynamic jump at the last instruction. */
  #returnTo(address: number, at: number): void {
    const f = this.#f;
    this.#store(this.#dirty);
    f.i32Const(0);
    f.i64Const(this.#graph.instructions.pc[at] as number | 0, LEFT.dynamic);
    f.store(STORE.i64, EXIT_CELL);
    f.get(address);
    f.get(COUNTER);
    f.op(ANY.return);
  }

  // Structure

  openBlock(): void {
    this.#labels.push(this.#f.block());
  }

  openLoop(): void {
    this.#labels.push(this.#f.loop());
  }

  close(): void {
    this.#f.end(this.#labels.pop() as Label);
  }

  openIf(id: number): void {
    this.#ends.set(id, this.#narrow);
    this.#condition(id);
    this.#labels.push(this.#f.if());
    this.#edge(id, 0);
  }

  otherwise(id: number): void {
    this.#f.else(this.#labels.at(-1) as Label);
    this.#narrow = this.#ends.get(id) as number;
    this.#lowWords = 0;
    this.#dirty = this.#registers.dirtyOut[id] as number;
    this.#edge(id, 1);
  }

  #label(way: number): Label {
    return this.#labels[this.#labels.length - 1 - way] as Label;
  }

  /** Pushes whether the node goes on to successor 0, or whether it does not. */
  #condition(id: number, inverse = false): void {
    const f = this.#f;
    const node = this.#graph.node(id);
    switch (node.exit) {
      case EXIT.preheader: {
        const loop = node.fast as FastLoop;
        const counter = { local: COUNTER, behind: this.#gas.untested(loop.behind) };
        emitPreheader(f, this.#unit, loop, this.#entryValues, this.#localsOf(loop), counter);
        break;
      }
      case EXIT.countdown:
        f.get(this.#variables[node.variable] as number);
        f.i32Const(1);
        f.op(I32.sub);
        f.tee(this.#variables[node.variable] as number);
        break;
      case EXIT.guard:
        f.get(this.#variables[node.variable] as number);
        break;
      default: {
        this.#at = node.end - 1;
        const term = termOf(this.#graph.instructions.op[this.#at] as number) as Term;
        if (inverse) this.#values.conditionNot(term);
        else this.#values.condition(term);
        return;
      }
    }
    if (inverse) f.op(I32.eqz);
  }

  readonly #entryValues: EntryValues = {
    low: (register) => this.#lowOf(register),
    wide: (register) => this.#push(register),
    isWord: (register) => ((this.#narrow >>> register) & 1) === 1,
  };

  #localsOf(loop: FastLoop): LoopLocals {
    let locals = this.#loops.get(loop);
    if (locals === undefined) {
      locals = {
        iterations: this.#variables[loop.iterations] as number,
        rest: loop.rest < 0 ? -1 : (this.#variables[loop.rest] as number),
        ends: loop.ends < 0 ? -1 : (this.#variables[loop.ends] as number),
        slots: loop.plan.cycle.slots.map(({ bytes }) => this.#f.local(bytes === 4 ? I32_TYPE : I64_TYPE)),
      };
      this.#loops.set(loop, locals);
    }
    return locals;
  }

  /** Whether anything happens on the edge to successor `k` besides the jump. */
  #hasEdge(id: number, k: number): boolean {
    const to = (this.#graph.successors[id] as number[])[k] as number;
    if (to === LEAVES) return true;
    return this.#gas.onEdge(id, to) !== 0 || this.#graph.selection(id, k) >= 0 || this.#converts(to);
  }

  #converts(to: number): boolean {
    return ((this.#narrow ^ this.#narrowIn(to)) & (this.#registers.liveIn[to] as number)) !== 0;
  }

  /** What happens on the edge to successor `k`. */
  #edge(id: number, k: number, flushed = false): void {
    const to = (this.#graph.successors[id] as number[])[k] as number;
    if (to === LEAVES) {
      this.#leave(
        LEFT.block,
        this.#graph.node(id).leavesTo[k] as number,
        flushed ? 0 : this.#gas.atExit(id, true),
      );
      return;
    }
    this.#charge(flushed ? -(this.#gas.potential[to] as number) : this.#gas.onEdge(id, to));
    this.#convert(to);
    const selected = this.#graph.selection(id, k);
    if (selected >= 0) {
      this.#f.i32Const(selected);
      this.#f.set(this.#variables[this.#graph.node(to).variable] as number);
    }
  }

  /** The edge and, unless the successor comes next, the jump. */
  #go(id: number, k: number, way: number, flushed = false): void {
    this.#edge(id, k, flushed);
    if (way >= 0) this.#f.br(this.#label(way));
  }

  node(id: number): void {
    const f = this.#f;
    const graph = this.#graph;
    const node = graph.node(id);
    this.#id = id;
    this.#dirty = this.#registers.dirtyIn[id] as number;
    this.#known = 0;
    this.#lowWords = 0;
    this.#narrow = this.#narrowIn(id);
    this.#intervals?.begin(id);
    this.#pointers.begin(id);
    if (this.#gas.tested[id] === 1 && node.exit !== EXIT.unentered) {
      f.get(COUNTER);
      f.i64ConstNumber(this.#gas.need[id] as number);
      f.op(I64.ltS);
      const short = f.if();
      const dirty = this.#dirty;
      this.#dirty &= this.#registers.neededAt(graph, id, node.first);
      this.#leave(node.paid ? LEFT.inside : LEFT.short, node.pc, 0);
      this.#dirty = dirty;
      f.end(short);
    }
    for (const shared of node.sharedAddresses) this.#share(shared, node.fast as FastLoop);
    const groups = node.fast === undefined ? groupAccesses(graph, id) : NO_GROUPS;
    const offsets: Offsets = new Map();
    const end = hasTerminator(node, graph) ? node.end - 1 : node.end;
    for (let i = node.first; i < end; i++) {
      this.#instruction(i, groups, offsets, end);
      this.#intervals?.step(i);
      this.#pointers.step(i);
    }
    for (const local of offsets.values()) f.release(local);
    for (const local of this.#shifted.values()) f.release(local);
    this.#shifted.clear();
  }

  exit(id: number, ways: readonly number[]): void {
    const node = this.#graph.node(id);
    this.#id = id;
    this.#at = node.end - 1;
    switch (node.exit) {
      case EXIT.next:
        if (hasTerminator(node, this.#graph)) this.#link(this.#at);
        this.#go(id, 0, ways[0] as number);
        return;
      case EXIT.branch:
      case EXIT.preheader:
      case EXIT.countdown:
      case EXIT.guard:
        this.#branch(id, ways);
        return;
      case EXIT.call:
        this.#call(id, node, ways[0] as number);
        return;
      case EXIT.switch:
        this.#switch(id, node, ways);
        return;
      case EXIT.callIndirect:
        this.#callIndirect(id, node, ways[0] as number);
        return;
      case EXIT.dynamic: {
        const address = this.#target(this.#at);
        this.#link(this.#at);
        this.#charge(this.#gas.atExit(id, true));
        this.#returnTo(address, this.#at);
        return;
      }
      case EXIT.interpret:
        this.#leaveInside(this.#at);
        return;
      case EXIT.unentered:
        this.#leave(LEFT.block, node.pc, this.#gas.atExit(id, false));
        return;
      case EXIT.dispatch: {
        const f = this.#f;
        this.#charge(this.#gas.atExit(id, true));
        f.get(this.#variables[node.variable] as number);
        this.#table(
          id,
          ways,
          ways.map((_, k) => k),
          undefined,
        );
      }
    }
  }

  #branch(id: number, ways: readonly number[]): void {
    const f = this.#f;
    const [taken, next] = ways as [number, number];
    if (taken === NEXT && next === NEXT) {
      this.#joinedBranch(id);
      return;
    }
    // The side that does not come next is the one that jumps.
    const far = taken === NEXT ? 1 : 0;
    const way = ways[far] as number;
    this.#condition(id, far === 1);
    if (way >= 0 && !this.#hasEdge(id, far)) f.brIf(this.#label(way));
    else {
      const side = f.if();
      this.#edge(id, far);
      if (way >= 0) f.br(this.#label(way));
      f.end(side);
    }
    this.#go(id, 1 - far, ways[1 - far] as number);
  }

  /** Both sides lead to the node that comes next, which may be a dispatch node. */
  #joinedBranch(id: number): void {
    const f = this.#f;
    if (this.#graph.selection(id, 0) === this.#graph.selection(id, 1)) {
      this.#edge(id, 0);
      return;
    }
    this.#condition(id);
    const side = f.if();
    this.#edge(id, 0);
    f.else(side);
    this.#edge(id, 1);
    f.end(side);
  }

  /** Writes the link register of a jump, if it has one. */
  #link(at: number): void {
    const { op, a, x, pc, length } = this.#graph.instructions;
    const effect = ROWS[op[at] as number]?.effect as Effect;
    if ((effect.kind !== 'jump' && effect.kind !== 'jump-indirect') || effect.link === undefined) return;
    const value = effect.link === 'x' ? (x[at] as number) : (pc[at] as number) + (length[at] as number);
    if (this.#unit.width === 64 && effect.link === 'return' && value > 0x7fffffff) {
      this.#f.i64ConstNumber(value);
      this.#write(a[at] as number);
    } else this.#writeConstant(a[at] as number, value | 0);
  }

  /** The code address that a dynamic jump goes to, in a local. */
  #target(at: number): number {
    const f = this.#f;
    const { op, a, b, x, y } = this.#graph.instructions;
    const effect = ROWS[op[at] as number]?.effect as Effect & { kind: 'jump-indirect' };
    const offset = (effect.offset === 'x' ? x[at] : y[at]) as number;
    this.#lowOf((effect.base === 'a' ? a[at] : b[at]) as number);
    if (offset !== 0) {
      f.i32Const(offset);
      f.op(I32.add);
    }
    const address = f.local(I32_TYPE);
    f.set(address);
    return address;
  }

  #call(id: number, node: Node, way: number): void {
    const f = this.#f;
    this.#link(this.#at);
    this.#beforeCall(id);
    const callee = this.#unit.functionAt(node.callee);
    if (callee === undefined) {
      this.#leave(LEFT.block, node.callee, 0);
      return;
    }
    this.#arguments();
    this.#unit.emitCall(f, callee);
    this.#afterCall(id, node, way);
  }

  /** A call of the function whose code address is found in the table of functions, or a dynamic jump like others. */
  #callIndirect(id: number, node: Node, way: number): void {
    const f = this.#f;
    const table = this.#unit.territory.layout.tierStart;
    const address = this.#target(this.#at);
    this.#link(this.#at);
    this.#beforeCall(id);
    const entry = f.local(I32_TYPE);
    emitLookup(f, table, address, entry);
    const unknown = f.if();
    this.#returnTo(address, this.#at);
    f.end(unknown);
    this.#arguments();
    f.get(entry);
    f.load(LOAD.i32, table + 4);
    f.callIndirect(this.#unit.type);
    f.release(entry);
    f.release(address);
    this.#afterCall(id, node, way);
  }

  #beforeCall(id: number): void {
    this.#store(this.#dirty);
    this.#dirty = 0;
    this.#charge(this.#gas.atExit(id, true));
  }

  #arguments(): void {
    const f = this.#f;
    f.get(DEPTH);
    f.i32Const(1);
    f.op(I32.sub);
    f.get(COUNTER);
  }

  /**
   * What a call gave is on the stack: goes on at its successor. When the callee did not return to there, it may have
   * ended in a jump to another function, which is called then; else this one returns as well.
   */
  #afterCall(id: number, node: Node, way: number): void {
    const f = this.#f;
    const address = f.local(I32_TYPE);
    f.set(COUNTER);
    f.tee(address);
    f.i32Const(node.returnAddress | 0);
    f.op(I32.ne);
    const elsewhere = f.if();
    this.#arguments();
    f.get(address);
    f.i32Const(node.returnAddress | 0);
    f.call(this.#unit.follow());
    f.set(COUNTER);
    f.tee(address);
    f.i32Const(node.returnAddress | 0);
    f.op(I32.ne);
    const gone = f.if();
    f.get(address);
    f.get(COUNTER);
    f.op(ANY.return);
    f.end(gone);
    f.end(elsewhere);
    f.release(address);
    const to = (this.#graph.successors[id] as number[])[0] as number;
    if (to !== LEAVES) {
      this.#narrow = this.#narrowIn(to);
      this.#fetch(this.#registers.liveIn[to] as number, this.#narrow);
    }
    this.#go(id, 0, way, true);
  }

  #switch(id: number, node: Node, ways: readonly number[]): void {
    const f = this.#f;
    const address = this.#target(this.#at);
    this.#charge(this.#gas.atExit(id, true));
    const first = node.cases[0] as number;
    const entries = ((node.cases.at(-1) as number) - first) / ADDRESS_STEP + 1;
    const successorOf: number[] = new Array(entries).fill(-1);
    for (const [k, value] of node.cases.entries()) successorOf[(value - first) / ADDRESS_STEP] = k;
    const table = isWorthTable(entries, ways.length)
      ? this.#unit.addTable(Uint8Array.from(successorOf, (k) => (k < 0 ? ways.length : k)))
      : undefined;
    const other = f.block();
    f.get(address);
    f.i32Const(first | 0);
    f.op(I32.sub);
    // An odd address becomes a large index.
    f.i32Const(1);
    f.op(I32.rotr);
    if (table === undefined) this.#table(id, ways, successorOf, other);
    else {
      const index = f.local(I32_TYPE);
      f.tee(index);
      f.i32Const(entries);
      f.op(I32.geU);
      f.brIf(other);
      f.get(index);
      f.load(LOAD.i32U8, table);
      f.release(index);
      this.#table(
        id,
        ways,
        ways.map((_, k) => k),
        other,
      );
    }
    f.end(other);
    this.#returnTo(address, this.#at);
  }

  /**
   * Jumps to successor `entries[i]`, i being the number on the stack; -1 and numbers too large go to `other`, or to
   * the last entry where there is no other.
   */
  #table(id: number, ways: readonly number[], entries: readonly number[], other: Label | undefined): void {
    const f = this.#f;
    const index = f.local(I32_TYPE);
    f.set(index);
    // Edges on which something happens get a label of their own right here.
    const own = new Map<number, Label>();
    for (let k = 0; k < ways.length; k++) {
      const to = (this.#graph.successors[id] as number[])[k] as number;
      if (to === LEAVES || this.#graph.selection(id, k) >= 0 || this.#converts(to)) own.set(k, f.block());
    }
    const labelOf = (k: number): Label => own.get(k) ?? this.#label(ways[k] as number);
    const labels = entries.map((k) => (k < 0 ? (other as Label) : labelOf(k)));
    f.get(index);
    f.release(index);
    f.brTable(labels, other ?? (labels.at(-1) as Label));
    for (const [k, label] of [...own].reverse()) {
      f.end(label);
      this.#go(id, k, ways[k] as number, true);
    }
  }

  // Instructions

  #instruction(i: number, groups: ReadonlyMap<number, AccessGroup>, offsets: Offsets, end: number): void {
    this.#at = i;
    const { op, a, b } = this.#graph.instructions;
    const o = op[i] as number;
    const group = groups.get(i);
    if (group !== undefined) {
      this.#access(i, group, offsets);
      return;
    }
    if (groups === NO_GROUPS && accessOf(o) !== undefined) {
      this.#fastAccess(i, accessOf(o) as AccessShape);
      return;
    }
    if (leavesTheCode(o)) {
      this.#sync(i);
      return;
    }
    const effect = ROWS[o]?.effect;
    if (effect?.kind === 'atomic') {
      this.#atomic(i, effect.size);
      return;
    }
    const term = termOf(o);
    if (term === undefined) return;
    const register = a[i] as number;
    if (register === 0 && this.#unit.riscv) return;
    // A move to itself is how some compilers write nothing.
    if (term.op === TERM.b && register === b[i]) return;
    const constant = this.#values.constantOf(term);
    if (constant !== undefined) {
      this.#writeConstant(register, constant);
      return;
    }
    if (this.#unit.width === 64 && this.#intervals !== undefined) this.#value64(i, register, term, end);
    else {
      this.#values.wide(term);
      this.#write(register);
    }
  }

  /** A value in full quality: in 32 bits where it fits, else with its low word beside it where that is wanted. */
  #value64(i: number, register: number, term: Term, end: number): void {
    const f = this.#f;
    const intervals = this.#intervals as Intervals;
    intervals.rangeOf(term, i);
    const narrow = intervals.termLow >= -0x80000000 && intervals.termHigh <= 0x7fffffff;
    const distance =
      term.op === TERM.shl || term.op === TERM.shr ? this.#values.constantOf(term.q) : undefined;
    // slli by 32 and srli, in whatever order among others, are how RV64 without Zba extends 32 bits by zeros.
    const shifted =
      term.op === TERM.shr && term.p.op <= TERM.c
        ? this.#shifted.get(this.#registerOf(term.p.op))
        : undefined;
    if (shifted !== undefined && distance !== undefined && (distance & 63) <= 32) {
      const up = 32 - (distance & 63);
      const low = (): void => {
        f.get(shifted);
        if (up === 0) return;
        f.i32Const(up);
        f.op(I32.shl);
      };
      if (narrow && up < 32) {
        low();
        this.#write(register, true);
        return;
      }
      if (up < 32) {
        const wanted = this.#wantsLow(i, register, end);
        if (wanted) {
          low();
          f.set(this.#narrowLocal(register));
        }
        f.get(shifted);
        f.op(I64.extendI32U);
        if (up !== 0) {
          f.i64ConstNumber(up);
          f.op(I64.shl);
        }
        this.#write(register);
        if (wanted) this.#lowWords |= 1 << register;
        return;
      }
    }
    if (narrow) {
      this.#values.low(term);
      this.#write(register, true);
      return;
    }
    let half = -1;
    if (term.op === TERM.shl && distance === 32) {
      half = f.local(I32_TYPE);
      this.#values.low(term.p);
      f.set(half);
    }
    const wanted = this.#values.hasCheapLow(term) && this.#wantsLow(i, register, end);
    let low = -1;
    if (wanted) {
      low = f.local(I32_TYPE);
      this.#values.low(term);
      f.set(low);
    }
    this.#values.wide(term);
    this.#write(register);
    if (wanted) {
      f.get(low);
      f.set(this.#narrowLocal(register));
      f.release(low);
      this.#lowWords |= 1 << register;
    }
    if (half >= 0) this.#shifted.set(register, half);
  }

  /** Whether an instruction soon behind `i` takes only the low word of what `i` writes to a register. */
  #wantsLow(i: number, register: number, end: number): boolean {
    const { op, a, b, c } = this.#graph.instructions;
    const last = Math.min(end, i + LOOK_AHEAD);
    for (let k = i + 1; k < last; k++) {
      const o = op[k] as number;
      const shape = accessOf(o);
      if (shape !== undefined) {
        if ((shape.base === 'a' ? a[k] : b[k]) === register && shape.base !== undefined) return true;
        if (shape.store && shape.value === 'a' && shape.bytes < 8 && a[k] === register) return true;
      } else {
        const term = termOf(o);
        if (
          term !== undefined &&
          this.#values.takesLowWords(term) &&
          (b[k] === register || (c[k] === register && mentionsC(term)))
        ) {
          return true;
        }
      }
      if (definesA(o) && a[k] === register) return false;
    }
    return false;
  }

  /** A load or store. */
  #access(i: number, group: AccessGroup, offsets: Offsets): void {
    const f = this.#f;
    const unit = this.#unit;
    const { op, a, x } = this.#graph.instructions;
    const shape = accessOf(op[i] as number) as AccessShape;
    const displacement = x[i] as number;
    const constant = group.base < 0 ? 0 : this.#constantOf(group.base);
    const register = a[i] as number;
    const ignored = !shape.store && register === 0 && unit.riscv;
    let offset = 0;
    if (constant !== undefined && !unit.paged) {
      const start = (constant + displacement + unit.territory.delta) >>> 0;
      if (unit.isolated || unit.territory.isFixed(start, shape.bytes, shape.store)) {
        if (ignored) return;
        f.i32Const(0);
        offset = start;
      } else {
        const local = f.local(I32_TYPE);
        f.i32Const(start | 0);
        f.set(local);
        emitRangeCheck(f, local, shape.bytes, shape.store, [], () => this.#leaveInside(i));
        if (!ignored) f.get(local);
        f.release(local);
        if (ignored) return;
      }
    } else if (unit.paged) {
      const local = f.local(I32_TYPE);
      this.#addressOf(group.base, displacement);
      f.set(local);
      emitPageLookup(f, local, shape.bytes, shape.store, () => this.#leaveInside(i));
      if (!ignored) f.get(local);
      f.release(local);
      if (ignored) return;
    } else if (unit.isolated) {
      if (ignored) return;
      this.#addressOf(group.base, (displacement + unit.territory.delta) | 0);
    } else {
      if (group.at === i) {
        const local = f.local(I32_TYPE);
        this.#addressOf(group.base, (group.low + unit.territory.delta) | 0);
        f.set(local);
        offsets.set(group, local);
        if (!this.#isBounded(group)) {
          const ranges = this.#pointers.rangesFor(group.base);
          emitRangeCheck(f, local, group.high - group.low, group.writes, ranges, () => this.#leaveInside(i));
        }
      }
      if (ignored) return;
      f.get(offsets.get(group) as number);
      offset = displacement - group.low;
    }
    this.#transfer(i, shape, offset);
  }

  /** The load or store itself, the address being on the stack. */
  #transfer(i: number, shape: AccessShape, offset: number): void {
    const f = this.#f;
    const { width } = this.#unit;
    if (shape.store) {
      this.#storedValue(i, shape);
      f.store(storeOf(shape.bytes), offset, 0);
    } else {
      const narrow = this.#loadsNarrow(shape);
      f.load(loadOf(narrow ? 32 : width, shape), offset, 0);
      this.#write(this.#graph.instructions.a[i] as number, narrow);
    }
  }

  /** Pushes what a store writes: 64 bits for 8 bytes, else 32. */
  #storedValue(i: number, { bytes, value: source }: AccessShape): void {
    const f = this.#f;
    const { a, y } = this.#graph.instructions;
    const register = a[i] as number;
    if (source === 'y') {
      const value = y[i] as number;
      if (bytes === 8) f.i64ConstNumber(value);
      else f.i32Const(value);
    } else if (register === 0 && this.#unit.riscv) {
      if (bytes === 8) f.i64ConstNumber(0);
      else f.i32Const(0);
    } else if (bytes === 8) {
      const value = this.#constantOf(register);
      if (value === undefined) this.#push(register);
      else f.i64ConstNumber(value);
    } else this.#lowOf(register);
  }

  /** What is loaded is narrow unless it fills the register, or its 32 bits are extended by zeros. */
  #loadsNarrow({ bytes, signed }: AccessShape): boolean {
    return this.#intervals !== undefined && this.#unit.width === 64 && bytes < 8 && (bytes < 4 || signed);
  }

  /** An access of which the preheader has found that it is allowed, perhaps to a stack slot that is a local there. */
  #fastAccess(i: number, shape: AccessShape): void {
    const unit = this.#unit;
    const { a, b, x } = this.#graph.instructions;
    const { fast, last, places } = this.#graph.node(this.#id);
    const register = a[i] as number;
    if (!shape.store && register === 0 && unit.riscv) return;
    const { delta, lowest, stackPointer } = unit.territory;
    const base = shape.base === undefined ? -1 : ((shape.base === 'a' ? a[i] : b[i]) as number);
    const displacement = x[i] as number;
    if (base === stackPointer && fast !== undefined) {
      const k = fast.plan.cycle.slots.findIndex(({ offset }) => offset === displacement);
      if (k >= 0) {
        this.#slotAccess(i, shape, this.#localsOf(fast).slots[k] as number);
        if (!shape.store || !last) return;
      }
    }
    const place = places?.get(i);
    if (place !== undefined) {
      this.#f.get(this.#shared.get(place.shared) as number);
      this.#transfer(i, shape, place.offset);
      return;
    }
    const offset = (displacement + delta) >>> 0;
    // No allowed address is less than this offset, so base and offset do not wrap around in their sum.
    const apart = !unit.isolated && offset <= lowest;
    this.#addressOf(base, apart ? 0 : offset | 0);
    this.#transfer(i, shape, apart ? offset : 0);
  }

  /** Takes an address that accesses of a fast loop share into a local, as an offset in linear memory. */
  #share(shared: SharedAddress, loop: FastLoop): void {
    const f = this.#f;
    let local = this.#shared.get(shared);
    if (local === undefined) {
      local = f.local(I32_TYPE);
      this.#shared.set(shared, local);
    }
    const { form } = shared;
    const constant = (form.constant + this.#unit.territory.delta) | 0;
    emitLowForm(f, { ...form, constant }, loop, this.#entryValues, this.#localsOf(loop));
    f.set(local);
  }

  #slotAccess(i: number, shape: AccessShape, slot: number): void {
    const f = this.#f;
    if (shape.store) {
      this.#storedValue(i, shape);
      f.set(slot);
      return;
    }
    f.get(slot);
    const narrow = this.#loadsNarrow(shape);
    if (this.#unit.width === 64 && shape.bytes === 4 && !narrow) {
      f.op(shape.signed ? I64.extendI32S : I64.extendI32U);
    }
    this.#write(this.#graph.instructions.a[i] as number, narrow);
  }

  /** Whether all addresses that a group may touch are known to be allowed: a small index into a fixed array, say. */
  #isBounded({ base, low, high, writes }: AccessGroup): boolean {
    const bounds = this.#intervals?.addressBounds(base, low, high);
    if (bounds === undefined) return false;
    const { territory } = this.#unit;
    const start = (bounds.low + territory.delta) >>> 0;
    return territory.isFixed(start, bounds.high - bounds.low, writes);
  }

  /** `a` = old memory[b]; memory[b] = the term's value of the old one (as `a`) and `c`. */
  #atomic(i: number, size: 4 | 8): void {
    const f = this.#f;
    const unit = this.#unit;
    const { op, a, b } = this.#graph.instructions;
    const base = b[i] as number;
    const register = a[i] as number;
    const offset = f.local(I32_TYPE);
    const leave = (): void => this.#leaveInside(i);
    // Misaligned addresses trap, which the interpreter does.
    this.#lowOf(base);
    f.i32Const(size - 1);
    f.op(I32.and);
    const misaligned = f.if();
    leave();
    f.end(misaligned);
    this.#addressOf(base, unit.paged ? 0 : unit.territory.delta);
    f.set(offset);
    if (unit.paged) emitPageLookup(f, offset, size, true, leave);
    else if (!unit.isolated) {
      emitRangeCheck(f, offset, size, true, this.#pointers.rangesFor(base), leave);
    }
    const old = f.local(this.#type);
    f.get(offset);
    f.load(unit.width === 32 ? LOAD.i32 : size === 4 ? LOAD.i64S32 : LOAD.i64, 0, 0);
    f.set(old);
    f.get(offset);
    this.#old = old;
    const term = termOf(op[i] as number) as Term;
    if (size === 4) this.#values.low(term);
    else this.#values.wide(term);
    this.#old = -1;
    f.store(size === 4 ? STORE.i32 : STORE.i64, 0, 0);
    if (!(register === 0 && unit.riscv)) {
      f.get(old);
      this.#write(register);
    }
    f.release(offset);
    f.release(old);
  }

  /** Pushes a register's low 32 bits and a displacement, added. */
  #addressOf(base: number, displacement: number): void {
    const f = this.#f;
    if (base < 0) {
      f.i32Const(displacement);
      return;
    }
    this.#lowOf(base);
    if (displacement === 0) return;
    f.i32Const(displacement);
    f.op(I32.add);
  }

  /** An operation that the host or the interpreter does; the function goes on behind it if it may. */
  #sync(i: number): void {
    const f = this.#f;
    const unit = this.#unit;
    this.#store(this.#dirty);
    this.#dirty = 0;
    this.#known = 0;
    this.#lowWords = 0;
    const ahead = this.#gas.atExit(this.#id, true);
    f.i32Const(0);
    f.get(COUNTER);
    if (ahead !== 0) {
      f.i64ConstNumber(ahead);
      f.op(I64.sub);
    }
    f.store(STORE.i64, LEFT_CELL);
    f.i32Const(unit.siteOf(this.#graph, i, this.#gas.behind(this.#id)));
    f.call(unit.servant);
    const stays = f.if();
    f.i32Const(NO_ADDRESS);
    f.get(COUNTER);
    f.op(ANY.return);
    f.end(stays);
    f.i32Const(0);
    f.load(LOAD.i64, LEFT_CELL);
    if (ahead !== 0) {
      f.i64ConstNumber(ahead);
      f.op(I64.add);
    }
    f.set(COUNTER);
    this.#narrow = 0;
    this.#fetch(this.#registers.fetchedAfter(this.#graph, this.#id, i), 0);
  }
}

interface ExitClass {
  readonly dirty: RegisterSet;
  readonly narrow: RegisterSet;
}

const mentionsC = (t: Term): boolean =>
  t.op === TERM.c ||
  ((TERM_ARITIES[t.op] as number) > 0 && mentionsC(t.p)) ||
  ((TERM_ARITIES[t.op] as number) > 1 && mentionsC(t.q));

/** Nodes of fast loops, whose accesses are all allowed. */
const NO_GROUPS: ReadonlyMap<number, AccessGroup> = new Map();

/** Gives loops of a function their fast versions, in full quality. With dynamic paging no range of addresses lasts. */
const withFastLoops = (unit: Unit, graph: FunctionGraph, repaired: Structure): Structure => {
  if (unit.quality !== 'full' || unit.paged) return repaired;
  const machine: Machine = {
    width: unit.width,
    zeroRegister: unit.riscv,
    stackPointer: unit.territory.stackPointer,
  };
  const changed = versionLoops(graph, repaired, machine, (cost, count) => isPayable(unit, cost, count));
  return changed ? structure(graph) : repaired;
};

/** Locals with the offset of each group's first byte. */
type Offsets = Map<AccessGroup, number>;

/** Whether the last instruction of a node is its exit, rather than one like the others. */
const hasTerminator = (node: Node, graph: FunctionGraph): boolean => {
  if (node.first === node.end || node.fast !== undefined) return false;
  if (node.exit !== EXIT.next) return true;
  const kind = ROWS[graph.instructions.op[node.end - 1] as number]?.effect.kind;
  return kind === 'jump' || kind === 'fallthrough';
};
