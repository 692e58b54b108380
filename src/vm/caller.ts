import type { RegisterName } from './abi.ts';
import { type Entry, typedCall, typedGuestFunction, unsignedResult, untypedCall } from './calls.ts';
import { GuestTrap } from './errors.ts';
import type { Instance } from './instance.ts';
import type { InstanceMemory } from './instance-memory.ts';
import type { PreparedCall, Runner } from './runner.ts';
import type { ArgumentsOf, ResultOf, Signature } from './values.ts';

/** The guest that has called a host function. Valid until that function has returned (or its Promise has settled). */
export class Caller<U = undefined> {
  readonly instance: Instance<U>;
  readonly #runner: Runner<U>;

  constructor(instance: Instance<U>, runner: Runner<U>) {
    this.instance = instance;
    this.#runner = runner;
  }

  /** What the embedder gave to the instance. */
  get userData(): U {
    return this.instance.userData;
  }

  get memory(): InstanceMemory {
    return this.instance.memory;
  }

  /** The gas left; signed 64-bit. */
  get gas(): bigint {
    return this.instance.gas;
  }

  set gas(value: bigint) {
    this.instance.gas = value;
  }

  /** A register by number or ABI name, unsigned. Throws instance/register. */
  getRegister(register: RegisterName): bigint {
    return this.instance.getRegister(register);
  }

  /** Sets a register to the low bits of a value. Throws instance/register. */
  setRegister(register: RegisterName, value: bigint | number): void {
    this.instance.setRegister(register, value);
  }

  /** Ends the guest with a trap of reason `host`: the same as throwing a GuestTrap. */
  trap(reason?: string): never {
    throw new GuestTrap(reason);
  }

  /** Ends the run as if the guest had returned to the host; registers stay as they are. */
  finish(): never {
    return this.#runner.finish();
  }

  /**
   * Calls the guest: same gas, memory and limits, its stack below the current one. Registers and program counter
   * are as before afterwards. Gives the first result register, unsigned. Throws CallStopped when the call does not
   * return, which ends that call only; call/too-deep; call/caller-expired.
   */
  call(entry: Entry, ...args: readonly (number | bigint)[]): bigint {
    return this.#runner.reenter(this.#untyped(entry, args));
  }

  callAsync(entry: Entry, ...args: readonly (number | bigint)[]): Promise<bigint> {
    return this.#runner.reenterAsync(this.#untyped(entry, args));
  }

  /** Like `call`, with the types of a signature. */
  callTyped<const S extends Signature>(entry: Entry, signature: S, ...args: ArgumentsOf<S>): ResultOf<S> {
    return this.#runner.reenter(this.#typed(entry, signature, args));
  }

  callTypedAsync<const S extends Signature>(
    entry: Entry,
    signature: S,
    ...args: ArgumentsOf<S>
  ): Promise<ResultOf<S>> {
    return this.#runner.reenterAsync(this.#typed(entry, signature, args));
  }

  #untyped(entry: Entry, args: readonly (number | bigint)[]): PreparedCall<bigint> {
    const { module } = this.instance;
    return untypedCall(module, entry, args, unsignedResult(module.abi, module.width));
  }

  #typed<S extends Signature>(
    entry: Entry,
    signature: S,
    args: readonly unknown[],
  ): PreparedCall<ResultOf<S>> {
    return typedCall(typedGuestFunction(this.instance.module, entry, signature), args);
  }
}
