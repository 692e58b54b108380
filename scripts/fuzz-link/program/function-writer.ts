import { operation } from '../../../src/isa/table.ts';
import type { Item } from '../image/items.ts';
import { calleeOf, functionSymbol, resultsOf, writeDirect } from './call-writer.ts';
import { CodeWriter, RA, SP } from './code-writer.ts';
import type { DataPool } from './data-pool.ts';
import type { FuzzFunction, FuzzProgram } from './program.ts';
import { isSaved, PARAMETERS } from './registers.ts';
import type { RegistersInUse } from './registers-in-use.ts';
import { writeStatements } from './statement-writer.ts';

const S0 = 8;
const T1 = 6;
const JUMP_REGISTER = operation('jump_indirect');
/** Keeps sp aligned as the calling convention wants it. */
const FRAME_ALIGNMENT = 16;

/** Writes one function: its body first, because the frame depends on it. */
export class FunctionWriter {
  readonly program: FuzzProgram;
  readonly index: number;
  readonly code: CodeWriter;
  usesRa = false;
  readonly #function: FuzzFunction;
  readonly #end: string;
  /** Words of the frame besides saved registers. */
  #slots: number;
  readonly #definedSlots = new Set<number>();
  /** Accesses relative to s0, which is at the end of the frame. */
  readonly #fromEnd: Extract<Item, { kind: 'instruction' }>[] = [];

  constructor(program: FuzzProgram, data: DataPool, index: number) {
    this.program = program;
    this.index = index;
    this.#function = program.functions[index]!;
    this.#slots = this.#function.slots;
    this.code = new CodeWriter(program, data, `label_${index}`);
    this.#end = `end_${index}`;
    if (this.#function.hasFramePointer) this.registers.reserved.set(S0, true);
    for (const register of PARAMETERS.slice(0, this.#function.parameters)) this.registers.define(register);
  }

  get registers(): RegistersInUse {
    return this.code.registers;
  }

  /** The whole function. */
  write(): readonly Item[] {
    writeStatements(this, this.#function.body);
    this.return();
    const body = this.code.items.splice(0);
    const saved = this.#savedRegisters(body);
    const size = (this.#slots + saved.length) * this.code.wordSize;
    const frame = Math.ceil(size / FRAME_ALIGNMENT) * FRAME_ALIGNMENT;
    for (const item of this.#fromEnd) item.x -= frame;
    this.code.label(functionSymbol(this.index));
    if (frame > 0) this.code.addConstant(SP, SP, -frame);
    for (const [i, register] of saved.entries())
      this.code.storeWord(register, SP, (this.#slots + i) * this.code.wordSize);
    if (this.#function.hasFramePointer) this.code.addConstant(S0, SP, frame);
    this.code.items.push(...body);
    this.code.label(this.#end);
    for (const [i, register] of saved.entries())
      this.code.loadWord(register, SP, (this.#slots + i) * this.code.wordSize);
    if (frame > 0) this.code.addConstant(SP, SP, frame);
    this.#leave();
    return this.code.items;
  }

  get #tail(): number | undefined {
    const { tail } = this.#function;
    return tail === undefined ? undefined : calleeOf(this.program, this.index, tail);
  }

  #savedRegisters(body: readonly Item[]): readonly number[] {
    const written = new Set(
      body.flatMap((item) =>
        item.kind === 'instruction' ? [item.a] : item.kind === 'words' ? item.words.map(destination) : [],
      ),
    );
    const saved = this.registers.pool.filter((register) => isSaved(register) && written.has(register));
    if (this.#function.hasFramePointer && !saved.includes(S0)) saved.push(S0);
    return this.usesRa ? [RA, ...saved] : saved;
  }

  #leave(): void {
    const tail = this.#tail;
    if (tail === undefined) this.code.add(JUMP_REGISTER, RA);
    else if (this.#function.isTailIndirect) {
      this.code.address(T1, functionSymbol(tail), 0);
      this.code.add(JUMP_REGISTER, T1);
    } else writeDirect(this, functionSymbol(tail), 0);
  }

  /** Goes to the end, with results or with arguments of the function that is jumped to. */
  return(): void {
    const tail = this.#tail;
    const count =
      tail === undefined ? resultsOf(this.program, this.index) : this.program.functions[tail]!.parameters;
    const state = this.registers.state;
    for (const register of PARAMETERS.slice(0, count)) {
      const isValue = this.registers.isDefined(register) && !this.registers.holdsAddress(register);
      if (!isValue) this.code.constant(register, 5n);
    }
    this.code.jump(this.#end);
    this.registers.set(state);
  }

  defineResult(register: number): void {
    if (!this.registers.reserved.has(register)) this.registers.define(register);
  }

  newSlot(): number {
    return this.#slots++;
  }

  slotLoad(register: number, slot: number): void {
    this.#addSlot(this.code.loadWord(register, this.#frameBase, slot * this.code.wordSize));
  }

  slotStore(register: number, slot: number): void {
    this.#definedSlots.add(slot);
    this.#addSlot(this.code.storeWord(register, this.#frameBase, slot * this.code.wordSize));
  }

  get #frameBase(): number {
    return this.#function.hasFramePointer ? S0 : SP;
  }

  #addSlot(item: Extract<Item, { kind: 'instruction' }>): void {
    if (this.#function.hasFramePointer) this.#fromEnd.push(item);
  }

  /** The slot that a statement means; undefined in functions without any. */
  slot(wish: number): number | undefined {
    return this.#function.slots === 0 ? undefined : wish % this.#function.slots;
  }

  /** True when a slot holds a value, whichever way led here. */
  isSlotDefined(slot: number): boolean {
    return this.#definedSlots.has(slot);
  }

  get slotState(): ReadonlySet<number> {
    return new Set(this.#definedSlots);
  }

  /** Of the slots that were written since then nothing is certain: not all ways lead through the stores. */
  meetSlots(state: ReadonlySet<number>): void {
    for (const slot of this.#definedSlots) if (!state.has(slot)) this.#definedSlots.delete(slot);
  }

  /** Writes something that changes any register; the reserved ones are in the frame meanwhile. */
  keeping(write: () => void): void {
    const kept = this.registers.endangered.map((register) => [register, this.newSlot()] as const);
    for (const [register, slot] of kept) this.slotStore(register, slot);
    write();
    for (const [register, slot] of kept) this.slotLoad(register, slot);
  }
}

/** The register that a word writes, if it writes one. */
const destination = (word: number): number => (word >>> 7) & 31;
