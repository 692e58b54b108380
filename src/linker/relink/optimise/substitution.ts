import type { Effect } from '../../../isa/row.ts';
import { operation, ROWS } from '../../../isa/table.ts';
import { usesOf } from '../../../isa/term.ts';
import type { End } from '../graph/block.ts';
import {
  branchWithConstantA,
  branchWithConstantB,
  kindHas,
  loadOperation,
  storeOperation,
  withConstantB,
  withConstantC,
} from '../graph/forms.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import { GraphInstruction } from '../graph/instruction.ts';
import type { Link } from '../graph/link.ts';
import { SHAPE, shapesIn } from './shapes.ts';
import { type Simpler, Strength } from './strength.ts';

const LOAD_IMM = operation('load_imm');
const MOVE = operation('move_reg');

/** What is put in place of a register: a register plus x, or x alone (base 0), relative to a link. */
export interface Source {
  readonly base: number;
  readonly x: number;
  readonly link: Link | undefined;
}

type Access = Extract<Effect, { kind: 'load' | 'store' }>;

/** What instructions become when a register is replaced by what it was made from; undefined when there is no form. */
export class Substitution {
  readonly #graph: ProgramGraph;
  readonly #shapes: Uint8Array;
  readonly #strength: Strength;
  readonly #addConstant: number;

  constructor(graph: ProgramGraph) {
    this.#graph = graph;
    this.#shapes = shapesIn(graph.width);
    this.#strength = new Strength(graph.kind);
    this.#addConstant = operation(graph.width === 64 ? 'add_imm_64' : 'add_imm_32');
  }

  inInstruction(
    instruction: GraphInstruction,
    register: number,
    source: Source,
  ): GraphInstruction | undefined {
    const effect = ROWS[instruction.op]?.effect;
    switch (effect?.kind) {
      case 'value':
        return this.#inValue(instruction, register, source);
      case 'load':
      case 'store':
        return this.#inAccess(instruction, register, source, effect);
      default:
        return undefined;
    }
  }

  inEnd(end: End, register: number, { base, x, link }: Source): End | undefined {
    if (end.kind !== 'branch' || base !== 0 || end.b === 0 || end.a === end.b) return undefined;
    const isB = end.b === register;
    const op = isB ? branchWithConstantB(end.op) : branchWithConstantA(end.op);
    if (!this.#has(op)) return undefined;
    return { ...end, op, a: isB ? end.a : end.b, b: 0, x, xLink: link };
  }

  #has(op: number): boolean {
    return op >= 0 && kindHas(this.#graph.kind, op);
  }

  #inValue(instruction: GraphInstruction, register: number, source: Source): GraphInstruction | undefined {
    const { op, origin, a, b, c } = instruction;
    const shape = this.#shapes[op];
    if (shape === SHAPE.copy) return this.#sum(a, origin, source, 0);
    if (shape === SHAPE.addConstant && instruction.xLink === undefined) {
      return this.#sum(a, origin, source, instruction.x);
    }
    if (source.base !== 0 || ROWS[op]?.form !== 'reg_reg_reg' || b === c) return undefined;
    if ((usesOf(op) & 1) !== 0 && a === register) return undefined;
    const isC = c === register;
    const other = isC ? b : c;
    if (source.link === undefined) {
      const simpler = isC
        ? this.#strength.withNumberC(op, source.x)
        : this.#strength.withNumberB(op, source.x);
      return simplified(simpler, origin, a, other);
    }
    const immediate = isC ? withConstantC(op) : withConstantB(op);
    if (!this.#has(immediate)) return undefined;
    return new GraphInstruction(immediate, origin, a, other, 0, source.x, 0, source.link);
  }

  /** `a = source + x` */
  #sum(a: number, origin: number, { base, x: from, link }: Source, x: number): GraphInstruction | undefined {
    const sum = this.#added(from, x, link);
    if (sum === undefined) return undefined;
    return base === 0
      ? new GraphInstruction(LOAD_IMM, origin, a, 0, 0, sum, 0, link)
      : new GraphInstruction(this.#addConstant, origin, a, base, 0, sum);
  }

  /** Sums that stay 32 bits wide mean the same in 64. */
  #added(x: number, y: number, link: Link | undefined): number | undefined {
    const sum = x + y;
    if (y !== 0 && link !== undefined && link.part !== 'whole') return undefined;
    if (this.#graph.width === 32) return sum | 0;
    return sum === (sum | 0) ? sum : undefined;
  }

  #inAccess(
    instruction: GraphInstruction,
    register: number,
    source: Source,
    effect: Access,
  ): GraphInstruction | undefined {
    const isBase = effect.base !== undefined && instruction[effect.base] === register;
    const isValue = effect.kind === 'store' && effect.value === 'a' && instruction.a === register;
    if (isBase && isValue) return undefined;
    if (isValue) return this.#storeOf(instruction, source, effect);
    return isBase && instruction.xLink === undefined
      ? this.#accessAt(instruction, source, effect)
      : undefined;
  }

  #storeOf(
    { origin, b, x, xLink }: GraphInstruction,
    source: Source,
    effect: Access,
  ): GraphInstruction | undefined {
    const isBased = effect.base !== undefined;
    const op = storeOperation(effect.size, isBased, true);
    if (source.base !== 0 || !this.#has(op)) return undefined;
    return new GraphInstruction(op, origin, isBased ? b : 0, 0, 0, x, source.x, xLink, source.link);
  }

  #accessAt(
    instruction: GraphInstruction,
    { base, x: from, link }: Source,
    effect: Access,
  ): GraphInstruction | undefined {
    const x = this.#added(from, instruction.x, link);
    if (x === undefined) return undefined;
    if (base !== 0) {
      const moved = instruction.clone();
      moved[effect.base as 'a' | 'b'] = base;
      moved.x = x;
      return moved;
    }
    const { origin, a, y, yLink } = instruction;
    const op =
      effect.kind === 'load'
        ? loadOperation(effect.size, effect.signed, false)
        : storeOperation(effect.size, false, effect.value === 'y');
    if (!this.#has(op)) return undefined;
    return new GraphInstruction(op, origin, effect.base === 'a' ? 0 : a, 0, 0, x, y, link, yLink);
  }
}

const simplified = (
  simpler: Simpler | undefined,
  origin: number,
  a: number,
  b: number,
): GraphInstruction | undefined => {
  switch (simpler?.kind) {
    case 'copy':
      return new GraphInstruction(MOVE, origin, a, b);
    case 'number':
      return new GraphInstruction(LOAD_IMM, origin, a, 0, 0, simpler.value);
    case 'operation':
      return new GraphInstruction(simpler.op, origin, a, b, 0, simpler.x);
    default:
      return undefined;
  }
};
