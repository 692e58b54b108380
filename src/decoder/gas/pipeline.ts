import { type PolkaVmKind, widthOf } from '../../core/kind.ts';
import { BRANCH_LATENCY, DEFINES, OPERAND_BITS } from '../../isa/cost.ts';
import { INVALID } from '../../isa/table.ts';
import type { Instruction } from '../instruction.ts';
import type { PipelineModel } from './models.ts';
import { ALL_UNITS, BRANCHES, type PipelineTraits, pipelineTraits, RENAMES, UNIT_GUARDS } from './traits.ts';

// The simulated processor of PolkaVM 0.35's full gas model.
const DECODE_SLOTS = 4;
const BUFFER_ENTRIES = 32;
const STARTS_PER_CYCLE = 5;
/** Cycles that a block takes even when nothing has to wait: not charged. */
const SLACK = 3;

const REGISTERS = 13;

/**
 * The cost of one basic block: the cycles that a small out-of-order processor takes for it, starting empty.
 *
 * The processor decodes up to 4 slots per cycle into a reorder buffer of 32 entries, starts up to 5 entries per
 * cycle, oldest first, whose operands and execution units are there, and retires finished entries in order.
 *
 * Use: `begin()`, then `add` for every instruction of the block in order, the invalid one that ends it included,
 * then `end()`. Nothing is allocated, so one simulator serves a whole program.
 *
 * The buffer is a ring; a set of its entries is a number with one bit per entry.
 */
export class PipelineSimulator {
  readonly #traits: PipelineTraits;

  #cycle = 0;
  #freeSlots = DECODE_SLOTS;
  #freeUnits = ALL_UNITS;
  /** The oldest entry, and how many there are. */
  #head = 0;
  #inFlight = 0;

  // The states of an entry, in order. An entry that ends in cycle c is `ended` through it and `executed` from
  // cycle c + 1 on, so it retires in c + 2 at the earliest.
  #decoding = 0;
  #waiting = 0;
  #executing = 0;
  #ended = 0;
  #executed = 0;

  /** Per entry: the entries whose results it needs; the cycle in which it ends; what it takes. */
  readonly #waitsFor = new Int32Array(BUFFER_ENTRIES);
  readonly #endsAt = new Float64Array(BUFFER_ENTRIES);
  readonly #latency = new Uint8Array(BUFFER_ENTRIES);
  readonly #units = new Int32Array(BUFFER_ENTRIES);
  /** Per register: the entry that will produce it, as a set of one entry or none. */
  readonly #producer = new Int32Array(REGISTERS);

  constructor(kind: PolkaVmKind, model: PipelineModel) {
    this.#traits = pipelineTraits(widthOf(kind), model.loadLatency);
  }

  /** Starts a new block. */
  begin(): void {
    this.#cycle = 0;
    this.#freeSlots = DECODE_SLOTS;
    this.#freeUnits = ALL_UNITS;
    this.#head = 0;
    this.#inFlight = 0;
    this.#decoding = 0;
    this.#waiting = 0;
    this.#executing = 0;
    this.#ended = 0;
    this.#executed = 0;
    this.#producer.fill(0);
  }

  /** The next instruction. `predictable`: see `isPredictableBranch`; it matters for branches only. */
  add({ op, a, b, c }: Instruction, predictable: boolean): void {
    const traits = this.#traits;
    const copy = traits.copyOperands[op] as number;
    const copies = copy !== 0 && a !== b && ((copy & OPERAND_BITS.c) === 0 || a !== c);
    const slots = (traits.slots[op] as number) + (copies ? 1 : 0);
    this.#makeRoom(slots);
    this.#freeSlots -= slots;
    const latency = traits.latency[op] as number;
    const producer = this.#producer;
    if (latency === RENAMES) {
      producer[a] = producer[b] as number;
      return;
    }
    this.#decode(
      op,
      latency !== BRANCHES
        ? latency
        : predictable
          ? BRANCH_LATENCY.predictable
          : BRANCH_LATENCY.unpredictable,
    );
    const entry = this.#newest();
    const tracked = traits.tracked[op] as number;
    let waitsFor = 0;
    if (tracked & OPERAND_BITS.a) waitsFor |= producer[a] as number;
    if (tracked & OPERAND_BITS.b) waitsFor |= producer[b] as number;
    if (tracked & OPERAND_BITS.c) waitsFor |= producer[c] as number;
    this.#waitsFor[entry] = waitsFor;
    if (tracked & DEFINES) producer[a] = 1 << entry;
  }

  /** The implicit invalid instruction where control runs off the end of the code. */
  addInvalid(): void {
    const { latency, slots } = this.#traits;
    this.#makeRoom(slots[INVALID] as number);
    this.#freeSlots -= slots[INVALID] as number;
    this.#decode(INVALID, latency[INVALID] as number);
    this.#waitsFor[this.#newest()] = 0;
  }

  /** Ends the block and returns its cost, at least 1. */
  end(): number {
    this.#tick();
    this.#admit();
    while (this.#inFlight > 0) this.#tickAndSkip();
    return Math.max(1, this.#cycle - SLACK);
  }

  #newest(): number {
    return (this.#head + this.#inFlight - 1) % BUFFER_ENTRIES;
  }

  /** Ticks until an instruction of that many decode slots can be decoded. */
  #makeRoom(slots: number): void {
    if (this.#freeSlots >= slots && this.#inFlight < BUFFER_ENTRIES) return;
    this.#tick();
    this.#admit();
    while (this.#inFlight === BUFFER_ENTRIES) this.#tickAndSkip();
  }

  /** Takes the next entry of the buffer. */
  #decode(op: number, latency: number): void {
    this.#inFlight++;
    const entry = this.#newest();
    this.#decoding |= 1 << entry;
    this.#latency[entry] = latency;
    this.#units[entry] = this.#traits.units[op] as number;
  }

  /** What was decoded in the cycle that ends may start from the next one on. */
  #admit(): void {
    this.#waiting |= this.#decoding;
    this.#decoding = 0;
    this.#freeSlots = DECODE_SLOTS;
  }

  /** A cycle without decoding; then, when it changed nothing, over to the cycle that will. */
  #tickAndSkip(): void {
    if (this.#tick() || this.#executing === 0) return;
    let next = Number.POSITIVE_INFINITY;
    for (let set = this.#executing; set !== 0; set &= set - 1) {
      next = Math.min(next, this.#endsAt[lowest(set)] as number);
    }
    this.#cycle = next;
  }

  /** One cycle; returns false when it changed nothing. */
  #tick(): boolean {
    const before = this.#ended;
    const retired = this.#retire();
    const started = this.#start();
    this.#executed |= before;
    this.#ended = this.#finish();
    this.#cycle++;
    return retired || started || before !== 0 || this.#ended !== 0;
  }

  #retire(): boolean {
    // Entries from the oldest on, as the low bits.
    const aged = rotateRight(this.#executed, this.#head);
    const count = ~aged === 0 ? BUFFER_ENTRIES : lowest(~aged);
    if (count === 0) return false;
    this.#executed = count === BUFFER_ENTRIES ? 0 : rotateRight((aged >>> count) << count, -this.#head);
    this.#head = (this.#head + count) % BUFFER_ENTRIES;
    this.#inFlight -= count;
    return true;
  }

  /** Starts the oldest entries that can; younger ones may overtake those whose units are taken. */
  #start(): boolean {
    let starts = 0;
    for (let set = rotateRight(this.#waiting, this.#head); set !== 0; set &= set - 1) {
      const entry = (lowest(set) + this.#head) % BUFFER_ENTRIES;
      if (this.#waitsFor[entry] !== 0) continue;
      const left = (this.#freeUnits | UNIT_GUARDS) - (this.#units[entry] as number);
      if ((left & UNIT_GUARDS) !== UNIT_GUARDS) continue;
      this.#freeUnits = left & ~UNIT_GUARDS;
      this.#waiting &= ~(1 << entry);
      this.#executing |= 1 << entry;
      this.#endsAt[entry] = this.#cycle + (this.#latency[entry] as number) - 1;
      if (++starts === STARTS_PER_CYCLE) break;
    }
    return starts > 0;
  }

  /** Ends what has run for its latency: results are there, units are free. Returns the set of those entries. */
  #finish(): number {
    let ended = 0;
    for (let set = this.#executing; set !== 0; set &= set - 1) {
      const entry = lowest(set);
      if (this.#endsAt[entry] !== this.#cycle) continue;
      ended |= 1 << entry;
      this.#freeUnits += this.#units[entry] as number;
    }
    if (ended === 0) return 0;
    this.#executing &= ~ended;
    const keep = ~ended;
    for (let set = this.#waiting | this.#decoding; set !== 0; set &= set - 1) {
      const entry = lowest(set);
      this.#waitsFor[entry] = (this.#waitsFor[entry] as number) & keep;
    }
    const producer = this.#producer;
    for (let r = 0; r < REGISTERS; r++) producer[r] = (producer[r] as number) & keep;
    return ended;
  }
}

/** The lowest member of a set that is not empty. */
const lowest = (set: number): number => 31 - Math.clz32(set & -set);

const rotateRight = (set: number, by: number): number => (set >>> (by & 31)) | (set << (-by & 31));
