import type { Stop } from '../../core/stop.ts';
import { fail } from '../../interpreter/errors.ts';
import type { Machine } from '../../interpreter/machine.ts';
import type { GuestMemory } from '../../memory/guest-memory.ts';
import type { Meter } from '../graph/pricing.ts';
import { MachineExecution } from '../machine-execution.ts';
import type { Execution, TierName } from '../tier.ts';
import { LEFT } from '../wasm/exits.ts';
import { Binding, type Gear } from './binding.ts';
import type { GuestFunction } from './environment.ts';
import { HOST_WAY, type Library, type Way } from './library.ts';
import type { TranslatedJs } from './tier.ts';

/** What of the stack guest calls may take, in units of about 128 bytes: V8's has 984 KB by default. */
const DEPTH = 2000;
/** A run inside of a host call gets half of what the one around it had, so that all of them fit the stack. */
const LEAST_DEPTH = 60;
/** Instructions after which an instance is worth code of its own: what they take in code that is shared, some 0.2 s. */
const OWN_AFTER = 50_000_000;
/** Larger arrays than 64 bytes do not move in V8, so that code may contain their addresses. */
const COUNTER_WORDS = 32;

/** One instance in translated code, with the interpreter for everything that the code leaves to it. */
export class JsExecution extends MachineExecution implements Execution {
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
  /** A host function that was called from translated code has not returned. */
  #inHost = false;
  /** The stop that a servant has found; the code around it is being left. */
  #pending: Stop | undefined;
  /** What the machine's `entered` is at most when the run begins another block. */
  #end = 0;
  /** What the counter stood at when it was looked at last. */
  #given = 0;

  constructor(program: TranslatedJs, machine: Machine) {
    super(machine);
    this.#program = program;
    this.#machine = machine;
    this.#memory = machine.memory;
    this.#meter = program.meter;
    this.#counter = this.#meter.unit === 1 ? new Int32Array(COUNTER_WORDS) : new Float64Array(COUNTER_WORDS);
    this.#gear = { memory: machine.memory, counter: this.#counter, servant: this.#serve };
  }

  get tier(): TierName {
    return this.#memory.regionsIntact ? 'js' : 'interpreter';
  }

  run(budget: number = Number.POSITIVE_INFINITY): Stop {
    const library = this.#program.libraryFor(this.#memory);
    if (library === undefined) return this.#machine.run(budget);
    this.#nesting++;
    try {
      return this.#run(library, budget);
    } finally {
      this.#nesting--;
      this.#inHost = this.#nesting > 0;
    }
  }

  #run(library: Library, budget: number): Stop {
    const machine = this.#machine;
    this.#end = machine.entered + budget;
    for (;;) {
      const pc = machine.nextPc;
      const isEntry = pc !== undefined && !machine.isPaid && machine.fuel > 0 && this.#memory.regionsIntact;
      const slot = isEntry ? this.#program.slotFor(pc) : -1;
      const stop = slot < 0 ? this.#interpret(1) : this.#enter(this.#bound(library), slot);
      if (stop !== undefined) return stop;
    }
  }

  /** The binding to the memory's buffer of today. */
  #bound(library: Library): Binding {
    let binding = this.#binding;
    const own = this.translatedInstructions > OWN_AFTER;
    if (binding === undefined || binding.buffer !== this.#memory.buffer || binding.own !== own) {
      binding = new Binding(library, this.#gear, own);
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
    const depth = Math.max(LEAST_DEPTH, DEPTH >> (this.#nesting - 1));
    let address: number;
    try {
      address = (table[slot] as GuestFunction)(depth);
    } catch (error) {
      throw this.#broken(error);
    }
    const { kind, pc, amount } = library.ways[this.#counter[1] as number] as Way;
    if (kind === LEFT.host) {
      const stop = this.#pending;
      this.#pending = undefined;
      return stop;
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

  /** What an error thrown through translated code means. Those of host functions are thrown on, their state being set. */
  #broken(error: unknown): unknown {
    if (this.#inHost) {
      this.#inHost = false;
      return error;
    }
    if (!(error instanceof RangeError)) return error;
    this.#machine.nextPc = undefined;
    return fail('run/stack-overflow', {}, { cause: error });
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
    if (site.hostCall === undefined) {
      const stop = machine.runInside(site.pc);
      if (stop !== undefined) return this.#unwind(stop);
      if (this.#isBoundTo(buffer) && !machine.owes && this.#refill() >= site.need) return 0;
      this.#recount(machine.stayInside());
      return this.#unwind(undefined);
    }
    const recharged = this.#arriveInside(site.nextPc, site.pc);
    const stop: Stop = { kind: 'host-call', number: site.hostCall, pc: site.pc };
    const left = this.#left;
    this.#inHost = true;
    const served = this.onHostCall?.(site.hostCall, site.pc) === true;
    this.#inHost = false;
    // Calls back into the guest have budgets of their own.
    this.#end = machine.entered + left;
    if (!served) return this.#unwind(stop);
    // The host may have gone elsewhere, or have taken gas that the code counts on.
    const goesOn = machine.nextPc === site.nextPc && this.#isBoundTo(buffer);
    if (!goesOn || !machine.takeUp()) return this.#unwind(undefined);
    if (this.#refill() < site.need) {
      machine.putBack();
      return this.#unwind(undefined);
    }
    this.#recount(-recharged);
    return 0;
  };

  /** Whether code that was made for a buffer may go on: growth replaces that, the host takes regions away. */
  #isBoundTo(buffer: ArrayBuffer): boolean {
    return this.#memory.buffer === buffer && this.#memory.regionsIntact;
  }

  #refill(): number {
    return this.#give(Math.min(this.#machine.fuel, this.#left, this.#program.slice));
  }

  #arriveInside(nextPc: number, pc: number = nextPc): number {
    const refunded = this.#machine.arriveInside(nextPc, pc);
    this.#recount(refunded);
    return refunded;
  }

  /** So many instructions were counted and are going to be counted again. */
  #recount(instructions: number): void {
    this.translatedInstructions -= instructions;
  }

  #unwind(stop: Stop | undefined): number {
    this.#pending = stop;
    this.#counter[1] = HOST_WAY;
    return 1;
  }
}
