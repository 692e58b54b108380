import type { Stop } from '../../core/stop.ts';
import type { Machine } from '../../interpreter/machine.ts';
import type { GuestMemory } from '../../memory/guest-memory.ts';
import { EXIT_CELL, LEFT_CELL } from '../../memory/linear-layout.ts';
import type { Meter } from '../graph/pricing.ts';
import type { Execution, ExecutionState } from '../tier.ts';
import type { Attachment } from './attachment.ts';
import { LEFT } from './exits.ts';
import type { TranslatedWasm } from './tier.ts';

/** What an execution needs of translated code, whoever made it and when. */
export type WasmCode = Omit<TranslatedWasm, 'attach' | 'execution' | 'blocks'> & {
  attach(memory: GuestMemory): Pick<Attachment, 'servant' | 'enter' | 'update'> | undefined;
};

const TWO_32 = 2 ** 32;
/** Guest calls that may be under way as WebAssembly calls: V8 has some 9,000 in its default stack (jit-measurements). */
const DEPTH = 1500;
/** A run inside of a host call gets half of what the one around it had, so that all of them fit the stack. */
const LEAST_DEPTH = 20;

/** One instance in translated code, with the interpreter for everything that the code leaves to it. */
export class WasmExecution implements Execution {
  readonly #program: WasmCode;
  readonly #machine: Machine;
  readonly #memory: GuestMemory;
  readonly #meter: Meter;
  translatedInstructions = 0;
  /** Runs of this execution that are under way, one inside a host call of the other. */
  #nesting = 0;
  /** The stop that a servant has found; the code around it is being left. */
  #pending: Stop | undefined;
  /** Instructions that the run may still begin blocks with. */
  #budget = 0;
  /** What the counter stood at when it was looked at last. */
  #given = 0;
  onHostCall: ((number: number, pc: number) => boolean) | undefined;

  constructor(program: WasmCode, machine: Machine) {
    this.#program = program;
    this.#machine = machine;
    this.#memory = machine.memory;
    this.#meter = program.meter;
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
    const attachment = this.#program.attach(this.#memory);
    if (attachment === undefined) return this.#machine.run(budget);
    this.#nesting++;
    try {
      return this.#run(attachment, budget);
    } finally {
      this.#nesting--;
    }
  }

  #run(attachment: Pick<Attachment, 'servant' | 'enter' | 'update'>, budget: number): Stop {
    const machine = this.#machine;
    this.#budget = budget;
    for (;;) {
      const pc = machine.nextPc;
      const slot = pc === undefined || machine.isPaid || machine.fuel <= 0 ? -1 : this.#program.slotFor(pc);
      let stop: Stop | undefined;
      if (slot < 0) stop = this.#interpret(1);
      else {
        attachment.update();
        stop = this.#enter(attachment, slot);
      }
      if (stop !== undefined) return stop;
    }
  }

  /** Lets the interpreter run so many instructions, to the end of a block; a stop unless it has simply done that. */
  #interpret(instructions: number): Stop | undefined {
    const machine = this.#machine;
    const most = Math.min(instructions, this.#budget);
    const before = machine.executed;
    const stop = machine.run(most);
    this.#budget -= machine.executed - before;
    return stop.kind === 'interrupted' && this.#budget > 0 ? undefined : stop;
  }

  #enter(attachment: Pick<Attachment, 'servant' | 'enter' | 'update'>, slot: number): Stop | undefined {
    const machine = this.#machine;
    const entered = machine.nextPc;
    const slice = this.#program.nextSlice();
    const most = Math.min(machine.fuel, this.#budget);
    const given = this.#give(Math.min(most, slice));
    attachment.servant = this.#serve;
    const address = attachment.enter(slot, Math.max(LEAST_DEPTH, DEPTH >> (this.#nesting - 1)));
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
        return this.#interpret(1);
      case LEFT.short: {
        machine.arriveAt(pc);
        // What is left of gas or budget goes to the interpreter, which knows to the instruction where it ends.
        const limited = Math.min(machine.fuel, this.#budget) < slice;
        if (limited && most <= slice) return this.#interpret(Number.POSITIVE_INFINITY);
        return this.#given === given ? this.#interpret(1) : undefined;
      }
      default:
        machine.arriveAt(pc);
        // Code that cannot do the first thing is left where it was entered: the interpreter can.
        return pc === entered && this.#given === given ? this.#interpret(1) : undefined;
    }
  }

  /** Sets the counter to so much gas and instructions. */
  #give(amount: number): number {
    const packed = this.#meter.counterFor(amount);
    const { words } = this.#memory;
    words[LEFT_CELL / 4] = (packed % TWO_32) | 0;
    words[LEFT_CELL / 4 + 1] = Math.floor(packed / TWO_32);
    this.#given = packed;
    return packed;
  }

  /** Takes over what translated code has counted since `#give`. */
  #settle(): void {
    const { words } = this.#memory;
    const left = (words[LEFT_CELL / 4 + 1] as number) * TWO_32 + ((words[LEFT_CELL / 4] as number) >>> 0);
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
    let recharged: number;
    if (site.hostCall === undefined) {
      recharged = this.#arriveInside(site.pc);
      const before = machine.executed;
      const stop = machine.runOne();
      this.#budget -= machine.executed - before;
      if (stop !== undefined) return this.#unwind(stop);
      if (recharged > 0) recharged--;
    } else {
      recharged = this.#arriveInside(site.nextPc, site.pc);
      const stop: Stop = { kind: 'host-call', number: site.hostCall, pc: site.pc };
      const budget = this.#budget;
      const served = this.onHostCall?.(site.hostCall, site.pc) === true;
      this.#budget = budget;
      if (!served) return this.#unwind(stop);
    }
    // The host may have gone elsewhere, or have taken gas that the code counts on.
    if (machine.nextPc !== site.nextPc || !machine.takeUp()) return this.#unwind(undefined);
    const given = this.#give(Math.min(machine.fuel, this.#budget - recharged, this.#program.slice));
    if (given < site.need) {
      machine.putBack();
      return this.#unwind(undefined);
    }
    this.#budget -= recharged;
    this.translatedInstructions += recharged;
    return 0;
  };

  #arriveInside(nextPc: number, pc: number = nextPc): number {
    const refunded = this.#machine.arriveInside(nextPc, pc);
    this.#budget += refunded;
    this.translatedInstructions -= refunded;
    return refunded;
  }

  #unwind(stop: Stop | undefined): number {
    this.#pending = stop;
    this.#memory.words[EXIT_CELL / 4 + 1] = LEFT.host;
    return 1;
  }
}
