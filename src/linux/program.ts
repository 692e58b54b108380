import type { Stop } from '../core/stop.ts';
import type { AnyModule } from '../vm/any-module.ts';
import type { Instance } from '../vm/instance.ts';
import { Linker } from '../vm/linker.ts';
import type { RunOptions } from '../vm/run-control.ts';
import { entryOf, instanceGuest, SYSTEM_CALL_IMPORT } from './instance-guest.ts';
import { type LinuxOptions, LinuxProcess, type LinuxStats } from './process.ts';
import { CapturedOutput } from './streams.ts';

/** Options of a whole program run: the process's and the run's. */
export interface RunLinuxOptions extends LinuxOptions, RunOptions {
  /** Bytes that stdout and stderr may each have where no callback takes them; then ENOSPC. Default 16 MiB. */
  readonly maxOutput?: number;
}

/** The program has ended by itself; `signal` if it was by a signal (then `code` is 128 + its number). */
export interface LinuxExit {
  readonly kind: 'exit';
  /** 0 to 255. */
  readonly code: number;
  readonly signal: number | undefined;
}

export interface LinuxResult {
  /** How it ended: an exit, or whatever else stopped the machine (a trap, no more gas, a deadline, …). */
  readonly outcome: LinuxExit | Stop;
  /** What was written so far; empty where a callback took it. */
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  /** Instructions executed so far. */
  readonly instructions: number;
  /** Gas left; 0 in modules compiled without gas. */
  readonly gas: bigint;
  readonly stats: LinuxStats;
}

const DEFAULT_MAX_OUTPUT = 2 ** 24;

/**
 * A stock program as a process: an instance with its files, streams and clock. `run` runs it to its end; after a
 * stop that can be resumed (gas, deadline, budget, abort) `run` again goes on.
 *
 * A snapshot of the instance holds registers and memory, but nothing of the process: open files, mappings and
 * clocks stay here.
 */
export class LinuxProgram {
  readonly instance: Instance<LinuxProgram>;
  readonly process: LinuxProcess;
  readonly #stdout: CapturedOutput;
  readonly #stderr: CapturedOutput;
  /** What the run under way says about being interrupted; asked during real sleeps. */
  #interrupted: () => boolean = () => false;

  /**
   * Makes the instance and its initial stack. Throws `linux/…` for options that can't be, `memory/limit`, and
   * `linker/missing-imports` for programs that want more than system calls.
   */
  constructor(module: AnyModule, options: Omit<RunLinuxOptions, keyof RunOptions> = {}) {
    const { maxOutput = DEFAULT_MAX_OUTPUT, interrupted } = options;
    this.#stdout = new CapturedOutput(maxOutput);
    this.#stderr = new CapturedOutput(maxOutput);
    this.instance = systemCalls.instantiate(module, { userData: this });
    this.process = new LinuxProcess(instanceGuest(this.instance), {
      stdout: this.#stdout.write,
      stderr: this.#stderr.write,
      ...options,
      interrupted: () => this.#interrupted() || interrupted?.() === true,
    });
    this.process.setup();
    this.instance.nextPc = entryOf(module);
  }

  /** Runs until the program exits or something else stops it. Throws what the caller's own callbacks throw. */
  run(options: RunOptions = {}): LinuxResult {
    if (this.process.exitCode !== undefined) return this.#result({ kind: 'finished' });
    this.#watch(options);
    return this.#result(this.instance.run(options));
  }

  /** Like `run`, letting other tasks of the event loop have their turn, so that an AbortSignal can interrupt. */
  async runAsync(options: RunOptions = {}): Promise<LinuxResult> {
    if (this.process.exitCode !== undefined) return this.#result({ kind: 'finished' });
    this.#watch(options);
    return this.#result(await this.instance.runAsync(options));
  }

  /** Closes the process's files and gives the memory back. Twice is fine. */
  dispose(): void {
    this.process.close();
    this.instance.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #watch({ deadline = this.instance.module.limits.deadline, signal }: RunOptions): void {
    const end = performance.now() + deadline;
    this.#interrupted = () => signal?.aborted === true || performance.now() >= end;
  }

  #result(stop: Stop): LinuxResult {
    const { exitCode: code, signal, stats } = this.process;
    return {
      outcome: code === undefined ? stop : { kind: 'exit', code, signal },
      stdout: this.#stdout.bytes,
      stderr: this.#stderr.bytes,
      instructions: this.instance.executed,
      gas: this.instance.gas,
      stats,
    };
  }
}

/** Every `ecall` goes to the process of the instance that made it. */
const systemCalls: Linker<LinuxProgram> = new Linker<LinuxProgram>().define(SYSTEM_CALL_IMPORT, (caller) => {
  if (caller.userData.process.systemCall() !== 'continue') caller.finish();
});

/** Runs a stock program from start to end. Throws as `LinuxProgram` and its `run`. */
export const runLinux = (module: AnyModule, options: RunLinuxOptions = {}): LinuxResult => {
  const program = new LinuxProgram(module, options);
  try {
    return program.run(options);
  } finally {
    program.dispose();
  }
};

/** The same with `runAsync`. */
export const runLinuxAsync = async (
  module: AnyModule,
  options: RunLinuxOptions = {},
): Promise<LinuxResult> => {
  const program = new LinuxProgram(module, options);
  try {
    return await program.runAsync(options);
  } finally {
    program.dispose();
  }
};
