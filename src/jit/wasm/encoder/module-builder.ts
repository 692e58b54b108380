import { ByteWriter, sizeOfU32 } from './byte-writer.ts';
import { bodyWriter, FunctionBody } from './function-body.ts';
import { MAX_MODULE_BYTES } from './limits.ts';
import { WITH_IMMEDIATES as W } from './opcodes.ts';
import {
  FUNCREF,
  type FunctionType,
  I32_TYPE,
  I64_TYPE,
  type Limits,
  type RefType,
  type ValueType,
} from './types.ts';

/** `\0asm`, version 1. */
const PREAMBLE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
const FUNCTION_TYPE = 0x60;

/** Ids of sections. */
const CUSTOM = 0;
const CODE = 10;
/** What is imported or exported. */
const FUNCTION = 0;
const TABLE = 1;
const MEMORY = 2;
const GLOBAL = 3;

const writer = (): ByteWriter => new ByteWriter(64, MAX_MODULE_BYTES, 'bytes of a module');

/** A section that is a list: its number of entries, and their bytes. */
class ListSection {
  readonly id: number;
  readonly out: ByteWriter = writer();
  count = 0;

  constructor(id: number) {
    this.id = id;
  }

  /** Where the next entry is written. */
  entry(): ByteWriter {
    this.count++;
    return this.out;
  }
}

/** A function's body, as it is in the module but for its size. */
interface Body {
  readonly locals: Uint8Array;
  readonly code: Uint8Array;
}

/** Where a segment begins: a number, or an imported global that has it. */
export type SegmentOffset = number | { readonly global: number };

/**
 * A WebAssembly module under construction. Everything that is imported is declared before what is the module's own
 * of the same sort, since it is numbered first; functions are declared before their bodies are written, in any order.
 *
 * Misuse throws plain errors; more bytes than an engine accepts throw `LimitExceeded`.
 */
export class ModuleBuilder {
  readonly #types = new ListSection(1);
  readonly #imports = new ListSection(2);
  readonly #functions = new ListSection(3);
  readonly #tables = new ListSection(4);
  readonly #memories = new ListSection(5);
  readonly #globals = new ListSection(6);
  readonly #exports = new ListSection(7);
  readonly #elements = new ListSection(9);
  readonly #data = new ListSection(11);
  readonly #custom: ByteWriter = writer();

  readonly #knownTypes = new Map<string, FunctionType>();
  /** Per kind of import: how many there are. */
  readonly #imported: number[] = [0, 0, 0, 0];
  readonly #declared: FunctionType[] = [];
  readonly #bodies: (Body | undefined)[] = [];
  /** A writer that no open body uses. */
  #spare: ByteWriter | undefined;

  /** The function type with these parameters and results. */
  type(params: readonly ValueType[], results: readonly ValueType[]): FunctionType {
    const key = `${params.join()}>${results.join()}`;
    const known = this.#knownTypes.get(key);
    if (known !== undefined) return known;
    const made: FunctionType = { index: this.#types.count, params: [...params], results: [...results] };
    const out = this.#types.entry();
    out.u8(FUNCTION_TYPE);
    for (const list of [params, results]) {
      out.u32(list.length);
      for (const type of list) out.u8(type);
    }
    this.#knownTypes.set(key, made);
    return made;
  }

  /** The index of an imported function. */
  importFunction(module: string, name: string, type: FunctionType): number {
    const index = this.#import(module, name, FUNCTION, this.#functions);
    this.#imports.out.u32(type.index);
    return index;
  }

  importTable(module: string, name: string, limits: Limits, type: RefType = FUNCREF): number {
    const index = this.#import(module, name, TABLE, this.#tables);
    this.#imports.out.u8(type);
    writeLimits(this.#imports.out, limits);
    return index;
  }

  importMemory(module: string, name: string, limits: Limits): number {
    const index = this.#import(module, name, MEMORY, this.#memories);
    writeLimits(this.#imports.out, limits);
    return index;
  }

  importGlobal(module: string, name: string, type: ValueType, mutable: boolean): number {
    const index = this.#import(module, name, GLOBAL, this.#globals);
    this.#imports.out.u8(type);
    this.#imports.out.u8(mutable ? 1 : 0);
    return index;
  }

  /** The index of a function of the module's own, whose body follows with `begin`. */
  declare(type: FunctionType): number {
    this.#functions.entry().u32(type.index);
    this.#bodies.push(undefined);
    return (this.#imported[FUNCTION] as number) + this.#declared.push(type) - 1;
  }

  /**
   * Begins the body of a declared function; its `finish` ends it. Several may be open at once. A body that is
   * dropped unfinished can be begun anew.
   */
  begin(index: number): FunctionBody {
    const own = index - (this.#imported[FUNCTION] as number);
    const type = this.#declared[own];
    if (type === undefined) throw new Error(`function ${index} is not declared`);
    if (this.#bodies[own] !== undefined) throw new Error(`function ${index} has a body`);
    const out = this.#spare ?? bodyWriter();
    this.#spare = undefined;
    out.clear();
    return new FunctionBody(type, out, (locals, code) => {
      if (this.#bodies[own] !== undefined) throw new Error(`function ${index} has a body`);
      this.#bodies[own] = { locals, code: code.slice() };
      this.#spare = out;
    });
  }

  table(limits: Limits, type: RefType = FUNCREF): number {
    const out = this.#tables.entry();
    out.u8(type);
    writeLimits(out, limits);
    return (this.#imported[TABLE] as number) + this.#tables.count - 1;
  }

  memory(limits: Limits): number {
    writeLimits(this.#memories.entry(), limits);
    return (this.#imported[MEMORY] as number) + this.#memories.count - 1;
  }

  globalI32(value: number, mutable: boolean): number {
    const out = this.#global(I32_TYPE, mutable);
    out.u8(W.i32Const);
    out.s32(value);
    out.u8(W.end);
    return (this.#imported[GLOBAL] as number) + this.#globals.count - 1;
  }

  globalI64(low: number, high: number, mutable: boolean): number {
    const out = this.#global(I64_TYPE, mutable);
    out.u8(W.i64Const);
    out.s64(low, high);
    out.u8(W.end);
    return (this.#imported[GLOBAL] as number) + this.#globals.count - 1;
  }

  exportFunction(name: string, index: number): void {
    this.#export(name, FUNCTION, index);
  }

  exportTable(name: string, index: number): void {
    this.#export(name, TABLE, index);
  }

  exportMemory(name: string, index: number): void {
    this.#export(name, MEMORY, index);
  }

  exportGlobal(name: string, index: number): void {
    this.#export(name, GLOBAL, index);
  }

  /** Puts functions into a table when the module is instantiated, from an entry on. */
  elements(table: number, offset: SegmentOffset, functions: readonly number[]): void {
    const out = this.#elements.entry();
    if (table === 0) {
      out.u32(0);
      writeOffset(out, offset);
    } else {
      // With a table's index the format wants the sort of elements, too: 0, functions.
      out.u32(2);
      out.u32(table);
      writeOffset(out, offset);
      out.u8(0);
    }
    out.u32(functions.length);
    for (const index of functions) out.u32(index);
  }

  /** Puts bytes into the memory when the module is instantiated. */
  data(offset: SegmentOffset, bytes: Uint8Array): void {
    const out = this.#data.entry();
    out.u32(0);
    writeOffset(out, offset);
    out.u32(bytes.length);
    out.copy(bytes);
  }

  /** A section that engines skip; it comes after all others. */
  custom(name: string, bytes: Uint8Array): void {
    const out = this.#custom;
    out.u8(CUSTOM);
    const start = out.beginSized();
    out.name(name);
    out.copy(bytes);
    out.endSized(start);
  }

  /** The module's bytes. Throws when a declared function has no body. */
  finish(): Uint8Array<ArrayBuffer> {
    const codeSize = this.#codeSize();
    const before = [this.#types, this.#imports, this.#functions, this.#tables, this.#memories, this.#globals];
    const middle = [this.#exports, this.#elements];
    const lists = [...before, ...middle, this.#data];
    const rest = lists.reduce((sum, { out }) => sum + out.length + LIST_OVERHEAD, this.#custom.length);
    const capacity = PREAMBLE.length + rest + LIST_OVERHEAD + codeSize;
    const out = new ByteWriter(capacity, MAX_MODULE_BYTES, 'bytes of a module');
    out.copy(PREAMBLE);
    for (const list of [...before, ...middle]) writeList(out, list);
    this.#writeCode(out, codeSize);
    writeList(out, this.#data);
    out.copy(this.#custom.written);
    out.checkLimit();
    return out.written;
  }

  /** Bytes of all bodies with their sizes, and of their number. */
  #codeSize(): number {
    let sum = sizeOfU32(this.#bodies.length);
    for (const [own, body] of this.#bodies.entries()) {
      if (body === undefined)
        throw new Error(`function ${own + (this.#imported[FUNCTION] as number)} has no body`);
      const size = body.locals.length + body.code.length;
      sum += sizeOfU32(size) + size;
    }
    return sum;
  }

  #writeCode(out: ByteWriter, size: number): void {
    if (this.#bodies.length === 0) return;
    out.u8u32(CODE, size);
    out.u32(this.#bodies.length);
    for (const body of this.#bodies as Body[]) {
      out.u32(body.locals.length + body.code.length);
      out.copy(body.locals);
      out.copy(body.code);
    }
  }

  #import(module: string, name: string, sort: number, own: ListSection): number {
    if (own.count > 0) throw new Error("imports are declared before what is the module's own");
    const out = this.#imports.entry();
    out.name(module);
    out.name(name);
    out.u8(sort);
    const index = this.#imported[sort] as number;
    this.#imported[sort] = index + 1;
    return index;
  }

  #global(type: ValueType, mutable: boolean): ByteWriter {
    const out = this.#globals.entry();
    out.u8(type);
    out.u8(mutable ? 1 : 0);
    return out;
  }

  #export(name: string, sort: number, index: number): void {
    const out = this.#exports.entry();
    out.name(name);
    out.u8u32(sort, index);
  }
}

/** Id, size and number of entries at most; and what a writer wants to be free. */
const LIST_OVERHEAD = 32;

const writeList = (out: ByteWriter, { id, count, out: entries }: ListSection): void => {
  if (count === 0) return;
  out.u8u32(id, sizeOfU32(count) + entries.length);
  out.u32(count);
  out.copy(entries.written);
};

const writeLimits = (out: ByteWriter, { initial, maximum, shared = false }: Limits): void => {
  out.u8u32((maximum === undefined ? 0 : 1) | (shared ? 2 : 0), initial);
  if (maximum !== undefined) out.u32(maximum);
};

const writeOffset = (out: ByteWriter, offset: SegmentOffset): void => {
  if (typeof offset === 'number') {
    out.u8(W.i32Const);
    out.s32(offset);
  } else {
    out.u8u32(W.globalGet, offset.global);
  }
  out.u8(W.end);
};
