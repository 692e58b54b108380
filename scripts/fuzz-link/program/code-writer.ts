import { operation } from '../../../src/isa/table.ts';
import type { Item, Reference } from '../image/items.ts';
import type { DataPool } from './data-pool.ts';
import type { FuzzProgram, Place, Way } from './program.ts';
import { RegistersInUse } from './registers-in-use.ts';

export const SP = 2;
export const GP = 3;
export const RA = 1;

const LOAD_IMM = operation('load_imm');
const ADD = { 32: operation('add_imm_32'), 64: operation('add_imm_64') } as const;
const LOAD = { 32: operation('load_indirect_i32'), 64: operation('load_indirect_u64') } as const;
const STORE = { 32: operation('store_indirect_u32'), 64: operation('store_indirect_u64') } as const;
const SUM = { 32: operation('add_32'), 64: operation('add_64') } as const;
const MOVE = operation('move_reg');
const SHIFT = {
  32: operation('shift_logical_left_imm_32'),
  64: operation('shift_logical_left_imm_64'),
} as const;
const BRANCH_NOT_EQUAL = operation('branch_not_eq');
const JUMP = operation('jump');

/** Writes the instructions of one function: what all statements are made of. */
export class CodeWriter {
  readonly items: Item[] = [];
  readonly registers: RegistersInUse;
  readonly program: FuzzProgram;
  readonly data: DataPool;
  /** Registers that the statement under way has read or is about to read. */
  busy: readonly number[] = [];
  readonly #prefix: string;
  #labels = 0;

  constructor(program: FuzzProgram, data: DataPool, prefix: string) {
    this.program = program;
    this.data = data;
    this.#prefix = prefix;
    this.registers = new RegistersInUse(program.isEmbedded);
  }

  get wordSize(): 4 | 8 {
    return this.program.width === 64 ? 8 : 4;
  }

  newLabel(): string {
    return `${this.#prefix}_${this.#labels++}`;
  }

  label(name: string): void {
    this.items.push({ kind: 'label', name });
  }

  add(op: number, a = 0, b = 0, c = 0, x = 0, reference?: Reference): Extract<Item, { kind: 'instruction' }> {
    const item: Extract<Item, { kind: 'instruction' }> = { kind: 'instruction', op, a, b, c, x, reference };
    this.items.push(item);
    return item;
  }

  words(words: readonly number[], reference?: Reference): void {
    this.items.push({ kind: 'words', words, reference });
  }

  branch(op: number, a: number, b: number, label: string): void {
    this.add(op, a, b, 0, 0, { part: 'branch', symbol: label, addend: 0 });
  }

  branchIfNotZero(a: number, label: string): void {
    this.branch(BRANCH_NOT_EQUAL, a, 0, label);
  }

  jump(label: string): void {
    this.add(JUMP, 0, 0, 0, 0, { part: 'jump', symbol: label, addend: 0 });
  }

  move(a: number, b: number): void {
    this.add(MOVE, a, b);
  }

  addConstant(a: number, b: number, x: number): Extract<Item, { kind: 'instruction' }> {
    return this.add(ADD[this.program.width], a, b, 0, x);
  }

  sum(a: number, b: number, c: number): void {
    this.add(SUM[this.program.width], a, b, c);
  }

  shiftLeft(a: number, b: number, distance: number): void {
    this.add(SHIFT[this.program.width], a, b, 0, distance);
  }

  loadWord(a: number, base: number, x: number): Extract<Item, { kind: 'instruction' }> {
    return this.add(LOAD[this.program.width], a, base, 0, x);
  }

  storeWord(a: number, base: number, x: number): Extract<Item, { kind: 'instruction' }> {
    return this.add(STORE[this.program.width], a, base, 0, x);
  }

  /** `a` = a number, as assemblers write `li`. */
  constant(a: number, value: bigint): void {
    const number = BigInt.asIntN(this.program.width, value);
    const low = BigInt.asIntN(12, number);
    if (low === number) {
      this.add(LOAD_IMM, a, 0, 0, Number(number));
    } else if (BigInt.asIntN(32, number) === number) {
      this.add(LOAD_IMM, a, 0, 0, Number(BigInt.asIntN(32, number - low)));
      if (low !== 0n) this.add(ADD[32], a, a, 0, Number(low));
    } else {
      this.constant(a, (number - low) >> 12n);
      this.shiftLeft(a, a, 12);
      if (low !== 0n) this.addConstant(a, a, Number(low));
    }
  }

  /** A register with a value: the wished one, given a number if it has no value. */
  use(wish: number): number {
    if (wish === 0) return 0;
    const register = this.registers.readable(wish);
    if (!this.registers.isDefined(register)) {
      this.constant(register, BigInt((register * 37) % 64));
      this.registers.define(register);
    }
    return register;
  }

  /** A register for an address; it holds no value any more. */
  temporary(wish: number, but: readonly number[] = []): number {
    const register = this.registers.writable(wish, [...but, ...this.busy]);
    this.registers.forget(register);
    return register;
  }

  /** A register that a value is about to be written to. */
  define(wish: number): number {
    if (wish === 0) return 0;
    const register = this.registers.writable(wish);
    this.registers.define(register);
    return register;
  }

  /** `a` = address of a symbol. */
  address(a: number, symbol: string, addend: number, way: Way | 'got' = 'pcrel-whole'): void {
    switch (way) {
      case 'absolute':
      case 'absolute-whole':
        this.add(LOAD_IMM, a, 0, 0, 0, { part: 'high', symbol, addend });
        this.add(ADD[this.program.width], a, a, 0, 0, { part: 'low', symbol, addend });
        return;
      case 'got': {
        const label = this.auipc(a, { part: 'got-high', symbol, addend });
        this.add(LOAD[this.program.width], a, a, 0, 0, { part: 'pcrel-low', symbol: label, addend: 0 });
        return;
      }
      case 'gp':
        this.add(ADD[this.program.width], a, GP, 0, 0, { part: 'gp', symbol, addend });
        return;
      case 'pointer': {
        const label = this.auipc(a, {
          part: 'pcrel-high',
          symbol: this.data.pointer(symbol, addend),
          addend: 0,
        });
        this.add(LOAD[this.program.width], a, a, 0, 0, { part: 'pcrel-low', symbol: label, addend: 0 });
        return;
      }
      default: {
        const label = this.auipc(a, { part: 'pcrel-high', symbol, addend });
        this.add(ADD[this.program.width], a, a, 0, 0, { part: 'pcrel-low', symbol: label, addend: 0 });
      }
    }
  }

  /** `auipc` with a label of its own. */
  auipc(a: number, reference: Reference): string {
    const label = this.newLabel();
    this.label(label);
    this.words([(0x17 | (a << 7)) >>> 0], reference);
    return label;
  }

  /** `a` = the address of a place among the values. */
  place(a: number, { section, offset }: Place, way: Way): void {
    if (way === 'got') this.address(a, this.data.symbolAt({ section, offset }), 0, way);
    else if (way !== 'stored') this.address(a, this.data.sectionSymbol(section), offset, way);
    else this.#storedPlace(a, { section, offset });
  }

  /** Stores the address to a cell and loads it again. */
  #storedPlace(a: number, place: Place): void {
    const cell = this.data.emptyPointer();
    const other = this.temporary(a + 1, [a]);
    this.address(a, this.data.sectionSymbol(place.section), place.offset);
    const label = this.auipc(other, { part: 'pcrel-high', symbol: cell, addend: 0 });
    this.add(STORE[this.program.width], a, other, 0, 0, { part: 'pcrel-low', symbol: label, addend: 0 });
    this.address(other, cell, 0, 'absolute');
    this.loadWord(a, other, 0);
  }
}
