import type { Instance } from '../vm/instance.ts';

/** Measures the phases of a command, in milliseconds. */
export class Stopwatch {
  readonly #start = performance.now();
  #last = this.#start;
  readonly #phases: Record<string, number> = {};

  /** Ends the phase that has been under way since the last call. */
  lap(phase: string): void {
    const now = performance.now();
    this.#phases[phase] = rounded(now - this.#last);
    this.#last = now;
  }

  get milliseconds(): Readonly<Record<string, number>> {
    return { ...this.#phases, total: rounded(this.#last - this.#start) };
  }
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;

/** What `--stats` and `--json` tell about an instance that has run. */
export const runStats = (
  instance: Instance<unknown>,
  gas: { readonly given: bigint; readonly limited: boolean },
  milliseconds: Readonly<Record<string, number>>,
): object => {
  const { module, executed, memory } = instance;
  const seconds = (milliseconds.run ?? 0) / 1000;
  return {
    kind: module.kind,
    container: module.program.blob.container,
    tier: instance.tier,
    instructions: executed,
    translatedInstructions: instance.translatedInstructions,
    translatedShare: executed === 0 ? 0 : rounded(instance.translatedInstructions / executed),
    gas: module.metering.gas === 'none' ? null : gas.given - instance.gas,
    gasLeft: gas.limited ? instance.gas : null,
    gasModel: module.metering.model.name,
    blocks: module.translatedBlocks,
    milliseconds,
    instructionsPerSecond: seconds === 0 ? null : Math.round(executed / seconds),
    memory: { bytes: memory.size, limit: module.limits.maxMemory },
  };
};
