import type { Stop } from '../../core/stop.ts';
import { fail } from '../../interpreter/errors.ts';
import type { Machine } from '../../interpreter/machine.ts';
import type { GuestMemory } from '../../memory/guest-memory.ts';
import { EXIT_CELL } from '../../memory/linear-layout.ts';
import type { Meter } from '../graph/pricing.ts';
import { MachineExecution } from '../machine-execution.ts';
import type { Execution, TierName } from '../tier.ts';
import type { Attachment } from './attachment.ts';
import { readCounter, writeCounter } from './counter-cell.ts';
import { LEFT } from './exits.ts';
import type { Site } from './library.ts';
import type { Pace } from './pace.ts';

type Attached = Pick<Attachment, 'servant' | 'enter' | 'update'>;

/** What an execution needs of translated code, whoever made it and when. */
export interface WasmCode {
  readonly meter: Meter;
  /** Accesses are only kept within the linear memory. */
  readonly isolated?: boolean;
  /** The slot of the function to enter at `pc`, or -1 where the interpreter has to go on. */
  slotFor(pc: number): number;
  /** The code on an instance's memory; undefined when there is no WebAssembly memory for it. */
  attach(memory: GuestMemory): Attached | undefined;
  site(index: number): Site;
  /** Gas and instructions that code gets at once, at most. */
  readonly slice: number;
  /** The same for another entry. */
  nextSlice(): number;
  /** Guest calls that may be under way as WebAssembly calls; by default as many as engines have room for. */
  readonly depth?: number;
}

/** Enters translated code wherever there is some. */
const eagerly = (program: WasmCode): Pace => ({
  patience: 1,
  eager: true,
  slotAt: (pc) => program.slotFor(pc),
  interpreted: () => {},
  left: () => {},
  sliceEnded: () => {},
});

const _TWO_32 = 2 ** 32;
/**
 * Guest calls that may be under way as WebAssembly calls. V8's default stack has 984 KB, and a frame of its first
 * compiler some 600 bytes when a function uses all registers of RV64 in both widths.
 */
const DEPTH = 800;
/** A run inside of a host call gets half of what the one around it had, so that all of them fit the stack. */
const LEAST_DEPTH = 20;

/** One instance in translated code, with the interpreter for everything that the code leaves to it. */
export class WasmExecution extends MachineExecution implements Execution {
  readonly #program: WasmCode;
  readonly #pace: Pace;
  /** Whether the memory could be had for the last run that asked for it. */
  #attached: boolean;
  readonly #machine: Machine;
  readonly #memory: GuestMemory;
  readonly #meter: Meter;
  translatedInstructions = 0;
  /** Runs of this execution that are under way, one inside a host call of the other. */
  #nesting = 0;
  /** The stop that a servant has found; the code around it is being left. */
  #pending: Stop | undefined;
  /** A host function that was called from translated code has not returned. */
  #inHost = false;
  /** Instructions that the run may still begin blocks with. */
  #budget = 0;
  /** What the counter stood at when it was looked at last. */
  #given = 0;

  constructor(program: WasmCode, machine: Machine, pace: Pace = eagerly(program)) {
    super(machine);
    this.#program = program;
    this.#pace = pace;
    this.#attached = pace.eager || machine.memory.linear !== undefined;
    this.#machine = machine;
    this.#memory = machine.memory;
    this.#meter = program.meter;
  }

  get tier(): TierName {
    return this.#attached && this.#memory.regionsIntact ? 'wasm' : 'interpreter';
  }

  run(budget: number = Number.POSITIVE_INFINITY): Stop {
    this.#nesting++;
    try {
      return this.#run(budget);
    } finally {
      this.#nesting--;
    }
  }

  #run(budget: number): Stop {
    const machine = this.#machine;
    const pace = this.#pace;
    this.#budget = budget;
    let attachment: Attached | undefined;
    for (;;) {
      // Code takes regions for granted. The host can only bring them back while no run is under way, or in this loop.
      const slot = this.#isAtEntry() ? pace.slotAt(machine.nextPc as number) : -1;
      if (slot >= 0 && attachment === undefined) {
        attachment = this.#program.attach(this.#memory);
        this.#attached = attachment !== undefined;
      }
      let stop: Stop | undefined;
      if (slot < 0) stop = this.#interpret(this.#memory.regionsIntact ? pace.patience : this.#budget);
      else if (attachment === undefined) stop = this.#interpret(this.#budget);
      else {
        attachment.update();
        const before = machine.entered;
        stop = this.#enter(attachment, slot);
        // Code may be left where it was entered, because it cannot do what comes first: the interpreter can.
        if (stop === undefined && machine.entered === before) stop = this.#interpret(1);
      }
      if (stop !== undefined) return stop;
    }
  }

  /** Whether translated code could be entered here. */
  #isAtEntry(): boolean {
    const machine = this.#machine;
    return machine.nextPc !== undefined && !machine.isPaid && machine.fuel > 0 && this.#memory.regionsIntact;
  }

  /** Lets the interpreter run so many instructions, to the end of a block; a stop unless it has simply done that. */
  #interpret(instructions: number): Stop | undefined {
    const machine = this.#machine;
    const most = Math.min(instructions, this.#budget);
    // The rest of a block that is paid has been taken off the budget before.
    const before = machine.entered;
    const stop = machine.run(most);
    const ran = machine.entered - before;
    this.#budget -= ran;
    this.#pace.interpreted(ran);
    return stop.kind === 'interrupted' && this.#budget > 0 ? undefined : stop;
  }

  #enter(attachment: Attached, slot: number): Stop | undefined {
    const machine = this.#machine;
    const slice = this.#program.nextSlice();
    const most = Math.min(machine.fuel, this.#budget);
    this.#give(Math.min(most, slice));
    attachment.servant = this.#serve;
    const { depth = Math.max(LEAST_DEPTH, DEPTH >> (this.#nesting - 1)) } = this.#program;
    let address: number;
    try {
      address = attachment.enter(slot, depth);
    } catch (error) {
      return this.#broken(error);
    }
    this.#pace.left();
    const { words } = this.#memory;
    const kind = words[EXIT_CELL / 4 + 1] as number;
    if (kind === LEFT.host) {
      const stop = this.#pending;
      this.#pending = undefined;
      return stop;
    }
    this.#settle();
    const pc = (words[EXIT_CELL / 4] as number) >>> 0;
    switch (kind) {
      case LEFT.dynamic:
        return machine.jumpFrom(pc, address);
      case LEFT.inside:
        this.#arriveInside(pc);
        // The rest of the block was counted with it, and runs in the interpreter.
        this.translatedInstructions -= machine.entered - machine.executed;
        return this.#interpret(1);
      case LEFT.short: {
        machine.arriveAt(pc);
        // What is left of gas or budget goes to the interpreter, which knows to the instruction where it ends.
        const limited = Math.min(machine.fuel, this.#budget) < slice;
        if (limited && most <= slice) return this.#interpret(Number.POSITIVE_INFINITY);
        this.#pace.sliceEnded(pc);
        return undefined;
      }
      default:
        machine.arriveAt(pc);
        return undefined;
    }
  }

  /** What an error thrown through translated code means. Those of host functions are thrown on, their state being set. */
  #broken(error: unknown): Stop {
    if (this.#inHost) {
      this.#inHost = false;
      throw error;
    }
    const machine = this.#machine;
    const pc = machine.nextPc as number;
    // Firefox has an error of its own for it.
    if (error instanceof RangeError || (error as Error | undefined)?.name === 'InternalError') {
      machine.nextPc = undefined;
      throw fail('run/stack-overflow', {}, { cause: error });
    }
    if (!(this.#program.isolated && error instanceof WebAssembly.RuntimeError)) throw error;
    // Registers, gas and place are those of the last time that code was entered or a host call was served.
    machine.nextPc = undefined;
    machine.state = { ...machine.state, pc };
    return { kind: 'trap', pc, reason: 'memory-access' };
  }

  /** Sets the counter to so much gas and instructions. */
  #give(amount: number): number {
    const packed = this.#meter.counterFor(amount);
    writeCounter(this.#memory.words, packed);
    this.#given = packed;
    return packed;
  }

  /** Takes over what translated code has counted since `#give`. */
  #settle(): void {
    const left = readCounter(this.#memory.words);
    const used = this.#given - left;
    this.#given = left;
    const instructions = this.#meter.instructionsOf(used);
    this.#machine.settle(this.#meter.gasOf(used), instructions);
    this.#budget -= instructions;
    this.translatedInstructions += instructions;
  }

  /** What translated code calls for a site: 0 when it may go on, the counter being in its cell again. */
  readonly #serve = (index: number): number => {
    const machine = this.#machine;
    const site = this.#program.site(index);
    this.#settle();
    if (site.hostCall === undefined) {
      const stop = machine.runInside(site.pc);
      if (stop !== undefined) return this.#unwind(stop);
      const given = this.#give(Math.min(machine.fuel, this.#budget, this.#program.slice));
      if (given >= site.need && !machine.owes) return 0;
      this.#recount(machine.stayInside());
      return this.#unwind(undefined);
    }
    const recharged = this.#arriveInside(site.nextPc, site.pc);
    const stop: Stop = { kind: 'host-call', number: site.hostCall, pc: site.pc };
    const budget = this.#budget;
    // Stays set when the host throws.
    this.#inHost = true;
    const served = this.onHostCall?.(site.hostCall, site.pc) === true;
    this.#inHost = false;
    this.#budget = budget;
    if (!served) return this.#unwind(stop);
    // The host may have gone elsewhere, or have taken gas that the code counts on.
    const goesOn = machine.nextPc === site.nextPc && this.#memory.regionsIntact;
    if (!goesOn || !machine.takeUp()) return this.#unwind(undefined);
    const given = this.#give(Math.min(machine.fuel, this.#budget - recharged, this.#program.slice));
    if (given < site.need) {
      machine.putBack();
      return this.#unwind(undefined);
    }
    this.#recount(-recharged);
    return 0;
  };

  #arriveInside(nextPc: number, pc: number = nextPc): number {
    const refunded = this.#machine.arriveInside(nextPc, pc);
    this.#recount(refunded);
    return refunded;
  }

  /** So many instructions were counted and are going to be counted again. */
  #recount(instructions: number): void {
    this.#budget += instructions;
    this.translatedInstructions -= instructions;
  }

  #unwind(stop: Stop | undefined): number {
    this.#pending = stop;
    this.#memory.words[EXIT_CELL / 4 + 1] = LEFT.host;
    return 1;
  }
}
