import { immediateSize } from '../../../decoder/encode-polkavm.ts';
import type { Effect, Row } from '../../../isa/row.ts';
import { operation, ROWS } from '../../../isa/table.ts';
import { definesA, usesOf } from '../../../isa/term.ts';
import { kindHas, loadOperation, storeOperation, withConstantB, withConstantC } from '../graph/forms.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import type { GraphInstruction } from '../graph/instruction.ts';
import { encodedSize, operandSize } from './encoded-size.ts';
import type { Holders } from './holders.ts';
import { SHAPE } from './shapes.ts';
import { type Simpler, Strength } from './strength.ts';
import type { Transfer } from './transfer.ts';
import type { Value, Values } from './values.ts';

type Access = Extract<Effect, { kind: 'load' | 'store' }>;

/** Makes single instructions simpler, by what registers hold in front of them. */
export class InstructionRewriter {
  readonly #graph: ProgramGraph;
  readonly #transfer: Transfer;
  readonly #values: Values;
  readonly #holders: Holders;
  readonly #strength: Strength;
  readonly #operations: Operations;

  constructor(graph: ProgramGraph, transfer: Transfer, holders: Holders) {
    this.#graph = graph;
    this.#transfer = transfer;
    this.#values = transfer.values;
    this.#holders = holders;
    this.#strength = new Strength(graph.kind);
    this.#operations = operationsOf(graph);
  }

  /** Changes an instruction in place; returns true when it did. */
  rewrite(instruction: GraphInstruction): boolean {
    const effect = ROWS[instruction.op]?.effect;
    if (definesA(instruction.op) && this.#fromResult(instruction)) return true;
    let changed = this.#renameOperands(instruction);
    if (effect?.kind === 'value') changed = this.#simplify(instruction) || changed;
    else if (effect?.kind === 'load' || effect?.kind === 'store') {
      changed = this.#address(instruction, effect) || changed;
      if (effect.kind === 'store' && effect.value === 'a')
        changed = this.#storeNumber(instruction, effect) || changed;
    }
    return changed;
  }

  /** When the result is known, nothing has to be computed. */
  #fromResult(instruction: GraphInstruction): boolean {
    const result = this.#transfer.result(instruction, this.#holders.cells);
    if (result === undefined) return false;
    const shape = this.#transfer.shapeOf(instruction);
    if (this.#values.rootOf(result) >= 0) {
      return shape === SHAPE.constant || shape === SHAPE.wideConstant
        ? this.#shorten(instruction, result)
        : this.#load(instruction, result);
    }
    const { a } = instruction;
    const { move } = this.#operations;
    const holder = this.#holders.holderOf(result);
    if (this.#holders.cells[a] === result) return become(instruction, move, a, a);
    if (holder !== 0) return become(instruction, move, a, holder);
    return this.#addToRelative(instruction, result);
  }

  /** A number that was joined of two words may do with one. */
  #shorten(instruction: GraphInstruction, result: Value): boolean {
    const shape = this.#transfer.shapeOf(instruction);
    if (this.#holders.cells[instruction.a] === result) {
      return become(instruction, this.#operations.move, instruction.a, instruction.a);
    }
    return shape === SHAPE.wideConstant && this.#values.isShort(result) && this.#load(instruction, result);
  }

  /** Becomes a load of a number or address. */
  #load(instruction: GraphInstruction, value: Value): boolean {
    const values = this.#values;
    const { a } = instruction;
    if (this.#holders.cells[a] === value) return become(instruction, this.#operations.move, a, a);
    if (values.isImmediate(value)) {
      instruction.become(
        this.#operations.constant,
        a,
        0,
        0,
        values.immediateOf(value),
        0,
        values.linkOf(value),
      );
      return true;
    }
    const { wideConstant } = this.#operations;
    if (!values.isNumber(value) || wideConstant < 0) return false;
    instruction.become(wideConstant, a, 0, 0, values.lowOf(value), values.highOf(value));
    return true;
  }

  /** `a = older register + distance`, where that is not longer. */
  #addToRelative(instruction: GraphInstruction, result: Value): boolean {
    const holder = this.#holders.relativeOf(result);
    if (holder === 0) return false;
    const distance = this.#holders.distance(result, holder) as number;
    const { op, a, b, x } = instruction;
    const { addConstant } = this.#operations;
    if (op === addConstant && b === holder && x === distance) return false;
    // The register that is there may be as old as the other one: then nothing is gained.
    if (op === addConstant && !this.#holders.isOlder(holder, b)) return false;
    if (2 + immediateSize(distance) > encodedSize(instruction)) return false;
    instruction.become(addConstant, a, holder, 0, distance);
    return true;
  }

  /** Reads each operand from the oldest register that holds it. */
  #renameOperands(instruction: GraphInstruction): boolean {
    const uses = usesOf(instruction.op);
    let changed = false;
    if ((uses & 2) !== 0) {
      const b = this.#holders.oldest(instruction.b);
      changed = b !== instruction.b;
      instruction.b = b;
    }
    if ((uses & 4) !== 0) {
      const c = this.#holders.oldest(instruction.c);
      changed = changed || c !== instruction.c;
      instruction.c = c;
    }
    if ((uses & 1) !== 0 && !definesA(instruction.op)) {
      const a = this.#holders.oldest(instruction.a);
      changed = changed || a !== instruction.a;
      instruction.a = a;
    }
    return changed;
  }

  #simplify(instruction: GraphInstruction): boolean {
    const { form } = ROWS[instruction.op] as Row;
    if (form === 'reg_reg_imm') {
      if (instruction.xLink !== undefined) return false;
      return this.#apply(instruction, this.#strength.simplify(instruction.op, instruction.x), instruction.b);
    }
    return form === 'reg_reg_reg' && (this.#withC(instruction) || this.#withB(instruction));
  }

  #withC(instruction: GraphInstruction): boolean {
    const { op, a, b, c } = instruction;
    const value = this.#holders.cells[c] as Value;
    if (!this.#values.isImmediate(value)) return false;
    if (this.#values.isNumber(value)) {
      return this.#apply(instruction, this.#strength.withNumberC(op, this.#values.lowOf(value)), b);
    }
    return this.#linked(instruction, withConstantC(op), a, b, value);
  }

  #withB(instruction: GraphInstruction): boolean {
    const { op, a, b, c } = instruction;
    const value = this.#holders.cells[b] as Value;
    if (!this.#values.isImmediate(value)) return false;
    if (this.#values.isNumber(value)) {
      return this.#apply(instruction, this.#strength.withNumberB(op, this.#values.lowOf(value)), c);
    }
    return this.#linked(instruction, withConstantB(op), a, c, value);
  }

  #linked(instruction: GraphInstruction, op: number, a: number, b: number, value: Value): boolean {
    const x = this.#values.immediateOf(value);
    const link = this.#values.linkOf(value);
    if (op < 0 || !kindHas(this.#graph.kind, op)) return false;
    if (2 + operandSize(x, link) > encodedSize(instruction)) return false;
    instruction.become(op, a, b, 0, x, 0, link);
    return true;
  }

  #apply(instruction: GraphInstruction, simpler: Simpler | undefined, b: number): boolean {
    const { a } = instruction;
    switch (simpler?.kind) {
      case 'copy':
        return become(instruction, this.#operations.move, a, b);
      case 'number':
        instruction.become(this.#operations.constant, a, 0, 0, simpler.value);
        return true;
      case 'operation':
        if (2 + immediateSize(simpler.x) > encodedSize(instruction)) return false;
        instruction.become(simpler.op, a, b, 0, simpler.x);
        return true;
      default:
        return false;
    }
  }

  /** Addresses from an older register, or without one, where that is not longer. */
  #address(instruction: GraphInstruction, effect: Access): boolean {
    if (effect.base === undefined) return false;
    const base = instruction[effect.base];
    const address = this.#transfer.addressOf(instruction, this.#holders.cells[base] as Value);
    if (address === undefined) return false;
    if (this.#values.isImmediate(address)) return this.#absolute(instruction, effect, address);
    if (instruction.xLink !== undefined) return false;
    const holder = this.#holders.relativeOf(address);
    if (holder === 0 || !this.#holders.isOlder(holder, base)) return false;
    const distance = this.#holders.distance(address, holder) as number;
    if (immediateSize(distance) > immediateSize(instruction.x)) return false;
    instruction[effect.base] = holder;
    instruction.x = distance;
    return true;
  }

  #absolute(instruction: GraphInstruction, effect: Access, address: Value): boolean {
    const x = this.#values.immediateOf(address);
    const link = this.#values.linkOf(address);
    const isJoined = instruction.xLink !== undefined;
    // A pair of `lui` and low part is one address: what loads the high part is expected to go.
    if (!isJoined && operandSize(x, link) > operandSize(instruction.x, undefined)) return false;
    const { a, y, yLink } = instruction;
    const op =
      effect.kind === 'load'
        ? loadOperation(effect.size, effect.signed, false)
        : storeOperation(effect.size, false, effect.value === 'y');
    if (op < 0 || !kindHas(this.#graph.kind, op)) return false;
    instruction.become(op, effect.base === 'a' ? 0 : a, 0, 0, x, y, link, yLink);
    return true;
  }

  #storeNumber(instruction: GraphInstruction, { size }: Access): boolean {
    const effect = ROWS[instruction.op]?.effect as Extract<Effect, { kind: 'store' }>;
    const value = this.#holders.cells[instruction.a] as Value;
    if (!this.#values.isImmediate(value)) return false;
    const y = this.#values.immediateOf(value);
    const link = this.#values.linkOf(value);
    if (operandSize(y, link) > 0) return false;
    const { b, x, xLink } = instruction;
    const op = storeOperation(size, effect.base !== undefined, true);
    if (op < 0 || !kindHas(this.#graph.kind, op)) return false;
    instruction.become(op, effect.base === undefined ? 0 : b, 0, 0, x, y, xLink, link);
    return true;
  }
}

/** The operations that passes make, where the kind has them, else -1. */
interface Operations {
  readonly constant: number;
  readonly wideConstant: number;
  readonly move: number;
  readonly addConstant: number;
}

const operationsOf = ({ kind, width }: ProgramGraph): Operations => {
  const wide = operation('load_imm64');
  return {
    constant: operation('load_imm'),
    wideConstant: width === 64 && kindHas(kind, wide) ? wide : -1,
    move: operation('move_reg'),
    addConstant: operation(width === 64 ? 'add_imm_64' : 'add_imm_32'),
  };
};

/** True when that is a change. */
const become = (instruction: GraphInstruction, op: number, a: number, b: number): boolean => {
  if (instruction.op === op && instruction.a === a && instruction.b === b) return false;
  instruction.become(op, a, b);
  return true;
};
