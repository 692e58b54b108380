import { type PolkaVmKind, widthOf } from '../../../core/kind.ts';
import { operation } from '../../../isa/table.ts';
import { TERM, type Term, termOf } from '../../../isa/term.ts';
import { GraphInstruction } from '../graph/instruction.ts';
import { FIRST_TEMPORARY } from '../graph/registers.ts';
import { type Expression, ExpressionBuilder } from './expression.ts';
import { Patterns } from './patterns.ts';
import { Selection, type Step } from './selection.ts';
import { withTemporaries } from './temporaries.ts';

/** Registers of an operation; 0 is x0, which reads as zero. `d` is old memory of an atomic, or a fourth operand. */
export interface Registers {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/** Numbers of the operands in steps that are made for all registers alike. */
const A = 1;
const B = 2;
const C = 3;
const D = 4;

const MOVE = operation('move_reg');

/** What of the registers decides how an operation is replaced: which are x0, and which are the same. */
const shapeOf = ({ a, b, c, d }: Registers): string =>
  [b === 0, c === 0, d === 0, b === a, c === a, d === a, b === c].map(Number).join('');

/**
 * Replaces operations that PolkaVM lacks, and those that x0 takes part in, by others: found from what they mean, so
 * that a new row of the instruction table needs nothing here.
 */
export class Expander {
  readonly #builder: ExpressionBuilder;
  readonly #patterns: Patterns;
  /** What was found, by operation, x, and what registers have to do with each other. */
  readonly #known: Map<string, readonly Step[]> = new Map();

  constructor(kind: PolkaVmKind) {
    this.#builder = new ExpressionBuilder(widthOf(kind));
    this.#patterns = new Patterns(kind);
  }

  /**
   * Instructions for a = op(b, c, x), a `value` operation that may read a as well.
   * @param firstTemporary temporaries from this one on are free
   */
  value(
    op: number,
    registers: Registers,
    x: number,
    origin: number,
    firstTemporary: number,
  ): GraphInstruction[] {
    const shape = shapeOf(registers);
    return this.#instantiate(`${op} ${x} ${shape}`, registers, origin, firstTemporary, () => {
      const source = this.#sources(registers);
      const binding = {
        [TERM.a]: this.#builder.register(A),
        [TERM.b]: source.b,
        [TERM.c]: source.c,
        [TERM.x]: this.#builder.constant(BigInt(x)),
      };
      return this.#builder.fromTerm(termOf(op) as Term, binding);
    });
  }

  /** Instructions for a = what an atomic operation writes to memory; `d` holds what is there. */
  atomic(op: number, registers: Registers, origin: number, firstTemporary: number): GraphInstruction[] {
    return this.#instantiate(`${op} ${shapeOf(registers)}`, registers, origin, firstTemporary, () => {
      const source = this.#sources(registers);
      return this.#builder.fromTerm(termOf(op) as Term, { [TERM.a]: source.d, [TERM.c]: source.c });
    });
  }

  /** Instructions for a = c is not 0 ? b : d. */
  select(registers: Registers, origin: number, firstTemporary: number): GraphInstruction[] {
    return this.#instantiate(`select ${shapeOf(registers)}`, registers, origin, firstTemporary, () => {
      const source = this.#sources(registers);
      return this.#builder.apply(TERM.select, source.c, source.b, source.d);
    });
  }

  #sources({ b, c, d }: Registers): Readonly<Record<'b' | 'c' | 'd', Expression>> {
    const source = (register: number, operand: number): Expression =>
      register === 0 ? this.#builder.constant(0n) : this.#builder.register(operand);
    return { b: source(b, B), c: source(c, c === b ? B : C), d: source(d, D) };
  }

  #instantiate(
    key: string,
    registers: Registers,
    origin: number,
    firstTemporary: number,
    expression: () => Expression,
  ): GraphInstruction[] {
    let steps = this.#known.get(key);
    if (steps === undefined) {
      const { a, b, c, d } = registers;
      const aliases = new Set([A, ...(b === a ? [B] : []), ...(c === a ? [C] : []), ...(d === a ? [D] : [])]);
      steps = withTemporaries(new Selection(this.#builder, this.#patterns).run(expression(), A, aliases));
      this.#known.set(key, steps);
    }
    const numbers = [0, registers.a, registers.b, registers.c, registers.d];
    const actual = (register: number): number =>
      register >= FIRST_TEMPORARY
        ? register - FIRST_TEMPORARY + firstTemporary
        : (numbers[register] as number);
    return steps
      .map(({ op, a, b, c, x, y }) => new GraphInstruction(op, origin, actual(a), actual(b), actual(c), x, y))
      .filter(({ op, a, b }) => !(op === MOVE && a === b));
  }
}
