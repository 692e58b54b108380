import type { Width } from '../../core/kind.ts';
import { type Effect, FORMS } from '../../isa/row.ts';
import { ROWS } from '../../isa/table.ts';
import { TERM, type Term, termOf } from '../../isa/term.ts';
import { LEAVES } from './flow.ts';
import { EXIT, type FunctionGraph } from './function-graph.ts';
import { WORD_HIGH, WORD_LOW } from './interval.ts';
import { Comparison } from './interval-comparison.ts';
import { REGISTERS, RegisterRanges, STATE_CELLS, TermRanges } from './interval-terms.ts';
import { leavesTheCode, type RegisterSet } from './registers.ts';
import { int32Nones, int32Zeros, uint8Zeros } from './small-arrays.ts';
import type { Structure } from './structure.ts';

/** What an operation does to the ranges of registers. */
const STEP = {
  /** Nothing. */
  none: 0,
  /** `a` gets the value of the operation's term. */
  value: 1,
  /** `a` gets what memory holds: see LOADED. */
  load: 2,
  /** `a` gets the immediate x, or the address of the following instruction. */
  linkImmediate: 3,
  linkReturn: 4,
  /** Nothing is known of any register afterwards. */
  sync: 5,
} as const;

const stepOf = (effect: Effect, op: number): number => {
  if (leavesTheCode(op)) return STEP.sync;
  switch (effect.kind) {
    case 'value':
      return STEP.value;
    case 'load':
    case 'atomic':
      return STEP.load;
    case 'jump':
    case 'jump-indirect':
      if (effect.link === undefined) return STEP.none;
      return effect.link === 'x' ? STEP.linkImmediate : STEP.linkReturn;
    default:
      return STEP.none;
  }
};

/** Register operands that an operation reads or writes, as bits: 1 is `a`, 2 is `b`, 4 is `c`. */
const OPERANDS = Uint8Array.from(ROWS, ({ form }) => {
  const operands = FORMS[form];
  return (
    (operands.includes('a') ? 1 : 0) | (operands.includes('b') ? 2 : 0) | (operands.includes('c') ? 4 : 0)
  );
});

const STEPS = Uint8Array.from(ROWS, ({ effect }, op) => stepOf(effect, op));

/** Bits that an operation loads, negative where they are sign-extended; 0 for operations that load nothing. */
const LOADED = Int8Array.from(ROWS, ({ effect }) => {
  if (effect.kind === 'load') return effect.size * (effect.signed ? -8 : 8);
  return effect.kind === 'atomic' ? effect.size * -8 : 0;
});

/** Where the ends of ranges go that grow with each iteration of a loop, from the nearest to the farthest. */
const LOW_STOPS = [0, -1, WORD_LOW];
const HIGH_STOPS = [0, 255, 65535, WORD_HIGH, 2 ** 32 - 1];

/** Visits of a loop header after which ends that still move are given up, and after which all registers are. */
const PATIENT_VISITS = 12;
const MOST_VISITS = 24;

const NO_ROWS = new Float64Array(0);
const NOT_REACHED = new Uint8Array(0);

const WIDEN = { not: 0, stops: 1, far: 2 } as const;
type Widen = (typeof WIDEN)[keyof typeof WIDEN];

/** Which edges the state of a node goes over. */
const EDGES = { all: 0, forward: 1, back: 2 } as const;
type Edges = (typeof EDGES)[keyof typeof EDGES];

/** Guest addresses that an access may touch: of the first byte, and behind the last; at most 2^32. */
export interface AddressRange {
  readonly low: number;
  readonly high: number;
}

/**
 * Ranges of the values of registers, at each instruction of a function: both ends included, signed. In 64-bit kinds
 * an end that is infinite, or larger than 2^52, is unknown; in 32-bit kinds ranges are those of signed 32-bit numbers.
 *
 * Nothing is known where the function begins, behind calls and behind sync points. Branches refine the ranges of the
 * registers that they compare; of nodes that no branch can lead to nothing is known. The analysis begins with what is certain at the entry and lets ranges grow until
 * nothing changes, in steps that end soon; then once more with the loops' bounds known.
 *
 * `begin` and `step` go through a node: they set the state that all questions are about.
 */
export class Intervals {
  readonly #graph: FunctionGraph;
  readonly #structure: Structure;
  readonly #width: Width;
  readonly #zeroRegister: boolean;
  readonly #now: RegisterRanges;
  readonly #terms: TermRanges;
  readonly #comparison: Comparison;
  /** Registers of which something may be known: those that are operands in the function. */
  readonly #registers: Uint8Array;
  /** Numbers of a row: what is known where a node begins, low ends of `#registers` and then high ends. */
  readonly #rowSize: number;
  /** The state, then a row for each node. */
  readonly #cells: Float64Array;
  readonly #reached: Uint8Array;
  readonly #dirty: Uint8Array;
  readonly #visits: Uint8Array;
  readonly #narrow: Int32Array;
  /** Of loop headers: the place of what comes over back edges in `#backRows`. */
  readonly #slots: Int32Array;
  #backRows: Float64Array = NO_ROWS;
  #backReached: Uint8Array = NOT_REACHED;
  /** Nodes that were gone through, again and again included. */
  visitedNodes = 0;

  /** `zeroRegister`: register 0 is always 0 (the RISC-V profile). */
  constructor(graph: FunctionGraph, structure: Structure, width: Width, zeroRegister: boolean) {
    const count = graph.nodes.length;
    this.#graph = graph;
    this.#structure = structure;
    this.#width = width;
    this.#zeroRegister = zeroRegister;
    this.#registers = this.#operands();
    this.#rowSize = 2 * this.#registers.length;
    this.#cells = new Float64Array(STATE_CELLS + this.#rowSize * count);
    this.#now = new RegisterRanges(this.#cells);
    this.#terms = new TermRanges(width, graph.instructions, this.#now);
    this.#comparison = new Comparison(this.#terms, this.#now, zeroRegister);
    this.#reached = uint8Zeros(count);
    this.#dirty = uint8Zeros(count);
    this.#visits = uint8Zeros(count);
    this.#narrow = int32Zeros(count);
    this.#slots = int32Nones(count);
    // Registers that are no operands stay unknown.
    this.#forget();
    this.#ascend();
    this.#descend();
    for (const id of structure.order) this.#narrow[id] = this.#narrowOf(id);
  }

  /** Register operands of the function's instructions, ascending, without a register 0 that is always 0. */
  #operands(): Uint8Array {
    const { op, a, b, c, count } = this.#graph.instructions;
    let set = 0;
    for (let i = 0; i < count; i++) {
      const operands = OPERANDS[op[i] as number] as number;
      if ((operands & 1) !== 0) set |= 1 << (a[i] as number);
      if ((operands & 2) !== 0) set |= 1 << (b[i] as number);
      if ((operands & 4) !== 0) set |= 1 << (c[i] as number);
    }
    if (this.#zeroRegister) set &= ~1;
    let size = 0;
    for (let r = 0; r < REGISTERS; r++) size += (set >>> r) & 1;
    const registers = uint8Zeros(size);
    let k = 0;
    for (let r = 0; r < REGISTERS; r++) if (((set >>> r) & 1) === 1) registers[k++] = r;
    return registers;
  }

  /** The node that tells of a node: fast versions of loops are in no states but those of the original. */
  #like(id: number): number {
    const { mirrors } = this.#graph.node(id);
    return mirrors < 0 ? id : mirrors;
  }

  #row(id: number): number {
    return STATE_CELLS + this.#rowSize * id;
  }

  // The state

  /** Takes the ranges at the beginning of a node. */
  begin(node: number): void {
    const id = this.#like(node);
    if (this.#reached[id] === 0) {
      this.#forget();
      return;
    }
    const now = this.#now;
    const cells = this.#cells;
    const registers = this.#registers;
    const count = registers.length;
    now.shifted = 0;
    const at = this.#row(id);
    for (let k = 0; k < count; k++) {
      now.set(registers[k] as number, cells[at + k] as number, cells[at + count + k] as number);
    }
  }

  /** Goes on behind an instruction of the node. */
  step(i: number): void {
    const { op, a } = this.#graph.instructions;
    const o = op[i] as number;
    const kind = STEPS[o] as number;
    if (kind === STEP.none) return;
    if (kind === STEP.sync) {
      this.#forget();
      return;
    }
    const register = a[i] as number;
    if (register === 0 && this.#zeroRegister) return;
    if (kind === STEP.value) {
      this.#assign(register, termOf(o) as Term, i);
      return;
    }
    const { result } = this.#terms;
    if (kind === STEP.load) {
      const bits = LOADED[o] as number;
      const unsigned = bits > 0;
      if (bits === 64 || bits === -64 || (bits === 32 && this.#width === 32)) result.unknown();
      else if (unsigned) result.set(0, 2 ** bits - 1);
      else result.set(-(2 ** (-bits - 1)), 2 ** (-bits - 1) - 1);
    } else {
      const { x, pc, length } = this.#graph.instructions;
      const link = kind === STEP.linkImmediate ? (x[i] as number) : (pc[i] as number) + (length[i] as number);
      const value = this.#width === 32 ? link | 0 : link;
      result.set(value, value);
    }
    this.#now.assign(register, result.low, result.high);
  }

  #assign(register: number, term: Term, i: number): void {
    const terms = this.#terms;
    const now = this.#now;
    terms.at = i;
    terms.of(term);
    const { low, high } = terms.result;
    if (term.op === TERM.shl && this.#width === 64 && (low < 0 || high === Infinity)) {
      // The result may have lost bits: what it was made from says more.
      terms.of(term.q);
      const up = terms.result.low & 63;
      if (terms.result.low === terms.result.high && up > 0) {
        terms.of(term.p);
        const { low: shiftedLow, high: shiftedHigh } = terms.result;
        now.assign(register, low, high);
        now.shift(register, up, shiftedLow, shiftedHigh);
        return;
      }
    }
    now.assign(register, low, high);
  }

  #forget(): void {
    const { least, most } = this.#terms.result;
    this.#now.setAll(least, most);
    if (this.#zeroRegister) this.#now.set(0, 0, 0);
  }

  // The analysis

  /** Lets ranges grow from the entry until nothing changes. Loops come to rest from the inside to the outside. */
  #ascend(): void {
    const { order, number, loopOf, loopSize, loops } = this.#structure;
    const { entry } = this.#graph;
    const dirty = this.#dirty;
    this.#begins(entry);
    for (let k = 0; k < order.length; k++) {
      const id = order[k] as number;
      if (dirty[id] === 1) {
        dirty[id] = 0;
        this.#flow(id, EDGES.all);
      }
      for (let h = loopOf[id] as number; h >= 0; h = loops.parent[h] as number) {
        if ((number[h] as number) + (loopSize[h] as number) - 1 !== k) break;
        if (dirty[h] === 1) {
          k = (number[h] as number) - 1;
          break;
        }
      }
    }
  }

  /** Of the entry nothing is known. */
  #begins(entry: number): void {
    this.#forget();
    this.#merge(this.#cells, this.#row(entry), true, WIDEN.not);
    this.#reached[entry] = 1;
    this.#dirty[entry] = 1;
  }

  /**
   * Computes all ranges once more, with those at the ends of loops that are known now: so a loop that stops below 100
   * ends with ranges up to 100, although they have grown to 255. What comes out is a hull of all that may arrive, so it
   * holds even where it should not be smaller.
   */
  #descend(): void {
    const { order, number, isHeader } = this.#structure;
    const { successors, entry } = this.#graph;
    const size = this.#rowSize;
    const reached = this.#reached;
    let headers = 0;
    for (const id of order) if (isHeader[id] === 1) this.#slots[id] = headers++;
    if (headers === 0) return;
    this.#backRows = new Float64Array(size * headers);
    this.#backReached = new Uint8Array(headers);
    for (const id of order) {
      for (const to of successors[id] as number[]) {
        if (to === LEAVES || (number[to] as number) > (number[id] as number)) continue;
        if (reached[id] === 1) this.#flow(id, EDGES.back);
        break;
      }
    }
    reached.fill(0);
    for (const id of order) {
      const slot = this.#slots[id] as number;
      if (slot < 0 || this.#backReached[slot] === 0) continue;
      reached[id] = 1;
      const at = this.#row(id);
      for (let k = 0; k < size; k++) this.#cells[at + k] = this.#backRows[size * slot + k] as number;
    }
    this.#begins(entry);
    for (const id of order) if (reached[id] === 1) this.#flow(id, EDGES.forward);
  }

  /** Goes through a node and on over its edges. */
  #flow(id: number, edges: Edges): void {
    const { exit, first, end } = this.#graph.node(id);
    this.visitedNodes++;
    this.begin(id);
    for (let i = first; i < end; i++) this.step(i);
    if (exit === EXIT.branch) {
      this.#branch(id, end - 1, edges);
      return;
    }
    if (exit === EXIT.call || exit === EXIT.callIndirect) this.#forget();
    const successors = this.#graph.successors[id] as number[];
    for (let k = 0; k < successors.length; k++) this.#push(id, successors[k] as number, edges);
  }

  #push(from: number, to: number, edges: Edges): void {
    if (to === LEAVES || this.#graph.node(to).mirrors >= 0) return;
    const { number } = this.#structure;
    const size = this.#rowSize;
    const isBack = (number[to] as number) <= (number[from] as number);
    if (edges === EDGES.back) {
      if (!isBack) return;
      const slot = this.#slots[to] as number;
      this.#merge(this.#backRows, size * slot, this.#backReached[slot] === 0, WIDEN.not);
      this.#backReached[slot] = 1;
      return;
    }
    if (edges === EDGES.forward && isBack) return;
    const isFirst = this.#reached[to] === 0;
    const visits = isBack ? ++this.#visits[to]! : 0;
    const widen = !isBack ? WIDEN.not : visits <= PATIENT_VISITS ? WIDEN.stops : WIDEN.far;
    if (!this.#merge(this.#cells, this.#row(to), isFirst, widen)) {
      if (isBack) this.#visits[to]!--;
      return;
    }
    this.#reached[to] = 1;
    this.#dirty[to] = 1;
    if (visits > MOST_VISITS) {
      this.#visits[to] = MOST_VISITS;
      const { least, most } = this.#terms.result;
      const at = this.#row(to);
      this.#cells.fill(least, at, at + size / 2);
      this.#cells.fill(most, at + size / 2, at + size);
    }
  }

  /** Takes the state into a row: a copy when it is the first one, else the hull. Whether the row is another then. */
  #merge(rows: Float64Array, at: number, isFirst: boolean, widen: Widen): boolean {
    const now = this.#now;
    const registers = this.#registers;
    const count = registers.length;
    let changed = isFirst;
    for (let k = 0; k < count; k++) {
      const register = registers[k] as number;
      const low = now.low(register);
      if (isFirst) rows[at + k] = low;
      else if (low < (rows[at + k] as number)) {
        rows[at + k] = widen === WIDEN.not ? low : this.#lower(low, widen);
        changed = true;
      }
      const high = now.high(register);
      if (isFirst) rows[at + count + k] = high;
      else if (high > (rows[at + count + k] as number)) {
        rows[at + count + k] = widen === WIDEN.not ? high : this.#higher(high, widen);
        changed = true;
      }
    }
    return changed;
  }

  #lower(low: number, widen: Widen): number {
    if (widen === WIDEN.stops) for (const stop of LOW_STOPS) if (low >= stop) return stop;
    return this.#terms.result.least;
  }

  #higher(high: number, widen: Widen): number {
    if (widen === WIDEN.stops) for (const stop of HIGH_STOPS) if (high <= stop) return stop;
    return this.#terms.result.most;
  }

  // Branches

  /** Goes on over both edges of a branch, with what is known where its condition holds and where not. */
  #branch(id: number, i: number, edges: Edges): void {
    const [taken, next] = this.#graph.successors[id] as [number, number];
    const comparison = this.#comparison;
    comparison.begin(termOf(this.#graph.instructions.op[i] as number) as Term, i);
    if (comparison.side(true)) this.#push(id, taken, edges);
    if (comparison.side(false)) this.#push(id, next, edges);
  }

  // Questions

  /** Whether control may come to a node: whether no branch before it can only go the other way. */
  isReached(id: number): boolean {
    return this.#reached[this.#like(id)] === 1;
  }

  low(register: number): number {
    return this.#now.low(register);
  }

  high(register: number): number {
    return this.#now.high(register);
  }

  /** Whether a register holds the sign extension of its low 32 bits. */
  isNarrow(register: number): boolean {
    return this.low(register) >= WORD_LOW && this.high(register) <= WORD_HIGH;
  }

  /** The value of a register when it is a constant. */
  constant(register: number): number | undefined {
    const low = this.low(register);
    return low === this.high(register) ? low : undefined;
  }

  /** Looks at a term of instruction `i`, whose operands are as the state says: `termLow` and `termHigh` follow. */
  rangeOf(term: Term, i: number): void {
    this.#terms.at = i;
    this.#terms.of(term);
  }

  /** The range that `rangeOf` found. */
  get termLow(): number {
    return this.#terms.result.low;
  }

  get termHigh(): number {
    return this.#terms.result.high;
  }

  /**
   * Registers that are narrow when a node begins. Where a node before it ends they need not be: a branch may have
   * shown it, or the edge is never taken. Their low words are their values in any case.
   */
  narrowIn(id: number): RegisterSet {
    return this.#narrow[id] as number;
  }

  /**
   * The guest addresses from `base + low` to `base + high`, exclusively; a negative base is none. Undefined where they
   * are not bounded or may pass the end of the address space.
   */
  addressBounds(base: number, low: number, high: number): AddressRange | undefined {
    const from = (base < 0 ? 0 : this.low(base)) + low;
    const to = (base < 0 ? 0 : this.high(base)) + high;
    if (!(to - from <= 2 ** 32)) return undefined;
    const away = Math.floor(from / 2 ** 32) * 2 ** 32;
    return to - away > 2 ** 32 ? undefined : { low: from - away, high: to - away };
  }

  #narrowOf(node: number): RegisterSet {
    const id = this.#like(node);
    if (this.#width === 32) return ~0;
    const cells = this.#cells;
    const registers = this.#registers;
    const count = registers.length;
    const at = this.#row(id);
    let set = this.#zeroRegister ? 1 : 0;
    if (this.#reached[id] === 0) return set;
    for (let k = 0; k < count; k++) {
      const isNarrow =
        (cells[at + k] as number) >= WORD_LOW && (cells[at + count + k] as number) <= WORD_HIGH;
      if (isNarrow) set |= 1 << (registers[k] as number);
    }
    return set;
  }
}
