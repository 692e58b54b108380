import { Meter } from '../jit/graph/pricing.ts';
import { InterpretedProgram } from '../jit/interpreter.ts';
import type { Tier } from '../jit/tier.ts';
import { type WasmCode, WasmExecution } from '../jit/wasm/execution.ts';
import { Slices } from '../jit/wasm/slices.ts';
import { FlatMemory } from '../memory/flat-memory.ts';
import type { GuestMemory } from '../memory/guest-memory.ts';
import type { Limits } from '../sandbox/limits.ts';
import { readProgramFile } from '../vm/container.ts';
import type { CompileOptions } from '../vm/engine.ts';
import { Module } from '../vm/module.ts';
import { tierNamed } from '../vm/tiers.ts';
import { doorwayTo, type Translated } from './doorway.ts';
import type { Facts } from './facts.ts';
import type { Saving } from './memory.ts';
import type { Handover, TakenOver } from './straight.ts';

/** The options that a program was translated with, as `Engine.compile` takes them. */
export const optionsOf = ({
  program,
  gas,
  gasGranularity,
  gasModel,
  pageSize,
  auxDataSize,
  stackSize,
}: Facts): CompileOptions => ({
  ...program.read,
  gas,
  gasGranularity,
  gasModel,
  pageSize,
  auxDataSize,
  stackSize,
});

/** A translation as the executions of the tier see it. */
const codeOf = (translated: Translated, meter: Meter): WasmCode => {
  const { places, facts } = translated;
  const slices = new Slices(facts.sliceLimit);
  return {
    meter,
    attach: (memory) => doorwayTo(translated, memory),
    slotFor: (pc) => places.entryAt(pc, false),
    site: (index) => places.site(index),
    get slice() {
      return slices.slice;
    },
    nextSlice: () => slices.next(),
  };
};

/** A translation as a tier, for modules of the program that have interpreter and decoder anyway. */
export const aheadTier = (translated: Translated): Tier => ({
  name: 'wasm',
  translate(program, metering) {
    const interpreted = new InterpretedProgram(program, metering);
    const code = codeOf(translated, new Meter(program, metering));
    return {
      get blocks() {
        return interpreted.blocks;
      },
      execution: (memory) => new WasmExecution(code, interpreted.execution(memory)),
    };
  },
});

/** Everything that the straight path does without: the program itself, its interpreter, snapshots. Loaded when it is needed. */
export class Interpreter {
  readonly module: Module;
  readonly #translated: Translated;
  readonly #interpreted: InterpretedProgram;
  readonly #meter: Meter;

  constructor(translated: Translated, file: Uint8Array, limits: Limits) {
    const options = { ...optionsOf(translated.facts), ...limits, stackSize: translated.facts.stackSize };
    const blob = readProgramFile(file, options);
    this.module = Module.fromFile(blob, file, options, { tier: tierNamed('interpreter'), limits: {} });
    const { program, metering } = this.module;
    this.#translated = translated;
    this.#interpreted = new InterpretedProgram(program, metering);
    this.#meter = new Meter(program, metering);
  }

  /** An execution in translated code that has the interpreter at hand. */
  execution(memory: GuestMemory, handover?: Handover): TakenOver {
    const translated = this.#translated;
    const machine = this.#interpreted.execution(memory);
    let stop: TakenOver['stop'];
    if (handover !== undefined) {
      const { state, inside, jump } = handover;
      machine.state = state;
      if (jump !== undefined) stop = machine.jumpFrom(jump.pc, jump.address);
      else if (inside && state.nextPc !== undefined) machine.arriveInside(state.nextPc, state.pc);
    }
    return { execution: new WasmExecution(codeOf(translated, this.#meter), machine), stop };
  }

  /** What `save` and `restore` of memories do. */
  get saving(): Saving {
    return FlatMemory.prototype;
  }

  get blocks(): number {
    return this.#interpreted.blocks;
  }
}
