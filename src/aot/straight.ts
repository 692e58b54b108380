import { isRiscvKind, type Width, widthOf } from '../core/kind.ts';
import type { Stop } from '../core/stop.ts';
import { fail as failRun } from '../interpreter/errors.ts';
import { GasCounter } from '../interpreter/gas-counter.ts';
import { readCell, writeCell } from '../interpreter/register-cells.ts';
import type { Execution, ExecutionState } from '../jit/tier.ts';
import { readCounter, writeCounter } from '../jit/wasm/counter-cell.ts';
import { LEFT } from '../jit/wasm/exits.ts';
import { Slices } from '../jit/wasm/slices.ts';
import type { GuestMemory } from '../memory/guest-memory.ts';
import { EXIT_CELL } from '../memory/linear-layout.ts';
import { RETURN_TO_HOST } from '../memory/region.ts';
import { type Doorway, doorwayTo, type Translated } from './doorway.ts';
import type { PlacedSite } from './places.ts';

const TWO_32 = 2 ** 32;
/** Guest calls that may be under way as WebAssembly calls, and in a run inside of a host call: see jit/wasm/execution.ts. */
const DEPTH = 1500;
const LEAST_DEPTH = 20;

/** What the interpreter takes over: a state, and whether it stands inside a block that was settled as a whole. */
export interface Handover {
  readonly state: ExecutionState;
  readonly inside: boolean;
  /** A dynamic jump that is still to be done, from the end of a block. */
  readonly jump: { readonly pc: number; readonly address: number } | undefined;
}

/** The interpreter's execution, and what the jump led to if it led nowhere. */
export interface TakenOver {
  readonly execution: Execution;
  readonly stop: Stop | undefined;
}

/** What an execution asks of its program. */
export interface StraightProgram extends Translated {
  readonly registerCount: number;
  /** Another execution that knows the interpreter and goes on from a state. Throws PartMissing while it is not loaded. */
  takeOver(operation: string, memory: GuestMemory, handover: Handover): TakenOver;
}

/**
 * Runs translated code as long as it goes straight on: blocks, calls, host calls, returns. At the first thing that
 * needs the interpreter (a trap, the exact end of gas, an instruction that is not translated) the interpreter's
 * execution takes over for good.
 */
export class StraightExecution implements Execution {
  readonly registerCount: number;
  readonly tier = 'wasm';
  readonly #program: StraightProgram;
  readonly #memory: GuestMemory;
  readonly #width: Width;
  readonly #slices: Slices;
  readonly #metered: boolean;
  /** Each instruction is charged when it runs, not its block. */
  readonly #repays: boolean;
  readonly #gas = new GasCounter();
  #doorway: Doorway | undefined;
  /** Has taken over. */
  #other: Execution | undefined;
  #onHostCall: Execution['onHostCall'];
  #pc: number | undefined;
  #nextPc: number | undefined;
  /** The rest of the block at `#nextPc` is paid; it has `#ahead` instructions, which are counted already. */
  #paid = false;
  #ahead = 0;
  /** Stands inside a settled block where only the interpreter can go on. */
  #stuck = false;
  #jumping: Handover['jump'];
  #executed = 0;
  #translated = 0;
  #nesting = 0;
  #budget = 0;
  #given = 0;
  #pending: Stop | undefined;

  constructor(program: StraightProgram, memory: GuestMemory) {
    const { kind, gas, gasGranularity, sliceLimit } = program.facts;
    this.registerCount = program.registerCount;
    this.#program = program;
    this.#memory = memory;
    this.#width = widthOf(kind);
    this.#slices = new Slices(sliceLimit);
    this.#metered = gas !== 'none';
    this.#repays = this.#metered && gasGranularity === 'instruction';
  }

  get gas(): bigint {
    return this.#other?.gas ?? this.#gas.value;
  }
  set gas(value: bigint) {
    if (this.#other === undefined) this.#gas.value = value;
    else this.#other.gas = value;
  }
  get executed(): number {
    return this.#other?.executed ?? this.#executed - this.#ahead;
  }
  get translatedInstructions(): number {
    return this.#translated + (this.#other?.translatedInstructions ?? 0);
  }
  get pc(): number | undefined {
    return this.#other === undefined ? this.#pc : this.#other.pc;
  }
  get nextPc(): number | undefined {
    return this.#other === undefined ? this.#nextPc : this.#other.nextPc;
  }
  set nextPc(pc: number | undefined) {
    if (this.#other === undefined) this.#arriveAt(pc, undefined);
    else this.#other.nextPc = pc;
  }
  get onHostCall(): Execution['onHostCall'] {
    return this.#onHostCall;
  }
  set onHostCall(answer: Execution['onHostCall']) {
    this.#onHostCall = answer;
    if (this.#other !== undefined) this.#other.onHostCall = answer;
  }

  get state(): ExecutionState {
    if (this.#other !== undefined) return this.#other.state;
    const { gas, executed } = this;
    return { pc: this.#pc, nextPc: this.#nextPc, paid: this.#paid, announced: false, gas, executed };
  }

  set state(state: ExecutionState) {
    const ahead = state.paid ? this.#program.places.restAt(state.nextPc) : 0;
    if (this.#other === undefined && (ahead === undefined || state.announced)) this.#takeOver('this state');
    if (this.#other !== undefined) {
      this.#other.state = state;
      return;
    }
    this.#arriveAt(state.nextPc, state.pc);
    this.#gas.value = state.gas;
    this.#paid = state.paid;
    this.#ahead = ahead as number;
    this.#executed = state.executed + this.#ahead;
  }

  #cell(register: number): number {
    const count = this.registerCount;
    if (Number.isInteger(register) && register >= 0 && register < count) return 2 * register;
    throw failRun('run/register', { register, count });
  }
  getRegister(register: number): bigint {
    return readCell(this.#memory.registers, this.#cell(register), this.#width);
  }
  getRegister32(register: number): number {
    return (this.#memory.registers[this.#cell(register)] as number) >>> 0;
  }
  setRegister(register: number, value: bigint | number): void {
    const cell = this.#cell(register);
    if (cell === 0 && isRiscvKind(this.#program.facts.kind)) return;
    writeCell(this.#memory.registers, cell, value);
  }

  step(): Stop {
    const stop = this.#takeOver('a single step');
    return stop ?? (this.#other as Execution).step();
  }

  /** Lets the interpreter's execution go on from here. Throws PartMissing. */
  #takeOver(operation: string): Stop | undefined {
    if (this.#other !== undefined) return undefined;
    const state = { ...this.state, paid: false, executed: this.#executed };
    const { execution, stop } = this.#program.takeOver(operation, this.#memory, {
      state,
      inside: this.#stuck || this.#paid,
      jump: this.#jumping,
    });
    this.#other = execution;
    execution.onHostCall = this.#onHostCall;
    // What metering by instruction gives back of a block is charged again when it runs.
    if (this.#repays) this.#budget += this.#executed - execution.executed;
    return stop;
  }

  #runOther(operation: string): Stop {
    return this.#takeOver(operation) ?? (this.#other as Execution).run(this.#budget);
  }

  #arriveAt(nextPc: number | undefined, pc: number | undefined = nextPc): void {
    this.#pc = pc;
    this.#nextPc = nextPc;
    this.#paid = false;
    this.#stuck = false;
    this.#jumping = undefined;
    this.#ahead = 0;
  }

  run(budget: number = Number.POSITIVE_INFINITY, mayEndEarly: boolean = false): Stop {
    if (this.#other !== undefined) return this.#other.run(budget);
    if (this.#nextPc === undefined) throw failRun('run/no-program-counter', {});
    if (this.#metered && this.#gas.isNegative()) return { kind: 'out-of-gas', pc: undefined };
    this.#budget = budget;
    this.#nesting++;
    try {
      this.#doorway ??= doorwayTo(this.#program, this.#memory);
      for (;;) {
        const blocked =
          this.#stuck || this.#jumping !== undefined || this.#fuel() <= 0 || !this.#memory.regionsIntact;
        const entry = blocked || this.#other !== undefined ? -1 : this.#entry();
        if (entry < 0) return this.#runOther('what comes next');
        const stop = this.#enter(this.#doorway, entry, mayEndEarly);
        if (stop !== undefined) return stop;
      }
    } finally {
      this.#nesting--;
    }
  }

  #entry(): number {
    return this.#program.places.entryAt(this.#nextPc as number, this.#paid);
  }

  #fuel(): number {
    if (!this.#metered) return Number.POSITIVE_INFINITY;
    if (this.#gas.fuel < TWO_32) this.#gas.refill();
    return this.#gas.fuel;
  }

  #enter(doorway: Doorway, entry: number, mayEndEarly: boolean): Stop | undefined {
    const slice = this.#slices.next();
    const fuel = this.#fuel();
    const most = Math.min(fuel, this.#budget);
    const given = this.#give(Math.min(most, slice));
    this.#ahead = 0;
    doorway.servant = this.#serve;
    const address = doorway.enter(entry, Math.max(LEAST_DEPTH, DEPTH >> (this.#nesting - 1)));
    const { words } = this.#memory;
    const kind = words[EXIT_CELL / 4 + 1] as number;
    if (kind === LEFT.host) {
      const stop = this.#pending;
      this.#pending = undefined;
      return stop;
    }
    this.#settle();
    const pc = (words[EXIT_CELL / 4] as number) >>> 0;
    if (kind === LEFT.dynamic) return this.#jump(address >>> 0, pc);
    this.#arriveAt(pc);
    this.#stuck = kind === LEFT.inside;
    if (kind !== LEFT.short) return undefined;
    const ends = most <= slice && Math.min(this.#fuel(), this.#budget) < slice;
    const isProgress = this.#given < given;
    if (ends && mayEndEarly && isProgress && this.#budget < this.#fuel())
      return { kind: 'interrupted', reason: 'budget' };
    // What is left of gas or budget goes to the interpreter, which knows to the instruction where it ends.
    return ends || !isProgress ? this.#runOther('the exact end of gas or budget') : undefined;
  }

  /** A dynamic jump to a code address, from the last instruction of its block. */
  #jump(address: number, pc: number): Stop | undefined {
    if (address === RETURN_TO_HOST) {
      this.#arriveAt(undefined);
      return { kind: 'finished' };
    }
    const target = this.#program.places.resolve(address, isRiscvKind(this.#program.facts.kind));
    this.#arriveAt(target ?? pc);
    if (target === undefined) this.#jumping = { pc, address };
    return undefined;
  }

  /** Sets the counter to so much gas and instructions, packed as `Meter` does. */
  #give(amount: number): number {
    const packed = amount * this.#program.facts.unit;
    writeCounter(this.#memory.words, packed);
    this.#given = packed;
    return packed;
  }

  /** Takes over what translated code has counted since `#give`. */
  #settle(): void {
    const { unit } = this.#program.facts;
    const left = readCounter(this.#memory.words);
    const used = this.#given - left;
    this.#given = left;
    const instructions = unit === 1 ? used : used % unit;
    if (this.#metered) this.#gas.charge(Math.floor(used / unit));
    this.#executed += instructions;
    this.#budget -= instructions;
    this.#translated += instructions;
  }

  /** What translated code calls for a site: 0 when it may go on, the counter being in its cell again. */
  readonly #serve = (index: number): number => {
    const site = this.#program.places.site(index);
    this.#settle();
    this.#arriveAt(site.pc);
    if (site.hostCall === undefined) {
      this.#stuck = true;
      return this.#unwind(undefined);
    }
    this.#pause(site);
    const budget = this.#budget;
    const served = this.#onHostCall?.(site.hostCall, site.pc) === true;
    this.#budget = budget;
    if (!served) return this.#unwind(hostCall(site));
    // A call from within the host function may have needed the interpreter, which goes on here as well.
    return this.#other === undefined ? this.#goOn(site) : this.#unwind(undefined);
  };

  /** Stands behind a host call, as at a stop. */
  #pause({ nextPc, pc, rest }: PlacedSite): void {
    this.#pc = pc;
    this.#nextPc = nextPc;
    if (this.#repays) {
      this.#gas.refund(rest.gas);
      this.#executed -= rest.instructions;
      this.#budget += rest.instructions;
      this.#translated -= rest.instructions;
      return;
    }
    this.#paid = true;
    this.#ahead = rest.instructions;
  }

  /** Translated code goes on behind a host call, if it can. */
  #goOn({ nextPc, need, rest }: PlacedSite): number {
    if (this.#nextPc !== nextPc || (this.#metered && this.#gas.isNegative())) return this.#unwind(undefined);
    if ((!this.#repays && !this.#paid) || !this.#memory.regionsIntact) return this.#unwind(undefined);
    const gas = this.#repays ? rest.gas : 0;
    const instructions = this.#repays ? rest.instructions : 0;
    const amount = Math.min(this.#fuel() - gas, this.#budget - instructions, this.#slices.slice);
    if (amount < 0 || amount * this.#program.facts.unit < need) return this.#unwind(undefined);
    this.#gas.charge(gas);
    this.#executed += instructions;
    this.#budget -= instructions;
    this.#translated += instructions;
    this.#ahead = 0;
    this.#give(amount);
    return 0;
  }

  #unwind(stop: Stop | undefined): number {
    this.#pending = stop;
    this.#memory.words[EXIT_CELL / 4 + 1] = LEFT.host;
    return 1;
  }
}

const hostCall = ({ hostCall: number, pc }: PlacedSite): Stop => ({
  kind: 'host-call',
  number: number as number,
  pc,
});
