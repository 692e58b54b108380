import type { Stop } from '../../src/core/stop.ts';
import type { Code } from '../../src/decoder/code.ts';
import { PolkaVmCode, RiscvCode } from '../../src/decoder/code.ts';
import type { Instruction } from '../../src/decoder/instruction.ts';
import type { Program } from '../../src/decoder/program.ts';
import { operation, ROWS } from '../../src/isa/table.ts';
import type { Execution, Tier } from '../../src/jit/tier.ts';

/*
 * Tiers with planted errors: a fuzzer that does not find them proves nothing.
 */

/** A tier that takes one operation for another of the same form, or changes its instructions in another way. */
export const misdecoding = (tier: Tier, change: (i: Instruction) => void): Tier => ({
  name: tier.name,
  translate: (program, metering) =>
    tier.translate({ ...program, code: changedCode(program, change) }, metering),
});

const changedCode = ({ code, kind, blob }: Program, change: (i: Instruction) => void): Code => {
  if (code instanceof PolkaVmCode) {
    class Changed extends PolkaVmCode {
      override decode(pc: number, out: Instruction): void {
        super.decode(pc, out);
        change(out);
      }
    }
    return new Changed(code.decoder.kind, blob.code, blob.bitmask, blob.jumpTable);
  }
  class Changed extends RiscvCode {
    override decode(pc: number, out: Instruction): void {
      super.decode(pc, out);
      change(out);
    }
  }
  const { riscv } = blob;
  if (riscv === undefined || (kind !== 'rv32' && kind !== 'rv64')) return code;
  const executable = riscv.segments.filter((s) => s.executable);
  return new Changed(kind, executable, riscv.extraStarts, riscv.embedded);
};

/** Takes one operation for another. Throws for names that are not in the table or differ in form or effect. */
export const swapped = (tier: Tier, from: string, to: string): Tier => {
  const [p, q] = [operation(from), operation(to)];
  if (ROWS[p]?.form !== ROWS[q]?.form || ROWS[p]?.effect.kind !== ROWS[q]?.effect.kind) {
    throw new Error(`${from} and ${to} have not the same shape`);
  }
  return misdecoding(tier, (i) => {
    if (i.op === p) i.op = q;
  });
};

/** A tier whose runs are followed by a change of what they have left behind. */
const afterRun = (
  tier: Tier,
  change: (execution: Execution, stop: Stop, memory: Uint8Array) => Stop,
): Tier => ({
  name: tier.name,
  translate: (program, metering) => {
    const translated = tier.translate(program, metering);
    return {
      get blocks(): number {
        return translated.blocks;
      },
      execution: (memory) => {
        const execution = translated.execution(memory);
        const run = execution.run.bind(execution);
        return Object.defineProperty(execution, 'run', {
          value: (budget?: number): Stop => change(execution, run(budget), memory.bytes),
        });
      },
    };
  },
});

/** Planted errors by name; `a=b` takes operation a for b. */
const MUTANTS: Readonly<Record<string, (tier: Tier) => Tier>> = {
  register: (tier) =>
    afterRun(tier, (execution, stop) => {
      if (execution.executed > 500) execution.setRegister(9, execution.getRegister(9) ^ 0x80n);
      return stop;
    }),
  gas: (tier) =>
    afterRun(tier, (execution, stop) => {
      if (stop.kind === 'trap' && stop.reason === 'memory-access') {
        const { state } = execution;
        execution.state = { ...state, gas: state.gas - 1n };
      }
      return stop;
    }),
  executed: (tier) =>
    afterRun(tier, (execution, stop) => {
      const { state } = execution;
      if (stop.kind === 'out-of-gas') execution.state = { ...state, executed: state.executed + 1 };
      return stop;
    }),
  memory: (tier) =>
    afterRun(tier, (execution, stop, memory) => {
      // The first byte behind the state page.
      if (execution.executed > 1000) memory[4096] = (memory[4096] as number) ^ 1;
      return stop;
    }),
  address: (tier) =>
    afterRun(tier, (_, stop) =>
      stop.kind === 'trap' && stop.address !== undefined
        ? { ...stop, address: (stop.address & ~7) >>> 0 }
        : stop,
    ),
  paid: (tier) =>
    afterRun(tier, (execution, stop) => {
      if (stop.kind === 'host-call') execution.state = { ...execution.state, paid: false };
      return stop;
    }),
  throws: (tier) =>
    afterRun(tier, (execution, stop) => {
      if (execution.executed > 2000) throw new WebAssembly.RuntimeError('unreachable');
      return stop;
    }),
};

export const MUTANT_NAMES: readonly string[] = Object.keys(MUTANTS);

export const mutant = (tier: Tier, name: string): Tier => {
  const [from, to] = name.split('=');
  if (from !== undefined && to !== undefined) return swapped(tier, from, to);
  const make = MUTANTS[name];
  if (make === undefined)
    throw new Error(`${name} is none of ${MUTANT_NAMES.join(', ')}, OPERATION=OPERATION`);
  return make(tier);
};
