import { ByteWriter } from './byte-writer.ts';
import { LimitExceeded, MAX_BRANCHES, MAX_FUNCTION_BYTES, MAX_LOCALS, MAX_TABLE_TARGETS } from './limits.ts';
import {
  type LoadOpcode,
  NATURAL_ALIGNMENTS,
  type Opcode,
  PREFIXED,
  type StoreOpcode,
  WITH_IMMEDIATES as W,
} from './opcodes.ts';
import type { FunctionType, RefType, ValueType } from './types.ts';

/** The type of a construct: of the value it leaves, or of all it takes and leaves; undefined for none. */
export type BlockType = ValueType | FunctionType | undefined;

const EMPTY_TYPE = 0x40;
const FIRST_ALIGNED = 0x28;

type LabelKind = 'block' | 'loop' | 'if' | 'else';

/** A construct that branches may go to: out of a block, an if or an else, to the beginning of a loop. */
export class Label {
  kind: LabelKind;
  /** Constructs around it. */
  readonly level: number;
  /** True for an `if` that must have an `else`. */
  readonly needsElse: boolean;
  /** Branches to it so far. */
  branches = 0;

  constructor(kind: LabelKind, level: number, needsElse: boolean) {
    this.kind = kind;
    this.level = level;
    this.needsElse = needsElse;
  }
}

/** Bytes of a writer that grows from this on. */
const FIRST_CAPACITY = 4096;

/** A writer that function bodies can use, one after the other. */
export const bodyWriter = (): ByteWriter =>
  new ByteWriter(FIRST_CAPACITY, MAX_FUNCTION_BYTES, 'bytes of a function');

/** What a finished body writes to: its own writer is another's by then. */
const FINISHED = new ByteWriter(0, -1, 'bytes of a finished function');

/** Where a finished body goes: `locals` are the declarations, `code` the instructions, valid during the call only. */
export type Deliver = (locals: Uint8Array, code: Uint8Array) => void;

/**
 * The code of one function, written instruction by instruction. Operand types are not checked here (tests validate
 * modules); depths of branches follow from label objects and cannot be wrong.
 *
 * Any method may throw `LimitExceeded`; the body is of no use then. Misuse throws plain errors.
 */
export class FunctionBody {
  readonly type: FunctionType;
  #out: ByteWriter;
  readonly #deliver: Deliver;
  /** Types of the locals that are no parameters. */
  readonly #locals: ValueType[] = [];
  /** Per local: true while it may be given out again; and these locals by type. */
  readonly #isFree: boolean[] = [];
  readonly #free = new Map<ValueType, number[]>();
  readonly #open: Label[] = [];
  /** Branches out of the whole body, per block of `surround`; and the type and number of these blocks. */
  readonly #outside: number[] = [];
  #surrounding: [type: ValueType, count: number] | undefined;

  /** Made by `ModuleBuilder.begin`; `out` is empty. */
  constructor(type: FunctionType, out: ByteWriter, deliver: Deliver) {
    this.type = type;
    this.#out = out;
    this.#deliver = deliver;
  }

  /** Bytes of code so far. */
  get size(): number {
    return this.#out.length;
  }

  /** Constructs that are open. */
  get depth(): number {
    return this.#open.length;
  }

  /** A local of the type: a new one, which is zero when the function begins, or one that was released. */
  local(type: ValueType): number {
    const released = this.#free.get(type)?.pop();
    if (released !== undefined) {
      this.#isFree[released] = false;
      return released;
    }
    const index = this.type.params.length + this.#locals.length;
    if (index >= MAX_LOCALS) throw new LimitExceeded('locals of a function', MAX_LOCALS);
    this.#locals.push(type);
    return index;
  }

  /** `local` may give this one out again; it keeps its value. Throws for parameters and what is released already. */
  release(local: number): void {
    const type = this.#locals[local - this.type.params.length];
    if (type === undefined || this.#isFree[local]) throw new Error(`local ${local} is not in use`);
    this.#isFree[local] = true;
    const free = this.#free.get(type);
    if (free === undefined) this.#free.set(type, [local]);
    else free.push(local);
  }

  /** An instruction without immediates. */
  op(opcode: Opcode): void {
    const out = this.#out;
    if (out.length === out.bytes.length) out.reserve(1);
    out.bytes[out.length++] = opcode;
  }

  i32Const(value: number): void {
    this.#out.u8s32(W.i32Const, value);
  }

  /** The number whose low and high 32 bits these are, of either sign. */
  i64Const(low: number, high: number): void {
    if (high === low >> 31) {
      this.#out.u8s32(W.i64Const, low);
    } else {
      this.#out.u8(W.i64Const);
      this.#out.s64(low, high);
    }
  }

  /** A safe integer; throws for any other number. */
  i64ConstNumber(value: number): void {
    if ((value | 0) === value) {
      this.#out.u8s32(W.i64Const, value);
    } else {
      this.#out.u8(W.i64Const);
      this.#out.s64FromNumber(value);
    }
  }

  get(local: number): void {
    const out = this.#out;
    const at = out.length;
    if (local > 0x7f || at + 2 > out.bytes.length) {
      out.u8u32(W.localGet, local);
    } else {
      out.bytes[at] = W.localGet;
      out.bytes[at + 1] = local;
      out.length = at + 2;
    }
  }

  set(local: number): void {
    const out = this.#out;
    const at = out.length;
    if (local > 0x7f || at + 2 > out.bytes.length) {
      out.u8u32(W.localSet, local);
    } else {
      out.bytes[at] = W.localSet;
      out.bytes[at + 1] = local;
      out.length = at + 2;
    }
  }

  tee(local: number): void {
    const out = this.#out;
    const at = out.length;
    if (local > 0x7f || at + 2 > out.bytes.length) {
      out.u8u32(W.localTee, local);
    } else {
      out.bytes[at] = W.localTee;
      out.bytes[at + 1] = local;
      out.length = at + 2;
    }
  }

  globalGet(global: number): void {
    this.#out.u8u32(W.globalGet, global);
  }

  globalSet(global: number): void {
    this.#out.u8u32(W.globalSet, global);
  }

  /** `align`: logarithm of the alignment to expect, a hint; by default that of the access's size. */
  load(opcode: LoadOpcode, offset: number, align: number = naturalAlignment(opcode)): void {
    this.#out.u8u8u32(opcode, align, offset);
  }

  /** As `load`. */
  store(opcode: StoreOpcode, offset: number, align: number = naturalAlignment(opcode)): void {
    this.#out.u8u8u32(opcode, align, offset);
  }

  memorySize(): void {
    this.#out.u8u32(W.memorySize, 0);
  }

  memoryGrow(): void {
    this.#out.u8u32(W.memoryGrow, 0);
  }

  /** Of destination, source, length. */
  memoryCopy(): void {
    this.#out.u8u32(W.prefix, PREFIXED.memoryCopy);
    this.#out.u8u32(0, 0);
  }

  /** Of destination, byte, length. */
  memoryFill(): void {
    this.#out.u8u32(W.prefix, PREFIXED.memoryFill);
    this.#out.u8(0);
  }

  tableGet(table: number): void {
    this.#out.u8u32(W.tableGet, table);
  }

  tableSet(table: number): void {
    this.#out.u8u32(W.tableSet, table);
  }

  tableSize(table: number): void {
    this.#out.u8u32(W.prefix, PREFIXED.tableSize);
    this.#out.u32(table);
  }

  /** Of the value of new entries, their number. */
  tableGrow(table: number): void {
    this.#out.u8u32(W.prefix, PREFIXED.tableGrow);
    this.#out.u32(table);
  }

  refNull(type: RefType): void {
    this.#out.u8u32(W.refNull, type);
  }

  /** A function that is exported or in an element segment. */
  refFunc(index: number): void {
    this.#out.u8u32(W.refFunc, index);
  }

  call(index: number): void {
    this.#out.u8u32(W.call, index);
  }

  /** Of the arguments, then the entry of the table. */
  callIndirect(type: FunctionType, table = 0): void {
    this.#out.u8u32(W.callIndirect, type.index);
    this.#out.u32(table);
  }

  returnCall(index: number): void {
    this.#out.u8u32(W.returnCall, index);
  }

  returnCallIndirect(type: FunctionType, table = 0): void {
    this.#out.u8u32(W.returnCallIndirect, type.index);
    this.#out.u32(table);
  }

  block(type?: BlockType): Label {
    return this.#begin(W.block, 'block', type);
  }

  loop(type?: BlockType): Label {
    return this.#begin(W.loop, 'loop', type);
  }

  if(type?: BlockType): Label {
    return this.#begin(W.if, 'if', type);
  }

  /** The other side of the innermost construct, which must be this `if`. */
  else(label: Label): void {
    if (this.#open.at(-1) !== label || label.kind !== 'if') throw new Error('else without its if');
    label.kind = 'else';
    this.#out.u8(W.else);
  }

  /** Ends the innermost construct, which must be this one. */
  end(label: Label): void {
    if (this.#open.at(-1) !== label) throw new Error('a construct ends that is not the innermost');
    if (label.needsElse && label.kind === 'if') throw new Error('an if with a value has no else');
    this.#open.pop();
    this.#out.u8(W.end);
  }

  br(label: Label): void {
    this.#out.u8u32(W.br, this.#depthOf(label));
  }

  brIf(label: Label): void {
    this.#out.u8u32(W.brIf, this.#depthOf(label));
  }

  brTable(labels: readonly Label[], otherwise: Label): void {
    this.#beginTable(labels.length);
    for (const label of labels) this.#out.u32(this.#depthOf(label));
    this.#out.u32(this.#depthOf(otherwise));
  }

  /** As the three above, with the number of constructs to leave out; `depth` itself is the function's end. */
  brDepth(depth: number): void {
    this.#out.u8u32(W.br, this.#checkDepth(depth));
  }

  brIfDepth(depth: number): void {
    this.#out.u8u32(W.brIf, this.#checkDepth(depth));
  }

  brTableDepths(depths: ArrayLike<number>, otherwise: number): void {
    this.#beginTable(depths.length);
    for (let i = 0; i < depths.length; i++) this.#out.u32(this.#checkDepth(depths[i] as number));
    this.#out.u32(this.#checkDepth(otherwise));
  }

  /**
   * A branch, with one operand, out of the whole body to the code that `surround` puts behind it, by its number.
   * Counts as a branch to a construct.
   */
  brOutside(exit: number): void {
    const branches = (this.#outside[exit] ?? 0) + 1;
    if (branches > MAX_BRANCHES) throw new LimitExceeded('branches to a construct', MAX_BRANCHES);
    this.#outside[exit] = branches;
    this.#out.u8u32(W.br, this.#open.length + exit);
  }

  /**
   * Puts blocks around all that was written, with a value of a type that `emit(k)` finds on the stack behind the
   * block with number k, counted from the inside. How many there are need not be known before. The code that was
   * written and that of each `emit` may not reach their ends.
   */
  surround(type: ValueType, count: number, emit: (exit: number) => void): void {
    if (this.#open.length > 0) throw new Error(`${this.#open.length} constructs are open`);
    this.#surrounding = [type, count];
    for (let k = 0; k < count; k++) {
      this.#out.u8(W.end);
      emit(k);
    }
  }

  /** Ends the function and hands it to its module. Throws when a construct is open. */
  finish(): void {
    if (this.#open.length > 0) throw new Error(`${this.#open.length} constructs are open`);
    this.#out.u8(W.end);
    const locals = this.#declarations();
    const code = this.#out.written;
    if (locals.length + code.length > MAX_FUNCTION_BYTES) {
      throw new LimitExceeded('bytes of a function', MAX_FUNCTION_BYTES);
    }
    this.#out = FINISHED;
    this.#deliver(locals, code);
  }

  /** Runs of locals of one type, and what begins before the code. */
  #declarations(): Uint8Array {
    const runs: [count: number, type: ValueType][] = [];
    for (const type of this.#locals) {
      const last = runs.at(-1);
      if (last?.[1] === type) last[0]++;
      else runs.push([1, type]);
    }
    const out = new ByteWriter(16, MAX_FUNCTION_BYTES, 'bytes of a function');
    out.u32(runs.length);
    for (const [count, type] of runs) {
      out.u32(count);
      out.u8(type);
    }
    if (this.#surrounding !== undefined) {
      const [type, count] = this.#surrounding;
      for (let k = 0; k < count; k++) out.u8u32(W.block, type);
    }
    return out.written;
  }

  #begin(opcode: number, kind: LabelKind, type: BlockType): Label {
    if (type === undefined) {
      this.#out.u8u32(opcode, EMPTY_TYPE);
    } else if (typeof type === 'number') {
      this.#out.u8u32(opcode, type);
    } else {
      this.#out.u8(opcode);
      this.#out.s32(type.index);
    }
    const label = new Label(kind, this.#open.length, kind === 'if' && leavesOther(type));
    this.#open.push(label);
    return label;
  }

  #depthOf(label: Label): number {
    if (this.#open[label.level] !== label) throw new Error('a branch goes to a construct that is not open');
    if (++label.branches > MAX_BRANCHES) throw new LimitExceeded('branches to a construct', MAX_BRANCHES);
    return this.#open.length - 1 - label.level;
  }

  #checkDepth(depth: number): number {
    // A branch to the end of the function is a return.
    if (depth === this.#open.length) return depth;
    const label = this.#open[this.#open.length - 1 - depth];
    if (label === undefined) throw new Error(`${depth} constructs are not open`);
    return this.#depthOf(label);
  }

  #beginTable(targets: number): void {
    if (targets > MAX_TABLE_TARGETS) throw new LimitExceeded('targets of a br_table', MAX_TABLE_TARGETS);
    this.#out.u8u32(W.brTable, targets);
  }
}

const naturalAlignment = (opcode: LoadOpcode | StoreOpcode): number =>
  NATURAL_ALIGNMENTS[opcode - FIRST_ALIGNED] as number;

/** True when an `if` of the type cannot do without an `else`, which would have to leave what it takes. */
const leavesOther = (type: BlockType): boolean => {
  if (type === undefined) return false;
  if (typeof type === 'number') return true;
  return type.params.join() !== type.results.join();
};
