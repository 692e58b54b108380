import type { Effect, Row } from '../../../isa/row.ts';
import { ROWS } from '../../../isa/table.ts';
import { definesA, TERM, type Term, termOf, touchesOtherRegisters, usesOf } from '../../../isa/term.ts';
import type { End } from '../graph/block.ts';
import { DataSection } from '../graph/data-section.ts';
import { evaluate } from '../graph/evaluate.ts';
import type { GraphInstruction } from '../graph/instruction.ts';
import type { Link } from '../graph/link.ts';
import { writesOf } from '../graph/register-use.ts';
import { constantLoad } from './constant-load.ts';
import { eqCondition } from './equal-branches.ts';
import { SHAPE, shapesIn } from './shapes.ts';
import type { Value, Values } from './values.ts';

/** Symbols that an instruction may need: one for each register below 32 that a host call leaves open. */
export const SYMBOLS_PER_CALL = 32;

/** How many symbols an instruction takes. */
export const symbolsOf = ({ op }: GraphInstruction): number =>
  touchesOtherRegisters(op) ? SYMBOLS_PER_CALL : 1;

/** What instructions do to what is known of registers. */
export class Transfer {
  readonly values: Values;
  readonly #shapes: Uint8Array;

  constructor(values: Values) {
    this.values = values;
    this.#shapes = shapesIn(values.width);
  }

  shapeOf({ op }: GraphInstruction): number {
    return this.#shapes[op] as number;
  }

  /** Carries an instruction out on `cells`; what it makes anew gets symbols from `symbol` on. */
  step(instruction: GraphInstruction, cells: Int32Array, symbol: number): void {
    if (definesA(instruction.op)) {
      cells[instruction.a] = this.result(instruction, cells) ?? this.values.symbol(symbol);
      return;
    }
    let written = writesOf(instruction);
    for (let register = 0; written !== 0; register++, written >>>= 1) {
      if ((written & 1) !== 0) cells[register] = this.values.symbol(symbol + register);
    }
  }

  /** The value that an instruction gives to `a`, if anything is known of it. */
  result(instruction: GraphInstruction, cells: Int32Array): Value | undefined {
    const { values } = this;
    const { op, b, c, x, xLink } = instruction;
    switch (this.#shapes[op]) {
      case SHAPE.constant:
        return values.immediate(x, xLink);
      case SHAPE.wideConstant:
        return values.of(0, x, instruction.y);
      case SHAPE.copy:
        return cells[b];
      case SHAPE.addConstant:
        return this.#sumWithImmediate(cells[b] as Value, x, xLink);
      case SHAPE.add:
        return this.#sum(cells[b] as Value, cells[c] as Value);
      case SHAPE.subtract:
        return this.#difference(cells[b] as Value, cells[c] as Value);
      case SHAPE.select:
        return this.#selected(instruction, cells);
      case SHAPE.load:
        return this.#loaded(instruction, cells);
      case SHAPE.other:
        return this.#fold(instruction, cells);
    }
    return undefined;
  }

  #loaded(instruction: GraphInstruction, cells: Int32Array): Value | undefined {
    const { values } = this;
    const { base, size, signed } = (ROWS[instruction.op] as Row).effect as Extract<Effect, { kind: 'load' }>;
    const from = base === undefined ? undefined : (cells[instruction.b] as Value);
    // Most addresses are relative to something that nobody knows.
    if (from !== undefined && values.rootOf(from) < 0) return undefined;
    const address = this.addressOf(instruction, from);
    const link = address === undefined ? undefined : values.linkOf(address);
    if (address === undefined || link?.part !== 'whole' || !(link.to instanceof DataSection))
      return undefined;
    return constantLoad(values, link.to, values.lowOf(address), size, signed);
  }

  /** The address of an access: base register, if there is one, plus x. */
  addressOf({ x, xLink }: GraphInstruction, base: Value | undefined): Value | undefined {
    return base === undefined ? this.values.immediate(x, xLink) : this.#sumWithImmediate(base, x, xLink);
  }

  /** The condition of a branch: 0, 1, or not known. */
  condition(end: Extract<End, { kind: 'branch' }>, cells: Int32Array): 0 | 1 | undefined {
    const { values } = this;
    const a = cells[end.a] as Value;
    const b = end.b === 0 ? values.immediate(end.x, end.xLink) : (cells[end.b] as Value);
    if (a === b) return this.#compared(end, 0n, 0n);
    if (values.isNumber(a) && values.isNumber(b))
      return this.#compared(end, this.numberOf(a), this.numberOf(b));
    // Different distances from the same: they are not equal, that is all.
    const equal = values.rootOf(a) === values.rootOf(b) ? eqCondition(end.op) : undefined;
    return equal === undefined ? undefined : equal ? 0 : 1;
  }

  #compared({ op, b: register }: Extract<End, { kind: 'branch' }>, a: bigint, b: bigint): 0 | 1 {
    const x = register === 0 ? Number(BigInt.asIntN(32, b)) : 0;
    return evaluate(op, { a, b, c: 0n, x, y: 0 }, this.values.width) === 0n ? 0 : 1;
  }

  /** A plain number as the instruction table computes with it: unsigned. */
  numberOf(value: Value): bigint {
    const low = BigInt(this.values.lowOf(value) >>> 0);
    return this.values.width === 32 ? low : (BigInt(this.values.highOf(value) >>> 0) << 32n) | low;
  }

  #sumWithImmediate(value: Value, x: number, link: Link | undefined): Value | undefined {
    const { values } = this;
    if (link === undefined) return values.add(value, x, x >> 31);
    if (link.part === 'low') return values.joinParts(value, link, x);
    return values.isNumber(value) ? this.#sum(values.immediate(x, link), value) : undefined;
  }

  #sum(a: Value, b: Value): Value | undefined {
    const { values } = this;
    if (values.isNumber(b)) return values.add(a, values.lowOf(b), values.highOf(b));
    return values.isNumber(a) ? values.add(b, values.lowOf(a), values.highOf(a)) : undefined;
  }

  #difference(a: Value, b: Value): Value | undefined {
    const { values } = this;
    const root = values.rootOf(b);
    if (root !== 0 && values.rootOf(a) !== root) return undefined;
    const low = -values.lowOf(b) | 0;
    const high = values.width === 32 ? low >> 31 : (~values.highOf(b) + (low === 0 ? 1 : 0)) | 0;
    if (root === 0) return values.add(a, low, high);
    return values.add(values.of(0, values.lowOf(a), values.highOf(a)), low, high);
  }

  /** The side that a conditional move takes, when its condition is known. */
  #selected(instruction: GraphInstruction, cells: Int32Array): Value | undefined {
    const { values } = this;
    const term = termOf(instruction.op) as Term;
    const condition = this.#leaf(term.p, instruction, cells);
    if (condition === undefined || !values.isNumber(condition)) return undefined;
    const isZero = (values.lowOf(condition) | values.highOf(condition)) === 0;
    return this.#leaf(isZero ? term.r : term.q, instruction, cells);
  }

  #leaf(term: Term, { a, b, c, x, xLink }: GraphInstruction, cells: Int32Array): Value | undefined {
    switch (term.op) {
      case TERM.a:
        return cells[a];
      case TERM.b:
        return cells[b];
      case TERM.c:
        return cells[c];
      case TERM.x:
        return this.values.immediate(x, xLink);
      default:
        return undefined;
    }
  }

  /** By the oracle, when all registers that are read hold numbers. */
  #fold(instruction: GraphInstruction, cells: Int32Array): Value | undefined {
    const { values } = this;
    const { op, a, b, c, x, y } = instruction;
    if (instruction.xLink !== undefined || instruction.yLink !== undefined) return undefined;
    const uses = usesOf(op);
    const isKnown = (bit: number, register: number): boolean =>
      (uses & bit) === 0 || values.isNumber(cells[register] as Value);
    if (!isKnown(2, b) || !isKnown(4, c) || !isKnown(1, a)) return undefined;
    const operand = (bit: number, register: number): bigint =>
      (uses & bit) === 0 ? 0n : this.numberOf(cells[register] as Value);
    const operands = { a: operand(1, a), b: operand(2, b), c: operand(4, c), x, y };
    const result = evaluate(op, operands, values.width);
    if (result === undefined) return undefined;
    const low = Number(result & 0xffff_ffffn) | 0;
    return values.of(0, low, values.width === 32 ? low >> 31 : Number(result >> 32n) | 0);
  }
}
