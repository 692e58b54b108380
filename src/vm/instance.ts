import type { Stop } from '../core/stop.ts';
import type { Execution, ExecutionState, TierName } from '../jit/tier.ts';
import type { GuestMemory } from '../memory/guest-memory.ts';
import type { Region } from '../memory/map.ts';
import { isPaged } from '../memory/memory-mode.ts';
import { type RegisterName, registerNumber } from './abi.ts';
import type { AnyModule } from './any-module.ts';
import { Caller } from './caller.ts';
import {
  type Entry,
  type GuestFunction,
  typedCall,
  typedGuestFunction,
  unsignedResult,
  untypedCall,
} from './calls.ts';
import { fail } from './errors.ts';
import type { HostTable } from './host-functions.ts';
import { InstanceMemory } from './instance-memory.ts';
import { gasToAdd, type RunOptions } from './run-control.ts';
import { fail as failRun } from './run-errors.ts';
import { type PreparedCall, Runner } from './runner.ts';
import { readUntyped } from './untyped-values.ts';
import { type ArgumentsOf, checkSignature, type ResultOf, type Signature } from './values.ts';

export interface InstanceOptions<U = undefined> {
  /** Anything; host functions find it in `caller.userData`. */
  readonly userData?: U;
  /** Gas at the start and after each `reset()`. Default 0. */
  readonly gas?: bigint | number;
  /** JAM standard programs: the argument bytes, of which the program finds address and length in a0 and a1. */
  readonly arguments?: Uint8Array;
}

/** Arguments of an untyped call, each for one register; options may stand behind them. */
export type UntypedArguments = (number | bigint)[] | [...(number | bigint)[], RunOptions];

/** A guest function without types: whole numbers or bigints in; a signed number out, beyond 53 bits a bigint. */
export type PlainExport = (...args: UntypedArguments) => number | bigint;

/** A guest function with the types of its signature; options may stand behind the arguments. */
export interface ExportedFunction<S extends Signature> {
  /** Throws CallStopped when the guest stops before it returns. */
  (...args: [...ArgumentsOf<S>, options?: RunOptions]): ResultOf<S>;
  /** The same for host functions that return Promises; interruptible by AbortSignal. */
  async(...args: [...ArgumentsOf<S>, options?: RunOptions]): Promise<ResultOf<S>>;
}

const NO_BYTES = new Uint8Array(0);

/**
 * A running program: registers, memory, program counter, gas.
 *
 * Two levels. `run` (with `step`, `prepareCall`) is the machine: it serves the host calls that its linker has
 * functions for and returns every other stop, whatever the guest did. `call` is a function call: it gives the
 * function's result, fills in pages of a program with dynamic paging, turns unanswered host calls into traps, and
 * throws CallStopped when the guest stops early; after a stop that is no trap, `continue` goes on.
 *
 * All state can be read and written whenever no run is under way, and from host functions.
 */
export class Instance<U = undefined> {
  readonly module: AnyModule;
  userData: U;
  readonly memory: InstanceMemory;
  readonly #gas: bigint;
  readonly #arguments: Uint8Array;
  readonly #runner: Runner<U>;
  #machine: { readonly execution: Execution; readonly memory: GuestMemory } | undefined;
  /** The call that stopped before it returned. */
  #unfinished: PreparedCall<unknown> | undefined;

  /** Use `module.instantiate` or `linker.instantiate`. */
  constructor(module: AnyModule, hosts: HostTable<U>, options: InstanceOptions<U> = {}) {
    this.module = module;
    this.userData = options.userData as U;
    this.#gas = gasToAdd(options);
    this.#arguments = argumentBytes(module, options);
    const memory = module.newMemory(this.#arguments.length);
    const execution = module.newExecution(memory);
    this.#machine = { execution, memory };
    this.memory = new InstanceMemory(() => this.#live('memory access').memory);
    const { abi, width, limits, dynamicPaging: paged } = module;
    this.#runner = new Runner<U>(
      { execution, memory, abi, width, limits, paged, hosts },
      (runner) => new Caller(this, runner),
    );
    this.#initialise();
  }

  #live(operation: string): { readonly execution: Execution; readonly memory: GuestMemory } {
    if (this.#machine === undefined) throw fail('instance/disposed', { operation });
    return this.#machine;
  }

  /** The machine, when no run is under way. */
  #idle(operation: string): { readonly execution: Execution; readonly memory: GuestMemory } {
    const machine = this.#live(operation);
    if (this.#runner.busy) throw fail('instance/busy', { operation });
    return machine;
  }

  #initialise(): void {
    const { execution, memory } = this.#live('initialising');
    execution.gas = this.#gas;
    const region = argumentRegion(memory);
    if (region === undefined) return;
    // Start of a JAM standard program (Gray Paper 0.7 A.7).
    if (isPaged(memory) && region.size > 0) {
      memory.zeroWithProtection(region.start, region.size, 'read-write');
      memory.write(region.start, this.#arguments);
      memory.protect(region.start, region.size, 'read');
    } else if (!isPaged(memory)) memory.write(region.start, this.#arguments);
    this.#prepare(this.#untyped(0, []));
    execution.nextPc = undefined;
  }

  #prepare(call: PreparedCall<unknown>): void {
    const { memory } = this.#idle('a call');
    this.#unfinished = undefined;
    this.#runner.prepare(call, memory.map.stackPointer);
  }

  #untyped(entry: Entry, args: readonly (number | bigint)[]): PreparedCall<bigint> {
    const { module } = this;
    const region = args.length > 0 ? undefined : argumentRegion(this.#live('a call').memory);
    const values = region === undefined ? args : [region.start, this.#arguments.length];
    return untypedCall(module, entry, values, unsignedResult(module.abi, module.width));
  }

  /** The instruction of the last stop; undefined after a return and when `nextPc` was set. */
  get pc(): number | undefined {
    return this.#live('pc').execution.pc;
  }

  /** Where the next run begins. Setting it makes that run charge its block from the start. */
  get nextPc(): number | undefined {
    return this.#live('nextPc').execution.nextPc;
  }

  set nextPc(pc: number | undefined) {
    if (pc !== undefined) this.module.entryPoint(pc);
    this.#idle('setting nextPc').execution.nextPc = pc;
  }

  /**
   * The tier that runs it now. With `auto` an instance begins in the interpreter; it stays there when the host has no
   * memory for translated code to give, or none at all.
   */
  get tier(): TierName {
    return this.#live('tier').execution.tier;
  }

  /** The gas left: signed 64-bit, never clamped. Counted only in modules compiled with gas. */
  get gas(): bigint {
    return this.#live('gas').execution.gas;
  }

  set gas(value: bigint) {
    this.#live('gas').execution.gas = value;
  }

  /** Instructions executed since the instance was made or reset. */
  get executed(): number {
    return this.#live('executed').execution.executed;
  }

  /** Those of them that ran in translated code since the instance was made. */
  get translatedInstructions(): number {
    return this.#live('translatedInstructions').execution.translatedInstructions;
  }

  /** A register's value, unsigned, as wide as the program's registers. Throws instance/register. */
  getRegister(register: RegisterName): bigint {
    return this.#live('getRegister').execution.getRegister(this.#register(register));
  }

  /** Sets a register to the low bits of a value. Throws instance/register. */
  setRegister(register: RegisterName, value: bigint | number): void {
    if (typeof value === 'number' && !Number.isInteger(value))
      throw fail('call/value', { value, type: 'register value' });
    this.#live('setRegister').execution.setRegister(this.#register(register), value);
  }

  #register(register: RegisterName): number {
    const number = registerNumber(this.module.abi, register);
    if (number < 0) throw fail('instance/register', { register, names: this.module.abi.names });
    return number;
  }

  /**
   * Sets registers and program counter for a call, as `call` does, for `run` or `step` to execute: arguments in
   * their registers, the default stack, everything else 0.
   */
  prepareCall(entry: Entry, args: readonly (number | bigint)[] = []): void {
    this.#prepare(this.#untyped(entry, args));
  }

  /** Runs from `nextPc` to the next stop. Throws run/no-program-counter, and what host functions throw. */
  run(options: RunOptions = {}): Stop {
    this.#idle('run');
    return this.#runner.run(options, 'run');
  }

  /** Like `run`, but host functions may return Promises and an AbortSignal can interrupt. */
  async runAsync(options: RunOptions = {}): Promise<Stop> {
    this.#idle('runAsync');
    return this.#runner.runAsync(options, 'run');
  }

  /** Executes one instruction; stops before each with `step`. Host calls come out, also those with functions. */
  step(): Stop {
    return this.#idle('step').execution.step();
  }

  /**
   * Calls a guest function. Arguments are whole numbers or bigints, signed or unsigned, one per register; the
   * result is the first result register, unsigned. Throws CallStopped when the guest stops before it returns.
   */
  call(entry: Entry, ...args: UntypedArguments): bigint {
    const { values, options } = splitOptions<number | bigint>(args);
    return this.#call(this.#untyped(entry, values), options);
  }

  async callAsync(entry: Entry, ...args: UntypedArguments): Promise<bigint> {
    const { values, options } = splitOptions<number | bigint>(args);
    return this.#callAsync(this.#untyped(entry, values), options);
  }

  /**
   * A guest function with typed arguments and result:
   * `instance.export('add', { params: ['u32', 'u32'], result: 'u32' })(1, 2)`.
   * Throws call/unknown-export, linker/signature, call/argument-count.
   */
  export<const S extends Signature>(entry: Entry, signature: S): ExportedFunction<S> {
    checkSignature(entry, signature);
    const fn: GuestFunction<ResultOf<S>> = typedGuestFunction(this.module, entry, signature);
    const call = (...args: unknown[]): ResultOf<S> => {
      const { values, options } = splitOptions(args);
      return this.#call(typedCall(fn, values), options);
    };
    const async = async (...args: unknown[]): Promise<ResultOf<S>> => {
      const { values, options } = splitOptions(args);
      return this.#callAsync(typedCall(fn, values), options);
    };
    return Object.assign(call, { async }) as ExportedFunction<S>;
  }

  /** A guest function as the shortcut `instantiate` gives them. Throws call/unknown-export. */
  plainExport(entry: Entry): PlainExport {
    const { module } = this;
    const a0 = module.abi.arguments[0] as number;
    const read = (cells: Int32Array): number | bigint => readUntyped(cells, a0, module.width);
    module.entryPoint(entry);
    return (...args) => {
      const { values, options } = splitOptions<number | bigint>(args);
      return this.#call(untypedCall(module, entry, values, read), options);
    };
  }

  #call<V>(call: PreparedCall<V>, options: RunOptions): V {
    this.#prepare(call);
    this.#unfinished = call;
    return this.#resultOf(call, this.#runner.run(options, 'call'));
  }

  async #callAsync<V>(call: PreparedCall<V>, options: RunOptions): Promise<V> {
    this.#prepare(call);
    this.#unfinished = call;
    return this.#resultOf(call, await this.#runner.runAsync(options, 'call'));
  }

  #resultOf<V>(call: PreparedCall<V>, stop: Stop): V {
    if (stop.kind === 'finished' || stop.kind === 'trap') this.#unfinished = undefined;
    return this.#runner.resultOf(call, stop);
  }

  /**
   * Goes on with a call that stopped early (gas, budget, deadline, abort, an error of a host function) and gives its
   * result. Throws call/nothing-to-continue, and as `call`.
   */
  continue(options: RunOptions = {}): unknown {
    const call = this.#interrupted('continue');
    return this.#resultOf(call, this.#runner.run(options, 'call'));
  }

  async continueAsync(options: RunOptions = {}): Promise<unknown> {
    const call = this.#interrupted('continueAsync');
    return this.#resultOf(call, await this.#runner.runAsync(options, 'call'));
  }

  #interrupted(operation: string): PreparedCall<unknown> {
    this.#idle(operation);
    if (this.#unfinished === undefined) throw fail('call/nothing-to-continue', {});
    return this.#unfinished;
  }

  /** Back to the state of a new instance, reusing its memory. */
  reset(): void {
    const { execution, memory } = this.#idle('reset');
    memory.reset();
    execution.state = INITIAL;
    this.#unfinished = undefined;
    this.#initialise();
  }

  /** Everything that is needed to go on in another instance of the same module, as plain bytes. */
  snapshot(): Uint8Array {
    const { execution, memory } = this.#idle('snapshot');
    return this.module.writeSnapshot(execution, memory, this.#arguments.length);
  }

  /**
   * Takes over the state of a snapshot, which may come from anywhere. Throws snapshot/…, memory/limit; the
   * instance is as after `reset()` then.
   */
  restore(snapshot: Uint8Array): void {
    const { execution, memory } = this.#idle('restore');
    this.reset();
    try {
      this.module.readSnapshot(snapshot, execution, memory, this.#arguments.length);
    } catch (error) {
      this.reset();
      throw error;
    }
  }

  /** Gives the memory back. Twice is fine; everything else throws instance/disposed from now on. */
  dispose(): void {
    const memory = this.#machine?.memory;
    // A host function that is still running may yet come back to the memory.
    if (!this.#runner.busy) memory?.release();
    this.#runner.dispose();
    this.#machine = undefined;
    this.#unfinished = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

const INITIAL: ExecutionState = {
  pc: undefined,
  nextPc: undefined,
  paid: false,
  announced: false,
  gas: 0n,
  executed: 0,
};

const argumentRegion = ({ map }: GuestMemory): Region | undefined =>
  map.regions.find(({ name }) => name === 'arguments');

const argumentBytes = ({ container }: AnyModule, options: InstanceOptions<unknown>): Uint8Array => {
  if (options.arguments === undefined) return NO_BYTES;
  if (container !== 'jam-spi') throw failRun('instance/arguments', { container });
  return options.arguments.slice();
};

/** Takes the options off the end of an argument list. */
const splitOptions = <V>(args: readonly unknown[]): { values: V[]; options: RunOptions } => {
  const last = args.at(-1);
  if (typeof last === 'object' && last !== null) return { values: args.slice(0, -1) as V[], options: last };
  // An argument list of a signature's type may end in an undefined that stands for the options.
  return { values: (args.length > 0 && last === undefined ? args.slice(0, -1) : args) as V[], options: {} };
};
