import type { Width } from '../core/kind.ts';
import type { TrapReason } from '../core/stop.ts';
import { type Code, PolkaVmCode } from '../decoder/code.ts';
import { Instruction } from '../decoder/instruction.ts';
import type { Row } from '../isa/row.ts';
import { INVALID, isTerminator, operation, ROWS } from '../isa/table.ts';
import { REGISTER_WORDS } from '../memory/guest-memory.ts';
import { RETURN_TO_HOST } from '../memory/map.ts';
import { gasOf, instructionsOf, OVERSIZED, pack, SLICE } from './charge.ts';
import { firstLabels, fusedTree } from './fused.ts';
import {
  FIRST_RECORD,
  GOTO,
  LABELS,
  labelIn,
  RECORD,
  STEPPED,
  TRAP_AT,
  UNDECODED,
  withLabel,
  writeRecord,
} from './records.ts';

/** Reasons a record can trap for; a record holds the index. */
export const TRAP_REASONS: readonly TrapReason[] = ['invalid-instruction', 'invalid-jump'];
const INVALID_INSTRUCTION = 0;
const INVALID_JUMP = 1;

/** What the pre-decoder needs from a gas model. */
export interface Pricing {
  /** Cost of one instruction by operation number, where a block's cost is their sum. */
  readonly costs: Uint32Array | undefined;
  /** Cost of the block that begins at a program counter, where it is not. */
  readonly blockCost: ((pc: number) => number) | undefined;
}

/** Blocks decoded for one visit of the machine: amortises leaving the loop without decoding cold code. */
const DECODE_AHEAD = 16;

const JUMP = LABELS[operation('jump')] as number;

const effectKind = (op: number): Row['effect']['kind'] | 'invalid' => ROWS[op]?.effect.kind ?? 'invalid';

/**
 * The full model takes at most four instructions per cycle and gives three cycles away, so a block of cost c has
 * at most 4 (c + 3) ≤ 16 c instructions. A table with a zero cost bounds nothing: then the loop gets no gas and
 * the machine charges each block.
 */
const sliceLimitOf = ({ costs }: Pricing): number =>
  costs === undefined ? Math.floor(SLICE / 16) : costs.every((c) => c > 0) ? SLICE : 0;

/** A growing list of records that have no place in the regular walk through the code. */
interface Detours {
  /** Program counter of each. */
  readonly pcs: number[];
  /** Entry record by program counter, for jumps to irregular places (RISC-V profile). */
  readonly entries: Map<number, number>;
}

/**
 * The pre-decoded form of one program under one gas model, shared by all instances of a module.
 *
 * Record FIRST_RECORD + i belongs to instruction number i; memory that was never written means "not decoded yet", so nothing
 * is decoded before it is reached and a large program costs address space only. Where an instruction's
 * successor is not the record behind it (code that overlaps or ends in the middle of nowhere), its record is a
 * GOTO to a *detour* behind the regular records.
 */
export class CompiledCode {
  readonly code: Code;
  readonly width: Width;
  readonly #zeroRegister: boolean;
  /** Control goes by the Gray Paper's rules, which differ from PolkaVM's at blocks without a valid successor. */
  readonly #grayPaper: boolean;
  readonly #pricing: Pricing;
  records: Int32Array;
  /** The words in front of the records where a running loop keeps the register cells. */
  cells: Int32Array;
  charges: Float64Array;
  /** Costs of blocks too dear for `charges`, by record number. */
  readonly oversized: Map<number, number> = new Map();
  readonly jumps: Int32Array;
  /** Decoded records by program counter, of places where runs went on: a short memory of the machines. */
  readonly inside: Map<number, number> = new Map();
  /** Blocks decoded so far. */
  blocks = 0;
  /** Most gas that one slice of the loop may use, so that its instruction count cannot overflow either. */
  readonly sliceLimit: number;
  readonly #regular: number;
  #detours: Detours = { pcs: [], entries: new Map() };
  readonly #firstLabels: ReadonlyMap<number, number>;
  readonly #instruction = new Instruction();
  /** Positions (records) and operations of the block being decoded, in order. */
  readonly #positions: number[] = [];
  readonly #operations: number[] = [];
  /** Detour records that stand for a record of the block, which is a GOTO to them: record, then its copy. */
  readonly #copies: number[] = [];

  /** Record word index of the place where single steps run: a copy of one record, then STEPPED. */
  readonly scratch: number;

  constructor(code: Code, width: Width, zeroRegister: boolean, pricing: Pricing) {
    this.code = code;
    this.width = width;
    this.#zeroRegister = zeroRegister;
    this.#pricing = pricing;
    this.#grayPaper = code instanceof PolkaVmCode && code.decoder.kind === 'jam_gp07';
    this.sliceLimit = sliceLimitOf(pricing);
    this.#firstLabels = firstLabels(width);
    this.#regular = FIRST_RECORD + code.count;
    const capacity = this.#regular + 64;
    this.records = new Int32Array(capacity * RECORD);
    this.cells = cellsOf(this.records);
    this.charges = new Float64Array(capacity);
    this.jumps = new Int32Array(Math.ceil((code.codeAddresses.end - code.codeAddresses.first) / 2));
    this.scratch = this.#detour(-1) * RECORD;
    const stepped = this.#detour(-1) * RECORD;
    this.records[stepped] = STEPPED;
  }

  /** Reserves a detour record for an instruction at `pc`. */
  #detour(pc: number): number {
    const index = this.#regular + this.#detours.pcs.length;
    this.#detours.pcs.push(pc);
    if ((index + 1) * RECORD > this.records.length) {
      const records = new Int32Array(this.records.length + (this.#detours.pcs.length + 64) * 2 * RECORD);
      records.set(this.records);
      this.records = records;
      this.cells = cellsOf(records);
      const charges = new Float64Array(records.length / RECORD);
      charges.set(this.charges);
      this.charges = charges;
    }
    return index;
  }

  /** Program counter of the record at word index `p`. */
  pcOf(p: number): number {
    const index = p / RECORD;
    return index < this.#regular
      ? this.code.pcOf(index - FIRST_RECORD)
      : (this.#detours.pcs[index - this.#regular] as number);
  }

  /** Record number of the instruction that regularly starts at `pc`, or -1. */
  #numberOf(pc: number): number {
    const index = this.code.indexOf(pc);
    return index < 0 ? -1 : FIRST_RECORD + index;
  }

  /** The record of the instruction at `pc`: the regular one, or (RISC-V profile) a detour of its own. */
  recordOf(pc: number): number {
    const regular = this.#numberOf(pc);
    if (regular >= 0) return regular * RECORD;
    const known = this.#detours.entries.get(pc);
    if (known !== undefined) return known;
    const made = this.#detour(pc) * RECORD;
    this.#detours.entries.set(pc, made);
    return made;
  }

  /** The record a dynamic jump leads to, remembered in the jump map; -1 when the address is no code address. */
  resolveJump(address: number): number {
    const target = this.code.resolveCodeAddress(address);
    if (target < 0) return -1;
    const p = this.recordOf(target);
    const slot = address - this.code.codeAddresses.first;
    if ((slot & 1) === 0 && slot >= 0 && slot >> 1 < this.jumps.length) this.jumps[slot >> 1] = p;
    return p;
  }

  /** Decodes from the record at word index `p` unless that was done before. */
  ensureDecoded(p: number): void {
    if (this.records[p] === UNDECODED) this.decode(p);
  }

  /** Decodes from the record at word index `p` (the first of a block in PolkaVM kinds) and somewhat beyond. */
  decode(p: number): void {
    this.#decodeBlock(p);
    let next = p / RECORD;
    for (let blocks = 1; blocks < DECODE_AHEAD; blocks++) {
      // Go on behind this block while it is regular, undecoded code that begins a block.
      while (next < this.#regular && this.records[next * RECORD] !== UNDECODED) next++;
      if (next >= this.#regular - 1 || !this.code.isJumpTarget(this.pcOf(next * RECORD))) return;
      if (next * RECORD > p + 64 * RECORD) return;
      this.#decodeBlock(next * RECORD);
    }
  }

  #decodeBlock(start: number): void {
    this.blocks++;
    const positions = this.#positions;
    const operations = this.#operations;
    positions.length = 0;
    operations.length = 0;
    this.#copies.length = 0;
    const instruction = this.#instruction;
    let pc = this.pcOf(start);
    const first = pc;
    let p = start;
    let following: number | undefined;
    for (;;) {
      this.code.decode(pc, instruction);
      const { op } = instruction;
      positions.push(p);
      operations.push(op);
      if (op === INVALID) {
        this.#trapAt(p, pc, INVALID_INSTRUCTION);
        break;
      }
      const next = pc + instruction.length;
      if (isTerminator(op)) {
        this.#writeTerminator(p, pc, next, instruction);
        break;
      }
      p = this.#writeInside(p, next, instruction);
      pc = next;
      if (this.records[p] !== UNDECODED) {
        // Joined code that is decoded already (RISC-V profile: another entry into the same block).
        following = p;
        break;
      }
    }
    this.#fuse();
    this.#charge(first, following);
  }

  /** Writes an instruction after which the block goes on; returns the record of the next one. */
  #writeInside(p: number, next: number, instruction: Instruction): number {
    const number = this.#numberOf(next);
    const regular = instruction.isLast && number !== this.#regular - 1 ? -1 : number;
    const link = next | 0;
    if (regular >= 0 && regular * RECORD === p + RECORD) {
      writeRecord(this.records, p, instruction, this.#zeroRegister, 0, link);
      return p + RECORD;
    }
    // The record behind this one is another instruction's: continue in a detour.
    const pc = next - instruction.length;
    const copy = this.#detour(pc);
    const behind = this.#detour(next);
    writeRecord(this.records, copy * RECORD, instruction, this.#zeroRegister, 0, link);
    this.#goto(p, copy * RECORD);
    this.#copies.push(p, copy * RECORD);
    if (regular < 0) return behind * RECORD;
    this.#goto(behind * RECORD, regular * RECORD);
    this.#positions.push(behind * RECORD);
    this.#operations.push(-1);
    return regular * RECORD;
  }

  #writeTerminator(p: number, pc: number, next: number, instruction: Instruction): void {
    const kind = effectKind(instruction.op);
    const { code } = this;
    const write = (at: number, target: number): void =>
      writeRecord(this.records, at, instruction, this.#zeroRegister, target, next | 0);
    if (kind === 'fallthrough') {
      // PolkaVM 0.35: control that would leave the code through a fallthrough traps there.
      if (this.#mayGoOn(p, next)) write(p, 0);
      else this.#trapAt(p, pc, INVALID_JUMP);
      return;
    }
    if (kind !== 'branch' && kind !== 'jump') {
      write(p, 0);
      return;
    }
    const valid = code.isJumpTarget(instruction.target);
    if (kind === 'branch' && !this.#zeroRegister && !((valid || this.#grayPaper) && this.#mayGoOn(p, next))) {
      // PolkaVM 0.35: a branch with an invalid side traps whichever side is taken.
      this.#trapAt(p, pc, INVALID_JUMP);
      return;
    }
    let at = p;
    if (kind === 'branch' && this.#numberOf(next) * RECORD !== p + RECORD) {
      at = this.#detour(pc) * RECORD;
      this.#goto(p, at);
      this.#copies.push(p, at);
      const other = this.#detour(next) * RECORD;
      // A jump, not a GOTO: the block behind the branch is entered and charged there.
      this.#enter(
        other,
        code.isJumpTarget(next) ? this.recordOf(next) : this.#trap(next, INVALID_INSTRUCTION),
      );
    }
    write(at, valid ? this.recordOf(instruction.target) : this.#trap(pc, INVALID_JUMP));
  }

  /** Whether control may pass a block's end to the instruction behind it, which has no other way in. */
  #mayGoOn(p: number, next: number): boolean {
    if (this.code.isJumpTarget(next)) return true;
    // Gray Paper 0.7 A.3: only jumps are checked; behind the end of the code lies a trap, a block of its own.
    return this.#grayPaper && this.#numberOf(next) * RECORD === p + RECORD;
  }

  #goto(p: number, target: number): void {
    this.records[p + 1] = target;
    this.records[p] = GOTO;
  }

  #enter(p: number, target: number): void {
    this.records[p + 1] = target;
    this.records[p] = JUMP;
  }

  #trapAt(p: number, pc: number, reason: number): void {
    this.records[p + 1] = pc;
    this.records[p + 2] = reason;
    this.records[p] = TRAP_AT;
  }

  /** A record that traps; jumps into it are free. */
  #trap(pc: number, reason: number): number {
    const p = this.#detour(pc) * RECORD;
    this.#trapAt(p, pc, reason);
    return p;
  }

  /** Fuses neighbouring records of the block where the loop has a case for them, longest sequence first. */
  #fuse(): void {
    const { records } = this;
    const positions = this.#positions;
    const tree = fusedTree(this.width);
    for (let i = 0; i < positions.length; ) {
      const p = positions[i] as number;
      let node = tree.next.get(labelIn(records[p] as number));
      let label = 0;
      let length = 1;
      for (let k = 1; node !== undefined; k++) {
        if (node.label !== 0) {
          label = node.label;
          length = k;
        }
        if (positions[i + k] !== p + k * RECORD) break;
        node = node.next.get(labelIn(records[p + k * RECORD] as number));
      }
      if (label !== 0) records[p] = withLabel(records[p] as number, label);
      i += length;
    }
  }

  /** Fills in what is charged from each position of the block to its end. */
  #charge(first: number, following: number | undefined): void {
    const { costs, blockCost } = this.#pricing;
    let count = following === undefined ? 0 : this.instructionsFrom(following);
    let cost = following === undefined ? 0 : this.costAt(following);
    for (let i = this.#positions.length - 1; i >= 0; i--) {
      const op = this.#operations[i] as number;
      if (op >= 0) {
        count++;
        // PolkaVM 0.35 adds costs as 32-bit numbers.
        if (costs !== undefined) cost = (cost + (costs[op] as number)) >>> 0;
      }
      this.#setCharge((this.#positions[i] as number) / RECORD, cost, count);
    }
    if (blockCost !== undefined) {
      this.#setCharge((this.#positions[0] as number) / RECORD, blockCost(first), count);
    }
    for (let i = 0; i < this.#copies.length; i += 2) {
      const p = this.#copies[i] as number;
      this.#setCharge((this.#copies[i + 1] as number) / RECORD, this.costAt(p), this.instructionsFrom(p));
    }
  }

  #setCharge(index: number, cost: number, count: number): void {
    if (cost >= OVERSIZED) this.oversized.set(index, cost);
    this.charges[index] = pack(Math.min(cost, OVERSIZED), count);
  }

  /** Cost of what the record at word index `p` begins. */
  costAt(p: number): number {
    const cost = gasOf(this.charges[p / RECORD] as number);
    return cost === OVERSIZED ? (this.oversized.get(p / RECORD) as number) : cost;
  }

  /** Instructions from the record at `p` to the end of its block, both included. */
  instructionsFrom(p: number): number {
    return instructionsOf(this.charges[p / RECORD] as number);
  }

  /** True for the address that returns to the host. */
  isReturn(address: number): boolean {
    return address >>> 0 === RETURN_TO_HOST;
  }

  /** Label of the operation at `p` itself, also where it begins a fused sequence. */
  labelAt(p: number): number {
    const label = labelIn(this.records[p] as number);
    return this.#firstLabels.get(label) ?? label;
  }
}

const cellsOf = (records: Int32Array): Int32Array => records.subarray(0, REGISTER_WORDS);

/** Operation numbers by label, for what the machine executes itself; aliases share a label. */
export const OPERATION_OF_LABEL: ReadonlyMap<number, number> = new Map(
  [...LABELS.entries()].reverse().map(([op, label]) => [label, op]),
);
