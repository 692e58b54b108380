import type { Effect } from '../../isa/row.ts';
import { ROWS } from '../../isa/table.ts';
import { TERM, type Term, termOf } from '../../isa/term.ts';
import { HEAP_ROOM_CELL } from '../../memory/linear-layout.ts';
import { type AccessGroup, type AccessShape, accessOf, groupAccesses } from '../graph/accesses.ts';
import { ADDRESS_STEP } from '../graph/discover.ts';
import { LEAVES } from '../graph/flow.ts';
import { EXIT, type FunctionGraph, type Node } from '../graph/function-graph.ts';
import { GasPlan } from '../graph/gas.ts';
import { leavesTheCode, type RegisterSet, Registers } from '../graph/registers.ts';
import { emit, NEXT, type Structure, type StructureVisitor } from '../graph/structure.ts';
import { LEFT, type Left, NO_ADDRESS } from '../wasm/exits.ts';
import { type Range, rightsFor } from '../wasm/territory.ts';
import { TooDeep, type Unit } from './unit.ts';
import { literal, type Operands, type Pair, Values } from './values.ts';

/** Words of a register cell. */
const CELL = 2;
/** Blocks, loops and ifs in each other: V8's parser and bytecode generator recurse, on a stack that guests use too. */
const DEEPEST = 240;
/** Sets of dirty registers whose exits share code; each is a block around the whole function. */
const MOST_CLASSES = 40;
/** Variables of a function per unit of depth: what of the stack a call takes, in about 128 bytes. */
const VARIABLES_PER_UNIT = 16;

interface Label {
  readonly name: string;
  readonly kind: 'block' | 'loop' | 'if';
}

/**
 * Prints one function graph as a JavaScript function: the depth left for calls goes in, a code address comes out.
 *
 * Guest registers are variables: `r5`, or `l5` and `h5` for the words of 64 bits; `n` is the counter. A variable that may
 * differ from its cell is *dirty*; exits, calls and sync points store the dirty ones. Exits with the same dirty
 * registers share their code: it stands behind the function's body, each in a block of its own around everything.
 */
export class FunctionPrinter implements StructureVisitor, Operands {
  readonly #unit: Unit;
  readonly #graph: FunctionGraph;
  readonly #structure: Structure;
  readonly #out: string[] = [];
  readonly #registers: Registers;
  readonly #gas: GasPlan;
  readonly #values: Values;
  readonly #wide: boolean;
  readonly #labels: Label[] = [];
  #labelCount = 0;
  /** Dirty registers of the exits that share code, in the order of their blocks from the inside. */
  readonly #classes: RegisterSet[] = [];
  #dirty: RegisterSet = 0;
  /** Registers whose value is known here, and what it is: constants that fit signed 32 bits. */
  #known: RegisterSet = 0;
  readonly #constants = new Int32Array(32);
  /** 64-bit registers that are known to be sign extensions of their low words. */
  #narrow: RegisterSet = 0;
  /** In an atomic operation the old value, which is operand `a` there. */
  #old: Pair | undefined;
  /** Registers that are mentioned. */
  #mentioned: RegisterSet = 0;
  /** Variables with offsets of accesses, at most at once. */
  #offsets = 0;
  #offsetsHere = 0;
  /** The instruction at hand. */
  #at = 0;
  #id = 0;

  constructor(unit: Unit, graph: FunctionGraph, structure: Structure) {
    this.#unit = unit;
    this.#graph = graph;
    this.#structure = structure;
    this.#wide = unit.width === 64;
    this.#registers = new Registers(graph, structure, unit.riscv);
    this.#gas = new GasPlan(graph, structure, unit.pack);
    this.#values = new Values(this.#out, unit.width, this);
  }

  /** The text of the function with this name. Throws TooDeep. */
  print(name: string): string {
    const graph = this.#graph;
    const fetched = this.#registers.liveIn[graph.entry] as number;
    emit(this.#structure, this);
    const body = this.#out.join('\n');
    const head: string[] = ['n=N[0]', 'e=0', 'a=0'];
    this.#mentioned |= fetched;
    for (let r = 0; r < 32; r++) {
      if (((this.#mentioned >>> r) & 1) === 0) continue;
      const live = ((fetched >>> r) & 1) === 1;
      const cell = (word: number): string => (live ? `W[${CELL * r + word}]` : '0');
      if (this.#wide) head.push(`l${r}=${cell(0)}`, `h${r}=${cell(1)}`);
      else head.push(`r${r}=${cell(0)}`);
    }
    for (let v = 0; v < graph.variables; v++) head.push(`v${v}=0`);
    for (let i = 0; i < this.#values.temporaries; i++) head.push(`t${i}=0`);
    for (let i = 0; i < this.#offsets; i++) head.push(`x${i}=0`);
    const cost = 1 + Math.floor(head.length / VARIABLES_PER_UNIT);
    const tail = this.#classes.map(
      (set) => `}${this.#storeText(set)}N[0]=n;N[1]=e;return ${literal(NO_ADDRESS)};`,
    );
    const opening = this.#classes.map((_, k) => `X${this.#classes.length - 1 - k}:{`).join('');
    const deep = this.#unit.exitOf(LEFT.block, graph.pc, 0);
    return [
      `function ${name}(d){`,
      `if(d<0){N[1]=${deep};return ${literal(NO_ADDRESS)}}`,
      `let ${head.join(',')};d=d-${cost}|0;`,
      opening,
      body,
      ...tail,
      '}',
    ].join('\n');
  }

  #put(text: string): void {
    this.#out.push(text);
  }

  // Registers

  #lowName(register: number): string {
    this.#mentioned |= 1 << register;
    return this.#wide ? `l${register}` : `r${register}`;
  }

  #highName(register: number): string {
    this.#mentioned |= 1 << register;
    return `h${register}`;
  }

  #fetch(set: RegisterSet): void {
    let text = '';
    for (let r = 0; r < 32; r++) {
      if (((set >>> r) & 1) === 0) continue;
      text += `${this.#lowName(r)}=W[${CELL * r}];`;
      if (this.#wide) text += `${this.#highName(r)}=W[${CELL * r + 1}];`;
    }
    if (text !== '') this.#put(text);
  }

  #storeText(set: RegisterSet): string {
    let text = '';
    for (let r = 0; r < 32; r++) {
      if (((set >>> r) & 1) === 0) continue;
      text += `W[${CELL * r}]=${this.#lowName(r)};`;
      if (this.#wide) text += `W[${CELL * r + 1}]=${this.#highName(r)};`;
    }
    return text;
  }

  #registerOf(operand: number): number {
    const { a, b, c } = this.#graph.instructions;
    return (operand === TERM.a ? a : operand === TERM.b ? b : c)[this.#at] as number;
  }

  #constantOf(register: number): number | undefined {
    if (register === 0 && this.#unit.riscv) return 0;
    return ((this.#known >>> register) & 1) === 1 ? this.#constants[register] : undefined;
  }

  #lowOf(register: number): string {
    const constant = this.#constantOf(register);
    return constant !== undefined ? literal(constant) : this.#lowName(register);
  }

  #highOf(register: number): string {
    const constant = this.#constantOf(register);
    return constant !== undefined ? (constant < 0 ? '(-1)' : '0') : this.#highName(register);
  }

  low(operand: number): string {
    if (operand === TERM.a && this.#old !== undefined) return this.#old.lo;
    return this.#lowOf(this.#registerOf(operand));
  }

  high(operand: number): string {
    if (operand === TERM.a && this.#old !== undefined) return this.#old.hi;
    return this.#highOf(this.#registerOf(operand));
  }

  isNarrow(operand: number): boolean {
    if (operand === TERM.a && this.#old !== undefined) return this.#old.hi.startsWith('(');
    const register = this.#registerOf(operand);
    return ((this.#narrow >>> register) & 1) === 1 || this.#constantOf(register) !== undefined;
  }

  constant(operand: number): number | undefined {
    const { x, y } = this.#graph.instructions;
    if (operand === TERM.x) return x[this.#at];
    if (operand === TERM.y) return y[this.#at];
    if (operand === TERM.a && this.#old !== undefined) return undefined;
    return this.#constantOf(this.#registerOf(operand));
  }

  /** Marks a register as written. */
  #wrote(register: number, narrow: boolean): void {
    this.#dirty |= 1 << register;
    this.#known &= ~(1 << register);
    if (narrow) this.#narrow |= 1 << register;
    else this.#narrow &= ~(1 << register);
  }

  #writeConstant(register: number, value: number): void {
    if (register === 0 && this.#unit.riscv) return;
    if (this.#wide)
      this.#put(`${this.#lowName(register)}=${value};${this.#highName(register)}=${value < 0 ? -1 : 0};`);
    else this.#put(`${this.#lowName(register)}=${value};`);
    this.#wrote(register, true);
    this.#known |= 1 << register;
    this.#constants[register] = value;
  }

  /** Writes a register whose old value the texts may mention. */
  #writePair(register: number, { lo, hi }: Pair, narrow: boolean): void {
    const low = this.#lowName(register);
    const high = this.#highName(register);
    if (lo === low) this.#put(`${high}=${hi};`);
    else if (!hi.includes(low)) this.#put(`${low}=${lo};${high}=${hi};`);
    else if (!lo.includes(high)) this.#put(`${high}=${hi};${low}=${lo};`);
    else {
      const kept = this.#values.temporary();
      this.#put(`${kept}=${lo};${high}=${hi};${low}=${kept};`);
    }
    this.#wrote(register, narrow);
  }

  // Leaving

  #charge(amount: number): void {
    if (amount === 0) return;
    const sum = amount < 0 ? `n+${-amount}` : `n-${amount}`;
    this.#put(this.#unit.wholeCounter ? `n=${sum}|0;` : `n=${sum};`);
  }

  /** What is in the counter's cell when `amount` is taken off. */
  #counterLess(amount: number): string {
    return amount === 0 ? 'n' : amount < 0 ? `n+${-amount}` : `n-${amount}`;
  }

  /** The text that leaves the function; `amount` is what the counter is too high by. */
  #leaving(kind: Left, pc: number, amount: number): string {
    const exit = this.#unit.exitOf(kind, pc, amount);
    let k = this.#classes.indexOf(this.#dirty);
    if (k < 0 && this.#classes.length < MOST_CLASSES) k = this.#classes.push(this.#dirty) - 1;
    if (k >= 0) return `{e=${exit};break X${k}}`;
    return `{${this.#storeText(this.#dirty)}N[0]=n;N[1]=${exit};return ${literal(NO_ADDRESS)}}`;
  }

  /** To the interpreter at an instruction of this node, which is paid. */
  #leavingInside(at: number): string {
    const { pc } = this.#graph.instructions;
    return this.#leaving(LEFT.inside, pc[at] as number, this.#gas.atExit(this.#id, true));
  }

  /** Returns a code address, having come to a dynamic jump at the last instruction. */
  #returnTo(address: string, at: number): void {
    const amount = this.#gas.atExit(this.#id, true);
    const exit = this.#unit.exitOf(LEFT.dynamic, this.#graph.instructions.pc[at] as number, 0);
    this.#put(
      `{${this.#storeText(this.#dirty)}N[0]=${this.#counterLess(amount)};N[1]=${exit};return ${address}}`,
    );
  }

  // Structure

  #open(kind: Label['kind'], name: string, text: string): void {
    if (this.#labels.length >= DEEPEST) throw new TooDeep();
    this.#labels.push({ name, kind });
    this.#put(text);
  }

  openBlock(): void {
    const name = `B${this.#labelCount++}`;
    this.#open('block', name, `${name}:{`);
  }

  openLoop(): void {
    const name = `L${this.#labelCount++}`;
    this.#open('loop', name, `${name}:for(;;){`);
  }

  close(): void {
    const label = this.#labels.pop() as Label;
    this.#put(label.kind === 'loop' ? 'break}' : '}');
  }

  openIf(id: number): void {
    this.#open('if', '', `if(${this.#condition(id)}){`);
    this.#edge(id, 0);
  }

  otherwise(id: number): void {
    this.#put('}else{');
    this.#edge(id, 1);
  }

  #jump(way: number): string {
    const { kind, name } = this.#labels[this.#labels.length - 1 - way] as Label;
    return kind === 'loop' ? `continue ${name};` : `break ${name};`;
  }

  #condition(id: number): string {
    this.#at = this.#graph.node(id).end - 1;
    this.#values.begin();
    return this.#values.condition(termOf(this.#graph.instructions.op[this.#at] as number) as Term);
  }

  /** What happens on the edge to successor `k`. */
  #edge(id: number, k: number, flushed = false): void {
    const to = (this.#graph.successors[id] as number[])[k] as number;
    if (to === LEAVES) {
      const amount = flushed ? 0 : this.#gas.atExit(id, true);
      this.#put(this.#leaving(LEFT.block, this.#graph.node(id).leavesTo[k] as number, amount));
      return;
    }
    this.#charge(flushed ? -(this.#gas.potential[to] as number) : this.#gas.onEdge(id, to));
    const selected = this.#graph.selection(id, k);
    if (selected >= 0) this.#put(`v${this.#graph.node(to).variable}=${selected};`);
  }

  /** The edge and, unless the successor comes next, the jump. */
  #go(id: number, k: number, way: number, flushed = false): void {
    this.#edge(id, k, flushed);
    if (way >= 0) this.#put(this.#jump(way));
  }

  node(id: number): void {
    const graph = this.#graph;
    const node = graph.node(id);
    this.#id = id;
    this.#dirty = this.#registers.dirtyIn[id] as number;
    this.#known = 0;
    this.#narrow = 0;
    this.#offsetsHere = 0;
    if (this.#gas.tested[id] === 1 && node.exit !== EXIT.unentered) {
      this.#put(`if(n<${this.#gas.need[id]})${this.#leaving(LEFT.short, node.pc, 0)}`);
    }
    const groups = groupAccesses(graph, id);
    const offsets: Offsets = new Map();
    const end = hasTerminator(node, graph) ? node.end - 1 : node.end;
    for (let i = node.first; i < end; i++) this.#instruction(i, groups, offsets);
  }

  exit(id: number, ways: readonly number[]): void {
    const node = this.#graph.node(id);
    this.#id = id;
    this.#at = node.end - 1;
    this.#values.begin();
    switch (node.exit) {
      case EXIT.next:
        if (hasTerminator(node, this.#graph)) this.#link(this.#at);
        this.#go(id, 0, ways[0] as number);
        return;
      case EXIT.branch:
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
        this.#returnTo(address, this.#at);
        return;
      }
      case EXIT.interpret:
        this.#put(this.#leavingInside(this.#at));
        return;
      case EXIT.unentered:
        this.#put(this.#leaving(LEFT.block, node.pc, this.#gas.atExit(id, false)));
        return;
      case EXIT.dispatch:
        this.#charge(this.#gas.atExit(id, true));
        this.#put(`switch(v${node.variable}){`);
        for (let k = 0; k < ways.length; k++) {
          this.#put(k === ways.length - 1 ? 'default:' : `case ${k}:`);
          this.#go(id, k, ways[k] as number, true);
        }
        this.#put('}');
    }
  }

  #branch(id: number, ways: readonly number[]): void {
    const [taken, next] = ways as [number, number];
    const condition = this.#condition(id);
    if (taken === NEXT && next === NEXT) {
      // Both sides lead to the node that comes next, which may be a dispatch node.
      if (this.#graph.selection(id, 0) === this.#graph.selection(id, 1)) {
        this.#edge(id, 0);
        return;
      }
      this.#put(`if(${condition}){`);
      this.#edge(id, 0);
      this.#put('}else{');
      this.#edge(id, 1);
      this.#put('}');
      return;
    }
    // The side that does not come next is the one that jumps.
    const far = taken === NEXT ? 1 : 0;
    this.#put(far === 0 ? `if(${condition}){` : `if(!(${condition})){`);
    this.#go(id, far, ways[far] as number);
    this.#put('}');
    this.#go(id, 1 - far, ways[1 - far] as number);
  }

  /** Writes the link register of a jump, if it has one. */
  #link(at: number): void {
    const { op, a, x, pc, length } = this.#graph.instructions;
    const effect = ROWS[op[at] as number]?.effect as Effect;
    if ((effect.kind !== 'jump' && effect.kind !== 'jump-indirect') || effect.link === undefined) return;
    const register = a[at] as number;
    if (effect.link === 'x') this.#writeConstant(register, x[at] as number);
    else {
      const value = (pc[at] as number) + (length[at] as number);
      this.#writeConstant(register, value | 0);
      if (this.#wide && value > 0x7fffffff && register !== 0) {
        this.#put(`${this.#highName(register)}=0;`);
        this.#wrote(register, false);
      }
    }
  }

  /** The code address that a dynamic jump goes to. */
  #target(at: number): string {
    const { op, a, b, x, y } = this.#graph.instructions;
    const effect = ROWS[op[at] as number]?.effect as Effect & { kind: 'jump-indirect' };
    const offset = (effect.offset === 'x' ? x[at] : y[at]) as number;
    this.#put(`a=${this.#sum(this.#lowOf((effect.base === 'a' ? a[at] : b[at]) as number), offset)};`);
    return 'a';
  }

  #sum(text: string, offset: number): string {
    return offset === 0 ? text : `${text}+${literal(offset)}|0`;
  }

  #call(id: number, node: Node, way: number): void {
    this.#link(this.#at);
    this.#callTo(id, node, this.#unit.calleeOf(node.callee), way);
  }

  /** A call of the function whose code address is known to the library, or a dynamic jump like others. */
  #callIndirect(id: number, node: Node, way: number): void {
    const address = this.#target(this.#at);
    this.#link(this.#at);
    const { first, end } = this.#unit.codeAddresses;
    const slot = this.#values.temporary();
    const distance = this.#sum(address, -first | 0);
    this.#put(`${slot}=${distance};${slot}=${slot}>>>1|${slot}<<31;`);
    this.#put(`${slot}=(${slot}>>>0)<${Math.ceil((end - first) / ADDRESS_STEP)}?A[${slot}]:0;`);
    this.#put(`if(${slot}===0)`);
    this.#returnTo(address, this.#at);
    this.#callTo(id, node, `T[${slot}]`, way);
  }

  #callTo(id: number, node: Node, callee: string, way: number): void {
    const counter = this.#counterLess(this.#gas.atExit(id, true));
    const expected = literal(node.returnAddress | 0);
    this.#put(
      `${this.#storeText(this.#dirty)}N[0]=${counter};a=${callee}(d);if(a!==${expected})return a;n=N[0];`,
    );
    this.#dirty = 0;
    const to = (this.#graph.successors[id] as number[])[0] as number;
    if (to !== LEAVES) this.#fetch(this.#registers.liveIn[to] as number);
    this.#go(id, 0, way, true);
  }

  #switch(id: number, node: Node, ways: readonly number[]): void {
    const address = this.#target(this.#at);
    const first = node.cases[0] as number;
    const entries = ((node.cases.at(-1) as number) - first) / ADDRESS_STEP + 1;
    // 0 stands for addresses that are no case.
    const table: number[] = new Array(entries).fill(0);
    for (const [k, value] of node.cases.entries()) table[(value - first) / ADDRESS_STEP] = k + 1;
    const start = this.#unit.tableOf(table);
    const index = this.#values.temporary();
    const distance = this.#sum(address, -first | 0);
    // Odd addresses become large indices.
    this.#put(`${index}=${distance};${index}=${index}>>>1|${index}<<31;`);
    this.#put(`switch((${index}>>>0)<${entries}?J[${index}+${start}]:0){`);
    const amount = this.#gas.atExit(id, true);
    for (let k = 0; k < ways.length; k++) {
      this.#put(`case ${k + 1}:`);
      this.#charge(amount);
      this.#go(id, k, ways[k] as number, true);
    }
    this.#put('}');
    this.#returnTo(address, this.#at);
  }

  // Instructions

  #instruction(i: number, groups: ReadonlyMap<number, AccessGroup>, offsets: Offsets): void {
    this.#at = i;
    this.#values.begin();
    const { op, a, b, c } = this.#graph.instructions;
    const o = op[i] as number;
    const group = groups.get(i);
    if (group !== undefined) {
      this.#access(i, group, offsets);
      return;
    }
    if (leavesTheCode(o)) {
      this.#sync(i);
      return;
    }
    const term = termOf(o);
    if (term === undefined) return;
    const effect = ROWS[o]?.effect;
    if (effect?.kind === 'atomic') {
      this.#atomic(i, effect.size, term);
      return;
    }
    const register = a[i] as number;
    if (register === 0 && this.#unit.riscv) return;
    const constant = this.#values.constantOf(term);
    if (constant !== undefined) {
      this.#writeConstant(register, constant);
      return;
    }
    // A move to itself is how some compilers write nothing.
    if (term.op === TERM.b && register === b[i]) return;
    if (!this.#wide) {
      const value = this.#values.low(term);
      this.#put(`${this.#lowName(register)}=${bare(value)};`);
      this.#wrote(register, true);
      return;
    }
    const narrow = this.#values.isNarrow(term);
    const isOperand = register === b[i] || register === c[i];
    // Where the old value is an operand, the low word must not be written before the high one is computed.
    const into = isOperand || mayMention(term, TERM.a) ? undefined : this.#lowName(register);
    this.#writePair(register, this.#values.wide(term, into), narrow);
  }

  /** The address of an access as the offset in the memory's buffer, moved by `displacement`. */
  #offsetOf(base: number, displacement: number): string {
    if (base < 0) return literal(displacement);
    return this.#sum(this.#lowOf(base), displacement);
  }

  #newOffset(): string {
    const name = `x${this.#offsetsHere++}`;
    this.#offsets = Math.max(this.#offsets, this.#offsetsHere);
    return name;
  }

  /** A load or store. */
  #access(i: number, group: AccessGroup, offsets: Offsets): void {
    const unit = this.#unit;
    const { op, a, x } = this.#graph.instructions;
    const shape = accessOf(op[i] as number) as AccessShape;
    const displacement = x[i] as number;
    const { delta } = unit.territory;
    const ignored = !shape.store && (a[i] as number) === 0 && unit.riscv;
    if (unit.paged) {
      this.#pagedAccess(i, group.base, shape);
      return;
    }
    const constant = group.base < 0 ? 0 : this.#constantOf(group.base);
    if (constant !== undefined) {
      const start = (constant + displacement + delta) >>> 0;
      if (unit.territory.isFixed(start, shape.bytes, shape.store)) {
        if (!ignored) this.#moveFixed(i, shape, start);
        return;
      }
      const offset = this.#newOffset();
      this.#put(`${offset}=${start | 0};`);
      this.#check(offset, shape.bytes, shape.store, [], i);
      if (!ignored) this.#move(i, shape, offset, 0);
      return;
    }
    if (group.at === i) {
      const offset = this.#newOffset();
      offsets.set(group, offset);
      this.#put(`${offset}=${this.#offsetOf(group.base, (group.low + delta) | 0)};`);
      const { territory } = unit;
      const ranges =
        group.base === territory.stackPointer && territory.stack !== undefined
          ? [territory.stack]
          : territory.data;
      this.#check(offset, group.high - group.low, group.writes, ranges, i);
    }
    if (!ignored) this.#move(i, shape, offsets.get(group) as string, displacement - group.low);
  }

  /** Leaves unless `span` bytes from an offset on may be accessed. */
  #check(
    offset: string,
    span: number,
    store: boolean,
    ranges: readonly Range[],
    i: number,
    both = false,
  ): void {
    const conditions: string[] = [];
    for (const range of ranges) {
      if (store && !range.writable) continue;
      if (range.length !== undefined && range.length < span) continue;
      const room = range.length === undefined ? `(W[${HEAP_ROOM_CELL / 4}]>>>0)` : range.length - span + 1;
      conditions.push(`(${offset}-${range.start}>>>0)>=${room}`);
    }
    const right = both ? rightsFor(true) | rightsFor(false) : rightsFor(store);
    // The buffer is smaller than 2^32 bytes, so that an offset near the end of 32 bits is refused before it wraps.
    const last = span === 1 ? offset : `${offset}+${span - 1}`;
    const rights = span === 1 ? `R[${offset}>>>12]` : `R[${offset}>>>12]&R[${last}>>>12]`;
    conditions.push(`((${offset}>>>0)>=Z-${span - 1}||(${rights}&${right})!==${right})`);
    this.#put(`if(${conditions.join('&&')})${this.#leavingInside(i)}`);
  }

  /** The access itself, at a known offset. */
  #moveFixed(i: number, shape: AccessShape, start: number): void {
    const { bytes } = shape;
    const aligned = start % Math.min(bytes, 4) === 0;
    if (bytes === 1) this.#transfer(i, shape, `B[${start}]`, '');
    else if (!aligned) this.#view(i, shape, String(start), String(start + 4));
    else if (bytes === 2) this.#transfer(i, shape, `H[${start / 2}]`, '');
    else this.#transfer(i, shape, `W[${start / 4}]`, `W[${start / 4 + 1}]`);
  }

  /** The access itself, at an offset that was checked. */
  #move(i: number, shape: AccessShape, offset: string, distance: number): void {
    const at = distance === 0 ? offset : `${offset}+${distance}`;
    if (shape.bytes === 1) this.#transfer(i, shape, `B[${at}>>>0]`, '');
    else this.#view(i, shape, `${at}>>>0`, `${offset}+${distance + 4}>>>0`);
  }

  /**
   * The access itself through the DataView: V8 compiles its methods to single instructions, aligned or not. Tests of
   * the alignment and typed arrays instead take twice the bytecode and, with 64 bits, more time.
   */
  #view(i: number, shape: AccessShape, at: string, next: string): void {
    const { bytes, store } = shape;
    if (!store) {
      if (bytes === 2) this.#transfer(i, shape, `V.getUint16(${at},true)`, '');
      else this.#transfer(i, shape, `V.getInt32(${at},true)`, `V.getInt32(${next},true)`);
      return;
    }
    const { lo, hi } = this.#stored(i, shape);
    this.#put(`V.${bytes === 2 ? 'setInt16' : 'setInt32'}(${at},${lo},true);`);
    if (bytes === 8) this.#put(`V.setInt32(${next},${hi},true);`);
  }

  /** The value that a store writes. */
  #stored(i: number, shape: AccessShape): Pair {
    const { a, y } = this.#graph.instructions;
    if (shape.value === 'y') {
      const value = y[i] as number;
      return { lo: literal(value), hi: value < 0 ? '(-1)' : '0' };
    }
    const register = a[i] as number;
    return { lo: this.#lowOf(register), hi: this.#wide ? this.#highOf(register) : '0' };
  }

  /** Between a register and elements of typed arrays, `next` being the high word of eight bytes. */
  #transfer(i: number, shape: AccessShape, element: string, next: string): void {
    const { bytes, store, signed } = shape;
    if (store) {
      const { lo, hi } = this.#stored(i, shape);
      this.#put(`${element}=${lo};${bytes === 8 ? `${next}=${hi};` : ''}`);
      return;
    }
    const register = this.#graph.instructions.a[i] as number;
    const low = this.#lowName(register);
    const shift = bytes === 1 ? 24 : 16;
    this.#put(`${low}=${signed && bytes < 4 ? `${element}<<${shift}>>${shift}` : element};`);
    if (this.#wide) {
      const high = bytes === 8 ? next : signed ? `${low}>>31` : '0';
      this.#put(`${this.#highName(register)}=${high};`);
    }
    this.#wrote(register, !this.#wide || (bytes !== 8 && (signed || bytes < 4)));
  }

  /** Dynamic paging: the memory does it, or refuses and the interpreter finds out why. */
  #pagedAccess(i: number, base: number, shape: AccessShape): void {
    const { a, x } = this.#graph.instructions;
    const constant = base < 0 ? 0 : this.#constantOf(base);
    const displacement = x[i] as number;
    const address =
      constant === undefined
        ? `(${this.#offsetOf(base, displacement)})>>>0`
        : String((constant + displacement) >>> 0);
    if (shape.store) {
      const { lo, hi } = this.#stored(i, shape);
      this.#put(`if(!M.store(${address},${shape.bytes},${lo},${hi}))${this.#leavingInside(i)}`);
      return;
    }
    this.#put(`if(!M.load(${address},${shape.bytes}))${this.#leavingInside(i)}`);
    if ((a[i] as number) !== 0 || !this.#unit.riscv) this.#transfer(i, shape, 'M.low', 'M.high');
  }

  /** An operation on memory that reads, computes and writes; the interpreter does those that are not aligned. */
  #atomic(i: number, size: 4 | 8, term: Term): void {
    const { a, b } = this.#graph.instructions;
    const unit = this.#unit;
    if (unit.paged) {
      this.#put(this.#leavingInside(i));
      return;
    }
    const offset = this.#newOffset();
    this.#put(`${offset}=${this.#offsetOf(b[i] as number, unit.territory.delta)};`);
    this.#put(`if((${offset}&${size - 1})!==0)${this.#leavingInside(i)}`);
    this.#check(offset, size, true, unit.territory.data, i, true);
    const low = `W[${offset}>>>2]`;
    const high = `W[${offset}+4>>>2]`;
    const lo = this.#values.bind(low, this.#values.temporary());
    const hi =
      size === 8 ? this.#values.bind(high, this.#values.temporary()) : this.#wide ? `(${lo}>>31)` : '0';
    this.#old = { lo, hi };
    if (this.#wide) {
      const made = this.#values.wide(term);
      this.#put(`${low}=${made.lo};${size === 8 ? `${high}=${made.hi};` : ''}`);
    } else this.#put(`${low}=${this.#values.low(term)};`);
    this.#old = undefined;
    const register = a[i] as number;
    if (register === 0 && unit.riscv) return;
    if (this.#wide) this.#writePair(register, { lo, hi }, size === 4);
    else {
      this.#put(`${this.#lowName(register)}=${lo};`);
      this.#wrote(register, true);
    }
  }

  /** An operation that the host or the interpreter does; the function goes on behind it if it may. */
  #sync(i: number): void {
    const ahead = this.#gas.atExit(this.#id, true);
    const site = this.#unit.siteOf(this.#graph, i, this.#gas.behind(this.#id));
    this.#put(
      `${this.#storeText(this.#dirty)}N[0]=${this.#counterLess(ahead)};if(s(${site})!==0)return ${literal(NO_ADDRESS)};n=N[0]${ahead === 0 ? '' : `+${ahead}`}${this.#unit.wholeCounter ? '|0' : ''};`,
    );
    this.#dirty = 0;
    this.#known = 0;
    this.#narrow = 0;
    this.#fetch(this.#registers.fetchedAfter(this.#graph, this.#id, i));
  }
}

/** Variables with the offset of each group's first byte. */
type Offsets = Map<AccessGroup, string>;

/** Without the parentheses around the whole. */
const bare = (text: string): string => {
  if (!text.startsWith('(') || !text.endsWith(')')) return text;
  let depth = 0;
  for (let i = 0; i < text.length - 1; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')' && --depth === 0) return text;
  }
  return text.slice(1, -1);
};

const mayMention = (t: Term, operand: number): boolean =>
  t.op === operand || (t.op > TERM.imm && [t.p, t.q, t.r].some((part) => mayMention(part, operand)));

/** Whether the last instruction of a node is its exit, rather than one like the others. */
const hasTerminator = (node: Node, graph: FunctionGraph): boolean => {
  if (node.first === node.end) return false;
  if (node.exit !== EXIT.next) return true;
  const kind = ROWS[graph.instructions.op[node.end - 1] as number]?.effect.kind;
  return kind === 'jump' || kind === 'fallthrough';
};
