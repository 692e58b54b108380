import { readUint } from '../../../src/core/bytes.ts';
import type { Width } from '../../../src/core/kind.ts';
import { Instruction } from '../../../src/decoder/instruction.ts';
import { decodeRiscv, riscvLength } from '../../../src/decoder/riscv.ts';
import { ROWS } from '../../../src/isa/table.ts';
import { evaluate } from '../../../src/linker/relink/graph/evaluate.ts';
import type { Image } from '../image/image.ts';
import { Unfit } from './observation.ts';

const MEMORY = 2 ** 20;
const STACK_TOP = MEMORY - 64;
const HEAP = 0x80000;
const HEAP_END = 0xe0000;
/** What ra holds when the host calls. */
const RETURN = 0xffff0000n;
const GP = 3;
const SP = 2;
const RA = 1;
const [A0, A1, A2] = [10, 11, 12] as const;

/** What the host does: it reads and writes registers. */
export interface Host {
  /** A host call by an import; `record` is the address of its metadata. */
  call(record: number, machine: RiscvMachine): void;
  environmentCall(machine: RiscvMachine): void;
}

/**
 * Runs an executable as it is: the judge of what linkers make of it. It takes instructions one by one, with the
 * meanings of the instruction table, and knows nothing of relocations.
 */
export class RiscvMachine {
  readonly registers: bigint[] = Array.from({ length: 32 }, () => 0n);
  readonly #memory = new Uint8Array(MEMORY);
  readonly #width: Width;
  readonly #host: Host;
  readonly #instruction = new Instruction();
  #pc = 0;
  #heapEnd = HEAP;
  #stop: 'finished' | 'trap' | undefined;
  executed = 0;

  constructor(image: Image, host: Host) {
    this.#width = image.width;
    this.#host = host;
    for (const { address, bytes } of image.sections) this.#memory.set(bytes, address);
    this.registers[GP] = BigInt(image.globalPointer);
  }

  /** Calls a function; the registers hold its arguments. */
  call(address: number, fuel: number): 'finished' | 'trap' {
    this.registers[RA] = RETURN;
    this.registers[SP] = BigInt(STACK_TOP);
    this.#pc = address;
    this.#stop = undefined;
    while (this.#stop === undefined) {
      if (this.executed++ > fuel) throw new Unfit('runs too long');
      this.#step();
    }
    return this.#stop;
  }

  get(register: number): bigint {
    return this.registers[register]!;
  }

  set(register: number, value: bigint): void {
    if (register !== 0) this.registers[register] = BigInt.asUintN(this.#width, value);
  }

  #step(): void {
    const raw = this.#fetch();
    if ((raw & 0x7f) === 0x0b) {
      this.#custom(raw);
      return;
    }
    if ((raw & 0x7f) === 0x17) {
      this.set((raw >>> 7) & 31, BigInt(this.#pc + (raw & ~0xfff)));
      this.#pc += 4;
      return;
    }
    const i = this.#instruction;
    decodeRiscv(raw, this.#pc, this.#width, 32, i);
    const row = ROWS[i.op];
    if (row === undefined)
      throw new Unfit(`no instruction: 0x${raw.toString(16)} at 0x${this.#pc.toString(16)}`);
    const next = this.#pc + i.length;
    const { effect } = row;
    this.#pc = next;
    const operands = { a: this.get(i.a), b: this.get(i.b), c: this.get(i.c), x: i.x, y: i.y };
    switch (effect.kind) {
      case 'value':
        this.set(i.a, evaluate(i.op, operands, this.#width)!);
        return;
      case 'load':
        this.set(i.a, this.#read(this.#address(i.b, i.x), effect.size, effect.signed));
        return;
      case 'store':
        this.#write(this.#address(i.b, i.x), effect.size, operands.a);
        return;
      case 'atomic': {
        const at = this.#address(i.b, 0);
        const old = this.#read(at, effect.size, true);
        const c = operands.c;
        this.#write(at, effect.size, evaluateAtomic(i.op, BigInt.asUintN(this.#width, old), c, this.#width));
        this.set(i.a, old);
        return;
      }
      case 'load-reserved':
        this.set(i.a, this.#read(this.#address(i.b, 0), effect.size, true));
        return;
      case 'store-conditional':
        this.#write(this.#address(i.b, 0), effect.size, operands.c);
        this.set(i.a, 0n);
        return;
      case 'branch':
        if (evaluate(i.op, operands, this.#width) !== 0n) this.#pc = i.target;
        return;
      case 'jump':
        if (effect.link !== undefined) this.set(i.a, BigInt(next));
        this.#pc = i.target;
        return;
      case 'jump-indirect': {
        const target = BigInt.asUintN(32, this.get(i[effect.base]) + BigInt(i.x));
        if (effect.link !== undefined) this.set(i.a, BigInt(next));
        if (target === RETURN) this.#stop = 'finished';
        else this.#pc = Number(target);
        return;
      }
      case 'trap':
        this.#stop = 'trap';
        return;
      case 'host-call':
        this.#host.environmentCall(this);
        return;
      case 'nothing':
        return;
      default:
        throw new Unfit(`${row.name} is not known`);
    }
  }

  #fetch(): number {
    if (this.#pc < 0 || this.#pc + 4 > HEAP) throw new Unfit(`jump to 0x${this.#pc.toString(16)}`);
    const half = readUint(this.#memory, this.#pc, 2);
    return riscvLength(half) === 2 ? half : readUint(this.#memory, this.#pc, 4);
  }

  /** PolkaVM's instructions, and conditional moves. */
  #custom(raw: number): void {
    const d = (raw >>> 7) & 31;
    const b = this.get((raw >>> 15) & 31);
    const c = this.get((raw >>> 20) & 31);
    this.#pc += 4;
    const function3 = (raw >>> 12) & 7;
    const function7 = raw >>> 25;
    if (function3 === 3 && (function7 & 3) === 3) this.set(d, c !== 0n ? b : this.get(raw >>> 27));
    else if (function3 === 1 && function7 === 0x20) this.set(d, c === 0n ? b : this.get(d));
    else if (function3 === 1 && function7 === 0x21) this.set(d, c !== 0n ? b : this.get(d));
    else if (function3 === 1) {
      this.#heapEnd += Number(b);
      if (this.#heapEnd > HEAP_END) throw new Unfit('the heap is too large');
      this.set(d, BigInt(this.#heapEnd));
    } else if (function3 === 2) {
      const start = Number(this.get(A0));
      const count = Number(this.get(A2));
      for (let k = 0; k < count; k++) this.#write(start + k, 1, this.get(A1));
      this.set(A0, BigInt(start + count));
      this.set(A2, 0n);
    } else if (function3 === 3) this.set(d, BigInt(HEAP));
    else {
      const size = this.#width / 8;
      this.#host.call(readUint(this.#memory, this.#pc, 4), this);
      this.#pc += size;
    }
  }

  #address(base: number, x: number): number {
    return Number(BigInt.asUintN(32, this.get(base) + BigInt(x)));
  }

  #read(address: number, size: number, signed: boolean): bigint {
    if (address + size > MEMORY) throw new Unfit(`load from 0x${address.toString(16)}`);
    let value = 0n;
    for (let k = size - 1; k >= 0; k--) value = (value << 8n) | BigInt(this.#memory[address + k]!);
    return signed ? BigInt.asIntN(8 * size, value) : value;
  }

  #write(address: number, size: number, value: bigint): void {
    if (address + size > MEMORY) throw new Unfit(`store to 0x${address.toString(16)}`);
    for (let k = 0; k < size; k++) this.#memory[address + k] = Number((value >> BigInt(8 * k)) & 0xffn);
  }
}

/** The new memory of an atomic operation: its meaning has the old one as `a`. */
const evaluateAtomic = (op: number, old: bigint, operand: bigint, width: Width): bigint =>
  evaluate(op, { a: old, b: 0n, c: operand, x: 0, y: 0 }, width)!;
