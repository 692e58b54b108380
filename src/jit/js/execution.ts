import type { Stop } from '../../core/stop.ts';
import type { Machine } from '../../interpreter/machine.ts';
import type { GuestMemory } from '../../memory/guest-memory.ts';
import type { Meter } from '../graph/pricing.ts';
import type { Execution, ExecutionState } from '../tier.ts';
import { LEFT } from '../wasm/exits.ts';
import { Binding, type Gear } from './binding.ts';
import type { GuestFunction } from './environment.ts';
import { HOST_WAY, type Library, type Way } from './library.ts';
import type { TranslatedJs } from './tier.ts';

/** What of the stack guest calls may take, in units of about 128 bytes: V8's has 984 KB by default. */
const DEPTH = 3000;
/** A run inside of a host call gets half of what the one around it had, so that all of them fit the stack. */
const LEAST_DEPTH = 60;
/** Larger arrays than 64 bytes do not move in V8, so that code may contain their addresses. */
const COUNTER_WORDS = 32;

/** One instance in translated code, with the interpreter for everything that the code leaves to it. */
export class JsExecution implements Execution {
  readonly tier = 'js';
  readonly #program: TranslatedJs;
  readonly #machine: Machine;
  readonly #memory: GuestMemory;
  readonly #meter: Meter;
  readonly #counter: Int32Array | Float64Array;
  readonly #gear: Gear;
  translatedInstructions = 0;
  #binding: Binding | undefined;
  /** Runs of this execution that are under way, one inside a host call of the other. */
  #nesting = 0;
  /** The stop that a servant has found; the code around it is being left. */
  #pending: Stop | undefined;
  /** What the machine's `entered` is at most when the run begins another block. */
  #end = 0;
  /** What the counter stood at when it was looked at last. */
  #given = 0;
  onHostCall: ((number: number, pc: number) => boolean) | undefined;

  constructor(program: TranslatedJs, machine: Machine) {
    this.#program = program;
    this.#machine = machine;
    this.#memory = machine.memory;
    this.#meter = program.meter;
    this.#counter = this.#meter.unit === 1 ? new Int32Array(COUNTER_WORDS) : new Float64Array(COUNTER_WORDS);
    this.#gear = { memory: machine.memory, counter: this.#counter, servant: this.#serve };
  }

  get registerCount(): number {
    return this.#machine.registerCount;
  }
  get gas(): bigint {
    return this.#machine.gas;
  }
  set gas(value: bigint) {
    this.#machine.gas = value;
  }
  get executed(): number {
    return this.#machine.executed;
  }
  get pc(): number | undefined {
    return this.#machine.pc;
  }
  get nextPc(): number | undefined {
    return this.#machine.nextPc;
  }
  set nextPc(pc: number | undefined) {
    this.#machine.nextPc = pc;
  }
  get state(): ExecutionState {
    return this.#machine.state;
  }
  set state(state: ExecutionState) {
    this.#machine.state = state;
  }
  getRegister(register: number): bigint {
    return this.#machine.getRegister(register);
  }
  getRegister32(register: number): number {
    return this.#machine.getRegister32(register);
  }
  setRegister(register: number, value: bigint | number): void {
    this.#machine.setRegister(register, value);
  }
  step(): Stop {
    return this.#machine.step();
  }

  run(budget: number = Number.POSITIVE_INFINITY): Stop {
    const library = this.#program.libraryFor(this.#memory);
    if (library === undefined) return this.#machine.run(budget);
    this.#nesting++;
    try {
      return this.#run(library, budget);
    } finally {
      this.#nesting--;
    }
  }

  #run(library: Library, budget: number): Stop {
    const machine = this.#machine;
    this.#end = machine.entered + budget;
    for (;;) {
      const pc = machine.nextPc;
      const slot = pc === undefined || machine.isPaid || machine.fuel <= 0 ? -1 : this.#program.slotFor(pc);
      const stop = slot < 0 ? this.#interpret(1) : this.#enter(this.#bound(library), slot);
      if (stop !== undefined) return stop;
    }
  }

  /** The binding to the memory's buffer of today. */
  #bound(library: Library): Binding {
    let binding = this.#binding;
    if (binding === undefined || binding.buffer !== this.#memory.buffer || binding.library !== library) {
      binding = new Binding(library, this.#gear);
      this.#binding = binding;
    }
    binding.update();
    return binding;
  }

  /** Instructions that the run may still begin blocks with. */
  get #left(): number {
    return this.#end - this.#machine.entered;
  }

  /** Lets the interpreter run so many instructions, to the end of a block; a stop unless it has simply done that. */
  #interpret(instructions: number): Stop | undefined {
    const machine = this.#machine;
    const stop = machine.run(Math.min(instructions, this.#left));
    return stop.kind === 'interrupted' && this.#left > 0 ? undefined : stop;
  }

  #enter({ table, library }: Binding, slot: number): Stop | undefined {
    const machine = this.#machine;
    const slice = this.#program.slice;
    const most = Math.min(machine.fuel, this.#left);
    const given = this.#give(Math.min(most, slice));
    const address = (table[slot] as GuestFunction)(Math.max(LEAST_DEPTH, DEPTH >> (this.#nesting - 1)));
    const { kind, pc, amount } = library.ways[this.#counter[1] as number] as Way;
    if (kind === LEFT.host) {
      const stop = this.#pending;
      this.#pending = undefined;
      return stop ?? this.#interpret(1);
    }
    this.#settle(amount);
    switch (kind) {
      case LEFT.dynamic:
        return machine.jumpFrom(pc, address);
      case LEFT.inside:
        this.#arriveInside(pc);
        return this.#interpret(1);
      case LEFT.short: {
        machine.arriveAt(pc);
        // What is left of gas or budget goes to the interpreter, which knows to the instruction where it ends.
        const limited = Math.min(machine.fuel, this.#left) < slice;
        if (limited && most <= slice) return this.#interpret(Number.POSITIVE_INFINITY);
        return this.#given === given ? this.#interpret(1) : undefined;
      }
      default:
        machine.arriveAt(pc);
        return undefined;
    }
  }

  /** Sets the counter to so much gas and instructions. */
  #give(amount: number): number {
    const packed = this.#meter.counterFor(amount);
    this.#counter[0] = packed;
    this.#given = packed;
    return packed;
  }

  /** Takes over what translated code has counted since `#give`, the counter being `amount` too high. */
  #settle(amount: number): void {
    const left = (this.#counter[0] as number) - amount;
    const used = this.#given - left;
    this.#given = left;
    const instructions = this.#meter.instructionsOf(used);
    this.#machine.settle(this.#meter.gasOf(used), instructions);
    this.translatedInstructions += instructions;
  }

  /** What translated code calls for a site: 0 when it may go on, the counter being in its cell again. */
  readonly #serve = (index: number): number => {
    const machine = this.#machine;
    const site = this.#program.site(index);
    const { buffer } = this.#memory;
    this.#settle(0);
    let recharged: number;
    if (site.hostCall === undefined) {
      recharged = this.#arriveInside(site.pc);
      // With instruction metering what an operation may use of gas depends on the rest of its block being charged.
      if (recharged > 0) return this.#unwind(undefined);
      const stop = machine.runOne();
      if (stop !== undefined) return this.#unwind(stop);
    } else {
      recharged = this.#arriveInside(site.nextPc, site.pc);
      const stop: Stop = { kind: 'host-call', number: site.hostCall, pc: site.pc };
      const left = this.#left;
      const served = this.onHostCall?.(site.hostCall, site.pc) === true;
      // Calls back into the guest have budgets of their own.
      this.#end = machine.entered + left;
      if (!served) return this.#unwind(stop);
    }
    // The code that asks is bound to a buffer, and growth replaces that.
    if (this.#memory.buffer !== buffer) return this.#unwind(undefined);
    // The host may have gone elsewhere, or have taken gas that the code counts on.
    if (machine.nextPc !== site.nextPc || !machine.takeUp()) return this.#unwind(undefined);
    const given = this.#give(Math.min(machine.fuel, this.#left, this.#program.slice));
    if (given < site.need) {
      machine.putBack();
      return this.#unwind(undefined);
    }
    this.translatedInstructions += recharged;
    return 0;
  };

  #arriveInside(nextPc: number, pc: number = nextPc): number {
    const refunded = this.#machine.arriveInside(nextPc, pc);
    this.translatedInstructions -= refunded;
    return refunded;
  }

  #unwind(stop: Stop | undefined): number {
    this.#pending = stop;
    this.#counter[1] = HOST_WAY;
    return 1;
  }
}
