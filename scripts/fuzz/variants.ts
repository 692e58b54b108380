import type { Program } from '../../src/decoder/program.ts';
import { InterpretedProgram } from '../../src/jit/interpreter.ts';
import type { Execution, Metering, Tier, TierName, TranslatedProgram } from '../../src/jit/tier.ts';
import { WasmExecution } from '../../src/jit/wasm/execution.ts';
import type { Pace } from '../../src/jit/wasm/pace.ts';
import { TranslatedWasm, wasm } from '../../src/jit/wasm/tier.ts';
import type { GuestMemory } from '../../src/memory/guest-memory.ts';
import { Random } from './random.ts';

/*
 * The WebAssembly tier as it is, and in ways in which only long runs use it: with code of quick quality, and with
 * decisions that are taken by chance in place of the clock of the tier that chooses by itself.
 */

/** A way of running a tier. */
export interface Variant {
  readonly name: string;
  readonly tier: Tier;
}

const wasmTier = (translate: (program: Program, metering: Metering) => TranslatedProgram): Tier => ({
  name: 'wasm',
  translate,
});

/** Slices end soon and calls are not deep; blocks are interpreted, translated quickly, and translated again, as chance will have it. */
class Capricious extends TranslatedWasm {
  readonly #machines: InterpretedProgram;
  #random = new Random(1);
  /** How often code may be translated again: it takes most of the time. */
  #improvements = 3;

  constructor(program: Program, metering: Metering) {
    super(program, metering, { eager: true, quality: 'quick' });
    this.#machines = new InterpretedProgram(program, metering);
  }

  override get slice(): number {
    return this.#random.chance(0.1) ? super.slice : this.#random.range(1, 300);
  }

  override nextSlice(): number {
    return this.slice;
  }

  get depth(): number {
    return this.#random.range(-1, 8);
  }

  override execution(memory: GuestMemory): Execution {
    const execution = super.execution(memory);
    if (!this.meter.countable) return execution;
    // The same chances for all cases that a program is made smaller by, others for other programs.
    const { regions, heap } = memory.map;
    this.#random = new Random(regions.reduce((sum, { start, size }) => sum + start + size, heap.base));
    return new WasmExecution(this, this.#machines.execution(memory), this.#pace());
  }

  #perhapsImprove(pc: number): void {
    if (this.#improvements === 0 || !this.#random.chance(0.1)) return;
    this.#improvements--;
    this.improveAt(pc);
  }

  #pace(): Pace {
    const random = this.#random;
    const looks = random.pick([0.05, 0.2, 0.5]);
    const most = random.pick([1, 40, 200]);
    return {
      get patience() {
        return random.range(1, most);
      },
      eager: false,
      slotAt: (pc) => {
        if (random.chance(looks)) return -1;
        const slot = this.slotFor(pc);
        if (slot >= 0) this.#perhapsImprove(pc);
        return slot;
      },
      interpreted: () => {},
      left: () => {},
      sliceEnded: (pc) => this.#perhapsImprove(pc),
    };
  }
}

const WASM_VARIANTS: readonly Variant[] = [
  { name: 'wasm', tier: wasm },
  {
    name: 'wasm, quick quality',
    tier: wasmTier(
      (program, metering) => new TranslatedWasm(program, metering, { eager: true, quality: 'quick' }),
    ),
  },
  { name: 'wasm, by chance', tier: wasmTier((program, metering) => new Capricious(program, metering)) },
];

/** The ways in which a tier is tested. */
export const variantsOf = (tier: Tier, name: TierName): readonly Variant[] =>
  name === 'wasm' ? WASM_VARIANTS : [{ name, tier }];
