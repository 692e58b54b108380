import type { Stop } from '../core/stop.ts';
import type { GasModel } from '../decoder/gas/models.ts';
import type { Program } from '../decoder/program.ts';
import type { GuestMemory } from '../memory/guest-memory.ts';

/** The ways of running a program, by name. */
export type TierName = 'interpreter' | 'wasm' | 'js';

/** How a module is metered; the same on all tiers. */
export interface Metering {
  /** When gas is checked; `none` leaves the counter alone. */
  readonly gas: 'none' | 'sync' | 'async';
  /** What is charged at once. */
  readonly granularity: 'block' | 'instruction';
  readonly model: GasModel;
}

/** A tier turns programs into code that instances share. */
export interface Tier {
  readonly name: TierName;
  /** What is made once per module. Does as little as possible: code is translated when it is first reached. */
  translate(program: Program, metering: Metering, options?: TranslationOptions): TranslatedProgram;
}

/** What tiers that translate can be told, and others ignore. */
export interface TranslationOptions {
  /** Accesses are only kept within the program's own linear memory: see ModuleOptions.memory. */
  readonly isolated?: boolean;
  /** Default true: see ModuleOptions.exactDeadRegisters. */
  readonly exactDeadRegisters?: boolean;
  /** Bytes of translated code that are kept at most. */
  readonly codeLimit?: number;
}

/** A program on one tier under one metering, shared by all instances of a module. */
export interface TranslatedProgram {
  /**
   * What runs its instances at best, if it is not the tier itself: the interpreter where the host or the program does
   * not let a tier translate.
   */
  readonly tier?: TierName;
  /** Basic blocks that have been translated (by the interpreter: decoded) so far. */
  readonly blocks: number;
  /** Registers, program counter and gas of one instance on a memory of its own; everything is 0 at first. */
  execution(memory: GuestMemory): Execution;
}

/** What a snapshot keeps of an execution besides registers and memory. */
export interface ExecutionState {
  readonly pc: number | undefined;
  readonly nextPc: number | undefined;
  /** The rest of the block at `nextPc` has been charged. */
  readonly paid: boolean;
  /** Step mode: the instruction at `nextPc` has been announced. */
  readonly announced: boolean;
  /** Signed 64-bit. */
  readonly gas: bigint;
  /** Instructions executed so far, exact below 2^53. */
  readonly executed: number;
}

/**
 * One running program: program, register cells, memory, program counter and gas go in, a `Stop` comes out. At
 * every stop all of these have the same values on every tier, bit for bit; so changing the tier of an instance
 * is reading `state` here and setting it there, on the same memory.
 */
export interface Execution {
  readonly registerCount: number;
  /** What runs it now. */
  readonly tier: TierName;
  gas: bigint;
  readonly executed: number;
  /** Those of `executed` that ran in translated code; 0 in the interpreter. Counts on when `state` is set. */
  readonly translatedInstructions: number;
  /** The instruction of the last stop; undefined after a finished run and when `nextPc` was set. */
  readonly pc: number | undefined;
  /** Where the next run begins. Setting it makes the next run charge that block. */
  nextPc: number | undefined;
  state: ExecutionState;
  /**
   * Asked for host calls by tiers whose code need not be left for them; registers, gas and program counters are as at
   * a stop of kind `host-call`. True: served, the program goes on. False: it stops there.
   */
  onHostCall: ((number: number, pc: number) => boolean) | undefined;
  /** Unsigned, as wide as the program's registers. Throws run/register. */
  getRegister(register: number): bigint;
  /** Low 32 bits, unsigned. Throws run/register. */
  getRegister32(register: number): number;
  /** Takes the low bits of a value; register 0 of RISC-V programs stays 0. Throws run/register. */
  setRegister(register: number, value: bigint | number): void;
  /**
   * Runs until the program stops or, at a block's end, `budget` instructions have run; somewhat earlier if that is
   * cheaper and `mayEndEarly`. Throws run/no-program-counter.
   */
  run(budget?: number, mayEndEarly?: boolean): Stop;
  /** Runs one instruction, stopping before each. Throws run/no-program-counter. */
  step(): Stop;
}
