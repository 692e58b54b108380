import { isRiscvKind, type Width, widthOf } from '../core/kind.ts';
import type { Stop, TrapReason } from '../core/stop.ts';
import type { Effect, Row } from '../isa/row.ts';
import { isTerminator, ROWS } from '../isa/table.ts';
import type { GuestMemory } from '../memory/guest-memory.ts';
import { gasOf, instructionsOf, pack, SLICE } from './charge.ts';
import { type CompiledCode, OPERATION_OF_LABEL, TRAP_REASONS } from './compiled-code.ts';
import { executeCustom } from './custom.ts';
import { fail } from './errors.ts';
import { GasCounter } from './gas-counter.ts';
import { rare32, rare64, run32, run64 } from './loop.generated.ts';
import { EXIT, LoopState, RARE } from './loop-state.ts';
import type { MachineOptions, MachineState } from './machine-state.ts';
import { accessMemory, jumpAddress } from './out-of-line.ts';
import { cellIn, GOTO, RECORD, TRAP_AT, UNDECODED, withLabel } from './records.ts';
import { readCell, writeCell } from './register-cells.ts';

/** Places that are looked up once: what runs stop at again and again are host calls and function entries. */
const MOST_INSIDE = 4096;

/** Fuel below this is refilled before it is given to translated code. */
const REFILL_BELOW = 2 ** 31;

export type { MachineOptions, MachineState } from './machine-state.ts';

/**
 * The interpreter: runs one program on one memory and says why it stopped. It is the oracle of all tiers.
 *
 * Rules of charging and resuming are PolkaVM 0.35's: a block is paid when it is entered and never twice, unless
 * the host sets the program counter.
 */
export class Machine {
  readonly compiled: CompiledCode;
  readonly memory: GuestMemory;
  readonly options: MachineOptions;
  readonly registerCount: number;
  readonly tier = 'interpreter';
  /** This is no translating tier. */
  readonly translatedInstructions = 0;
  readonly #width: Width;
  readonly #gas = new GasCounter();
  readonly #loop: LoopState;
  readonly #run: (state: LoopState) => void;
  readonly #rare: (p: number, records: Int32Array, registers: Int32Array, memory: GuestMemory) => number;
  readonly #metered: boolean;
  readonly #perInstruction: boolean;

  #pc: number | undefined = undefined;
  #nextPc: number | undefined = undefined;
  /** Record of `#nextPc`, or -1 when it must be looked up: then nothing of its block is paid. */
  #record = -1;
  #paid = false;
  #announced = false;
  /** Instructions executed, exact below 2^53. */
  #executed = 0;
  /** Instructions that this run may still begin blocks with. */
  #budget = 0;

  constructor(compiled: CompiledCode, memory: GuestMemory, options: MachineOptions) {
    this.compiled = compiled;
    this.memory = memory;
    this.options = options;
    this.#width = widthOf(options.kind);
    this.registerCount = !isRiscvKind(options.kind) ? 13 : options.embedded === true ? 16 : 32;
    this.#loop = new LoopState(memory);
    this.#run = this.#width === 32 ? run32 : run64;
    this.#rare = this.#width === 32 ? rare32 : rare64;
    this.#metered = options.metering !== 'none';
    this.#perInstruction = options.granularity === 'instruction' && this.#metered;
  }

  /** The gas left: a signed 64-bit number. Only counted when the program is metered. */
  get gas(): bigint {
    return this.#gas.value;
  }

  set gas(value: bigint) {
    this.#gas.value = value;
  }

  /** Instructions executed since the machine was made or reset; also counted without metering. */
  get executed(): number {
    return this.#executed - this.#countedAhead();
  }

  /** Instructions of a block that was entered are counted at once: those of them that have not run yet. */
  #countedAhead(): number {
    const ahead = this.#paid && !this.#perInstruction && this.#record >= 0;
    return ahead ? this.compiled.instructionsFrom(this.#record) : 0;
  }

  /** The instruction of the last stop; undefined after a finished run and when the host has set `nextPc`. */
  get pc(): number | undefined {
    return this.#pc;
  }

  /** Where the next run begins. Setting it makes the next run charge that block, also when the value is the same. */
  get nextPc(): number | undefined {
    return this.#nextPc;
  }

  set nextPc(pc: number | undefined) {
    this.#pc = undefined;
    this.#nextPc = pc;
    this.#record = -1;
    this.#paid = false;
    this.#announced = false;
  }

  #cell(register: number): number {
    if (!(Number.isInteger(register) && register >= 0 && register < this.registerCount)) {
      throw fail('run/register', { register, count: this.registerCount });
    }
    return 2 * register;
  }

  /** Value of a register, unsigned, as wide as the registers of the program's kind. */
  getRegister(register: number): bigint {
    return readCell(this.memory.registers, this.#cell(register), this.#width);
  }

  /** Low 32 bits of a register, unsigned, as a plain number. */
  getRegister32(register: number): number {
    return (this.memory.registers[this.#cell(register)] as number) >>> 0;
  }

  /** Sets a register to the low bits of a value; register 0 of RISC-V programs stays 0. */
  setRegister(register: number, value: bigint | number): void {
    const cell = this.#cell(register);
    if (cell === 0 && isRiscvKind(this.options.kind)) return;
    writeCell(this.memory.registers, cell, value);
  }

  /** All but registers and memory, for a snapshot. */
  get state(): MachineState {
    return {
      pc: this.#pc,
      nextPc: this.#nextPc,
      paid: this.#paid,
      announced: this.#announced,
      gas: this.gas,
      executed: this.executed,
    };
  }

  set state(state: MachineState) {
    this.nextPc = state.nextPc;
    this.#pc = state.pc;
    this.gas = state.gas;
    this.#paid = state.paid;
    this.#announced = state.announced;
    if (state.paid && state.nextPc !== undefined) this.#record = this.#recordInside(state.nextPc);
    this.#executed = state.executed + this.#countedAhead();
  }

  /** The record of a place inside a block that was entered before, or behind the code: decodes it first. Else -1. */
  #recordInside(pc: number): number {
    const { compiled } = this;
    const known = compiled.inside.get(pc);
    if (known !== undefined) return known;
    const { code } = compiled;
    const block = code.blockOf(pc);
    if (block < 0 && !code.isBehindCode(pc)) return -1;
    const record = compiled.recordOf(pc);
    if (compiled.records[record] === UNDECODED)
      compiled.decode(block < 0 ? record : compiled.recordOf(block));
    if (compiled.inside.size < MOST_INSIDE) compiled.inside.set(pc, record);
    return record;
  }

  /**
   * Runs until the program stops or, at a block's end, at least `budget` instructions have been executed.
   * Throws run/no-program-counter.
   */
  run(budget: number = Number.POSITIVE_INFINITY): Stop {
    const started = this.#start();
    if (started !== undefined) return started;
    this.#budget = budget;
    this.#announced = false;
    for (;;) {
      const stop = this.#slice();
      if (stop !== undefined) return stop;
    }
  }

  /** Runs one instruction; `step` stops come before each instruction, the block's gas being charged. */
  step(): Stop {
    const started = this.#start();
    if (started !== undefined) return started;
    if (this.#announced) {
      this.#announced = false;
      const stop = this.#single();
      if (stop !== undefined) return stop;
    }
    if (!this.#paid && !this.#perInstruction) {
      const unpaid = this.#payBlock();
      if (unpaid !== undefined) return unpaid;
    }
    if (this.#perInstruction && !this.#gas.covers(this.#costOfOne())) return this.#outOfGas();
    this.#announced = true;
    this.#pc = this.#nextPc = this.compiled.pcOf(this.#record);
    return { kind: 'step', pc: this.#pc };
  }

  // For tiers that translate and leave to this machine what their code does not do.

  /** As `executed`, but all instructions of a block that was entered count: what budgets are of. */
  get entered(): number {
    return this.#executed;
  }

  /** True when the rest of the block at `nextPc` is paid. */
  get isPaid(): boolean {
    return this.#paid;
  }

  /**
   * With instruction metering: a memset has taken gas that instructions behind it in the block were charged. They are
   * to be given back, as they may not be covered.
   */
  get owes(): boolean {
    return this.#perInstruction && this.options.metering === 'sync' && this.#gas.isNegative();
  }

  /** What can be taken from the counter at once: the whole gas below 2^52, without limit when it is not metered. */
  get fuel(): number {
    if (!this.#metered) return Number.POSITIVE_INFINITY;
    const gas = this.#gas;
    if (gas.fuel < REFILL_BELOW) gas.refill();
    return gas.fuel;
  }

  /** Whole blocks have run elsewhere: takes off what they cost and counts their instructions. */
  settle(gas: number, instructions: number): void {
    if (this.#metered) this.#gas.charge(gas);
    this.#executed += instructions;
  }

  /** Stands at the beginning of a block that is not paid, having come there. */
  arriveAt(pc: number): void {
    this.#record = -1;
    this.#paid = false;
    this.#announced = false;
    this.#pc = this.#nextPc = pc;
  }

  /**
   * Stands before an instruction of a block that was settled as a whole, the last instruction run being `pc`. Gives
   * the number of instructions that are charged again when they run: none, but with instruction metering.
   * Throws an Error when nothing is there: translated code never comes to such places.
   */
  arriveInside(nextPc: number, pc: number = nextPc): number {
    const record = this.#recordInside(nextPc);
    if (record < 0) throw new Error(`translated code was left at ${nextPc}, where no instruction is`);
    this.#announced = false;
    this.#pause(record, false);
    this.#pc = pc;
    this.#nextPc = nextPc;
    return this.#perInstruction ? this.compiled.instructionsFrom(record) : 0;
  }

  /** The opposite of `arriveInside`: charges again what that gave back, if anything. False when that is not covered. */
  takeUp(): boolean {
    if (this.#record < 0 || (this.#metered && this.#gas.isNegative())) return false;
    if (!this.#perInstruction) return this.#paid;
    const cost = this.compiled.costAt(this.#record);
    if (!this.#gas.covers(cost)) return false;
    this.#gas.charge(cost);
    this.#executed += this.compiled.instructionsFrom(this.#record);
    return true;
  }

  /** After `takeUp`, when translated code cannot go on all the same. */
  putBack(): void {
    this.#pause(this.#record, false);
  }

  /**
   * Runs one instruction inside a block of translated code, all of which is charged; undefined: the code can go on
   * behind it. Like `arriveInside`, a stop gives back what is charged again.
   */
  runInside(pc: number): Stop | undefined {
    const { memory } = this;
    let p = this.#recordInside(pc);
    const { records } = this.compiled;
    while (records[p] === GOTO) p = records[p + 1] as number;
    this.#record = p;
    this.#paid = true;
    // A step before this run may have announced an instruction.
    this.#announced = false;
    const result = this.#rare(p, records, memory.registers, memory);
    switch (result) {
      case RARE.done:
        this.#record = p + RECORD;
        return undefined;
      case RARE.fault:
        return this.#left(p, EXIT.fault);
      case RARE.misaligned:
        return this.#left(p, EXIT.misaligned);
      default:
        return this.#special(p, false);
    }
  }

  /** After `runInside`, when translated code cannot go on all the same: as `arriveInside` behind the instruction. */
  stayInside(): number {
    return this.arriveInside(this.compiled.pcOf(this.#record));
  }

  /** A dynamic jump in translated code, the last instruction of its block: where it goes, or the stop it makes. */
  jumpFrom(pc: number, address: number): Stop | undefined {
    if (this.compiled.isReturn(address)) {
      this.nextPc = undefined;
      return { kind: 'finished' };
    }
    const target = this.compiled.code.resolveCodeAddress(address >>> 0);
    if (target >= 0) {
      this.arriveAt(target);
      return undefined;
    }
    this.nextPc = undefined;
    this.#pc = pc;
    return { kind: 'trap', pc, reason: 'invalid-jump', address: address >>> 0 };
  }

  /** Checks that a run can begin and finds its record; a stop when it cannot. */
  #start(): Stop | undefined {
    const pc = this.#nextPc;
    if (pc === undefined) throw fail('run/no-program-counter', {});
    if (this.#metered && this.#gas.isNegative()) return { kind: 'out-of-gas', pc: undefined };
    if (this.#record >= 0) return undefined;
    const block = this.compiled.code.blockOf(pc);
    // Where control has come, which `#pc` tells, need not be a place to begin at.
    if (block < 0 && (this.#pc === undefined || !this.compiled.code.isBehindCode(pc))) {
      this.#pc = pc;
      return { kind: 'trap', pc, reason: 'invalid-instruction' };
    }
    if (block < 0 || block === pc || this.#perInstruction) {
      this.#record = this.#recordInside(pc);
      return undefined;
    }
    // The host set the program counter into a block: the whole block is charged before its rest runs.
    const entry = this.compiled.recordOf(block);
    this.compiled.ensureDecoded(entry);
    if (this.#metered) {
      const cost = this.compiled.costAt(entry);
      if (!this.#gas.covers(cost) && this.options.metering === 'sync')
        return { kind: 'out-of-gas', pc: undefined };
      this.#gas.charge(cost);
    }
    this.#record = this.#recordInside(pc);
    this.#executed += this.compiled.instructionsFrom(this.#record);
    this.#paid = true;
    return undefined;
  }

  /** One entry into the generated loop and what it left for us; undefined: go on. */
  #slice(): Stop | undefined {
    const loop = this.#loop;
    const { compiled } = this;
    let p = this.#record;
    const limit = Math.max(0, Math.min(this.#budget, compiled.sliceLimit));
    const given = pack(this.#metered ? Math.min(this.#gas.fuel, limit) : limit, SLICE);
    // A block that is paid already gets back what the loop will charge for it.
    this.#enter(p, given + (this.#paid ? (compiled.charges[p / RECORD] as number) : 0));
    const ran = SLICE - instructionsOf(loop.left);
    if (this.#metered) this.#gas.fuel -= gasOf(given) - gasOf(loop.left);
    this.#executed += ran;
    this.#budget -= ran;
    this.#paid = true;
    p = loop.p;
    this.#record = p;
    if (loop.exit === EXIT.block) {
      this.#paid = false;
      return this.#blockExit(p);
    }
    const stop = this.#left(p, loop.exit);
    if (stop === undefined && this.#paid && this.owes) this.#pause(this.#record, false);
    return stop;
  }

  /** What the loop was left for at record `p`. `single`: in a single step, which has charged this instruction only. */
  #left(p: number, exit: number, single = false): Stop | undefined {
    switch (exit) {
      case EXIT.special:
        return this.#special(p, single);
      case EXIT.fault:
        return this.#fault(p, this.compiled.pcOf(p), single);
      case EXIT.misaligned: {
        const cell = cellIn(this.compiled.records[p] as number, 1);
        const address = (this.memory.registers[cell] as number) >>> 0;
        return this.#trap(this.compiled.pcOf(p), 'misaligned-atomic', address);
      }
      default:
        return this.#dynamicJump(p);
    }
  }

  /** Runs the loop from record `p` on this machine's registers, which stand before the records while it runs. */
  #enter(p: number, left: number): void {
    const { compiled, memory } = this;
    const loop = this.#loop;
    loop.memory = memory;
    loop.records = compiled.records;
    loop.charges = compiled.charges;
    loop.jumps = compiled.jumps;
    loop.jumpBase = compiled.code.codeAddresses.first | 0;
    loop.jumpEnd = 2 * compiled.jumps.length;
    loop.p = p;
    loop.left = left;
    loop.records.set(memory.registers);
    do this.#run(loop);
    while (this.#helped(loop));
    memory.registers.set(compiled.cells);
  }

  /**
   * Does the access or out-of-line operation that the loop was left for, without moving the registers, so that the
   * loop can go on at once. False when the machine has to look: nothing has changed then, and `exit` says why.
   */
  #helped(loop: LoopState): boolean {
    const { records, p } = loop;
    const { memory } = this;
    if (loop.exit === EXIT.access) {
      const effect = this.#effectOf(p, ['load', 'store']);
      if (!accessMemory(effect, records, p, records, memory)) {
        loop.exit = EXIT.fault;
        return false;
      }
    } else if (loop.exit === EXIT.special) {
      const result = this.#rare(p, records, records, memory);
      if (result !== RARE.done) {
        if (result === RARE.fault) loop.exit = EXIT.fault;
        else if (result === RARE.misaligned) loop.exit = EXIT.misaligned;
        return false;
      }
    } else return false;
    loop.p = p + RECORD;
    // The block is paid: give back what the loop will charge for going on in it.
    loop.left += loop.charges[loop.p / RECORD] as number;
    return true;
  }

  /** A block could not be entered with what the loop was given. */
  #blockExit(p: number): Stop | undefined {
    const { compiled } = this;
    if (this.#budget <= 0) {
      this.#suspend(p);
      return { kind: 'interrupted', reason: 'budget' };
    }
    const cost = compiled.costAt(p);
    if (this.#metered && !this.#gas.covers(cost)) {
      if (this.options.metering === 'async') return this.#overdraw(p);
      if (this.#perInstruction) return this.#stepWhilePaid();
      return this.#outOfGas();
    }
    if (this.#metered) this.#gas.refill();
    if (cost > Math.min(this.#budget, compiled.sliceLimit)) {
      // More than a slice of the loop holds: charged here.
      const instructions = compiled.instructionsFrom(p);
      if (this.#metered) this.#gas.charge(cost);
      this.#executed += instructions;
      this.#budget -= instructions;
      this.#paid = true;
    }
    return undefined;
  }

  /** The state between blocks: nothing at `p` has been paid or run. */
  #suspend(p: number): void {
    this.#record = p;
    this.#paid = false;
    this.#pc = this.#nextPc = this.compiled.pcOf(p);
  }

  #outOfGas(): Stop {
    this.#suspend(this.#record);
    return { kind: 'out-of-gas', pc: this.#pc };
  }

  /** Charges the block at the current record for a single step. */
  #payBlock(): Stop | undefined {
    const { compiled } = this;
    const p = this.#record;
    compiled.ensureDecoded(p);
    const cost = compiled.costAt(p);
    if (this.#metered) {
      if (this.options.metering === 'sync' && !this.#gas.covers(cost)) return this.#outOfGas();
      this.#gas.charge(cost);
    }
    this.#executed += compiled.instructionsFrom(p);
    this.#paid = true;
    return undefined;
  }

  #costOfOne(): number {
    const { compiled } = this;
    compiled.ensureDecoded(this.#record);
    // Instruction metering has a sum model: the difference to the successor's suffix is this one's cost.
    if (this.#endsBlock(this.#record)) return compiled.costAt(this.#record);
    return compiled.costAt(this.#record) - compiled.costAt(this.#record + RECORD);
  }

  /** Instruction metering: the block cannot be paid as a whole, so it runs singly until gas is used up. */
  #stepWhilePaid(): Stop {
    for (;;) {
      if (!this.#gas.covers(this.#costOfOne())) return this.#outOfGas();
      const stop = this.#single();
      if (stop !== undefined) return stop;
    }
  }

  /**
   * Asynchronous metering: the counter has gone below zero. The program runs on, block by block, to the next
   * loop header, call or return: the first place where every tier looks at the counter.
   */
  #overdraw(p: number): Stop {
    const { compiled } = this;
    this.#record = p;
    for (;;) {
      compiled.ensureDecoded(this.#record);
      const instructions = compiled.instructionsFrom(this.#record);
      if (!this.#perInstruction) {
        this.#gas.charge(compiled.costAt(this.#record));
        this.#executed += instructions;
        this.#paid = true;
      }
      let last = this.#record;
      for (let i = 0; i < instructions; i++) {
        last = this.#record;
        const stop = this.#single();
        if (stop !== undefined) return stop;
        if (this.#perInstruction ? this.#endsBlock(last) : !this.#paid) break;
      }
      const kind = this.#effectAt(last)?.kind;
      const back = compiled.pcOf(this.#record) <= compiled.pcOf(last);
      if (back || kind === 'jump-indirect' || this.#isCall(last)) {
        this.#pc = undefined;
        this.#nextPc = undefined;
        this.#record = -1;
        return { kind: 'out-of-gas', pc: undefined };
      }
    }
  }

  #effectAt(p: number): Effect | undefined {
    const op = OPERATION_OF_LABEL.get(this.compiled.labelAt(p));
    return op === undefined ? undefined : ROWS[op]?.effect;
  }

  /** The effect at a record that the loop has left as one of some kinds. */
  #effectOf<K extends Effect['kind']>(p: number, kinds: readonly K[]): Effect & { kind: K } {
    const effect = this.#effectAt(p);
    if (effect === undefined || !(kinds as readonly string[]).includes(effect.kind)) {
      throw new Error(`the interpreter left its loop at no ${kinds.join(' or ')}`);
    }
    return effect as Effect & { kind: K };
  }

  /** Whether the instruction at a record is the last of its block. */
  #endsBlock(p: number): boolean {
    const op = OPERATION_OF_LABEL.get(this.compiled.labelAt(p));
    return op === undefined || isTerminator(op);
  }

  #isCall(p: number): boolean {
    const effect = this.#effectAt(p);
    return effect?.kind === 'jump' && effect.link !== undefined;
  }

  /**
   * Runs the one instruction at the current record, whose block is paid (or which is charged here, with
   * instruction metering); a stop unless control has simply gone on.
   */
  #single(): Stop | undefined {
    const { compiled } = this;
    const loop = this.#loop;
    while (compiled.records[this.#record] === GOTO)
      this.#record = compiled.records[this.#record + 1] as number;
    compiled.ensureDecoded(this.#record);
    if (this.#perInstruction) {
      this.#gas.charge(this.#costOfOne());
      this.#executed++;
    }
    const at = this.#record;
    const { records, scratch } = compiled;
    records[scratch] = withLabel(records[at] as number, compiled.labelAt(at));
    records.copyWithin(scratch + 1, at + 1, at + RECORD);
    // Nothing is left for the block that follows, so the loop comes back before it.
    this.#enter(scratch, 0);
    const inside = loop.p === scratch || loop.p === scratch + RECORD;
    if (loop.exit === EXIT.block || (loop.exit === EXIT.special && loop.p !== scratch)) {
      const went = loop.p === scratch + RECORD;
      this.#record = went ? at + RECORD : loop.p;
      // Behind a terminator, a branch not taken included, another block begins, which is to be paid.
      this.#paid = went && !this.#perInstruction && !this.#endsBlock(at);
      if (!inside && loop.exit === EXIT.special && records[loop.p] === TRAP_AT)
        return this.#special(loop.p, false);
      return undefined;
    }
    this.#paid = !this.#perInstruction;
    this.#record = at;
    return this.#left(at, loop.exit, true);
  }

  /** Records that are the machine's own, host calls, traps and custom operations. */
  #special(p: number, single: boolean): Stop | undefined {
    const { compiled, memory } = this;
    const { records } = compiled;
    const label = records[p] as number;
    if (label === UNDECODED) {
      compiled.decode(p);
      this.#paid = false;
      return undefined;
    }
    if (label === TRAP_AT) {
      this.#record = p;
      const pc = records[p + 1] as number;
      return this.#trap(pc >>> 0, TRAP_REASONS[records[p + 2] as number] as TrapReason);
    }
    const op = OPERATION_OF_LABEL.get(compiled.labelAt(p)) as number;
    const { effect } = ROWS[op] as Row;
    const pc = compiled.pcOf(p);
    switch (effect.kind) {
      case 'host-call':
        this.#pause(p + RECORD, single);
        this.#pc = pc;
        this.#nextPc = compiled.pcOf(p + RECORD);
        return { kind: 'host-call', number: (records[p + 1] as number) >>> 0, pc };
      case 'trap':
        return this.#trap(pc, effect.reason);
      case 'custom': {
        const context = {
          memory,
          registers: memory.registers,
          width: this.#width,
          executed: this.#executed - (single && this.#perInstruction ? 1 : compiled.instructionsFrom(p)),
          gas: this.#metered ? this.#gas : undefined,
        };
        // What is charged of the block behind it is not spent yet.
        const ahead = this.#perInstruction && !single && this.options.metering === 'sync';
        const rest = ahead ? compiled.costAt(p) - this.#costOfOne() : 0;
        if (rest > 0) this.#gas.refund(rest);
        const result = executeCustom(effect.custom, context, records, p);
        if (rest > 0) this.#gas.charge(rest);
        if (result === 'done') {
          this.#record = p + RECORD;
          return undefined;
        }
        if (result === 'out-of-gas') {
          if (single) this.#takeBackOne();
          this.#pause(p, single);
          this.#pc = this.#nextPc = pc;
          return { kind: 'out-of-gas', pc };
        }
        if (result === 'fault') return this.#fault(p, pc, single);
        return this.#trap(pc, result);
      }
      default:
        throw new Error(`the interpreter left its loop at an operation of kind ${effect.kind}`);
    }
  }

  /** A dynamic jump that the jump map does not know. */
  #dynamicJump(p: number): Stop | undefined {
    const { compiled, memory } = this;
    const pc = compiled.pcOf(p);
    const effect = this.#effectOf(p, ['jump-indirect']);
    const address = jumpAddress(effect, compiled.records, p, memory.registers);
    if (compiled.isReturn(address)) {
      this.nextPc = undefined;
      return { kind: 'finished' };
    }
    const target = compiled.resolveJump(address);
    if (target < 0) return this.#trap(pc, 'invalid-jump', address);
    this.#record = target;
    this.#paid = false;
    return undefined;
  }

  /** Stops inside a block, to go on at record `p`: what did not run is not counted, or with instruction metering not charged. */
  #pause(p: number, single: boolean): void {
    this.#record = p;
    if (this.#perInstruction) {
      if (!single) {
        this.#gas.refund(this.compiled.costAt(p));
        this.#executed -= this.compiled.instructionsFrom(p);
      }
      this.#paid = false;
    } else this.#paid = true;
  }

  /** Instruction metering: the instruction that `#single` has charged will run again, so it has not happened yet. */
  #takeBackOne(): void {
    if (!this.#perInstruction) return;
    this.#gas.refund(this.#costOfOne());
    this.#executed--;
  }

  #fault(p: number, pc: number, single: boolean): Stop {
    const { fault } = this.memory;
    if (!fault.resumable) {
      return this.#trap(pc, fault.code ? 'store-to-code' : 'memory-access', fault.address);
    }
    if (single) this.#takeBackOne();
    this.#pause(p, single);
    this.#pc = this.#nextPc = pc;
    return {
      kind: 'segfault',
      pc,
      pageAddress: fault.address,
      pageSize: this.pageSize,
      writeProtected: fault.writeProtected,
    };
  }

  /** Reported with segfaults. */
  pageSize = 4096;
  /** Part of the contract of tiers; the interpreter stops at host calls. */
  onHostCall: ((number: number, pc: number) => boolean) | undefined;

  #trap(pc: number, reason: TrapReason, address?: number): Stop {
    const rest = this.compiled.instructionsFrom(this.#record) - 1;
    if (this.#paid && rest > 0) {
      if (this.#perInstruction) this.#gas.refund(this.compiled.costAt(this.#record) - this.#costOfOne());
      this.#executed -= rest;
    }
    this.nextPc = undefined;
    this.#pc = pc;
    return address === undefined ? { kind: 'trap', pc, reason } : { kind: 'trap', pc, reason, address };
  }
}
