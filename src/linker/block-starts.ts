import type { RiscvSegment } from '../blob/blob.ts';
import { readUint } from '../core/bytes.ts';
import type { Width } from '../core/kind.ts';
import { Instruction } from '../decoder/instruction.ts';
import { hasStart, sweepRiscv } from '../decoder/riscv-sweep.ts';
import { definitionsOf, type Row } from '../isa/row.ts';
import { INVALID, isTerminator, mayContinue, operation, ROWS } from '../isa/table.ts';
import { rangeAt } from './address-ranges.ts';
import { BLOCK_START, CodeMap, IMPLAUSIBLE, INSIDE, PLAUSIBLE, REACHED } from './code-map.ts';

/**
 * Finds where basic blocks start, from the loadable bytes and the entry point alone: symbols and sections do not
 * take part, so that a stripped file gets the same blocks and costs the same gas.
 *
 * 1. Code that control reaches from the entry point without indirect jumps is code for certain. It is followed
 *    instruction by instruction; what branches and calls name and where calls return are block starts.
 * 2. Addresses that code forms with auipc or lui and an addition, and aligned words of data, are code pointers
 *    when they lie in code and decode to something a compiler emits. What they reach is followed likewise.
 * 3. A formed address may also be that of a jump table with 32-bit entries, absolute or relative to the table.
 *
 * A start that is not found costs speed and not correctness: an indirect jump may go to any even address.
 */
export class BlockStarts {
  readonly #map: CodeMap;
  readonly #segments: readonly RiscvSegment[];
  readonly #width: Width;
  readonly #registers: number;
  readonly #instruction: Instruction = new Instruction();
  readonly #pending: number[] = [];
  /** Addresses formed by reached code, not yet judged. */
  readonly #formed: number[] = [];
  /** Formed addresses that may be jump tables, not yet read; and all there ever were, where other tables end. */
  #tables: number[] = [];
  readonly #places = new Set<number>();
  #tableBudget: number;
  readonly #invalid: number[] = [];
  #certain = 0;

  constructor(segments: readonly RiscvSegment[], entry: number, width: Width, registers: number) {
    this.#segments = segments;
    this.#width = width;
    this.#registers = registers;
    this.#map = new CodeMap(segments, width, registers);
    // Real tables do not overlap; the budget bounds the work for those of a file that was made to be slow.
    this.#tableBudget = segments.reduce((sum, { data }) => sum + data.length / 4, 0);
    if (this.#map.contains(entry)) this.#follow(entry);
    this.#certain = this.#invalid.length;
    this.#judgeFormed();
    for (const segment of segments) if (!segment.executable) this.#scanWords(segment, false);
    for (const segment of segments) if (segment.executable) this.#scanWords(segment, true);
  }

  /** All block starts found, ascending. */
  get found(): Uint32Array {
    return this.#map.marked(BLOCK_START);
  }

  /** The block starts that the sweep does not imply, ascending: what a blob stores. */
  get extra(): Uint32Array {
    const found = this.found;
    const extra: number[] = [];
    let next = 0;
    for (const { address: base, data, executable } of this.#segments) {
      if (!executable) continue;
      const { impliedStarts } = sweepRiscv(data, base, found, this.#width, this.#registers);
      for (; next < found.length && found[next]! < base + data.length; next++) {
        const address = found[next]!;
        if (!hasStart(impliedStarts, (address - base) / 2)) extra.push(address);
      }
    }
    return Uint32Array.from(extra);
  }

  /**
   * Addresses of invalid instructions that control reaches, with their words. `certain` ones are reached from the
   * entry point without any indirect jump.
   */
  *invalid(): Generator<{ address: number; word: number; certain: boolean }> {
    for (const [i, address] of this.#invalid.entries()) {
      yield { address, word: this.#map.word(address), certain: i < this.#certain };
    }
  }

  /** Follows control from an address until everything it reaches without indirect jumps is marked. */
  #follow(start: number): void {
    this.#pending.push(start);
    for (let address = this.#pending.pop(); address !== undefined; address = this.#pending.pop()) {
      if (!this.#map.contains(address)) continue;
      this.#map.mark(address, BLOCK_START);
      this.#followRun(address);
    }
  }

  /** Marks instructions from `address` to the next terminator or to code that is known. */
  #followRun(address: number): void {
    const map = this.#map;
    const instruction = this.#instruction;
    const constants = new Constants();
    for (let pc = address; map.contains(pc) && (map.marks(pc) & REACHED) === 0; pc += instruction.length) {
      map.decode(pc, instruction);
      map.mark(pc, REACHED);
      if (instruction.op === INVALID) {
        this.#invalid.push(pc);
        return;
      }
      if (instruction.length === 4) map.mark(pc + 2, INSIDE);
      if (isTerminator(instruction.op)) {
        this.#followTerminator(pc, constants);
        return;
      }
      const formed = constants.step(instruction);
      if (formed !== undefined) this.#noteFormed(formed);
    }
  }

  #followTerminator(pc: number, constants: Constants): void {
    const instruction = this.#instruction;
    const { effect } = ROWS[instruction.op] as Row;
    const returns = mayContinue(instruction.op) || ('link' in effect && effect.link !== undefined);
    if (returns) this.#pending.push(pc + instruction.length);
    if (effect.kind === 'branch' || effect.kind === 'jump') this.#pending.push(instruction.target);
    if (effect.kind === 'jump-indirect') {
      // auipc or lui with jalr: a call or jump that was too far for jal.
      const base = constants.get(instruction[effect.base]);
      if (base !== undefined) this.#pending.push((base + instruction[effect.offset]) >>> 0);
    }
  }

  #noteFormed(address: number): void {
    if (this.#places.has(address)) return;
    this.#places.add(address);
    this.#formed.push(address);
    if (address % 4 === 0) this.#tables.push(address);
  }

  /** Judges formed addresses until there are no more; tables last, when more places are known where they end. */
  #judgeFormed(): void {
    do {
      for (let address = this.#formed.pop(); address !== undefined; address = this.#formed.pop()) {
        this.#judge(address);
      }
      const tables = this.#tables.sort((a, b) => a - b);
      this.#tables = [];
      for (const table of tables) for (const target of this.#jumpTable(table)) this.#follow(target);
    } while (this.#formed.length > 0);
  }

  /** The targets in a jump table; none when there is no table at the address. */
  #jumpTable(table: number): readonly number[] {
    const absolute = this.#tableTargets(table, (word) => word);
    return absolute.length > 0 ? absolute : this.#tableTargets(table, (word) => (table + word) >>> 0);
  }

  #tableTargets(table: number, target: (word: number) => number): readonly number[] {
    const targets: number[] = [];
    for (let at = table; this.#tableBudget > 0; at += 4) {
      if (at !== table && this.#places.has(at)) break;
      const word = this.#dataWord(at);
      const address = word === undefined ? undefined : target(word);
      this.#tableBudget--;
      if (address === undefined || !this.#isCode(address)) break;
      targets.push(address);
    }
    return targets.length >= MIN_TABLE_ENTRIES ? targets : [];
  }

  /** The 32-bit word at a guest address when its bytes are in the file and not reached code. */
  #dataWord(address: number): number | undefined {
    if (this.#map.contains(address) && this.#overlapsCode(address, 4)) return undefined;
    const segment = rangeAt(this.#segments, address);
    if (segment === undefined || address + 4 > segment.address + segment.data.length) return undefined;
    return readUint(segment.data, address - segment.address, 4);
  }

  /** Takes a possible code pointer for one when it looks like it. */
  #judge(address: number): void {
    if (this.#isCode(address)) this.#follow(address);
  }

  /** True when an address is a reached instruction or looks like one. */
  #isCode(address: number): boolean {
    if (!this.#map.contains(address)) return false;
    const marks = this.#map.marks(address);
    if (marks & (INSIDE | IMPLAUSIBLE)) return false;
    return (marks & (REACHED | PLAUSIBLE)) !== 0 || this.#isPlausible(address);
  }

  /**
   * True when decoding from an address leads through valid instructions to known code or to a jump that could be
   * one. What holds for the first instruction of the run holds for all of it, and each is decoded only once.
   */
  #isPlausible(address: number): boolean {
    const map = this.#map;
    const instruction = this.#instruction;
    const run: number[] = [];
    let verdict: boolean | undefined;
    for (let pc = address; verdict === undefined; pc += instruction.length) {
      const marks = map.contains(pc) ? map.marks(pc) : IMPLAUSIBLE;
      if (marks & (REACHED | PLAUSIBLE)) verdict = true;
      else if (marks & (INSIDE | IMPLAUSIBLE)) verdict = false;
      else {
        map.decode(pc, instruction);
        run.push(pc);
        if (isTerminator(instruction.op)) verdict = this.#isPlausibleEnd();
      }
    }
    for (const pc of run) map.mark(pc, verdict ? PLAUSIBLE : IMPLAUSIBLE);
    return verdict;
  }

  /** Compilers link through ra, and through t0 for save and restore routines (RISC-V psABI, "Integer Register Convention"). */
  #isPlausibleEnd(): boolean {
    const { op, a, target } = this.#instruction;
    if (op === INVALID) return false;
    const { effect } = ROWS[op] as Row;
    const link = 'link' in effect && effect.link !== undefined ? a : 0;
    if (link !== 0 && link !== 1 && link !== 5) return false;
    if (effect.kind !== 'branch' && effect.kind !== 'jump') return true;
    return this.#map.contains(target) && (this.#map.marks(target) & INSIDE) === 0;
  }

  /** Judges the words of a segment, in executable segments those that no reached instruction overlaps. */
  #scanWords({ address, data }: RiscvSegment, isCode: boolean): void {
    const size = this.#width / 8;
    const first = Math.ceil(address / size) * size - address;
    for (let at = Math.max(first, fileHeaderSize(data, this.#width)); at + size <= data.length; at += size) {
      const value = readUint(data, at, 4);
      if (!this.#map.contains(value)) continue;
      if (size === 8 && readUint(data, at + 4, 4) !== 0) continue;
      if (isCode && this.#overlapsCode(address + at, size)) continue;
      this.#judge(value);
      this.#judgeFormed();
    }
  }

  #overlapsCode(address: number, size: number): boolean {
    for (let at = address & ~1; at < address + size; at += 2) {
      if (this.#map.marks(at) & (REACHED | INSIDE)) return true;
    }
    return false;
  }
}

/**
 * Bytes of the ELF header, when a segment begins with it, as linkers' default layouts do. It holds no code pointers
 * that the entry is not, and stripping changes it: the place of the section headers may look like an address.
 */
const fileHeaderSize = (data: Uint8Array, width: Width): number =>
  ELF_MAGIC.every((byte, i) => data[i] === byte) ? (width === 32 ? 52 : 64) : 0;

const ELF_MAGIC = [0x7f, 0x45, 0x4c, 0x46];

/** Compilers use a table from four or five cases on (GCC 12, LLVM 19); fewer words in a row prove nothing. */
const MIN_TABLE_ENTRIES = 3;

const LOAD_CONSTANT = new Set(['load_imm', 'load_imm64'].map(operation));
const ADD_CONSTANT = new Set(['add_imm_32', 'add_imm_64'].map(operation));
const DEFINES_A = ROWS.map((row) => definitionsOf(row).includes('a'));

/** Registers that hold a constant within one run of instructions: low 32 bits, since addresses have no more. */
class Constants {
  readonly #values = new Map<number, number>();

  get(register: number): number | undefined {
    return this.#values.get(register);
  }

  /** Follows one instruction; returns the sum when it adds to a constant. */
  step({ op, a, b, x }: Instruction): number | undefined {
    if (LOAD_CONSTANT.has(op)) {
      if (a !== 0) this.#values.set(a, x >>> 0);
      return undefined;
    }
    const base = ADD_CONSTANT.has(op) ? this.#values.get(b) : undefined;
    if (base !== undefined) {
      const sum = (base + x) >>> 0;
      if (a !== 0) this.#values.set(a, sum);
      return sum;
    }
    if (DEFINES_A[op]) this.#values.delete(a);
    return undefined;
  }
}
