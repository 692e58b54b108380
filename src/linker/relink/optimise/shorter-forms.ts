import { immediateSize } from '../../../decoder/encode-polkavm.ts';
import type { Effect } from '../../../isa/row.ts';
import { operation, ROWS } from '../../../isa/table.ts';
import type { Block, End } from '../graph/block.ts';
import {
  branchWithConstantB,
  kindHas,
  loadOperation,
  storeOperation,
  withConstantC,
} from '../graph/forms.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import type { GraphInstruction } from '../graph/instruction.ts';
import type { Pass } from '../report.ts';
import { encodedSize, operandSize } from './encoded-size.ts';
import { type Flow, type FlowSource, flowSource } from './flow.ts';
import { Holders } from './holders.ts';
import { SHAPE } from './shapes.ts';
import { symbolsOf } from './transfer.ts';
import type { Value } from './values.ts';

type Access = Extract<Effect, { kind: 'load' | 'store' }>;

/** For each operation with an immediate the one with a register in its place; -1 for none. */
const registerForms = (withConstant: (op: number) => number): Int16Array => {
  const forms = new Int16Array(ROWS.length).fill(-1);
  for (const op of ROWS.keys()) {
    const immediate = withConstant(op);
    if (immediate >= 0) forms[immediate] = op;
  }
  return forms;
};

/**
 * The last step to small code: numbers and addresses that a register holds, or that are near to one that it holds, are
 * taken from there. Instructions get shorter, but no fewer.
 */
export const shorterForms = (flowOf: FlowSource = flowSource()): Pass => ({
  name: 'immediate to register',
  run(graph: ProgramGraph): boolean {
    const flow = flowOf(graph);
    const shortener = new Shortener(graph, flow);
    let changed = false;
    for (const block of graph.blocks) {
      if (!flow.reaches(block) || !shortener.run(block)) continue;
      block.changed();
      changed = true;
    }
    return changed;
  },
});

class Shortener {
  readonly #kind: ProgramGraph['kind'];
  readonly #flow: Flow;
  readonly #holders: Holders;
  readonly #move = operation('move_reg');
  readonly #addConstant: number;
  readonly #registerForms = registerForms(withConstantC);
  readonly #branchForms = registerForms(branchWithConstantB);

  constructor({ kind, width }: ProgramGraph, flow: Flow) {
    this.#kind = kind;
    this.#flow = flow;
    this.#holders = new Holders(flow.transfer.values, flow.registers);
    this.#addConstant = operation(width === 64 ? 'add_imm_64' : 'add_imm_32');
  }

  run(block: Block): boolean {
    const { transfer } = this.#flow;
    this.#flow.enter(block, this.#holders.cells);
    this.#holders.enter();
    let symbol = this.#flow.symbolsOf(block);
    let changed = false;
    for (const instruction of block.instructions) {
      const symbols = symbolsOf(instruction);
      if (this.#shorten(instruction)) changed = true;
      transfer.step(instruction, this.#holders.cells, symbol);
      symbol += symbols;
    }
    const end = this.#branch(block.end);
    if (end === block.end) return changed;
    block.end = end;
    return true;
  }

  #shorten(instruction: GraphInstruction): boolean {
    const { transfer } = this.#flow;
    const shape = transfer.shapeOf(instruction);
    if (shape === SHAPE.constant || shape === SHAPE.wideConstant) return this.#load(instruction);
    const row = ROWS[instruction.op];
    const { effect } = row ?? {};
    if (effect?.kind === 'load' || effect?.kind === 'store') return this.#access(instruction, effect);
    return effect?.kind === 'value' && row?.form === 'reg_reg_imm' && this.#operand(instruction);
  }

  #load(instruction: GraphInstruction): boolean {
    const value = this.#flow.transfer.result(instruction, this.#holders.cells) as Value;
    const size = encodedSize(instruction);
    const holder = size > 2 ? this.#holders.holderOf(value) : 0;
    if (holder !== 0) {
      instruction.become(this.#move, instruction.a, holder);
      return true;
    }
    const near = this.#holders.nearest(value);
    if (near === 0) return false;
    const distance = this.#holders.distance(value, near) as number;
    if (2 + immediateSize(distance) >= size) return false;
    instruction.become(this.#addConstant, instruction.a, near, 0, distance);
    return true;
  }

  /** Operands that a register holds; distances of shifts are short enough as they are. */
  #operand(instruction: GraphInstruction): boolean {
    const { op, a, b, x, xLink } = instruction;
    const form = this.#registerForms[op] as number;
    if (form < 0 || operandSize(x, xLink) < 2) return false;
    const holder = this.#holders.holderOf(this.#flow.transfer.values.immediate(x, xLink));
    if (holder === 0 || !kindHas(this.#kind, form)) return false;
    instruction.become(form, a, b, holder);
    return true;
  }

  #access(instruction: GraphInstruction, effect: Access): boolean {
    const based = this.#base(instruction, effect);
    return (effect.kind === 'store' && effect.value === 'y' && this.#storedValue(instruction)) || based;
  }

  /** The base register from which the offset is shortest. */
  #base(instruction: GraphInstruction, effect: Access): boolean {
    const { cells } = this.#holders;
    const { x, xLink } = instruction;
    const base = effect.base === undefined ? undefined : (cells[instruction[effect.base]] as Value);
    const address = this.#flow.transfer.addressOf(instruction, base);
    if (address === undefined) return false;
    const near = this.#holders.nearest(address);
    if (near === 0) return false;
    const distance = this.#holders.distance(address, near) as number;
    if (immediateSize(distance) >= operandSize(x, xLink)) return false;
    const { a, y, yLink } = instruction;
    const isConstant = effect.kind === 'store' && effect.value === 'y';
    const op =
      effect.kind === 'load'
        ? loadOperation(effect.size, effect.signed, true)
        : storeOperation(effect.size, true, isConstant);
    if (isConstant) instruction.become(op, near, 0, 0, distance, y, undefined, yLink);
    else instruction.become(op, a, near, 0, distance);
    return true;
  }

  #storedValue(instruction: GraphInstruction): boolean {
    const { op, a, x, xLink, y, yLink } = instruction;
    const effect = ROWS[op]?.effect as Access;
    if (operandSize(y, yLink) === 0) return false;
    const holder = this.#holders.holderOf(this.#flow.transfer.values.immediate(y, yLink));
    if (holder === 0) return false;
    const isBased = effect.base !== undefined;
    instruction.become(storeOperation(effect.size, isBased, false), holder, isBased ? a : 0, 0, x, 0, xLink);
    return true;
  }

  #branch(end: End): End {
    if (end.kind !== 'branch' || end.b !== 0 || operandSize(end.x, end.xLink) === 0) return end;
    const op = this.#branchForms[end.op] as number;
    const holder = this.#holders.holderOf(this.#flow.transfer.values.immediate(end.x, end.xLink));
    if (op < 0 || holder === 0 || !kindHas(this.#kind, op)) return end;
    return { ...end, op, b: holder, x: 0, xLink: undefined };
  }
}
