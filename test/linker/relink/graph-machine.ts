import type { Width } from '../../../src/core/kind.ts';
import { operation, ROWS } from '../../../src/isa/table.ts';
import { Block, type End } from '../../../src/linker/relink/graph/block.ts';
import { DataSection } from '../../../src/linker/relink/graph/data-section.ts';
import { evaluate } from '../../../src/linker/relink/graph/evaluate.ts';
import type { ProgramGraph } from '../../../src/linker/relink/graph/graph.ts';
import { Import } from '../../../src/linker/relink/graph/import.ts';
import type { GraphInstruction } from '../../../src/linker/relink/graph/instruction.ts';
import { type Link, type LinkTarget, linkedValue } from '../../../src/linker/relink/graph/link.ts';
import {
  A0,
  A1,
  A2,
  A7,
  ARGUMENT_REGISTERS,
  GRAPH_REGISTERS,
  RA,
  SP,
  T0,
} from '../../../src/linker/relink/graph/registers.ts';

/** What can be seen of a run from outside. */
export interface Observation {
  readonly stop: 'finished' | 'trap' | 'fuel';
  readonly results: readonly bigint[];
  /** Each host call with its arguments. */
  readonly calls: readonly string[];
  /** Those, and stores and custom operations, in order. */
  readonly events: readonly string[];
  /** All bytes of writable data. */
  readonly data: string;
}

export interface RunOptions {
  /** Registers of the result. */
  readonly outputs: number;
  /** Blocks after which the run is given up. */
  readonly fuel: number;
  /** Default: numbers that nobody expects. */
  readonly args?: readonly bigint[];
}

const MEMSET = operation('memset');
const SBRK = operation('sbrk');

/** Where registers live that have none in the machine: far from what programs touch on purpose, and not observed. */
const SPILL_SECTION = '.regspill';
const SPILL_ADDRESS = 0x70000000;
/** Arguments of an environment call: a0 … a5. */
const ENVIRONMENT_ARGUMENTS = ARGUMENT_REGISTERS.slice(0, 6);

const RETURN = 0xffff0000n;
const STACK_TOP = 0x7ffff000n;
const DATA_START = 0x10000;
const HEAP_BASE_ADDRESS = 0x300000;

/**
 * Runs a block graph as it stands, by the instruction table's own meanings: the judge of what passes do. Places of
 * data and code addresses depend on nothing that a pass changes.
 */
export class GraphMachine {
  readonly #graph: ProgramGraph;
  readonly #width: Width;
  /** Blocks behind these were added and take no fuel, so that runs stop at the same place before and after. */
  readonly #counted: number;
  readonly #registers: bigint[] = new Array<bigint>(GRAPH_REGISTERS).fill(0n);
  readonly #memory = new Map<number, number>();
  readonly #addresses = new Map<DataSection, number>();
  readonly #calls: string[] = [];
  readonly #events: string[] = [];
  #stop: Observation['stop'] | undefined;

  constructor(graph: ProgramGraph, counted: number = Number.POSITIVE_INFINITY) {
    this.#graph = graph;
    this.#counted = counted;
    this.#width = graph.width;
    let address = DATA_START;
    for (const section of graph.data) {
      if (section.name === SPILL_SECTION) {
        this.#addresses.set(section, SPILL_ADDRESS);
        continue;
      }
      address = Math.ceil(address / section.alignment) * section.alignment;
      this.#addresses.set(section, address);
      address += section.size;
    }
    for (const section of graph.data) this.#load(section);
  }

  run(block: Block, { outputs, fuel, args }: RunOptions): Observation {
    this.#registers[RA] = RETURN;
    this.#registers[SP] = STACK_TOP;
    for (const [index, register] of ARGUMENT_REGISTERS.entries()) {
      this.#set(register, args === undefined ? BigInt(index * 0x1234567) - 3n : (args[index] ?? 0n));
    }
    let at: Block | undefined = block;
    for (let left = fuel; at !== undefined; ) {
      if (left === 0) {
        this.#stop = 'fuel';
        break;
      }
      if (at.id < this.#counted) left--;
      at = this.#step(at);
    }
    return {
      stop: this.#stop ?? 'trap',
      results: this.#stop === 'finished' ? [A0, A1].slice(0, outputs).map((r) => this.#get(r)) : [],
      calls: this.#calls,
      events: this.#events,
      data: this.#dump(),
    };
  }

  #load(section: DataSection): void {
    const base = this.#addresses.get(section) as number;
    for (const [offset, byte] of section.bytes.entries()) this.#memory.set(base + offset, byte);
    for (const { offset, size, to, addend, minus } of section.references) {
      const less = minus === undefined ? 0 : (this.#addresses.get(minus.section) as number) + minus.addend;
      this.#write(base + offset, size, BigInt(this.#number(to) + addend - less));
    }
  }

  #dump(): string {
    return this.#graph.data
      .filter(({ kind, name }) => kind !== 'ro' && name !== SPILL_SECTION)
      .map((section) => {
        const base = this.#addresses.get(section) as number;
        return Array.from({ length: section.size }, (_, k) => this.#memory.get(base + k) ?? 0).join();
      })
      .join('\n');
  }

  #number(to: LinkTarget): number {
    if (to instanceof DataSection) return this.#addresses.get(to) as number;
    if (to instanceof Block) return 2 * (to.id + 1);
    return to instanceof Import ? to.inputs : HEAP_BASE_ADDRESS;
  }

  #immediate(x: number, link: Link | undefined): number {
    return link === undefined ? x : linkedValue(link.part, this.#number(link.to) + x);
  }

  #get(register: number): bigint {
    return this.#registers[register] as bigint;
  }

  #set(register: number, value: bigint): void {
    this.#registers[register] = BigInt.asUintN(this.#width, value);
  }

  #read(address: number, size: number, signed: boolean): bigint {
    let value = 0n;
    for (let k = 0; k < size; k++) {
      value |= BigInt(this.#memory.get((address + k) >>> 0) ?? 0) << BigInt(8 * k);
    }
    return signed ? BigInt.asIntN(8 * size, value) : value;
  }

  #write(address: number, size: number, value: bigint): void {
    for (let k = 0; k < size; k++) {
      this.#memory.set((address + k) >>> 0, Number((value >> BigInt(8 * k)) & 0xffn));
    }
  }

  #step(block: Block): Block | undefined {
    for (const instruction of block.instructions) this.#execute(instruction);
    return this.#follow(block.end);
  }

  #execute(instruction: GraphInstruction): void {
    const { op, a, b, c } = instruction;
    const effect = ROWS[op]?.effect;
    const x = this.#immediate(instruction.x, instruction.xLink);
    const y = this.#immediate(instruction.y, instruction.yLink);
    const address = (base: 'a' | 'b' | undefined): number =>
      Number(BigInt.asUintN(32, (base === undefined ? 0n : this.#get(instruction[base])) + BigInt(x)));
    if (effect?.kind === 'value') {
      const operands = { a: this.#get(a), b: this.#get(b), c: this.#get(c), x, y };
      this.#set(a, evaluate(op, operands, this.#width) as bigint);
    } else if (effect?.kind === 'load') {
      this.#set(a, this.#read(address(effect.base), effect.size, effect.signed));
    } else if (effect?.kind === 'store') {
      this.#store(address(effect.base), effect.size, effect.value === 'a' ? this.#get(a) : BigInt(y));
    } else if (effect?.kind === 'host-call') this.#hostCall(instruction.xLink?.to as Import);
    else if (op === MEMSET) this.#memset();
    else if (op === SBRK) this.#sbrk(a, this.#get(b));
    else if (effect?.kind !== 'nothing') throw new Error(`operation ${op}`);
  }

  #store(address: number, size: number, value: bigint): void {
    this.#write(address, size, value);
    if (address < SPILL_ADDRESS || address >= SPILL_ADDRESS + 8 * GRAPH_REGISTERS) {
      this.#events.push(`[${address}] = ${BigInt.asUintN(8 * size, value)}`);
    }
  }

  /** Results are made from the arguments; what the convention leaves open gets numbers that nobody expects. */
  #hostCall(called: Import): void {
    const isEnvironmentCall = called.convention === 'ecall';
    const number = this.#graph.registers === 'all' ? A7 : T0;
    const read = isEnvironmentCall
      ? [...ENVIRONMENT_ARGUMENTS, number]
      : ARGUMENT_REGISTERS.slice(0, called.inputs);
    const inputs = read.map((register) => this.#get(register));
    const call = `${new TextDecoder().decode(called.symbol)}(${inputs.join()}) sp ${this.#get(SP)}`;
    this.#calls.push(call);
    this.#events.push(call);
    const sum = inputs.reduce((total, value) => total * 31n + value, BigInt(this.#calls.length));
    if (isEnvironmentCall) {
      this.#set(A0, sum);
      return;
    }
    for (const [index, register] of ARGUMENT_REGISTERS.entries()) {
      this.#set(register, index < called.outputs ? sum + BigInt(index) : 0x5555_0000_0000n + BigInt(index));
    }
  }

  #memset(): void {
    const count = Number(this.#get(A2) & 0xffn);
    const start = Number(BigInt.asUintN(32, this.#get(A0)));
    this.#events.push(`memset ${start} ${this.#get(A1)} ${count}`);
    for (let k = 0; k < count; k++) this.#write(start + k, 1, this.#get(A1));
    this.#set(A0, this.#get(A0) + BigInt(count));
    this.#set(A2, 0n);
  }

  /** Not what it does, but something that depends on it. */
  #sbrk(to: number, size: bigint): void {
    this.#events.push(`sbrk ${size}`);
    this.#set(to, size + 5n);
  }

  #follow(end: End): Block | undefined {
    switch (end.kind) {
      case 'jump':
        return end.target;
      case 'call':
        this.#set(end.link, BigInt(this.#number(end.back)));
        return end.target;
      case 'jump-indirect':
        return this.#dynamic(this.#get(end.base) + BigInt(end.offset));
      case 'call-indirect': {
        const target = this.#get(end.base) + BigInt(end.offset);
        this.#set(end.link, BigInt(this.#number(end.back)));
        return this.#dynamic(target);
      }
      case 'branch': {
        const operands = {
          a: this.#get(end.a),
          b: this.#get(end.b),
          c: 0n,
          x: this.#immediate(end.x, end.xLink),
          y: 0,
        };
        return evaluate(end.op, operands, this.#width) === 0n ? end.next : end.taken;
      }
      case 'trap':
        this.#stop = 'trap';
        return undefined;
    }
  }

  #dynamic(value: bigint): Block | undefined {
    const address = BigInt.asUintN(32, value);
    if (address === RETURN) {
      this.#stop = 'finished';
      return undefined;
    }
    const block = address % 2n === 0n ? this.#graph.blocks[Number(address / 2n) - 1] : undefined;
    if (block === undefined || !block.isAddressTaken) this.#stop = 'trap';
    return block?.isAddressTaken === true ? block : undefined;
  }
}
