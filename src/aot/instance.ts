import type { Stop } from '../core/stop.ts';
import type { Execution } from '../jit/tier.ts';
import type { GuestMemory } from '../memory/guest-memory.ts';
import { RETURN_TO_HOST } from '../memory/region.ts';
import { CallStopped, fail, PartMissing } from '../vm/errors.ts';
import type { PlainFunction } from '../vm/host-functions.ts';
import { HostMemory } from '../vm/host-memory.ts';
import { readUntyped, writeUntyped } from '../vm/untyped-values.ts';
import type { AotProgram } from './program.ts';

/** Host functions by the name of their import, or by the number of the host call (RISC-V: of the system call). */
export type AotImports = Readonly<Record<string, PlainFunction>>;

/** A guest function: whole numbers or bigints in; a signed number out, beyond 53 bits a bigint. */
export interface AotExport {
  /** Throws CallStopped when the guest stops early, PartMissing when it needs the interpreter. */
  (...args: (number | bigint)[]): number | bigint;
  /** Loads the interpreter when it is needed; host functions may return Promises. */
  async(...args: (number | bigint)[]): Promise<number | bigint>;
}

/** Registers that plain host functions get: as `instantiate` of riscbox gives them. */
const PLAIN_ARGUMENTS = 6;

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as PromiseLike<unknown> | undefined)?.then === 'function';

/**
 * A running program with plain functions on both sides, and nothing more: what the straight path needs. The same as
 * `instantiate` of riscbox gives. One call at a time.
 */
export class AotInstance {
  readonly program: AotProgram;
  readonly exports: Readonly<Record<string, AotExport>>;
  readonly memory: HostMemory;
  readonly #execution: Execution;
  #memory: GuestMemory | undefined;
  readonly #answers: ReadonlyMap<number | undefined, PlainFunction>;
  readonly #imports: readonly (PlainFunction | undefined)[];
  /** The call under way or stopped. */
  #name: string | undefined;
  #busy = false;
  /** What a host function returned that had no result yet. */
  #waiting: PromiseLike<unknown> | undefined;

  constructor(program: AotProgram, imports: AotImports) {
    this.program = program;
    const { abi } = program;
    const names = program.imports;
    this.#imports = names.map((name) =>
      name !== undefined && Object.hasOwn(imports, name) ? imports[name] : undefined,
    );
    this.#answers = new Map(
      Object.entries(imports)
        .filter(([name]) => /^\d+$/.test(name))
        .map(([name, fn]) => [Number(name), fn]),
    );
    const missing = [...names.entries()]
      .filter(([number]) => this.#imports[number] === undefined && !this.#answers.has(number))
      .map(([number, name]) => ({ number, name }));
    if (missing.length > 0 && !(abi.callNumber !== undefined && this.#answers.size > 0))
      throw fail('linker/missing-imports', { missing });
    const memory = program.newMemory(0);
    this.#memory = memory;
    this.#execution = program.newExecution(memory);
    this.#execution.onHostCall = (number) => this.#answer(number);
    this.memory = new HostMemory(() => this.#live('memory access'));
    const exports: Record<string, AotExport> = Object.create(null);
    for (const { name } of program.exports) exports[name] ??= this.#export(name);
    this.exports = exports;
  }

  #live(operation: string): GuestMemory {
    if (this.#memory === undefined) throw fail('instance/disposed', { operation });
    return this.#memory;
  }

  #export(name: string): AotExport {
    const call = (...args: (number | bigint)[]): number | bigint => {
      this.#prepare(name, args);
      return this.#run();
    };
    const async = (...args: (number | bigint)[]): Promise<number | bigint> => {
      this.#prepare(name, args);
      return this.#runAsync();
    };
    return Object.assign(call, { async });
  }

  /** The gas left: signed 64-bit. Counted only by programs that were translated with gas. */
  get gas(): bigint {
    return this.#execution.gas;
  }
  set gas(gas: bigint) {
    this.#execution.gas = gas;
  }
  /** Instructions executed since the instance was made. */
  get executed(): number {
    return this.#execution.executed;
  }

  /** Sets registers and program counter as `Instance.call` does. */
  #prepare(name: string, args: readonly (number | bigint)[]): void {
    const memory = this.#live('a call');
    if (this.#busy) throw fail('instance/busy', { operation: 'a call' });
    const { abi, width } = this.program;
    const { arguments: registers } = abi;
    if (args.length > registers.length)
      throw fail('call/argument-count', { given: args.length, expected: registers.length, atMost: true });
    const cells = memory.registers;
    for (let cell = 0; cell < 2 * this.#execution.registerCount; cell++)
      if (!(cell >= abi.keptFrom && cell < abi.keptTo)) cells[cell] = 0;
    cells[2 * abi.returnAddress] = RETURN_TO_HOST;
    cells[2 * abi.stackPointer] = memory.map.stackPointer;
    for (const [i, value] of args.entries()) writeUntyped(cells, registers[i] as number, width, value);
    this.#execution.nextPc = this.program.entryPoint(name);
    this.#name = name;
  }

  /** Answers a host call; false when nobody does or the answer is not there yet. */
  #answer(hostCall: number): boolean {
    const { abi, width } = this.program;
    const cells = this.#live('a host call').registers;
    const { callNumber, arguments: registers } = abi;
    const number = callNumber === undefined ? hostCall : (cells[2 * callNumber] as number) >>> 0;
    const fn = this.#answers.get(number) ?? this.#imports[hostCall];
    if (fn === undefined) return false;
    const value = fn(...registers.slice(0, PLAIN_ARGUMENTS).map((r) => readUntyped(cells, r, width)));
    if (isPromise(value)) {
      this.#waiting = value;
      return false;
    }
    this.#accept(value);
    return true;
  }

  #accept(value: unknown): void {
    const { abi, width } = this.program;
    if (value === undefined) return;
    const result = typeof value === 'boolean' ? Number(value) : value;
    writeUntyped(this.#live('a result').registers, abi.arguments[0] as number, width, result);
  }

  /** Runs to the end of a call or to a host call that is not answered yet; undefined: go on. */
  #next(): number | bigint | undefined {
    this.#live('a call');
    const stop: Stop = this.#execution.run(Number.POSITIVE_INFINITY, true);
    if (stop.kind === 'finished') {
      this.#name = undefined;
      const { abi, width } = this.program;
      return readUntyped(this.#live('a result').registers, abi.arguments[0] as number, width);
    }
    if (this.#waiting !== undefined) return undefined;
    if (stop.kind === 'interrupted' || (stop.kind === 'host-call' && this.#answer(stop.number)))
      return undefined;
    if (this.#waiting !== undefined) return undefined;
    throw new CallStopped(this.#name as string, stop);
  }

  #run(): number | bigint {
    this.#busy = true;
    try {
      for (;;) {
        const result = this.#next();
        if (result !== undefined) return result;
        if (this.#waiting !== undefined) {
          // Nobody will wait for it, so its failure must not become an unhandled rejection.
          this.#waiting.then(undefined, () => {});
          this.#waiting = undefined;
          throw fail('call/async-function', { name: this.#name as string });
        }
      }
    } finally {
      this.#busy = false;
    }
  }

  async #runAsync(): Promise<number | bigint> {
    this.#busy = true;
    try {
      for (;;) {
        try {
          const result = this.#next();
          if (result !== undefined) return result;
        } catch (error) {
          if (!(error instanceof PartMissing)) throw error;
          await error.load();
        }
        const waiting = this.#waiting;
        this.#waiting = undefined;
        if (waiting !== undefined) this.#accept(await waiting);
      }
    } finally {
      this.#busy = false;
    }
  }

  #interrupted(): void {
    if (this.#name === undefined || this.#busy) throw fail('call/nothing-to-continue', {});
  }

  /** Goes on with a call that stopped early: for want of gas, or of the interpreter. Throws call/nothing-to-continue. */
  continue(): number | bigint {
    this.#interrupted();
    return this.#run();
  }

  async continueAsync(): Promise<number | bigint> {
    this.#interrupted();
    return this.#runAsync();
  }

  /** Gives the memory back, for the next instance; everything else throws instance/disposed from now on. */
  dispose(): void {
    if (!this.#busy) this.#memory?.release();
    this.#memory = undefined;
  }
}
