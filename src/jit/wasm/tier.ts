import type { Program } from '../../decoder/program.ts';
import type { GuestMemory } from '../../memory/guest-memory.ts';
import { linearLayout } from '../../memory/linear-layout.ts';
import { LinearPool } from '../../memory/linear-pool.ts';
import { Meter } from '../graph/pricing.ts';
import { InterpretedProgram } from '../interpreter.ts';
import type { Execution, Metering, Tier, TranslatedProgram } from '../tier.ts';
import { Attachment } from './attachment.ts';
import { WasmExecution } from './execution.ts';
import { FUNCTION_TABLE_BYTES } from './function-table.ts';
import { Library, type Site } from './library.ts';
import { Territory } from './territory.ts';

/**
 * V8 replaces code only between calls: the first slices are short, so that a loop gets into optimised code soon, and
 * later ones long (jit-measurements, B8).
 */
const FIRST_SLICE = 2 ** 20;
const LONGEST_SLICE = 2 ** 26;
const SLICES_OF_A_LENGTH = 8;
/** Entries at a place in the middle of a function before it becomes the beginning of one. */
const VISITS = 1;

/** A program in the WebAssembly tier. */
export class TranslatedWasm implements TranslatedProgram {
  readonly meter: Meter;
  readonly #program: Program;
  readonly #interpreted: InterpretedProgram;
  readonly #pool = new LinearPool();
  #library: Library | undefined;
  #slices = 0;
  #slice: number;
  readonly #visits = new Map<number, number>();

  constructor(program: Program, metering: Metering) {
    this.#program = program;
    this.#interpreted = new InterpretedProgram(program, metering);
    this.meter = new Meter(program, metering);
    this.#slice = Math.min(FIRST_SLICE, this.meter.sliceLimit);
  }

  get blocks(): number {
    return this.#interpreted.blocks + (this.#library?.blocks ?? 0);
  }

  execution(memory: GuestMemory): Execution {
    const machine = this.#interpreted.execution(memory);
    return this.meter.countable ? new WasmExecution(this, machine) : machine;
  }

  /** The translated code on the instance's memory; undefined when there is no WebAssembly memory for it. */
  attach(memory: GuestMemory): Attachment | undefined {
    if (!memory.promote(this.#pool, FUNCTION_TABLE_BYTES)) return undefined;
    const home = memory.linear;
    if (home === undefined) return undefined;
    this.#library ??= this.#newLibrary(memory);
    if (home.attachment instanceof Attachment && home.attachment.library === this.#library)
      return home.attachment;
    const attachment = new Attachment(this.#library, home);
    home.attachment = attachment;
    return attachment;
  }

  #newLibrary(memory: GuestMemory): Library {
    const program = this.#program;
    const paged = memory.size === 0;
    return new Library({
      program,
      meter: this.meter,
      territory: new Territory(program.kind, memory.map, linearLayout(paged, FUNCTION_TABLE_BYTES)),
      paged,
      isolated: false,
      quality: 'full',
    });
  }

  /** The slot of the function to enter at `pc`, or -1 where the interpreter has to go on. */
  slotFor(pc: number): number {
    const library = this.#library as Library;
    const known = library.slotOf(pc);
    if (known >= 0) return known;
    if (this.#program.code.blockOf(pc) !== pc) return -1;
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

  /** Gas and instructions that code gets at once, at most. */
  get slice(): number {
    return this.#slice;
  }

  /** The same for another entry from the dispatcher. */
  nextSlice(): number {
    if (++this.#slices % SLICES_OF_A_LENGTH === 0) {
      this.#slice = Math.min(2 * this.#slice, LONGEST_SLICE, this.meter.sliceLimit);
    }
    return this.#slice;
  }
}

/** Guest functions become WebAssembly functions. */
export const wasm: Tier = {
  name: 'wasm',
  translate: (program, metering) => new TranslatedWasm(program, metering),
};
