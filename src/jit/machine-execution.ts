import type { Stop } from '../core/stop.ts';
import type { Machine } from '../interpreter/machine.ts';
import type { ExecutionState } from './tier.ts';

/** The part of an execution that is the interpreter's on every tier: all state of a run lives in its machine. */
export class MachineExecution {
  readonly #machine: Machine;
  onHostCall: ((number: number, pc: number) => boolean) | undefined;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  get registerCount(): number {
    return this.#machine.registerCount;
  }
  get gas(): bigint {
    return this.#machine.gas;
  }
  set gas(value: bigint) {
    this.#machine.gas = value;
  }
  get executed(): number {
    return this.#machine.executed;
  }
  get pc(): number | undefined {
    return this.#machine.pc;
  }
  get nextPc(): number | undefined {
    return this.#machine.nextPc;
  }
  set nextPc(pc: number | undefined) {
    this.#machine.nextPc = pc;
  }
  get state(): ExecutionState {
    return this.#machine.state;
  }
  set state(state: ExecutionState) {
    this.#machine.state = state;
  }
  getRegister(register: number): bigint {
    return this.#machine.getRegister(register);
  }
  getRegister32(register: number): number {
    return this.#machine.getRegister32(register);
  }
  setRegister(register: number, value: bigint | number): void {
    this.#machine.setRegister(register, value);
  }
  step(): Stop {
    return this.#machine.step();
  }
}
