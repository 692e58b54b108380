import { ROWS } from '../../isa/table.ts';
import { type Term, termOf } from '../../isa/term.ts';
import { EXIT_CELL, LEFT_CELL } from '../../memory/linear-layout.ts';
import { type AccessGroup, accessOf, groupAccesses } from '../graph/accesses.ts';
import { EXIT, type FastLoop, type FunctionGraph, type Node } from '../graph/function-graph.ts';
import type { GasPlan } from '../graph/gas.ts';
import { leavesTheCode, type RegisterSet, type Registers } from '../graph/registers.ts';
import { emit, NEXT, type Structure, type StructureVisitor } from '../graph/structure.ts';
import { AccessCode, type Offsets } from './access-code.ts';
import { AssignmentCode } from './assignment-code.ts';
import { CallCode } from './call-code.ts';
import { Edges } from './edges.ts';
import type { FunctionBody } from './encoder/function-body.ts';
import { ANY, I32, I64, LOAD, STORE } from './encoder/opcodes.ts';
import { I32_TYPE } from './encoder/types.ts';
import { ExitStubs } from './exit-stubs.ts';
import { LEFT, NO_ADDRESS } from './exits.ts';
import { FastLoopCode } from './fast-loop-code.ts';
import { COUNTER, DEPTH, FunctionContext } from './function-context.ts';
import { RegisterLocals } from './register-locals.ts';
import { SwitchCode } from './switch-code.ts';
import type { Unit } from './unit.ts';
import { Values } from './values.ts';

/**
 * Guest instructions of a function for which one frame is counted. V8's second compiler gives large functions large
 * frames: 1,313 instructions (a Lisp evaluator, relinked) took almost 4 KB, where 1.2 KB are to be had per frame.
 */
const INSTRUCTIONS_PER_FRAME = 256;

/**
 * Prints one function graph as a WebAssembly function `(depth, counter) -> (code address, counter)`: follows its
 * structure, and leaves to the parts that it is made of what stands in between.
 */
export class FunctionEmitter implements StructureVisitor {
  readonly #context: FunctionContext;
  readonly #unit: Unit;
  readonly #graph: FunctionGraph;
  readonly #f: FunctionBody;
  readonly #registers: Registers;
  readonly #gas: GasPlan;
  readonly #locals: RegisterLocals;
  readonly #values: Values;
  readonly #exits: ExitStubs;
  readonly #edges: Edges;
  readonly #calls: CallCode;
  readonly #switches: SwitchCode;
  readonly #accesses: AccessCode;
  readonly #fastLoops: FastLoopCode;
  readonly #assignments: AssignmentCode;
  /** Registers that are narrow at the end of nodes whose other side is still to come. */
  readonly #ends = new Map<number, RegisterSet>();

  constructor(unit: Unit, graph: FunctionGraph, repaired: Structure, f: FunctionBody) {
    const context = new FunctionContext(unit, graph, repaired, f);
    const locals = new RegisterLocals(context);
    const values = new Values(f, unit.width, locals);
    const exits = new ExitStubs(context, locals);
    const edges = new Edges(context, locals, exits);
    this.#context = context;
    this.#unit = unit;
    this.#graph = graph;
    this.#f = f;
    this.#registers = context.registers;
    this.#gas = context.gas;
    this.#locals = locals;
    this.#values = values;
    this.#exits = exits;
    this.#edges = edges;
    this.#calls = new CallCode(context, locals, exits, edges);
    this.#switches = new SwitchCode(context, locals, exits, edges, this.#calls);
    this.#accesses = new AccessCode(context, locals, exits, values);
    this.#fastLoops = new FastLoopCode(context, locals, this.#accesses);
    this.#assignments = new AssignmentCode(context, locals, values);
  }

  /** Emits the whole function. To be called once. */
  run(): void {
    const f = this.#f;
    const graph = this.#graph;
    f.get(DEPTH);
    f.i32Const(0);
    f.op(I32.ltS);
    const deep = f.if();
    this.#exits.leave(LEFT.block, graph.pc, 0);
    f.end(deep);
    this.#countFrame();
    for (let v = 0; v < graph.variables; v++) this.#context.variables.push(f.local(I32_TYPE));
    if (graph.callerSelects) {
      f.i32Const(0);
      f.load(LOAD.i32, EXIT_CELL);
      f.set(this.#context.variables[graph.node(graph.entry).variable] as number);
    }
    this.#locals.fetch(this.#registers.liveIn[graph.entry] as number, this.#locals.narrowIn(graph.entry));
    emit(this.#context.structure, this);
    f.op(ANY.unreachable);
    this.#exits.surround();
    f.finish();
  }

  /** A large frame counts as several, behind the test: whoever gets here goes on, and so does the guest. */
  #countFrame(): void {
    const more = Math.floor(this.#graph.instructions.count / INSTRUCTIONS_PER_FRAME);
    if (more === 0) return;
    const f = this.#f;
    f.get(DEPTH);
    f.i32Const(more);
    f.op(I32.sub);
    f.set(DEPTH);
  }

  openBlock(): void {
    this.#edges.open(this.#f.block());
  }

  openLoop(): void {
    this.#edges.open(this.#f.loop());
  }

  close(): void {
    this.#edges.close();
  }

  openIf(id: number): void {
    this.#ends.set(id, this.#locals.narrow);
    this.#condition(id);
    this.#edges.open(this.#f.if());
    this.#edges.edge(id, 0);
  }

  otherwise(id: number): void {
    this.#edges.else();
    this.#locals.narrow = this.#ends.get(id) as number;
    this.#locals.lowWords = 0;
    this.#locals.dirty = this.#registers.dirtyOut[id] as number;
    this.#edges.edge(id, 1);
  }

  /** Pushes whether the node goes on to successor 0, or whether it does not. */
  #condition(id: number, inverse = false): void {
    const f = this.#f;
    const node = this.#graph.node(id);
    switch (node.exit) {
      case EXIT.preheader:
        this.#fastLoops.preheader(node.fast as FastLoop);
        break;
      case EXIT.countdown:
        f.get(this.#context.variables[node.variable] as number);
        f.i32Const(1);
        f.op(I32.sub);
        f.tee(this.#context.variables[node.variable] as number);
        break;
      case EXIT.guard:
        f.get(this.#context.variables[node.variable] as number);
        break;
      default: {
        this.#context.at = node.end - 1;
        const term = termOf(this.#graph.instructions.op[this.#context.at] as number) as Term;
        if (inverse) this.#values.conditionNot(term);
        else this.#values.condition(term);
        return;
      }
    }
    if (inverse) f.op(I32.eqz);
  }

  node(id: number): void {
    const f = this.#f;
    const graph = this.#graph;
    const node = graph.node(id);
    this.#context.id = id;
    this.#locals.begin(id);
    this.#context.intervals?.begin(id);
    this.#context.pointers.begin(id);
    if (this.#gas.tested[id] === 1 && node.exit !== EXIT.unentered) {
      f.get(COUNTER);
      f.i64ConstNumber(this.#gas.need[id] as number);
      f.op(I64.ltS);
      const short = f.if();
      const dirty = this.#locals.dirty;
      this.#locals.dirty &= this.#registers.neededAt(graph, id, node.first);
      this.#exits.leave(node.paid ? LEFT.inside : LEFT.short, node.pc, 0);
      this.#locals.dirty = dirty;
      f.end(short);
    }
    for (const shared of node.sharedAddresses) this.#fastLoops.share(shared, node.fast as FastLoop);
    const groups = node.fast === undefined ? groupAccesses(graph, id) : NO_GROUPS;
    const offsets: Offsets = new Map();
    const end = hasTerminator(node, graph) ? node.end - 1 : node.end;
    for (let i = node.first; i < end; i++) {
      this.#instruction(i, groups, offsets, end);
      this.#context.intervals?.step(i);
      this.#context.pointers.step(i);
    }
    for (const local of offsets.values()) f.release(local);
    this.#locals.end();
  }

  exit(id: number, ways: readonly number[]): void {
    const node = this.#graph.node(id);
    this.#context.id = id;
    this.#context.at = node.end - 1;
    switch (node.exit) {
      case EXIT.next:
        if (hasTerminator(node, this.#graph)) this.#calls.link(this.#context.at);
        this.#edges.go(id, 0, ways[0] as number);
        return;
      case EXIT.branch:
      case EXIT.preheader:
      case EXIT.countdown:
      case EXIT.guard:
        this.#branch(id, ways);
        return;
      case EXIT.call:
        this.#calls.call(id, node, ways[0] as number);
        return;
      case EXIT.switch:
        this.#switches.jump(id, node, ways);
        return;
      case EXIT.callIndirect:
        this.#calls.callIndirect(id, node, ways[0] as number);
        return;
      case EXIT.dynamic: {
        const address = this.#calls.target(this.#context.at);
        this.#calls.link(this.#context.at);
        this.#exits.charge(this.#gas.atExit(id, true));
        this.#exits.returnTo(address, this.#context.at);
        return;
      }
      case EXIT.interpret:
        this.#exits.leaveInside(this.#context.at);
        return;
      case EXIT.unentered:
        this.#exits.leave(LEFT.block, node.pc, this.#gas.atExit(id, false));
        return;
      case EXIT.dispatch:
        this.#exits.charge(this.#gas.atExit(id, true));
        this.#f.get(this.#context.variables[node.variable] as number);
        this.#switches.table(
          id,
          ways,
          ways.map((_, k) => k),
          undefined,
        );
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
    if (way >= 0 && !this.#edges.hasEdge(id, far)) f.brIf(this.#edges.label(way));
    else {
      const side = f.if();
      this.#edges.edge(id, far);
      if (way >= 0) f.br(this.#edges.label(way));
      f.end(side);
    }
    this.#edges.go(id, 1 - far, ways[1 - far] as number);
  }

  /** Both sides lead to the node that comes next, which may be a dispatch node. */
  #joinedBranch(id: number): void {
    const f = this.#f;
    if (this.#graph.selection(id, 0) === this.#graph.selection(id, 1)) {
      this.#edges.edge(id, 0);
      return;
    }
    this.#condition(id);
    const side = f.if();
    this.#edges.edge(id, 0);
    f.else(side);
    this.#edges.edge(id, 1);
    f.end(side);
  }

  #instruction(i: number, groups: ReadonlyMap<number, AccessGroup>, offsets: Offsets, end: number): void {
    this.#context.at = i;
    const o = this.#graph.instructions.op[i] as number;
    const group = groups.get(i);
    if (group !== undefined) {
      this.#accesses.access(i, group, offsets);
      return;
    }
    const shape = groups === NO_GROUPS ? accessOf(o) : undefined;
    if (shape !== undefined) {
      this.#fastLoops.access(i, shape);
      return;
    }
    if (leavesTheCode(o)) {
      this.#sync(i);
      return;
    }
    const effect = ROWS[o]?.effect;
    if (effect?.kind === 'atomic') {
      this.#accesses.atomic(i, effect.size);
      return;
    }
    const term = termOf(o);
    if (term !== undefined) this.#assignments.assign(i, term, end);
  }

  /** An operation that the host or the interpreter does; the function goes on behind it if it may. */
  #sync(i: number): void {
    const f = this.#f;
    const unit = this.#unit;
    this.#locals.flush();
    const ahead = this.#gas.atExit(this.#context.id, true);
    f.i32Const(0);
    f.get(COUNTER);
    if (ahead !== 0) {
      f.i64ConstNumber(ahead);
      f.op(I64.sub);
    }
    f.store(STORE.i64, LEFT_CELL);
    f.i32Const(unit.siteOf(this.#graph, i, this.#gas.behind(this.#context.id)));
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
    this.#locals.narrow = 0;
    this.#locals.fetch(this.#registers.fetchedAfter(this.#graph, this.#context.id, i), 0);
  }
}

/** Nodes of fast loops, whose accesses are all allowed. */
const NO_GROUPS: ReadonlyMap<number, AccessGroup> = new Map();

/** Whether the last instruction of a node is its exit, rather than one like the others. */
const hasTerminator = (node: Node, graph: FunctionGraph): boolean => {
  if (node.first === node.end || node.fast !== undefined) return false;
  if (node.exit !== EXIT.next) return true;
  const kind = ROWS[graph.instructions.op[node.end - 1] as number]?.effect.kind;
  return kind === 'jump' || kind === 'fallthrough';
};
