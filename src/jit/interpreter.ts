import { isRiscvKind } from '../core/kind.ts';
import type { Program } from '../decoder/program.ts';
import { CompiledCode } from '../interpreter/compiled-code.ts';
import { Machine } from '../interpreter/machine.ts';
import type { GuestMemory } from '../memory/guest-memory.ts';
import { pricingOf } from './graph/pricing.ts';
import type { Metering, Tier, TranslatedProgram } from './tier.ts';

/** A program as the interpreter runs it, and machines for it. */
export class InterpretedProgram implements TranslatedProgram {
  readonly tier = 'interpreter';
  readonly compiled: CompiledCode;
  readonly #program: Program;
  readonly #metering: Metering;

  constructor(program: Program, metering: Metering) {
    const { code, width, kind } = program;
    this.compiled = new CompiledCode(code, width, isRiscvKind(kind), pricingOf(code, metering));
    this.#program = program;
    this.#metering = metering;
  }

  get blocks(): number {
    return this.compiled.blocks;
  }

  execution(memory: GuestMemory): Machine {
    const { kind, riscv } = this.#program;
    const { gas: metering, granularity } = this.#metering;
    const embedded = riscv?.embedded ?? false;
    const machine = new Machine(this.compiled, memory, { kind, embedded, metering, granularity });
    machine.pageSize = memory.map.pageSize;
    return machine;
  }
}

/** The tier that all others are measured by. */
export const interpreter: Tier = {
  name: 'interpreter',
  translate: (program, metering) => new InterpretedProgram(program, metering),
};
