import type { Width } from '../core/kind.ts';
import type { Stop, TrapReason } from '../core/stop.ts';
import type { Execution } from '../jit/tier.ts';
import type { GuestMemory } from '../memory/guest-memory.ts';
import { RETURN_TO_HOST } from '../memory/region.ts';
import type { Limits } from '../sandbox/limits.ts';
import type { Abi } from './abi.ts';
import type { Caller } from './caller.ts';
import { CallStopped, fail, GuestTrap, PartMissing } from './errors.ts';
import { nextTask } from './event-loop.ts';
import type { BoundFunction, HostTable } from './host-functions.ts';
import { servicePage } from './paging-service.ts';
import { gasToAdd, RunControl, type RunOptions } from './run-control.ts';
import { fail as failRun } from './run-errors.ts';

/** Who asked: `run` gets every stop as it is, `call` wants the function's end and has pages filled in for it. */
export type Level = 'run' | 'call';

/** A call that is set up: what it runs and how its result is read. */
export interface PreparedCall<V> {
  readonly name: string;
  readonly pc: number;
  write(cells: Int32Array): void;
  read(cells: Int32Array): V;
}

/** A host function that has returned a Promise. */
interface Waiting<U> {
  readonly kind: 'waiting';
  readonly fn: BoundFunction<U>;
  readonly promise: PromiseLike<unknown>;
  readonly pc: number;
}

/** Thrown through a host function to end the run as if the guest had returned. */
class Finish {
  readonly runner: object;
  constructor(runner: object) {
    this.runner = runner;
  }
}

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function';

/** Milliseconds after which an asynchronous run lets other tasks of the event loop have their turn. */
const TURN = 10;
/** Stack pointers are multiples of it (RISC-V ELF psABI). */
const STACK_ALIGNMENT = 16;

/** The parts of an instance that runs need. */
export interface RunnerParts<U> {
  readonly execution: Execution;
  readonly memory: GuestMemory;
  readonly abi: Abi;
  readonly width: Width;
  readonly limits: Limits;
  readonly paged: boolean;
  readonly hosts: HostTable<U>;
}

/**
 * Runs one instance: slices, host calls, calls back into the guest. At most one run is under way at a time.
 *
 * When a host function throws, the guest stands behind its host call with all registers as they were, so the
 * run can be continued.
 */
export class Runner<U> {
  readonly #parts: RunnerParts<U>;
  readonly #caller: Caller<U>;
  #control: RunControl | undefined;
  #depth = 0;
  /** A host function of the current depth has not returned yet. */
  #serving = false;
  #disposed = false;
  /** What a host call led to that was made from inside of translated code, which is being left for it. */
  #served: Stop | Waiting<U> | 'interrupted' | undefined;
  /** Instructions of calls into the guest from such host calls: those calls have counted them. */
  #spentInside = 0;
  /** What made a host function trap the guest. */
  #trapCause: GuestTrap | undefined;

  constructor(parts: RunnerParts<U>, caller: (runner: Runner<U>) => Caller<U>) {
    this.#parts = parts;
    this.#caller = caller(this);
    parts.execution.onHostCall = (number, pc) => this.#serveInside(number, pc);
  }

  get busy(): boolean {
    return this.#control !== undefined;
  }

  dispose(): void {
    this.#disposed = true;
  }

  run(options: RunOptions, level: Level): Stop {
    this.#begin(options);
    try {
      return this.#drive(level);
    } finally {
      this.#control = undefined;
    }
  }

  async runAsync(options: RunOptions, level: Level): Promise<Stop> {
    this.#begin(options);
    try {
      return await this.#driveAsync(level);
    } finally {
      this.#control = undefined;
    }
  }

  #begin(options: RunOptions): void {
    if (this.busy) throw fail('instance/busy', { operation: 'a run' });
    const control = new RunControl(options, this.#parts.limits);
    const gas = gasToAdd(options);
    if (gas !== 0n) this.#parts.execution.gas += gas;
    this.#control = control;
  }

  #drive(level: Level): Stop {
    for (;;) {
      const next = this.#next(level, Number.POSITIVE_INFINITY);
      if (next === undefined) continue;
      if (next.kind !== 'waiting') return next;
      // Nobody will wait for it, so its failure must not become an unhandled rejection.
      next.promise.then(undefined, () => {});
      throw fail('call/async-function', { name: next.fn.name });
    }
  }

  async #driveAsync(level: Level): Promise<Stop> {
    let turnEnds = performance.now() + TURN;
    for (;;) {
      let next: Stop | Waiting<U> | undefined;
      try {
        next = this.#next(level, this.#parts.limits.slice);
      } catch (error) {
        if (!(error instanceof PartMissing)) throw error;
        await error.load();
        this.#checkDisposed();
        continue;
      }
      if (next?.kind === 'waiting') {
        const ended = await this.#settle(next);
        this.#checkDisposed();
        if (ended !== undefined) return ended;
      } else if (next !== undefined) return next;
      else if (performance.now() >= turnEnds) {
        await nextTask();
        this.#checkDisposed();
      } else continue;
      turnEnds = performance.now() + TURN;
    }
  }

  #checkDisposed(): void {
    if (this.#disposed) throw fail('instance/disposed', { operation: 'running on' });
  }

  /** Runs to the end of a slice or to what a host call leads to; undefined: go on. */
  #next(level: Level, most: number): Stop | Waiting<U> | undefined {
    const control = this.#control as RunControl;
    const reason = control.interruption();
    if (reason !== undefined) return { kind: 'interrupted', reason };
    const { execution, hosts, memory } = this.#parts;
    const outer = this.#spentInside;
    this.#spentInside = 0;
    const before = control.countsInstructions ? execution.executed : 0;
    let stop: Stop;
    try {
      stop = execution.run(control.slice(most), !control.countsInstructions);
    } finally {
      if (control.countsInstructions) control.spend(execution.executed - before - this.#spentInside);
      this.#spentInside = outer;
    }
    switch (stop.kind) {
      case 'interrupted':
        return undefined;
      case 'host-call': {
        const served = this.#served;
        if (served !== undefined) {
          this.#served = undefined;
          return served === 'interrupted' ? undefined : served;
        }
        const number = hosts.numberOf(stop.number, memory.registers);
        const fn = hosts.find(stop.number, number);
        if (fn !== undefined) return this.#serve(fn, number, stop.pc);
        return level === 'run' ? stop : this.#trap(stop.pc, 'host');
      }
      case 'segfault':
        if (level === 'run') return stop;
        if (servicePage(memory, stop)) return undefined;
        return this.#trap(stop.pc, 'memory-access', stop.pageAddress);
      default:
        return stop;
    }
  }

  /** A host call from inside of translated code: true when it is served and the code may go on. */
  #serveInside(hostCall: number, pc: number): boolean {
    const { hosts, memory } = this.#parts;
    const number = hosts.numberOf(hostCall, memory.registers);
    const fn = hosts.find(hostCall, number);
    if (fn === undefined) return false;
    const { execution } = this.#parts;
    const control = this.#control as RunControl;
    const before = control.countsInstructions ? execution.executed : 0;
    const led = this.#serve(fn, number, pc);
    if (control.countsInstructions) this.#spentInside += execution.executed - before;
    const interrupted = led === undefined && control.interruption() !== undefined;
    this.#served = interrupted ? 'interrupted' : led;
    return this.#served === undefined;
  }

  #serve(fn: BoundFunction<U>, number: number, pc: number): Stop | Waiting<U> | undefined {
    const { memory } = this.#parts;
    this.#serving = true;
    try {
      const value = fn.invoke(this.#caller, memory.registers, number);
      if (isPromise(value)) return { kind: 'waiting', fn, promise: value, pc };
      this.#checkDisposed();
      fn.accept(memory.registers, value);
      return undefined;
    } catch (error) {
      return this.#ended(error, pc);
    } finally {
      this.#serving = false;
    }
  }

  async #settle({ fn, promise, pc }: Waiting<U>): Promise<Stop | undefined> {
    this.#serving = true;
    try {
      const value = await promise;
      this.#checkDisposed();
      fn.accept(this.#parts.memory.registers, value);
      return undefined;
    } catch (error) {
      return this.#ended(error, pc);
    } finally {
      this.#serving = false;
    }
  }

  /** What an error from a host function means for the guest; errors that mean nothing to it are thrown on. */
  #ended(error: unknown, pc: number): Stop {
    if (error instanceof GuestTrap) {
      this.#trapCause = error;
      return this.#trap(pc, 'host');
    }
    if (error instanceof Finish && error.runner === this) {
      this.#parts.execution.nextPc = undefined;
      return { kind: 'finished' };
    }
    throw error;
  }

  #trap(pc: number, reason: TrapReason, address?: number): Stop {
    const { execution } = this.#parts;
    execution.state = { ...execution.state, pc, nextPc: undefined, paid: false, announced: false };
    return address === undefined ? { kind: 'trap', pc, reason } : { kind: 'trap', pc, reason, address };
  }

  /** Ends the run from within a host function. */
  finish(): never {
    this.#checkServing();
    throw new Finish(this);
  }

  /** Sets registers and program counter for a call. */
  prepare(call: PreparedCall<unknown>, stackPointer: number): void {
    const { execution, memory, abi } = this.#parts;
    const { registers: cells } = memory;
    // A loop: for so few cells faster than fill().
    for (let cell = 0; cell < 2 * execution.registerCount; cell++) {
      if (!(cell >= abi.keptFrom && cell < abi.keptTo)) cells[cell] = 0;
    }
    cells[2 * abi.returnAddress] = RETURN_TO_HOST;
    cells[2 * abi.stackPointer] = stackPointer;
    call.write(cells);
    execution.nextPc = call.pc;
    this.#trapCause = undefined;
  }

  /** The result of a call that has come to a stop. Throws CallStopped unless it is finished. */
  resultOf<V>(call: PreparedCall<V>, stop: Stop): V {
    if (stop.kind === 'finished') return call.read(this.#parts.memory.registers);
    const cause = this.#trapCause;
    throw new CallStopped(call.name, stop, cause === undefined ? undefined : { cause });
  }

  #checkServing(): void {
    if (!this.#serving) throw failRun('call/caller-expired', {});
  }

  /**
   * Calls the guest from within a host function: same gas, same memory, same limits, its stack below the current
   * one. Registers and program counter are as before afterwards, also when it stops early.
   */
  reenter<V>(call: PreparedCall<V>): V {
    const leave = this.#enter(call);
    try {
      return this.resultOf(call, this.#drive('call'));
    } finally {
      leave();
    }
  }

  async reenterAsync<V>(call: PreparedCall<V>): Promise<V> {
    const leave = this.#enter(call);
    try {
      return this.resultOf(call, await this.#driveAsync('call'));
    } finally {
      leave();
    }
  }

  #enter(call: PreparedCall<unknown>): () => void {
    this.#checkServing();
    const { execution, memory, abi, limits } = this.#parts;
    if (this.#depth >= limits.maxReentry) throw failRun('call/too-deep', { limit: limits.maxReentry });
    const { state } = execution;
    const registers = memory.registers.slice(0, 2 * execution.registerCount);
    const stackPointer = (memory.registers[2 * abi.stackPointer] as number) & -STACK_ALIGNMENT;
    this.prepare(call, stackPointer);
    this.#depth++;
    this.#serving = false;
    return () => {
      const { gas, executed } = execution;
      execution.state = { ...state, gas, executed };
      memory.registers.set(registers);
      this.#depth--;
      this.#serving = true;
    };
  }
}
