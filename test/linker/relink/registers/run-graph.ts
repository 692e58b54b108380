import { operation, ROWS } from '../../../../src/isa/table.ts';
import type { Block, End } from '../../../../src/linker/relink/graph/block.ts';
import { DataSection } from '../../../../src/linker/relink/graph/data-section.ts';
import { evaluate } from '../../../../src/linker/relink/graph/evaluate.ts';
import type { ProgramGraph } from '../../../../src/linker/relink/graph/graph.ts';
import { Import } from '../../../../src/linker/relink/graph/import.ts';
import type { GraphInstruction } from '../../../../src/linker/relink/graph/instruction.ts';
import { type Link, linkedValue } from '../../../../src/linker/relink/graph/link.ts';
import { ARGUMENT_REGISTERS, GRAPH_REGISTERS } from '../../../../src/linker/relink/graph/registers.ts';

const ECALLI = operation('ecalli');
const MEMSET = operation('memset');
const SBRK = operation('sbrk');

export const RETURN_TO_HOST = 0xffff0000;
/** Far from what generated programs touch on purpose. */
const SPILL_ADDRESS = 0x70000000;

export interface Observed {
  /** Stores outside of spill slots, host calls and custom operations, in order. */
  readonly events: readonly string[];
  /** a0 and a1 when the program returned to the host; undefined when it was stopped or trapped. */
  readonly result: readonly [bigint, bigint] | undefined;
}

const MASK32 = 0xffffffffn;

/** Runs a graph directly, block by block, by the instruction table's meanings. */
export class GraphRun {
  readonly #graph: ProgramGraph;
  readonly #registers: bigint[] = new Array(GRAPH_REGISTERS).fill(0n);
  readonly #memory = new Map<number, number>();
  readonly #events: string[] = [];
  readonly #spill: readonly [start: number, end: number];
  /** The register with the number of an environment call. */
  readonly #number: number;

  constructor(graph: ProgramGraph) {
    this.#graph = graph;
    this.#number = graph.registers === 'all' ? 17 : 5;
    let address = 0x10000;
    for (const section of graph.data) {
      if (section.name === '.regspill') section.address = SPILL_ADDRESS;
      else {
        section.address = address;
        address += 0x10000;
      }
    }
    const spill = graph.data.find(({ name }) => name === '.regspill')?.size ?? 0;
    this.#spill = [SPILL_ADDRESS, SPILL_ADDRESS + spill];
  }

  run(entry: Block, args: readonly bigint[], limit: number): Observed {
    this.#set(1, BigInt(RETURN_TO_HOST));
    this.#set(2, 0xfffe0000n);
    for (const [index, value] of args.entries()) this.#set(ARGUMENT_REGISTERS[index] as number, value);
    let block: Block | undefined = entry;
    for (let steps = 0; steps < limit; ) {
      for (const instruction of block.instructions) this.#execute(instruction);
      // Blocks that were added are not counted, so that a run stops at the same place before and after.
      if (block.address >= 0) steps++;
      const next = this.#leave(block.end);
      if (next === 'trap') break;
      if (next === 'return') return { events: this.#events, result: [this.#get(10), this.#get(11)] };
      block = next;
    }
    return { events: this.#events, result: undefined };
  }

  #get(register: number): bigint {
    return this.#registers[register] as bigint;
  }

  #set(register: number, value: bigint): void {
    this.#registers[register] = BigInt.asUintN(this.#graph.width, value);
  }

  #linked(value: number, link: Link | undefined): number {
    if (link === undefined) return value;
    const { to, part } = link;
    let target = 0x9000_0000;
    if (to instanceof DataSection) target = to.address;
    else if ('codeAddress' in to) target = 2 * (to.id + 1);
    return linkedValue(part, target + value);
  }

  #address(base: bigint, offset: number): number {
    return Number((base + BigInt(offset)) & MASK32);
  }

  #execute(instruction: GraphInstruction): void {
    const { op, a, b, c } = instruction;
    const x = op === ECALLI ? 0 : this.#linked(instruction.x, instruction.xLink);
    const y = this.#linked(instruction.y, instruction.yLink);
    const { effect } = ROWS[op]!;
    switch (effect.kind) {
      case 'value': {
        const operands = { a: this.#get(a), b: this.#get(b), c: this.#get(c), x, y };
        this.#set(a, evaluate(op, operands, this.#graph.width) as bigint);
        return;
      }
      case 'load': {
        const address = this.#address(effect.base === undefined ? 0n : this.#get(b), x);
        const value = this.#load(address, effect.size);
        this.#set(a, effect.signed ? BigInt.asIntN(8 * effect.size, value) : value);
        return;
      }
      case 'store': {
        const base = effect.base === undefined ? 0n : this.#get(effect.base === 'a' ? a : b);
        const value = effect.value === 'a' ? this.#get(a) : BigInt(y);
        this.#store(this.#address(base, x), effect.size, value);
        return;
      }
      case 'nothing':
        return;
      default:
        this.#special(op, instruction);
    }
  }

  #special(op: number, { a, b, xLink }: GraphInstruction): void {
    if (op === SBRK) {
      this.#events.push(`sbrk ${this.#get(b)}`);
      this.#set(a, this.#get(b) + 5n);
    } else if (op === MEMSET) {
      this.#events.push(`memset ${this.#get(10)} ${this.#get(11)} ${this.#get(12)}`);
      this.#set(10, this.#get(10) + this.#get(12));
      this.#set(12, 0n);
    } else if (op === ECALLI && xLink?.to instanceof Import) this.#hostCall(xLink.to);
    else throw new Error(`operation ${op}`);
  }

  #hostCall({ convention, inputs, outputs }: Import): void {
    const read =
      convention === 'ecall' ? [this.#number, 10, 11, 12, 13, 14, 15] : ARGUMENT_REGISTERS.slice(0, inputs);
    const values = [2, ...read].map((register) => this.#get(register));
    this.#events.push(`${convention} ${values}`);
    const result = values.reduce((sum, value) => (sum * 31n + value) & MASK32, 7n);
    if (convention === 'ecall') this.#set(10, result);
    else {
      for (const [index, register] of ARGUMENT_REGISTERS.entries()) {
        this.#set(register, index < outputs ? result + BigInt(index) : BigInt(this.#events.length));
      }
    }
  }

  #load(address: number, size: number): bigint {
    let value = 0n;
    for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.#memory.get(address + i) ?? 0);
    return value;
  }

  #store(address: number, size: number, value: bigint): void {
    const bytes = BigInt.asUintN(8 * size, value);
    for (let i = 0; i < size; i++) this.#memory.set(address + i, Number((bytes >> BigInt(8 * i)) & 0xffn));
    const isSpill = address >= this.#spill[0] && address < this.#spill[1];
    if (!isSpill) this.#events.push(`[${address}] = ${bytes}`);
  }

  #leave(end: End): Block | 'return' | 'trap' {
    switch (end.kind) {
      case 'trap':
        return 'trap';
      case 'jump':
        return end.target;
      case 'branch': {
        const operands = {
          a: this.#get(end.a),
          b: this.#get(end.b),
          c: 0n,
          x: this.#linked(end.x, end.xLink),
          y: 0,
        };
        return evaluate(end.op, operands, this.#graph.width) === 0n ? end.next : end.taken;
      }
      case 'call':
        this.#set(end.link, BigInt(2 * (end.back.id + 1)));
        return end.target;
      case 'jump-indirect':
      case 'call-indirect': {
        const address = this.#address(this.#get(end.base), end.offset);
        if (end.kind === 'call-indirect') this.#set(end.link, BigInt(2 * (end.back.id + 1)));
        if (address === RETURN_TO_HOST) return 'return';
        const block = this.#graph.blocks[address / 2 - 1];
        return block?.isAddressTaken === true ? block : 'trap';
      }
    }
  }
}
