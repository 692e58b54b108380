import { SAMPLE } from './heat.ts';
import type { Pace } from './pace.ts';
import type { TranslatedWasm } from './tier.ts';

/** Looks at every block after translated code was left: what comes soon is mostly another call of such code. */
const NEAR_LOOKS = 4;

/** Why an execution looks for code. */
type Reason = 'near' | 'exit' | 'sample';

/** Interprets at once, in short turns, and enters translated code where there is some. */
export class AutoPace implements Pace {
  readonly eager = false;
  readonly #program: TranslatedWasm;
  #reason: Reason = 'near';
  #looks = NEAR_LOOKS;
  #patience = SAMPLE;
  #sinceSample = 0;
  /** The instance lives long enough for a linear memory. */
  #settled: boolean;

  /** `settled`: the instance is in a linear memory already. */
  constructor(program: TranslatedWasm, settled: boolean) {
    this.#program = program;
    this.#settled = settled;
    if (settled) this.#reason = 'exit';
  }

  get patience(): number {
    return Math.min(this.#patience, SAMPLE - this.#sinceSample);
  }

  slotAt(pc: number): number {
    const reason = this.#reason;
    this.#reason = 'near';
    if (!this.#settled) return -1;
    const program = this.#program;
    const slot = program.slotOf(pc);
    if (slot >= 0) return slot;
    if (reason === 'near') return -1;
    const { heat } = program;
    const hot = reason === 'sample' ? heat.sample(pc) : heat.exit(pc);
    return hot ? program.translateAt(pc) : -1;
  }

  interpreted(instructions: number): void {
    this.#program.heat.interpreted(instructions);
    this.#sinceSample += instructions;
    if (this.#sinceSample >= SAMPLE) {
      this.#sinceSample = 0;
      this.#settled = true;
      this.#reason = 'sample';
    } else if (this.#looks > 0) this.#looks--;
    else this.#patience = Math.min(2 * this.#patience, SAMPLE);
  }

  left(): void {
    this.#reason = 'exit';
    this.#looks = NEAR_LOOKS;
    this.#patience = 1;
  }

  sliceEnded(pc: number): void {
    if (this.#program.heat.slice(pc)) this.#program.improveAt(pc);
  }
}
