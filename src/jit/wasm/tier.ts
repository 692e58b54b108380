import type { Program } from '../../decoder/program.ts';
import type { GuestMemory } from '../../memory/guest-memory.ts';
import { linearLayout } from '../../memory/linear-layout.ts';
import { LinearPool } from '../../memory/linear-pool.ts';
import { Meter } from '../graph/pricing.ts';
import { InterpretedProgram } from '../interpreter.ts';
import { isWebAssemblySupported } from '../probe.ts';
import type { Execution, Metering, Tier, TierName, TranslatedProgram, TranslationOptions } from '../tier.ts';
import { Attachment } from './attachment.ts';
import { AutoPace } from './auto-pace.ts';
import { WasmExecution } from './execution.ts';
import { Heat } from './heat.ts';
import { LARGEST_UNIT, Library, type Site, type TranslateOptions } from './library.ts';
import { Slices } from './slices.ts';
import { TIER_BYTES } from './switch-table.ts';
import { Territory } from './territory.ts';
import type { Quality } from './unit.ts';

/** How a program is translated. */
export interface WasmOptions extends TranslationOptions {
  /** Code is translated when it is first reached, not when it is hot. */
  readonly eager: boolean;
  /** How well code is translated at first; by default as well as can be, unless it is known to be hot. */
  readonly quality?: Quality;
}

/** A program in the WebAssembly tier. */
export class TranslatedWasm implements TranslatedProgram {
  readonly meter: Meter;
  readonly heat: Heat;
  readonly isolated: boolean;
  readonly #program: Program;
  readonly #options: WasmOptions;
  readonly #interpreted: InterpretedProgram;
  readonly #pool = new LinearPool();
  #library: Library | undefined;
  readonly #slices: Slices;

  constructor(program: Program, metering: Metering, options: WasmOptions) {
    this.#program = program;
    this.#options = options;
    this.isolated = options.isolated === true;
    this.#interpreted = new InterpretedProgram(program, metering);
    this.meter = new Meter(program, metering);
    this.heat = new Heat(program.code.count);
    this.#slices = new Slices(this.meter.sliceLimit);
  }

  get tier(): TierName {
    return this.meter.countable ? 'wasm' : 'interpreter';
  }

  get blocks(): number {
    return this.#interpreted.blocks + (this.#library?.blocks ?? 0);
  }

  execution(memory: GuestMemory): Execution {
    const machine = this.#interpreted.execution(memory);
    if (!this.meter.countable) return machine;
    this.#library ??= this.#newLibrary(memory);
    if (this.#options.eager) return new WasmExecution(this, machine);
    // Cheaper now than after the heap has grown, and the instances before this one have needed it.
    const early = this.#pool.hasIdle && this.attach(memory) !== undefined;
    return new WasmExecution(this, machine, new AutoPace(this, early));
  }

  /** The translated code on the instance's memory; undefined when there is no WebAssembly memory for it. */
  attach(memory: GuestMemory): Attachment | undefined {
    if (!memory.promote(this.#pool, TIER_BYTES)) return undefined;
    const home = memory.linear;
    if (home === undefined) return undefined;
    const library = this.#library as Library;
    if (home.attachment instanceof Attachment && home.attachment.library === library) return home.attachment;
    const attachment = new Attachment(library, home);
    home.attachment = attachment;
    return attachment;
  }

  #newLibrary(memory: GuestMemory): Library {
    const program = this.#program;
    const { eager, codeLimit, quality = eager ? 'full' : 'quick' } = this.#options;
    const paged = memory.size === 0;
    return new Library({
      program,
      meter: this.meter,
      territory: new Territory(program.kind, memory.map, linearLayout(paged, TIER_BYTES)),
      paged,
      isolated: this.isolated,
      exactDeadRegisters: this.#options.exactDeadRegisters ?? true,
      quality,
      ...(codeLimit === undefined ? {} : { codeLimit }),
    });
  }

  /** The slot of the function to enter at `pc`, translated if need be, or -1 where the interpreter has to go on. */
  slotFor(pc: number): number {
    const slot = this.slotOf(pc);
    return slot < 0 ? this.#translate(pc, {}) : slot;
  }

  /** The slot of the function that begins at `pc`, or -1. */
  slotOf(pc: number): number {
    return (this.#library as Library).slotOf(pc);
  }

  /** Translates what begins at `pc`, if there has been time enough to pay for it; the slot, or -1. */
  translateAt(pc: number): number {
    const most = this.heat.allowance((this.#library as Library).instructions);
    return most <= 0 ? -1 : this.#translate(pc, { most: Math.min(most, LARGEST_UNIT) });
  }

  /** Translates again what begins at `pc`, as well as can be. */
  improveAt(pc: number): void {
    const most = this.heat.allowance((this.#library as Library).instructions);
    this.#translate(pc, { most: Math.min(most, LARGEST_UNIT), quality: 'full' });
  }

  #translate(pc: number, options: TranslateOptions): number {
    const library = this.#library as Library;
    if (this.#program.code.blockOf(pc) !== pc) return -1;
    library.translate(pc, options);
    return library.slotOf(pc);
  }

  site(index: number): Site {
    return (this.#library as Library).sites[index] as Site;
  }

  /** Gas and instructions that code gets at once, at most. */
  get slice(): number {
    return this.#slices.slice;
  }

  /** The same for another entry from the dispatcher. */
  nextSlice(): number {
    return this.#slices.next();
  }
}

const tierOf = (eager: boolean): Tier => ({
  get name() {
    return eager || isWebAssemblySupported() ? 'wasm' : 'interpreter';
  },
  translate: (program, metering, options = {}) =>
    isWebAssemblySupported()
      ? new TranslatedWasm(program, metering, { ...options, eager })
      : new InterpretedProgram(program, metering),
});

/** Guest functions become WebAssembly functions when they are first reached. */
export const wasm: Tier = tierOf(true);

/** The interpreter, and WebAssembly functions for what is hot; the interpreter alone where the host allows no WebAssembly. */
export const auto: Tier = tierOf(false);
