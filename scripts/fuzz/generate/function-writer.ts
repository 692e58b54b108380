import type { Random } from '../random.ts';
import type { Target } from '../target.ts';
import type { Builder } from './builder.ts';

/** A function that can be called, with what a call of it costs. */
export interface Callee {
  readonly label: number;
  /** Executed instructions, about. */
  readonly cost: number;
  /** Takes the depth of recursion in its first argument. */
  readonly depth: number;
}

/** Writes the statements of one function and keeps count of what will be executed. */
export class FunctionWriter {
  readonly builder: Builder;
  readonly target: Target;
  readonly random: Random;
  readonly callees: readonly Callee[];
  /** Instructions that one execution of this function may take. */
  readonly limit: number;
  readonly #free: number[];
  readonly used: Set<number> = new Set();
  /** How often what is written now is executed. */
  #weight = 1;
  #spent = 0;
  #counted: number;
  depth = 0;

  constructor(builder: Builder, callees: readonly Callee[], limit: number) {
    this.builder = builder;
    this.target = builder.target;
    this.random = builder.random;
    this.callees = callees;
    this.limit = limit;
    this.#free = [...builder.target.roles.saved];
    this.#counted = builder.lines.length;
  }

  /** What is executed by all that was written so far. */
  get spent(): number {
    this.#count();
    return this.#spent;
  }

  #count(): void {
    const { length } = this.builder.lines;
    this.#spent += this.#weight * (length - this.#counted);
    this.#counted = length;
  }

  /** Instructions that may still be written here. */
  get room(): number {
    return (this.limit - this.spent) / this.#weight;
  }

  /** Accounts for what is executed elsewhere. */
  spend(instructions: number): void {
    this.#spent += this.#weight * instructions;
  }

  /** Writes what is executed `times` times. */
  repeated(times: number, write: () => void): void {
    this.#count();
    this.#weight *= times;
    this.depth++;
    write();
    this.#count();
    this.depth--;
    this.#weight /= times;
  }

  get freeRegisters(): number {
    return this.#free.length;
  }

  /** A callee-saved register that nothing else writes until it is given back. */
  take(): number {
    const [register] = this.#free.splice(this.random.below(this.#free.length), 1);
    if (register === undefined) throw new Error('no register is free');
    this.used.add(register);
    return register;
  }

  give(...registers: readonly number[]): void {
    this.#free.push(...registers);
  }

  /** A register that statements may write. */
  scratch(): number {
    return this.random.pick(this.target.roles.scratch);
  }

  /** Two or more different ones. */
  scratches(count: number): number[] {
    const left = [...this.target.roles.scratch];
    return Array.from({ length: count }, () => left.splice(this.random.below(left.length), 1)[0] as number);
  }

  /** Any register that holds a value of the program. */
  readable(): number {
    const { scratch, saved, stackPointer } = this.target.roles;
    const choice = this.random.below(10);
    return choice < 7 ? this.random.pick(scratch) : choice < 9 ? this.random.pick(saved) : stackPointer;
  }
}
