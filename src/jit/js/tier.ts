import type { Program } from '../../decoder/program.ts';
import { type GuestMemory, STATE_SIZE } from '../../memory/guest-memory.ts';
import { Meter } from '../graph/pricing.ts';
import { InterpretedProgram } from '../interpreter.ts';
import type { Execution, Metering, Tier, TierName, TranslatedProgram } from '../tier.ts';
import { Territory } from '../wasm/territory.ts';
import { isSupported } from './evaluate.ts';
import { JsExecution } from './execution.ts';
import { Library, type Site } from './library.ts';

/** Gas and instructions of an entry: counters are int32s, and V8 replaces code that is running in loops. */
const LONGEST_SLICE = 2 ** 30;
/** Entries at a place in the middle of a function before it becomes the beginning of one. */
const VISITS = 2;

/** A program in the JavaScript tier. */
export class TranslatedJs implements TranslatedProgram {
  readonly meter: Meter;
  /** Gas and instructions that an entry gets at most. */
  readonly slice: number;
  readonly #program: Program;
  readonly #interpreted: InterpretedProgram;
  #library: Library | undefined;
  readonly #visits = new Map<number, number>();

  constructor(program: Program, metering: Metering) {
    this.#program = program;
    this.#interpreted = new InterpretedProgram(program, metering);
    this.meter = new Meter(program, metering);
    this.slice = Math.min(LONGEST_SLICE, this.meter.sliceLimit);
  }

  get tier(): TierName {
    return this.#translates ? 'js' : 'interpreter';
  }

  get #translates(): boolean {
    return this.meter.countable && isSupported();
  }

  get blocks(): number {
    return this.#interpreted.blocks + (this.#library?.blocks ?? 0);
  }

  execution(memory: GuestMemory): Execution {
    const machine = this.#interpreted.execution(memory);
    return this.#translates ? new JsExecution(this, machine) : machine;
  }

  /** The translated code for an instance's memory; undefined for one that it does not fit. */
  libraryFor(memory: GuestMemory): Library | undefined {
    this.#library ??= this.#newLibrary(memory);
    const { paged, territory } = this.#library.options;
    return paged || memory.delta === territory.delta ? this.#library : undefined;
  }

  #newLibrary(memory: GuestMemory): Library {
    const program = this.#program;
    // The guest follows the state page (flat-memory.ts).
    const layout = { paged: false, tierStart: STATE_SIZE, guestStart: STATE_SIZE };
    return new Library({
      program,
      meter: this.meter,
      territory: new Territory(program.kind, memory.map, layout),
      paged: memory.size === 0,
    });
  }

  /** The slot of the function to enter at `pc`, or -1 where the interpreter has to go on. */
  slotFor(pc: number): number {
    const library = this.#library as Library;
    const known = library.slotOf(pc);
    if (known >= 0) return known;
    if (library.isRefused(pc) || this.#program.code.blockOf(pc) !== pc) return -1;
    const visits = (this.#visits.get(pc) ?? 0) + 1;
    this.#visits.set(pc, visits);
    if (visits < VISITS) return -1;
    this.#visits.delete(pc);
    library.translate(pc);
    return library.slotOf(pc);
  }

  site(index: number): Site {
    return (this.#library as Library).sites[index] as Site;
  }
}

/** Guest functions become JavaScript functions, where the host lets code be made from text. */
export const jsTier: Tier = {
  name: 'js',
  translate: (program, metering) => new TranslatedJs(program, metering),
};
